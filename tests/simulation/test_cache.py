"""Where compiled code is kept, for how long, and whose code is run."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from foedus.simulation.compiled import cache, native


def test_versions_used_last_are_kept_and_ones_own_whatever_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path))
    others = [tmp_path / f"{n:016x}" for n in range(cache.KEPT + 2)]
    for age, each in enumerate(others):
        each.mkdir()
        os.utime(each, (4e9 - age, 4e9 - age))
    (tmp_path / "something-else").mkdir()
    assert cache.folder() == tmp_path / cache.digest()
    left = {path.name for path in tmp_path.iterdir()}
    newest = {each.name for each in others[: cache.KEPT - 1]}
    assert left == {*newest, cache.digest(), "something-else"}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder in place of the system's, and caches that have warned of nothing yet."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(cache, "gettempdir", lambda: str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for each in (cache._warn, cache._private):
        each.cache_clear()
    yield temporary
    for each in (cache._warn, cache._private):
        each.cache_clear()


def _of_the_group(place: Path) -> None:
    place.mkdir(parents=True)
    place.chmod(0o770)


def _of_everybody(place: Path) -> None:
    place.mkdir(parents=True)
    place.chmod(0o1777)


def _of_another(place: Path) -> None:
    place.mkdir(parents=True)
    try:
        os.chown(place, 65534, -1)
    except PermissionError:
        pytest.skip("only root can give a folder away")


def _a_file(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("")


STRANGE = (_of_the_group, _of_everybody, _of_another)


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("make", STRANGE)
def test_no_code_is_taken_from_a_folder_that_others_can_write_to(
    make: Callable[[Path], None],
    below: bool,
    elsewhere: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "shared"
    monkeypatch.setenv("FOEDUS_CACHE", str(root))
    strange = root / cache.digest() if below else root
    make(strange)
    if below:
        root.chmod(0o700)
    taken = cache.folder()
    assert taken.parent.parent == elsewhere
    assert not taken.stat().st_mode & 0o077
    assert cache.folder() == taken
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"foedus: {strange}: is no folder that you alone can write to" in said


@pytest.mark.parametrize("make", [*STRANGE, "link"])
def test_nor_from_one_that_somebody_made_beforehand_in_the_temporary_folder(
    make: Callable[[Path], None] | str,
    elsewhere: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path / "file" / "none"))
    usual = elsewhere / f"foedus-cache-{os.geteuid()}"
    if callable(make):
        make(usual)
    else:
        own = tmp_path / "own"
        own.mkdir(mode=0o700)
        usual.symlink_to(own)
    taken = cache.folder()
    assert taken.parent == elsewhere
    assert taken != usual
    assert (taken.stat().st_mode & 0o777, taken.stat().st_uid) == (0o700, os.geteuid())
    assert cache.folder() == taken


def test_where_the_users_folder_cannot_be_written_the_temporary_one_is_kept_for_the_next_time(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _a_file(tmp_path / "file")
    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path / "file" / "none"))
    taken = cache.folder()
    assert taken == elsewhere / f"foedus-cache-{os.geteuid()}" / cache.digest()
    assert cache.folder() == taken


def test_a_folder_of_ones_own_behind_a_link_is_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(scratch)
    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path / "link"))
    assert cache.folder() == scratch / cache.digest()


@pytest.mark.parametrize("how", ["group", "everybody", "another", "link", "pipe"])
def test_a_kernel_that_others_may_have_written_is_not_loaded(how: str, tmp_path: Path) -> None:
    path = tmp_path / "a.kernel"
    native._write(path, b"code", "entry")
    assert native._read(path) == (b"code", "entry")
    assert path.stat().st_mode & 0o777 == 0o600
    match how:
        case "group":
            path.chmod(0o660)
        case "everybody":
            path.chmod(0o602)
        case "another":
            try:
                os.chown(path, 65534, -1)
            except PermissionError:
                pytest.skip("only root can give a file away")
        case "link":
            path.rename(tmp_path / "b")
            path.symlink_to(tmp_path / "b")
        case "pipe":
            path.unlink()
            os.mkfifo(path)
    assert native._read(path) is None

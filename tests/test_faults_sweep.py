"""Whatever ends a sweep, is nothing lost that was finished, and are the bytes the same?"""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import pytest

import faults
from command import foedus
from conftest import scenario_file
from faults import (
    assert_same_as,
    contents,
    kill,
    killed_with_pieces,
    pieces,
    resumed,
    start,
    unfinished,
    wait_for,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults-sweep")]

BODY = (
    "sweep: {design: latin-hypercube, points: 12, trials: 400, factors: "
    "{parameters.war_drain: {}, drivers.war: {range: [0, 1]}}}"
)


@pytest.fixture(scope="module")
def asked() -> tuple[object, ...]:
    """A sweep of six pieces of two points."""
    return ("sweep", scenario_file(BODY), "--no-figures")


@pytest.fixture(scope="module")
def reference(
    asked: tuple[object, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """All files of the sweep when nothing happens."""
    out = tmp_path_factory.mktemp("reference")
    done = foedus(*asked, "--threads", 1, "--out", out)
    assert done.returncode == 0, done.stderr
    (folder,) = out.iterdir()
    return contents(folder)


def test_killed_and_damaged(
    asked: tuple[object, ...], reference: dict[str, bytes], tmp_path: Path
) -> None:
    """Killed twice; one piece is cut short, one has a flipped byte."""
    killed_with_pieces((*asked, "--out", tmp_path), tmp_path, 2)
    cut, flipped = pieces(tmp_path)[:2]
    cut.write_bytes(cut.read_bytes()[:-7])
    content = bytearray(flipped.read_bytes())
    content[-9] ^= 1
    flipped.write_bytes(content)
    running = start("sweep", "--resume", unfinished(tmp_path))
    wait_for(partial(_more, tmp_path, 2), running)
    kill(running)
    if list(tmp_path.glob("*.unfinished")):
        resumed(tmp_path, "sweep")
    assert_same_as(reference, tmp_path)


def test_the_disk_is_full(
    asked: tuple[object, ...], reference: dict[str, bytes], tmp_path: Path
) -> None:
    """The largest table does not fit; then it does."""
    largest = max(map(len, reference.values())) - 1
    killed_with_pieces((*asked, "--out", tmp_path), tmp_path, 1)
    piece = max(path.stat().st_size for path in pieces(tmp_path))
    if piece > largest:
        # No room for a single piece then: what is there must stay.
        largest = piece - 1
    running = start(
        "sweep", "--resume", unfinished(tmp_path), before=faults.no_file_beyond(largest)
    )
    _, stderr = running.communicate(timeout=faults.LONG_ENOUGH)
    assert running.returncode == 2, stderr
    assert "File too large" in stderr
    assert pieces(tmp_path)
    resumed(tmp_path, "sweep")
    assert_same_as(reference, tmp_path)


def test_permissions_are_taken_away(
    asked: tuple[object, ...], reference: dict[str, bytes], tmp_path: Path
) -> None:
    running = start(*asked, "--out", tmp_path, before=faults.without_privilege)
    assert wait_for(lambda: pieces(tmp_path), running), running.communicate()
    folder = unfinished(tmp_path) / "pieces"
    folder.chmod(0o555)
    try:
        _, stderr = running.communicate(timeout=faults.LONG_ENOUGH)
    finally:
        folder.chmod(0o755)
    assert running.returncode == 2, stderr
    assert "Permission denied" in stderr
    resumed(tmp_path, "sweep")
    assert_same_as(reference, tmp_path)


def test_two_processes_want_the_same_folder(
    asked: tuple[object, ...], reference: dict[str, bytes], tmp_path: Path
) -> None:
    running = start(*asked, "--out", tmp_path)
    assert wait_for(lambda: pieces(tmp_path), running), running.communicate()
    running.send_signal(signal.SIGSTOP)
    second = foedus("sweep", "--resume", unfinished(tmp_path))
    running.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert "another process is working on it" in second.stderr
    _, stderr = running.communicate(timeout=faults.LONG_ENOUGH)
    assert running.returncode == 0, stderr
    assert_same_as(reference, tmp_path)


def _more(out: Path, than: int) -> bool:
    return len(pieces(out)) > than

"""Is unfinished work kept, told from what is damaged, and owned by one process at a time?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command import ROOT
from foedus.errors import FoedusError
from foedus.runs.storage.locks import in_use
from foedus.runs.storage.seals import seal, unseal
from foedus.runs.storage.store import LocalStore
from foedus.runs.storage.unfinished import Unfinished

ARRAYS = {"levels": np.linspace(0.0, 1.0, 50), "codes": np.arange(7)}


def begun(place: Path, name: str = "study") -> Unfinished:
    return Unfinished.begin(place, name, {"kind": "sweep", "points": 3})


def fill(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")


def test_pieces_come_back_as_they_were_after_another_start(tmp_path: Path) -> None:
    with begun(tmp_path) as work:
        work.write("0001", ARRAYS, seconds=0.5)
        path = work.path
    with Unfinished.open(path, "sweep") as again:
        assert again.state == {"schema_version": 2, "kind": "sweep", "points": 3}
        assert again.finished()["0001"]["seconds"] == 0.5
        found = again.read("0001")
    assert found.keys() == ARRAYS.keys()
    for name, values in ARRAYS.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_finishing_leaves_the_finished_folder_only(tmp_path: Path) -> None:
    with begun(tmp_path) as work:
        work.write("0001", ARRAYS)
        place = work.finish(fill)
    assert place == str(tmp_path / "study")
    assert [path.name for path in tmp_path.iterdir()] == ["study"]
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["manifest.json"]


def test_a_failure_in_the_last_step_keeps_the_pieces(tmp_path: Path) -> None:
    def full(folder: Path) -> None:
        (folder / "table").write_text("half")
        raise OSError(28, "No space left on device")

    with begun(tmp_path) as work:
        work.write("0001", ARRAYS)
        with pytest.raises(FoedusError, match="No space left on device"):
            work.finish(full)
        path = work.path
    with Unfinished.open(path, "sweep") as again:
        assert list(again.finished()) == ["0001"]
        again.finish(fill)
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    "damage", ["cut", "empty", "flipped", "head", "record", "another", "of another run"]
)
def test_a_damaged_piece_is_not_taken_as_whole(damage: str, tmp_path: Path) -> None:
    with begun(tmp_path) as work:
        work.write("0001", ARRAYS, seconds=0.5)
        work.write("0002", ARRAYS)
        piece = Path(work.path) / "pieces" / "0001"
        content = bytearray(piece.read_bytes())
        if damage == "flipped":
            content[-20] ^= 1
        if damage == "head":
            content[0] ^= 255
        if damage == "record":
            content = content.replace(b'"seconds": 0.5', b'"seconds": 0.7')
        if damage == "another":
            content = bytearray(piece.with_name("0002").read_bytes())
        if damage == "of another run":
            with Unfinished.begin(tmp_path, "study", {"kind": "sweep", "points": 4}) as other:
                other.write("0001", ARRAYS, seconds=0.5)
                content = bytearray((Path(other.path) / "pieces" / "0001").read_bytes())
        left = {"cut": len(content) - 1, "empty": 0}.get(damage, len(content))
        piece.write_bytes(content[:left])
        with pytest.raises(FoedusError, match="damaged"):
            work.read("0001")
        assert list(work.finished()) == ["0002"]
        assert work.refused == 1
        assert not piece.exists()


@given(payload=st.binary(max_size=60), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_flipped_bit_breaks_the_seal(payload: bytes, at: int, bit: int) -> None:
    record = {"first": 0, "errors": {"3": "expected 0 to 1"}}
    sealed = bytearray(seal("piece", payload, **record))
    head = {**record, "bytes": len(payload)}
    found = unseal("piece", bytes(sealed))
    assert found is not None
    assert found[1] == payload
    assert found[0].items() >= head.items()
    sealed[at % len(sealed)] ^= 1 << bit
    broken = unseal("piece", bytes(sealed))
    # A flip may turn one blank or letter of the JSON into another that means the same.
    assert broken is None or broken == found


def test_what_was_being_written_is_not_there(tmp_path: Path) -> None:
    with begun(tmp_path) as work:
        (Path(work.path) / "pieces" / ".0001.77.half").write_bytes(b"half a piece")
        assert work.finished() == {}


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    store.write("piece", b"old")

    def refuse(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="Input/output"):
        store.write("piece", b"new")
    assert store.read("piece") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["piece"]


def test_a_second_process_is_refused_and_welcome_afterwards(tmp_path: Path) -> None:
    code = (
        "import sys; from foedus.errors import FoedusError\n"
        "from foedus.runs.storage.unfinished import Unfinished\n"
        "try:\n    Unfinished.open(sys.argv[1], 'sweep')\n"
        "except FoedusError as fault:\n    print(fault)\n"
        "else:\n    print('mine')"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "model")}

    def other(path: str) -> str:
        words = [sys.executable, "-c", code, path]
        return subprocess.run(words, capture_output=True, text=True, check=True, env=env).stdout

    with begun(tmp_path) as work:
        assert in_use(Path(work.path))
        assert "another process is working on it" in other(work.path)
    assert not in_use(Path(work.path))
    assert other(work.path) == "mine\n"


def test_equal_names_are_told_apart_whatever_the_clock_says(tmp_path: Path) -> None:
    with begun(tmp_path) as one, begun(tmp_path) as two:
        assert (one.name, two.name) == ("study", "study-2")
        one.finish(fill)
        with begun(tmp_path) as three:
            assert three.name == "study-3"


def test_a_name_that_was_taken_meanwhile_gets_a_number(tmp_path: Path) -> None:
    with begun(tmp_path) as work:
        work.write("0001", ARRAYS)
        mine = tmp_path / "study"
        mine.mkdir()
        (mine / "manifest.json").write_text('{"created": "by somebody else"}')
        assert not work.is_whole()
        assert work.finish(fill) == str(tmp_path / "study-2")
    assert (mine / "manifest.json").read_text() == '{"created": "by somebody else"}'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study", "study-2"]


def test_the_folder_of_the_pieces_may_be_lost(tmp_path: Path) -> None:
    with begun(tmp_path) as work:
        path = work.path
    (Path(path) / "pieces").rmdir()
    with Unfinished.open(path, "sweep") as again:
        assert again.finished() == {}
        again.write("0001", ARRAYS)
        (Path(path) / "pieces" / "0002").mkdir()
        assert list(again.finished()) == ["0001"]
        assert again.names() == ["0001"]


def test_what_is_no_unfinished_work_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(FoedusError, match="found no unfinished run"):
        Unfinished.open(tmp_path / "nothing", "run")
    with begun(tmp_path) as work:
        path = work.path
    with pytest.raises(FoedusError, match="unfinished sweep, expected a run"):
        Unfinished.open(path, "run")
    state = Path(path) / "state.json"
    wrong = json.dumps({"schema_version": 2, "kind": 3})
    for content in (json.dumps(["a list"]), state.read_text()[:20], "", wrong):
        state.write_text(content)
        with pytest.raises(FoedusError, match=r"state\.json: is damaged"):
            Unfinished.open(path, "sweep")
    assert Path(path).is_dir()


def test_another_kind_of_place_needs_a_known_scheme() -> None:
    with pytest.raises(FoedusError, match="nowhere://x"):
        Unfinished.begin("nowhere://x", "study", {"kind": "sweep"})

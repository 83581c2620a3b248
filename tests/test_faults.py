"""Whatever ends a run, is nothing lost that was finished, and is the result the same to the bit?"""

from __future__ import annotations

import os
import random
import re
import shlex
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import faults
from command import ROOT, foedus, python
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

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

ASKED = ("run", "prolonged-ukraine-war", "--trials", 1600, "--no-figures")
IN_CHUNKS = (*ASKED, "--chunk", 100)
PIECES = 32
"""Sixteen chunks of the scenario, sixteen of its parent."""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All files of the run when nothing happens, in a single chunk."""
    out = tmp_path_factory.mktemp("reference")
    done = foedus(*ASKED, "--out", out)
    assert done.returncode == 0, done.stderr
    (folder,) = out.iterdir()
    return contents(folder)


def test_nothing_happens_in_small_chunks(reference: dict[str, bytes], tmp_path: Path) -> None:
    done = foedus(*IN_CHUNKS, "--threads", 1, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same_as(reference, tmp_path)


@pytest.mark.parametrize("luck", range(3))
def test_killed_at_any_moment(luck: int, reference: dict[str, bytes], tmp_path: Path) -> None:
    """Killed without warning again and again, between two pieces or in the middle of one."""
    chance = random.Random(luck)
    words: tuple[object, ...] = (*IN_CHUNKS, "--out", tmp_path)
    for least in sorted(chance.sample(range(1, PIECES + 1), 2)):
        running = start(*words)
        enough = partial(_enough, tmp_path, least)
        if not wait_for(enough, running):
            break
        whole = unfinished(tmp_path) / "whole"
        if least > PIECES - 3:
            wait_for(whole.exists, running)
        kill(running)
        if not list(tmp_path.glob("*.unfinished")):
            break
        words = ("run", "--resume", unfinished(tmp_path))
    if list(tmp_path.glob("*.unfinished")):
        resumed(tmp_path)
    assert_same_as(reference, tmp_path)


def _enough(out: Path, least: int) -> bool:
    return len(pieces(out)) >= least


def test_interrupted_by_the_user(reference: dict[str, bytes], tmp_path: Path) -> None:
    """What it prints can be pasted, and goes on where it was."""
    running = start(*IN_CHUNKS, "--out", tmp_path)
    assert wait_for(lambda: len(pieces(tmp_path)) >= 3, running)
    stdout, stderr = kill(running, signal.SIGINT)
    assert (running.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    kept = len(pieces(tmp_path))
    said = re.search(r"interrupted; (\d+) of (\d+) chunks are kept; go on with `([^`]+)`", stderr)
    assert said is not None, stderr
    assert [int(said[1]), int(said[2])] == [kept, PIECES]
    command = said[3].split(" -m foedus ")[-1]
    done = foedus(*shlex.split(command.removeprefix("foedus ")))
    assert done.returncode == 0, done.stderr
    assert f"{kept} of {PIECES} chunks are there" in done.stderr
    assert_same_as(reference, tmp_path)


def test_interrupted_before_anything_is_finished(tmp_path: Path) -> None:
    running = start(*ASKED[:2], "--trials", 1_000_000, "--no-figures", "--out", tmp_path)
    assert wait_for(lambda: list(tmp_path.glob("*.unfinished/state.json")), running)
    _, stderr = kill(running, signal.SIGINT)
    assert running.returncode == 130, stderr
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == [] or "go on with" in stderr


def test_no_file_can_grow_while_tables_are_written(
    reference: dict[str, bytes], tmp_path: Path
) -> None:
    """Pieces fit, the tables do not: the run fails in its last step and keeps every piece."""
    largest = max(map(len, reference.values())) - 1
    # Chunks so small that each of their pieces is smaller than the largest table.
    words = (*ASKED, "--chunk", 50, "--out", tmp_path)
    running = start(*words, before=faults.no_file_beyond(largest))
    _, stderr = running.communicate(timeout=faults.LONG_ENOUGH)
    assert running.returncode == 2, stderr
    assert "cannot write the run: File too large" in stderr
    assert f"{2 * PIECES} of {2 * PIECES} chunks are kept" in stderr
    assert not list(tmp_path.glob("*/tables"))
    resumed(tmp_path)
    assert_same_as(reference, tmp_path)


def test_the_disk_is_full(reference: dict[str, bytes], tmp_path: Path) -> None:
    """A file system of four megabytes; then one with room."""
    out = tmp_path / "disk"
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(out)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        done = foedus(*IN_CHUNKS, "--out", out)
        assert done.returncode == 2, done.stderr
        assert "cannot write the run: No space left on device" in done.stderr
        assert done.stderr.count("\n") == 1
        assert 0 < len(pieces(out)) < PIECES
        bigger = ["mount", "-o", "remount,size=50m", str(out)]
        subprocess.run(bigger, capture_output=True, check=True)
        resumed(out)
        assert_same_as(reference, out)
    finally:
        subprocess.run(["umount", str(out)], check=True)


def test_permissions_are_taken_away(reference: dict[str, bytes], tmp_path: Path) -> None:
    running = start(*IN_CHUNKS, "--out", tmp_path, before=faults.without_privilege)
    assert wait_for(lambda: len(pieces(tmp_path)) >= 2, running)
    folder = unfinished(tmp_path) / "pieces"
    folder.chmod(0o555)
    try:
        _, stderr = running.communicate(timeout=faults.LONG_ENOUGH)
    finally:
        folder.chmod(0o755)
    assert running.returncode == 2, stderr
    assert "cannot write the run: Permission denied" in stderr
    assert "go on with" in stderr
    assert 2 <= len(pieces(tmp_path)) < PIECES
    resumed(tmp_path)
    assert_same_as(reference, tmp_path)


def test_pieces_are_damaged(reference: dict[str, bytes], tmp_path: Path) -> None:
    """One is cut short, one has flipped bytes, one is empty, one is missing: all made again."""
    killed_with_pieces((*IN_CHUNKS, "--out", tmp_path), tmp_path, 6)
    cut, flipped, empty, missing = pieces(tmp_path)[:4]
    total = len(pieces(tmp_path))
    cut.write_bytes(cut.read_bytes()[:-1000])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 0xFF
    flipped.write_bytes(content)
    empty.write_bytes(b"")
    missing.unlink()
    done = resumed(tmp_path)
    assert f"{total - 4} of {PIECES} chunks are there" in done.stderr
    assert_same_as(reference, tmp_path)


def test_two_processes_want_the_same_folder(reference: dict[str, bytes], tmp_path: Path) -> None:
    running = start(*IN_CHUNKS, "--out", tmp_path)
    assert wait_for(lambda: pieces(tmp_path), running)
    running.send_signal(signal.SIGSTOP)
    folder = unfinished(tmp_path)
    second = foedus("run", "--resume", folder)
    assert second.returncode == 2
    assert "another process is working on it" in second.stderr
    assert second.stderr.count("\n") == 1
    running.send_signal(signal.SIGCONT)
    _, stderr = running.communicate(timeout=faults.LONG_ENOUGH)
    assert running.returncode == 0, stderr
    assert_same_as(reference, tmp_path)


def test_the_clock_is_set_back(reference: dict[str, bytes], tmp_path: Path) -> None:
    """Begun in 2040, finished in 1999 by another run's clock, beside a run of the same second."""
    code = (
        "import sys; from datetime import UTC, datetime\n"
        "import foedus.results.chunked_run as chunked\n"
        "chunked.now_utc = lambda: datetime(int(sys.argv[1]), 1, 1, tzinfo=UTC)\n"
        "from foedus.cli import main; sys.exit(main(sys.argv[2:]))"
    )
    words = [*map(str, IN_CHUNKS), "--out", str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "model")}
    running = subprocess.Popen(
        [sys.executable, "-c", code, "2040", *words], text=True, stderr=subprocess.PIPE, env=env
    )
    assert wait_for(lambda: pieces(tmp_path), running)
    kill(running)
    assert python("-c", code, "2040", *words).returncode == 0
    done = python("-c", code, "1999", "run", "--resume", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:8] for name in names] == ["20400101", "20400101"]
    assert names[1] == f"{names[0]}-2"
    for name in names:
        found = contents(tmp_path / name)
        assert found == reference

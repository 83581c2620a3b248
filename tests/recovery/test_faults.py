"""What may happen to a run on threads only; what may happen to all is in `test_fault_matrix.py`."""

from __future__ import annotations

import re
import shlex
import signal
from pathlib import Path

from command import foedus
from faults import (
    IN_CHUNKS,
    RUN,
    RUN_PIECES,
    Pace,
    assert_same_as,
    kill,
    pieces,
    run_reference,
    start,
    wait_for,
)


def test_nothing_happens_in_small_chunks(tmp_path: Path) -> None:
    done = foedus(*IN_CHUNKS, "--threads", 1, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same_as(run_reference(), tmp_path)


def test_interrupted_by_the_user(pace: Pace, tmp_path: Path) -> None:
    """What it prints can be pasted, and goes on where it was."""
    running = pace.reach(3, tmp_path, lambda env: start(*IN_CHUNKS, "--out", tmp_path, env=env))
    stdout, stderr = pace.interrupt(running)
    assert (running.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    kept = len(pieces(tmp_path))
    said = re.search(r"interrupted; (\d+) of (\d+) chunks are kept; go on with `([^`]+)`", stderr)
    assert said is not None, stderr
    assert [int(said[1]), int(said[2])] == [kept, RUN_PIECES]
    command = said[3].split(" -m foedus ")[-1]
    done = foedus(*shlex.split(command.removeprefix("foedus ")))
    assert done.returncode == 0, done.stderr
    assert f"{kept} of {RUN_PIECES} chunks are there" in done.stderr
    assert_same_as(run_reference(), tmp_path)


def test_interrupted_before_anything_is_finished(tmp_path: Path) -> None:
    running = start(*RUN[:2], "--trials", 1_000_000, "--no-figures", "--out", tmp_path)
    assert wait_for(lambda: list(tmp_path.glob("*.unfinished/state.json")), running)
    _, stderr = kill(running, signal.SIGINT)
    assert running.returncode == 130, stderr
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == [] or "go on with" in stderr

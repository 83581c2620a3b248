"""Whatever happens to a run, a sweep or a run on Dask: is nothing lost, are the bytes the same?

Every test here is a row of the table in `model/SCALING.md`; each is done to all three commands, so
that no cell can be empty: to the run where that takes seconds, to all where the slow tests are run.
What belongs to one command only is in `test_faults.py` and `test_cluster.py`.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from cluster import Dask
from command import ROOT
from conftest import scenario_file
from faults import (
    IN_CHUNKS,
    RUN_PIECES,
    Clock,
    Pace,
    assert_refused,
    assert_same,
    assert_same_as,
    ended,
    kill,
    killed_at,
    no_file_beyond,
    permissions,
    pieces,
    run_reference,
    small_disk,
    start,
    unfinished,
    wait_for,
    whole,
    without_privilege,
)

type Before = Callable[[], object] | None
"""What is done in a process before its command begins."""
type Environment = Mapping[str, str]
NOTHING: Environment = {}

COMMANDS = ("run", "sweep", "dask")

SWEEP = (
    "sweep: {design: grid, trials: 501, factors: {drivers.war: {values: [0, 1]}, "
    "parameters.war_drain: {range: [0.1, 0.5], steps: 5}}}"
)
SWEEP_PIECES = 10
"""A point each."""


@dataclass(frozen=True)
class Case:
    """Work to which something happens.

    Attributes:
        words: The command, without `--out`.
        engine: What is said about the engine, in the beginning and to go on.
        pieces: Number of pieces that it is made of.
        disk: A file system with room for some of them.
        reference: All files when nothing happens.
        cluster: Where it is worked on; None for this process.
    """

    words: tuple[object, ...]
    engine: tuple[object, ...]
    pieces: int
    disk: str
    reference: dict[str, bytes]
    cluster: Dask | None = None

    def begin(
        self, out: Path, before: Before = None, env: Environment = NOTHING
    ) -> subprocess.Popen[str]:
        """Start it."""
        return start(*self.words, *self.engine, "--out", out, before=before, env=env)

    def resume(
        self, out: Path, before: Before = None, env: Environment = NOTHING
    ) -> subprocess.Popen[str]:
        """Go on with what is unfinished."""
        words = (self.words[0], "--resume", unfinished(out), *self.engine)
        return start(*words, before=before, env=env)

    def finish(self, out: Path, env: Environment = NOTHING) -> str:
        """Go on to the end; gives what was said on the way."""
        running = self.resume(out, env=env)
        _, stderr = ended(running)
        assert running.returncode == 0, stderr
        return stderr

    def check(self, out: Path) -> None:
        """One whole folder is left, with the very bytes, and from the engine that is meant."""
        assert_same_as(self.reference, out)
        (folder,) = out.iterdir()
        manifest = json.loads((folder / "manifest.json").read_bytes())
        assert ("dask" in manifest.get("engine", "")) == (self.cluster is not None)


@pytest.fixture(
    scope="module",
    params=["run", *(pytest.param(name, marks=pytest.mark.slow) for name in COMMANDS[1:])],
)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """A run on threads, a sweep, and a run on a cluster of two workers."""
    match request.param:
        case "run":
            yield Case(IN_CHUNKS, (), RUN_PIECES, "4m", run_reference())
        case "sweep":
            words = ("sweep", scenario_file(SWEEP), "--no-figures")
            yield Case(words, (), SWEEP_PIECES, "64k", whole(*words, "--threads", 1))
        case "dask":
            cluster = Dask(tmp_path_factory.mktemp("dask"))
            try:
                cluster.begin()
                yield Case(IN_CHUNKS, cluster.words, RUN_PIECES, "4m", run_reference(), cluster)
            finally:
                cluster.end()


def test_killed_at_any_moment(case: Case, tmp_path: Path) -> None:
    """Killed without warning, twice, between two pieces or in the middle of one."""
    chance = random.Random(case.pieces)
    running = case.begin(tmp_path)
    for least in sorted(chance.sample(range(1, case.pieces), 2)):
        if not wait_for(partial(_enough, tmp_path, least), running):
            break
        kill(running)
        if not list(tmp_path.glob("*.unfinished")):
            break
        assert len(pieces(tmp_path)) >= least
        running = case.resume(tmp_path)
    ended(running)
    if list(tmp_path.glob("*.unfinished")):
        kept = len(pieces(tmp_path))
        assert f"{kept} of {case.pieces} chunks are there" in case.finish(tmp_path)
    case.check(tmp_path)


@pytest.mark.slow
def test_killed_in_each_of_the_last_steps(case: Case, tmp_path: Path) -> None:
    """Killed right before a piece has its name, the folder is filled, named, and tidied up."""
    steps = [
        ("os.rename", ".half", 4),
        ("open", "summary.txt", 1),
        ("os.rename", "/whole", 1),
        ("os.rmdir", "pieces", 1),
        ("os.remove", "state.json", 1),
    ]
    for step in steps:
        env = killed_at(*step)
        command = case.begin if step is steps[0] else case.resume
        running = command(tmp_path, env=env)
        _, stderr = ended(running)
        assert running.returncode == -signal.SIGKILL, (step, stderr)
        named = [path for path in tmp_path.iterdir() if path.suffix != ".unfinished"]
        assert bool(named) == (step in steps[3:])
    assert "is whole; nothing was left to do" in case.finish(tmp_path)
    case.check(tmp_path)


def test_interrupted_again_and_again(case: Case, pace: Pace, tmp_path: Path) -> None:
    """Ctrl-C, and twice more while it ends, to all processes of the terminal."""
    running = pace.reach(1, tmp_path, partial(case.begin, tmp_path, os.setsid))
    for _ in range(3):
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGINT)
        pace.go_on()
        # A moment between them, in which it may have come to its end; no time is too long or short.
        with suppress(subprocess.TimeoutExpired):
            running.wait(timeout=0.1)
    stdout, stderr = ended(running)
    assert (running.returncode, stdout) == (130, ""), stderr
    assert "foedus: interrupted" in stderr
    assert "Traceback" not in stderr
    assert pieces(tmp_path)
    case.finish(tmp_path)
    case.check(tmp_path)


def test_the_disk_is_full(case: Case, tmp_path: Path) -> None:
    """A file system with room for some pieces; then one with room for all."""
    out = tmp_path / "disk"
    with small_disk(out, case.disk) as make:
        full = "cannot write the run: No space left on device"
        line = assert_refused(case.begin(out), full, "go on with")
        kept = len(pieces(out))
        assert 0 < kept < case.pieces
        assert f"{kept} of {case.pieces} chunks are kept" in line
        assert_refused(case.resume(out), full, "go on with")
        assert len(pieces(out)) >= kept
        make("50m")
        kept = len(pieces(out))
        assert f"{kept} of {case.pieces} chunks are there" in case.finish(out)
        case.check(out)


@pytest.mark.slow
def test_no_room_for_the_tables(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces fit, the largest table does not: it fails in its last step and keeps every piece."""
    # What counts the lines that are run would find no room, either, and complain in between.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    largest = max(map(len, case.reference.values())) - 1
    assert_refused(
        case.begin(tmp_path, no_file_beyond(largest)),
        "cannot write the run: File too large",
        f"{case.pieces} of {case.pieces} chunks are kept",
    )
    assert not list(tmp_path.glob("*/tables"))
    case.finish(tmp_path)
    case.check(tmp_path)


@pytest.mark.slow
def test_permissions_are_taken_away(case: Case, pace: Pace, tmp_path: Path) -> None:
    """First nothing can be written any more, then nothing be read."""
    running = pace.reach(2, tmp_path, partial(case.begin, tmp_path, without_privilege))
    folder = unfinished(tmp_path) / "pieces"
    with permissions(folder, 0o555):
        pace.go_on()
        line = assert_refused(running, "cannot write the run: Permission denied", "go on with")
    kept = len(pieces(tmp_path))
    assert 2 <= kept < case.pieces
    assert f"{kept} of {case.pieces} chunks are kept" in line
    with permissions(folder, 0):
        again = case.resume(tmp_path, without_privilege)
        assert_refused(again, "cannot read the run: Permission denied")
    assert f"{kept} of {case.pieces} chunks are there" in case.finish(tmp_path)
    case.check(tmp_path)


@pytest.mark.slow
def test_pieces_are_damaged(case: Case, pace: Pace, tmp_path: Path) -> None:
    """One is cut short while others are made; then of those kept one is flipped, empty, gone."""
    running = pace.reach(1, tmp_path, partial(case.begin, tmp_path, None))
    cut = pieces(tmp_path)[0]
    cut.write_bytes(cut.read_bytes()[:-1000])
    pace.go_on()
    assert_refused(running, f"{cut.name}: is damaged", "go on with")
    found = pieces(tmp_path)
    flipped, empty, missing = [path for path in found if path.name != cut.name][:3]
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 0xFF
    flipped.write_bytes(content)
    empty.write_bytes(b"")
    missing.unlink()
    assert f"{case.pieces - 4} of {case.pieces} chunks are there" in case.finish(tmp_path)
    case.check(tmp_path)


@pytest.mark.slow
def test_two_processes_want_the_same_folder(case: Case, pace: Pace, tmp_path: Path) -> None:
    """A second one is refused; when the first was killed, one of two that take it up gets it."""
    running = pace.reach(1, tmp_path, partial(case.begin, tmp_path, None))
    assert_refused(case.resume(tmp_path), "another process is working on it")
    kill(running)
    both = [case.resume(tmp_path), case.resume(tmp_path)]
    said = [ended(each)[1] for each in both]
    # The second may also come when the first is at its very end, and find all of it done.
    codes = [each.returncode for each in both]
    assert sorted(codes) == [0, 2] or any("nothing was left to do" in each for each in said), said
    assert set(codes) <= {0, 2}
    assert not any("Traceback" in each for each in said)
    case.check(tmp_path)


@pytest.mark.slow
def test_the_clock_is_set_back(case: Case, pace: Pace, tmp_path: Path) -> None:
    """Set back while it runs, begun again in the same second, finished before it was begun."""
    clock, out = Clock(tmp_path / "clock"), tmp_path / "out"
    # What Dask waits for never comes while a clock stands.
    turn = clock.stand_in if case.cluster is None else clock.run_in
    turn(2040)
    running = pace.reach(1, out, lambda env: case.begin(out, env=clock.env | dict(env)))
    turn(2010)
    if case.cluster is not None:
        case.cluster.clock.run_in(2010)
    pace.go_to(3, out, running)
    kill(running)
    turn(2040)
    beside = case.begin(out, env=clock.env)
    _, stderr = ended(beside)
    assert beside.returncode == 0, stderr
    turn(1999)
    case.finish(out, clock.env)
    one, other = sorted(out.iterdir())
    assert one.name[:8] == other.name[:8] == "20400101"
    if case.cluster is None:
        assert other.name == f"{one.name}-2"
    for folder in (one, other):
        assert_same(case.reference, folder)


def test_every_cell_of_the_matrix_is_in_the_table() -> None:
    """The table names the tests of this file that are done to all commands, and no other."""
    text = (ROOT / "model" / "SCALING.md").read_text(encoding="utf-8")
    table = text.partition("## What may happen on the way")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(test_\w+)`", table))
    done = {
        name
        for name, test in globals().items()
        if name.startswith("test_") and "case" in getattr(test, "__annotations__", {})
    }
    assert named == done
    for fault in ("kill -9", "full disk", "permissions", "truncated", "two processes", "clock"):
        (row,) = [line for line in table.splitlines() if line.startswith(f"| {fault}")]
        assert re.search(r"`test_\w+`", row), row
    assert COMMANDS == ("run", "sweep", "dask")


def _enough(out: Path, least: int) -> bool:
    return len(pieces(out)) >= least

"""On a real Dask cluster: the same bits, whichever of its processes dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import Dask
from command import foedus, foedus_process, python
from faults import (
    IN_CHUNKS,
    RUN,
    RUN_PIECES,
    Pace,
    assert_refused,
    assert_same_as,
    ended,
    pieces,
    resumed,
    run_reference,
    start,
    unfinished,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]


@pytest.fixture
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A cluster that runs."""
    cluster = Dask(tmp_path_factory.mktemp("dask"))
    try:
        cluster.begin()
        yield cluster
    finally:
        cluster.end()


def test_a_killed_worker_costs_nothing_but_time(dask: Dask, pace: Pace, tmp_path: Path) -> None:
    words = (*IN_CHUNKS, *dask.words, "--out", tmp_path)
    running = pace.reach(2, tmp_path, lambda env: start(*words, env=env))
    dask.workers[0].send_signal(signal.SIGKILL)
    pace.go_on()
    _, stderr = ended(running)
    assert running.returncode == 0, stderr
    assert_same_as(run_reference(), tmp_path)


def test_a_dead_scheduler_leaves_a_run_to_go_on_with(
    dask: Dask, pace: Pace, tmp_path: Path
) -> None:
    words = (*IN_CHUNKS, *dask.words, "--out", tmp_path)
    running = pace.reach(2, tmp_path, lambda env: start(*words, env=env))
    assert dask.scheduler is not None
    dask.scheduler.send_signal(signal.SIGKILL)
    pace.go_on()
    assert_refused(running, "the connection was lost", "chunks are kept; go on with")
    assert 2 <= len(pieces(tmp_path)) < RUN_PIECES
    resumed(tmp_path)
    assert_same_as(run_reference(), tmp_path)


def test_workers_are_started_here_and_the_client_may_be_killed(pace: Pace, tmp_path: Path) -> None:
    words = (*IN_CHUNKS, "--engine", "dask", "--workers", 2, "--out", tmp_path)
    running = pace.reach(2, tmp_path, lambda env: start(*words, env=env))
    running.kill()
    ended(running)
    again = ("run", "--resume", unfinished(tmp_path), "--engine", "dask", "--workers", 1)
    done = foedus_process(*again)
    assert done.returncode == 0, done.stderr
    assert_same_as(run_reference(), tmp_path)


def test_an_interruption_reaches_the_workers_quietly(pace: Pace, tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to all processes, those of the workers among them."""
    words = (*IN_CHUNKS, "--engine", "dask", "--workers", 2, "--out", tmp_path)
    running = pace.reach(1, tmp_path, lambda env: start(*words, before=os.setsid, env=env))
    os.killpg(running.pid, signal.SIGINT)
    pace.go_on()
    _, stderr = ended(running)
    assert running.returncode == 130, stderr
    (line,) = stderr.strip().splitlines()
    assert "chunks are kept; go on with" in line
    resumed(tmp_path)
    assert_same_as(run_reference(), tmp_path)


def test_without_the_extra_there_is_one_clear_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from foedus.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = python("-c", code, *RUN, "--engine", "dask", "--out", tmp_path)
    assert done.returncode == 2
    assert "pip install 'foedus[distributed]'" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--workers", 2), "--workers: belongs to --engine dask"),
        (("--engine", "dask", "--workers", 0), "--workers: found 0"),
        (
            ("--engine", "dask", "--workers", 1, "--scheduler", "tcp://x:1"),
            "--workers: are started",
        ),
        (("--engine", "dask", "--threads", 2), "--threads: a worker of a cluster has one"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: tuple[object, ...], said: str, tmp_path: Path
) -> None:
    done = foedus(*RUN, *words, "--out", tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []

"""On a real Dask cluster: the same bits, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from command import ROOT, foedus, python
from faults import LONG_ENOUGH, assert_same_as, contents, pieces, resumed, start, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

ASKED = ("run", "baseline", "--trials", 1600, "--no-figures")
IN_CHUNKS = (*ASKED, "--chunk", 100)
PIECES = 16


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All files of the run on threads, in a single chunk."""
    out = tmp_path_factory.mktemp("reference")
    done = foedus(*ASKED, "--out", out)
    assert done.returncode == 0, done.stderr
    (folder,) = out.iterdir()
    return contents(folder)


@dataclass
class Dask:
    """A scheduler and two workers, each a process of its own, on the loopback interface."""

    folder: Path
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Where the scheduler says how it is reached."""
        return self.folder / "scheduler.json"

    def begin(self) -> None:
        """Start all three."""
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        end = time.monotonic() + LONG_ENOUGH
        while not self.file.exists():
            assert time.monotonic() < end, "no scheduler"
            time.sleep(0.05)
        self.workers = [
            self._start("worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny")
            for _ in range(2)
        ]

    def end(self) -> None:
        """Kill what is left."""
        for process in (self.scheduler, *self.workers):
            if process is not None:
                process.kill()
                process.wait(timeout=LONG_ENOUGH)

    def _start(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        common = ["--scheduler-file", str(self.file), "--no-dashboard"]
        place = ["--local-directory", str(self.folder)] if what == "worker" else []
        return subprocess.Popen(
            [sys.executable, "-m", "dask", what, *common, *place, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
        )


@pytest.fixture
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A cluster that runs."""
    cluster = Dask(tmp_path_factory.mktemp("dask"))
    try:
        cluster.begin()
        yield cluster
    finally:
        cluster.end()


def test_a_killed_worker_costs_nothing_but_time(
    dask: Dask, reference: dict[str, bytes], tmp_path: Path
) -> None:
    running = start(*IN_CHUNKS, "--engine", "dask", "--scheduler", dask.file, "--out", tmp_path)
    assert wait_for(lambda: len(pieces(tmp_path)) >= 2, running), running.communicate()
    assert len(pieces(tmp_path)) < PIECES
    dask.workers[0].send_signal(signal.SIGKILL)
    _, stderr = running.communicate(timeout=LONG_ENOUGH)
    assert running.returncode == 0, stderr
    assert_same_as(reference, tmp_path)


def test_a_dead_scheduler_leaves_a_run_to_go_on_with(
    dask: Dask, reference: dict[str, bytes], tmp_path: Path
) -> None:
    running = start(*IN_CHUNKS, "--engine", "dask", "--scheduler", dask.file, "--out", tmp_path)
    assert wait_for(lambda: len(pieces(tmp_path)) >= 2, running), running.communicate()
    assert dask.scheduler is not None
    dask.scheduler.send_signal(signal.SIGKILL)
    _, stderr = running.communicate(timeout=LONG_ENOUGH)
    assert running.returncode == 2, stderr
    assert "the connection was lost" in stderr
    assert "chunks are kept; go on with" in stderr
    assert "Traceback" not in stderr
    assert 2 <= len(pieces(tmp_path)) < PIECES
    resumed(tmp_path)
    assert_same_as(reference, tmp_path)


def test_workers_are_started_here_and_the_client_may_be_killed(
    reference: dict[str, bytes], tmp_path: Path
) -> None:
    running = start(*IN_CHUNKS, "--engine", "dask", "--workers", 2, "--out", tmp_path)
    assert wait_for(lambda: len(pieces(tmp_path)) >= 2, running), running.communicate()
    running.kill()
    running.communicate(timeout=LONG_ENOUGH)
    damaged = pieces(tmp_path)[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (folder,) = tmp_path.glob("*.unfinished")
    done = foedus("run", "--resume", folder, "--engine", "dask", "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert_same_as(reference, tmp_path)


def test_without_the_extra_there_is_one_clear_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from foedus.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = python("-c", code, *ASKED, "--engine", "dask", "--out", tmp_path)
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
    done = foedus(*ASKED, *words, "--out", tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []

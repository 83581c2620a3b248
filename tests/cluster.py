"""A Dask scheduler and two workers on the loopback interface, for the tests that need them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from command import LONG_ENOUGH, wait_until
from faults import PATH, Clock


@dataclass
class Dask:
    """A scheduler and two workers, each a process of its own.

    Attributes:
        folder: Where they may write.
        scheduler: Its process.
        workers: Theirs.
    """

    folder: Path
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(self.folder / "clock")

    @property
    def file(self) -> Path:
        """Where the scheduler says how it is reached."""
        return self.folder / "scheduler.json"

    @property
    def words(self) -> tuple[object, ...]:
        """What to say to the command."""
        return ("--engine", "dask", "--scheduler", self.file)

    def begin(self) -> None:
        """Start all three."""
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        assert wait_until(self.file.exists, self.scheduler), "no scheduler"
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
            env={**os.environ, "PYTHONPATH": PATH, **self.clock.env},
        )

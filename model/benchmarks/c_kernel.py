"""The rules once more as C, translated from their own text and compiled on the spot.

A yardstick, not an engine: what the best ordinary compiler makes of the same arithmetic, on records
of the same layout. The translation (`c_translator`) moves with the model, so that it can never time
an old one, and it is held to the ensemble's results before anything is timed.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from c_layout import Layout
from c_translator import Translator, name_of

from foedus.dictionary import recording
from foedus.dictionary.chance import place_among
from foedus.dictionary.marks import RULES
from foedus.dictionary.recording import BLOC_SERIES, MEMBER_SERIES
from foedus.dictionary.terms import total
from foedus.rules import month, start
from foedus.simulation.compiled.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foedus.simulation import memory_layout as records
    from foedus.simulation.world import Setup

FRAME: Final = Path(__file__).with_name("frame.c")
"""The hash, and the months of one trial, which are not rules."""

OPTIONS: Final = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC", "-lm")
"""No contraction and no fast mathematics: results must equal the ensemble's."""


def source(room: records.Room, advance: Callable[..., object] = month.advance) -> str:
    """The whole kernel as one file of C, which is CUDA too.

    Args:
        room: What the records have room for.
        advance: The rule of a month; another than the model's times a part of it.
    """
    layout = Layout.of(room)
    every = dict.fromkeys([*RULES, advance])
    left_out = {place_among, total, recording.write_start, recording.write_end}
    rules = [Translator(rule, layout) for rule in every if rule not in left_out]
    names = {
        "SERIES": str(len(BLOC_SERIES) + room.member * len(MEMBER_SERIES)),
        "BEGIN": name_of(start.begin),
        "ADVANCE": name_of(advance),
        "WRITE_SERIES": name_of(recording.write_series),
    }
    head, trial = FRAME.read_text(encoding="utf-8").split("/* RULES */")
    return "\n".join(
        [
            head.replace("/* LAYOUT */", layout.text),
            *(f"{each.signature()};" for each in rules),
            *(each.definition() for each in rules),
            *(f"#define {name} {meaning}" for name, meaning in names.items()),
            trial,
        ]
    )


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("gcc") or shutil.which("cc")


def build(
    room: records.Room, folder: Path, advance: Callable[..., object] = month.advance
) -> ctypes.CDLL:
    """Translate, compile and load.

    Raises:
        RuntimeError: There is no compiler, or it refuses the text.
    """
    found = compiler()
    if found is None:
        raise RuntimeError("there is no C compiler")
    text, library = folder / f"{advance.__name__}.c", folder / f"{advance.__name__}.so"
    text.write_text(source(room, advance), encoding="utf-8")
    done = subprocess.run(
        [found, str(text), "-o", str(library), *OPTIONS],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{found}: {done.stderr[:2000]}")
    return ctypes.CDLL(str(library))


@dataclass(frozen=True)
class Job:
    """What some trials have in common, and the arrays in which they leave their results."""

    worker: Worker
    first: int
    ends: NDArray[np.float64]

    @classmethod
    def of(cls, setup: Setup, seed: int, first: int, count: int) -> Job:
        """Room for the results of trials from `first` on."""
        return cls(Worker(setup, seed), first, np.zeros(count))

    def arrays(self) -> list[NDArray[Any]]:
        """What the fields of the C structure point to, in order; the last five are results."""
        worker, tally = self.worker, self.worker.tally
        setup, last = worker.setup, self.first + self.ends.size - 1
        values = setup.draw_quantities(worker.seed, np.arange(self.first // 2, last // 2 + 1))
        given = [
            setup.world,
            setup.parameters,
            setup.paths,
            values,
            worker.places,
        ]
        results: list[NDArray[Any]] = [
            self.ends,
            tally.histograms,
            tally.shares,
            tally.statuses,
            tally.requests,
        ]
        return [*map(np.ascontiguousarray, given), *results]

    def numbers(self) -> list[int]:
        """The fields that are numbers, in order."""
        worker, tally = self.worker, self.worker.tally
        months, drivers = worker.setup.paths.shape
        sizes = [months, drivers, len(worker.setup.uncertain), worker.series]
        poles, threats = tally.shares.shape[2], tally.requests.shape[1]
        start = worker.setup.start_month
        return [self.first, self.ends.size, start, *sizes, poles, threats, worker.seed]

    def words(self, arrays: list[NDArray[Any]]) -> NDArray[np.uint64]:
        """The C structure itself."""
        return np.array([*(each.ctypes.data for each in arrays), *self.numbers()], dtype=np.uint64)


@dataclass(frozen=True)
class CKernel:
    """The C kernel with buffers for one thread."""

    library: ctypes.CDLL
    setup: Setup
    seed: int

    def run(self, first: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Cohesion at the end of each trial, and the histograms of all months."""
        job = Job.of(self.setup, self.seed, first, count)
        arrays, worker = job.arrays(), job.worker
        words = job.words(arrays)
        records = (words, worker.world, worker.parameters)
        self.library.run_block(*(ctypes.c_void_p(each.ctypes.data) for each in records))
        return job.ends, worker.tally.histograms

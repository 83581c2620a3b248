"""From chunks on disk to tables and an ensemble, with memory that does not grow with the trials.

Chunks pass by once. What counts over trials is added up; the tables by trial are written as they
come; and the columns by trial that a summary looks at go to a scratch file, from which each is read
when it is asked for.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from itertools import chain
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import finalize

import numpy as np

from foedus.runs.tables.catalogue import TrialTables, write_other_tables
from foedus.simulation.chunks import Block, Chunk, Tally, join_blocks
from foedus.simulation.ensemble import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup

WIDTH: Final = 8
"""Bytes of a cell in the scratch file."""

FIRST_TRIALS: Final = 1000
"""Trials whose drawn quantities a streamed ensemble holds; all others are in the table."""


def streamed(
    setup: Setup,
    chunks: Iterator[Chunk],
    *,
    trials: int,
    seed: int,
    scratch: Path,
    tables: Path | None = None,
    run: str = "",
) -> Ensemble:
    """One ensemble from the chunks of a run, whose tables are written on the way.

    Args:
        setup: The scenario, laid out in memory.
        chunks: All chunks, in order.
        trials: Number of trials in all of them.
        seed: Seed of the run.
        scratch: A folder with room for about a kilobyte per trial; the file there has no name, so
            that nothing stays behind.
        tables: Where the tables go; it must exist. None writes none.
        run: What the tables say of which run they are.

    Returns:
        The ensemble. With more than one chunk, its `outcomes`, `milestones` and `questions` are
        read from the scratch file column by column (see `Columns`), and its `quantities` are those
        of the first thousand trials.
    """
    first = next(chunks)
    shell = assemble(setup, first, seed=seed, seconds=0.0)
    if first.block.outcomes.size == trials:
        if tables is not None:
            with TrialTables(tables, shell, run) as by_trial:
                by_trial.add(first.block)
            write_other_tables(shell, tables, run)
        return shell
    columns, kept = Columns(scratch, trials), list[Block]()
    tally = Tally.blank(setup, first.tally.histograms.shape[1])
    # One chunk at a time is in memory: nothing here holds on to another.
    shell, remaining = _without_trials(shell, FIRST_TRIALS // 2), chain([first], chunks)
    del first
    with nullcontext() if tables is None else TrialTables(tables, shell, run) as by_trial:
        for chunk in remaining:
            if by_trial is not None:
                by_trial.add(chunk.block)
            columns.write(chunk.block)
            tally.add(chunk.tally)
            kept.append(_without_trials(chunk.block))
            del chunk
    over_all = Chunk(join_blocks(kept), tally)
    ensemble = replace(
        assemble(setup, over_all, seed=seed, seconds=0.0, trials=trials),
        outcomes=cast("NDArray[Any]", OutcomesOnDisk(columns, shell.outcomes.dtype)),
        milestones=cast("NDArray[Any]", columns.array("milestones", shell.milestones)),
        questions=cast("NDArray[Any]", columns.array("questions", shell.questions)),
        quantities=shell.quantities,
    )
    if tables is not None:
        write_other_tables(ensemble, tables, run)
    return ensemble


class Columns:
    """Columns of numbers by trial in a file, one after the other."""

    def __init__(self, scratch: Path, trials: int) -> None:
        self.trials = trials
        # Without a name the file goes with its last handle, which goes with this object.
        with TemporaryFile(dir=scratch) as file:
            self._handle = os.dup(file.fileno())
        finalize(self, os.close, self._handle)
        self._places: dict[tuple[Any, ...], tuple[int, np.dtype[Any]]] = {}

    def write(self, block: Block) -> None:
        """Write the trials of a block in their places."""
        for name in block.outcomes.dtype.names or ():
            self._write(block.first, ("outcomes", name), block.outcomes[name])
        self._write(block.first, ("milestones",), block.milestones)
        self._write(block.first, ("questions",), block.questions)

    def read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        """One column; shape ``(trial,)``."""
        place, kind = self._places[key]
        cells = np.empty(self.trials, _wide(kind))
        view, start = memoryview(cells).cast("B"), place * self.trials * WIDTH
        done = 0
        while done < len(view):
            found = os.preadv(self._handle, [view[done:]], start + done)
            if not found:
                raise OSError(f"column {key} ends after {done} bytes")
            done += found
        return cells.astype(kind, copy=False)

    def array(self, name: str, like: NDArray[Any]) -> OnDisk:
        """An array of all trials, shaped like one of some trials."""
        return OnDisk(self, (name,), like.shape[1:])

    def _write(self, first: int, key: tuple[Any, ...], values: NDArray[Any]) -> None:
        if values.ndim > 1:
            for n in range(values.shape[1]):
                self._write(first, (*key, n), values[:, n])
            return
        place, kind = self._places.setdefault(key, (len(self._places), values.dtype))
        cells = np.ascontiguousarray(values, _wide(kind))
        view, start = memoryview(cells).cast("B"), (place * self.trials + first) * WIDTH
        done = 0
        while done < len(view):
            done += os.pwrite(self._handle, view[done:], start + done)


class OnDisk:
    """An array with an axis of trials that is read a column at a time.

    ``x["name"]``, ``x[:, i]`` and ``x[:, i, j]`` are arrays of shape ``(trial,)`` where they name a
    single column, and such an object again where they do not.
    """

    def __init__(self, columns: Columns, key: tuple[Any, ...], shape: tuple[int, ...]) -> None:
        self._columns, self._key = columns, key
        self.shape = (columns.trials, *shape)
        self.size = int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> Any:
        """A column, or what has some columns."""
        where = index if isinstance(index, tuple) else (index,)
        if where[0] != slice(None) or len(where) > len(self.shape):
            raise IndexError(f"trials on disk are read a whole column at a time, not by {index!r}")
        rest = self.shape[len(where) :]
        # A range turns -1 into the last, and complains of what is not there.
        named = zip(where[1:], self.shape[1 : len(where)], strict=True)
        key = self._key + tuple(range(size)[one] for one, size in named)
        return OnDisk(self._columns, key, rest) if rest else self._columns.read(key)


class OutcomesOnDisk:
    """Outcomes by name."""

    def __init__(self, columns: Columns, kind: np.dtype[Any]) -> None:
        self._columns, self.dtype = columns, kind
        self.size = columns.trials

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, name: str) -> Any:
        """A column, or what has one for every member."""
        shape = self.dtype[name].shape
        key = ("outcomes", name)
        return OnDisk(self._columns, key, shape) if shape else self._columns.read(key)


def _without_trials[Played: (Block, Ensemble)](played: Played, sets: int = 0) -> Played:
    """What of it stays in memory: the trials that are kept in full, and the first drawn sets."""
    # Copies, as an empty slice would keep all that it was cut from.
    return replace(
        played,
        outcomes=played.outcomes[:0].copy(),
        milestones=played.milestones[:0].copy(),
        questions=played.questions[:0].copy(),
        quantities=played.quantities[:sets].copy(),
    )


def _wide(kind: np.dtype[Any]) -> np.dtype[Any]:
    """How a column lies in the scratch file."""
    return np.dtype(np.float64 if kind.kind == "f" else np.int64)

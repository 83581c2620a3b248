"""All tables of a run, by name. Each is a function from an ensemble to an Arrow table."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pyarrow.parquet as pq

from foedus.runs.tables import month_tables, sample_tables, trial_tables
from foedus.runs.tables.columns import how_parquet, labelled, write_parquet
from foedus.simulation.chunks import CHUNK, Block, join_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from foedus.simulation.outcome import Ensemble

PER_TRIAL: Final[Mapping[str, Callable[..., pa.Table]]] = {
    "trials": trial_tables.trials,
    "members": trial_tables.members,
    "quantities": trial_tables.quantities,
}
"""Tables that grow with the number of trials; written piece by piece."""

TABLES: Final[Mapping[str, Callable[[Ensemble], pa.Table]]] = {
    **PER_TRIAL,
    "months": month_tables.months,
    "status": month_tables.status,
    "alignment": month_tables.alignment,
    "requests": month_tables.requests,
    "questions": trial_tables.questions,
    "events": sample_tables.events,
    "decisions": sample_tables.decisions,
    "trajectories": sample_tables.trajectories,
}

PIECE: Final = CHUNK
"""Trials in a row group, whatever the chunks were that they come from."""


class TrialTables:
    """Writer of the tables that grow with the number of trials; their bytes know of no chunks."""

    def __init__(self, folder: Path, shell: Ensemble, run: str) -> None:
        """Make the files.

        Args:
            folder: Where they go; it must exist.
            shell: An ensemble of the same scenario, whose trials do not matter.
            run: What the column ``run`` says.
        """
        self._folder, self._shell, self._run = folder, shell, run
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._files = ExitStack()
        self._held: list[Block] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._write(0)
        finally:
            with self._files:
                for writer in self._writers.values():
                    writer.close()

    def add(self, block: Block) -> None:
        """Write the trials of a block that follows on the one before."""
        self._held.append(block)
        self._write(PIECE)

    def _write(self, least: int) -> None:
        """Write pieces while at least so many trials are held; all if it is 0."""
        held = sum(each.outcomes.size for each in self._held)
        while held and held >= least:
            joined = join_blocks(self._held)
            piece, rest = _cut(joined, PIECE)
            self._held = [rest] if rest.outcomes.size else []
            held = rest.outcomes.size
            self._write_piece(piece)

    def _write_piece(self, piece: Block) -> None:
        part = replace(
            self._shell,
            trials=piece.outcomes.size,
            outcomes=piece.outcomes,
            questions=piece.questions,
            quantities=piece.quantities,
        )
        for name, make in PER_TRIAL.items():
            content = labelled(make(part, piece.first), self._run, part.scenario.name)
            if name not in self._writers:
                # Arrow opens no file whose name is not UTF-8.
                file = (self._folder / f"{name}.parquet").open("wb")
                self._files.enter_context(file)
                how = how_parquet(content.schema)
                self._writers[name] = pq.ParquetWriter(file, content.schema, **how)
            self._writers[name].write_table(content)


def write_tables(ensemble: Ensemble, folder: Path, run: str) -> None:
    """Write every table as ``NAME.parquet`` into a folder that exists.

    The bytes depend on the arguments and on the version of pyarrow, never on the time.
    """
    with TrialTables(folder, ensemble, run) as tables:
        for block in _blocks(ensemble):
            tables.add(block)
    write_other_tables(ensemble, folder, run)


def write_other_tables(ensemble: Ensemble, folder: Path, run: str) -> None:
    """Write the tables whose size does not depend on the number of trials."""
    for name, make in TABLES.items():
        if name not in PER_TRIAL:
            content = labelled(make(ensemble), run, ensemble.scenario.name)
            write_parquet(content, folder / f"{name}.parquet")


def _blocks(ensemble: Ensemble) -> Iterator[Block]:
    """An ensemble in pieces."""
    whole = Block(
        first=0,
        outcomes=ensemble.outcomes,
        milestones=ensemble.milestones,
        questions=ensemble.questions,
        quantities=ensemble.quantities,
        sample=ensemble.sample,
        events=ensemble.events,
    )
    while whole.outcomes.size:
        piece, whole = _cut(whole, PIECE)
        yield piece


def _cut(block: Block, trials: int) -> tuple[Block, Block]:
    """The first trials, an even number, of a block that starts with an even one; and the rest."""
    sets = trials // 2
    head = replace(
        block,
        outcomes=block.outcomes[:trials],
        milestones=block.milestones[:trials],
        questions=block.questions[:trials],
        quantities=block.quantities[:sets],
    )
    rest = replace(
        block,
        first=block.first + head.outcomes.size,
        outcomes=block.outcomes[trials:],
        milestones=block.milestones[trials:],
        questions=block.questions[trials:],
        quantities=block.quantities[sets:],
        sample=np.zeros((0, *block.sample.shape[1:])),
        events=block.events[:0],
    )
    return head, rest

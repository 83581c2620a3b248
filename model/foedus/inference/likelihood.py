"""How probable parameters make the record, in batches and on several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.inference.record import SLIP
from foedus.inference.record_filter import RecordFilter
from foedus.simulation.tape import luck, uniforms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foedus.inference.record import Stretch

SEED_PURPOSE: Final = 102
"""Purpose of the draws from which seeds of filters are made."""


class RecordLikelihood:
    """Estimated log-likelihood of the record given some parameters.

    All other numbers, those of the alliance among them, are drawn anew for every particle from
    their intervals, so that they are averaged over. Under one seed all parameter sets meet the same
    draws and the same luck.

    Args:
        names: Parameters that are given; the columns of what is asked.
        stretches: Stretches of the record.
        particles: Particles of each filter, times the crowd that its stretch needs.
        threads: Threads to work on.
    """

    def __init__(
        self, names: Sequence[str], stretches: Sequence[Stretch], *, particles: int, threads: int
    ) -> None:
        self.names, self.stretches = tuple(names), tuple(stretches)
        self.particles, self.threads = particles, threads
        self._idle: SimpleQueue[list[RecordFilter]] = SimpleQueue()
        for _ in range(threads):
            self._idle.put([self._filter(each) for each in self.stretches])
        self._columns = [
            [[q.name for q in each.setup.uncertain].index(name) for name in self.names]
            for each in self.stretches
        ]
        self._compiled = False

    def _filter(self, stretch: Stretch) -> RecordFilter:
        return RecordFilter(
            stretch.setup,
            stretch.rows,
            particles=self.particles * stretch.crowd,
            slip=SLIP,
            counted_from=stretch.counted_from,
        )

    def __call__(self, thetas: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
        """Log-likelihoods under one seed.

        Args:
            thetas: Shape ``(set, parameter)``.
            seed: Seed of the filters.

        Returns:
            Shape ``(set,)``.
        """
        drawn = [
            each.setup.draw_quantities(seed, np.arange(self.particles * each.crowd, dtype=np.int64))
            for each in self.stretches
        ]
        seeds = [seed_of(seed, each.setup.scenario.name) for each in self.stretches]

        def hear(theta: NDArray[np.float64]) -> float:
            filters = self._idle.get()
            total = 0.0
            for one, values, columns, own in zip(filters, drawn, self._columns, seeds, strict=True):
                given = values.copy()
                given[:, columns] = theta
                total += one.hear(own, given).log_likelihood
            self._idle.put(filters)
            return total

        first = [] if self._compiled else [hear(thetas[0])]
        self._compiled = True
        with ThreadPoolExecutor(self.threads) as pool:
            return np.array([*first, *pool.map(hear, thetas[len(first) :])])


def seed_of(seed: int, name: str) -> int:
    """A seed of its own for something that has a name."""
    word = uniforms(seed, 0, 0, SEED_PURPOSE, luck(name), 0)
    return int(float(word) * 2.0**62)

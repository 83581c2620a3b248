"""How probable parameters make the record, in batches and on several threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from foedus.inference.record import Stretch
from foedus.inference.record_filter import RecordFilter
from foedus.simulation.tape import luck, uniforms

if TYPE_CHECKING:
    from foedus.inference.prior import Prior
    from foedus.inference.record import Stretch

SEED_PURPOSE: Final = 102
"""Purpose of the draws from which seeds of filters are made."""


class RecordLikelihood:
    """Estimated log-likelihood of the record given some parameters.

    All other numbers, those of the alliance among them, are drawn anew for every particle from
    their intervals, so that they are averaged over. Under one seed all parameter sets share their
    random numbers.

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
            self._idle.put([each.filter(particles * each.crowd) for each in self.stretches])
        self._columns = [
            [[q.name for q in each.setup.uncertain].index(name) for name in self.names]
            for each in self.stretches
        ]
        self._compiled = False

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


TENTHS: Final = 10
FALSE_ALARM: Final = 0.001
"""Share of idle parameters that pass the screen by chance, a tenth of a parameter in a hundred."""


@dataclass(frozen=True)
class Screening:
    """How far each parameter moves the likelihood by itself.

    Attributes:
        names: Parameters, those that move it most first.
        shares: Share of the variance of the likelihood's rank that lies between tenths.
        threshold: Share that chance exceeds for one idle parameter in a thousand.
    """

    names: tuple[str, ...]
    shares: NDArray[np.float64]
    threshold: float

    def moving(self, most: int) -> tuple[str, ...]:
        """Parameters above the threshold, at most so many; the first one if none is."""
        passed = [name for name, share in zip(self.names, self.shares, strict=True)]
        count = int((self.shares > self.threshold).sum())
        return tuple(passed[: min(max(count, 1), most)])


def screen(
    stretches: Sequence[Stretch],
    prior: Prior,
    *,
    sets: int,
    particles: int,
    threads: int,
    seed: int,
) -> Screening:
    """Screen parameters.

    Args:
        stretches: Stretches of the record.
        prior: Of the parameters to screen: all that are uncertain.
        sets: Parameter sets to try.
        particles: Particles of each filter.
        threads: Threads to work on.
        seed: Seed of sets and filters.
    """
    from scipy.stats import chi2, rankdata

    likelihood = RecordLikelihood(prior.names, stretches, particles=particles, threads=threads)
    thetas = prior.draw(seed, sets)
    ranks = rankdata(likelihood(thetas, seed))
    shares = np.array([_between(thetas[:, q], ranks) for q in range(len(prior.names))])
    order = np.argsort(-shares, kind="stable")
    threshold = float(chi2.isf(FALSE_ALARM, TENTHS - 1)) / (sets - 1)
    return Screening(tuple(prior.names[q] for q in order), shares[order], threshold)


def _between(values: NDArray[np.float64], ranks: NDArray[np.float64]) -> float:
    """Share of the variance of ranks that lies between tenths of a parameter's draws."""
    tenths = np.array_split(ranks[np.argsort(values, kind="stable")], TENTHS)
    middle = ranks.mean()
    between = sum(part.size * (part.mean() - middle) ** 2 for part in tenths)
    return float(between / ((ranks - middle) ** 2).sum())

"""Which parameters the record can move at all: a quick look before the long one.

Parameter sets are drawn from the prior, and the record's likelihood is worked out for each. Where
its rank hardly differs between the tenths of a parameter's range, the record says nothing about
that parameter by itself, and it is left at its prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.inference.likelihood import RecordLikelihood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foedus.inference.prior import Prior
    from foedus.inference.record import Stretch

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

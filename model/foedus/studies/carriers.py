"""Which uncertain numbers carry a result: rank correlation of what was drawn with what came out.

For a whole run at once, from its own draws. A number that acts in both directions, or only together
with another, is not seen by it; sensitivity analysis proper is for that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.statistics.clustered import NORMAL, parameter_sets
from foedus.statistics.quantiles import LEVEL
from foedus.studies.compare.paired import step_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_SETS: Final = 20
"""Fewest parameter sets for which correlations are told."""


@dataclass(frozen=True)
class Carrier:
    """An uncertain number and its part in a result.

    Attributes:
        name: Such as ``trust_drift`` or ``trust_patron[ARM]``.
        correlation: Spearman's rank correlation, from -1 to 1.
        low: Lower end of its 90 % interval.
        high: Upper end.
        share: Its square: the share of the variance of ranks between parameter sets, from 0 to 1.
    """

    name: str
    correlation: float
    low: float
    high: float
    share: float


def carriers(
    names: tuple[str, ...], drawn: NDArray[np.float64], outcome: NDArray[np.floating[Any]]
) -> tuple[Carrier, ...]:
    """The numbers that an outcome hangs on, the strongest first.

    Args:
        names: Of the drawn numbers.
        drawn: Shape ``(parameter set, number)``.
        outcome: One a trial; trials 2k and 2k+1 share set k, and their mean counts.

    Returns:
        Those whose correlation passes Benjamini and Hochberg's step-up at a false discovery rate of
        10 % over all numbers; none if there are too few sets, or if nothing varies.

    Source:
        Spearman's correlation, with Fisher's interval and the standard error of Bonett and Wright
        2000, doi:10.1007/BF02294183.
    """
    sets = parameter_sets(len(outcome))
    if sets < FEWEST_SETS or not names:
        return ()
    whole = np.append(outcome, outcome[-1]) if len(outcome) % 2 else np.asarray(outcome)
    means = whole.reshape(-1, 2).mean(axis=1)
    ranks, other = _ranks(drawn[:sets]), _ranks(means[:, None])[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.nan_to_num(_correlation(ranks, other))
    error = np.sqrt((1.0 + correlation**2 / 2.0) / (sets - 3))
    z = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    chances = np.array([2.0 * NORMAL.cdf(-abs(one) * math.sqrt(sets - 3)) for one in z])
    passed, _ = step_up(chances)
    half = NORMAL.inv_cdf(0.5 + LEVEL / 2.0) * error
    found = [
        Carrier(
            names[q],
            float(correlation[q]),
            float(np.tanh(z[q] - half[q])),
            float(np.tanh(z[q] + half[q])),
            float(correlation[q] ** 2),
        )
        for q in np.flatnonzero(passed)
    ]
    return tuple(sorted(found, key=lambda one: -one.share))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of each column, ties sharing the mean of theirs; shape as given."""
    ranks = np.empty(values.shape)
    for column in range(values.shape[1]):
        _, place, counts = np.unique(values[:, column], return_inverse=True, return_counts=True)
        shared = np.cumsum(counts) - (counts - 1) / 2.0
        ranks[:, column] = shared[place]
    return ranks


def _correlation(columns: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    centred, away = columns - columns.mean(axis=0), other - other.mean()
    # Summed row by row: a matrix product would add up in an order that depends on the processor.
    covariance = (centred * away[:, None]).sum(axis=0)
    result: NDArray[np.float64] = covariance / np.sqrt((centred**2).sum(axis=0) * (away**2).sum())
    return result

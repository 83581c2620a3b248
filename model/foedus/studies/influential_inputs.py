"""Which uncertain inputs a result hangs on: rank correlation of what was drawn with what came out.

For a whole run at once, from its own draws. An input that acts in both directions, or only together
with another, is not seen by it; sensitivity analysis proper is for that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.statistics.clustered import NORMAL, normal_quantile, parameter_sets
from foedus.statistics.quantiles import LEVEL
from foedus.statistics.ranks import rank_correlation
from foedus.studies.compare.paired import step_up

FEWEST_SETS: Final = 20
"""Fewest parameter sets from which correlations are reported."""


@dataclass(frozen=True)
class InfluentialInput:
    """An uncertain input and its part in a result.

    Attributes:
        name: Such as ``trust_drift`` or ``trust_patron[ARM]``.
        correlation: Spearman's rank correlation, from -1 to 1.
        low: Lower end of its 90 % interval.
        high: Upper end.
    """

    name: str
    correlation: float
    low: float
    high: float


def influential_inputs(
    names: tuple[str, ...], drawn: NDArray[np.float64], outcome: NDArray[np.floating[Any]]
) -> tuple[InfluentialInput, ...]:
    """The inputs that an outcome hangs on, the strongest first.

    Args:
        names: Of the inputs.
        drawn: Shape ``(parameter set, input)``.
        outcome: One per trial; trials 2k and 2k+1 share set k, and their mean counts.

    Returns:
        Those whose correlation passes Benjamini and Hochberg's step-up at a false discovery rate of
        10 % over all inputs; none if there are too few sets, or if nothing varies.

    Source:
        Spearman's correlation, with Fisher's interval and the standard error of Bonett and Wright
        2000, doi:10.1007/BF02294183.
    """
    sets = parameter_sets(len(outcome))
    if sets < FEWEST_SETS or not names:
        return ()
    whole = np.append(outcome, outcome[-1]) if len(outcome) % 2 else np.asarray(outcome)
    correlation = rank_correlation(drawn[:sets], whole.reshape(-1, 2).mean(axis=1))
    error = np.sqrt((1.0 + correlation**2 / 2.0) / (sets - 3))
    z = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    chances = np.array([2.0 * NORMAL.cdf(-abs(score) * math.sqrt(sets - 3)) for score in z])
    passed, _ = step_up(chances)
    half = normal_quantile(LEVEL) * error
    low, high = np.tanh(z - half), np.tanh(z + half)
    order = sorted(np.flatnonzero(passed), key=lambda q: -(correlation[q] ** 2))
    return tuple(
        InfluentialInput(names[q], float(correlation[q]), float(low[q]), float(high[q]))
        for q in order
    )

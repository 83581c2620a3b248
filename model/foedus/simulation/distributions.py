"""Distributions of uncertain numbers, by the inverse of their distribution functions.

Every number has one uniform of its own, so that a change of one distribution moves no other draw,
and two scenarios that spread a number differently still draw it at the same rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]


def triangular(uniform: Floats, low: Floats, mode: Floats, high: Floats) -> Floats:
    """Inverse CDF of triangular distributions with ``low < high``, elementwise."""
    width = high - low
    rising = low + np.sqrt(uniform * width * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * width * (high - mode))
    return np.where(uniform * width < mode - low, rising, falling)


def flat(uniform: Floats, low: float, high: float) -> Floats:
    """Inverse CDF of a uniform distribution."""
    return np.clip(low + uniform * (high - low), low, high)


def cut_normal(uniform: Floats, mean: float, sd: float, low: float, high: float) -> Floats:
    """Inverse CDF of a normal distribution that is cut at two values.

    Args:
        uniform: From 0 to 1.
        mean: Of the whole distribution, between `low` and `high`.
        sd: Of the whole distribution.
        low: Where it is cut below.
        high: Where it is cut above.
    """
    from statistics import NormalDist  # noqa: PLC0415 - seldom needed

    normal = NormalDist()
    below, above = normal.cdf((low - mean) / sd), normal.cdf((mean - high) / sd)
    kept = 1.0 - below - above
    found = np.empty(uniform.shape)
    for n, rank in enumerate(uniform):
        # Each half from its own tail, where differences from 0 are exact.
        under, over = below + float(rank) * kept, above + (1.0 - float(rank)) * kept
        if under <= 0.0 or over <= 0.0:
            found[n] = low if under <= 0.0 else high
        elif under < over:
            found[n] = mean + sd * normal.inv_cdf(under)
        else:
            found[n] = mean - sd * normal.inv_cdf(over)
    return np.clip(found, low, high)

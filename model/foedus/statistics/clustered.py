"""Means over trials of which two share each parameter set: their variance, Student's quantiles.

Trials 2k and 2k+1 use one parameter set, so they are not independent observations; the set is. What
belongs here knows arrays only; nothing here knows what is being averaged.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NORMAL: Final = NormalDist()

FEWEST_SETS: Final = 2
"""Fewest parameter sets that have a spread."""


def normal_quantile(level: float) -> float:
    """Half width of the central interval of a standard normal: 1.645 for 0.9, 1.960 for 0.95."""
    return NORMAL.inv_cdf(0.5 + level / 2.0)


def parameter_sets(trials: int) -> int:
    """Number of parameter sets of that many trials; an odd last trial has one to itself."""
    return -(-trials // 2)


def mean_variance(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Variance of the mean over trials, with parameter sets as clusters.

    The sum of the residuals of each set is one observation (Liang and Zeger's sandwich with the
    usual correction K / (K - 1) for K clusters); for an even number of trials it equals the
    variance of the mean of the sets' means.

    Args:
        values: One per trial, in trial order; shape ``(trial,)`` or ``(trial, measure)``.

    Returns:
        Shape ``()`` or ``(measure,)``; NaN with fewer than two parameter sets.

    Source:
        Liang and Zeger 1986, doi:10.1093/biomet/73.1.13.
    """
    trials = len(values)
    sets = parameter_sets(trials)
    if sets < FEWEST_SETS:
        return np.full(values.shape[1:], np.nan)
    residuals = values - values.mean(axis=0)
    sums = residuals[: trials // 2 * 2].reshape(trials // 2, 2, *values.shape[1:]).sum(axis=1)
    squares = (sums**2).sum(axis=0)
    if trials % 2:
        squares = squares + residuals[-1] ** 2
    # A constant column leaves rounding errors behind; it has no variance at all.
    constant = np.all(values == values[0], axis=0)
    variance: NDArray[np.float64] = squares * sets / (sets - 1) / trials**2
    return np.where(constant, 0.0, variance)


def value_intervals(
    values: NDArray[np.float64], event: NDArray[np.bool_], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Means over trials and their intervals: Student's, and Wilson's for shares of events.

    Wilson's is taken at the number of trials divided by the design effect, the variance of the mean
    with clusters over that without, held between 1 and 2.

    Args:
        values: Shape ``(trial, measure)``.
        event: Whether a measure is an event, 0 or 1 in each trial; shape ``(measure,)``.
        level: Between 0 and 1.

    Returns:
        Mean, lower and upper end; each of shape ``(measure,)``.
    """
    trials, mean, variance = len(values), values.mean(axis=0), mean_variance(values)
    sets = parameter_sets(trials)
    quantile = student_quantile(level, sets - 1) if sets >= FEWEST_SETS else math.nan
    half = quantile * np.sqrt(variance)
    independent = mean * (1.0 - mean) / trials
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.clip(np.nan_to_num(variance / independent, nan=1.0, posinf=1.0), 1.0, 2.0)
        z, count = normal_quantile(level), trials / effect
        centre = (mean + z * z / (2.0 * count)) / (1.0 + z * z / count)
        root = np.sqrt(np.where(event, mean * (1.0 - mean), 0.0) / count + (z / (2.0 * count)) ** 2)
        spread = z * root / (1.0 + z * z / count)
    low, high = np.clip(centre - spread, 0.0, mean), np.clip(centre + spread, mean, 1.0)
    return mean, np.where(event, low, mean - half), np.where(event, high, mean + half)


def student_quantile(level: float, freedom: int) -> float:
    """Half width of the central interval of Student's t, by Wallace's approximation.

    Args:
        level: Between 0 and 1.
        freedom: Degrees of freedom, at least 1; at a level of 0.9 the error is 0.5 % with 3
            and below 0.1 % from 5 on.

    Example:
        >>> round(student_quantile(0.9, 10), 2), round(student_quantile(0.9, 500), 2)
        (1.81, 1.65)

    Source:
        Wallace 1959, doi:10.1214/aoms/1177706095.
    """
    z = normal_quantile(level) * (8 * freedom + 3) / (8 * freedom + 1)
    return math.sqrt(freedom * math.expm1(z * z / freedom))


def student_to_normal(
    t: NDArray[np.float64], freedom: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """The standard normal deviate as far out as |t|: `student_quantile`'s formula, inverted."""
    z = np.sqrt(freedom * np.log1p(t * t / freedom))
    return np.asarray(z * (8 * freedom + 1) / (8 * freedom + 3))

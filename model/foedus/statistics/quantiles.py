"""Quantiles, intervals and shares of variance: small closed forms, no statistics library.

What belongs here knows arrays only; nothing here knows what is being counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foedus.statistics.clustered import (
    FEWEST_SETS,
    mean_variance,
    normal_quantile,
    parameter_sets,
    student_quantile,
)

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Probabilities of a fan chart: the median, the middle half and the middle nine tenths."""

LEVEL = 0.9
"""Level of every interval in summaries."""


@dataclass(frozen=True)
class Band:
    """A median and the interval that holds nine trials in ten."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Frequency:
    """How often something happened, with its 90 % interval.

    The interval is for the error of a finite number of trials only: it says how far more trials
    could move the share, not how wrong the model may be.
    """

    count: int
    trials: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class VarianceShare:
    """Share of a variance that comes from not knowing the parameters, with its 90 % interval.

    The rest is chance. All three are NaN if nothing varies.
    """

    share: float
    low: float
    high: float


def histogram_quantiles(
    counts: NDArray[np.integer[Any]], probabilities: Sequence[float] = FAN
) -> NDArray[np.float64]:
    """Quantiles of values in [0, 1] of which only the counts by bin are known.

    Linear inside a bin. The result and the sample quantile (inverted distribution function) lie in
    the same bin, so that with 200 bins the error is below 0.005, the width of one.

    Args:
        counts: Number of values in equal bins over [0, 1]; shape ``(..., bin)``.
        probabilities: From 0 to 1; shape ``(quantile,)``.

    Returns:
        From 0 to 1; shape ``(..., quantile)``. NaN where a histogram is empty.

    Example:
        >>> histogram_quantiles(np.array([0, 4, 0, 0]), (0.0, 0.5, 1.0))
        array([0.25 , 0.375, 0.5  ])
    """
    bins = counts.shape[-1]
    cumulative = np.cumsum(counts, axis=-1, dtype=np.float64)
    total = cumulative[..., -1]
    quantiles = np.empty((*counts.shape[:-1], len(probabilities)))
    for q, probability in enumerate(probabilities):
        wanted = probability * total
        # At probability 0 the first bin that holds anything, not the first bin.
        reached = (cumulative >= wanted[..., None]) & (cumulative > 0)
        bin_number = np.argmax(reached, axis=-1)
        inside = np.take_along_axis(counts, bin_number[..., None], -1)[..., 0]
        up_to = np.take_along_axis(cumulative, bin_number[..., None], -1)[..., 0]
        before = up_to - inside
        with np.errstate(invalid="ignore", divide="ignore"):
            quantiles[..., q] = (bin_number + (wanted - before) / inside) / bins
    quantiles[total == 0] = np.nan
    return quantiles


def band(values: NDArray[np.floating[Any]]) -> Band:
    """Median and 5-95 % interval of a sample; NaN if it is empty.

    Example:
        >>> band(np.arange(21.0))
        Band(median=10.0, low=1.0, high=19.0)
    """
    if values.size == 0:
        return Band(math.nan, math.nan, math.nan)
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95)).tolist()
    return Band(median, low, high)


def wilson(count: float, trials: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a share; it stays inside 0-1 and is sane at 0 and at all.

    Args:
        count: Number of trials in which it happened; from 0 to `trials`. Need not be whole.
        trials: Number of independent trials; need not be whole.
        level: Between 0 and 1.

    Returns:
        Lower and upper end; 0 and 1 if there are no trials.

    Example:
        >>> [round(end, 3) for end in wilson(5, 10, level=0.95)]
        [0.237, 0.763]

    Source:
        Wilson 1927, doi:10.1080/01621459.1927.10502953; Brown, Cai and DasGupta 2001,
        doi:10.1214/ss/1009213286, for preferring it to the textbook interval.
    """
    if trials <= 0:
        return 0.0, 1.0
    z = normal_quantile(level)
    share = count / trials
    shrink = 1.0 + z * z / trials
    middle = (share + z * z / (2.0 * trials)) / shrink
    half = z * math.sqrt(share * (1.0 - share) / trials + (z / (2.0 * trials)) ** 2) / shrink
    # Rounding must not push the ends past what was seen at 0 and at all.
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == trials else min(1.0, middle + half)
    return low, high


def frequency(happened: NDArray[np.bool_]) -> Frequency:
    """Share of trials in which something happened, with an interval that knows of shared draws.

    Two trials share each parameter set and resemble each other, so that they count for less than
    two. Wilson's interval is taken at the effective number ``trials / (1 + r)``, with `r` the
    correlation within pairs (the design effect of clusters of two).

    Args:
        happened: One entry per trial, in trial order; shape ``(trial,)``.

    Example:
        >>> frequency(np.array([True, False, False, True] * 25)).share
        0.5
    """
    count, trials = int(np.count_nonzero(happened)), int(happened.size)
    if trials == 0:
        return Frequency(0, 0, math.nan, 0.0, 1.0)
    resemblance = epistemic_share(happened.astype(np.float64)).share
    effect = 1.0 + (0.0 if math.isnan(resemblance) else resemblance)
    low, high = wilson(count / effect, trials / effect)
    return Frequency(count, trials, count / trials, low, high)


def epistemic_share(values: NDArray[np.floating[Any]], level: float = LEVEL) -> VarianceShare:
    """Share of the variance over trials that comes from the parameters and not from chance.

    Trials 2k and 2k+1 use one parameter set and differ by chance alone. By the law of total
    variance, their covariance is the variance of the expectation given the parameters. Centred at
    the common mean of both (Fisher's correlation within classes of two). The interval is by the
    delta method on the pairs' products and squares, so that values need not be normal.

    Args:
        values: One per trial, in trial order; shape ``(trial,)``. An odd last trial is left out.
        level: Between 0 and 1.

    Returns:
        From 0 to 1, clipped; NaN if nothing varies or if there are fewer than two pairs.

    Example:
        The partners of each pair are equal: all is parameters, nothing is chance.

        >>> epistemic_share(np.repeat([0.1, 0.5, 0.3, 0.9], 2)).share
        1.0

    Source:
        Fisher 1925, Statistical Methods for Research Workers, section 38. Ours: the interval.
    """
    pairs = values.size // 2
    nothing = VarianceShare(math.nan, math.nan, math.nan)
    if pairs < FEWEST_SETS:
        return nothing
    paired = values[: 2 * pairs].reshape(pairs, 2).astype(np.float64)
    if np.all(paired == paired[0, 0]):
        return nothing
    centred = paired - paired.mean()
    products = centred[:, 0] * centred[:, 1]
    squares = (centred**2).mean(axis=1)
    variance = float(squares.mean())
    share = float(products.mean()) / variance
    influence = (products - share * squares) / variance
    # Of rare events no pair may have both, and the spread of the products is then estimated as
    # next to nothing; 1 - r^2 is its value for normal pairs, and for any independent ones.
    spread = max(float(influence.std(ddof=1)), 1.0 - share * share)
    half = normal_quantile(level) * spread / math.sqrt(pairs)
    return VarianceShare(_clip(share), _clip(share - half), _clip(share + half))


def mean_interval(
    values: NDArray[np.floating[Any]], level: float = LEVEL
) -> tuple[float, float, float]:
    """Mean over trials and its Student interval, where each parameter set is one observation.

    Args:
        values: One per trial, in trial order; shape ``(trial,)``, at least one.
        level: Between 0 and 1.

    Returns:
        Mean, lower and upper end; the ends are NaN with fewer than two parameter sets.
    """
    mean = float(values.mean())
    sets = parameter_sets(values.size)
    if sets < FEWEST_SETS:
        return mean, math.nan, math.nan
    half = student_quantile(level, sets - 1) * math.sqrt(float(mean_variance(values)))
    return mean, mean - half, mean + half


def _clip(share: float) -> float:
    return min(1.0, max(0.0, share))

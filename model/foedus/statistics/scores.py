"""Proper scores of probability forecasts, their bootstrap intervals, reliability and coverage.

The scores themselves are those of the library ``scoringrules``; this module scales them the way the
field reports them: Brier summed over categories and halved, so that for two it is (p - y)^2; RPS
divided by the number of thresholds; the logarithmic score in bits, never without its floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.errors import FoedusError

type Floats = NDArray[np.float64]

EXTRA: Final = "scoringrules"
LOG_FLOOR: Final = 0.01
"""Least probability that a forecast gives to any category in the logarithmic score (judgement).

An event that a forecast had called impossible would else score infinitely badly; ViEWS adds a
pseudo-draw to every bin to the same end.
"""
RESAMPLES: Final = 4000
LEVEL: Final = 0.9
"""Level of intervals and of bands."""


def check_extra() -> None:
    """Refuse to start work whose scores could not be computed.

    Raises:
        FoedusError: The library of scores is not installed.
    """
    if find_spec(EXTRA) is None:
        raise FoedusError(
            f"scores need {EXTRA}, which is not installed; install the extra: "
            'pip install "foedus[calibration]"'
        )


def floored(forecast: Floats, floor: float = LOG_FLOOR) -> Floats:
    """Forecasts with no category below the floor, still adding to 1.

    Args:
        forecast: Probabilities; shape ``(case, category)``.
        floor: The least probability, at most 1 / categories.
    """
    room = 1.0 - floor * forecast.shape[1]
    return np.asarray(floor + room * forecast)


def brier(forecast: Floats, outcome: NDArray[np.int64]) -> Floats:
    """Brier score of each case, from 0 (best) to 1; shape ``(case,)``."""
    import scoringrules as sr

    truth = np.eye(forecast.shape[1])[outcome]
    return np.asarray(sr.brier_score(truth, np.clip(forecast, 0.0, 1.0)).sum(axis=1) / 2.0)


def bits(forecast: Floats, outcome: NDArray[np.int64]) -> Floats:
    """Logarithmic score of each case in bits, with the floor; 0 is best."""
    import scoringrules as sr

    given = floored(forecast)[np.arange(outcome.size), outcome]
    return np.asarray(sr.log_score(np.ones(outcome.size), given) / np.log(2.0))


def rps(forecast: Floats, outcome: NDArray[np.int64]) -> Floats:
    """Ranked probability score of each case of ordered categories, from 0 (best) to 1."""
    import scoringrules as sr

    summed = sr.rps_score(outcome + 1, forecast, k_axis=1)
    return np.asarray(summed / (forecast.shape[1] - 1))


def crps(draws: Floats, outcome: Floats) -> Floats:
    """Continuous ranked probability score of each case.

    Args:
        draws: The forecast's draws; shape ``(case, draw)``.
        outcome: What happened; shape ``(case,)``.
    """
    import scoringrules as sr

    return np.asarray(sr.crps_ensemble(outcome, draws))


SCORES: Final = {"brier": brier, "bits": bits, "rps": rps}
"""Scores of categorical forecasts by name; in all of them less is better."""


@dataclass(frozen=True)
class Interval:
    """A mean with its bootstrap interval at `LEVEL`."""

    mean: float
    low: float
    high: float


def resamples(episodes: Sequence[str], seed: int = 1) -> NDArray[np.float64]:
    """Weights of every case in every bootstrap resample of whole episodes.

    Cases of one episode are one observation: they are drawn together or not at all.

    Args:
        episodes: The episode of each case.
        seed: Seed of the resampling; the same seed gives the same weights.

    Returns:
        How often each case is drawn; shape ``(resample, case)``.
    """
    names, place = np.unique(np.asarray(episodes), return_inverse=True)
    random = np.random.default_rng(seed)
    picked = random.integers(names.size, size=(RESAMPLES, names.size))
    counts = np.apply_along_axis(np.bincount, 1, picked, minlength=names.size)
    return np.asarray(counts[:, place], dtype=np.float64)


def interval(values: Floats, weights: NDArray[np.float64]) -> Interval:
    """The mean of the cases' scores, or of a paired difference of scores, with its interval.

    Args:
        values: One number per case.
        weights: From `resamples`.
    """
    # No matrix product, which would add up in an order that depends on the processor.
    means = (weights * values).sum(axis=1) / weights.sum(axis=1)
    low, high = np.quantile(means, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return Interval(float(values.mean()), float(low), float(high))


@dataclass(frozen=True)
class ReliabilityBin:
    """Forecasts of about the same probability, and how often they came true.

    Attributes:
        cases: Number of forecasts.
        forecast: Their mean probability.
        observed: Share that came true.
        low, high: Band in which the share would lie in 90% of cases if the forecasts were right.
    """

    cases: int
    forecast: float
    observed: float
    low: float
    high: float


def reliability(
    probability: Floats, happened: NDArray[np.bool_], *, bins: int = 5, seed: int = 1
) -> tuple[ReliabilityBin, ...]:
    """A reliability diagram with consistency bands.

    Forecasts are put into bins of equal number; bands are those of outcomes drawn from the
    forecasts themselves, as if these were perfectly calibrated (consistency resampling of Broecker
    and Smith, 2007).

    Args:
        probability: Probability of each event.
        happened: Whether it happened.
        bins: Number of bins, fewer where there are fewer cases.
        seed: Seed of the bands.
    """
    order = np.argsort(probability, kind="stable")
    random = np.random.default_rng(seed)
    diagram = []
    for places in np.array_split(order, min(bins, probability.size)):
        given = probability[places]
        shares = (random.random((RESAMPLES, given.size)) < given).mean(axis=1)
        low, high = np.quantile(shares, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
        observed = float(happened[places].mean())
        diagram.append(
            ReliabilityBin(given.size, float(given.mean()), observed, float(low), float(high))
        )
    return tuple(diagram)


def coverage(draws: Floats, outcome: Floats, level: float) -> float:
    """Share of outcomes inside the central interval of their forecast.

    Args:
        draws: The forecast's draws; shape ``(case, draw)``.
        outcome: What happened; shape ``(case,)``.
        level: Such as 0.5 or 0.9.
    """
    ends = np.quantile(draws, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=1)
    inside: Any = (outcome >= ends[0]) & (outcome <= ends[1])
    return float(inside.mean())

"""Two scenarios, trial by trial under the same luck: what differs, and how sure that is.

Trial n of both shares its tape and its parameter set, so that chance which touches both alike
cancels in the difference. Trials 2k and 2k+1 share a parameter set, and the effect of a scenario
depends on the parameters; so the set, not the trial, is the independent observation.

* **Levels and counts**: the mean difference with a Student interval from the sandwich variance
  clustered by parameter set (`statistics.clustered`). Means of many trials are close to normal
  whatever one trial's difference looks like.
* **Events**: the difference of two paired shares. Agresti and Min add half a trial to each of the
  four cells, which keeps the interval honest where few or no trials disagree; counts are first
  divided by the design effect of the clusters.
* **Verdicts**: a hundred measures are compared at once, and one 90 % interval in ten misses. So a
  measure is called lower or higher only if it passes Benjamini and Hochberg's step-up at a false
  discovery rate of 10 % over all measures of the comparison.

Source:
    Agresti and Min 2005, doi:10.1002/sim.1781; Benjamini and Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x. Ours: the design effect within Agresti and Min's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from foedus.errors import FoedusError
from foedus.statistics.clustered import (
    FEWEST_SETS,
    NORMAL,
    mean_variance,
    parameter_sets,
    student_quantile,
    student_to_normal,
)
from foedus.statistics.quantiles import LEVEL, Band, Frequency, band, frequency
from foedus.studies.compare.measures import Measure, Panel, panel_of
from foedus.telling.summary import Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

type Verdict = Literal["lower", "higher", "same", "not distinguishable", "too few trials"]
type Floats = NDArray[np.float64]

FALSE_DISCOVERIES: Final = 1.0 - LEVEL
"""Expected share of verdicts of lower or higher that are chance."""

POWER: Final = 0.8
"""How often the number of trials named in a verdict would settle it, were the estimate right."""

MOST_NEEDED: Final = 10_000_000
"""Trials beyond which no number is named."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of another scenario minus the same of the base, under the same luck.

    Attributes:
        measure: What is compared.
        trials: Number of paired trials.
        base: Mean in the base.
        other: Mean in the other scenario.
        mean: Mean of the differences, other minus base.
        low: Lower end of its 90 % interval; NaN with fewer than two parameter sets.
        high: Upper end.
        spread: Median and 5-95 % interval of the differences themselves, trial by trial.
        below: In how many trials the other is lower: P(other < base).
        above: In how many it is higher.
        chance: Two-sided p-value of no difference in the mean.
        verdict: What can be said.
        needed: Trials that would settle an open verdict four times in five, if the difference is as
            estimated; None if the verdict is not open or if it would take more than ten million.
        gain: Variance of the mean difference with unpaired seeds over that with the same luck: how
            many times fewer trials pairing needs. Infinite if nothing is left to chance; NaN if
            nothing varies anyway.
    """

    measure: Measure
    trials: int
    base: float
    other: float
    mean: float
    low: float
    high: float
    spread: Band
    below: Frequency
    above: Frequency
    chance: float
    verdict: Verdict
    needed: int | None
    gain: float

    @property
    def words(self) -> str:
        """The verdict as a sentence would have it."""
        match self.verdict:
            case "same":
                return "the same in every trial"
            case "too few trials":
                return "not to be told from so few trials"
            case "not distinguishable":
                wanted = needed_words(self)
                return f"not distinguishable at {self.trials:,} trials; {wanted} would settle it"
            case _:
                return self.verdict


def needed_words(one: Difference) -> str:
    """How many trials would settle an open verdict."""
    return f"about {one.needed:,}" if one.needed else f"more than {MOST_NEEDED:,}"


def differences(
    base: Ensemble | Panel, other: Ensemble | Panel, measures: Sequence[Measure] | None = None
) -> tuple[Difference, ...]:
    """Every measure that both share, compared trial by trial.

    Args:
        base: What is compared with.
        other: What is compared.
        measures: Which ones, all of them shared; all that are shared if None. Verdicts take all
            that are asked for together.

    Raises:
        FoedusError: Their trials cannot be paired.
    """
    base = base if isinstance(base, Panel) else panel_of(base)
    other = other if isinstance(other, Panel) else panel_of(other)
    check_comparable(base, other)
    known = set(other.measures)
    wanted = [one for one in measures or base.measures if one in known]
    return _judged(wanted, base.columns(wanted), other.columns(wanted))


def check_comparable(base: Ensemble | Panel, other: Ensemble | Panel) -> None:
    """Refuse two ensembles whose trials cannot be paired.

    Raises:
        FoedusError: They differ in seed, trials, evidence set, members or months.
    """
    names = [_name(one) for one in (base, other)]
    found = {
        "seed": (base.seed, other.seed),
        "number of trials": (base.trials, other.trials),
        "evidence set": (base.evidence_set, other.evidence_set),
        "first month": (base.dates[0], other.dates[0]),
        "last month": (base.dates[-1], other.dates[-1]),
        "members": (", ".join(base.members), ", ".join(other.members)),
    }
    for what, (one, two) in found.items():
        if one != two:
            raise FoedusError(
                f"«{names[0]}» and «{names[1]}» cannot be paired: the {what} must be the same, "
                f"found {one} and {two}"
            )


def comparable(base: Ensemble | Panel, other: Ensemble | Panel) -> bool:
    """Whether the trials of two ensembles can be paired."""
    try:
        check_comparable(base, other)
    except FoedusError:
        return False
    return True


def against_parent(ensemble: Ensemble, parent: Ensemble) -> Comparison | None:
    """How cohesion ends against the scenario that this one extends; None if they do not pair."""
    if not comparable(parent, ensemble):
        return None
    end = Measure("cohesion", None, len(parent.dates) - 1, parent.dates[-1])
    cohesion = [one.outcomes["cohesion_end"][:, None] for one in (parent, ensemble)]
    (found,) = _judged([end], *cohesion)
    return Comparison(
        parent=parent.scenario.title,
        cohesion_change=found.spread,
        lower=found.below,
        higher=found.above,
    )


def _name(one: Ensemble | Panel) -> str:
    return one.name if isinstance(one, Panel) else one.scenario.name


def _judged(measures: Sequence[Measure], before: Floats, after: Floats) -> tuple[Difference, ...]:
    """Differences of all columns, with verdicts taken together."""
    trials, change = len(before), after - before
    freedom = parameter_sets(trials) - 1
    variance = mean_variance(change)
    apart = mean_variance(before) + mean_variance(after)
    event = np.array([one.kind == "event" for one in measures])
    centre, error = _centre_and_error(change, event)
    means, lows, highs = change_intervals(change, event)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(centre) / error
        gain = apart / variance
        z = np.where(event, t, student_to_normal(t, max(freedom, 1)))
    chance = np.array([2.0 * NORMAL.cdf(-float(each)) for each in z])
    same = ~change.any(axis=0)
    passed, critical = step_up(np.where(same, 1.0, chance))
    found = []
    for m, measure in enumerate(measures):
        verdict = _verdict(float(means[m]), bool(same[m]), bool(passed[m]), freedom)
        found.append(
            Difference(
                measure=measure,
                trials=trials,
                base=float(before[:, m].mean()),
                other=float(after[:, m].mean()),
                mean=float(means[m]),
                low=float(lows[m]),
                high=float(highs[m]),
                spread=band(change[:, m]),
                below=frequency(change[:, m] < 0.0),
                above=frequency(change[:, m] > 0.0),
                chance=1.0 if same[m] else float(chance[m]),
                verdict=verdict,
                needed=_needed(trials, z[m], critical) if verdict == _OPEN else None,
                gain=float(gain[m]),
            )
        )
    return tuple(found)


def change_intervals(change: Floats, event: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Mean paired differences and their 90 % intervals.

    Args:
        change: One a trial and measure; shape ``(trial, measure)``.
        event: Whether a measure is an event, so that its differences are -1, 0 or 1.

    Returns:
        Mean, lower and upper end; each of shape ``(measure,)``.
    """
    freedom = parameter_sets(len(change)) - 1
    centre, error = _centre_and_error(change, event)
    quantile = student_quantile(LEVEL, freedom) if freedom > 0 else math.nan
    half = np.where(event, NORMAL.inv_cdf(0.5 + LEVEL / 2.0), quantile) * error
    limit = np.where(event, 1.0, np.inf)
    # Levels that are the same in every trial need no second one to be known.
    half = np.where(~event & ~change.any(axis=0), 0.0, half)
    low, high = np.maximum(centre - half, -limit), np.minimum(centre + half, limit)
    return change.mean(axis=0), low, high


def _centre_and_error(change: Floats, event: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Where intervals have their centre, and their standard errors."""
    variance = mean_variance(change)
    adjusted = _agresti_min(change, variance)
    centre = np.where(event, adjusted[0], change.mean(axis=0))
    return centre, np.where(event, adjusted[1], np.sqrt(variance))


_OPEN: Final = "not distinguishable"


def _verdict(mean: float, same: bool, passed: bool, freedom: int) -> Verdict:  # noqa: FBT001
    if same:
        return "same"
    if freedom + 1 < FEWEST_SETS:
        return "too few trials"
    if not passed:
        return _OPEN
    return "lower" if mean < 0.0 else "higher"


def _agresti_min(change: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Centre and standard error of differences of paired shares, adjusted for clusters.

    Args:
        change: -1, 0 or 1; shape ``(trial, measure)``.
        variance: Of the mean, clustered by parameter set; shape ``(measure,)``.
    """
    trials = len(change)
    more, less = (change > 0.0).sum(axis=0), (change < 0.0).sum(axis=0)
    independent = (more + less - (more - less) ** 2 / trials) / trials**2
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(independent > 0.0, variance / independent, 1.0)
    # Clusters of two lie between independence and repetition; what is beyond is chance.
    effect = np.clip(np.nan_to_num(effect, nan=1.0), 1.0, 2.0)
    one, two, total = more / effect + 0.5, less / effect + 0.5, trials / effect + 2.0
    centre = (one - two) / total
    return centre, np.sqrt(one + two - (one - two) ** 2 / total) / total


def step_up(chances: Floats, rate: float = FALSE_DISCOVERIES) -> tuple[NDArray[np.bool_], float]:
    """Which p-values pass Benjamini and Hochberg's step-up, and what the next one had to be below.

    Args:
        chances: p-values; shape ``(measure,)``.
        rate: False discovery rate.

    Example:
        >>> step_up(np.array([0.001, 0.04, 0.5]))[0]
        array([ True,  True, False])
    """
    ranked = np.sort(chances)
    bars = rate * np.arange(1, chances.size + 1) / chances.size
    below = np.flatnonzero(ranked <= bars)
    count = int(below[-1]) + 1 if below.size else 0
    critical = rate * min(count + 1, chances.size) / chances.size
    passed = chances <= (ranked[count - 1] if count else -1.0)
    return passed, critical


def _needed(trials: int, z: float, critical: float) -> int | None:
    """Trials after which a deviate that now stands at `z` would mostly pass a p-value."""
    if not z > 0.0:
        return None
    wanted = NORMAL.inv_cdf(1.0 - critical / 2.0) + NORMAL.inv_cdf(POWER)
    number = trials * (wanted / z) ** 2
    if not number <= MOST_NEEDED:
        return None
    step = int(10 ** max(0, int(math.log10(number)) - 1))
    return math.ceil(number / step) * step

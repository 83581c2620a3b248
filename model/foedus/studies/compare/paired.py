"""Two scenarios, trial by trial under common random numbers: what differs, and how sure that is.

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
  difference is discovered only if it passes Benjamini and Hochberg's step-up at a false discovery
  rate of 10 % over all measures that every run keeps of every trial; measures that only some
  comparisons keep are judged apart, so that verdicts do not depend on who compares. What is
  discovered must also be larger than the smallest difference that matters (`telling.numbers`).

Source:
    Agresti and Min 2005, doi:10.1002/sim.1781; Benjamini and Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x. Ours: the design effect within Agresti and Min's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.errors import FoedusError
from foedus.scenarios.labels import distinct
from foedus.statistics.clustered import (
    FEWEST_SETS,
    NORMAL,
    mean_variance,
    parameter_sets,
    student_quantile,
    student_to_normal,
)
from foedus.statistics.quantiles import LEVEL, band, frequency
from foedus.studies.compare.measures import Panel, measured, panel_of
from foedus.telling.difference import Difference
from foedus.telling.numbers import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.difference import Measure, Verdict

type Floats = NDArray[np.float64]

FALSE_DISCOVERIES: Final = 1.0 - LEVEL
"""Expected share of verdicts of lower or higher that are chance."""

POWER: Final = 0.8
"""How often the number of trials named in a verdict would settle it, were the estimate right."""

MOST_NEEDED: Final = 1_000_000
"""Trials beyond which no number is named: few would play them."""

CELLS: Final = 4_000_000
"""Numbers of one scenario that are compared at a time, 32 MB."""


def differences(
    base: Ensemble | Panel, other: Ensemble | Panel, measures: Sequence[Measure] | None = None
) -> tuple[Difference, ...]:
    """Every measure that both share, compared trial by trial.

    Args:
        base: What is compared with.
        other: What is compared.
        measures: Which ones, all of them shared; all that are shared if None. Verdicts take all
            that are asked for together.

    Returns:
        A difference for each measure, in the order of the base.

    Raises:
        FoedusError: Their trials cannot be paired.
    """
    check_comparable(base, other)
    known = set(_measures(other))
    wanted = [one for one in measures or _measures(base) if one in known]
    step, parts = max(1, CELLS // base.trials), []
    details: list[dict[str, Any]] = []
    for first in range(0, len(wanted), step):
        part = wanted[first : first + step]
        before, after = _columns(base, part), _columns(other, part)
        parts.append(paired_changes(before, after, _events(part)))
        for was, became in zip(before.T, after.T, strict=True):
            change = became - was
            details.append(
                {
                    "base": float(was.mean()),
                    "other": float(became.mean()),
                    "spread": band(change),
                    "below": frequency(change < 0.0),
                    "above": frequency(change > 0.0),
                }
            )
    changes = Changes.joined(parts)
    base_title, other_title = distinct([_title(base), _title(other)], [_name(base), _name(other)])
    return tuple(
        Difference(
            measure=measure,
            base_title=base_title,
            other_title=other_title,
            trials=base.trials,
            mean=float(changes.mean[m]),
            low=float(changes.low[m]),
            high=float(changes.high[m]),
            chance=float(changes.chance[m]),
            gain=float(changes.gain[m]),
            verdict=verdict,
            needed=needed,
            **details[m],
        )
        for m, (measure, (verdict, needed)) in enumerate(
            zip(wanted, judged(wanted, changes), strict=True)
        )
    )


def relabelled(
    compared: Sequence[Difference], base_title: str, other_title: str
) -> tuple[Difference, ...]:
    """The same differences under the labels by which several scenarios or runs are told apart."""
    return tuple(replace(one, base_title=base_title, other_title=other_title) for one in compared)


def _measures(trials: Ensemble | Panel) -> Sequence[Measure]:
    return trials.measures if isinstance(trials, Panel) else list(measured(trials))


def _columns(trials: Ensemble | Panel, measures: Sequence[Measure]) -> Floats:
    if isinstance(trials, Panel):
        return trials.columns(measures)
    return panel_of(trials, measures).values


def check_comparable(
    base: Ensemble | Panel, other: Ensemble | Panel, labels: tuple[str, str] | None = None
) -> None:
    """Refuse two ensembles whose trials cannot be paired.

    Args:
        base: One of them.
        other: The other.
        labels: What they are called; the names of their scenarios if nothing is given.

    Raises:
        FoedusError: They differ in seed, trials, evidence set, members or months.
    """
    names = labels or (_name(base), _name(other))
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


def against_parent(ensemble: Ensemble, parent: Ensemble) -> tuple[Difference, ...]:
    """How a scenario differs from the one that it extends; nothing if they do not pair."""
    return differences(parent, ensemble) if comparable(parent, ensemble) else ()


def _name(trials: Ensemble | Panel) -> str:
    return trials.name if isinstance(trials, Panel) else trials.scenario.name


def _title(trials: Ensemble | Panel) -> str:
    return trials.title if isinstance(trials, Panel) else trials.scenario.title


def _events(measures: Sequence[Measure]) -> NDArray[np.bool_]:
    return np.array([one.kind == "event" for one in measures], dtype=bool)


@dataclass(frozen=True)
class Changes:
    """Paired differences of many measures; each array of shape ``(measure,)``.

    Attributes:
        trials: Number of pairs.
        mean: Mean difference.
        low: Lower end of its 90 % interval; NaN with fewer than two parameter sets.
        high: Upper end.
        chance: Two-sided p-value of no difference in the mean; 1 if no trial differs.
        gain: See `Difference`.
        same: Whether no trial differs.
    """

    trials: int
    mean: Floats
    low: Floats
    high: Floats
    chance: Floats
    gain: Floats
    same: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: Sequence[Changes]) -> Changes:
        """Those of all measures from those of some."""
        if not parts:
            nothing = np.empty(0)
            return cls(0, nothing, nothing, nothing, nothing, nothing, np.empty(0, bool))
        names = ("mean", "low", "high", "chance", "gain", "same")
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return cls(trials=parts[0].trials, **arrays)


def paired_changes(before: Floats, after: Floats, event: NDArray[np.bool_]) -> Changes:
    """Mean differences of paired trials, with intervals and p-values.

    Args:
        before: In the base; shape ``(trial, measure)``.
        after: In the other scenario, in the same shape.
        event: Whether a measure is an event; shape ``(measure,)``.
    """
    # Each measure in one piece: its sum is then the same whatever measures stand beside it.
    before, after = np.asfortranarray(before), np.asfortranarray(after)
    change = after - before
    freedom = parameter_sets(len(before)) - 1
    centre, error = _centre_and_error(change, event)
    mean, low, high = change_intervals(change, event)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(centre) / error
        gain = (mean_variance(before) + mean_variance(after)) / mean_variance(change)
        z = np.where(event, t, student_to_normal(t, max(freedom, 1)))
    same = ~change.any(axis=0)
    chance = np.array([2.0 * NORMAL.cdf(-float(each)) for each in z])
    return Changes(len(before), mean, low, high, np.where(same, 1.0, chance), gain, same)


def judged(measures: Sequence[Measure], changes: Changes) -> list[tuple[Verdict, int | None]]:
    """What can be said of each measure, and how many trials would settle what is open.

    Measures that every run keeps of every trial are judged together, and the others together, so
    that a verdict does not depend on what else was kept.
    """
    found: dict[int, tuple[Verdict, int | None]] = {}
    for kept in (True, False):
        family = [m for m, one in enumerate(measures) if one.always_kept is kept]
        discovered, critical = step_up(changes.chance[family])
        for m, passed in zip(family, discovered.tolist(), strict=True):
            verdict = _verdict(measures[m], changes, m, discovered=passed)
            found[m] = verdict, None
            if verdict == OPEN and abs(changes.mean[m]) > UNITS[measures[m].kind].smallest:
                found[m] = verdict, _needed(changes.trials, float(changes.chance[m]), critical)
    return [found[m] for m in range(len(measures))]


OPEN: Final = "cannot be told apart"


def _verdict(measure: Measure, changes: Changes, m: int, *, discovered: bool) -> Verdict:
    """What can be said of one measure."""
    smallest = UNITS[measure.kind].smallest
    mean, low, high = float(changes.mean[m]), float(changes.low[m]), float(changes.high[m])
    if changes.same[m]:
        return "the same"
    if parameter_sets(changes.trials) < FEWEST_SETS:
        return OPEN
    # Not discovered either, a difference is too small if even the ends of its interval are.
    if max(-low, high) <= smallest or (discovered and abs(mean) <= smallest):
        return "too small to matter"
    if not discovered:
        return OPEN
    return "lower" if mean < 0.0 else "higher"


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
    if not chances.size:
        return np.empty(0, bool), rate
    ranked = np.sort(chances)
    bars = rate * np.arange(1, chances.size + 1) / chances.size
    below = np.flatnonzero(ranked <= bars)
    count = int(below[-1]) + 1 if below.size else 0
    critical = rate * min(count + 1, chances.size) / chances.size
    passed = chances <= (ranked[count - 1] if count else -1.0)
    return passed, critical


def _needed(trials: int, chance: float, critical: float) -> int | None:
    """Trials after which a difference with this p-value would mostly pass another one."""
    if not 0.0 < chance < 1.0 or parameter_sets(trials) < FEWEST_SETS:
        return None
    z = -NORMAL.inv_cdf(chance / 2.0)
    wanted = NORMAL.inv_cdf(1.0 - critical / 2.0) + NORMAL.inv_cdf(POWER)
    number = trials * (wanted / z) ** 2
    if not number <= MOST_NEEDED:
        return None
    step = int(10 ** max(0, int(math.log10(number)) - 1))
    return math.ceil(number / step) * step

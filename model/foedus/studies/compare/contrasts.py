"""Several scenarios set against each other under common random numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.errors import FoedusError
from foedus.files.faults import did_you_mean, printable
from foedus.runs.provenance import Provenance, provenance_of, sha256
from foedus.scenarios.labels import distinct
from foedus.statistics.quantiles import FAN
from foedus.studies.compare.paired import check_comparable, differences, relabelled
from foedus.telling.difference import Difference, at_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.world import Setup
    from foedus.studies.compare.measures import Panel
    from foedus.studies.compare.trials import Trials
    from foedus.telling.difference import Measure

MOST_TRIALS: Final = 100_000
"""Trials beyond which a comparison is not widened any more: about 200 MB a scenario."""

MARGIN: Final = 1.05
"""Trials are added with this much to spare, for the spread is itself an estimate."""

MOST_AT_ONCE: Final = 8
"""Factor by which the number of trials grows at most in one step."""


@dataclass(frozen=True)
class Contrast:
    """One scenario against another under common random numbers.

    Attributes:
        base: What is compared with.
        other: What is compared.
        differences: Every shared measure.
        fan: Quantiles 0.05, 0.25, 0.5, 0.75 and 0.95 of the differences, trial by trial, of
            cohesion, its factors and what stands apart; shape ``(month + 1, 9, 5)``.
    """

    base: ResolvedScenario
    other: ResolvedScenario
    differences: tuple[Difference, ...]
    fan: NDArray[np.float64]

    def find(self, metric: str, subject: str | None = None) -> Difference:
        """A difference at the latest horizon.

        Raises:
            KeyError: It is not among them.
        """
        return at_the_end(self.differences, metric, subject)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What is compared."""
        return tuple(one.measure for one in self.differences)


@dataclass(frozen=True)
class Widening:
    """How trials were added until an interval was narrow enough.

    Attributes:
        measure: Whose interval.
        asked: Width that was asked for.
        started: Trials at the start.
        trials: Trials in the end.
        width: Width of the widest interval in the end.
    """

    measure: Measure
    asked: float
    started: int
    trials: int
    width: float

    @property
    def reached(self) -> bool:
        """Whether the interval is as narrow as was asked."""
        return self.width <= self.asked


@dataclass(frozen=True)
class Contrasts:
    """A whole comparison.

    Attributes:
        scenarios: All scenarios, the base first.
        contrasts: Who is set against whom.
        seed: Seed of all chance.
        trials: Number of paired trials.
        evidence_set: Evidence of the parameters.
        provenance: What it was made from.
        levels: Quantiles of cohesion itself, scenario by scenario; shape
            ``(scenario, month + 1, 5)``.
        widening: How trials were added; None if they were not.
        fork: Month in which the scenarios part, if they share their past.
    """

    scenarios: tuple[ResolvedScenario, ...]
    contrasts: tuple[Contrast, ...]
    seed: int
    trials: int
    evidence_set: str
    provenance: Provenance
    levels: NDArray[np.float64]
    widening: Widening | None = None
    fork: int | None = None

    @property
    def base(self) -> ResolvedScenario:
        """What the others are compared with."""
        return self.scenarios[0]

    @property
    def dates(self) -> tuple[str, ...]:
        """Months, from the start to the horizon."""
        return self.base.dates


@dataclass(frozen=True)
class Wanted:
    """An interval that is to become narrow: its width, and the measure by its name."""

    width: float
    metric: str = "cohesion"


def contrast_all(
    setups: Sequence[Setup],
    play: Callable[[Setup, int, int], Trials],
    *,
    seed: int,
    trials: int,
    wanted: Wanted | None = None,
    every_pair: bool = False,
    fork: int | None = None,
) -> Contrasts:
    """Play scenarios under common random numbers, and compare each with the first or with each.

    Args:
        setups: The scenarios, laid out in memory, the base first; at least two.
        play: Plays one of them from a first trial on, that many trials.
        seed: Seed of all chance.
        trials: Number of trials, to begin with.
        wanted: Which interval is to become how narrow; trials are added until it is.
        every_pair: Whether each is set against each, and not only against the first.
        fork: Month in which they part.

    Raises:
        FoedusError: They cannot be paired, or have no such measure.
    """
    check_setups(setups)
    played = [play(setup, 0, trials) for setup in setups]
    count = len(setups)
    pairs = [(i, j) for i in range(count if every_pair else 1) for j in range(i + 1, count)]
    widening = None
    if wanted is not None:
        played, widening = _widen(played, pairs, play, wanted)
    total = played[0].panel.trials
    labels = labels_of([setup.scenario for setup in setups])
    return Contrasts(
        scenarios=tuple(setup.scenario for setup in setups),
        contrasts=tuple(_contrast(played[i], played[j], labels[i], labels[j]) for i, j in pairs),
        seed=seed,
        trials=total,
        evidence_set=setups[0].evidence_set,
        provenance=_provenance(played, seed),
        levels=np.stack([np.quantile(one.paths[..., 0], FAN, axis=0).T for one in played]),
        widening=widening,
        fork=fork,
    )


def labels_of(scenarios: Sequence[ResolvedScenario]) -> list[str]:
    """Titles of scenarios; those of one title are told apart by their names."""
    return distinct([one.title for one in scenarios], [one.name for one in scenarios])


def check_setups(setups: Sequence[Setup]) -> None:
    """Refuse scenarios that cannot be paired, before any of them is played.

    Raises:
        FoedusError: There is one only, one is there twice, or start, horizon, members or case
            differ.
    """
    if len(setups) < 2:
        raise FoedusError("expected two scenarios or more to compare, found one")
    base = setups[0].scenario
    names = [setup.scenario.name for setup in setups]
    for name in names:
        if names.count(name) > 1:
            raise FoedusError(f"«{name}» is named twice; compare scenarios of different names")
    for setup in setups[1:]:
        other = setup.scenario
        found = {
            "start": (base.start, other.start),
            "horizon": (f"{base.horizon} months", f"{other.horizon} months"),
            "members": (", ".join(base.members), ", ".join(other.members)),
            "case": (setups[0].case.name, setup.case.name),
        }
        for what, (one, two) in found.items():
            if one != two:
                raise FoedusError(
                    f"«{base.name}» and «{other.name}» cannot be paired: the {what} must be the "
                    f"same, found {one} and {two}"
                )


def find_measure(name: str, panel: Panel) -> Measure:
    """The measure that a user means: ``cohesion``, ``participation[KAZ]``, ``frozen[KGZ]@2029-11``.

    Args:
        name: With or without a date; without one, the latest horizon.
        panel: Where to look.

    Raises:
        FoedusError: There is none.
    """
    bare, _, date = name.partition("@")
    bare = re.sub(r"\s", "", bare)
    found = [one for one in panel.measures if one.name == bare]
    if not found:
        names = list(dict.fromkeys(one.name for one in panel.measures))
        near = did_you_mean(bare, names)
        some = ", ".join(dict.fromkeys(re.sub(r"\[.*", "[…]", each) for each in names))
        raise FoedusError(f"unknown metric «{printable(name)}», expected one of {some}{near}")
    dated = [one for one in found if date in {"", one.date}]
    if not dated:
        dates = ", ".join(one.date for one in found)
        raise FoedusError(f"metric «{printable(name)}»: found {printable(date)}, expected {dates}")
    return max(dated, key=lambda one: one.month)


def _widen(
    played: list[Trials],
    pairs: Sequence[tuple[int, int]],
    play: Callable[[Setup, int, int], Trials],
    wanted: Wanted,
) -> tuple[list[Trials], Widening]:
    """Add trials until the widest interval of a measure is narrow enough, or until the limit."""
    measure = find_measure(wanted.metric, played[0].panel)
    for one in played[1:]:
        if measure not in one.panel.measures:
            raise FoedusError(f"metric «{wanted.metric}»: not all scenarios have it")
    started = trials = played[0].panel.trials
    while True:
        width = max(_width(played[i].panel, played[j].panel, measure) for i, j in pairs)
        if width <= wanted.width or trials >= MOST_TRIALS:
            return played, Widening(measure, wanted.width, started, trials, width)
        grown = (
            trials * MARGIN * (width / wanted.width) ** 2 if math.isfinite(width) else 4 * trials
        )
        target = math.ceil(min(grown, MOST_AT_ONCE * trials, MOST_TRIALS))
        played = [one.and_then(play(one.setup, trials, target - trials)) for one in played]
        trials = target


def _width(base: Panel, other: Panel, measure: Measure) -> float:
    (found,) = differences(base, other, [measure])
    return found.high - found.low


def _contrast(base: Trials, other: Trials, base_title: str, other_title: str) -> Contrast:
    check_comparable(base.panel, other.panel)
    change = other.paths.astype(np.float64) - base.paths
    return Contrast(
        base=base.setup.scenario,
        other=other.setup.scenario,
        differences=relabelled(differences(base.panel, other.panel), base_title, other_title),
        fan=np.moveaxis(np.quantile(change, FAN, axis=0), 0, -1),
    )


def _provenance(played: Sequence[Trials], seed: int) -> Provenance:
    """What the whole comparison was made from."""
    found = [provenance_of(one.setup, one.panel.trials, seed) for one in played]
    names = [one.scenario for one in found]
    return replace(
        found[0],
        scenario=f"{', '.join(names[1:])} against {names[0]}",
        scenario_digest=sha256("\n".join(one.scenario_digest for one in found).encode()),
        quantities_digest=sha256("\n".join(one.quantities_digest for one in found).encode()),
    )

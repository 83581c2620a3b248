"""What is measured in every trial: levels, events and counts, by metric, member and horizon.

One list for whatever sets ensembles side by side: comparisons, forks and sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from foedus.dictionary.recording import BLOC_SERIES, MEMBER_SERIES
from foedus.dictionary.vocabulary import ACTIVE
from foedus.runs.tables.trial_tables import MEANINGS
from foedus.scenarios.language.quantities import COMPONENTS
from foedus.telling.words import COMPONENT_TITLES, month_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

type Kind = Literal["level", "event", "count"]

STATUS_EVENTS: Final = {"frozen": "first_freeze", "left": "exit", "joined": "first_return"}
"""Events by the outcome that holds their first month, or -1 for never."""

END_LEVELS: Final = {
    "arms_dependence": "arms_dependence_end",
    "loyalty": "loyalty_end",
    "fear": "fear_end",
}
"""States of a member that are kept of the end only, by the outcome that holds them."""

KEPT_AT_THE_END: Final = (*MEMBER_SERIES, *END_LEVELS)

COUNTS: Final = ("deployments", "requests_bloc", "requests_bilateral", "unasked")

QUESTION: Final = "question"

TITLES: Final = {
    **COMPONENT_TITLES,
    "frustration": "Landscape frustration",
    "capacity": "The patron's capacity",
    "engagement": "Engagement",
    "trust_bloc": "Trust in the bloc",
    "trust_patron": "Trust in the patron",
    "arms_dependence": "Arms dependence",
    "loyalty": "Loyalty at the UN",
    "fear": "Fear of the patron",
    "frozen": "Has frozen its membership",
    "left": "Has left formally",
    "joined": "Has joined again",
    "active": "Is active",
    "troops_sent": "Troops sent to a member",
    "deployments": "Deployments",
    "requests_bloc": "Requests to the bloc",
    "requests_bilateral": "Requests to the patron",
    "unasked": "Struck and did not ask",
    QUESTION: "Question",
}
"""What a metric is called."""


def lower_title(metric: str) -> str:
    """What a metric is called within a line: `loyalty at the UN`."""
    title = TITLES[metric]
    return title[0].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of every trial.

    Attributes:
        metric: Such as ``cohesion``, ``participation``, ``frozen`` or ``question``.
        subject: Code of the member, or id of the question; None for the alliance.
        month: Months since the start at which it is read, or up to which it may happen.
        date: The same as ``YYYY-MM``.
        kind: A ``level`` from 0 to 1, an ``event`` that is 0 or 1, or a ``count``.
        definition: What exactly is asked, for a question; two of one name need not be the same.
    """

    metric: str
    subject: str | None
    month: int
    date: str
    kind: Kind = "level"
    definition: str = ""

    @property
    def name(self) -> str:
        """The name without the date, as the command line takes it: ``participation[KAZ]``."""
        return self.metric if self.subject is None else f"{self.metric}[{self.subject}]"

    @property
    def label(self) -> str:
        """The name with the date: ``participation[KAZ]@2031-11``."""
        return f"{self.name}@{self.date}"

    @property
    def words(self) -> str:
        """For a reader: ``Participation, KAZ, Nov 2031``."""
        parts = (TITLES[self.metric], self.subject, month_words(self.date))
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Panel:
    """All measures of all trials of one scenario.

    Attributes:
        name: Of the scenario.
        title: Of the scenario.
        seed: Of all chance.
        evidence_set: ``record`` or ``corpus``.
        dates: All months of the run.
        members: Codes of the members.
        measures: What the columns are.
        values: Shape ``(trial, measure)``.
    """

    name: str
    title: str
    seed: int
    evidence_set: str
    dates: tuple[str, ...]
    members: tuple[str, ...]
    measures: tuple[Measure, ...]
    values: NDArray[np.float64]

    @property
    def trials(self) -> int:
        """Number of trials."""
        return len(self.values)

    def columns(self, measures: Sequence[Measure]) -> NDArray[np.float64]:
        """Values of some measures; shape ``(trial, measure)``."""
        places = {measure: place for place, measure in enumerate(self.measures)}
        return self.values[:, [places[one] for one in measures]]

    def and_then(self, later: Panel) -> Panel:
        """This panel and the trials that follow it."""
        return replace(self, values=np.concatenate([self.values, later.values]))


def panel_of(ensemble: Ensemble) -> Panel:
    """Every measure of an ensemble that is known of all its trials.

    The months of a member's levels, and the patron's capacity, are known of the sampled trials
    only; if these are not all, what an outcome holds of the end remains.
    """
    found = list(_measured(ensemble))
    return Panel(
        name=ensemble.scenario.name,
        title=ensemble.scenario.title,
        seed=ensemble.seed,
        evidence_set=ensemble.evidence_set,
        dates=ensemble.dates,
        members=ensemble.members,
        measures=tuple(measure for measure, _ in found),
        values=np.stack([values for _, values in found], axis=1).astype(np.float64),
    )


type Found = tuple[Measure, NDArray[np.generic]]


def _measured(ensemble: Ensemble) -> Iterator[Found]:
    yield from _levels(ensemble)
    yield from _status(ensemble)
    yield from _bloc_counts(ensemble)
    yield from _questions(ensemble)


def _levels(ensemble: Ensemble) -> Iterator[Found]:
    """Levels of the alliance and of members, horizon by horizon."""
    full = len(ensemble.sample) == ensemble.trials
    places = {(one.name, one.member): n for n, one in enumerate(ensemble.series)}
    last, dates = ensemble.milestone_months[-1], ensemble.dates
    for m, month in enumerate(ensemble.milestone_months):
        if month == 0:
            continue
        for c, name in enumerate(("cohesion", *COMPONENTS)):
            yield Measure(name, None, month, dates[month]), ensemble.milestones[:, m, c]
        for name in BLOC_SERIES[1 + len(COMPONENTS) :] if full else ():
            values = ensemble.sample[:, month, places[name, None]]
            yield Measure(name, None, month, dates[month]), values
        for i, code in enumerate(ensemble.members):
            for name in MEMBER_SERIES if full else ():
                values = ensemble.sample[:, month, places[name, code]]
                yield Measure(name, code, month, dates[month]), values
            if month != last:
                continue
            for name in END_LEVELS if full else KEPT_AT_THE_END:
                values = ensemble.outcomes[f"{name}_end"][:, i]
                yield Measure(name, code, month, dates[month]), values


def _status(ensemble: Ensemble) -> Iterator[Found]:
    """What members have done by each horizon, and whether they are active at the last."""
    last = ensemble.milestone_months[-1]
    for month in ensemble.milestone_months:
        if month == 0:
            continue
        date = ensemble.dates[month]
        for i, code in enumerate(ensemble.members):
            for name, outcome in STATUS_EVENTS.items():
                first = ensemble.outcomes[outcome][:, i]
                happened = (first >= 0) & (first <= month)
                yield Measure(name, code, month, date, "event"), happened
            if month == last:
                active = ensemble.outcomes["status"][:, i] == ACTIVE
                yield Measure("active", code, month, date, "event"), active


def _bloc_counts(ensemble: Ensemble) -> Iterator[Found]:
    month = ensemble.milestone_months[-1]
    date = ensemble.dates[month]
    sent = ensemble.outcomes["deployments"] > 0
    yield Measure("troops_sent", None, month, date, "event"), sent
    for name in COUNTS:
        yield Measure(name, None, month, date, "count"), ensemble.outcomes[name]


def _questions(ensemble: Ensemble) -> Iterator[Found]:
    for q, question in enumerate(ensemble.scenario.questions):
        definition = str(replace(question, text=""))
        month = min(question.end, ensemble.milestone_months[-1])
        date = ensemble.dates[month]
        measure = Measure(QUESTION, question.id, month, date, "event", definition)
        yield measure, ensemble.questions[:, q]


def meaning(measure: Measure) -> str:
    """What a measure says, for tables."""
    described = MEANINGS.get(measure.metric)
    return described[0] if described else TITLES[measure.metric]

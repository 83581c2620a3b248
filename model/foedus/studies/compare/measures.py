"""What is measured in every trial: levels, events and counts, by metric, member and horizon.

One list for whatever sets ensembles side by side: comparisons, forks and sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.dictionary.recording import BLOC_SERIES, COMPONENTS, MEMBER_SERIES, OUTCOMES
from foedus.dictionary.vocabulary import ACTIVE, VITALITY_NAMES
from foedus.telling.difference import QUESTION, TITLES, VITALITY, Measure
from foedus.telling.words import Titles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

STATUS_EVENTS: Final = {"frozen": "first_freeze", "left": "exit", "joined": "first_return"}
"""Events by the outcome that holds their first month, or -1 for never."""

END_LEVELS: Final = tuple(
    row.name.removesuffix("_end")
    for row in OUTCOMES
    if row.title and row.is_members and row.is_level
)
"""Levels of a member of which every run keeps the end only."""

KEPT_AT_THE_END: Final = (*MEMBER_SERIES, *END_LEVELS)
"""Levels of a member of which every run keeps the end of every trial, as ``<name>_end``."""

COUNTS: Final = tuple(row.name for row in OUTCOMES if row.title and not row.is_members)
"""Counts of the alliance."""


@dataclass(frozen=True)
class Panel:
    """All measures of all trials of one scenario.

    Attributes:
        name: Of the scenario.
        title: Of the scenario.
        seed: Of all chance.
        evidence_set: Name of the parameter set.
        dates: All months of the run.
        members: Codes of the members.
        measures: What the columns are.
        values: Shape ``(trial, measure)``, each measure in one piece of memory.
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
        return self.values.T[[places[measure] for measure in measures]].T

    def and_then(self, later: Panel) -> Panel:
        """This panel and the trials that follow it."""
        return replace(self, values=np.concatenate([self.values.T, later.values.T], axis=1).T)


def panel_of(ensemble: Ensemble, measures: Sequence[Measure] | None = None) -> Panel:
    """The measures of an ensemble that are known of all its trials.

    The months of a member's levels, and the patron's capacity, are known of the sampled trials
    only; if these are not all, what an outcome holds of the end remains.

    Args:
        ensemble: What was run.
        measures: Which of them; all that are known if None.
    """
    readers = measured(ensemble)
    chosen = tuple(readers if measures is None else measures)
    # A row for each measure: sums over its trials do not depend on what stands beside it.
    rows = np.empty((len(chosen), ensemble.trials))
    for row, measure in zip(rows, chosen, strict=True):
        row[:] = readers[measure]()
    return Panel(
        name=ensemble.scenario.name,
        title=ensemble.scenario.title,
        seed=ensemble.seed,
        evidence_set=ensemble.evidence_set,
        dates=ensemble.dates,
        members=ensemble.members,
        measures=chosen,
        values=rows.T,
    )


type Reader = Callable[[], NDArray[np.generic]]


def measured(ensemble: Ensemble) -> dict[Measure, Reader]:
    """Every measure of an ensemble, and what reads its column; shape ``(trial,)``."""
    titles = Titles(ensemble).titles
    readers: dict[Measure, Reader] = {}
    for each in (_levels, _status, _bloc_counts, _questions):
        for measure, reader in each(ensemble):
            title = measure.subject_title or titles.get(measure.subject or "", "")
            readers[replace(measure, subject_title=title)] = reader
    return readers


def _levels(ensemble: Ensemble) -> Iterator[tuple[Measure, Reader]]:
    """Levels of the alliance and of members, horizon by horizon."""
    full = len(ensemble.sample) == ensemble.trials
    places = {(one.name, one.member): n for n, one in enumerate(ensemble.series)}
    last, dates = ensemble.milestone_months[-1], ensemble.dates
    sample, milestones, outcomes = ensemble.sample, ensemble.milestones, ensemble.outcomes
    for m, month in enumerate(ensemble.milestone_months):
        if month == 0:
            continue
        at = month, dates[month]
        for c, name in enumerate(("cohesion", *COMPONENTS)):
            yield Measure(name, None, *at), partial(_column, milestones, m, c)
        sampled: list[tuple[str, str | None]] = [
            (name, None) for name in BLOC_SERIES[1 + len(COMPONENTS) :]
        ]
        if month != last:
            sampled += [(name, code) for code in ensemble.members for name in MEMBER_SERIES]
        for key in sampled if full else ():
            measure = Measure(*key, *at, always_kept=False)
            yield measure, partial(_column, sample, month, places[key])
    for i, code in enumerate(ensemble.members):
        for name in KEPT_AT_THE_END:
            measure = Measure(name, code, last, dates[last])
            yield measure, partial(_of_member, outcomes, f"{name}_end", i)


def _column(trials: NDArray[Any], *place: int) -> NDArray[Any]:
    key: Any = (slice(None), *place)
    return np.asarray(trials[key])


def _of_member(outcomes: NDArray[Any], name: str, i: int) -> NDArray[Any]:
    return np.asarray(outcomes[name][:, i])


def _is_left(outcomes: NDArray[Any], name: str) -> NDArray[np.bool_]:
    return np.asarray(outcomes["vitality"] == VITALITY_NAMES.index(name))


def _sent(outcomes: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(outcomes["deployments"] > 0)


def _status(ensemble: Ensemble) -> Iterator[tuple[Measure, Reader]]:
    """What members have done by each horizon; at the last who is active, and what is left."""
    last, outcomes = ensemble.milestone_months[-1], ensemble.outcomes

    def happened(name: str, i: int, month: int) -> NDArray[np.bool_]:
        first = outcomes[name][:, i]
        return np.asarray((first >= 0) & (first <= month))

    def is_active(i: int) -> NDArray[np.bool_]:
        return np.asarray(outcomes["status"][:, i] == ACTIVE)

    for month in ensemble.milestone_months:
        if month == 0:
            continue
        date = ensemble.dates[month]
        for i, code in enumerate(ensemble.members):
            for metric, name in STATUS_EVENTS.items():
                yield Measure(metric, code, month, date, "event"), partial(happened, name, i, month)
            if month == last:
                yield Measure("active", code, month, date, "event"), partial(is_active, i)
    date = ensemble.dates[last]
    for name in VITALITY:
        yield Measure(name, None, last, date, "event"), partial(_is_left, outcomes, name)


def _bloc_counts(ensemble: Ensemble) -> Iterator[tuple[Measure, Reader]]:
    month, outcomes = ensemble.milestone_months[-1], ensemble.outcomes
    date = ensemble.dates[month]
    yield Measure("troops_sent", None, month, date, "event"), partial(_sent, outcomes)
    for name in COUNTS:
        yield Measure(name, None, month, date, "count"), partial(outcomes.__getitem__, name)


def _questions(ensemble: Ensemble) -> Iterator[tuple[Measure, Reader]]:
    for q, question in enumerate(ensemble.scenario.questions):
        month = min(question.end, ensemble.milestone_months[-1])
        measure = Measure(
            QUESTION,
            question.id,
            month,
            ensemble.dates[month],
            "event",
            definition=str(replace(question, text="")),
            subject_title=question.text,
        )
        yield measure, partial(_column, ensemble.questions, q)


def meaning(measure: Measure) -> str:
    """What a measure says, for tables."""
    described = {row.name: row.meaning for row in OUTCOMES}
    return described.get(measure.metric, TITLES[measure.metric])

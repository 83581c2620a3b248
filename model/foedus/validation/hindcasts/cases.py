"""Cases of the record as a hindcast sees them, and the model's free-running forecasts of them.

A free-running forecast is a frequency over runs of a historical scenario in which what struck the
members is that of the record and all that they did is simulated: nothing that happened after the
scenario's start is known to it but the drivers and the incidents. One pseudo-draw is spread over
the categories, so that what no trial shows is not called impossible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ANSWER_NAMES,
    BLOC,
    ROLL_CALL_KIND_NAMES,
    ROLL_CALL_VOTE_NAMES,
    TROOPS,
    EventKind,
)
from foedus.validation.patterns.reading import Floats, events, followed

if TYPE_CHECKING:
    from foedus.cases import Case as Study
    from foedus.inference.targets import Target
    from foedus.simulation.outcome import Ensemble

CATEGORIES: Final[dict[str, tuple[str, ...]]] = {
    "request": ("not the bloc", "bloc"),
    "answer": ANSWER_NAMES,
    "troops": ("no troops", "troops"),
    "status": ("left", "frozen", "active"),
    "renewal": ("lapsed", "renewed"),
    "act": ("declined", "complied"),
    "vote": ROLL_CALL_VOTE_NAMES,
}
"""What each kind of case can come to, in order."""

SOURCES: Final = {
    "requests": "request",
    "non_requests": "request",
    "answers": "answer",
    "deployments": "troops",
    "member_years": "status",
    "status": "renewal",
    "acts": "act",
    "votes": "vote",
}
"""Kind of case by kind of target; other targets are read in other ways or say the same again."""
UNKNOWN: Final = "not found"
PSEUDO: Final = 1.0
"""Pseudo-draws, spread evenly over the categories."""


@dataclass(frozen=True)
class Case:
    """One dated outcome to be forecast.

    Attributes:
        target: Where it comes from.
        kind: One of `CATEGORIES`.
        type: Kind of threat, text or act within the kind; a member's state for the status.
        outcome: Place of what happened among the categories.
    """

    target: Target
    kind: str
    type: str
    outcome: int

    @property
    def categories(self) -> tuple[str, ...]:
        """What it could have come to."""
        return CATEGORIES[self.kind]


def cases(targets: Iterable[Target]) -> tuple[Case, ...]:
    """The targets that are scored as categories, in their order."""
    known = []
    for target in targets:
        kind = SOURCES.get(target.kind)
        if kind == "renewal" and target.about != kind:
            continue  # freezes, notices and returns, which the status of the year says again
        if kind is not None and target.outcome != UNKNOWN:
            outcome = CATEGORIES[kind].index(outcome_of(target, kind))
            known.append(Case(target, kind, target.about.partition(":")[0], outcome))
    return tuple(known)


def outcome_of(target: Target, kind: str) -> str:
    """The category that a target's outcome stands for."""
    if kind == "request":
        return "bloc" if target.outcome == "bloc" else "not the bloc"
    if kind == "answer":
        return ANSWER_NAMES[int(target.outcome)]
    if kind == "act":
        return "complied" if target.outcome == "complied" else "declined"
    return target.outcome


def stretch_of(study: Study, target: Target) -> str:
    """The historical scenario in which a target falls: the last that began before it.

    The last stretch serves the split `test` alone, so that no target is forecast from states that
    were read in its own split.
    """
    if target.split == "test":
        return study.last_stretch
    starts = [name for name in study.history.stretches[:-1] if name[-4:] < target.date]
    return starts[-1]


def free_running(case: Case, run: Ensemble) -> Floats:
    """Probabilities of a case's categories in a run of its stretch; shape ``(category,)``."""
    counts = np.zeros(len(case.categories))
    for category, count in counted(case, run).items():
        counts[category] = count
    return (counts + PSEUDO / counts.size) / (counts.sum() + PSEUDO)


def counted(case: Case, run: Ensemble) -> dict[int, float]:
    """Trials by category."""
    if case.target.member not in run.members:
        return {}
    month = run.dates.index(case.target.date)
    who = run.members.index(case.target.member)
    if case.kind == "status":
        return {n: float(c) for n, c in enumerate(run.status_counts[month, who])}
    if case.kind == "renewal":
        lapsed = float((run.outcomes["exit"][:, who] == month).sum())
        return {0: lapsed, 1: run.trials - lapsed}
    if case.kind == "vote":
        return _votes(case, run, month, who)
    places = outcomes(case, run)
    counts = np.bincount(places[places >= 0], minlength=len(case.categories))
    return {n: float(count) for n, count in enumerate(counts)}


def outcomes(case: Case, run: Ensemble) -> NDArray[np.int64]:
    """What each kept trial made of a request, an answer, troops or an act.

    An act to which a trial did not come, because the member had frozen or left or its host had
    declined, counts as declined.

    Returns:
        Places among the categories, -1 where nobody asked for an answer; shape ``(kept trial,)``.
    """
    month = run.dates.index(case.target.date)
    who = run.members.index(case.target.member)
    kept = run.sample.shape[0]
    if case.kind == "request":
        asked = run.events[at(run, EventKind.REQUEST, month, "actor", who)]
        return _hits(asked["trial"][asked["channel"] == BLOC], kept)
    if case.kind == "act":
        return _hits(_complied(case, run, month, who), kept)
    best = best_answers(run, month, who)
    if case.kind == "answer":
        return best
    return np.where(best < 0, best, (best == TROOPS).astype(np.int64))


def _hits(trials: NDArray[np.int64], kept: int) -> NDArray[np.int64]:
    """1 for the trials named, 0 for the others."""
    hits = np.zeros(kept, dtype=np.int64)
    hits[trials] = 1
    return hits


def best_answers(run: Ensemble, month: int, who: int) -> NDArray[np.int64]:
    """Best answer of the month to a member; -1 in trials in which it did not ask."""
    given = run.events[at(run, EventKind.ANSWER, month, "other", who)]
    best = np.full(run.sample.shape[0], -1)
    np.maximum.at(best, given["trial"], given["answer"])
    return best


def at(run: Ensemble, kind: EventKind, month: int, column: str, who: int) -> NDArray[np.bool_]:
    """Which kept events are of a kind, a month and a member."""
    log = run.events
    return np.asarray((log["kind"] == kind.value) & (log["month"] == month) & (log[column] == who))


def _complied(case: Case, run: Ensemble, month: int, who: int) -> NDArray[np.int64]:
    """Trials that comply with the entry of the calendar that the target names."""
    act, _, title = case.target.about.partition(":")
    entries = run.scenario.alliance.file.calendar
    focus = next((e.focus for e in entries if (e.act, e.title) == (act, title)), None)
    log = run.events[at(run, EventKind.ACT, month, "actor", who)]
    own = log[log["act"] == ACT_NAMES.index(act)]
    if focus is not None or act == "send_troops":
        own = own[own["threat"] == (run.threats.index(focus) if focus else -1)]
    return np.asarray(own["trial"][own["complied"] == 1])


def _votes(case: Case, run: Ensemble, month: int, who: int) -> dict[int, float]:
    """Votes on the simulated text of the same kind that is nearest in time."""
    cast = events(run, EventKind.ROLL_CALL)
    own = cast[
        (cast["actor"] == who) & (cast["text"] == ROLL_CALL_KIND_NAMES.index(case.target.about))
    ]
    if own.size == 0:
        return {}
    distance = np.abs(own["month"] - month)
    nearest = own[distance == distance.min()]
    votes = np.bincount(nearest["ballot"], minlength=len(ROLL_CALL_VOTE_NAMES))
    return {n: float(count) for n, count in enumerate(votes)}


def levels(target: Target, run: Ensemble) -> Floats:
    """Draws of a member's participation in the month of a reading; shape ``(kept trial,)``."""
    month = run.dates.index(target.date)
    return np.asarray(followed(run, "participation", target.member)[:, month])

"""What a contrast measures: an observable of the scenario language in a month, or a condition.

What every run keeps month by month is read from there. Of any other observable a run keeps the
answers to questions alone; so it is asked a ladder of them, whether the observable has reached each
rung, and the number of rungs tells the level to within half a rung in each trial. Trials differ
by more than a rung, so that the mean over a thousand of them is exact to about 0.0003.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.dictionary.recording import FOLLOWED
from foedus.files.faults import Misread
from foedus.scenarios.language.conditions import read_condition
from foedus.scenarios.language.observed import FORMS, read_observable
from foedus.validation.contrasts.schema import MEMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foedus.scenarios.language.roster import Roster
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.numbers import Kind
    from foedus.validation.contrasts.schema import ContrastEntry

    type Column = NDArray[np.float64]

type Asked = tuple[str, str, int]
"""A question: how it is dated, its condition, and its month."""

RUNGS: Final = 30
"""Rungs of the ladder of a level: one run has room for them without being compiled anew."""
MOST: Final = 12
"""Rungs of the ladder of a count: what is beyond counts as this many."""

PARTS: Final = {
    "cohesion": {"test_weight", "test_severity"},
    "overall_participation": {"participation"},
    "mutual_trust": {"tie"},
    "reliability": {"trust_bloc", "trust_patron"},
}
"""Numbers of the alliance that a measure of the whole is put together from."""

SIGNS: Final = {
    "reliance": {"arms_dependence", "participation"},
    "overall_reliance": {"arms_dependence", "participation"},
    "engagement": {"participation"},
}
"""Numbers of the alliance that a measure has its value of month 0 from, and none later."""

_READ: Final = re.compile(r"\b(?:me|w)(?:\.patron)?\.(\w+)")
"""The states in the wording of an observable."""

_COMPARISONS: Final = (" is ", " < ", " <= ", " > ", " >= ", " == ")


@dataclass(frozen=True)
class Reading:
    """One observable or condition, of which a run is to tell.

    Attributes:
        words: As the scenario language writes it.
        month: Month at which it is read, or up to which it may come true.
        kind: What kind of measure it is.
        series: Name and member of the series that a run keeps of it, if it does.
        questions: Conditions that are asked about it, if there is no series.
    """

    words: str
    month: int
    kind: Kind
    series: tuple[str, str | None] | None
    questions: tuple[str, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Each question: how it is dated, its condition, and its month."""
        how = "by" if self.kind == "event" else "at"
        return tuple((how, when, self.month) for when in self.questions)


def is_condition(words: str) -> bool:
    """Whether a measure is a condition rather than an observable."""
    return any(sign in f" {words} " for sign in _COMPARISONS)


def readings(entry: ContrastEntry, roster: Roster) -> tuple[Reading, ...]:
    """All that has to be read for the measure of a contrast.

    Raises:
        Misread: It is no observable and no condition, or mixes the two.
    """
    every = [
        _reading(words.replace(MEMBER, code), entry.month, roster)
        for words in entry.measure
        for code in (entry.members or ("",))
    ]
    if len({each.kind for each in every}) > 1 or (
        len(entry.measure) > 1 and every[0].kind != "event"
    ):
        raise Misread("expected one observable, or conditions of which any counts")
    return tuple(every)


def _reading(words: str, month: int, roster: Roster) -> Reading:
    if is_condition(words):
        read_condition(words, roster)
        return Reading(words, month, "event", None, (words,))
    form, i, _ = read_observable(words, roster)
    member = roster.members[i] if i >= 0 else None
    for row in FOLLOWED:
        if row.reads == form.observable.reads:
            return Reading(words, month, "level", (row.name, member), ())
    low, high = form.limits
    if form.is_count:
        rungs = tuple(f"{words} >= {rung}" for rung in range(1, MOST + 1))
        return Reading(words, month, "count", None, rungs)
    if (low, high) != (0.0, 1.0):
        raise Misread(f"«{words}» is no level and no count; ask for a condition on it")
    rungs = tuple(f"{words} >= {(rung - 0.5) / RUNGS:.6f}" for rung in range(1, RUNGS + 1))
    return Reading(words, month, "level", None, rungs)


def value(every: Sequence[Reading], seen: Mapping[Reading, Column]) -> Column:
    """The measure of a contrast in every trial; shape ``(trial,)``.

    Args:
        every: Its readings: of conditions any counts, of levels and counts their mean.
        seen: What was read of each.
    """
    columns = np.array([seen[each] for each in every])
    return columns.max(axis=0) if every[0].kind == "event" else columns.mean(axis=0)


def read(reading: Reading, ensemble: Ensemble, answers: Mapping[Asked, int]) -> Column:
    """What a run tells of a reading, in every trial; shape ``(trial,)``.

    Args:
        reading: What is read.
        ensemble: What was played; every trial kept in full, if a series is read.
        answers: Place of each question among those of the ensemble.
    """
    if reading.series is not None:
        for place, series in enumerate(ensemble.series):
            if (series.name, series.member) == reading.series:
                return np.array(ensemble.sample[:, reading.month, place])
        raise AssertionError(f"a run keeps every series, but not {reading.series}")
    places = [answers[asked] for asked in reading.asked]
    reached = ensemble.questions[:, places].sum(axis=1, dtype=np.float64)
    return reached / RUNGS if reading.kind == "level" else reached


def made_of(wordings: Sequence[str], *, at_start: bool) -> set[str]:
    """Names of the states whose value is, or goes straight into, what is measured.

    Args:
        wordings: What is measured.
        at_start: Whether what matters is the value of month 0.
    """
    names = set(_states(wordings))
    signs = [SIGNS.get(name, set()) for name in names] if at_start else []
    return names.union(*(PARTS.get(name, set()) for name in names), *signs)


def _states(wordings: Sequence[str]) -> Iterator[str]:
    for words in wordings:
        bare = words
        for sign in _COMPARISONS:
            bare = bare.partition(sign)[0]
        for form in FORMS:
            if form.pattern.fullmatch(bare):
                yield from _READ.findall(form.observable.reads)
                break

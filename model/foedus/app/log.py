"""What happened in a trial, in words: one line for what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.phrases import READINGS
from foedus.dictionary.vocabulary import ACT_NAMES, ROLL_CALL_KIND_NAMES, EventKind
from foedus.simulation.narrator import ACT_WORDS, TEXT_WORDS, Narrator
from foedus.telling.words import joined, month_words

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario

TOPICS: Final = {EventKind.ACT: "act", EventKind.ROLL_CALL: "text"}
"""Kinds that recur every year, told in one line for all members, by what they are about."""
PLURALS: Final = {
    "declined": "did not",
    "complied": "complied",
    "against": "against the patron",
    "abstained": "abstained",
    "with": "with the patron",
}
"""What several members did, by the code of the outcome."""


@dataclass(frozen=True)
class Line:
    """One line of the log.

    Attributes:
        month: Since the start.
        date: In words.
        words: What happened.
        routine: Whether it happens every year.
    """

    month: int
    date: str
    words: str
    routine: bool


class TrialLog:
    """The log of one scenario's trials."""

    def __init__(self, scenario: ResolvedScenario) -> None:
        self.scenario = scenario
        self.narrator = Narrator(scenario)

    def lines(self, events: Sequence[dict[str, float]]) -> list[Line]:
        """All events, oldest first; those that recur are put together."""
        return list(self._lines(events))

    def _lines(self, events: Iterable[dict[str, float]]) -> Iterator[Line]:
        for month, of_month in groupby(events, key=lambda event: int(event["month"])):
            date = month_words(self.scenario.dates[month])
            for (number, topic), together in groupby(of_month, key=_topic):
                kind = EventKind(number)
                if kind in TOPICS:
                    yield Line(
                        month, date, self._together(kind, topic, list(together)), routine=True
                    )
                else:
                    for event in together:
                        yield Line(month, date, self.narrator.sentence(event), routine=False)

    def _together(self, kind: EventKind, topic: int, events: list[dict[str, float]]) -> str:
        """What all members did about an act or a text, from the last outcome to the first."""
        reading = READINGS[kind]
        parts = []
        for number, code in reversed(list(enumerate(reading.codes))):
            own = [event for event in events if int(event[reading.detail]) == number]
            if own:
                names = joined([self.narrator.actors[int(event["actor"])] for event in own])
                parts.append(f"{names} {PLURALS[code]}")
        if kind is EventKind.ACT:
            return f"{ACT_WORDS[ACT_NAMES[topic]]}: {'; '.join(parts)}."
        return f"UN vote {TEXT_WORDS[ROLL_CALL_KIND_NAMES[topic]]}: {'; '.join(parts)}."


def _topic(event: dict[str, Any]) -> tuple[int, int]:
    """What puts events of a month together: the act or the text, or nothing."""
    kind = int(event["kind"])
    topic = TOPICS.get(EventKind(kind))
    return kind, -1 if topic is None else int(event[topic])

"""What happened in a trial, in words: one line for what belongs together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ANSWER_NAMES,
    BLOC,
    COUNCIL_VOTE_NAMES,
    PROVISION_NAMES,
    ROLL_CALL_KIND_NAMES,
    ROLL_CALL_VOTE_NAMES,
    EventKind,
)
from foedus.telling.words import ANSWER_TITLES, joined, month_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foedus.scenarios.resolved import ResolvedScenario

ACT_WORDS: Final = {
    "speak_well": "Speaking well of the bloc",
    "send_troops": "Sending troops to a drill",
    "host_drill": "Hosting a drill",
    "keep_posts": "Keeping its posts filled",
    "attend_summit": "Attending the summit",
    "pay_dues": "Paying dues",
}
ROUTINE: Final = frozenset({EventKind.ACT, EventKind.ROLL_CALL})
"""Kinds that recur every year; one line for all members."""

VOTE_WORDS: Final = {"veto": "vetoes", "abstain": "abstains", "assent": "assents"}
DIGIT: Final = 10
"""Events pack two small numbers into one code, in base 10 (`rules.membership`)."""


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


class Teller:
    """Tells the events of one scenario.

    Args:
        scenario: Gives the names.
    """

    def __init__(self, scenario: ResolvedScenario) -> None:
        self.scenario = scenario
        alliance = scenario.alliance
        everyone = (*alliance.members, *alliance.partners, alliance.patron)
        self.titles = {one.code: one.title for one in everyone}
        self.threats = [threat.title for threat in alliance.threats]
        self.patron = alliance.patron.title

    def lines(self, events: Sequence[dict[str, float]]) -> list[Line]:
        """All events, oldest first; those that recur are put together."""
        return list(self._lines(events))

    def _lines(self, events: Iterable[dict[str, float]]) -> Iterator[Line]:
        for month, of_month in groupby(events, key=lambda each: int(each["month"])):
            date = month_words(self.scenario.dates[month])
            for (kind, _), together in groupby(of_month, key=_topic):
                for words in self._tell(EventKind(kind), list(together)):
                    yield Line(month, date, words, kind in ROUTINE)

    def _tell(self, kind: EventKind, events: list[dict[str, float]]) -> list[str]:
        if kind is EventKind.ACT:
            return [self._acts(events)]
        if kind is EventKind.ROLL_CALL:
            return [self._roll_call(events)]
        return [self._one(kind, each) for each in events]

    def _acts(self, events: list[dict[str, float]]) -> str:
        act = ACT_NAMES[int(events[0]["code"]) % DIGIT]
        did = [self._actor(each) for each in events if int(each["code"]) >= DIGIT]
        did_not = [self._actor(each) for each in events if int(each["code"]) < DIGIT]
        said = [f"{joined(did)} complied"] if did else []
        said += [f"{joined(did_not)} did not"] if did_not else []
        return f"{ACT_WORDS[act]}: {'; '.join(said)}."

    def _roll_call(self, events: list[dict[str, float]]) -> str:
        kind = ROLL_CALL_KIND_NAMES[int(events[0]["code"]) // DIGIT]
        said = []
        for code, vote in reversed(list(enumerate(ROLL_CALL_VOTE_NAMES))):
            voted = [self._actor(each) for each in events if int(each["code"]) % DIGIT == code]
            if voted:
                said.append(f"{vote} {joined(voted)}")
        return f"UN vote ({kind}): {'; '.join(said)}."

    def _one(self, kind: EventKind, event: dict[str, float]) -> str:
        who, about = self._actor(event), self._threat(event)
        code, value = int(event["code"]), event["value"]
        return {
            EventKind.INCIDENT: lambda: f"{who} is struck ({about}, severity {value:.1f}).",
            EventKind.NO_REQUEST: lambda: f"{who} asks nobody for help ({about}).",
            EventKind.REQUEST: lambda: (
                f"{who} asks {'the bloc' if code == BLOC else self.patron} for help ({about})."
            ),
            EventKind.COUNCIL_VOTE: lambda: (
                f"{who} {VOTE_WORDS[COUNCIL_VOTE_NAMES[code]]} on the request of "
                f"{self._other(event)}."
            ),
            EventKind.MANDATE: lambda: (
                f"The council {'grants' if code else 'refuses'} {who} a mandate."
            ),
            EventKind.ANSWER: lambda: (
                f"{who} answers {self._other(event)}: {ANSWER_TITLES[ANSWER_NAMES[code]].lower()}."
            ),
            EventKind.PROGRAMME_ARRIVAL: lambda: f"{who} receives promised materiel.",
            EventKind.TAKE_PART: lambda: f"{who} takes part in helping {self._other(event)}.",
            EventKind.DRILL_CANCELLED: lambda: f"{who} cancels a drill that it was to host.",
            EventKind.FREEZE: lambda: f"{who} freezes its membership.",
            EventKind.UNFREEZE: lambda: f"{who} takes up its membership again.",
            EventKind.NOTICE: lambda: f"{who} announces that it will leave.",
            EventKind.NOTICE_WITHDRAWN: lambda: f"{who} takes back its notice of leaving.",
            EventKind.EXIT: lambda: f"{who} leaves the alliance.",
            EventKind.RETURN: lambda: f"{who} joins again.",
            EventKind.REGIME_CHANGE: lambda: f"The regime of {who} changes.",
            EventKind.TRIGGER: lambda: f"«{self._trigger(code)}» sets in.",
            EventKind.TRIGGER_ENDED: lambda: f"«{self._trigger(code)}» ends.",
            EventKind.CHANGE: lambda: (
                f"The scenario changes «{PROVISION_NAMES[code].replace('_', ' ')}»."
            ),
        }[kind]()

    def _actor(self, event: dict[str, float]) -> str:
        return self._name(int(event["actor"]))

    def _other(self, event: dict[str, float]) -> str:
        return self._name(int(event["other"]))

    def _name(self, index: int) -> str:
        members = self.scenario.members
        if index == len(members):
            return self.patron
        return self.titles[members[index]] if index >= 0 else "The scenario"

    def _trigger(self, number: int) -> str:
        return self.scenario.triggers[number].name.replace("-", " ")

    def _threat(self, event: dict[str, float]) -> str:
        threat = int(event["threat"])
        return self.threats[threat] if threat >= 0 else "no threat named"


def _topic(event: dict[str, Any]) -> tuple[int, int]:
    """What puts events of a month together: the act or the vote, or nothing."""
    kind, code = int(event["kind"]), int(event["code"])
    if kind == EventKind.ACT:
        return kind, code % DIGIT
    if kind == EventKind.ROLL_CALL:
        return kind, code // DIGIT
    return kind, -1

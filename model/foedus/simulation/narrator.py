"""Events of a trial as sentences: the one narrator of logs, pages and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.phrases import FORCED, READINGS, phrase_of
from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    DECISION_RULE,
    DECISION_RULE_NAMES,
    NOTICE_MONTHS,
    ROLL_CALL_KIND_NAMES,
    EventKind,
    Provision,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.scenarios.resolved import ResolvedScenario

ACT_WORDS: Final = {
    "speak_well": "Speaking well of the bloc",
    "send_troops": "Sending troops to a drill",
    "host_drill": "Hosting a drill",
    "keep_posts": "Keeping its posts filled",
    "attend_summit": "Attending the summit",
    "pay_dues": "Paying dues",
}
TEXT_WORDS: Final = {
    "condemnation": "condemning the patron's war",
    "humanitarian": "on the war's human cost",
    "expulsion": "expelling the patron from a body",
}


class Narrator:
    """Tells the events of one scenario.

    Args:
        scenario: Gives the names.
    """

    def __init__(self, scenario: ResolvedScenario) -> None:
        alliance = scenario.alliance
        everyone = (*alliance.members, *alliance.partners, alliance.patron)
        titles = {party.code: party.title for party in everyone}
        self.actors = (*(titles[code] for code in scenario.members), alliance.patron.title)
        self.partners = [titles[code] for code in scenario.partners]
        self.threats = [threat.title for threat in alliance.threats]
        self.triggers = [trigger.name.replace("-", " ") for trigger in scenario.triggers]

    def sentence(self, event: Mapping[str, Any]) -> str:
        """An event as a sentence, without its date."""
        kind = EventKind(int(event["kind"]))
        reading = READINGS[kind]
        code = reading.codes[int(event[reading.detail]) if reading.detail else 0]
        words = phrase_of(reading.kind, code).now.format(
            patron=self.actors[-1], what=self._what(kind, event), value=self._value(kind, event)
        )
        actor = int(event["actor"])
        if kind is EventKind.DECISION and event["partner"] >= 0:
            return f"{self.partners[int(event['partner'])]} {words}{FORCED}."
        text = f"{self.actors[actor]} {words}" if actor >= 0 else words[:1].upper() + words[1:]
        return f"{text}{self._about(kind, event)}."

    def _what(self, kind: EventKind, event: Mapping[str, Any]) -> str:
        """What the event is about, where its phrase names it."""
        match kind:
            case EventKind.COUNCIL_VOTE | EventKind.ANSWER:
                return f"{self.actors[int(event['other'])]}'s request"
            case EventKind.TAKE_PART:
                return f"what the bloc does for {self.actors[int(event['other'])]}"
            case EventKind.TRIGGER | EventKind.TRIGGER_ENDED:
                return self.triggers[int(event["trigger"])]
            case EventKind.CHANGE:
                return Provision(int(event["provision"])).title
            case EventKind.TERMS | EventKind.PRESSURE:
                return self.actors[int(event["other"])]
            case EventKind.PACT:
                return self.partners[int(event["partner"])]
            case EventKind.DECISION:
                return self.actors[int(event["other"])]
        return ""

    def _about(self, kind: EventKind, event: Mapping[str, Any]) -> str:
        """What is added in brackets: the threat, the act or the text."""
        match kind:
            case EventKind.DECISION:
                return FORCED
            case EventKind.INCIDENT:
                return f" ({self.threats[int(event['threat'])]}, severity {event['value']:.1f})"
            case EventKind.NO_REQUEST | EventKind.REQUEST:
                return f" ({self.threats[int(event['threat'])]})"
            case EventKind.ACT:
                act = ACT_WORDS[ACT_NAMES[int(event["act"])]]
                return f" ({act[0].lower()}{act[1:]})"
            case EventKind.ROLL_CALL:
                return f" at the UN ({TEXT_WORDS[ROLL_CALL_KIND_NAMES[int(event['text'])]]})"
        return ""

    def _value(self, kind: EventKind, event: Mapping[str, Any]) -> str:
        """What a rule of the charter or a mechanism becomes."""
        if kind is not EventKind.CHANGE:
            return ""
        value = int(event["value"])
        match int(event["provision"]):
            case number if number == DECISION_RULE:
                return DECISION_RULE_NAMES[value].replace("_", " ")
            case number if number == NOTICE_MONTHS:
                return str(value)
        return "on" if value else "off"

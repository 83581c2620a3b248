"""The event log of a month, which engines read and empty."""

from typing import Final, NamedTuple

from foedus.dictionary.agenda import Event
from foedus.dictionary.generated import rule_from
from foedus.dictionary.marks import rule
from foedus.dictionary.state import World
from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ANSWER_NAMES,
    CHANNEL_NAMES,
    COUNCIL_VOTE_NAMES,
    EXIT_NAMES,
    FORCED_NAMES,
    NOT_YET,
    PROVISION_NAMES,
    ROLL_CALL_KIND_NAMES,
    ROLL_CALL_VOTE_NAMES,
    EventKind,
)

__all__ = ["DETAILS", "MONTHLY_EVENTS", "Detail", "EventKind", "log"]

MONTHLY_EVENTS: Final = 384
"""Events that one month has room for; more are counted in `World.events_lost`, not kept."""


class Detail(NamedTuple):
    """What events of some kinds have and others have not.

    Attributes:
        name: Field of `agenda.Event`, and column of the table.
        meaning: What it says.
        kinds: Kinds of events that have it.
        words: What its numbers stand for; None if the scenario names them.
    """

    name: str
    meaning: str
    kinds: tuple[EventKind, ...]
    words: tuple[str, ...] | None = None


REFUSED_OR_GIVEN: Final = ("refused", "given")
NO_OR_YES: Final = ("no", "yes")

DETAILS: Final = (
    Detail("channel", "Whom a request goes to", (EventKind.REQUEST,), CHANNEL_NAMES),
    Detail("vote", "Vote in the council", (EventKind.COUNCIL_VOTE,), COUNCIL_VOTE_NAMES),
    Detail("mandate", "What the council decided", (EventKind.MANDATE,), REFUSED_OR_GIVEN),
    Detail("answer", "What the patron answered", (EventKind.ANSWER,), ANSWER_NAMES),
    Detail("act", "Act of membership", (EventKind.ACT, EventKind.DRILL_CANCELLED), ACT_NAMES),
    Detail("complied", "Whether the member complied", (EventKind.ACT,), NO_OR_YES),
    Detail("text", "What was voted on at the UN", (EventKind.ROLL_CALL,), ROLL_CALL_KIND_NAMES),
    Detail("ballot", "Vote at the UN", (EventKind.ROLL_CALL,), ROLL_CALL_VOTE_NAMES),
    Detail("ending", "How the membership ended", (EventKind.EXIT,), EXIT_NAMES),
    Detail("trigger", "Trigger", (EventKind.TRIGGER, EventKind.TRIGGER_ENDED)),
    Detail("driver", "Driver that it moves", (EventKind.TRIGGER, EventKind.TRIGGER_ENDED)),
    Detail("provision", "What changed", (EventKind.CHANGE,), PROVISION_NAMES),
    Detail("forced", "What the scenario had done", (EventKind.DECISION,), FORCED_NAMES),
    Detail("partner", "Partner", (EventKind.PACT, EventKind.DECISION)),
)
"""Details of events, in the order of the table's columns."""


clear = rule_from(
    "clear(event: Event) -> None",
    "An event without details.",
    [f"event.{detail.name} = {NOT_YET}" for detail in DETAILS],
    Event=Event,
)


@rule
def log(
    w: World, kind: int, actor: int, other: int, threat: int, value: float, chance: float
) -> Event:
    """Write one event down, and hand it back for its details."""
    place = min(w.n_events, MONTHLY_EVENTS)
    event = w.events[place]
    clear(event)
    event.kind = kind
    event.actor = actor
    event.other = other
    event.threat = threat
    event.value = value
    event.chance = chance
    if place < MONTHLY_EVENTS:
        w.n_events += 1
    else:
        w.events_lost += 1
    return event

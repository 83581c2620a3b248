"""The event log of a month, which engines read and empty."""

from foedus.dictionary.marks import rule
from foedus.dictionary.state import World
from foedus.dictionary.vocabulary import EventKind

__all__ = ["MONTHLY_EVENTS", "EventKind", "log"]

MONTHLY_EVENTS = 384
"""Events that one month has room for; more are counted in `World.events_lost`, not kept."""


@rule
def log(
    w: World,
    kind: int,
    actor: int,
    other: int,
    threat: int,
    code: int,
    value: float,
    chance: float,
) -> None:
    """Write one event down."""
    if w.n_events >= MONTHLY_EVENTS:
        w.events_lost += 1
        return
    event = w.events[w.n_events]
    event.kind = kind
    event.actor = actor
    event.other = other
    event.threat = threat
    event.code = code
    event.value = value
    event.chance = chance
    w.n_events += 1

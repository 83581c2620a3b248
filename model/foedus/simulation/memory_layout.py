"""Memory layout of the compiled ensemble, derived from the data dictionary `dictionary.state`.

Every field is a word of eight bytes, so that a world can also be seen as a row of numbers; drawn
quantities are written into it that way.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

import numpy as np

from foedus.dictionary import agenda, state
from foedus.dictionary.events import MONTHLY_EVENTS
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.vocabulary import ACT_NAMES, ANSWER_NAMES, THREAT_KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

WORD: Final = 8
WORDS: Final = {int: "i8", float: "f8"}


@dataclass(frozen=True, slots=True)
class Room:
    """How many of each thing a world has room for.

    Any scenario that fits runs on the kernel compiled once; a larger one gets more room, and with
    it a compilation of its own.
    """

    member: int = 8
    threat: int = 8
    partner: int = 6
    calendar: int = 24
    roll_call: int = 8
    driver: int = 40
    shock: int = 32
    change: int = 16
    trigger: int = 8
    decision: int = 16
    alteration: int = 16
    question: int = 32
    renewal: int = 8

    @classmethod
    def for_counts(cls, counts: Mapping[str, int]) -> Room:
        """Enough room: the usual one where it suffices, else the next power of two."""
        grown = {}
        for field in fields(cls):
            usual, needed = getattr(cls(), field.name), counts.get(field.name, 0)
            grown[field.name] = usual if needed <= usual else 1 << (needed - 1).bit_length()
        return cls(**grown)


ENTITIES: Final = {
    "members": (state.Member, "member"),
    "threats": (state.Threat, "threat"),
    "partners": (state.Partner, "partner"),
    "calendar": (agenda.CalendarEntry, "calendar"),
    "roll_calls": (agenda.RollCall, "roll_call"),
    "drivers": (agenda.Driver, "driver"),
    "shocks": (agenda.Shock, "shock"),
    "changes": (agenda.Change, "change"),
    "triggers": (agenda.Trigger, "trigger"),
    "decisions": (agenda.Decision, "decision"),
    "alterations": (agenda.Alteration, "alteration"),
    "questions": (agenda.Question, "question"),
}
"""Lists of the world: field name to class and kind of room."""


def record_type(described: type, room: Room) -> np.dtype[Any]:
    """Record of the fields of a class of the data dictionary.

    Args:
        described: A class of `dictionary.state`; fields that hold other classes are left out.
        room: Lengths of the fields that hold a number for each of something.
    """
    lengths = {field.name: getattr(room, field.name) for field in fields(room)}
    lengths |= {
        "answer": len(ANSWER_NAMES),
        "act": len(ACT_NAMES),
        "kind": len(THREAT_KIND_NAMES),
    }
    columns: list[tuple[Any, ...]] = []
    for name, hint in get_type_hints(described, include_extras=True).items():
        if hint in WORDS:
            columns.append((name, WORDS[hint]))
        elif hasattr(hint, "__metadata__"):
            (element,) = get_args(get_args(hint)[0])
            columns.append((name, WORDS[element], (lengths[hint.__metadata__[0]],)))
        elif get_origin(hint) is not list and hint is not state.Patron:
            message = f"{described.__name__}.{name} has no place in a record"
            raise TypeError(message)
    return np.dtype(columns)


def world_type(room: Room) -> np.dtype[Any]:
    """Record of a whole world."""
    columns: list[tuple[Any, ...]] = [("patron", record_type(state.Patron, room))]
    for name, (described, axis) in ENTITIES.items():
        columns.append((name, record_type(described, room), (getattr(room, axis),)))
    columns += columns_of(record_type(state.World, room))
    # Last, so that no trial copies it.
    columns.append(("events", EVENT_TYPE, (EVENT_LINES,)))
    return np.dtype(columns)


def columns_of(record: np.dtype[Any]) -> list[tuple[Any, ...]]:
    """The columns of a record, from which another can be made."""
    kinds = [(name, record[name]) for name in record.names or ()]
    return [(name, kind.base, kind.shape) for name, kind in kinds]


EVENT_TYPE: Final = record_type(agenda.Event, Room())
"""Record of a line of the log."""
EVENT_LINES: Final = MONTHLY_EVENTS + 1
"""Lines of a month's log: one more than is kept, for the event that finds no room."""


PARAMETERS_TYPE: Final = np.dtype([(name, "f8") for name in get_type_hints(Parameters)])
"""Record of the parameters of one trial."""

TAPE_TYPE: Final = np.dtype([("seed", "u8"), ("trial", "u8"), ("month", "u8")])
"""Record from which compiled code draws."""

"""Decisions held to the record: the door to chance of a run that repeats history.

Where the record says what was decided, the rule's own probabilities of all outcomes are taken down
and the recorded outcome is imposed; where the record knows several outcomes that it cannot tell
apart, one of these comes about in proportion. Where it is silent, some decisions are free, and for
others silence means that nothing was done: nobody left the treaty unnoticed.

`choose_as_recorded` is compiled in place of `dictionary.chance.choose` for a tape of this type;
ordinary runs have another type of tape and pay nothing for it.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from foedus.dictionary.chance import draw, place_among
from foedus.dictionary.vocabulary import ANSWER_NAMES, Purpose
from foedus.simulation.memory_layout import TAPE_TYPE

OUTCOMES: Final = len(ANSWER_NAMES)
"""The most outcomes that a decision can have."""
MONTHLY_DECISIONS: Final = 32
"""Recorded decisions for which one month has room."""

FREE: Final = 0
SILENT_NO: Final = 1
SILENT_NO_UNCOUNTED: Final = 2
"""What silence means: nothing; that it was not done; the same, without weight as evidence."""

SILENCE: Final = {
    Purpose.FREEZE: SILENT_NO,
    Purpose.UNFREEZE: SILENT_NO,
    Purpose.NOTICE: SILENT_NO,
    Purpose.NOTICE_WITHDRAWAL: SILENT_NO,
    Purpose.RENEWAL: SILENT_NO,
    Purpose.RETURN: SILENT_NO,
    Purpose.TURN_TO_PATRON: SILENT_NO_UNCOUNTED,
}
"""Status is known for every month. Whether a member that the council sent away went on to the
patron is not: the record keeps the best answer to a request, whoever gave it."""

PURPOSES: Final = 32

ENTRY_TYPE: Final = np.dtype(
    [
        ("purpose", "i8"),
        ("actor", "i8"),
        ("other", "i8"),
        ("allowed", "i8"),
        ("reached", "i8"),
        ("chance", "f8", (OUTCOMES,)),
    ]
)
"""A recorded decision of the month: its address, the outcomes that the record allows (one bit
each), whether the run came to it, and the probabilities that the rule gave to all outcomes."""

RECORDED_TAPE_TYPE: Final = np.dtype(
    [
        *((name, TAPE_TYPE[name]) for name in TAPE_TYPE.names or ()),
        ("recorded", "i8"),
        ("entries", ENTRY_TYPE, (MONTHLY_DECISIONS,)),
        ("silence", "i8", (PURPOSES,)),
        ("log_silent", "f8"),
    ]
)
"""A tape that knows the record of the month."""


def silence() -> Any:
    """What silence means, by purpose."""
    meanings = np.zeros(PURPOSES, dtype=np.int64)
    for purpose, meaning in SILENCE.items():
        meanings[purpose.value] = meaning
    return meanings


def choose_as_recorded(u: Any, purpose: Any, actor: Any, other: Any, cuts: Any) -> int:
    """The outcome on record, or one by chance where the record leaves it open."""
    uniform = draw(u, purpose, actor, other)
    for e in range(u.recorded):
        entry = u.entries[e]
        if entry.purpose == purpose and entry.actor == actor and entry.other == other:
            below, total = 0.0, 0.0
            for k in range(len(cuts) + 1):
                above = 1.0
                if k < len(cuts):
                    above = min(1.0, max(below, cuts[k]))
                entry.chance[k] = above - below
                if (entry.allowed >> k) & 1 == 1:
                    total += above - below
                below = above
            entry.reached = 1
            chosen, sought = -1, uniform * total
            for k in range(len(cuts) + 1):
                if (entry.allowed >> k) & 1 == 1 and (chosen < 0 or sought >= 0.0):
                    chosen = k
                    sought -= entry.chance[k]
            return chosen
    if u.silence[purpose] == FREE:
        return place_among(cuts, uniform)
    if u.silence[purpose] == SILENT_NO:
        u.log_silent += math.log(max(1e-12, 1.0 - cuts[len(cuts) - 1]))
    return len(cuts)

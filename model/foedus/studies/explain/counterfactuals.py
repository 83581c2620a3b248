"""The nearest counterfactual: the smallest change of one state that flips a decision.

Nothing is approximated: at the moment of the decision a state is changed, the engine's own rule is
asked to decide with the same draw, and everything is restored.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foedus.studies.explain.decisions import Change
from foedus.studies.explain.kinds import Kind, decide
from foedus.studies.explain.observer import undone

if TYPE_CHECKING:
    from foedus.simulation.tape import Tape
    from foedus.studies.explain.situations import Situation, State

STEPS: Final = 64
"""Steps over a state's range in which a flip is looked for; one that flips back within a step, as
no rule does, would be missed."""

NARROW: Final = 1e-12
"""Width to which a flip is located."""

DIGITS: Final = 2
"""Decimals of a change as it is told."""


def nearest_changes(kind: Kind, here: Situation, tape: Tape) -> tuple[Change, ...]:
    """For each state the smallest change that flips the decision, nearest first.

    A flip counts if the change has made likelier what would be decided. With one draw among
    several options another kind is possible, too: one option takes a share from a second, which
    thereby moves onto the draw of a third. That is no reason for the third.

    Args:
        kind: Of the decision.
        here: What it is about, at its moment.
        tape: The month's draws.
    """
    changes = []
    for state in kind.states(here):
        trying = _Trying(kind, here, tape, state)
        for end in (state.low, state.high):
            then = _first_flip(trying, end)
            if then is not None:
                changes.append(_change(trying, then, end))
    return tuple(sorted(changes, key=lambda change: change.size))


class _Trying:
    """A decision as a function of one state."""

    def __init__(self, kind: Kind, here: Situation, tape: Tape, state: State) -> None:
        self.kind, self.here, self.tape, self.state = kind, here, tape, state
        self.now = state.read()
        self.actual = self.at(self.now)
        self.chances = {one.name: one.chance for one in kind.reasons(here).options}

    def at(self, value: float) -> str | None:
        """What is decided at a value of the state."""
        with undone(self.state.holder):
            self.state.write(value)
            return decide(self.kind, self.here, self.tape)

    def flips(self, value: float) -> bool:
        """Whether something else is decided, and for a reason."""
        becomes = self.at(value)
        if becomes is None or becomes == self.actual:
            return False
        with undone(self.state.holder):
            self.state.write(value)
            chances = {one.name: one.chance for one in self.kind.reasons(self.here).options}
        return chances[becomes] > self.chances[becomes]


def _first_flip(trying: _Trying, end: float) -> float | None:
    """The flip nearest to the present value on the way to an end of the range."""
    now = same = trying.now
    steps = math.ceil(STEPS * abs(end - now))
    for step in range(1, steps + 1):
        value = end if step == steps else now + (end - now) * step / steps
        if trying.flips(value):
            return _between(trying, same, value)
        same = value
    return None


def _between(trying: _Trying, same: float, other: float) -> float:
    """The end of an interval at which the decision flips, once it is narrow."""
    while abs(other - same) > NARROW:
        middle = 0.5 * (same + other)
        if trying.flips(middle):
            other = middle
        else:
            same = middle
    return other


def _change(trying: _Trying, then: float, end: float) -> Change:
    """The change, and as it is told: rounded away from now, as far as that flips it as well."""
    now, state, becomes = trying.now, trying.state, str(trying.at(then))
    scale = 10.0**DIGITS
    rounded = math.ceil(scale * abs(then - now)) / scale
    stated = now + math.copysign(rounded, then - now)
    beyond = stated > end if end > now else stated < end
    if beyond or not trying.flips(stated) or trying.at(stated) != becomes:
        stated = then
    return Change(state.label, state.name, now, then, stated, becomes)

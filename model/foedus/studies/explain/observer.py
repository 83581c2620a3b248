"""Being there when a decision is taken.

Rules draw through one door (`dictionary.chance.draw`), with all that bears on the decision
in place. A `Witness` stands at that door of a Mesa model: it passes the draw on unchanged and tells
who asks for it, so that reasons can be read off the very state that the rule saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from foedus.dictionary.chance import place_among

if TYPE_CHECKING:
    from foedus.simulation.mesa.alliance_model import AllianceModel
    from foedus.simulation.tape import Tape

type Notice = Callable[[int, int, int, float], None]


class Witness:
    """A tape that calls back, before a draw is handed out, with the address and the uniform."""

    def __init__(self, tape: Tape, notice: Notice) -> None:
        self.tape = tape
        self.notice = notice

    def turn_to(self, month: int) -> None:
        """Go to a month."""
        self.tape.turn_to(month)

    def uniform(self, purpose: int, actor: int, other: int) -> float:
        """The uniform at an address of this month, inside (0, 1)."""
        value = self.tape.uniform(purpose, actor, other)
        self.notice(purpose, actor, other, value)
        return value

    def choose(self, purpose: int, actor: int, other: int, cuts: tuple[float, ...]) -> int:
        """The outcome at an address: the number of cuts that its uniform reaches."""
        return place_among(cuts, self.uniform(purpose, actor, other))


def attend(model: AllianceModel, notice: Notice) -> None:
    """Put a witness between a model that has not stepped yet and its tape."""
    witness: Any = Witness(model.tape, notice)
    model.tape = witness
    model.circumstances = (model, model.parameters, witness)


@contextmanager
def undone(*things: Any) -> Iterator[None]:
    """Whatever happens inside to the numbers of some agents or records is undone at the end."""
    saved = [(thing, _numbers(thing)) for thing in things]
    try:
        yield
    finally:
        for thing, numbers in saved:
            vars(thing).update(numbers)


def _numbers(thing: Any) -> dict[str, Any]:
    """Numbers of a thing, and copies of its rows of numbers; the model's own lists are no rows."""
    numbers: dict[str, Any] = {}
    for name, value in vars(thing).items():
        if isinstance(value, (int, float)):
            numbers[name] = value
        elif isinstance(value, list) and value and isinstance(value[0], (int, float)):
            numbers[name] = value[:]
    return numbers

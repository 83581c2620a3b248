"""Conditions on the state, ``OBSERVABLE COMPARISON VALUE``, as questions and triggers write them.

A condition is read into five numbers, which is all that compiled code can hold, and can be written
back into words.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Literal

from foedus.dictionary.observables import Observable
from foedus.dictionary.vocabulary import ANSWER_NAMES, STATUS_NAMES, VITALITY_NAMES
from foedus.files.faults import Misread, curly, printable
from foedus.files.numbers import number as read_number
from foedus.files.numbers import slip
from foedus.scenarios.language.observed import read_observable, word_index

if TYPE_CHECKING:
    from foedus.scenarios.language.observed import Form
    from foedus.scenarios.language.roster import Roster


class Comparison(IntEnum):
    """How an observable is compared; the numbers are those of `dictionary.observables.holds`."""

    LESS = 0
    AT_MOST = 1
    MORE = 2
    AT_LEAST = 3
    EQUAL = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as compiled code reads it.

    Attributes:
        observable: An `Observable`.
        i: Index of a member; -1 for anyone or where none is meant.
        j: A second index (member, partner, threat); -1 where none is meant. For the alignment, -1
            is the patron and -2 is autonomy.
        comparison: A `Comparison`.
        threshold: What the observable is compared with.
    """

    observable: int
    i: int
    j: int
    comparison: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question, compiled.

    Attributes:
        id: Its name.
        text: The event as a sentence.
        condition: The event.
        start: First month that counts, from the start of the scenario.
        end: Last month that counts.
        mode: ``by`` if it must come true in any of these months, ``at`` if in one given month.
        for_months: Months in a row for which it must hold.
    """

    id: str
    text: str
    condition: Condition
    start: int
    end: int
    mode: Literal["by", "at"]
    for_months: int


_SYMBOLS: Final = {
    "<": Comparison.LESS,
    "<=": Comparison.AT_MOST,
    ">": Comparison.MORE,
    ">=": Comparison.AT_LEAST,
    "==": Comparison.EQUAL,
    "is": Comparison.EQUAL,
}
WORDS: Final = {Observable.STATUS: STATUS_NAMES, Observable.VITALITY: VITALITY_NAMES}
"""What observables are that are words, by number."""

_SHAPE = re.compile(r"(.*?)\s*(<=|>=|==|<|>|\bis\b)\s*(\S+)")
_NOT: Final = re.compile(r"!=|<>|≠|(?:^|\s)not\s")
_AND: Final = re.compile(r"\s(?:and|or)\s")
_SIGNS: Final = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "＜": "<", "＞": ">"}


def read_condition(text: str, roster: Roster) -> Condition:
    """Read a condition.

    Args:
        text: Such as ``trust of ARM < 0.3``.
        roster: The names that it may use.

    Raises:
        Misread: It has another form, or names nobody we know.
    """
    parts = _SHAPE.fullmatch(" ".join(text.split()))
    if parts is None or _NOT.search(text):
        raise Misread(
            f"found «{printable(text)}», expected a condition such as «cohesion < 0.4» or "
            f"«status of AAA is out», with one of < <= > >= is =={_instead(text)}"
        )
    words, symbol, value = parts.groups()
    try:
        form, i, j = read_observable(words, roster)
    except Misread as error:
        raise Misread(f"{error}{_instead(text)}") from None
    comparison = _SYMBOLS[symbol]
    if form.observable in WORDS and comparison is not Comparison.EQUAL:
        raise Misread(f"found «{symbol}» before a word, expected «is»: {form.shown}")
    return Condition(int(form.observable), i, j, int(comparison), _threshold(form, value))


def _instead(text: str) -> str:
    """What to write for what conditions do not know, as the end of a message."""
    if _NOT.search(text):
        return (
            "; there is no «not»: of a status ask for one of the others, of a level for the other "
            "side («>= 0.4» for not «< 0.4»), of one event for 1 less its frequency"
        )
    if _AND.search(text):
        return "; a condition is one comparison, without «and» and «or»"
    for sign, meant in _SIGNS.items():
        if sign in text:
            return f"; write {meant} for {sign}"
    if " = " in text:
        return "; write == for ="
    return curly(text)


def _threshold(form: Form, value: str) -> float:
    if form.observable in WORDS:
        what = "status" if form.observable is Observable.STATUS else "state"
        return float(word_index(what, value, WORDS[form.observable]))
    is_answer = form.observable is Observable.BEST_ANSWER
    number = read_number(value)
    if is_answer and number is None:
        return float(word_index("answer", value, ANSWER_NAMES))
    if number is None or not math.isfinite(number):
        meant = slip(value)
        why = f" ({meant})" if meant else ""
        raise Misread(f"found «{printable(value)}»{why}, expected a number{curly(value)}")
    what = "a number from 0 to 1"
    if is_answer:
        what = "an answer from 0 to 5"
    elif form.is_count:
        what = "a whole number from 0"
    elif form.observable is Observable.FRUSTRATION:
        what = "a finite number"
    low, high = form.limits
    whole = form.is_count or is_answer
    if not low <= number <= high or (whole and number != int(number)):
        raise Misread(f"found {printable(value)}, expected {what}")
    return number

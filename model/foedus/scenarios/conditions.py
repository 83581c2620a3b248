"""Conditions on the state, ``OBSERVABLE COMPARISON VALUE``, as questions and triggers write them.

A condition is read into five numbers, which is all that compiled code can hold, and can be written
back into words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Literal

from foedus.rules.observables import AUTONOMY, PATRON, Observable
from foedus.rules.vocabulary import ANSWER_NAMES, STATUS_NAMES
from foedus.scenarios.faults import Misread, did_you_mean, nearest, one_of, printable

if TYPE_CHECKING:
    from foedus.scenarios.roster import Roster

NOBODY: Final = -1
"""Index of anyone, or of an observable that takes no index."""


class Comparison(IntEnum):
    """How an observable is compared; the numbers are those of `rules.observables.holds`."""

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
_SYMBOL_OF: Final = {code: symbol for symbol, code in _SYMBOLS.items() if symbol != "is"}
_SHAPE = re.compile(r"(.*?)\s*(<=|>=|==|<|>|\bis\b)\s*(\S+)")
_LEVELS: Final = {
    "participation": Observable.PARTICIPATION,
    "engagement": Observable.ENGAGEMENT,
    "trust": Observable.TRUST_PATRON,
    "bloc trust": Observable.TRUST_BLOC,
    "loyalty": Observable.LOYALTY,
    "fear": Observable.FEAR,
    "grievance": Observable.GRIEVANCE,
    "arms dependence": Observable.ARMS_DEPENDENCE,
    "unmet need": Observable.UNMET_NEED,
}
_OF_THE_BLOC: Final = {
    "cohesion": Observable.COHESION,
    "goal agreement": Observable.GOAL_AGREEMENT,
    "reliability": Observable.RELIABILITY,
    "mutual trust": Observable.MUTUAL_TRUST,
    "standing": Observable.STANDING,
    "overall participation": Observable.OVERALL_PARTICIPATION,
    "frustration": Observable.FRUSTRATION,
    "capacity": Observable.CAPACITY,
    "war": Observable.WAR,
    "members in": Observable.MEMBERS_IN,
    "members active": Observable.MEMBERS_ACTIVE,
    "deployments": Observable.DEPLOYMENTS,
}
_REQUESTS: Final = {
    "": Observable.REQUESTS,
    " to the bloc": Observable.REQUESTS_BLOC,
    " to the patron": Observable.REQUESTS_BILATERAL,
}
_FORMS: Final = {
    "status of": (re.compile(r"status of (\S+)"), "status of MEMBER is out|frozen|active"),
    "requests by": (
        re.compile(r"requests by (\S+)( to the bloc| to the patron)?"),
        "requests by MEMBER|anyone [to the bloc|to the patron] >= NUMBER",
    ),
    "best answer to": (
        re.compile(r"best answer to (\S+)"),
        "best answer to MEMBER|anyone >= " + "|".join(ANSWER_NAMES),
    ),
    "alignment of": (
        re.compile(r"alignment of (\S+) with (\S+)"),
        "alignment of MEMBER with PARTNER|patron|autonomy >= SHARE",
    ),
    "tie of": (re.compile(r"tie of (\S+) with (\S+)"), "tie of MEMBER with MEMBER < LEVEL"),
    "incidents of": (
        re.compile(r"incidents of (\S+) on (\S+)"),
        "incidents of THREAT on MEMBER >= NUMBER",
    ),
    **{
        f"{name} of": (re.compile(rf"({name}) of (\S+)"), f"{name} of MEMBER < LEVEL")
        for name in _LEVELS
    },
    **{name: (re.compile(name), f"{name} < NUMBER") for name in _OF_THE_BLOC},
}
"""By the words with which it begins: the form of an observable, and how to show it."""

_COUNTS: Final = frozenset(
    {*_REQUESTS.values()}
    | {Observable.MEMBERS_IN, Observable.MEMBERS_ACTIVE}
    | {Observable.DEPLOYMENTS, Observable.INCIDENTS}
)
_UNBOUNDED: Final = frozenset({Observable.FRUSTRATION})


def read_condition(text: str, roster: Roster) -> Condition:
    """Read a condition.

    Args:
        text: Such as ``trust of ARM < 0.3``.
        roster: The names that it may use.

    Raises:
        Misread: It has another form, or names nobody we know.
    """
    parts = _SHAPE.fullmatch(" ".join(text.split()))
    if parts is None:
        raise Misread(
            f"found «{printable(text)}», expected a condition such as «cohesion < 0.4» or "
            "«status of AAA is out», with one of < <= > >= is =="
        )
    words, symbol, value = parts.groups()
    observable, i, j = _observable(words, roster)
    comparison = _SYMBOLS[symbol]
    if observable is Observable.STATUS and comparison is not Comparison.EQUAL:
        raise Misread(f"found «{symbol}» after a status, expected «is»: {_FORMS['status of'][1]}")
    return Condition(int(observable), i, j, int(comparison), _threshold(observable, value))


def write_condition(condition: Condition, roster: Roster) -> str:
    """The condition in words that read as the same condition.

    Args:
        condition: One that was read with the same roster.
        roster: The names to use.
    """
    observable = Observable(condition.observable)
    threshold, symbol = condition.threshold, _SYMBOL_OF[Comparison(condition.comparison)]
    words = _words(observable, condition.i, condition.j, roster)
    if observable is Observable.STATUS:
        return f"{words} is {STATUS_NAMES[int(threshold)]}"
    if observable is Observable.BEST_ANSWER:
        return f"{words} {symbol} {ANSWER_NAMES[int(threshold)]}"
    number = int(threshold) if observable in _COUNTS else threshold
    return f"{words} {symbol} {number}"


def _observable(words: str, roster: Roster) -> tuple[Observable, int, int]:
    """What is observed, and the two indices."""
    for head, (form, _) in _FORMS.items():
        if match := form.fullmatch(words):
            return _indices(head, match.groups(), roster)
    if re.search(r" (?:and|or) ", words):
        raise Misread(f"found «{printable(words)} …», expected one condition, without and/or")
    near = nearest(words, _FORMS) or nearest(_head(words), _FORMS)
    if near is None:
        raise Misread(
            f"unknown observable «{printable(words)}», expected one of "
            f"{', '.join(head for head in _FORMS)}"
        )
    guess = f"; did you mean «{near}»?" if not words.startswith(near) else ""
    raise Misread(f"unknown observable «{printable(words)}», expected «{_FORMS[near][1]}»{guess}")


def _head(words: str) -> str:
    """What stands before the name in an observable, with its preposition."""
    match = re.match(r"(.*?\b(?:of|by|to)\b)", words)
    return match[1] if match else words


def _indices(
    head: str, names: tuple[str | None, ...], roster: Roster
) -> tuple[Observable, int, int]:
    first, second = (*(name or "" for name in names), "", "")[:2]
    match head:
        case "status of":
            return Observable.STATUS, roster.member(first), NOBODY
        case "requests by":
            return _REQUESTS[second], _anyone(first, roster), NOBODY
        case "best answer to":
            return Observable.BEST_ANSWER, _anyone(first, roster), NOBODY
        case "alignment of":
            return Observable.ALIGNMENT, roster.member(first), _pole(second, roster)
        case "tie of":
            i, j = roster.pair(f"{first}-{second}")
            return Observable.TIE, i, j
        case "incidents of":
            return Observable.INCIDENTS, roster.member(second), roster.threat(first)
        case _ if head in _OF_THE_BLOC:
            return _OF_THE_BLOC[head], NOBODY, NOBODY
        case _:
            return _LEVELS[first], roster.member(second), NOBODY


def _anyone(name: str, roster: Roster) -> int:
    return NOBODY if name == "anyone" else roster.member(name)


def _pole(name: str, roster: Roster) -> int:
    if name in {"patron", roster.patron}:
        return PATRON
    return AUTONOMY if name == "autonomy" else roster.partner(name)


def _threshold(observable: Observable, value: str) -> float:
    if observable is Observable.STATUS:
        return float(_word("status", value, STATUS_NAMES))
    if observable is Observable.BEST_ANSWER and not value.lstrip("-").isdigit():
        return float(_word("answer", value, ANSWER_NAMES))
    try:
        number = float(value)
    except ValueError:
        raise Misread(f"found «{printable(value)}», expected a number") from None
    if observable is Observable.BEST_ANSWER:
        low, high, what = 0.0, float(len(ANSWER_NAMES) - 1), "an answer from 0 to 5"
    elif observable in _COUNTS:
        low, high, what = 0.0, 1e6, "a whole number from 0"
    elif observable in _UNBOUNDED:
        low, high, what = -1e6, 1e6, "a finite number"
    else:
        low, high, what = 0.0, 1.0, "a number from 0 to 1"
    whole = observable in _COUNTS or observable is Observable.BEST_ANSWER
    if not low <= number <= high or (whole and number != int(number)):
        raise Misread(f"found {printable(value)}, expected {what}")
    return number


def _word(what: str, word: str, words: tuple[str, ...]) -> int:
    if word not in words:
        near = did_you_mean(word, words)
        raise Misread(f"found {what} «{printable(word)}», expected one of {one_of(words)}{near}")
    return words.index(word)


def _words(observable: Observable, i: int, j: int, roster: Roster) -> str:
    who = roster.members[i] if i >= 0 else "anyone"
    match observable:
        case Observable.STATUS:
            return f"status of {who}"
        case Observable.BEST_ANSWER:
            return f"best answer to {who}"
        case Observable.ALIGNMENT:
            poles = {PATRON: "patron", AUTONOMY: "autonomy"}
            return f"alignment of {who} with {poles[j] if j < 0 else roster.partners[j]}"
        case Observable.TIE:
            return f"tie of {who} with {roster.members[j]}"
        case Observable.INCIDENTS:
            return f"incidents of {roster.threats[j]} on {who}"
    for name, code in (_LEVELS | _OF_THE_BLOC).items():
        if code is observable:
            return f"{name} of {who}" if name in _LEVELS else name
    channel = next(words for words, code in _REQUESTS.items() if code is observable)
    return f"requests by {who}{channel}"

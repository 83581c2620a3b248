"""What conditions may speak of: one table, with the words for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foedus.dictionary.observables import AUTONOMY, COUNT, PATRON, Observable
from foedus.dictionary.vocabulary import ANSWER_NAMES, STATUS_NAMES, VITALITY_NAMES
from foedus.files.faults import Misread, did_you_mean, nearest, one_of, printable

if TYPE_CHECKING:
    from foedus.scenarios.language.roster import Roster

NOBODY: Final = -1
"""Index of anyone, or of an observable that takes no index."""

_SHOWN: Final = {"ANYONE": "MEMBER|anyone", "OTHER": "MEMBER", "POLE": "PARTNER|patron|autonomy"}
_MOST: Final = 1e6


@dataclass(frozen=True)
class Form:
    """How an observable is written: its words, as a person types them.

    Attributes:
        observable: Which.
    """

    observable: Observable

    @property
    def words(self) -> str:
        """Its words, with names in capitals in the places of what it is an observable of."""
        return self.observable.words

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The words with a group for each name."""
        parts = (r"(\S+)" if word.isupper() else re.escape(word) for word in self.words.split())
        return re.compile(" ".join(parts))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The kinds of names in it, in order."""
        return tuple(word for word in self.words.split() if word.isupper())

    @cached_property
    def head(self) -> str:
        """The words before the first name."""
        return " ".join(re.split(r" [A-Z]", self.words)[:1])

    @cached_property
    def shown(self) -> str:
        """The form for people."""
        shown = " ".join(_SHOWN.get(word, word) for word in self.words.split())
        return self.observable.hint or f"{shown} {self.observable.compared}"

    @property
    def is_count(self) -> bool:
        """Whether it counts something."""
        return self.observable.compared == COUNT

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest value that it can be compared with."""
        if self.observable is Observable.STATUS:
            return 0.0, float(len(STATUS_NAMES) - 1)
        if self.observable is Observable.VITALITY:
            return 0.0, float(len(VITALITY_NAMES) - 1)
        if self.observable is Observable.BEST_ANSWER:
            return 0.0, float(len(ANSWER_NAMES) - 1)
        if self.observable is Observable.FRUSTRATION:
            return -_MOST, _MOST
        return 0.0, _MOST if self.is_count else 1.0

    def read(self, words: str, roster: Roster) -> tuple[int, int] | None:
        """The two indices of an observable written so; None if it is written otherwise.

        Raises:
            Misread: It names nobody we know.
        """
        match = self.pattern.fullmatch(words)
        if match is None:
            return None
        if self.observable is Observable.TIE:
            return roster.pair("-".join(match.groups()))
        indices = [NOBODY, NOBODY]
        for kind, name in zip(self.names, match.groups(), strict=True):
            place = 0 if kind in {"MEMBER", "ANYONE"} else 1
            indices[place] = _index(kind, name, roster)
        return indices[0], indices[1]


def _index(kind: str, name: str, roster: Roster) -> int:
    match kind:
        case "ANYONE" if name == "anyone":
            return NOBODY
        case "THREAT":
            return roster.threat(name)
        case "ANSWER":
            return word_index("answer", name, ANSWER_NAMES)
        case "POLE" if name in {"patron", roster.patron}:
            return PATRON
        case "POLE":
            return AUTONOMY if name == "autonomy" else roster.partner(name)
    return roster.member(name)


def word_index(what: str, word: str, words: tuple[str, ...]) -> int:
    """The place of a word among others.

    Raises:
        Misread: It is not among them.
    """
    if word not in words:
        near = did_you_mean(word, words)
        raise Misread(f"found {what} «{printable(word)}», expected one of {one_of(words)}{near}")
    return words.index(word)


FORMS: Final = tuple(Form(observable) for observable in Observable)
"""Every observable and how it is written."""

FORM_OF: Final = {form.observable: form for form in FORMS}


def read_observable(words: str, roster: Roster) -> tuple[Form, int, int]:
    """What is observed, and its two indices.

    Raises:
        Misread: There is no such observable, or it names nobody we know.
    """
    for form in FORMS:
        if (indices := form.read(words, roster)) is not None:
            return form, *indices
    if re.search(r" (?:and|or) ", words):
        raise Misread(f"found «{printable(words)} …», expected one condition, without and/or")
    heads = {form.head: form for form in reversed(FORMS)}
    near = nearest(words, heads) or nearest(_head(words), heads)
    if near is None:
        raise Misread(
            f"unknown observable «{printable(words)}», expected one of "
            f"{', '.join(dict.fromkeys(form.head for form in FORMS))}"
        )
    guess = f"; did you mean «{near}»?" if not words.startswith(near) else ""
    shown = heads[near].shown
    raise Misread(f"unknown observable «{printable(words)}», expected «{shown}»{guess}")


def _head(words: str) -> str:
    """What stands before the name in an observable, with its preposition."""
    match = re.match(r"(.*?\b(?:of|by|to|in)\b)", words)
    return match[1] if match else words

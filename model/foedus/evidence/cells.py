"""Cells of the evidence: how one is read, and what is said of one that cannot be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from foedus.evidence.dates import Span, parse_span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

type Reader = Callable[[Any, ValidationInfo], Any]
type Allowed = Collection[str] | str
"""Words, or the name of a list of words in the vocabulary of the case."""


def plain(cell: object) -> str:
    """A text that may be empty."""
    if isinstance(cell, list | dict):
        raise ValueError("should be a text, not a list or a mapping")  # noqa: TRY004 - a fault
    return "" if cell is None else str(cell).strip()


def _text(cell: object) -> str:
    text = plain(cell)
    if not text:
        raise ValueError("is empty")
    return text


def _words_of(allowed: Allowed, info: ValidationInfo) -> Collection[str]:
    return getattr(info.context, allowed) if isinstance(allowed, str) else allowed


def choice(allowed: Allowed, *, empty: bool = False) -> BeforeValidator:
    """One word of some, or nothing where a cell may be empty."""

    def read(cell: object, info: ValidationInfo) -> str:
        word, known = plain(cell), _words_of(allowed, info)
        if word not in known and (word or not empty):
            raise ValueError(f"is {word or 'empty'}; allowed are {', '.join(known)}")
        return word

    return BeforeValidator(read)


def words(allowed: Allowed | None = None) -> BeforeValidator:
    """Words of a list, or of a text in which blanks separate them; each of some, if given."""

    def read(cell: object, info: ValidationInfo) -> tuple[str, ...]:
        found = tuple(map(str, cell if isinstance(cell, list) else plain(cell).split()))
        known = None if allowed is None else _words_of(allowed, info)
        _refuse_others(found, known)
        return found

    return BeforeValidator(read)


def codes(allowed: Collection[str]) -> BeforeValidator:
    """Codes joined by ``/``, at least one, each of some."""

    def read(cell: object) -> tuple[str, ...]:
        found = tuple(plain(cell).split("/"))
        _refuse_others(found, allowed)
        return found

    return BeforeValidator(read)


def _refuse_others(found: Collection[str], known: Collection[str] | None) -> None:
    others = [word or "no code" for word in found if known is not None and word not in known]
    if others and known is not None:
        raise ValueError(f"has {', '.join(others)}; allowed are {', '.join(known)}")


def _span(cell: object) -> Span:
    return parse_span(_text(cell))


def _optional_span(cell: object) -> Span | None:
    return parse_span(plain(cell)) if plain(cell) else None


def finite(text: str) -> float:
    """A finite number."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"is {text}, not a number")
    return number


def _number(cell: object) -> float:
    text = plain(cell)
    if not text:
        raise ValueError("is empty; a number is wanted")
    return finite(text)


def _optional_number(cell: object) -> float | None:
    return finite(plain(cell)) if plain(cell) else None


def _answer(cell: object) -> int:
    text = plain(cell)
    if text not in {"0", "1", "2", "3", "4", "5"}:
        raise ValueError(f"is {text or 'empty'}; an answer is a code from 0 to 5")
    return int(text)


def _optional_answer(cell: object) -> int | None:
    return _answer(cell) if plain(cell) else None


def _pair(cell: object) -> tuple[float, float]:
    if not isinstance(cell, list) or len(cell) != 2:
        raise ValueError(f"should be two numbers, not {cell}")
    first, second = (finite(str(number)) for number in cell)
    if second < first:
        raise ValueError(f"runs from {first:g} down to {second:g}")
    return first, second


def _numbers(cell: object) -> dict[str, float]:
    if not isinstance(cell, dict):
        raise ValueError(f"should be a mapping of names to numbers, not {cell}")  # noqa: TRY004
    return {str(key): finite(str(value)) for key, value in cell.items()}


type Words = Annotated[tuple[str, ...], words()]
type Text = Annotated[str, BeforeValidator(_text)]
type Optional = Annotated[str, BeforeValidator(plain)]
type Date = Annotated[Span, BeforeValidator(_span)]
type OptionalDate = Annotated[Span | None, BeforeValidator(_optional_span)]
type Number = Annotated[float, BeforeValidator(_number)]
type OptionalNumber = Annotated[float | None, BeforeValidator(_optional_number)]
type Answer = Annotated[int, BeforeValidator(_answer)]
type OptionalAnswer = Annotated[int | None, BeforeValidator(_optional_answer)]
type Pair = Annotated[tuple[float, float], BeforeValidator(_pair)]
type Numbers = Annotated[dict[str, float], BeforeValidator(_numbers)]

"""Cells of the evidence: how one is read, and what is wrong with one that cannot be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, ValidationInfo

from foedus.evidence.dates import Span, parse_span
from foedus.files.faults import Misread, did_you_mean, found, one_of

if TYPE_CHECKING:
    from collections.abc import Collection

type Allowed = Collection[str] | str
"""Words, or the name of a list of words in the vocabulary of the case."""


def plain(cell: object) -> str:
    """A text that may be empty."""
    if isinstance(cell, tuple | dict):
        raise Misread(f"found {found(cell)}, expected text")
    return "" if cell is None else str(cell).strip()


def _text(cell: object) -> str:
    text = plain(cell)
    if not text:
        raise Misread("found nothing, expected text")
    return text


def _among(words: Collection[str], allowed: Allowed, info: ValidationInfo) -> None:
    """Refuse words that are not allowed."""
    known = getattr(info.context, allowed) if isinstance(allowed, str) else allowed
    for word in words:
        if word not in known:
            given = f"«{word}»" if word else "nothing"
            near = did_you_mean(word, known)
            raise Misread(f"found {given}, expected one of {one_of(known)}{near}")


def choice(allowed: Allowed, *, empty: bool = False) -> BeforeValidator:
    """One word of some, or nothing where a cell may be empty."""

    def read(cell: object, info: ValidationInfo) -> str:
        word = plain(cell)
        if word or not empty:
            _among([word], allowed, info)
        return word

    return BeforeValidator(read)


def words(allowed: Allowed | None = None) -> BeforeValidator:
    """Words of a list, or of a text in which spaces separate them; each of some, if given."""

    def read(cell: object, info: ValidationInfo) -> tuple[str, ...]:
        given = tuple(map(str, cell if isinstance(cell, tuple) else plain(cell).split()))
        if allowed is not None:
            _among(given, allowed, info)
        return given

    return BeforeValidator(read)


def codes(allowed: Collection[str]) -> BeforeValidator:
    """Codes joined by ``/``, at least one, each of some."""

    def read(cell: object, info: ValidationInfo) -> tuple[str, ...]:
        given = tuple(plain(cell).split("/"))
        _among(given, allowed, info)
        return given

    return BeforeValidator(read)


def _span(cell: object) -> Span:
    return parse_span(_text(cell))


def _optional_span(cell: object) -> Span | None:
    return parse_span(plain(cell)) if plain(cell) else None


def finite(cell: object) -> float:
    """A finite number."""
    try:
        number = float(plain(cell))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Misread(f"found {found(cell or None)}, expected a number")
    return number


def _optional_number(cell: object) -> float | None:
    return finite(cell) if plain(cell) else None


def _answer(cell: object) -> int:
    text = plain(cell)
    if text not in {"0", "1", "2", "3", "4", "5"}:
        raise Misread(f"found {found(cell or None)}, expected the code of an answer from 0 to 5")
    return int(text)


def _optional_answer(cell: object) -> int | None:
    return _answer(cell) if plain(cell) else None


def _pair(cell: object) -> tuple[float, float]:
    if not isinstance(cell, tuple) or len(cell) != 2:
        raise Misread(f"found {found(cell)}, expected two numbers")
    first, second = map(finite, cell)
    if second < first:
        raise Misread(f"found {first:g} before {second:g}, expected two ascending numbers")
    return first, second


def _numbers(cell: object) -> dict[str, float]:
    if not isinstance(cell, dict):
        raise Misread(f"found {found(cell)}, expected a mapping of names to numbers")
    return {str(key): finite(value) for key, value in cell.items()}


type Words = Annotated[tuple[str, ...], words()]
type Text = Annotated[str, BeforeValidator(_text)]
type Optional = Annotated[str, BeforeValidator(plain)]
type Date = Annotated[Span, BeforeValidator(_span)]
type OptionalDate = Annotated[Span | None, BeforeValidator(_optional_span)]
type Number = Annotated[float, BeforeValidator(finite)]
type OptionalNumber = Annotated[float | None, BeforeValidator(_optional_number)]
type Answer = Annotated[int, BeforeValidator(_answer)]
type OptionalAnswer = Annotated[int | None, BeforeValidator(_optional_answer)]
type Pair = Annotated[tuple[float, float], BeforeValidator(_pair)]
type Numbers = Annotated[dict[str, float], BeforeValidator(_numbers)]

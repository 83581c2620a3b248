"""Numbers as files write them, and what else people write for one."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

MAX_DIGITS: Final = 30

_NUMBER: Final = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE: Final = re.compile(r"[-+]?[0-9]+")
_DECIMAL_COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+")
_GROUPED: Final = re.compile(
    r"[-+]?[0-9]{1,3}([ _'’.,\u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*(?:[.,][0-9]+)?"
)
_NOT_FINITE: Final = re.compile(r"[-+]?\.?(?:nan|inf|infinity)", re.IGNORECASE)
_MINUSES: Final = {ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2212\uff0d"}
_SPACES: Final = " \t\u00a0\u202f\u2007\u2009"


def number(text: str) -> int | float | None:
    """The plain decimal number that a text is; whole if it is written so, None if it is none.

    Args:
        text: Without spaces around it.

    Returns:
        The number; infinite if it is too large to be a number here.

    Example:
        >>> number("1e3"), number("-5"), number("0,5"), number("010"), number("1_000")
        (1000.0, -5, None, None, None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    if len(text) > MAX_DIGITS:
        return math.inf
    return int(text) if _WHOLE.fullmatch(text) else float(text)


def slip(text: str) -> str:
    """What is wrong with a text that was to be a number, and what was meant; empty if unknown.

    Example:
        >>> slip("0,5")
        'a decimal comma; decimals take a point: 0.5'
        >>> slip("50 %")
        'a percentage; shares run from 0 to 1: 0.5'
        >>> slip("anything")
        ''
    """
    bare = text.strip(_SPACES)
    if len(bare) > MAX_DIGITS or number(text) is not None:
        return ""
    if _NOT_FINITE.fullmatch(bare):
        return "not a finite number"
    if bare[-1:] in {"%", "٪"}:
        share = number(bare[:-1].strip(_SPACES).replace(",", "."))
        return f"a percentage; shares run from 0 to 1: {share / 100:g}" if share is not None else ""
    if bare != text and number(bare) is not None:
        return f"a space that is part of the text; without it: {bare}"
    if _DECIMAL_COMMA.fullmatch(bare):
        return f"a decimal comma; decimals take a point: {bare.replace(',', '.')}"
    if _GROUPED.fullmatch(bare):
        return "digits in groups; a number has none, and a point before its decimals"
    plain = "".join(_plain_digit(letter) for letter in bare).translate(_MINUSES)
    if plain != bare and number(plain.replace("٫", ".").replace("．", ".")) is not None:
        meant = plain.replace("٫", ".").replace("．", ".")
        return f"other signs than - and 0 to 9: {meant}"
    return ""


def _plain_digit(letter: str) -> str:
    """The digit from 0 to 9 that is meant by one of another script; else the letter."""
    digit = None if letter.isascii() else unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)

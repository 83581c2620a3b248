"""Months and days as files write them: ``2026-11``, and ``2026-11-05`` where a day is meant."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Final

from pydantic import PlainValidator, WithJsonSchema

from foedus.files.faults import Misread, found

MONTH_PATTERN: Final = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"

_MONTH: Final = re.compile(MONTH_PATTERN.removesuffix("$") + r"\Z", re.ASCII)
_DAY: Final = re.compile(r"([12][0-9]{3})-([0-9]{2})-([0-9]{2})", re.ASCII)
_NEARLY_DAY: Final = re.compile(r"([12][0-9]{3}-[0-9]{2})-[0-9]{1,2}(?:[Tt \t].*)?", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"([12][0-9]{3})[-/. ]?([0-9]{1,2})", re.ASCII)
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})[-/. ]([12][0-9]{3})", re.ASCII)
_IN_WORDS: Final = re.compile(r"([A-Za-z]{3,9})\.?,? ([12][0-9]{3})|([12][0-9]{3}) ([A-Za-z]{3,9})")
_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_LAST_MONTH: Final = 12


def month(value: object) -> str:
    """Read a month.

    Raises:
        Misread: It is not a month of the years 1000 to 2999, written with two digits.

    Example:
        >>> month("2026-11")
        '2026-11'
    """
    if isinstance(value, str) and _MONTH.match(value):
        return value
    if isinstance(value, str) and (nearly := _NEARLY_DAY.fullmatch(value)):
        raise Misread(f"found the day «{value}», expected a month such as {nearly[1]}")
    raise Misread(f"found {found(value)}, expected a month such as 2026-11{_meant(value)}")


def day(value: object) -> str:
    """Read a day.

    Raises:
        Misread: It is not a day of the calendar written ``YYYY-MM-DD``.

    Example:
        >>> day("2028-02-29")
        '2028-02-29'
        >>> day("2029-02-30")
        Traceback (most recent call last):
            ...
        foedus.files.faults.Misread: found «2029-02-30», but 2029-02 has 28 days
    """
    parts = _DAY.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise Misread(f"found {found(value)}, expected a day such as 2026-11-05")
    year, number, day_of_month = (int(part) for part in parts.groups())
    if not 1 <= number <= _LAST_MONTH:
        raise Misread(f"found «{parts[0]}», but a year has months 01 to 12")
    days = monthrange(year, number)[1]
    if not 1 <= day_of_month <= days:
        raise Misread(f"found «{parts[0]}», but {parts[1]}-{parts[2]} has {days} days")
    return date(year, number, day_of_month).isoformat()


type Month = Annotated[
    str, PlainValidator(month), WithJsonSchema({"type": "string", "pattern": MONTH_PATTERN})
]
"""A month as a field of a file."""
type Day = Annotated[str, PlainValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day as a field of a file."""


def _meant(value: object) -> str:
    """The month that was meant, as the end of a message; empty if nobody knows."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    year, number = "", 0
    if named := _IN_WORDS.fullmatch(text):
        word, year = (named[1], named[2]) if named[1] else (named[4], named[3])
        numbers = [n for n, name in enumerate(_NAMES, 1) if name.startswith(word.lower())]
        number = numbers[0] if len(numbers) == 1 else 0
    elif first := _YEAR_FIRST.fullmatch(text):
        year, number = first[1], int(first[2])
    elif last := _YEAR_LAST.fullmatch(text):
        year, number = last[2], int(last[1])
    if 1 <= number <= _LAST_MONTH:
        return f"; did you mean {year}-{number:02d}?"
    return "; months run from 01 to 12" if number > _LAST_MONTH else ""

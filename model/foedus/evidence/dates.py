"""Dates as precise as a source gives them: a year, a month, a day, or a range of these."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_SPAN = re.compile(rf"({_DATE})(?:/({_DATE}))?(~)?")
_YEARS = re.compile(r"(\d{4})-(\d{4})")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included.

    Attributes:
        first: The first day that the text allows.
        last: The last day that the text allows, not before `first`.
        text: As written in the evidence.
        approximate: The text ends in ``~``.
    """

    first: date
    last: date
    text: str
    approximate: bool = False

    def __str__(self) -> str:
        return self.text


def parse_span(text: str) -> Span:
    """Read a date or a range of dates.

    Args:
        text: ``1999``, ``1999-04``, ``1999-04-20``, a range of two such dates joined by ``/``, or
            ``1992-1999``; a trailing ``~`` marks an approximate date.

    Raises:
        ValueError: The text is no such date, or its range runs backwards.

    Example:
        >>> span = parse_span("2005-05/2005-12")
        >>> span.first.isoformat(), span.last.isoformat()
        ('2005-05-01', '2005-12-31')
    """
    match = _SPAN.fullmatch(_YEARS.sub(r"\1/\2", text) if _YEARS.fullmatch(text) else text)
    if match is None:
        raise ValueError(
            f"«{text}» is no date such as 1999, 1999-04, 1999-04-20 or 1999-04/1999-10"
        )
    start, end, about = match.groups()
    first, last = _first_day(start), _last_day(end or start)
    if last < first:
        raise ValueError(f"«{text}» ends before it starts")
    return Span(first, last, text, about is not None)


def _first_day(text: str) -> date:
    year, month, day = _parts(text)
    return _day(text, year, month or 1, day or 1)


def _last_day(text: str) -> date:
    year, month, day = _parts(text)
    month = month or 12
    if not day and 1 <= month <= calendar.DECEMBER and year:
        day = calendar.monthrange(year, month)[1]
    return _day(text, year, month, day or 1)


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day; 0 for what is not given."""
    numbers = [int(part) for part in text.split("-")]
    year, month, day = [*numbers, 0, 0][:3]
    return year, month, day


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"«{text}» is no day of the calendar") from None

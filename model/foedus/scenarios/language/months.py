"""Months as text, ``2026-11``, and as numbers that can be counted."""

from __future__ import annotations

import re

from foedus.dictionary.vocabulary import MONTHS_PER_YEAR
from foedus.files.faults import Misread, found

PATTERN = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
_MONTH = re.compile(PATTERN)


def month(value: object) -> str:
    """Read a month.

    Raises:
        Misread: It is not a month of the years 1000 to 2999, written with two digits.

    Example:
        >>> month("2026-11")
        '2026-11'
    """
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        raise Misread(f"found {found(value)}, expected a month such as 2026-11")
    return value


def count(date: str) -> int:
    """Months since the year 0, so that the difference of two counts is a time.

    Example:
        >>> count("2027-02") - count("2026-11")
        3
    """
    return int(date[:4]) * MONTHS_PER_YEAR + int(date[5:7]) - 1


def after(date: str, months: int) -> str:
    """The month that lies some months after another; before it, if the number is negative.

    Example:
        >>> after("2026-11", 3)
        '2027-02'
    """
    year, month_index = divmod(count(date) + months, MONTHS_PER_YEAR)
    return f"{year:04d}-{month_index + 1:02d}"


def latest(dates: list[str], start: str) -> str | None:
    """The latest date that is not after the start; None if all are.

    Example:
        >>> latest(["2021-01", "2026-11"], "2024-05")
        '2021-01'
    """
    return max((date for date in dates if date <= start), default=None)

"""Months as text, ``2026-11``, and as numbers that can be counted."""

from __future__ import annotations

from foedus.dictionary.vocabulary import MONTHS_PER_YEAR
from foedus.files.dates import MONTH_PATTERN as PATTERN
from foedus.files.dates import month

__all__ = ["PATTERN", "after", "count", "latest", "month"]


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

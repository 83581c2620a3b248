"""Titles for codes, and dates and lists in words."""

from __future__ import annotations

from foedus.dictionary.recording import FOLLOWED
from foedus.dictionary.vocabulary import Answer
from foedus.scenarios.language.quantities import COMPONENTS

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_COMPONENTS = [row for row in FOLLOWED if not row.is_members][: 1 + len(COMPONENTS)]

COMPONENT_TITLES = {row.name: row.title for row in _COMPONENTS}
"""What the index and its components are called."""

COMPONENT_MEANINGS = {row.name: row.meaning for row in _COMPONENTS}

THREAT_KIND_TITLES = {
    "external": "Attack by a state",
    "militants": "Militants",
    "pressure": "Steady pressure",
    "intra": "Between members",
    "domestic": "Domestic unrest",
}

ANSWER_TITLES = {answer.name.lower(): answer.title for answer in Answer}

CHANNEL_TITLES = {
    "none": "Did not ask",
    "bilateral": "Asked the patron",
    "bloc": "Asked the bloc",
}


def dates_words(dates: tuple[str, str, str]) -> str:
    """A median month with its 5-95 % interval.

    Example:
        >>> dates_words(("2029-03", "2027-02", "2031-08"))
        'Mar 2029 (Feb 2027 to Aug 2031)'
    """
    median, low, high = (month_words(date) for date in dates)
    return f"{median} ({low} to {high})"


def month_words(date: str) -> str:
    """A month for readers.

    Example:
        >>> month_words("2027-05")
        'May 2027'
    """
    year, month = date.split("-")[:2]
    return f"{MONTH_NAMES[int(month) - 1]} {year}"


def joined(names: list[str]) -> str:
    """A list in a sentence; at least one name.

    Example:
        >>> joined(["A", "B", "C"])
        'A, B and C'
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last

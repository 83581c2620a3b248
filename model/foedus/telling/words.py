"""Titles for codes, and dates and lists in words."""

from __future__ import annotations

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

COMPONENT_TITLES = {
    "cohesion": "Cohesion",
    "goal_agreement": "Goal agreement",
    "participation": "Participation",
    "reliability": "Reliability",
    "mutual_trust": "Mutual trust",
    "standing": "Standing",
}

COMPONENT_MEANINGS = {
    "cohesion": "weighted mean of the five components",
    "goal_agreement": "shared threats and diplomacy",
    "participation": "acts of membership complied with",
    "reliability": "trust that the bloc answers",
    "mutual_trust": "ties between the members",
    "standing": "active 1, frozen 0.5, out 0",
}

THREAT_KIND_TITLES = {
    "external": "Attack by a state",
    "militants": "Militants",
    "pressure": "Steady pressure",
    "intra": "Between members",
    "domestic": "Domestic unrest",
}

ANSWER_TITLES = {
    "none": "None or refusal",
    "statement": "Statement",
    "monitoring": "Monitoring",
    "materiel": "Materiel",
    "exercise": "Exercise",
    "troops": "Troops",
}

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

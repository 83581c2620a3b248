"""Numbers and codes as a reader wants them: modest, rounded, in the words of the field."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foedus.statistics.quantiles import Band, Frequency, VarianceShare

HALF_A_PER_CENT = 0.005

FEWEST, WHOLE = 0.05, 10.0
"""Numbers for 100 trials: «<0.1» is said below the first, whole ones from the second."""

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


def percent(share: float) -> str:
    """A share in whole per cents; «<1» and «>99» where rounding would claim never or always.

    Example:
        >>> percent(0.234), percent(0.002), percent(0.0), percent(0.998)
        ('23', '<1', '0', '>99')
    """
    if math.isnan(share):
        return "-"
    if 0.0 < share < HALF_A_PER_CENT:
        return "<1"
    if 1.0 - HALF_A_PER_CENT <= share < 1.0:
        return ">99"
    return f"{100.0 * share:.0f}"


def per_100(number: float) -> str:
    """A number for 100 trials.

    Example:
        >>> per_100(23.4), per_100(2.34), per_100(0.01), per_100(0.0)
        ('23', '2.3', '<0.1', '-')
    """
    if number == 0.0:
        return "-"
    if number < FEWEST:
        return "<0.1"
    return f"{number:.0f}" if number >= WHOLE else f"{number:.1f}"


def frequency_words(found: Frequency) -> str:
    """A frequency with its interval.

    Example:
        >>> from foedus.statistics.quantiles import Frequency
        >>> frequency_words(Frequency(23, 100, 0.23, 0.171, 0.304))
        '23 % (17 to 30)'
    """
    if found.trials == 0:
        return "-"
    share, low, high = percent(found.share), percent(found.low), percent(found.high)
    return f"{share} %" if share == low == high else f"{share} % ({low} to {high})"


def band_words(found: Band) -> str:
    """A median with its 5-95 % interval, in two digits.

    Example:
        >>> from foedus.statistics.quantiles import Band
        >>> band_words(Band(0.4135, 0.3, 0.5251))
        '0.41 (0.30 to 0.53)'
    """
    if math.isnan(found.median):
        return "-"
    median, low, high = f"{found.median:.2f}", f"{found.low:.2f}", f"{found.high:.2f}"
    return median if median == low == high else f"{median} ({low} to {high})"


def frequency_cell(found: Frequency) -> str:
    """A frequency in per cent with its interval, for a narrow column whose head says so.

    Example:
        >>> from foedus.statistics.quantiles import Frequency
        >>> frequency_cell(Frequency(23, 100, 0.23, 0.171, 0.304))
        '23 (17-30)'
    """
    if found.trials == 0:
        return "-"
    share, low, high = percent(found.share), percent(found.low), percent(found.high)
    return share if share == low == high else f"{share} ({low}-{high})"


def band_cell(found: Band) -> str:
    """A median with its 5-95 % interval, for a narrow column whose head says so.

    Example:
        >>> from foedus.statistics.quantiles import Band
        >>> band_cell(Band(0.4135, 0.3, 1.0))
        '0.41 (.30-1.0)'
    """
    if math.isnan(found.median):
        return "-"
    median, low, high = _short(found.median), _short(found.low), _short(found.high)
    same = median == low == high
    return f"{found.median:.2f}" if same else f"{found.median:.2f} ({low}-{high})"


def dates_words(found: tuple[str, str, str]) -> str:
    """A median month with its 5-95 % interval.

    Example:
        >>> dates_words(("2029-03", "2027-02", "2031-08"))
        'Mar 2029 (Feb 2027 to Aug 2031)'
    """
    median, low, high = (month_words(date) for date in found)
    return f"{median} ({low} to {high})"


def variance_share_words(found: VarianceShare) -> str:
    """How much of a spread is not knowing the parameters, in a phrase."""
    if math.isnan(found.share):
        return "too rare or too steady to tell"
    ends = f"{percent(found.low)} to {percent(found.high)}"
    return f"{percent(found.share)} % ({ends}) from the parameters, the rest chance"


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


def _short(level: float) -> str:
    """Two digits of a level from 0 to 1 in three characters."""
    text = f"{level:.2f}"
    return text[1:] if text.startswith("0.") else text[:3]

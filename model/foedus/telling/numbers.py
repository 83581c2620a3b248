"""Numbers as every surface prints them: one form for each unit, and what matters in each.

A number that two surfaces print alike here cannot differ between them; a surface that formats a
number of a run by itself can.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from foedus.statistics.quantiles import Band, Frequency, VarianceShare

type Kind = Literal["level", "event", "count"]
"""A level from 0 to 1, an event that happens in a trial or does not, or a number per trial."""

NONE: Final = "-"
"""What stands for a number that does not exist."""


@dataclass(frozen=True)
class Unit:
    """How differences of one kind are written, and which of them are too small to matter.

    Attributes:
        scale: What a difference is multiplied by before it is written.
        digits: Digits behind its point.
        name: What stands behind it in a sentence.
        smallest: A difference of this size or less is too small to matter; not scaled.
        reason: Why; the grade of all of them is judgement.
    """

    scale: float
    digits: int
    name: str
    smallest: float
    reason: str


UNITS: Final[dict[Kind, Unit]] = {
    "level": Unit(
        1.0,
        3,
        "",
        0.005,
        "Levels run from 0 to 1 and are printed with two digits; less than half of the last digit "
        "would leave the printed level as it is.",
    ),
    "event": Unit(
        100.0,
        1,
        " percentage points",
        0.01,
        "One trial in a hundred: shares of trials are printed in whole per cents.",
    ),
    "count": Unit(
        1.0,
        2,
        " per trial",
        0.1,
        "One more or one fewer in ten trials, each of which spans the whole horizon.",
    ),
}
"""The smallest difference that matters, once for each unit (judgement)."""


def level(value: float) -> str:
    """A level from 0 to 1, in two digits.

    Example:
        >>> level(0.4135), level(float("nan"))
        ('0.41', '-')
    """
    return NONE if math.isnan(value) else f"{value:.2f}"


def percent(share: float) -> str:
    """A share in whole per cents; «<1» and «>99» where rounding would claim never or always.

    Example:
        >>> percent(0.234), percent(0.002), percent(0.005), percent(0.0), percent(0.998)
        ('23', '<1', '1', '0', '>99')
    """
    if math.isnan(share):
        return NONE
    whole = _whole(share)
    if whole == 0 and share > 0.0:
        return "<1"
    if whole == 100 and share < 1.0:
        return ">99"
    return f"{whole}"


def count(number: float) -> str:
    """A mean number per trial, in two digits.

    Example:
        >>> count(1.234), count(0.001), count(0.0), count(1234.5)
        ('1.23', '<0.01', '0', '1,234.50')
    """
    if math.isnan(number):
        return NONE
    if number == 0.0:
        return "0"
    return "<0.01" if number < 0.005 else f"{number:,.2f}"


def level_range(levels: Band) -> str:
    """A median level with the interval of the middle 90 % of trials.

    Example:
        >>> from foedus.statistics.quantiles import Band
        >>> level_range(Band(0.4135, 0.3, 0.5251))
        '0.41 (0.30 to 0.53)'
    """
    return _range(level(levels.median), level(levels.low), level(levels.high))


def share(happened: Frequency, mark: str = " %") -> str:
    """A share of trials with its 90 % interval.

    The ends are rounded to whole per cents, without the «<1» and «>99» of the share itself: they
    are bounds, and claim neither never nor always.

    Args:
        happened: In how many trials.
        mark: What stands behind the share; empty in a column whose head says per cent.

    Example:
        >>> from foedus.statistics.quantiles import Frequency
        >>> share(Frequency(23, 100, 0.23, 0.171, 0.304))
        '23 % (17 to 30)'
        >>> share(Frequency(199, 200, 0.995, 0.974, 0.999), mark="")
        '>99 (97 to 100)'
    """
    if happened.trials == 0:
        return NONE
    low, high = _whole(happened.low), _whole(happened.high)
    text = f"{percent(happened.share)}{mark}"
    return text if low == high else f"{text} ({low} to {high})"


def share_of_trials(happened: Frequency, counted: str = "trials") -> str:
    """In how many trials something happened; a single trial has no share.

    Args:
        happened: In how many trials.
        counted: What it is a share of, such as «1,000 trials»; empty where that follows.

    Example:
        >>> from foedus.statistics.quantiles import Frequency
        >>> share_of_trials(Frequency(23, 100, 0.23, 0.171, 0.304))
        '23 % (17 to 30) of trials'
        >>> share_of_trials(Frequency(1, 1, 1.0, 0.27, 1.0))
        'the one trial'
    """
    if happened.trials == 1:
        return "the one trial" if happened.count else "no trial"
    return f"{share(happened)} of {counted}" if counted else share(happened)


def variance_share(variance: VarianceShare) -> str:
    """How much of a variance is uncertainty about the parameters, in a phrase."""
    if math.isnan(variance.share):
        return "too rare or too steady to tell"
    ends = f"{_whole(variance.low)} to {_whole(variance.high)}"
    return f"{percent(variance.share)} % ({ends}) from uncertain parameters, the rest from chance"


def parts(numbers: Sequence[float]) -> list[str]:
    """Parts of a whole in whole per cents that add to 100, by largest remainders.

    Args:
        numbers: Sizes of the parts, not all of them 0.

    Example:
        >>> parts([0.816, 0.08, 0.104])
        ['82', '8', '10']
    """
    total = sum(numbers)
    exact = [100.0 * number / total for number in numbers]
    whole = [math.floor(number) for number in exact]
    largest = sorted(range(len(exact)), key=lambda n: round(whole[n] - exact[n], 9))
    for n in largest[: 100 - sum(whole)]:
        whole[n] += 1
    return [f"{number}" for number in whole]


def trials(number: int) -> str:
    """How many trials, in words.

    Example:
        >>> trials(1), trials(2000)
        ('1 trial', '2,000 trials')
    """
    return "1 trial" if number == 1 else f"{number:,} trials"


def amount(difference: float, kind: Kind) -> str:
    """The size of a difference without its sign, and its unit.

    Example:
        >>> amount(-0.0172, "level"), amount(0.0001, "level"), amount(0.381, "event")
        ('0.017', 'less than 0.001', '38.1 percentage points')
    """
    unit = UNITS[kind]
    text = f"{abs(unit.scale * difference):,.{unit.digits}f}"
    if difference and not float(text.replace(",", "")):
        return f"less than {10.0**-unit.digits:.{unit.digits}f}{unit.name}"
    return f"{text}{unit.name}"


def change(difference: float, kind: Kind) -> str:
    """A difference with its sign; what rounds to nothing has none.

    Example:
        >>> change(-0.0512, "level"), change(-0.0001, "level"), change(0.381, "event")
        ('-0.051', '0.000', '+38.1')
    """
    if math.isnan(difference):
        return NONE
    unit = UNITS[kind]
    text = f"{unit.scale * difference:+,.{unit.digits}f}"
    return text if float(text.replace(",", "")) else text[1:]


def change_range(mean: float, low: float, high: float, kind: Kind) -> str:
    """A mean difference with its 90 % interval, all with their signs.

    Example:
        >>> change_range(-0.0172, -0.0190, -0.0151, "level")
        '-0.017 (-0.019 to -0.015)'
    """
    return _range(*(change(each, kind) for each in (mean, low, high)))


def value(mean: float, kind: Kind) -> str:
    """A mean of any kind: a level, a share in per cent, or a number per trial."""
    match kind:
        case "level":
            return level(mean)
        case "event":
            return percent(mean)
        case "count":
            return count(mean)


def value_range(mean: float, low: float, high: float, kind: Kind) -> str:
    """A mean of any kind with its 90 % interval.

    Example:
        >>> value_range(0.4135, 0.4101, 0.4171, "level"), value_range(0.2, 0.15, 0.25, "event")
        ('0.41 (0.41 to 0.42)', '20 (15 to 25)')
    """
    if kind == "event":
        return share(Frequency(0, 1, mean, low, high), mark="")
    return _range(value(mean, kind), value(low, kind), value(high, kind))


def _range(middle: str, low: str, high: str) -> str:
    return middle if middle == low == high else f"{middle} ({low} to {high})"


def _whole(share: float) -> int:
    """A share in whole per cents; halves go up."""
    return math.floor(100.0 * share + 0.5)

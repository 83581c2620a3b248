"""Words for frequencies, by a fixed scale that is data.

A word claims a range; it is used only if the whole interval of the frequency lies inside it. So
more trials can sharpen a word, and few trials leave it open.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from foedus.telling.numbers import share

if TYPE_CHECKING:
    from foedus.statistics.quantiles import Frequency

SCALE: Final = Path(__file__).with_name("verbal_scale.yaml")


@dataclass(frozen=True)
class Word:
    """A word and the shares for which it stands."""

    word: str
    low: float
    high: float


@dataclass(frozen=True)
class Scale:
    """All words, the narrowest first, and what is said if none fits."""

    source: str
    words: tuple[Word, ...]
    open: str


@cache
def scale() -> Scale:
    """The scale as the file has it."""
    content = yaml.safe_load(SCALE.read_text(encoding="utf-8"))
    words = tuple(Word(**entry) for entry in content["words"])
    return Scale(" ".join(content["source"].split()), words, content["open"])


def word_for(happened: Frequency) -> str:
    """The narrowest word whose range holds the whole interval.

    Example:
        >>> from foedus.statistics.quantiles import Frequency
        >>> word_for(Frequency(93, 100, 0.93, 0.91, 0.96))
        'very likely'
        >>> word_for(Frequency(6, 10, 0.6, 0.35, 0.8))
        'about as likely as not, or likely'
    """
    for one in scale().words:
        if one.low <= happened.low and happened.high <= one.high:
            return one.word
    return scale().open


def in_words(happened: Frequency) -> str:
    """Word and number: «very likely (93 %, 91 to 96, of trials)».

    Example:
        >>> from foedus.statistics.quantiles import Frequency
        >>> in_words(Frequency(93, 100, 0.93, 0.91, 0.96))
        'very likely (93 % of trials, interval 91 to 96 %)'
    """
    numbers = share(happened)
    if "(" not in numbers:
        return f"{word_for(happened)} ({numbers} of trials)"
    middle, interval = numbers.rstrip(")").split(" (")
    return f"{word_for(happened)} ({middle} of trials, interval {interval} %)"

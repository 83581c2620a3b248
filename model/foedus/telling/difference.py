"""What is measured in a trial, and how a difference between two scenarios is judged and worded.

One rule decides everywhere. A measure *differs* if its difference is discovered, which all measures
of a comparison decide together (`studies.compare.paired`), and if its mean is larger than the
smallest difference that matters in its unit (`telling.numbers.UNITS`). `Difference.sentence` is the
one wording of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from foedus.dictionary.recording import FOLLOWED, OUTCOMES
from foedus.dictionary.vocabulary import VITALITY_NAMES
from foedus.statistics.quantiles import Band, Frequency
from foedus.telling.numbers import (
    UNITS,
    Kind,
    amount,
    change,
    change_range,
    trials,
)
from foedus.telling.words import month_words

QUESTION: Final = "question"

VITALITY: Final = tuple(reversed(VITALITY_NAMES))
"""What can be left of the alliance at the end, the best first."""

TITLES: Final = {
    **{row.name: row.title for row in FOLLOWED},
    **{row.name.removesuffix("_end"): row.title for row in OUTCOMES if row.title},
    "frozen": "Has frozen its membership",
    "left": "Has left formally",
    "joined": "Has joined again",
    "active": "Is active",
    "troops_sent": "Troops sent to a member",
    "alive": "The alliance is alive",
    "zombie": "The alliance is a zombie",
    "dead": "The alliance is dead",
    QUESTION: "Question",
}
"""What a metric is called."""

CLAUSES: Final = {
    "frozen": "{who} has frozen its membership by {when}",
    "left": "{who} has left formally by {when}",
    "joined": "{who} has joined again by {when}",
    "active": "{who} is active in {when}",
    "troops_sent": "troops have been sent to a member by {when}",
    "alive": "the alliance is alive in {when}",
    "zombie": "the alliance is a zombie in {when}",
    "dead": "the alliance is dead in {when}",
    QUESTION: "«{who}» comes true",
}
"""Events within a sentence."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of every trial.

    Attributes:
        metric: Such as ``cohesion``, ``participation``, ``frozen`` or ``question``.
        subject: Code of the member, or id of the question; None for the alliance.
        month: Months since the start at which it is read, or up to which it may happen.
        date: The same as ``YYYY-MM``.
        kind: A ``level`` from 0 to 1, an ``event`` that is 0 or 1, or a ``count``.
        definition: What exactly is asked, for a question; two of one name need not be the same.
        subject_title: Title of the member, or text of the question.
        always_kept: Whether every run keeps it of every trial. Verdicts on these are taken together
            and do not depend on what else a comparison has kept.
    """

    metric: str
    subject: str | None
    month: int
    date: str
    kind: Kind = "level"
    definition: str = ""
    subject_title: str = field(default="", compare=False)
    always_kept: bool = field(default=True, compare=False)

    @property
    def name(self) -> str:
        """The name without the date, as the command line takes it: ``participation[KAZ]``."""
        return self.metric if self.subject is None else f"{self.metric}[{self.subject}]"

    @property
    def label(self) -> str:
        """The name with the date: ``participation[KAZ]@2031-11``."""
        return f"{self.name}@{self.date}"

    @property
    def title(self) -> str:
        """For a table: ``Riga: participation``, or the text of a question."""
        if self.metric == QUESTION:
            return self._who
        title = TITLES[self.metric]
        return title if self.subject is None else f"{self._who}: {title[0].lower()}{title[1:]}"

    @property
    def words(self) -> str:
        """For a title: ``Riga: participation, Nov 2031``."""
        return f"{self.title}, {month_words(self.date)}"

    @property
    def phrase(self) -> str:
        """At the head of a sentence: ``Riga's participation in Nov 2031``."""
        when, title = month_words(self.date), TITLES[self.metric]
        within = f"{title[0].lower()}{title[1:]}"
        match self.kind:
            case "event":
                clause = CLAUSES[self.metric].format(who=self._who, when=when)
                return f"The share of trials in which {clause}"
            case "count":
                return f"The mean number of {within} up to {when}"
            case "level":
                return f"{title if self.subject is None else f"{self._who}'s {within}"} in {when}"

    @property
    def _who(self) -> str:
        return (self.subject_title or str(self.subject)).removesuffix(".")


type Verdict = Literal["lower", "higher", "the same", "too small to matter", "cannot be told apart"]

VERDICTS: Final[tuple[Verdict, ...]] = (
    "lower",
    "higher",
    "the same",
    "too small to matter",
    "cannot be told apart",
)
"""In a fixed order, for tables that hold their places."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of another scenario minus the same of the base, under common random numbers.

    Attributes:
        measure: What is compared.
        base_title: Title of what it is compared with.
        other_title: Title of what is compared.
        trials: Number of paired trials.
        base: Mean in the base.
        other: Mean in the other scenario.
        mean: Mean of the differences, other minus base.
        low: Lower end of its 90 % interval; NaN with fewer than two parameter sets.
        high: Upper end.
        spread: Median and 5-95 % interval of the differences themselves, trial by trial.
        below: In how many trials the other is lower: P(other < base).
        above: In how many it is higher.
        chance: Two-sided p-value of no difference in the mean.
        verdict: What can be said.
        needed: Trials that would settle an open verdict four times in five, if the difference is as
            estimated; None if the verdict is not open or no such number is worth naming.
        gain: Variance of the mean difference with unpaired seeds over that with common random
            numbers: how many times fewer trials pairing needs. Infinite if nothing is left to
            chance; NaN if nothing varies anyway.
    """

    measure: Measure
    base_title: str
    other_title: str
    trials: int
    base: float
    other: float
    mean: float
    low: float
    high: float
    spread: Band
    below: Frequency
    above: Frequency
    chance: float
    verdict: Verdict
    needed: int | None
    gain: float

    @property
    def clear(self) -> bool:
        """Whether the scenarios differ in it: discovered, and large enough to matter."""
        return self.verdict in {"lower", "higher"}

    @property
    def words(self) -> str:
        """The verdict, with the number of trials that would settle an open one."""
        if self.needed is None:
            return self.verdict
        return f"{self.verdict}; about {self.needed:,} trials would settle it"

    @property
    def range(self) -> str:
        """Mean difference and 90 % interval, with signs: ``-0.017 (-0.019 to -0.015)``."""
        return change_range(self.mean, self.low, self.high, self.measure.kind)

    def sentence(self) -> str:
        """The difference in a sentence, without its full stop; the same on every surface.

        The statistic is the mean difference, the interval its 90 % interval.
        """
        kind, pair = self.measure.kind, f"«{self.other_title}» and «{self.base_title}»"
        ends = f"90 % interval {self._ends()}"
        match self.verdict:
            case "lower" | "higher":
                return (
                    f"{self.measure.phrase} is {amount(self.mean, kind)} {self.verdict} in "
                    f"«{self.other_title}» than in «{self.base_title}» ({ends})"
                )
            case "the same":
                every = "the one trial" if self.trials == 1 else f"each of {trials(self.trials)}"
                return f"{self.measure.phrase} is the same in {pair}, in {every}"
            case "too small to matter":
                mean = f"{change(self.mean, kind)}{UNITS[kind].name}"
                return (
                    f"{self.measure.phrase} hardly differs between {pair}: the mean difference, "
                    f"{mean} ({ends}), is too small to matter"
                )
            case "cannot be told apart":
                said = f"{self.measure.phrase} cannot be told apart in {pair}"
                if math.isnan(self.low):
                    return f"{said}: {trials(self.trials)} cannot show it"
                mean = f"{change(self.mean, kind)}{UNITS[kind].name}"
                more = f"; about {self.needed:,} would settle it" if self.needed else ""
                return (
                    f"{said} with {trials(self.trials)}: the mean difference is {mean} ({ends})"
                    f"{more}"
                )

    def _ends(self) -> str:
        """The interval; without signs where the sentence has said the direction."""
        kind = self.measure.kind
        if self.clear and self.low * self.high > 0.0:
            near, far = sorted((abs(self.low), abs(self.high)))
            # Without a sign, and without the unit, which the mean has said.
            return f"{change(near, kind).lstrip('+')} to {change(far, kind).lstrip('+')}"
        return f"{change(self.low, kind)} to {change(self.high, kind)}"


def at_the_end(
    differences: Iterable[Difference], metric: str, subject: str | None = None
) -> Difference:
    """The difference in a measure at its latest month.

    Raises:
        KeyError: The measure is not among them.
    """
    same = [d for d in differences if (d.measure.metric, d.measure.subject) == (metric, subject)]
    if not same:
        raise KeyError(metric, subject)
    return max(same, key=lambda difference: difference.measure.month)


def clear_ones(differences: Iterable[Difference]) -> list[Difference]:
    """Those that differ at the end of the run, and questions; the largest in its unit first."""
    every = list(differences)
    last = max((one.measure.month for one in every), default=0)
    clear = [
        one
        for one in every
        if one.clear and (one.measure.month == last or one.measure.metric == QUESTION)
    ]
    return sorted(clear, key=lambda one: -abs(one.mean) / UNITS[one.measure.kind].smallest)

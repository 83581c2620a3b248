"""What an explanation consists of: decisions, their terms, and what would have changed them.

Data only; `explain` makes them, `sentences` puts them into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, overload

from foedus.errors import FoedusError
from foedus.notebook import card, short


@dataclass(frozen=True)
class Term:
    """One reason and its contribution.

    Attributes:
        name: As in `dictionary.terms`.
        label: In words.
        value: What it adds to the utility, in the unit of the decision.
    """

    name: str
    label: str
    value: float


@dataclass(frozen=True)
class Option:
    """Something that could have been decided.

    Attributes:
        name: Its code, such as ``veto`` (`dictionary.phrases`).
        chance: Its probability, from 0 to 1.
        utility: Log-odds against the option of utility 0; None where options have none of their
            own (votes on one scale, yes or no).
    """

    name: str
    chance: float
    utility: float | None = None


@dataclass(frozen=True)
class Change:
    """A change of one state that flips a decision, with the same draw.

    Attributes:
        state: What is changed, in words, with its owner.
        name: Field of the data dictionary `dictionary.state`.
        now: Its value when the decision was taken.
        then: The value nearest to it that flips the decision, to 1e-12.
        stated: The same, rounded away from `now`; it flips the decision, too.
        becomes: What would have been decided.
    """

    state: str
    name: str
    now: float
    then: float
    stated: float
    becomes: str

    @property
    def size(self) -> float:
        """How far the state has to move."""
        return abs(self.then - self.now)


@dataclass(frozen=True)
class Decision:
    """One decision of one trial, as it was taken.

    Attributes:
        number: Its place in the trial, from 0.
        moment: Which of the trial's draws decided it, from 0; -1 if nothing was drawn.
        month: Months from the start.
        date: ``YYYY-MM``.
        kind: ``request``, ``turn``, ``vote``, ``answer``, ``take_part``, ``act``, ``freeze``,
            ``thaw``, ``notice``, ``withdrawal``, ``renewal``, ``return``, ``roll_call``,
            ``statecraft``, ``pact``; or, without a draw of its own, ``mandate``, ``exit`` or
            ``decision``, an act that the scenario forces.
        actor: Code of who decides.
        other: Code of whom it concerns; None for nobody.
        threat: Name of the threat, if it is about one.
        about: Title of the act or of the text, if it is about one.
        outcome: Code of what was decided, one of the options.
        unit: Of the terms: ``log-odds`` or ``log of a yearly hazard``.
        terms: Reasons; they add up to `total`.
        weighs: The option that the terms speak for.
        total: The utility that the engine used.
        options: All options with their chances.
        chance: Probability of the outcome; 1 if it follows from others. Of a forced one, what it
            would have been.
        drawn: The uniform that decided; None if none did.
        forced: Whether the scenario had it so, whatever the member or the patron would have chosen.
        membership: What moved the tie on which the decision hangs since the start, term by term, as
            far as the member's freedom lets it count: reliance for steps of membership, engagement
            for acts; empty for other decisions.
        changes: What would have flipped it, nearest first; empty if not asked for.
        sentence: All of this in a sentence.
    """

    number: int
    moment: int
    month: int
    date: str
    kind: str
    actor: str
    other: str | None
    threat: str | None
    about: str | None
    outcome: str
    unit: str
    terms: tuple[Term, ...]
    weighs: str
    total: float
    options: tuple[Option, ...]
    chance: float
    drawn: float | None
    forced: bool = False
    membership: tuple[Term, ...] = ()
    changes: tuple[Change, ...] = ()
    sentence: str = ""

    def waterfall(self) -> tuple[Step, ...]:
        """The terms as bars, each of which starts where the one before ended."""
        return waterfall(self.terms)


MINOR: Final = frozenset({"act", "roll_call"})
"""Kinds of which there are too many to show, or to look for counterfactuals of, all."""


@dataclass(frozen=True, repr=False)
class Explanation:
    """All decisions of one trial, in the order in which they were taken.

    `titles` holds what everyone is called by code or name, `cohesion_end` cohesion at the end, from
    which a stored run can be told to be the same.
    """

    scenario: str
    seed: int
    trial: int
    titles: dict[str, str]
    cohesion_end: float
    decisions: tuple[Decision, ...]

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __len__(self) -> int:
        return len(self.decisions)

    @overload
    def __getitem__(self, which: int) -> Decision: ...
    @overload
    def __getitem__(self, which: slice) -> tuple[Decision, ...]: ...
    def __getitem__(self, which: int | slice) -> Decision | tuple[Decision, ...]:
        """A decision by its number, or several."""
        return self.decisions[which]

    def decision(self, number: int) -> Decision:
        """A decision by its number, as a user gives it.

        Raises:
            FoedusError: There is none.
        """
        if not 0 <= number < len(self.decisions):
            raise FoedusError(
                f"--decision: found {number}, expected from 0 to {len(self.decisions) - 1}"
            )
        return self.decisions[number]

    def __repr__(self) -> str:
        return short(
            f"<Explanation of trial {self.trial} of {short(self.scenario, 80)}, seed {self.seed}: "
            f"{len(self):,} decisions; cohesion ends at {self.cohesion_end:.3f}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: the decisions other than the many routine ones."""
        told = [one for one in self if one.kind not in MINOR]
        rows = [(f"{one.number}", one.date, one.sentence) for one in told]
        title = f"Trial {self.trial} of {self.scenario}, seed {self.seed}"
        sentence = (
            f"{len(self):,} decisions, of which {len(told):,} are more than acts of membership and "
            f"votes at the UN. Cohesion ends at {self.cohesion_end:.3f}."
        )
        return card(title, [sentence], ("Number", "Month", "Decision"), rows)


@dataclass(frozen=True)
class Step:
    """A bar of a waterfall: from where to where a term moves the sum."""

    label: str
    start: float
    end: float

    @property
    def value(self) -> float:
        """What the term adds."""
        return self.end - self.start


def waterfall(terms: tuple[Term, ...]) -> tuple[Step, ...]:
    """Terms as bars that start where the one before ended; terms of 0 are left out."""
    steps, level = [], 0.0
    for term in terms:
        if term.value != 0.0:
            steps.append(Step(term.label, level, level + term.value))
            level += term.value
    return tuple(steps)

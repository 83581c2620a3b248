"""Who freezes or leaves in a run, and why: the reasons of explained trials, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.studies.explain.decisions import Decision, Term
from foedus.studies.explain.study import explain

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup

STEPS_DOWN: Final = frozenset({"freeze", "notice", "renewal"})
"""Decisions by which a member freezes or leaves."""

MOST_EXPLAINED: Final = 24
"""Trials that are explained; each takes a moment."""

LITTLE: Final = 0.1
"""Change of the utility of membership, in log-odds, below which it is not called a reason."""


@dataclass(frozen=True)
class Leaving:
    """Steps down of one member in the explained trials.

    Attributes:
        member: Its code.
        kind: ``freeze``, ``notice`` or ``renewal``.
        count: How often it was taken in the explained trials.
        terms: Mean movement of each term of its utility of membership from the start to the step,
            the largest first.
        moved: Mean movement of all of them together.
        by_chance: How many of them were taken although the utility had not fallen by `LITTLE`.
        chance: Mean chance of the step in its month.
        example: The first of them, in a sentence.
        trial: Its trial.
    """

    member: str
    kind: str
    count: int
    terms: tuple[Term, ...]
    moved: float
    by_chance: int
    chance: float
    example: str
    trial: int


def leavings(
    setup: Setup, ensemble: Ensemble, progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[Leaving, ...], int]:
    """Steps down in the first trials that have any, with their mean reasons.

    Args:
        setup: Of the ensemble.
        ensemble: What was run.
        progress: Called with the number of trials explained and of those to explain.

    Returns:
        The steps by member and kind, the most frequent first; and the number of trials explained.
    """
    outcomes = ensemble.outcomes
    left = np.zeros(ensemble.trials, dtype=bool)
    for i in range(len(ensemble.members)):
        for name in ("first_freeze", "first_notice", "exit"):
            left |= np.asarray(outcomes[name][:, i]) >= 0
    trials = np.flatnonzero(left)[:MOST_EXPLAINED].tolist()
    steps: dict[tuple[str, str], list[tuple[int, Decision]]] = defaultdict(list)
    for done, trial in enumerate(trials):
        for one in explain(setup, seed=ensemble.seed, trial=trial, kinds=STEPS_DOWN).decisions:
            if one.kind in STEPS_DOWN and one.outcome != "renewed":
                steps[one.actor, one.kind].append((trial, one))
        if progress is not None:
            progress(done + 1, len(trials))
    found = [_leaving(*key, taken) for key, taken in steps.items()]
    return tuple(sorted(found, key=lambda one: -one.count)), len(trials)


def _leaving(member: str, kind: str, taken: list[tuple[int, Decision]]) -> Leaving:
    decisions = [one for _, one in taken]
    labels = [(term.name, term.label) for term in decisions[0].membership]
    values = np.array([[term.value for term in one.membership] for one in decisions])
    moved = values.sum(axis=1)
    means = values.mean(axis=0)
    terms = [
        Term(name, label, float(mean)) for (name, label), mean in zip(labels, means, strict=True)
    ]
    trial, example = taken[0]
    return Leaving(
        member=member,
        kind=kind,
        count=len(decisions),
        terms=tuple(sorted(terms, key=lambda term: -abs(term.value))),
        moved=float(moved.mean()),
        by_chance=int((moved > -LITTLE).sum()),
        chance=float(np.mean([one.chance for one in decisions])),
        example=example.sentence,
        trial=trial,
    )

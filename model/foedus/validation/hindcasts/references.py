"""Simple forecasts that a model must beat, of the same cases.

Climatology counts the cases that the split allows and leaves the case's own fold out. The last
value comes twice: as it stood when the fit split ended, which is what a free-running forecast may
be held to, and as it stood before the case, which is what one step ahead may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.errors import FoedusError
from foedus.files.entries import read_entries
from foedus.files.faults import Faults, unknown
from foedus.files.models import Closed, Text
from foedus.validation.hindcasts.cases import CATEGORIES, Case

if TYPE_CHECKING:
    from foedus.cases import Case as Study
    from foedus.validation.patterns.reading import Floats

type Forecaster = Callable[[Case, Sequence[Case], Sequence[Case]], Floats]

RULE_FILE: Final = "patron_decides.yaml"
"""What the patron would have, by kind and type of a case."""
RULE_TRUST: Final = 0.9
"""Probability that the patron-decides rule gives to its answer (judgement)."""


class RuleEntry(Closed):
    """What the patron would have come of some cases."""

    kind: Text
    """Kind of case."""
    types: tuple[Text, ...]
    """Types of threat, text or act within the kind."""
    outcome: Text
    """What would come of them."""
    rests_on: Text
    """What says so."""


FOLDS: Final[Mapping[str, Callable[[Case], str]]] = {
    "date": lambda case: case.target.id,
    "episode": lambda case: case.target.episode,
    "member": lambda case: case.target.member,
}
"""What is left out with a case, by split; under the date's, the case itself."""


def training(case: Case, known: Sequence[Case], split: str) -> list[Case]:
    """Cases of the same kind that a reference may learn from.

    Args:
        case: What is to be forecast.
        known: All cases.
        split: ``date``: those of the split `fit`; ``episode`` and ``member``: those outside
            the fold.
    """
    fold = FOLDS[split]
    return [
        each
        for each in known
        if each.kind == case.kind
        and fold(each) != fold(case)
        and (split != "date" or each.target.split == "fit")
    ]


def uniform(case: Case, _: Sequence[Case], __: Sequence[Case]) -> Floats:
    """Every category alike."""
    size = len(case.categories)
    return np.full(size, 1.0 / size)


def shares(case: Case, learnt: Sequence[Case]) -> Floats:
    """Shares of past cases, with one pseudo-case spread over the categories."""
    size = len(case.categories)
    counts = np.bincount(np.array([x.outcome for x in learnt], dtype=np.int64), minlength=size)
    return np.asarray((counts + 1.0 / size) / (len(learnt) + 1.0))


def climatology(case: Case, learnt: Sequence[Case], _: Sequence[Case]) -> Floats:
    """Shares of all past cases of the kind."""
    return shares(case, learnt)


def by_type(case: Case, learnt: Sequence[Case], _: Sequence[Case]) -> Floats:
    """Shares of past cases of the same type of threat, act or text; of all where there is none."""
    alike = [each for each in learnt if each.type == case.type]
    return shares(case, alike or learnt)


def last_learnt(case: Case, learnt: Sequence[Case], _: Sequence[Case]) -> Floats:
    """What came last for the same member among the cases learnt from."""
    return held(case, learnt, learnt)


def last_value(case: Case, learnt: Sequence[Case], known: Sequence[Case]) -> Floats:
    """What came last for the same member before the case, whatever the split."""
    return held(case, learnt, known)


def held(case: Case, learnt: Sequence[Case], seen: Sequence[Case]) -> Floats:
    """The last value among cases seen, trusted as last values have held among those learnt from."""
    before = previous(case, seen)
    if before is None:
        return shares(case, learnt)
    pairs = [(each, previous(each, learnt)) for each in learnt]
    kept = [now.outcome == then.outcome for now, then in pairs if then is not None]
    size = len(case.categories)
    trust = (sum(kept) + 1.0) / (len(kept) + 2.0)
    forecast = np.full(size, (1.0 - trust) / (size - 1))
    forecast[before.outcome] = trust
    return forecast


def previous(case: Case, seen: Sequence[Case]) -> Case | None:
    """The latest earlier case of the same kind and member, of the same type if there is one."""
    own = [
        each
        for each in seen
        if each.kind == case.kind
        and each.target.member == case.target.member
        and each.target.date < case.target.date
    ]
    alike = [each for each in own if each.type == case.type]
    return max(alike or own, key=lambda each: each.target.date, default=None)


REFERENCES: Final[Mapping[str, Forecaster]] = {
    "uniform": uniform,
    "climatology": climatology,
    "climatology by type": by_type,
    "last value of the fit": last_learnt,
    "last value": last_value,
}
RULE: Final = "patron decides"


def references_of(study: Study) -> dict[str, Forecaster]:
    """All references by name; the patron's rule is that of the case."""
    rule = patron_rule(study)

    def patron_decides(case: Case, _: Sequence[Case], __: Sequence[Case]) -> Floats:
        size = len(case.categories)
        wanted = rule.get((case.kind, case.type))
        if wanted is None:
            raise FoedusError(f"{RULE_FILE}: no outcome for {case.kind} about «{case.type}»")
        forecast = np.full(size, (1.0 - RULE_TRUST) / (size - 1))
        forecast[case.categories.index(wanted)] = RULE_TRUST
        return forecast

    return {**REFERENCES, RULE: patron_decides}


def patron_rule(study: Study) -> dict[tuple[str, str], str]:
    """What the patron would have come of a case, by its kind and type.

    Raises:
        FoedusError: The file cannot be read, or names an outcome that the kind does not know.
    """
    faults = Faults()
    outcomes: dict[tuple[str, str], str] = {}
    for entry in read_entries(study.path(RULE_FILE), RuleEntry, faults, by="kind"):
        if entry.value is None:
            continue
        kind, outcome = entry.value.kind, entry.value.outcome
        if kind not in CATEGORIES:
            entry.fault(faults, "kind", unknown("kind of case", kind, list(CATEGORIES)))
        elif outcome not in CATEGORIES[kind]:
            entry.fault(faults, "outcome", unknown("outcome", outcome, CATEGORIES[kind]))
        outcomes |= {(kind, each): outcome for each in entry.value.types}
    faults.check()
    return outcomes

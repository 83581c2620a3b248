"""Predictive checks: whether histories that the model replicates look like the one on record.

For every feature the value on record stands beside its distribution over replicated histories, with
intervals and the probability that a replica shows more. A probability near 0 or 1 says that the
model seldom makes a history like that; one near a half says that it often does, which it may do for
wrong reasons. Probabilities of a posterior that has seen the rows tend towards a half, those out of
sample do not. They are many and hang together: one in ten below .05 or above .95 is no surprise.

Source:
    T-gelman2013, chapter 6; the share of ties counts half, since most features are counts.
    T-gabry2019 for showing replicas of the prior beside those of the posterior.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.inference import record, targets
from foedus.simulation.loading import load_setup
from foedus.validation.hindcasts import one_step
from foedus.validation.replicas import replication, sheets
from foedus.validation.replicas.features import Feature, features_of

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.validation.patterns.reading import Floats
    from foedus.validation.replicas.sheets import Sheet

FREE: Final = "free-running"
STEP: Final = "one step ahead"
IN_SAMPLE: Final = "in sample"
OUT_OF_SAMPLE: Final = "out of sample"
PRIOR: Final = "prior"
HISTORIES: Final = 1000
SPLITS: Final = ("all", "fit", "test")
EXTREME: Final = 0.05
"""Probability below which, and above one less which, a feature is called extreme (judgement)."""
LEVELS: Final = (0.5, 0.9)
LEAST_DEFINED: Final = 20
"""Replicas with a value below which nothing is said about a feature (judgement)."""
COLUMNS: Final = (
    *("split", "parameters", "role", "form", "feature", "words", "fitted", "observed"),
    *("median", "low_50", "high_50", "low_90", "high_90", "p", "replicas"),
)


@dataclass(frozen=True)
class Check:
    """A feature of the record among replicas of it.

    Attributes:
        split: `all`, `fit` or `test`.
        parameters: The set of parameters that replicated it.
        role: ``in sample``, ``out of sample`` or ``prior``.
        form: Free-running or one step ahead.
        feature: The feature.
        observed: Its value on record.
        median, half, most: Median of the replicas, their 50 % and their 90 % interval.
        p: Probability that a replica shows more, ties counted half.
        replicas: Replicas in which the feature has a value.
    """

    split: str
    parameters: str
    role: str
    form: str
    feature: Feature
    observed: float
    median: float
    half: tuple[float, float]
    most: tuple[float, float]
    p: float
    replicas: int

    @property
    def extreme(self) -> bool:
        """Whether the model seldom shows the like."""
        return not EXTREME <= self.p <= 1.0 - EXTREME

    def row(self) -> dict[str, Any]:
        """The tidy row."""
        numbers = (self.observed, self.median, *self.half, *self.most, self.p)
        values = (
            *(self.split, self.parameters, self.role, self.form, self.feature.id),
            *(self.feature.words, self.feature.fitted, *(round(x, 4) for x in numbers)),
            self.replicas,
        )
        return dict(zip(COLUMNS, values, strict=True))


def split_words(case: Case) -> dict[str, str]:
    """The splits for a reader."""
    return {"all": "the whole record", "fit": case.before, "test": case.since}


def probability_of_more(observed: float, replicas: Floats) -> float:
    """Share of replicas above a value, those equal to it counted half.

    Example:
        >>> probability_of_more(1.0, np.array([0.0, 1.0, 1.0, 2.0]))
        0.5
    """
    tied = np.isclose(replicas, observed, rtol=0.0, atol=1e-9)
    return float(((replicas > observed) & ~tied).mean() + 0.5 * tied.mean())


def compare(
    features: Sequence[Feature],
    seen: Sheet,
    replicas: Sheet,
    *,
    split: str,
    parameters: str,
    role: str,
    form: str,
) -> list[Check]:
    """Hold a record against its replicas, feature by feature.

    A feature that the record does not have, or hardly any replica, is left out, and so is one that
    could not have been otherwise.

    Args:
        features: The features.
        seen: The record.
        replicas: Sheets of the same cells; blocks that they lack are left out.
        split: As in `Check`, like the following.
        parameters: The set of parameters.
        role: What it is to the split.
        form: Free-running or one step ahead.
    """
    seen, replicas = sheets.of_split(seen, split), sheets.of_split(replicas, split)
    checks = []
    for feature in features:
        if feature.block not in replicas or feature.block not in seen:
            continue
        (observed,) = feature.read(_matched(seen, replicas, feature.block))
        values = feature.read(replicas[feature.block])
        values = values[~np.isnan(values)]
        if np.isnan(observed) or values.size < LEAST_DEFINED or (values == observed).all():
            continue
        half, most = (_inner(values, level) for level in LEVELS)
        checks.append(
            Check(
                split=split,
                parameters=parameters,
                role=role,
                form=form,
                feature=feature,
                observed=float(observed),
                median=float(np.median(values)),
                half=half,
                most=most,
                p=probability_of_more(float(observed), values),
                replicas=values.size,
            )
        )
    return checks


def _inner(values: Floats, level: float) -> tuple[float, float]:
    """Ends of the middle part of some values."""
    low, high = np.quantile(values, ((1.0 - level) / 2.0, (1.0 + level) / 2.0))
    return float(low), float(high)


def _matched(seen: Sheet, replicas: Sheet, name: str) -> sheets.Block:
    """The record's cells that the replicas have too."""
    wanted = set(replicas[name].cells)
    return seen[name].where([cell in wanted for cell in seen[name].cells])


@dataclass(frozen=True)
class Plan:
    """Which parameters replicate what.

    Attributes:
        case: Whose record is replicated.
        whole: Set for the whole record.
        frozen: Set for the split `fit`, and for what came later.
        histories: Replicated histories of every kind.
        seed: Seed of everything.
    """

    case: Case
    whole: str
    frozen: str
    histories: int = HISTORIES
    seed: int = 1

    def roles(self) -> dict[str, dict[str, str]]:
        """What a set of parameters is to each split, by set."""
        by_set: dict[str, dict[str, str]] = {self.whole: {"all": IN_SAMPLE}}
        later = OUT_OF_SAMPLE if self.case.innocent(self.frozen) else IN_SAMPLE
        by_set.setdefault(self.frozen, {}).update(fit=IN_SAMPLE, test=later)
        by_set[PRIOR] = dict.fromkeys(SPLITS, PRIOR)
        return by_set


def check(plan: Plan, progress: Callable[[str], None] | None = None) -> list[Check]:
    """Hold the record against replicas by posteriors and prior.

    Args:
        plan: What to do.
        progress: Told the name of each set of parameters before it is used.
    """
    case = plan.case
    known, features = targets.load(case), features_of(case)
    checks: list[Check] = []
    for name, roles in plan.roles().items():
        if progress is not None:
            progress(name)
        setups = {
            each: load_setup(case.scenario(each), name, case=case)
            for each in case.history.stretches
        }
        played = replication.play(case, known, setups, histories=plan.histories, seed=plan.seed)
        seen = sheets.recorded(case, known, replication.stages(played))
        heard = one_step.predictive(
            record.stretches(case, known, upto="all", change=setups.__getitem__), plan.seed
        )
        forms = {
            FREE: replication.free_running(case, played, known, plan.seed),
            STEP: replication.one_step_ahead(
                known, heard, histories=plan.histories, seed=plan.seed
            ),
        }
        for split, role in roles.items():
            for form, replicas in forms.items():
                about = {"split": split, "parameters": name, "role": role, "form": form}
                checks += compare(features, seen, replicas, **about)
    return checks

"""Forecasts of all cases by the model and its references, scored side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.inference import record, targets
from foedus.statistics import scores
from foedus.validation.hindcasts import cases as hindcast
from foedus.validation.hindcasts import one_step, references

if TYPE_CHECKING:
    from foedus.cases import Case as Study
    from foedus.inference.targets import Target
    from foedus.statistics.scores import Interval
    from foedus.validation.hindcasts.cases import Case
    from foedus.validation.patterns.bench import Bench
    from foedus.validation.patterns.reading import Floats

type Forecasts = dict[str, dict[str, Floats]]

FREE: Final = "foedus, free-running"
STEP: Final = "foedus, one step ahead"
ORDERED: Final = ("answer", "status", "vote")
"""Kinds whose categories have an order, for which the RPS says more than the Brier score."""
TROOPS_OF: Final = ("TD-", "TA-")
"""Ids of the targets on troops repeat those on answers, from which they are forecast."""

SCORE_COLUMNS: Final = (
    *("split", "kind", "score", "forecaster", "cases", "episodes", "mean", "low", "high"),
    *("model", "gain", "gain_low", "gain_high"),
)
FORECAST_COLUMNS: Final = (
    *("split", "case", "kind", "type", "date", "member", "episode", "forecaster"),
    *("category", "probability", "happened"),
)


@dataclass(frozen=True)
class Score:
    """One forecaster's mean score on one kind of case.

    Attributes:
        split: ``date``, ``episode`` or ``member``.
        kind: Kind of case.
        score: Name of the score; less is better.
        forecaster: Who forecast.
        cases, episodes: How many.
        mean: With its bootstrap interval over episodes.
        model: The model's forecasts that it is held against; empty for these themselves.
        gain: Its score less the model's, case by case: above 0 the model is better.
    """

    split: str
    kind: str
    score: str
    forecaster: str
    cases: int
    episodes: int
    mean: Interval
    model: str = ""
    gain: Interval | None = None

    def row(self) -> dict[str, Any]:
        """The tidy row."""
        gain = self.gain
        values = (
            *(self.split, self.kind, self.score, self.forecaster, self.cases, self.episodes),
            *(self.mean.mean, self.mean.low, self.mean.high, self.model),
            *((gain.mean, gain.low, gain.high) if gain else ("", "", "")),
        )
        return dict(zip(SCORE_COLUMNS, values, strict=True))


@dataclass(frozen=True)
class Scorecard:
    """All cases, all forecasts and all scores of one split.

    Attributes:
        split: ``date``, ``episode`` or ``member``.
        cases: What was forecast.
        forecasts: Probabilities by forecaster and case.
        scores: Their scores.
    """

    split: str
    cases: tuple[Case, ...]
    forecasts: Forecasts
    scores: tuple[Score, ...] = field(default=())

    def rows(self) -> list[dict[str, Any]]:
        """Every forecast, one row per category."""
        table = []
        for name, given in self.forecasts.items():
            for case in self.cases:
                for n, category in enumerate(case.categories if case.target.id in given else ()):
                    target, p = case.target, float(given[case.target.id][n])
                    values = (
                        *(self.split, target.id, case.kind, case.type, target.date, target.member),
                        *(target.episode, name, category, round(p, 6), int(n == case.outcome)),
                    )
                    table.append(dict(zip(FORECAST_COLUMNS, values, strict=True)))
        return table


def fold_of(split: str) -> Callable[[Target], str]:
    """The fold of a target in a leave-one-out split."""
    if split == "member":
        return lambda target: target.member
    return lambda target: target.episode


def cluster(case: Case) -> str:
    """The case's episode; a member's ordinary years are one."""
    episode = case.target.episode
    return f"years of {case.target.member}" if episode == "none" else episode


def free_running(bench: Bench, cases: Sequence[Case]) -> dict[str, Floats]:
    """Frequencies in runs of the historical scenarios, by case."""
    return {
        case.target.id: hindcast.free_running(
            case, bench[hindcast.stretch_of(bench.case, case.target)]
        )
        for case in cases
    }


def stepping(cases: Sequence[Case], outcomes: Mapping[str, Floats]) -> dict[str, Floats]:
    """Forecasts one step ahead by case, for those that the filter hears."""
    forecasts = {}
    for case in cases:
        heard = outcomes.get(case.target.id.replace(*TROOPS_OF))
        if heard is not None:
            forecasts[case.target.id] = one_step.forecast(case, heard)
    return forecasts


def by_date(bench: Bench, parameters: str) -> Scorecard:
    """The split `test`, forecast by parameters that did not learn from it.

    Args:
        bench: What plays the historical scenarios, with these parameters.
        parameters: Name of the parameter set.
    """
    record_of = targets.load(bench.case)
    known = hindcast.cases(record_of)
    tested = tuple(case for case in known if case.target.split == "test")
    heard = one_step.predictive(
        record.stretches(
            bench.case, record_of, upto="test", parameters=parameters, change=bench.lay_out
        ),
        bench.seed,
    )
    given = {FREE: free_running(bench, tested), STEP: stepping(tested, heard)}
    given |= reference_forecasts(bench.case, tested, known, "date")
    return scored(Scorecard("date", tested, given))


def by_fold(study: Study, split: str, outcomes: Mapping[str, Floats]) -> Scorecard:
    """All cases, forecast one step ahead by parameters that did not learn from their fold.

    Args:
        study: The case.
        split: ``episode`` or ``member``.
        outcomes: From `one_step.leave_out`.
    """
    known = hindcast.cases(targets.load(study))
    given = {STEP: stepping(known, outcomes)} | reference_forecasts(study, known, known, split)
    forecast = tuple(case for case in known if case.target.id in given[STEP])
    return scored(Scorecard(split, forecast, given))


def reference_forecasts(
    study: Study, wanted: Sequence[Case], known: Sequence[Case], split: str
) -> dict[str, dict[str, Floats]]:
    """Forecasts of all references."""
    learnt = {case.target.id: references.training(case, known, split) for case in wanted}
    return {
        name: {case.target.id: forecaster(case, learnt[case.target.id], known) for case in wanted}
        for name, forecaster in references.references_of(study).items()
    }


def scored(card: Scorecard) -> Scorecard:
    """A scorecard with its scores filled in, kind by kind."""
    scores_of_kinds: list[Score] = []
    for kind in hindcast.CATEGORIES:
        for model in (FREE, STEP):
            given = card.forecasts.get(model, {})
            own = [case for case in card.cases if case.kind == kind and case.target.id in given]
            if own:
                scores_of_kinds += _kind_scores(card, kind, model, own)
    return Scorecard(card.split, card.cases, card.forecasts, tuple(scores_of_kinds))


def _kind_scores(card: Scorecard, kind: str, model: str, own: Sequence[Case]) -> list[Score]:
    """Scores of one form of the model and of all references on the same cases."""
    outcome = np.array([case.outcome for case in own])
    clusters = [cluster(case) for case in own]
    weights = scores.resamples(clusters)
    names = [model, *(n for n in card.forecasts if n not in {FREE, STEP})]
    kinds = [name for name in scores.SCORES if name != "rps" or kind in ORDERED]
    made = []
    for score in kinds:
        values = {name: _values(card, name, own, outcome, score) for name in names}
        for name in names:
            gain = values[name] - values[model]
            made.append(
                Score(
                    split=card.split,
                    kind=kind,
                    score=score,
                    forecaster=name,
                    cases=len(own),
                    episodes=len(set(clusters)),
                    mean=scores.interval(values[name], weights),
                    model="" if name == model else model,
                    gain=None if name == model else scores.interval(gain, weights),
                )
            )
    return made


def _values(
    card: Scorecard, name: str, own: Sequence[Case], outcome: NDArray[np.int64], score: str
) -> Floats:
    given = np.array([card.forecasts[name][case.target.id] for case in own])
    return scores.SCORES[score](given, outcome)


def summary_bits(card: Scorecard, model: str) -> Interval:
    """Mean logarithmic score over kinds, each kind counting alike, with its interval."""
    values, clusters = _evenly(card, model)
    return scores.interval(values, scores.resamples(clusters))


def summary_gain(card: Scorecard, other: Scorecard, model: str) -> Interval:
    """Mean logarithmic score of one scorecard less that of another on the same cases."""
    mine, clusters = _evenly(card, model)
    theirs, _ = _evenly(other, model)
    return scores.interval(mine - theirs, scores.resamples(clusters))


def _evenly(card: Scorecard, model: str) -> tuple[Floats, list[str]]:
    """Scores in bits, weighted so that their mean is that of the kinds' means; and clusters."""
    values: list[Floats] = []
    clusters: list[str] = []
    given = card.forecasts[model]
    kinds = [
        k
        for k in hindcast.CATEGORIES
        if any(c.kind == k and c.target.id in given for c in card.cases)
    ]
    for kind in kinds:
        own = [case for case in card.cases if case.kind == kind and case.target.id in given]
        outcome = np.array([case.outcome for case in own])
        values.append(_values(card, model, own, outcome, "bits") / len(own))
        clusters += [cluster(case) for case in own]
    return np.concatenate(values) * len(clusters) / len(kinds), clusters

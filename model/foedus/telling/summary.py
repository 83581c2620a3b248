"""What a run says: a frozen `Summary` of numbers with intervals, without any layout.

All are scenario frequencies: how often something happened in the trials of this scenario under this
model. None is a claim about how likely it is in the world.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.recording import COMPONENTS
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ANSWER_NAMES,
    BILATERAL,
    BLOC,
    CHANNEL_NAMES,
    FROZEN,
    NO_CHANNEL,
    OUT,
    STATUS_NAMES,
    THREAT_KIND_NAMES,
    VITALITY_NAMES,
)
from foedus.statistics.quantiles import (
    Band,
    Frequency,
    VarianceShare,
    band,
    epistemic_share,
    frequency,
    mean_interval,
)
from foedus.telling.difference import VITALITY, Difference
from foedus.telling.words import Titles

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble

MEASURES = ("cohesion", *COMPONENTS)

RARE = 20
"""Fewest trials on either side of a question from which a share of its variance is estimated."""


@dataclass(frozen=True)
class Milestone:
    """Cohesion, its factors and what stands apart from it in one month."""

    month: int
    date: str
    bands: Mapping[str, Band]


@dataclass(frozen=True)
class MemberSummary:
    """What became of one member.

    `freezes` is None for members that are not active at the start, `stays_frozen` for those that
    are not frozen, `leaves` for those that are out. `rejoins` is coming back from outside. The
    dates are the median and the 5-95 % interval over the trials in which it happened.
    """

    code: str
    title: str
    start_status: str
    freezes: Frequency | None
    freeze_dates: tuple[str, str, str] | None
    stays_frozen: Frequency | None
    leaves: Frequency | None
    exit_dates: tuple[str, str, str] | None
    rejoins: Frequency
    end_status: Mapping[str, Frequency]
    participation_start: Band
    participation_end: Band
    participation_change: Band


@dataclass(frozen=True)
class RequestSummary:
    """Requests over one kind of threat by one channel; mean numbers per trial.

    Each counts a member in an incident, so that a clash between two members counts twice. With the
    channel ``none``: incidents in which the member asked nobody.
    """

    kind: str
    channel: str
    total: float
    answers: Mapping[str, float]


@dataclass(frozen=True)
class TestSummary:
    """What the bloc would do for a member that was struck and asked, in the last month.

    Means over all trials, from 0 to 1; who is frozen or out by then gets nothing. `answer` is the
    share of its need that would be covered, crisis by crisis the product of the chance of a mandate
    (`agreement`), the help given under one (`means`) and the share of the others that would take
    part (`acting`); as means of products are none of means, the three do not multiply to it.
    """

    code: str
    title: str
    answer: float
    agreement: float
    means: float
    acting: float


@dataclass(frozen=True)
class QuestionSummary:
    """How often a question of the scenario came true."""

    id: str
    text: str
    came_true: Frequency
    epistemic: VarianceShare


@dataclass(frozen=True)
class Summary:
    """The answer of a run in numbers.

    Attributes:
        reference_date: Date to which cohesion is compared: that of the alliance, or the start.
        reference: Cohesion at that date; of the start the median over the trials.
        vitality: How often the alliance ends alive, as a zombie, whose members stay but would
            hardly answer, or dead.
        tests: What the bloc would do for each member that is active at the start.
        cohesion_change: Median and 5-95 % interval of end minus start within each trial.
        cohesion_mean_change: Mean of the same with its 90 % interval; for words.
        ends_lower: How often cohesion ends below its start.
        epistemic: Share of the variance of cohesion at the end that comes from the parameters.
        deployments: How often troops were sent to a member at least once, by the bloc or by the
            patron alone.
        force_between_members: Troops sent against a member, over all trials; must be 0.
        expulsions: Members put out by others, over all trials; must be 0.
        against: Differences from the scenario that it extends, measure by measure; empty if it
            extends none, or one with which its trials cannot be paired.
    """

    scenario_name: str
    scenario_title: str
    alliance_title: str
    patron_title: str
    evidence_set: str
    seed: int
    trials: int
    horizon: int
    dates: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    reference_date: str
    reference: float
    vitality: Mapping[str, Frequency]
    tests: tuple[TestSummary, ...]
    cohesion_change: Band
    cohesion_mean_change: tuple[float, float, float]
    ends_lower: Frequency
    epistemic: VarianceShare
    members: tuple[MemberSummary, ...]
    requests: tuple[RequestSummary, ...]
    questions: tuple[QuestionSummary, ...]
    deployments: Frequency
    deployments_mean: float
    force_between_members: int
    expulsions: int
    against: tuple[Difference, ...] = ()


def summary_json(summary: Summary) -> str:
    """All numbers of a summary as JSON, to the last digit; NaN and Infinity as Python writes them.

    Whatever tells of a run later reads them back, so that it cannot say anything else.
    """
    return f"{json.dumps(asdict(summary), ensure_ascii=False)}\n"


def read_summary(text: str | bytes) -> Summary:
    """The summary that `summary_json` has written.

    Raises:
        ValueError: It is no such text.
    """
    from pydantic import TypeAdapter  # noqa: PLC0415 - only to read

    return TypeAdapter(Summary).validate_json(text)


def summarize(ensemble: Ensemble, against: tuple[Difference, ...] = ()) -> Summary:
    """All that the terminal, the report and the figures' titles say about an ensemble.

    Args:
        ensemble: What was run.
        against: How it differs from the scenario that it extends (`foedus.studies.compare.paired`).
    """
    titles = Titles(ensemble)
    outcomes = ensemble.outcomes
    change = outcomes["cohesion_end"] - outcomes["cohesion_start"]
    milestones = _milestones(ensemble)
    date, level = titles.reference or (ensemble.dates[0], milestones[0].bands["cohesion"].median)
    return Summary(
        scenario_name=ensemble.scenario.name,
        scenario_title=titles.scenario_title,
        alliance_title=titles.alliance_title,
        patron_title=titles.patron_title,
        evidence_set=ensemble.evidence_set,
        seed=ensemble.seed,
        trials=ensemble.trials,
        horizon=len(ensemble.dates) - 1,
        dates=ensemble.dates,
        milestones=milestones,
        reference_date=date,
        reference=level,
        vitality={
            name: frequency(outcomes["vitality"] == VITALITY_NAMES.index(name)) for name in VITALITY
        },
        tests=_tests(ensemble, titles),
        cohesion_change=band(change),
        cohesion_mean_change=mean_interval(change),
        ends_lower=frequency(change < 0.0),
        epistemic=epistemic_share(outcomes["cohesion_end"]),
        members=tuple(_member(ensemble, titles, i) for i in range(len(ensemble.members))),
        requests=_requests(ensemble, titles),
        questions=_questions(ensemble),
        deployments=frequency(outcomes["deployments"] > 0),
        deployments_mean=float(outcomes["deployments"].mean()),
        force_between_members=int(outcomes["force_between_members"].sum()),
        expulsions=int(outcomes["expulsions"].sum()),
        against=against,
    )


def _milestones(ensemble: Ensemble) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(
            month,
            ensemble.dates[month],
            {name: band(ensemble.milestones[:, m, c]) for c, name in enumerate(MEASURES)},
        )
        for m, month in enumerate(ensemble.milestone_months)
    )


def _tests(ensemble: Ensemble, titles: Titles) -> tuple[TestSummary, ...]:
    outcomes = ensemble.outcomes
    fields = ("collective_answer_end", "agreement_end", "means_end", "acting_end")
    return tuple(
        TestSummary(
            code,
            titles.member_titles[i],
            *(float(outcomes[field][:, i].mean()) for field in fields),
        )
        for i, code in enumerate(ensemble.members)
        if titles.start_status(i) == ACTIVE
    )


def _member(ensemble: Ensemble, titles: Titles, i: int) -> MemberSummary:
    mine = {name: ensemble.outcomes[name][:, i] for name in _MEMBER_OUTCOMES}
    start = titles.start_status(i)
    froze, left = mine["first_freeze"] >= 0, mine["exit"] >= 0
    # Whoever takes its membership up again and is frozen at the end has frozen it once more.
    still_frozen = (mine["status"] == FROZEN) & ~froze & ~left
    before, after = mine["participation_start"], mine["participation_end"]
    return MemberSummary(
        code=ensemble.members[i],
        title=titles.member_titles[i],
        start_status=STATUS_NAMES[start],
        freezes=frequency(froze) if start == ACTIVE else None,
        freeze_dates=_dates(ensemble, mine["first_freeze"]) if start == ACTIVE else None,
        stays_frozen=frequency(still_frozen) if start == FROZEN else None,
        leaves=frequency(left) if start != OUT else None,
        exit_dates=_dates(ensemble, mine["exit"]) if start != OUT else None,
        rejoins=frequency(mine["first_return"] >= 0),
        end_status={
            name: frequency(mine["status"] == code) for code, name in enumerate(STATUS_NAMES)
        },
        participation_start=band(before),
        participation_end=band(after),
        participation_change=band(after - before),
    )


_MEMBER_OUTCOMES = (
    "status",
    "first_freeze",
    "exit",
    "first_return",
    "participation_start",
    "participation_end",
)


def _dates(ensemble: Ensemble, months: NDArray[np.integer[Any]]) -> tuple[str, str, str] | None:
    """Median, 5 % and 95 % of the months in which something happened, as dates."""
    happened = months[months >= 0]
    if happened.size == 0:
        return None
    # A date that occurred, not the middle between two.
    low, median, high = np.quantile(happened, (0.05, 0.5, 0.95), method="inverted_cdf")
    return ensemble.dates[int(median)], ensemble.dates[int(low)], ensemble.dates[int(high)]


def _requests(ensemble: Ensemble, titles: Titles) -> tuple[RequestSummary, ...]:
    """By kind of threat and channel, for every kind of which there was an incident."""
    rows = []
    for kind in THREAT_KIND_NAMES:
        of_kind = [k for k, name in enumerate(titles.threat_kinds) if name == kind]
        counts = ensemble.request_counts[:, of_kind].sum(axis=(0, 1))
        if not counts.any():
            continue
        for channel in (NO_CHANNEL, BILATERAL, BLOC):
            per_trial = counts[channel] / ensemble.trials
            rows.append(
                RequestSummary(
                    kind,
                    CHANNEL_NAMES[channel],
                    float(per_trial.sum()),
                    dict(zip(ANSWER_NAMES, per_trial.tolist(), strict=True)),
                )
            )
    return tuple(rows)


def _questions(ensemble: Ensemble) -> tuple[QuestionSummary, ...]:
    return tuple(
        QuestionSummary(
            question.id,
            question.text,
            frequency(ensemble.questions[:, q]),
            question_share(ensemble.questions[:, q]),
        )
        for q, question in enumerate(ensemble.scenario.questions)
    )


def question_share(came_true: NDArray[np.bool_]) -> VarianceShare:
    """Epistemic share of a yes or no; NaN if one of them is too rare to say."""
    count = int(np.count_nonzero(came_true))
    if min(count, came_true.size - count) < RARE:
        return VarianceShare(math.nan, math.nan, math.nan)
    return epistemic_share(came_true.astype(np.float64))

"""Patterns of requests, answers, trust and drills: P05-P09, P14, P19, P20, P22, P24, P27."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus import cases
from foedus.dictionary.vocabulary import (
    BLOC,
    HOST_DRILL,
    MATERIEL,
    NO_CHANNEL,
    SEND_TROOPS,
    STATEMENT,
    THREAT_KIND_NAMES,
    TROOPS,
    EventKind,
)
from foedus.parameters import registry
from foedus.validation.patterns.reading import (
    Figure,
    drawn,
    events,
    followed,
    mean,
    month_of,
    of_member,
    share,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

    type Runs = Mapping[str, Ensemble]
    type Figures = dict[str, Figure]

WITHIN: Final = 24
"""Months within which a programme is slow and a cancelled drill healed (P08, P20)."""
LEAST_GAP: Final = 0.05
"""Gap between help and expectation below which a case says nothing about the step (judgement)."""
HELP: Final = (
    *("", "help_statement", "help_monitoring", "help_materiel", "help_exercise"),
    "",
)
"""Parameter that holds the help of each answer; none is 0 and troops are 1."""


def kinds_of(found: Ensemble) -> list[str]:
    """The kind of each threat, in axis order."""
    return [str(threat.kind) for threat in found.scenario.alliance.file.threats]


def unanswered(runs: Runs) -> Figures:
    """P05: what a refusal to Tajikistan over raids does to trust in the bloc.

    Change in the month of the answer, less the mean change of the same member in months in which
    nobody was answered.
    """
    found = runs["taliban-spillover"]
    answers = events(found, EventKind.ANSWER)
    raids, requester = found.threats.index("afghan-raids"), found.members.index("TJK")
    refused = answers[
        (answers["answer"] <= STATEMENT)
        & (answers["threat"] == raids)
        & (answers["other"] == requester)
    ]
    busy = np.zeros(found.sample.shape[:2], dtype=bool)
    busy[answers["trial"], answers["month"]] = True
    change = {}
    for code in ("TJK", "KGZ", "BLR"):
        series = followed(found, "trust_bloc", code)
        calm = np.diff(series, axis=1)[~busy[:, 1:]].mean()
        change[code] = steps(series, refused) - calm
    return {
        "exposed bystander less requester": mean(change["KGZ"] - change["TJK"]),
        "insulated less exposed bystander": mean(change["BLR"] - change["KGZ"]),
        "change of insulated bystander": mean(change["BLR"]),
    }


def answers_by_kind(runs: Runs) -> Figures:
    """P06: probability of troops, given a request, by kind of threat; three runs together."""
    asked = dict.fromkeys(THREAT_KIND_NAMES, 0)
    sent = dict.fromkeys(THREAT_KIND_NAMES, 0)
    for name in ("baseline", "taliban-spillover", "history-2021"):
        counts = runs[name].request_counts[:, :, NO_CHANNEL + 1 :]
        for k, kind in enumerate(kinds_of(runs[name])):
            asked[kind] += int(counts[:, k].sum())
            sent[kind] += int(counts[:, k, :, TROOPS].sum())
    troops = {kind: share(sent[kind], asked[kind]) for kind in asked}
    return {
        "troops at home less against militants": troops["domestic"].less(troops["militants"]),
        "troops against militants less against a state": troops["militants"].less(
            troops["external"]
        ),
        "troops against a state": troops["external"],
        "troops against a member": troops["intra"],
    }


def cheap_answers(runs: Runs) -> Figures:
    """P07: answers to requests that were put to the bloc; two runs together."""
    counts = np.zeros(TROOPS + 1)
    for name in ("baseline", "history-2021"):
        counts += runs[name].request_counts[:, :, BLOC].sum(axis=(0, 1))
    total = float(counts.sum())
    return {
        "answers of materiel or more": share(float(counts[MATERIEL:].sum()), total),
        "answers of troops": share(float(counts[TROOPS]), total),
    }


def lags(runs: Runs) -> Figures:
    """P08: months from a request to troops, and from a promise of materiel to its arrival."""
    late = sent = 0
    durations: list[NDArray[Any]] = []
    arrived: list[NDArray[Any]] = []
    for name in ("baseline", "taliban-spillover"):
        found = runs[name]
        answers = events(found, EventKind.ANSWER)
        requests = events(found, EventKind.REQUEST)
        asked = {(r["trial"], r["month"], r["actor"]) for r in requests}
        troops = answers[answers["answer"] == TROOPS]
        sent += troops.size
        late += sum((a["trial"], a["month"], a["other"]) not in asked for a in troops)
        lag, done = programme_lags(found)
        durations.append(lag)
        arrived.append(done)
    lag, done = np.concatenate(durations), np.concatenate(arrived)
    return {
        "troops within a month": share(sent - late, sent),
        "programmes open after 24 months": still_open(lag, done, WITHIN),
    }


def programme_lags(found: Ensemble) -> tuple[NDArray[Any], NDArray[Any]]:
    """Months that promised programmes ran, and whether they had arrived at the end of the trial."""
    promised = events(found, EventKind.ANSWER)
    promised = promised[promised["answer"] == MATERIEL]
    arrivals = events(found, EventKind.PROGRAMME_ARRIVAL)
    ends: dict[tuple[int, int], list[int]] = {}
    for event in arrivals:
        ends.setdefault((event["trial"], event["actor"]), []).append(event["month"])
    horizon, running = found.sample.shape[1] - 1, dict[tuple[int, int], int]()
    lag, done = [], []
    for event in np.sort(promised, order=("trial", "month")):
        key, start = (event["trial"], event["other"]), int(event["month"])
        if start < running.get(key, 0):
            continue
        later = [month for month in ends.get(key, []) if month >= start]
        lag.append((later[0] if later else horizon) - start)
        done.append(bool(later))
        running[key] = later[0] if later else horizon + 1
    return np.array(lag, dtype=np.int64), np.array(done, dtype=bool)


def still_open(lag: NDArray[Any], done: NDArray[Any], after: int) -> Figure:
    """Share of programmes that run longer than some months, by Kaplan and Meier's estimator."""
    alive, error = 1.0, 0.0
    if lag.size == 0:
        return Figure(math.nan, math.nan)
    for month in range(after + 1):
        at_risk, over = float((lag >= month).sum()), float(((lag == month) & done).sum())
        if at_risk == 0:
            return Figure(math.nan, math.nan)
        alive *= 1.0 - over / at_risk
        if over < at_risk:
            error += over / (at_risk * (at_risk - over))
    return Figure(alive, alive * math.sqrt(error))


def southern_drills(runs: Runs) -> Figures:
    """P19: who sends troops to drills about raids from Afghanistan."""
    found = runs["history-2021"]
    acts = events(found, EventKind.ACT)
    drills = acts[
        (acts["act"] == SEND_TROOPS) & (acts["threat"] == found.threats.index("afghan-raids"))
    ]
    figures = {}
    for code in ("ARM", "BLR", "KAZ", "KGZ", "TJK"):
        own = drills[drills["actor"] == found.members.index(code)]
        figures[f"attendance of {code}"] = share(float(own["complied"].sum()), own.size)
    return figures


def clash(runs: Runs) -> Figures:
    """P20: a grave clash in the month before the drill in Kyrgyzstan."""
    found, calm = runs["clash-2027"], runs["baseline"]
    month = month_of(found, "2027-08")
    parties = [found.members.index(code) for code in ("KGZ", "TJK")]
    cancelled = events(found, EventKind.DRILL_CANCELLED)
    cancelled = cancelled[
        np.isin(cancelled["actor"], parties)
        & (cancelled["month"] >= month)
        & (cancelled["month"] <= month + 2)
    ]
    trials = found.sample.shape[0]
    hit = np.unique(cancelled["trial"])
    acts = events(found, EventKind.ACT)
    hosted = acts[
        (acts["act"] == HOST_DRILL) & (acts["complied"] == 1) & (acts["month"] <= month + WITHIN)
    ]
    again = {(h["trial"], h["actor"]) for h in hosted if h["month"] > month + 2}
    pairs = {(c["trial"], c["actor"]) for c in cancelled}
    left = [exits_of(each, parties, month, month + WITHIN) for each in (found, calm)]
    beyond = left[0] & ~left[1]
    return {
        "drills cancelled within two months": share(hit.size, trials),
        "exits within 24 months beyond the pair's": share(float(beyond.sum()), beyond.size),
        "hosting again by month 24": share(len(pairs & again), len(pairs)),
    }


def exits_of(found: Ensemble, members: list[int], first: int, last: int) -> NDArray[np.bool_]:
    """Whether any of some members leaves in some months; shape ``(trial,)``."""
    when = found.outcomes["exit"][:, members]
    return np.asarray(((when >= first) & (when <= last)).any(axis=1))


def asymmetry(runs: Runs) -> Figures:
    """P22: step of the requester's trust a unit of gap, after less and after more than expected.

    The gap is the answer's help less the help expected; the step is the change of trust in the
    channel asked, in that month. Medians, for drift and bystanding add to some steps.
    """
    losses: list[NDArray[Any]] = []
    gains: list[NDArray[Any]] = []
    for name in ("baseline", "taliban-spillover"):
        found = runs[name]
        for channel, series in enumerate(("trust_patron", "trust_bloc"), start=1):
            gap, step = gaps(found, channel, series)
            losses.append(step[gap < -LEAST_GAP] / gap[gap < -LEAST_GAP])
            gains.append(step[gap > LEAST_GAP] / gap[gap > LEAST_GAP])
    loss, gain = np.concatenate(losses), np.concatenate(gains)
    if loss.size < 2 or gain.size < 2:
        return {"loss over gain per event": Figure(math.nan, math.nan)}
    ratio = float(np.median(loss) / np.median(gain))
    relative = [1.2533 * x.std(ddof=1) / math.sqrt(x.size) / np.median(x) for x in (loss, gain)]
    return {"loss over gain per event": Figure(ratio, abs(ratio) * math.hypot(*relative))}


def gaps(found: Ensemble, channel: int, series: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Gap and step of every request through one channel that was dealt with there.

    Promises of arms are left out: they teach when the arms come or fail to, not when they are made.
    """
    requests, answers = events(found, EventKind.REQUEST), events(found, EventKind.ANSWER)
    last = {(r["trial"], r["month"], r["actor"]): r["channel"] for r in requests}
    firsts = dict[tuple[int, int, int], int]()
    for r in requests:
        firsts[r["trial"], r["month"], r["actor"]] = 1 + firsts.get(
            (r["trial"], r["month"], r["actor"]), 0
        )
    keys = [(a["trial"], a["month"], a["other"]) for a in answers]
    own = np.array([last.get(k) == channel and firsts[k] == 1 for k in keys], dtype=bool)
    chosen = answers[own & (answers["answer"] != MATERIEL)]
    gap = help_given(found, chosen) - chosen["value"]
    step = np.zeros(chosen.size)
    for i, code in enumerate(found.members):
        theirs = chosen["other"] == i
        step[theirs] = steps(followed(found, series, code), chosen[theirs])
    return gap, step


def help_given(found: Ensemble, answers: NDArray[Any]) -> NDArray[np.float64]:
    """Help of each answer under its trial's parameters, from 0 to 1."""
    helps = np.zeros(answers.size)
    for code, name in enumerate(HELP):
        theirs = answers["answer"] == code
        if code == TROOPS:
            helps[theirs] = 1.0
        elif name in found.quantity_names:
            helps[theirs] = drawn(found, name)[answers["trial"][theirs]]
        elif name:
            known = registry.load(cases.load("csto")).get(name)
            helps[theirs] = known.triple(found.evidence_set).mode if known else math.nan
    return helps


def helped(runs: Runs) -> Figures:
    """P24: Kazakhstan after January 2022, by whether troops came."""
    found = runs["history-2021"]
    month, place = month_of(found, "2022-01"), found.members.index("KAZ")
    answers = events(found, EventKind.ANSWER)
    troops = answers[
        (answers["answer"] == TROOPS) & (answers["other"] == place) & (answers["month"] == month)
    ]
    change = steps(followed(found, "trust_patron", "KAZ"), troops)
    got = of_member(found, "best_answer", "KAZ") == TROOPS
    loyalty = of_member(found, "loyalty_end", "KAZ")
    return {
        "change of trust with troops": mean(change),
        "loyalty with troops less loyalty without": mean(loyalty[got]).less(mean(loyalty[~got])),
    }


def hope(runs: Runs) -> Figures:
    """P27: requests an incident where members expect help and where they expect none."""

    def asked(name: str) -> Figure:
        counts = runs[name].request_counts
        return share(float(counts[:, :, NO_CHANNEL + 1 :].sum()), float(counts.sum()))

    return {"requests an incident with hope less without": asked("hopeful").less(asked("hopeless"))}

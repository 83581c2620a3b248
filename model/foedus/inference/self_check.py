"""Whether the inference finds what it should: simulation-based calibration.

Parameters are drawn from the prior, the model plays history with them, and what it did is put in
the place of the record. If the inference is right, the true value of each parameter is as likely to
lie at any rank among its posterior draws as at any other (T-talts2018). A posterior that is too
sure of itself piles ranks up at both ends, one that is too wide in the middle.

Some stretches stand for all, to save work: `History.self_check` names them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    BLOC,
    BY_LAPSE,
    CONDEMNATION,
    NOT_YET,
    EventKind,
    Purpose,
)
from foedus.files.atomic import write_whole
from foedus.inference import record, targets
from foedus.inference import record_filter as rf
from foedus.inference.likelihood import RecordLikelihood, seed_of
from foedus.inference.prior import Prior
from foedus.inference.sampling import walk
from foedus.simulation.compiled import cache
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.tape import luck

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.inference.record import Stretch
    from foedus.simulation.outcome import Ensemble

STEPS_UP: Final = {
    EventKind.FREEZE: Purpose.FREEZE,
    EventKind.UNFREEZE: Purpose.UNFREEZE,
    EventKind.NOTICE: Purpose.NOTICE,
    EventKind.NOTICE_WITHDRAWN: Purpose.NOTICE_WITHDRAWAL,
    EventKind.RETURN: Purpose.RETURN,
}
"""Events that record a step on the ladder, and the decision behind each; all are a yes."""

"""Code of an exit by a renewal let pass."""


@dataclass(frozen=True)
class Effort:
    """How much work the check does.

    Attributes:
        particles: Particles of the filters.
        walkers: Walkers.
        steps: Steps of each walk.
        kept: Steps, from the last one back, whose places count as draws; every fifth of them.
    """

    particles: int = 8
    walkers: int = 24
    steps: int = 60
    kept: int = 30


def played_record(one: Stretch, ensemble: Ensemble, trial: int, seed: int) -> Stretch:
    """A stretch whose rows say what a trial did instead of what is on record."""
    events = ensemble.events[ensemble.events["trial"] == trial]
    made = [*_decisions(one, events), *_readings(one, ensemble.sample[trial], seed)]
    made.sort(key=lambda row: (row["month"], row["phase"]))
    rows = np.zeros(len(made), dtype=rf.ROW_TYPE)
    for place, row in enumerate(made):
        rows[place]["counted"] = 1
        for name in row.keys() - {"phase"}:
            rows[place][name] = row[name]
        if row["kind"] >= rf.READING:
            rows[place]["other"] = place
    return replace(one, rows=rows, targets=(None,) * len(rows))


def _decisions(one: Stretch, events: NDArray[Any]) -> Iterator[dict[str, Any]]:
    """What the trial decided, as far as a record would have noted it."""
    scenario = one.setup.scenario
    members, patron = [luck(code) for code in scenario.members], luck(scenario.roster.patron)
    threats = [luck(name) for name in scenario.threats]
    asked: set[tuple[int, int]] = set()
    for event in events:
        kind, month, actor = EventKind(event["kind"]), int(event["month"]), int(event["actor"])
        row: dict[str, Any] = {"kind": rf.DECISION, "month": month, "member": max(0, actor)}
        if kind in {EventKind.REQUEST, EventKind.NO_REQUEST}:
            threat = threats[event["threat"]]
            outcome = 2 if kind == EventKind.NO_REQUEST else int(event["channel"] != BLOC)
            row |= {"actor": members[actor], "other": threat}
            if (month, actor) in asked:
                yield row | _yes(Purpose.TURN_TO_PATRON, phase=1)
            else:
                row |= {"purpose": Purpose.REQUEST, "allowed": 1 << outcome, "outcomes": 3}
                yield row | {"phase": 0}
            asked.add((month, actor))
        elif kind == EventKind.ANSWER:
            row |= {"actor": patron, "other": members[event["other"]], "purpose": Purpose.ANSWER}
            yield row | {"allowed": 1 << int(event["answer"]), "outcomes": 6, "phase": 2}
        elif kind in STEPS_UP:
            yield row | {"actor": members[actor], "other": 0} | _yes(STEPS_UP[kind], phase=4)
        elif kind == EventKind.EXIT and event["ending"] == BY_LAPSE:
            yield row | {"actor": members[actor], "other": 0} | _yes(Purpose.RENEWAL, phase=4)
        elif kind == EventKind.ROLL_CALL and event["text"] == CONDEMNATION:
            text = int(one.setup.world[0]["roll_calls"][0]["luck"])
            row |= {"kind": rf.ROLL_CALL, "purpose": Purpose.ROLL_CALL, "column": CONDEMNATION}
            row |= {"actor": members[actor], "other": text, "outcomes": 3, "phase": 5}
            yield row | {"allowed": 1 << int(event["ballot"])}
    yield from _acts(one, events)


def _yes(purpose: Purpose, phase: int) -> dict[str, Any]:
    return {"purpose": purpose, "allowed": 0b01, "outcomes": 2, "phase": phase}


def _acts(one: Stretch, events: NDArray[Any]) -> Iterator[dict[str, Any]]:
    """Acts and cancelled drills that the true record notes too, if the trial came to them."""
    calendar = one.setup.world[0]["calendar"]
    acts = events[events["kind"] == EventKind.ACT]
    cancelled = events[events["kind"] == EventKind.DRILL_CANCELLED]
    for row in one.rows:
        given = {name: row[name].item() for name in rf.ROW_TYPE.names or ()} | {"phase": 3}
        here = (acts["month"] == row["month"]) & (acts["actor"] == row["member"])
        if row["purpose"] == Purpose.ACT:
            entry = calendar[calendar["luck"] == row["other"]][0]
            same = (acts["act"] == entry["act"]) & (acts["threat"] == entry["focus"])
            entries = acts[here & same & (acts["chance"] < 1.0)]
            if entries.size:
                complied = entries[0]["complied"] == 1
                yield given | {"allowed": 0b01 if complied else 0b10}
        elif row["purpose"] == Purpose.DRILL_CANCELLED:
            hosted = here & (acts["act"] == ACT_NAMES.index("host_drill"))
            off = (cancelled["month"] == row["month"]) & (cancelled["actor"] == row["member"])
            if off.any() or (hosted & (acts["chance"] < 1.0)).any():
                yield given | {"allowed": 0b01 if off.any() else 0b10, "phase": 2.5}


def _readings(one: Stretch, series: NDArray[np.float64], seed: int) -> Iterator[dict[str, Any]]:
    """Levels of participation, read with the error that the likelihood assumes."""
    errors = np.random.default_rng(seed).normal(size=one.rows.size)
    for row, error in zip(one.rows[one.rows["kind"] == rf.READING], errors, strict=False):
        level = series[row["month"], row["column"]] + row["error"] * error
        given = {name: row[name].item() for name in ("month", "kind", "member", "column", "error")}
        yield given | {"value": level, "since": NOT_YET, "phase": 6}


def self_check(
    case: Case,
    names: Sequence[str],
    working: Path,
    *,
    replicates: int,
    seed: int,
    threads: int,
    effort: Effort | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Ranks of true values among posterior draws, replicate by replicate; goes on where it stopped.

    Args:
        case: Whose history is played.
        names: Parameters to infer.
        working: Folder for what is done.
        replicates: Number of synthetic records.
        seed: Seed of everything.
        threads: Threads to use.
        effort: How much work each takes.
        progress: Called with the number of replicates done.
    """
    effort = effort or Effort()
    same = json.dumps([cache.digest(), list(names), seed, asdict(effort)])
    working = working / sha256(same.encode()).hexdigest()[:12]
    working.mkdir(parents=True, exist_ok=True)
    base = record.stretches(case, targets.load(case), upto="fit")
    chosen = [base[case.history.stretches.index(name)] for name in case.history.self_check]
    played = [
        run_ensemble(one.setup, trials=2 * replicates, seed=seed, sample=2 * replicates)
        for one in chosen
    ]
    prior = Prior.of(names, case)
    truths = prior.draw(seed, replicates)
    ranks = []
    for number in range(replicates):
        path = working / f"ranks-{number:03d}.json"
        if not path.is_file():
            stretches = [
                played_record(one, each, 2 * number, seed_of(seed, f"readings {number}"))
                for one, each in zip(chosen, played, strict=True)
            ]
            draws = _infer(names, stretches, prior, working, effort, number, seed, threads)
            write_whole(path, json.dumps((draws < truths[number]).mean(axis=0).tolist()))
        ranks.append(json.loads(path.read_text(encoding="utf-8")))
        if progress is not None:
            progress(number + 1)
    return summarise(names, np.array(ranks))


def _infer(
    names: Sequence[str],
    stretches: Sequence[Stretch],
    prior: Prior,
    working: Path,
    effort: Effort,
    number: int,
    seed: int,
    threads: int,
) -> NDArray[np.float64]:
    checkpoint = working / f"walk-{number:03d}.npz"
    likelihood = RecordLikelihood(names, stretches, particles=effort.particles, threads=threads)
    chain = walk(
        likelihood,
        prior,
        walkers=effort.walkers,
        steps=effort.steps,
        seed=seed_of(seed, f"replicate {number}"),
        checkpoint=checkpoint,
        inputs=f"replicate {number}",
    )
    checkpoint.unlink()
    kept = chain.places[effort.steps - effort.kept + 1 :: 5]
    return kept.reshape(-1, len(prior.names))


BINS: Final = 5
BAND: Final = 0.99
"""The counts of an honest inference lie inside the bands with about this probability each."""


def summarise(names: Sequence[str], ranks: NDArray[np.float64]) -> dict[str, Any]:
    """Histograms of ranks with their bands, and how often intervals hold the truth.

    Args:
        names: Parameters.
        ranks: Shares of posterior draws below the truth; shape ``(replicate, parameter)``.
    """
    from scipy.stats import binom

    replicates = len(ranks)
    low = int(binom.ppf((1.0 - BAND) / 2.0, replicates, 1.0 / BINS))
    high = int(binom.ppf(1.0 - (1.0 - BAND) / 2.0, replicates, 1.0 / BINS))
    rows = []
    for q, name in enumerate(names):
        counts = np.histogram(ranks[:, q], bins=BINS, range=(0.0, 1.0))[0]
        middle = np.abs(ranks[:, q] - 0.5)
        rows.append(
            {
                "name": name,
                "counts": counts.tolist(),
                "inside_bands": bool(((counts >= low) & (counts <= high)).all()),
                "coverage_50": round(float((middle <= 0.25).mean()), 3),
                "coverage_90": round(float((middle <= 0.45).mean()), 3),
            }
        )
    return {"replicates": replicates, "bins": BINS, "band": [low, high], "parameters": rows}

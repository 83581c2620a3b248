"""Made-up runs for the pattern battery: all at rest, until a test says what happened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from foedus.dictionary.events import DETAILS
from foedus.dictionary.recording import BLOC_SERIES, COMPONENTS, MEMBER_SERIES
from foedus.dictionary.vocabulary import ACTIVE, OUT, EventKind
from foedus.scenarios.language.months import after
from foedus.simulation.compiled.worker import EVENT_TYPE, outcome_type
from foedus.simulation.outcome import Series

MEMBERS: Final = ("ARM", "BLR", "KAZ", "KGZ", "TJK", "UZB")
KINDS: Final = {
    "afghan-raids": "militants",
    "azerbaijan": "external",
    "border": "intra",
    "unrest": "domestic",
}
TRIALS: Final = 40


def made(start: str = "2026-11", horizon: int = 60, trials: int = TRIALS) -> Any:
    """A run in which nothing happens: five members active, one state outside."""
    outcomes = np.zeros(trials, dtype=outcome_type(len(MEMBERS)))
    for name in ("exit", "first_freeze", "first_return", "first_notice", "first_lapse"):
        outcomes[name] = -1
    outcomes["best_answer"] = -1
    status = np.full((trials, len(MEMBERS)), ACTIVE)
    status[:, -1] = OUT
    outcomes["status"] = status
    counts = np.zeros((horizon + 1, len(MEMBERS), 3), dtype=np.int64)
    counts[:, :-1, ACTIVE] = trials
    counts[:, -1, OUT] = trials
    series = [Series(name) for name in BLOC_SERIES]
    series += [Series(name, code) for code in MEMBERS for name in MEMBER_SERIES]
    threats = [SimpleNamespace(name=name, kind=kind) for name, kind in KINDS.items()]
    file = SimpleNamespace(threats=threats)
    return SimpleNamespace(
        scenario=SimpleNamespace(alliance=SimpleNamespace(file=file)),
        trials=trials,
        members=MEMBERS,
        threats=tuple(KINDS),
        evidence_set="record",
        dates=tuple(after(start, month) for month in range(horizon + 1)),
        series=tuple(series),
        outcomes=outcomes,
        status_counts=counts,
        request_counts=np.zeros((len(MEMBERS), len(KINDS), 3, 6), dtype=np.int64),
        milestones=np.zeros((trials, 4, 1 + len(COMPONENTS))),
        milestone_months=(0, 12, 36, 60),
        sample=np.full((trials, horizon + 1, len(series)), 0.5),
        events=np.zeros(0, dtype=EVENT_TYPE),
        quantity_names=("arms_dependence[ARM]", "arms_dependence[BLR]"),
        quantities=np.full((trials // 2, 2), 0.9),
    )


def member(code: str) -> int:
    return MEMBERS.index(code)


def series(run: Any, name: str, code: str | None = None) -> Any:
    """A followed series, to be written to; shape ``(trial, month + 1)``."""
    place = [(each.name, each.member) for each in run.series].index((name, code))
    return run.sample[:, :, place]


def happened(run: Any, kind: EventKind, trials: Any = None, **fields: Any) -> None:
    """Add one event to each of some trials, or to all."""
    where = range(run.trials) if trials is None else trials
    rows = np.zeros(len(where), dtype=EVENT_TYPE)
    rows["kind"], rows["trial"] = kind.value, list(where)
    for name in ("actor", "other", "threat", *(detail.name for detail in DETAILS)):
        rows[name] = -1
    for name, value in fields.items():
        rows[name] = value
    run.events = np.concatenate([run.events, rows])

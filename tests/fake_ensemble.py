"""A made-up ensemble of the right shape, for tests of what comes after the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import ACT_NAMES, EventKind
from foedus.scenarios.language.quantities import COMPONENTS
from foedus.scenarios.language.roster import Roster
from foedus.simulation.outcome import BINS, Ensemble, Series

MEMBERS = {
    "ARM": "Armenia",
    "BLR": "Belarus",
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan",
    "TJK": "Tajikistan",
}
PARTNERS = {
    "CHN": "China",
    "TUR": "Türkiye",
    "IRN": "Iran",
    "USA": "United States",
    "EUR": "European Union",
}
THREATS = {
    "afghan-raids": ("Militant raids from Afghanistan", "militants"),
    "afghan-attack": ("Attack from Afghanistan", "external"),
    "azerbaijan": ("Azerbaijan against Armenia", "external"),
    "kyrgyz-tajik-border": ("Kyrgyz-Tajik border clashes", "intra"),
    "refugees": ("Refugees and narcotics", "pressure"),
    "unrest": ("Domestic unrest", "domestic"),
}
ROSTER = Roster("RUS", tuple(MEMBERS), (), tuple(PARTNERS), tuple(THREATS))
ALLIANCE_SERIES = ("cohesion", *COMPONENTS, "frustration", "capacity")
MEMBER_SERIES = ("engagement", "participation", "trust_bloc", "trust_patron")
STATUS_AT_START = np.array([1, 2, 2, 2, 2])
EVENT_DTYPE = [
    ("trial", "i4"),
    ("month", "i4"),
    ("kind", "i4"),
    ("actor", "i4"),
    ("other", "i4"),
    ("threat", "i4"),
    ("code", "i4"),
    ("value", "f8"),
    ("chance", "f8"),
]


@dataclass(frozen=True)
class Actor:
    code: str
    title: str


@dataclass(frozen=True)
class FakeThreat:
    name: str
    title: str
    kind: str


@dataclass(frozen=True)
class FakeShock:
    name: str
    date: str
    on: str
    size: float


@dataclass(frozen=True)
class FakeFile:
    drivers: dict[str, dict[str, float]] = field(
        default_factory=lambda: {"war": {"2026-11": 1.0, "2030-02": 1.0, "2030-03": 0.0}}
    )
    shocks: tuple[FakeShock, ...] = (
        FakeShock("taliban-lose-the-north", "2028-05", "threat.afghan-raids", 3.0),
    )


@dataclass(frozen=True)
class FakeQuestion:
    id: str
    text: str
    end: int = 60


@dataclass(frozen=True)
class FakeAlliance:
    name: str = "csto"
    title: str = "Collective Security Treaty Organization"
    patron: Actor = Actor("RUS", "Russia")
    members: tuple[Actor, ...] = tuple(Actor(*one) for one in MEMBERS.items())
    partners: tuple[Actor, ...] = tuple(Actor(*one) for one in PARTNERS.items())
    threats: tuple[FakeThreat, ...] = tuple(
        FakeThreat(name, *rest) for name, rest in THREATS.items()
    )


@dataclass(frozen=True)
class FakeScenario:
    name: str = "war-until-2030"
    title: str = "The war lasts until 2030 and the south stays restless"
    start: str = "2026-11"
    horizon: int = 60
    alliance: FakeAlliance = field(default_factory=FakeAlliance)
    roster: Roster = ROSTER
    driver_shocks: tuple[()] = ()
    triggers: tuple[()] = ()
    questions: tuple[FakeQuestion, ...] = (
        FakeQuestion("armenia-out", "Armenia has formally left by the end of 2027."),
        FakeQuestion("troops-sent", "The bloc sends troops to a member before November 2031."),
        FakeQuestion("cohesion-below-a-third", "Cohesion is below 0.33 in November 2031."),
        FakeQuestion("all-gone", "No member but the patron is active in November 2031."),
    )

    @property
    def scenario(self) -> FakeFile:
        return FakeFile()

    def month_of(self, date: str) -> int:
        return _count(date) - _count(self.start)

    def digest(self) -> str:
        return sha256(self.to_yaml().encode()).hexdigest()

    def to_yaml(self) -> str:
        return f"name: {self.name}\ntitle: {self.title}\nhorizon: {self.horizon}\n"


def fake_ensemble(trials: int = 2000, seed: int = 1, horizon: int = 60) -> Ensemble:
    """Random walks with the shapes, ranges and pairings of a real ensemble."""
    random = np.random.default_rng(seed)
    sets = (trials + 1) // 2
    months, members = horizon + 1, len(MEMBERS)
    series = tuple(Series(name) for name in ALLIANCE_SERIES) + tuple(
        Series(name, code) for code in MEMBERS for name in MEMBER_SERIES
    )
    quantities = random.uniform(0.0, 1.0, (sets, 12))
    drift = np.repeat(quantities[:, :1] - 0.6, 2, axis=0)[:trials] * 0.25
    values = _walks(random, (trials, months, len(series)), drift)
    status = _statuses(random, trials, months)
    values[:, :, 5] = status.mean(axis=2) / 2.0 * 0.9 + 0.05
    values[:, :, 0] = values[:, :, 1:6].mean(axis=2)
    milestone_months = (*(month for month in (0, 12, 36, 60) if month < horizon), horizon)
    sample = min(trials, 100)
    return Ensemble(
        scenario=cast(Any, FakeScenario(horizon=horizon)),
        seed=seed,
        trials=trials,
        evidence_set="record",
        members=tuple(MEMBERS),
        partners=tuple(PARTNERS),
        threats=tuple(THREATS),
        dates=_dates("2026-11", months),
        series=series,
        histograms=_histograms(values),
        alignment=_alignment(random, months),
        status_counts=_status_counts(status),
        request_counts=_request_counts(random, trials),
        outcomes=_outcomes(random, values, status, series),
        milestones=values[:, list(milestone_months), :6].copy(),
        milestone_months=milestone_months,
        questions=np.column_stack(
            [
                status[:, -1, 0] == 0,
                random.random(trials) < 0.04,
                values[:, -1, 0] < 0.33,
                np.zeros(trials, bool),
            ]
        ),
        sample=values[:sample].copy(),
        events=_events(random, sample, months, members),
        quantity_names=tuple(f"trust_patron[{code}]" for code in MEMBERS)
        + tuple(f"parameter_{n}" for n in range(7)),
        quantities=quantities,
        timings={"compile": 0.4, "trials": 1.2},
    )


def _count(date: str) -> int:
    return int(date[:4]) * 12 + int(date[5:]) - 1


def _dates(start: str, months: int) -> tuple[str, ...]:
    first = _count(start)
    return tuple(f"{(first + m) // 12}-{(first + m) % 12 + 1:02d}" for m in range(months))


def _walks(
    random: np.random.Generator, shape: tuple[int, int, int], drift: NDArray[np.float64]
) -> NDArray[np.float64]:
    start = random.uniform(0.35, 0.75, shape[2])
    steps = random.normal(0.0, 0.02, shape)
    steps[:, 0] = 0.0
    time = np.linspace(0.0, 1.0, shape[1])[None, :, None]
    return np.clip(start + np.cumsum(steps, axis=1) + drift[:, None, :] * time, 0.01, 0.99)


def _statuses(random: np.random.Generator, trials: int, months: int) -> NDArray[np.int64]:
    rates = np.array([0.006, 0.0004, 0.001, 0.0025, 0.002])
    status = np.empty((trials, months, len(MEMBERS)), np.int64)
    status[:, 0] = STATUS_AT_START
    for month in range(1, months):
        before = status[:, month - 1]
        luck = random.random(before.shape)
        down = (luck < rates) & (before > 0)
        back = (luck > 0.995) & (before == 1)
        status[:, month] = before - down + back
    return status


def _histograms(values: NDArray[np.float64]) -> NDArray[np.int32]:
    months, series = values.shape[1:]
    bins = np.minimum((values * BINS).astype(int), BINS - 1)
    found = np.zeros((months, series, BINS), np.int32)
    for month in range(months):
        for one in range(series):
            found[month, one] = np.bincount(bins[:, month, one], minlength=BINS)
    return found


def _alignment(random: np.random.Generator, months: int) -> NDArray[np.float64]:
    start = random.dirichlet(np.array([2.0, 1.0, 0.5, 0.6, 0.8, 7.0, 3.0]), len(MEMBERS))
    end = random.dirichlet(np.array([3.0, 1.0, 0.5, 0.6, 1.5, 4.0, 3.0]), len(MEMBERS))
    time = np.linspace(0.0, 1.0, months)[:, None, None]
    return np.asarray(start * (1.0 - time) + end * time)


def _status_counts(status: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([(status == code).sum(axis=0) for code in range(3)], axis=-1)


def _request_counts(random: np.random.Generator, trials: int) -> NDArray[np.int64]:
    found = np.zeros((len(MEMBERS), len(THREATS), 3, 6), np.int64)
    struck = random.gamma(1.0, 0.4, (len(MEMBERS), len(THREATS)))
    shape = np.array([3.0, 2.0, 1.0, 1.0, 0.6, 0.2])
    found[:, :, 1] = (struck[..., None] * shape * 0.08 * trials).astype(int)
    found[:, :, 2] = (struck[..., None] * shape * 0.05 * trials).astype(int)
    found[:, 3, 2, 3:] = 0
    found[:, :, 0, 0] = (struck * 0.8 * trials).astype(int)
    return found


def _first(happened: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(happened.any(axis=1), happened.argmax(axis=1), -1)


def _outcomes(
    random: np.random.Generator,
    values: NDArray[np.float64],
    status: NDArray[np.int64],
    series: tuple[Series, ...],
) -> NDArray[Any]:
    trials, _, members = status.shape
    whole = [(name, "i4", (members,)) for name in ("status", "first_freeze", "exit")]
    levels = ("participation_start", "participation_end", "engagement_end")
    others = (
        "trust_bloc_end",
        "trust_patron_end",
        "arms_dependence_end",
        "loyalty_end",
        "fear_end",
    )
    counts = ("deployments", "force_between_members", "expulsions", "requests_bloc")
    dtype: list[Any] = [
        ("cohesion_start", "f8"),
        ("cohesion_end", "f8"),
        *whole,
        ("first_return", "i4", (members,)),
        *((name, "f8", (members,)) for name in (*levels, *others)),
        *((name, "i4") for name in (*counts, "requests_bilateral", "unasked")),
        ("best_answer", "i4", (members,)),
        ("first_lapse", "i4", (members, len(ACT_NAMES))),
    ]
    found = np.zeros(trials, dtype)
    found["cohesion_start"], found["cohesion_end"] = values[:, 0, 0], values[:, -1, 0]
    found["status"] = status[:, -1]
    change = np.diff(status, axis=1, prepend=status[:, :1])
    found["first_freeze"] = _first((change < 0) & (status == 1))
    found["exit"] = _first((change < 0) & (status == 0))
    found["first_return"] = _first((change > 0) & (status == 1) & (change == status))
    places = {(one.name, one.member): n for n, one in enumerate(series)}
    for name, month in (("participation_start", 0), ("participation_end", -1)):
        columns = [places["participation", code] for code in MEMBERS]
        found[name] = values[:, month][:, columns]
    found["engagement_end"] = values[:, -1][:, [places["engagement", code] for code in MEMBERS]]
    for name in ("trust_bloc", "trust_patron"):
        found[f"{name}_end"] = values[:, -1][:, [places[name, code] for code in MEMBERS]]
    for name in others[2:]:
        found[name] = random.random((trials, members))
    found["deployments"] = random.poisson(0.05, trials)
    found["requests_bloc"] = random.poisson(2.0, trials)
    found["requests_bilateral"] = random.poisson(3.0, trials)
    found["unasked"] = random.poisson(6.0, trials)
    found["best_answer"] = random.integers(-1, 6, (trials, members))
    found["first_lapse"] = random.integers(-1, 60, (trials, members, len(ACT_NAMES)))
    return found


def _events(random: np.random.Generator, sample: int, months: int, members: int) -> NDArray[Any]:
    rows = []
    for trial in range(sample):
        for month in sorted(random.integers(1, months, 6).tolist()):
            struck, threat = int(random.integers(members)), int(random.integers(len(THREATS)))
            other = (struck + 1) % members
            rows += [
                (trial, month, EventKind.INCIDENT, struck, -1, threat, 0, random.random(), 0.1),
                (trial, month, EventKind.REQUEST, struck, -1, threat, 2, 0.4, 0.3),
                (trial, month, EventKind.COUNCIL_VOTE, other, struck, threat, 2, 0.0, 0.7),
                (trial, month, EventKind.ANSWER, members, struck, threat, 1, 0.2, 0.5),
            ]
    return np.array(rows, EVENT_DTYPE)

"""Is the start at rest? What moves where nothing happens is an artefact, unless it has a name.

A world is held still: drivers stay at their values of the start, and there are no incidents and
no shocks. Whatever may then still move is a *mover* with a name. With all movers off
nothing may move (`drift_without_chance`), and with chance back no mean may (`Means.drift`); what
each mover does by itself is told with its size (`Start.by_mover`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foedus.errors import FoedusError
from foedus.scenarios.loading import with_settings
from foedus.simulation.ensemble import check_size, run_ensemble
from foedus.simulation.loading import load_setup
from foedus.simulation.world import PARAMETER_WORDS, Joint
from foedus.telling.program import compile_first, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from foedus.cases import Case
    from foedus.simulation.world import Setup
    from foedus.validation.study import Asked

MONTHS: Final = 60
WITHOUT_CHANCE: Final = 0.002
OF_MEANS: Final = 0.01
"""The most that anything may move in five years."""

SETS: Final = 2
"""Parameter sets of which states are followed without chance; the first is that of all modes."""

SCHEDULED: Final = (
    *("shocks", "changes", "triggers", "decisions", "alterations", "questions", "renewals"),
)
"""What a scenario or a charter has happen at a date."""

COUNTERS: Final = ("war_years", "months_out", "months_frozen", "trust_evidence")
"""Fields that count up or are no state of their own."""

NEVER: Final = 1e-12
"""A hazard that never comes true; its logarithm is taken."""


class Mover(NamedTuple):
    """A mechanism that moves a world in which nothing happens.

    Attributes:
        name: What it does.
        parameters: Parameters that are nought, or next to it, where it is off.
        switches: Mechanisms of the world that are on where it is off.
        lists: Lists of the world that are empty where it is off.
    """

    name: str
    parameters: dict[str, float]
    switches: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


MOVERS: Final = (
    Mover(
        "members freeze, thaw, leave and come back",
        dict.fromkeys(("freeze_rate", "exit_rate", "return_rate"), NEVER),
    ),
    Mover("the patron offers terms or presses", {}, ("passive_patron",)),
    Mover("partners sign pacts", {}, ("passive_partners",)),
    Mover("dependence on the patron's arms only falls", {"arms_diversification": 0.0}),
    Mover("grievance fades", {"grievance_fading": 0.0}),
    Mover(
        "years of war wear the patron out, and rest restores it",
        {"fatigue": 0.0, "recovery_speed": 0.0},
    ),
    Mover("offers grow with every year of war", {"offer_growth_war": 0.0}),
    Mover("votes at the UN settle loyalty", {}, lists=("roll_calls",)),
)

CHANCE: Final = {"threat_volatility": 0.0, "exercise_bond": 0.0}
"""Off where there is no chance. Without drills ties have nothing to gain from them."""


@dataclass(frozen=True)
class Start:
    """What moves from one start.

    Attributes:
        date: Of the start.
        without_chance: Of all states and measures, where there is no chance.
        of_means: Of the means of all measures, where there is.
        by_mover: Of the means, by each mover alone, against a world without it.
    """

    date: str
    without_chance: Drift
    of_means: Drift
    by_mover: tuple[tuple[Mover, Drift], ...]

    @property
    def at_rest(self) -> bool:
        """Whether nothing moves further than it may."""
        return self.without_chance.size <= WITHOUT_CHANCE and self.of_means.size <= OF_MEANS


class Drift(NamedTuple):
    """The greatest move of anything that was followed.

    Attributes:
        what: What moved most.
        size: How far it went from its start, at most.
    """

    what: str
    size: float


def check(case: Case, asked: Asked) -> tuple[Start, ...]:
    """Hold every start of a case still, and see what moves.

    Raises:
        FoedusError: Something else is asked for at the same time.
    """
    for name in ("patterns_only", "rivals", "keep"):
        if getattr(asked, name):
            raise FoedusError(f"--rest: cannot go with --{name.replace('_', '-')}")
    trials, seed = asked.all_trials, asked.seed
    check_size(trials, seed)
    compile_first()
    found = []
    for date, scenario in starts(case):
        say(f"holding {date} still ...")
        setup = load_setup(scenario, asked.parameters, case=case)
        calm = means_with_chance(setup, trials=trials, seed=seed)
        by_mover = tuple(
            (mover, means_with_chance(setup, [mover], trials=trials, seed=seed).drift_from(calm))
            for mover in MOVERS
        )
        silent = drift_without_chance(setup, seed=seed)
        found.append(Start(date, silent, calm.drift(), by_mover))
    return tuple(found)


def starts(case: Case) -> Iterator[tuple[str, str | Path]]:
    """Every date at which a scenario or probe of a case starts, with the first that does."""
    known: dict[str, str | Path] = {}
    probes = sorted(case.path("probes").glob("*.yaml"))
    stretches = [case.scenario(name) for name in case.history.stretches]
    for scenario in (*stretches, *case.scenarios(), *probes):
        known.setdefault(with_settings(scenario, None, case).start, scenario)
    return iter(sorted(known.items()))


def still(setup: Setup, moving: Collection[Mover] = (), *, chance: bool = False) -> Setup:
    """A scenario held still for five years.

    Args:
        setup: The scenario.
        moving: Movers that are left on.
        chance: Whether threats fluctuate and acts of membership fall due.
    """
    world = setup.world.copy()
    for name in SCHEDULED:
        world[f"n_{name}"] = 0
    world["incidents_recorded"] = 1
    fixed = {} if chance else dict(CHANCE)
    for mover in MOVERS:
        if mover not in moving:
            fixed |= mover.parameters
            for switch in mover.switches:
                world[switch] = 1
            for name in mover.lists:
                world[f"n_{name}"] = 0
    if not chance:
        world["calendar"]["month"] = 0
    paths = np.repeat(setup.paths[:1], MONTHS + 1, axis=0)
    return replace(held_at(setup, fixed), world=world, paths=paths)


def held_at(setup: Setup, fixed: dict[str, float]) -> Setup:
    """A scenario some of whose parameters have the given values, whatever was to be drawn."""
    parameters = setup.parameters.copy()
    for name, value in fixed.items():
        parameters[name] = value
    kept = [
        place
        for place, each in enumerate(setup.uncertain)
        if each.word > PARAMETER_WORDS or each.name not in fixed
    ]
    joint = setup.joint
    if joint is not None:
        left = [n for n, column in enumerate(joint.columns) if column in kept]
        joint = Joint([kept.index(joint.columns[n]) for n in left], joint.draws[:, left])
    uncertain = tuple(setup.uncertain[place] for place in kept)
    return replace(setup, parameters=parameters, uncertain=uncertain, joint=joint)


def drift_without_chance(setup: Setup, moving: Collection[Mover] = (), *, seed: int = 1) -> Drift:
    """How far any state or measure goes in five years, over a few parameter sets."""
    quiet = still(setup, moving)
    modes = replace(quiet, uncertain=(), joint=None)
    sets = [modes, *[quiet] * (SETS - 1)]
    drifts = [furthest(each, seed, 2 * number) for number, each in enumerate(sets)]
    return max(drifts, key=lambda drift: drift.size)


def furthest(setup: Setup, seed: int, trial: int) -> Drift:
    """The greatest move of any state in one trial."""
    months = play(setup, seed=seed, trial=trial)
    at_first = next(months)
    moved = dict.fromkeys(at_first, 0.0)
    for now in months:
        for name, value in now.items():
            moved[name] = max(moved[name], abs(value - at_first[name]))
    most = max(moved, key=lambda name: moved[name])
    return Drift(most, moved[most])


def play(setup: Setup, *, seed: int, trial: int) -> Iterator[dict[str, float]]:
    """Every state of one trial, month by month."""
    from foedus.simulation.mesa.alliance_model import AllianceModel

    model = AllianceModel.from_setup(setup, seed=seed, trial=trial)
    yield dict(states(model))
    for _ in range(MONTHS):
        model.step()
        yield dict(states(model))


def states(model: Any) -> Iterator[tuple[str, float]]:
    """Every level and measure of a world, by name."""
    parties = [*model.members, *model.partners, *model.threats]
    for prefix, party in (
        ("", model),
        ("patron", model.patron),
        *((party.code, party) for party in parties),
    ):
        for name, value in vars(party).items():
            if name in COUNTERS or name.startswith("_"):
                continue
            many = value if isinstance(value, list) else [value]
            for place, each in enumerate(many):
                if isinstance(each, float):
                    label = f"{name} {place}" if isinstance(value, list) else name
                    yield f"{prefix} {label}".strip(), each


def means_with_chance(
    setup: Setup, moving: Collection[Mover] = (), *, trials: int, seed: int
) -> Means:
    """Means of all measures month by month with chance, but without incidents."""
    played = run_ensemble(still(setup, moving, chance=True), trials=trials, seed=seed, sample=0)
    names = tuple(f"{each.member or ''} {each.name}".strip() for each in played.series)
    return Means(names, played.means)


class Means(NamedTuple):
    """Means of all measures.

    Attributes:
        names: Of the measures.
        values: Shape ``(month + 1, measure)``.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def drift(self) -> Drift:
        """How far any goes from its start."""
        return self._furthest(self.values - self.values[0])

    def drift_from(self, other: Means) -> Drift:
        """How far any comes to lie from what it is in another world with the same luck."""
        return self._furthest(self.values - other.values)

    def _furthest(self, gaps: NDArray[np.float64]) -> Drift:
        sizes = np.abs(gaps).max(axis=0)
        most = int(sizes.argmax())
        return Drift(self.names[most], float(sizes[most]))

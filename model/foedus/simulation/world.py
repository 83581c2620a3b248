"""From a resolved scenario to the world that both engines start from.

The template holds every number at its mode. Uncertain ones are listed beside it, with the words of
memory that they fill, and are drawn anew for every parameter set.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foedus import cases
from foedus.dictionary.vocabulary import RITUALS, THREAT_KIND_NAMES
from foedus.errors import FoedusError
from foedus.notebook import card, short
from foedus.parameters import posterior
from foedus.parameters.names import is_posterior
from foedus.parameters.posterior import Posterior
from foedus.scenarios import driver_paths
from foedus.scenarios.language import months
from foedus.scenarios.language.quantities import CRISES, KINDS
from foedus.simulation import layout as laying
from foedus.simulation import memory_layout as records
from foedus.simulation.distributions import cut_normal, flat, triangular
from foedus.simulation.rule_book import SHIPPED, RuleBook
from foedus.simulation.tape import luck, quantity_uniforms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from foedus.cases import Case
    from foedus.parameters.registry import Registry
    from foedus.parameters.triple import Shape
    from foedus.scenarios.resolved import ResolvedScenario

PARAMETER_WORDS: Final = -2
"""Words at and below this number are those of the parameters, counted downwards."""

NO_WORD: Final = -1

JOINT: Final = "posterior draw"
"""Name on which the choice of a posterior draw rests."""


class Uncertain(NamedTuple):
    """A number to be drawn: its distribution and the one or two words that it fills.

    The shape is that of `parameters.triple`, with `sd` for a normal distribution.
    """

    name: str
    low: float
    mode: float
    high: float
    word: int
    twin: int
    shape: Shape = "triangular"
    sd: float = 0.0

    def drawn(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at some ranks, if it is not triangular."""
        if self.shape == "normal":
            return cut_normal(uniform, self.mode, self.sd, self.low, self.high)
        return flat(uniform, self.low, self.high)


class Joint(NamedTuple):
    """Posterior draws: places among the uncertain numbers, and values by draw and place."""

    columns: list[int]
    draws: NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Setup:
    """All that an engine needs to run a scenario.

    Attributes:
        scenario: The scenario.
        room: How much the records have room for.
        world: The template; record array of shape ``(1,)``.
        parameters: Parameters at their modes; record array of shape ``(1,)``.
        paths: Drivers by month; shape ``(month + 1, driver)``.
        uncertain: What is drawn for every parameter set.
        start_month: Month of the year of month 0, 1 to 12.
        evidence_set: The set of parameters, one of `parameters.names.PARAMETER_SETS`.
        joint: Draws that replace those of their parameters, row by row; None but for a posterior.
        rules: The rules that it is played with.
        case: Whose parameters they are.
    """

    scenario: ResolvedScenario
    room: records.Room
    world: NDArray[Any]
    parameters: NDArray[Any]
    paths: NDArray[np.float64]
    uncertain: tuple[Uncertain, ...]
    start_month: int
    evidence_set: str
    joint: Joint | None = None
    rules: RuleBook = SHIPPED
    case: Case = field(default_factory=cases.load)

    def __repr__(self) -> str:
        return short(
            f"<Setup of {short(self.scenario.name, 80)}: {self._size()}, "
            f"parameters {self.evidence_set}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        parameters = f"{len(self.uncertain)} uncertain numbers, parameters {self.evidence_set}."
        return card(self.scenario.title, [f"{self._size()}; {parameters}"])

    def _size(self) -> str:
        members, months = len(self.scenario.members), len(self.paths) - 1
        return f"{members} members, {months} months"

    def draw_quantities(self, seed: int, sets: NDArray[np.int64]) -> NDArray[np.float64]:
        """Values of the uncertain numbers in some parameter sets, by the inverse of each CDF.

        Args:
            seed: Seed of the run.
            sets: Numbers of the parameter sets.

        Returns:
            Shape ``(len(sets), len(uncertain))``.
        """
        if not self.uncertain:
            return np.zeros((len(sets), 0))
        uniform = quantity_uniforms(seed, sets, [each.name for each in self.uncertain])
        low, mode, high = np.array([each[1:4] for each in self.uncertain]).T
        values = triangular(uniform, low, mode, high)
        for place, each in enumerate(self.uncertain):
            if each.shape != "triangular":
                values[:, place] = each.drawn(uniform[:, place])
        if self.joint is not None:
            chosen = quantity_uniforms(seed, sets, [JOINT])[:, 0] * len(self.joint.draws)
            values[:, self.joint.columns] = self.joint.draws[chosen.astype(np.int64)]
        return values

    def fill(self, world: NDArray[Any], parameters: NDArray[Any], values: NDArray[Any]) -> None:
        """Write drawn values into copies of the templates, in place."""
        words, own = world.view("f8"), parameters.view("f8")
        for each, value in zip(self.uncertain, values, strict=True):
            if each.word <= PARAMETER_WORDS:
                own[PARAMETER_WORDS - each.word] = value
            else:
                words[each.word] = value
                if each.twin != NO_WORD:
                    words[each.twin] = value


def build(scenario: ResolvedScenario, registry: Registry, evidence_set: str = "record") -> Setup:
    """Lay out a scenario in memory.

    Raises:
        FoedusError: Two names would share their luck.
    """
    file = scenario.alliance.file
    room = records.Room.for_counts(_counts(scenario))
    world = np.zeros(1, dtype=records.world_type(room))
    parameters = np.zeros(1, dtype=records.PARAMETERS_TYPE)
    _check_luck(scenario)
    laying.lay_charter(world[0], scenario)
    laying.lay_parties(world[0], scenario)
    laying.lay_calendar(world[0], scenario)
    laying.lay_drivers(world[0], scenario)
    laying.lay_surprises(world[0], scenario)
    uncertain = [*_lay_quantities(world, scenario)]
    uncertain += _lay_parameters(parameters, scenario, registry, evidence_set)
    joint = None
    if is_posterior(evidence_set):
        learnt = posterior.load(evidence_set, registry.case)
        uncertain, joint = _learnt(uncertain, parameters, scenario, learnt)
    world[0]["patron"]["luck"] = luck(file.patron.code)
    return Setup(
        scenario=scenario,
        room=room,
        world=world,
        parameters=parameters,
        paths=np.ascontiguousarray(driver_paths.paths(scenario)),
        uncertain=tuple(uncertain),
        start_month=months.count(scenario.start) % 12 + 1,
        evidence_set=evidence_set,
        joint=joint,
        case=registry.case,
    )


def _counts(scenario: ResolvedScenario) -> dict[str, int]:
    file = scenario.alliance.file
    charter = scenario.scenario.charter
    return {
        "member": len(scenario.members),
        "threat": len(scenario.threats),
        "partner": len(scenario.partners),
        "calendar": len(file.calendar),
        "roll_call": len(file.votes),
        "driver": len(scenario.drivers),
        "shock": len(scenario.state_shocks),
        "change": len(scenario.changes),
        "trigger": len(scenario.triggers),
        "decision": len(scenario.decisions),
        "alteration": len(scenario.alterations),
        "question": len(scenario.questions),
        "renewal": len(charter.renewals or ()),
    }


def _check_luck(scenario: ResolvedScenario) -> None:
    """Refuse two actors whose names hash to the same address."""
    file = scenario.alliance.file
    names = [file.patron.code, *scenario.members, *scenario.threats, *scenario.partners]
    names += laying.entry_names(scenario)
    shared = Counter(luck(name) for name in names)
    twins = [name for name in names if shared[luck(name)] > 1]
    if twins:
        raise FoedusError(
            f"{scenario.alliance.name}: {' and '.join(twins)} would share their luck; "
            "rename one of them"
        )


def _lay_quantities(world: NDArray[Any], scenario: ResolvedScenario) -> Iterator[Uncertain]:
    """Put every number of the alliance in its place; yield those that are uncertain."""
    axes = {
        "member": scenario.members,
        "partner": scenario.partners,
        "threat": scenario.threats,
        "act": RITUALS,
        "crisis": CRISES,
    }
    words = world.view("f8")
    for kind in KINDS.values():
        for keys in _keys([axes[axis] for axis in kind.of]):
            if kind.symmetric and keys[0] >= keys[-1]:
                continue
            label = kind.label(keys)
            value = scenario.value(kind.name, *keys)
            places = [_place(world.dtype, kind.name, kind.of, keys, axes)]
            if kind.symmetric:
                places.append(_place(world.dtype, kind.name, kind.of, keys[::-1], axes))
            for place in places:
                words[place] = value.mode
            if value.low < value.high:
                twin = places[1] if len(places) > 1 else NO_WORD
                yield Uncertain(label, *value, places[0], twin, shape=value.shape, sd=value.sd)


def _keys(axes: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    if not axes:
        yield ()
        return
    for key in axes[0]:
        for rest in _keys(axes[1:]):
            yield (key, *rest)


LISTS: Final = {"member": "members", "threat": "threats", "partner": "partners"}
FIELDS: Final = {"offer": "offer_base"}


def _place(
    world: np.dtype[Any],
    name: str,
    of: tuple[str, ...],
    keys: tuple[str, ...],
    axes: dict[str, tuple[str, ...]],
) -> int:
    """Word of the world's memory that holds a number."""
    indices = [axes[axis].index(key) for axis, key in zip(of, keys, strict=True)]
    if of == ("crisis",):
        return _offset(world, name) + THREAT_KIND_NAMES.index(keys[0])
    if of == ("act",):
        return _offset(world, name) + indices[0]
    if not of:
        return _offset(world, "patron") + _offset(world["patron"], name)
    record = world[LISTS[of[0]]].base
    start = _offset(world, LISTS[of[0]]) + indices[0] * record.itemsize // records.WORD
    return start + _offset(record, FIELDS.get(name, name)) + (indices[1] if len(of) > 1 else 0)


def _offset(record: np.dtype[Any], name: str) -> int:
    fields = record.fields
    if fields is None:
        raise TypeError(name)
    return int(fields[name][1]) // records.WORD


def _lay_parameters(
    parameters: NDArray[Any], scenario: ResolvedScenario, registry: Registry, evidence_set: str
) -> Iterator[Uncertain]:
    """Put every parameter in its place; yield those that are uncertain."""
    overrides = scenario.scenario.parameters
    for parameter in registry.parameters:
        value = overrides.get(parameter.name) or parameter.triple(evidence_set)
        parameters[parameter.name] = value.mode
        if value.low < value.high:
            place = _offset(parameters.dtype, parameter.name)
            yield Uncertain(
                parameter.name,
                value.low,
                value.mode,
                value.high,
                word=PARAMETER_WORDS - place,
                twin=NO_WORD,
                shape=value.shape,
                sd=value.sd,
            )


def _learnt(
    uncertain: list[Uncertain],
    parameters: NDArray[Any],
    scenario: ResolvedScenario,
    learnt: Posterior,
) -> tuple[list[Uncertain], Joint]:
    """Put a posterior in place of the prior, but where the scenario sets a parameter itself."""
    own = scenario.scenario.parameters
    columns, places = [], []
    for place, each in enumerate(uncertain):
        if each.word <= PARAMETER_WORDS and each.name in learnt.names and each.name not in own:
            column = learnt.names.index(each.name)
            values = learnt.draws[:, column]
            low, middle, high = values.min(), float(np.median(values)), values.max()
            uncertain[place] = each._replace(low=float(low), mode=middle, high=float(high))
            parameters[each.name] = middle
            places.append(place)
            columns.append(column)
    return uncertain, Joint(places, learnt.draws[:, columns])

"""Laying out the points of a sweep: most of them without reading a file again.

A number for a parameter, a quantity of the alliance or a driver's path is written into the memory
that was laid out once; everything else goes through `scenarios.settings`, which says
what a setting means. A factor may take the short way only if the scenarios at the two ends of its
values, laid out in full, differ in nothing but words that hold the value, or in that one path.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.errors import FoedusError
from foedus.scenarios import driver_paths, drivers
from foedus.scenarios.settings.addresses import read_address
from foedus.simulation.world import Joint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.world import Setup

MOST_KEPT: Final = 64
"""Scenarios read from files that are kept for points that need the same."""


@dataclass(frozen=True)
class Quick:
    """A factor that can be set in memory.

    Attributes:
        words: Words of the world that hold it.
        own: Words of the parameters that hold it.
        drawn: Names of the quantities that are not drawn any more once it is set.
        driver: The driver whose path it multiplies; None if it is none.
    """

    words: NDArray[np.intp]
    own: NDArray[np.intp]
    drawn: frozenset[str]
    driver: str | None


class Layout:
    """Lays out points of one scenario.

    Args:
        load: Lays out the scenario with some settings; none for the scenario as written.
        points: All points of the sweep, from which it learns which values a factor takes.
    """

    def __init__(
        self,
        load: Callable[[Mapping[str, SettingValue]], Setup],
        points: Sequence[Mapping[str, SettingValue]],
    ) -> None:
        self.base = load({})
        self._load_with = load
        self._slow = lru_cache(MOST_KEPT)(self._load)
        self.quick = self._quick_factors(points)

    def setup(self, point: Mapping[str, SettingValue]) -> Setup:
        """The scenario with the values of a point.

        Raises:
            FoedusError: A value is not allowed.
        """
        slow = {name: value for name, value in point.items() if name not in self.quick}
        setup = self._slow(json.dumps(slow, sort_keys=True)) if slow else self.base
        world, parameters = setup.world.copy(), setup.parameters.copy()
        words, own = world.view("f8"), parameters.view("f8")
        paths, gone = dict[str, dict[str, float]](), set[str]()
        for name in point.keys() & self.quick.keys():
            quick, value = self.quick[name], _number(point[name])
            words[quick.words], own[quick.own] = value, value
            gone |= quick.drawn
            if quick.driver is not None:
                paths[quick.driver] = multiplied(setup.scenario, quick.driver, value)
        changed = _drawn_without(replace(setup, world=world, parameters=parameters), gone)
        return with_paths(changed, paths) if paths else changed

    def _load(self, settings: str) -> Setup:
        """The scenario with some settings, which are given as JSON."""
        return self._load_with(json.loads(settings))

    def _quick_factors(self, points: Sequence[Mapping[str, SettingValue]]) -> dict[str, Quick]:
        found = {}
        for name in dict.fromkeys(name for point in points for name in point):
            values = [point[name] for point in points if name in point]
            numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
            if len(numbers) < len(values) or min(numbers) == max(numbers):
                continue
            quick = self._quick_factor(name, min(numbers), max(numbers))
            if quick is not None:
                found[name] = quick
        return found

    def _quick_factor(self, name: str, low: float, high: float) -> Quick | None:
        """How to set a factor in memory; None if there is more to it.

        Where there are no choices, what is allowed is a range, so that values between two that are
        allowed are.
        """
        if any(each.name == name and each.choices for each in self.base.scenario.settings):
            return None
        try:
            ends = [self._load(json.dumps({name: value})) for value in (low, high)]
        except FoedusError:
            return None
        if ends[0].uncertain != ends[1].uncertain or ends[0].room != ends[1].room:
            return None
        places = []
        for part in ("world", "parameters"):
            one, two = (getattr(end, part).view("f8") for end in ends)
            differ = np.flatnonzero(one.view("i8") != two.view("i8"))
            if not (np.all(one[differ] == low) and np.all(two[differ] == high)):
                return None
            places.append(differ)
        drawn = {each.name for each in self.base.uncertain}
        drawn -= {each.name for each in ends[0].uncertain}
        same_path = np.array_equal(ends[0].paths, ends[1].paths)
        driver = None if same_path else self._driver(name)
        if (driver is None) != same_path or not (driver or any(map(len, places))):
            return None
        return Quick(places[0], places[1], frozenset(drawn), driver)

    def _driver(self, name: str) -> str | None:
        """The driver whose whole path a factor multiplies; None if it does something else."""
        scenario = self.base.scenario
        on = {lever.name: lever.on for lever in scenario.settings}
        address = read_address(on.get(name, name), scenario, scenario.ranges)
        whole = address.section == "drivers" and not address.field
        return address.name if whole else None


def _drawn_without(setup: Setup, gone: set[str]) -> Setup:
    """A setup in which some quantities are not drawn any more, neither alone nor jointly."""
    kept = [n for n, each in enumerate(setup.uncertain) if each.name not in gone]
    joint = setup.joint
    if joint is not None:
        places = {old: new for new, old in enumerate(kept)}
        left = [n for n, column in enumerate(joint.columns) if column in places]
        joint = Joint([places[joint.columns[n]] for n in left], joint.draws[:, left])
    return replace(setup, uncertain=tuple(setup.uncertain[n] for n in kept), joint=joint)


def with_paths(setup: Setup, paths: Mapping[str, dict[str, float]]) -> Setup:
    """A setup with some drivers' paths replaced."""
    scenario = setup.scenario.scenario
    changed = scenario.model_copy(update={"drivers": {**scenario.drivers, **paths}})
    resolved = replace(setup.scenario, scenario=changed)
    return replace(
        setup, scenario=resolved, paths=np.ascontiguousarray(driver_paths.paths(resolved))
    )


def multiplied(resolved: ResolvedScenario, driver: str, factor: float) -> dict[str, float]:
    """A driver's path as it is written, times a number, held within its range at each date."""
    kind = drivers.kind_of(driver)
    path = resolved.scenario.drivers.get(driver) or {resolved.start: kind.default}
    return {date: min(kind.high, max(kind.low, factor * each)) for date, each in path.items()}


def _number(value: SettingValue) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise TypeError(value)

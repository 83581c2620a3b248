"""From the section `sweep:` of a scenario to points: what each of them sets."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.errors import FoedusError
from foedus.files import csv_reader
from foedus.files.faults import Faults, Misread, did_you_mean, one_of, printable
from foedus.files.numbers import number as read_number
from foedus.files.numbers import slip
from foedus.scenarios.language.sweep_design import MOST_POINTS, FactorEntry
from foedus.scenarios.settings.addresses import current, limits, read_address

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.language.sweep_design import SweepEntry
    from foedus.scenarios.resolved import ResolvedScenario

SCRAMBLE: Final = 1
"""Seed of the scrambling of a Latin hypercube or a Sobol sequence, so that a design is a design."""


@dataclass(frozen=True)
class Plan:
    """The points of a sweep.

    Attributes:
        design: How they were chosen.
        factors: Names of what is varied, in order.
        points: Values of the factors; a point that a row leaves out keeps what is written.
    """

    design: str
    factors: tuple[str, ...]
    points: tuple[dict[str, SettingValue], ...]


def plan_of(entry: SweepEntry, resolved: ResolvedScenario, folder: Path) -> Plan:
    """The points of a design.

    Args:
        entry: What the file says.
        resolved: The scenario that is varied.
        folder: Where the scenario's file lies.

    Raises:
        FoedusError: A factor is unknown, has no range, or the file of the points cannot be read;
            or there are no points, or too many.
    """
    match entry.design:
        case "list":
            points = list(entry.rows)
        case "csv":
            points = _read_csv(folder / str(entry.file))
        case "grid":
            points = _grid({name: _values(name, f, resolved) for name, f in entry.factors.items()})
        case _:
            ends = {name: _ends(name, f, resolved) for name, f in entry.factors.items()}
            points = _spread(entry.design, ends, int(entry.points or 0))
    factors = tuple(dict.fromkeys(name for point in points for name in point))
    for name in factors:
        check_factor(name, resolved)
    if not points:
        raise FoedusError("sweep: the design has no points")
    if len(points) > MOST_POINTS:
        raise FoedusError(f"sweep: found {len(points):,} points, expected {MOST_POINTS:,} at most")
    return Plan(entry.design, factors, tuple(points))


def check_factor(name: str, resolved: ResolvedScenario) -> None:
    """Refuse a factor that is no lever, no uncertainty and no address.

    Raises:
        FoedusError: So it is.
    """
    names = [each.name for each in resolved.settings]
    if name in names:
        return
    if "." not in name:
        near = did_you_mean(name, names)
        some = f"one of {one_of(names)} or " if names else ""
        raise FoedusError(
            f"sweep: unknown factor «{printable(name)}», expected {some}an address such as "
            f"drivers.war or parameters.war_drain{near}"
        )
    try:
        read_address(name, resolved, resolved.ranges)
    except Misread as error:
        raise FoedusError(f"sweep: factor «{printable(name)}»: {error}") from None


def _grid(values: dict[str, list[SettingValue]]) -> list[dict[str, SettingValue]]:
    count = math.prod(len(each) for each in values.values())
    if count > MOST_POINTS:
        raise FoedusError(f"sweep: found {count:,} points, expected {MOST_POINTS:,} at most")
    names = list(values)
    return [dict(zip(names, row, strict=True)) for row in itertools.product(*values.values())]


def _values(name: str, factor: FactorEntry, resolved: ResolvedScenario) -> list[SettingValue]:
    """The values of a factor of a grid."""
    if factor.values is not None:
        return list(factor.values)
    check_factor(name, resolved)
    lever = next((each for each in resolved.settings if each.name == name), None)
    if lever is not None and lever.choices and factor.range is None:
        return [label for label, _ in lever.choices]
    if factor.steps is None:
        raise FoedusError(f"sweep: factor «{name}»: expected «values», or «range» and «steps»")
    low, high = _ends(name, factor, resolved)
    return [*np.linspace(low, high, factor.steps).tolist()]


def _ends(name: str, factor: FactorEntry, resolved: ResolvedScenario) -> tuple[float, float]:
    """The ends of a factor: its own, the lever's, or what the address allows."""
    check_factor(name, resolved)
    if factor.range is not None:
        return factor.range
    lever = next((each for each in resolved.settings if each.name == name), None)
    if lever is not None:
        low, high = lever.low, lever.high
    else:
        address = read_address(name, resolved, resolved.ranges)
        natural = limits(address, resolved, resolved.ranges)
        low, high = natural.low, natural.high
    if low is None or high is None:
        raise FoedusError(f"sweep: factor «{name}»: expected «range: [low, high]»")
    return low, high


def _spread(
    design: str, ends: dict[str, tuple[float, float]], points: int
) -> list[dict[str, SettingValue]]:
    """Points that fill the space between the ends."""
    # Slow to load, and not needed for a grid.
    from scipy.stats import qmc  # noqa: PLC0415

    if design == "sobol":
        if points & (points - 1):
            raise FoedusError(f"sweep: points: found {points}, expected a power of 2 for Sobol")
        engine = qmc.Sobol(len(ends), scramble=True, rng=SCRAMBLE)
        unit = engine.random_base2(points.bit_length() - 1)
    else:
        unit = qmc.LatinHypercube(len(ends), scramble=True, rng=SCRAMBLE).random(points)
    low, high = np.array(list(ends.values())).T
    values = low + unit * (high - low)
    return [dict(zip(ends, row, strict=True)) for row in values.tolist()]


def _read_csv(path: Path) -> list[dict[str, SettingValue]]:
    """Points from a CSV file; an empty cell leaves what is written.

    Raises:
        FileError: It cannot be read, or a cell is no value.
    """
    faults = Faults()
    points = []
    for row in csv_reader.read(path).items():
        point = {}
        for name, cell in row.mapping().items():
            try:
                point[name] = _cell(str(cell.value))
            except Misread as error:
                faults.add(cell.place, printable(name), str(error))
        points.append(point)
    faults.check()
    return points


def _cell(text: str) -> SettingValue:
    """A cell as a number or a truth value, else as a word.

    Raises:
        Misread: It is neither: a number that is too large, or written as nobody reads it.
    """
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    number = read_number(text)
    if number is not None and math.isfinite(number):
        return number
    if number is not None or (meant := slip(text)):
        raise Misread(f"found «{printable(text)}» ({meant if number is None else 'too large'})")
    return text


def as_written(name: str, resolved: ResolvedScenario) -> SettingValue | None:
    """What a factor is where nothing is set; None for a parameter that is left to the evidence."""
    lever = next((each for each in resolved.settings if each.name == name), None)
    if lever is not None:
        return lever.default
    return current(read_address(name, resolved, resolved.ranges), resolved)

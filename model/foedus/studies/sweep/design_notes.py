"""What would fail in a sweep, found by `foedus scenario check` before any point is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.errors import FoedusError
from foedus.files.faults import FileError
from foedus.scenarios.describe.notes import Note
from foedus.scenarios.resolve import resolve_document
from foedus.scenarios.settings.levers import set_values
from foedus.studies.sweep.design import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foedus.files.faults import Place
    from foedus.files.yaml_reader import Node
    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.studies.sweep.design import Plan


def design_notes(root: Node, resolved: ResolvedScenario, folder: Path) -> list[Note]:
    """Values of a sweep at which no point can be played; a sweep records them and goes on.

    Args:
        root: The scenario's document.
        resolved: What it resolves to.
        folder: Where its file lies, from which the file of a CSV design is looked for.

    Raises:
        FileError: The section makes no points at all.
    """
    entry = resolved.scenario.sweep
    if entry is None:
        return []
    try:
        plan = plan_of(entry, resolved, folder)
    except FoedusError as error:
        named = next((name for name in entry.factors if f"«{name}»" in str(error)), None)
        raise FileError([(_place(root, named), str(error))]) from None
    return [
        Note(_place(root, name), f"sweep factor «{name}»", f"points fail: {reason}")
        for name in plan.factors
        for value in _telling(plan, name)
        if (reason := _refusal(root, resolved, {name: value}))
    ]


def _place(root: Node, factor: str | None) -> Place:
    """Where a factor is named; the section, where that is in rows or in another file."""
    factors = root.find(("sweep", "factors")).mapping()
    return factors[factor].key_place if factor in factors else root.find(("sweep",)).key_place


def _telling(plan: Plan, name: str) -> Iterator[SettingValue]:
    """The values of a factor that can be outside what is allowed: the ends, and every word."""
    values = [point[name] for point in plan.points if name in point]
    numbers = [each for each in values if _is_number(each)]
    if numbers:
        yield from dict.fromkeys((min(numbers), max(numbers)))  # type: ignore[type-var]
    yield from {repr(each): each for each in values if not _is_number(each)}.values()


def _is_number(value: SettingValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refusal(root: Node, resolved: ResolvedScenario, setting: dict[str, SettingValue]) -> str:
    """Why a scenario with one thing set is not valid; empty if it is."""
    ranges = resolved.ranges
    try:
        resolve_document(set_values(root, resolved, setting, ranges), parameters=ranges)
    except FoedusError as error:
        return str(error).splitlines()[0].rpartition(f"{next(iter(setting))}: ")[2]
    return ""

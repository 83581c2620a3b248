"""Alliances with little in them, made from the one of the tests by leaving sections out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from conftest import TESTS

MEMBERS = ("HAM", "RIG", "VIS")
STATUSES = ("active", "frozen", "out")


def small_alliance(
    folder: Path,
    *,
    members: int = 3,
    threats: bool = True,
    partners: bool = True,
    calendar: bool = True,
    votes: bool = True,
    renewals: bool = True,
    status: str = "active",
) -> Path:
    """Write the alliance of the tests with less in it, and a scenario and its child of it.

    Returns:
        The child, ``child.yaml``; it extends ``parent.yaml`` and changes nothing.
    """
    said = yaml.safe_load((TESTS / "alliances" / "hanse.yaml").read_text(encoding="utf-8"))
    kept = MEMBERS[:members]
    names = {
        "member": set(kept),
        "threat": {"pirates"} | ({"herring-quarrel"} if "VIS" in kept else set()),
        "partner": {"ENG"},
    }
    said["members"] = said["members"][:members]
    said["threats"] = [each for each in said["threats"] if each["name"] in names["threat"]]
    if not threats:
        names["threat"], said["threats"] = set(), []
    if not partners:
        names["partner"], said["partners"] = set(), []
    if not calendar:
        said["calendar"] = []
    for entry in said["calendar"]:
        entry.update({"host": kept[0]} if "host" in entry else {})
        if not threats:
            entry.pop("focus", None)
    if not votes:
        said["votes"] = []
    if not renewals:
        said["charter"].pop("renewals")
    said["quantities"] = [
        each for each in (_without(quantity, names) for quantity in said["quantities"]) if each
    ]
    start = {"note": "Made up.", "1390-01": dict.fromkeys(kept, status)}
    said["initial_status"] = start
    (folder / "small.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    parent: dict[str, Any] = {
        "name": "parent",
        "title": "Little",
        "alliance": "small.yaml",
        "start": "1395-06",
    }
    parent |= {"horizon": 12, "drivers": {"war": {"1395-06": 0.2}}}
    _write(folder / "parent.yaml", parent)
    child = {"name": "child", "title": "Little, too", "extends": "parent.yaml"}
    return _write(folder / "child.yaml", child)


def _write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def _without(quantity: dict[str, Any], names: dict[str, set[str]]) -> dict[str, Any] | None:
    """A quantity without the values of what is not there; None if nothing is left to say."""
    axes = [names[axis] for axis in quantity["of"] if axis in names]
    if not axes:
        return quantity
    if not all(axes) or (quantity["of"] == ["member", "member"] and len(axes[0]) == 1):
        return None
    key = "values" if "values" in quantity else "dated_values"
    tables = quantity[key] if key == "dated_values" else {"": quantity[key]}
    left = {date: _cut(table, axes) for date, table in tables.items()}
    return quantity | {key: left if key == "dated_values" else left[""]}


def _cut(table: dict[str, Any], axes: list[set[str]]) -> dict[str, Any]:
    first, *rest = axes
    cut = {key: value for key, value in table.items() if key in first}
    if not rest:
        return cut
    cut = {key: _cut(value, rest) for key, value in cut.items()}
    return {key: value for key, value in cut.items() if value}

"""Alliances with little in them, made from the one of the tests by leaving sections out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import TESTS
from foedus import cli
from foedus.simulation.loading import load_setup

pytestmark = pytest.mark.slow  # every shape of alliance has its own compiled code

MEMBERS = ("HAM", "RIG", "VIS")


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
    content = yaml.safe_load((TESTS / "alliances" / "hanse.yaml").read_text(encoding="utf-8"))
    kept = MEMBERS[:members]
    names = {
        "member": set(kept),
        "threat": {"pirates"} | ({"herring-quarrel"} if "VIS" in kept else set()),
        "partner": {"ENG"},
    }
    content["members"] = content["members"][:members]
    content["threats"] = [
        threat for threat in content["threats"] if threat["name"] in names["threat"]
    ]
    if not threats:
        names["threat"], content["threats"] = set(), []
    if not partners:
        names["partner"], content["partners"] = set(), []
    if not calendar:
        content["calendar"] = []
    for entry in content["calendar"]:
        entry.update({"host": kept[0]} if "host" in entry else {})
        if not threats:
            entry.pop("focus", None)
    if not votes:
        content["votes"] = []
    if not renewals:
        content["charter"].pop("renewals")
    content["quantities"] = [
        cut for quantity in content["quantities"] if (cut := _without(quantity, names))
    ]
    start = {"note": "Made up.", "1390-01": dict.fromkeys(kept, status)}
    content["initial_status"] = start
    (folder / "small.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
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


def test_a_single_member_has_no_pairs_to_speak_of(tmp_path: Path) -> None:
    child = small_alliance(tmp_path, members=1)
    path = tmp_path / "small.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    kept = [each for each in content["quantities"] if each["name"] != "tie"]
    assert len(kept) == len(content["quantities"]) - 1
    empty = load_setup(child)
    _write(path, content | {"quantities": kept})
    none = load_setup(child)
    assert none.world.tobytes() == empty.world.tobytes()
    assert none.uncertain == empty.uncertain


def _without(quantity: dict[str, Any], names: dict[str, set[str]]) -> dict[str, Any] | None:
    """A quantity without the values of what is not there; None if nothing is left to say."""
    axes = [names[axis] for axis in quantity["of"] if axis in names]
    if not axes:
        return quantity
    if not all(axes):
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


@pytest.mark.parametrize(
    ("left", "trials"),
    [
        pytest.param({"threats": False}, 2, id="no threats"),
        pytest.param(
            {"members": 1, "threats": False, "partners": False, "calendar": False}
            | {"votes": False, "renewals": False},
            1,
            id="one member and nothing else",
        ),
    ],
)
def test_an_alliance_with_little_in_it_is_played_told_and_repeated(
    left: dict[str, Any], trials: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = small_alliance(tmp_path, **left)
    played = tmp_path / "runs"
    words = ["run", str(child), "--trials", str(trials), "--no-figures", "--out", str(played)]
    assert cli.main(words) == 0
    printed = capsys.readouterr().out
    assert "There is no incident in any trial." in printed
    assert "nan" not in printed.split()
    (folder,) = played.iterdir()
    for words in (["rerun"], ["runs", "show"], ["explain", "--trial", "0"]):
        assert cli.main([*words, str(folder)]) == 0, words
    page = tmp_path / "page.html"
    assert cli.main(["report", str(folder), "--out", str(page)]) == 0
    assert page.stat().st_size > 0
    assert "to the bit" in capsys.readouterr().out

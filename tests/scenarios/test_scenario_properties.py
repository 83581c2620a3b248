"""What holds of any scenario: of random ones, and of every bundled one."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import scenario_file
from foedus.parameters import registry
from foedus.scenarios.describe.courses import story
from foedus.scenarios.describe.differences import differences
from foedus.scenarios.describe.shown import Shown
from foedus.scenarios.resolve import bundled_scenarios, resolve, trace
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.world import build
from variants import variants

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble

KNOWN = registry.load()


def resolved(path: Path | str) -> ResolvedScenario:
    return resolve(path, parameters=KNOWN.ranges)


def laid_out(one: ResolvedScenario) -> tuple[object, ...]:
    """All that the engines see of a scenario, as bytes."""
    setup = build(one, KNOWN)
    memory = setup.world.tobytes(), setup.parameters.tobytes(), setup.paths.tobytes()
    return (*memory, setup.uncertain, setup.start_month)


def played(one: ResolvedScenario) -> Ensemble:
    return run_ensemble(build(one, KNOWN), trials=2, seed=8)


@settings(max_examples=20)
@given(variants())
def test_a_scenario_equal_to_its_parent_gives_the_same_bytes(body: str) -> None:
    parent = scenario_file(body, "parent")
    child = resolved(scenario_file("", "child", str(parent)))
    again = resolved(scenario_file(body, "again", str(parent)))
    usual = resolved(parent)
    assert laid_out(child) == laid_out(again) == laid_out(usual)
    one, other = played(usual), played(child)
    for name in ("sample", "events", "outcomes", "questions"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert [each.what for each in differences(usual, child)] == []


def shuffled(value: Any, luck: random.Random) -> Any:
    """The same with the keys of every mapping in another order."""
    if isinstance(value, list):
        return [shuffled(each, luck) for each in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    luck.shuffle(keys)
    return {key: shuffled(value[key], luck) for key in keys}


@given(variants(), st.integers(0, 2**32))
def test_neither_the_order_of_keys_nor_the_place_of_the_file_matters(body: str, seed: int) -> None:
    usual = scenario_file(body)
    content = yaml.load(usual.read_text(encoding="utf-8"), yaml.BaseLoader)
    plain = shuffled(yaml.safe_load(usual.read_text(encoding="utf-8")), random.Random(seed))
    assert set(content) == set(plain)
    with TemporaryDirectory() as folder:
        deep = Path(folder, "a", "b")
        deep.mkdir(parents=True)
        moved = deep / "other-name.yaml"
        moved.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
        other = resolved(moved)
    one = resolved(usual)
    assert other.digest() == one.digest()
    assert laid_out(other) == laid_out(one)
    assert differences(one, other) == ()


def shown(path: Path | str, *, every: bool, origins: bool = True) -> str:
    root, one = trace(path, parameters=KNOWN.ranges)
    return Shown(one, root, registry=KNOWN if every else None, origins=origins).text()


@settings(max_examples=20)
@given(variants(), st.booleans(), st.booleans())
def test_what_is_shown_is_a_file_with_the_same_results(
    body: str, every: bool, origins: bool
) -> None:
    path = scenario_file(body)
    copy = path.with_name("copy.yaml")
    copy.write_text(shown(path, every=every, origins=origins), encoding="utf-8")
    one, other = resolved(path), resolved(copy)
    assert laid_out(other) == laid_out(one)
    if not every:
        assert other == one


@pytest.mark.parametrize("name", bundled_scenarios())
def test_every_bundled_scenario_is_shown_as_a_file_with_the_same_results(
    name: str, tmp_path: Path
) -> None:
    for every in (False, True):
        text = shown(name, every=every)
        (tmp_path / "copy.yaml").write_text(text, encoding="utf-8")
        assert laid_out(resolved(tmp_path / "copy.yaml")) == laid_out(resolved(name))
        assert all("# " in line for line in text.splitlines() if line.startswith("  war: "))


@given(variants(), variants())
def test_scenarios_differ_from_others_and_never_from_themselves(one: str, other: str) -> None:
    first, second = resolved(scenario_file(one)), resolved(scenario_file(other))
    assert differences(first, first) == ()
    there, back = differences(first, second), differences(second, first)
    assert bool(there) == (first.digest() != second.digest())
    assert {(each.what, each.one, each.other) for each in there} == {
        (each.what, each.other, each.one) for each in back
    }


@given(variants())
def test_any_scenario_can_be_told_in_words(body: str) -> None:
    lines = list(story(resolved(scenario_file(body))))
    assert all(line.isprintable() and line for line in lines)

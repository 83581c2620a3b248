"""Scenarios: what is inherited, filled in, compiled, and written down again."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TESTS
from foedus.data import scenarios_folder
from foedus.dictionary.observables import Observable
from foedus.dictionary.vocabulary import SHOCK_AGGRESSION, SHOCK_INCIDENT, SHOCK_NAMES, SHOCK_TIE
from foedus.files import yaml_reader
from foedus.parameters.triple import Triple
from foedus.scenarios import driver_paths, drivers
from foedus.scenarios.describe.json_schema import json_schema
from foedus.scenarios.drivers import DriverShock, StateShock
from foedus.scenarios.language import months
from foedus.scenarios.language.conditions import Comparison, Condition, Question
from foedus.scenarios.language.triples import triple
from foedus.scenarios.resolve import bundled_name, bundled_scenarios, resolve
from foedus.scenarios.resolved import ResolvedScenario

HANSE = TESTS / "alliances" / "hanse.yaml"
CALM = TESTS / "alliances" / "hanse-calm.yaml"
STORM = TESTS / "alliances" / "hanse-storm.yaml"
PARAMETERS = {"loss_aversion": (1.0, 5.0)}


@pytest.fixture(scope="module")
def storm() -> ResolvedScenario:
    return resolve(STORM, parameters=PARAMETERS)


def test_a_child_keeps_what_it_does_not_change(storm: ResolvedScenario) -> None:
    calm = resolve(CALM, parameters={})
    ours, theirs = storm.scenario, calm.scenario
    assert (ours.start, ours.horizon) == (theirs.start, theirs.horizon)
    assert ours.drivers["threat.pirates"] == theirs.drivers["threat.pirates"]
    assert ours.drivers["war"] == {"1396-01": 0, "1396-07": 0.8, "1399-01": 0.8, "1400-01": 0.2}
    winters = [shock for shock in ours.shocks if shock.name == "bad-winter"]
    assert [(shock.date, shock.size) for shock in winters] == [("1396-02", -0.6)]
    assert [shock.name for shock in ours.shocks][:2] == ["bad-winter", "gotland-falls"]
    asked = [question.id for question in ours.questions]
    assert asked == ["riga-out", "still-agreed", "help-for-visby"]
    assert ours.charter.decision_rule == "majority"
    assert ours.charter.notice_months == 6
    assert ours.mechanisms.no_observers
    assert ours.extends is None


def test_the_state_is_that_of_the_latest_date_not_after_the_start(storm: ResolvedScenario) -> None:
    assert storm.initial_status == {"HAM": "active", "RIG": "active", "VIS": "active"}
    assert storm.value("trust_bloc", "HAM") == (0.4, 0.5, 0.6)
    later = resolve(TESTS / "alliances" / "hanse-late.yaml", parameters={})
    assert later.initial_status == {"HAM": "active", "RIG": "frozen"}
    assert later.members == ("HAM", "RIG")
    assert later.roster.absent == ("VIS",)
    assert later.value("trust_bloc", "HAM") == (0.3, 0.4, 0.5)
    assert ("VIS",) not in later.tables["fear"]


def test_values_are_those_of_the_alliance_but_where_the_scenario_overrides_them(
    storm: ResolvedScenario,
) -> None:
    assert storm.value("trust_patron", "RIG") == Triple(0.1, 0.2, 0.3)
    assert storm.value("trust_patron", "VIS") == Triple(0.4, 0.4, 0.4)
    assert storm.value("tie", "RIG", "VIS") == storm.value("tie", "VIS", "RIG") == triple(0.4)
    assert storm.value("tie", "VIS", "HAM") == (0.2, 0.3, 0.4)
    assert storm.value("openness", "RIG", "pirates") == triple(0)
    assert storm.value("war_years") == triple(2)
    for wrong in (("fear",), ("fear", "LUB"), ("fit", "HAM", "XXX"), ("feer", "HAM")):
        with pytest.raises(KeyError):
            storm.value(*wrong)


def test_shocks_triggers_and_questions_are_compiled(storm: ResolvedScenario) -> None:
    pirates, england = storm.drivers.index("threat.pirates"), storm.drivers.index("offer.ENG")
    assert storm.driver_shocks[1] == DriverShock(21, pirates, 3.0, 12.0)
    assert storm.state_shocks == (
        StateShock(21, SHOCK_INCIDENT, 2, 0, 0.8),
        StateShock(31, SHOCK_TIE, 0, 2, 0.2),
        StateShock(36, SHOCK_AGGRESSION, -1, -1, 0.5),
    )
    (trigger,) = storm.triggers
    assert trigger.condition == Condition(Observable.COHESION, -1, -1, Comparison.LESS, 0.5)
    assert (trigger.target, trigger.for_months, trigger.half_life) == (england, 6, 24.0)
    answer = Condition(Observable.BEST_ANSWER, 2, -1, Comparison.AT_LEAST, 3.0)
    text = "Visby has been sent ships by 1399."
    assert storm.questions[2] == Question("help-for-visby", text, answer, 21, 54, "by", 1)
    assert [(q.start, q.end, q.mode) for q in storm.questions[:2]] == [
        (1, 48, "by"),
        (55, 55, "at"),
    ]


def test_months_are_counted_from_the_start(storm: ResolvedScenario) -> None:
    assert len(storm.dates) == storm.horizon + 1
    assert (storm.dates[0], storm.dates[7], storm.dates[-1]) == ("1395-06", "1396-01", "1400-06")
    assert [storm.month_of(date) for date in storm.dates] == list(range(storm.horizon + 1))
    with pytest.raises(ValueError, match="expected a month"):
        storm.month_of("1396-1")


@given(st.integers(12 * 1000, 12 * 2000), st.integers(-5000, 5000))
def test_a_month_later_and_earlier_is_the_same_month(number: int, step: int) -> None:
    date = f"{number // 12:04d}-{number % 12 + 1:02d}"
    assert months.count(date) == number
    assert months.count(months.after(date, step)) == number + step


@pytest.mark.parametrize("path", [CALM, STORM, *bundled_scenarios()], ids=str)
def test_the_resolved_file_resolves_to_the_same(path: str | Path, tmp_path: Path) -> None:
    first = resolve(path, parameters=PARAMETERS)
    copy = tmp_path / "resolved.yaml"
    copy.write_text(first.to_yaml(), encoding="utf-8")
    second = resolve(copy, parameters=PARAMETERS)
    assert second == first
    assert second.to_yaml() == first.to_yaml()
    assert second.digest() == first.digest()


@pytest.mark.parametrize("name", bundled_scenarios())
def test_every_bundled_scenario_bears_the_name_of_its_file(name: str) -> None:
    path = scenarios_folder() / f"{name}.yaml"
    assert resolve(name, parameters={}) == resolve(path, parameters={})
    assert resolve(name, parameters={}).name == name


def test_a_bundled_scenario_is_known_by_name_and_by_path(tmp_path: Path) -> None:
    assert bundled_name("baseline") == "baseline"
    assert bundled_name(scenarios_folder() / "baseline.yaml") == "baseline"
    copy = tmp_path / "baseline.yaml"
    copy.write_bytes((scenarios_folder() / "baseline.yaml").read_bytes())
    assert bundled_name(copy) is None


def test_a_resolved_scenario_can_be_sent_to_another_process(storm: ResolvedScenario) -> None:
    assert pickle.loads(pickle.dumps(storm)) == storm


def test_the_digest_depends_on_content_not_on_place(
    tmp_path: Path, storm: ResolvedScenario
) -> None:
    for path in (HANSE, CALM, STORM):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    moved = tmp_path / STORM.name
    assert resolve(moved, parameters=PARAMETERS).digest() == storm.digest()
    assert len(storm.digest()) == 64
    text = HANSE.read_text(encoding="utf-8")
    (tmp_path / HANSE.name).write_text(text.replace("[0.5, 0.6, 0.7]", "[0.5, 0.6, 0.8]"))
    assert resolve(moved, parameters=PARAMETERS).digest() != storm.digest()
    (tmp_path / HANSE.name).write_text("# A comment.\n" + text, encoding="utf-8")
    assert resolve(moved, parameters=PARAMETERS).digest() == storm.digest()


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(
    words | st.sampled_from(["1e3", "no", "~", "010", "1:30", "x: y", "- a", "2026-11-01", ".inf"])
)
def test_any_text_survives_the_resolved_file(storm: ResolvedScenario, text: str) -> None:
    scenario = storm.scenario.but(narrative=text)
    written = replace(storm, scenario=scenario).to_yaml()
    if all(letter.isprintable() or letter == "\n" for letter in text):
        assert (yaml_reader.parse(written, "f").text("narrative") or "") == text


def test_a_changed_copy_is_checked(storm: ResolvedScenario) -> None:
    assert storm.scenario.but(horizon=12).horizon == 12
    assert storm.scenario.questions[2].but(**{"from": None}).since is None
    with pytest.raises(ValueError, match="less than or equal to 600"):
        storm.scenario.but(horizon=601)


def test_the_schema_of_a_scenario_can_be_exported() -> None:
    schema = json_schema(["war_drain"])
    assert schema["properties"]["horizon"]["description"] == "Months to play."
    settings = schema["$defs"]["SettingEntry"]["properties"]
    assert all(each["description"] for each in settings.values())
    assert not schema["additionalProperties"]


knots = st.dictionaries(st.integers(-30, 90), st.floats(0, 1), min_size=1, max_size=6)


def with_war(scenario: ResolvedScenario, path: dict[int, float]) -> ResolvedScenario:
    dated = {months.after(scenario.start, month): value for month, value in path.items()}
    return replace(
        scenario, scenario=scenario.scenario.but(drivers={"war": dated}), driver_shocks=()
    )


@given(knots)
def test_a_driver_passes_through_its_dates_and_straight_between_them(
    storm: ResolvedScenario, path: dict[int, float]
) -> None:
    war = driver_paths.paths(with_war(storm, path))[:, 0]
    assert war.shape == (storm.horizon + 1,)
    known = sorted(path)
    for month, value in enumerate(war):
        before = [known_month for known_month in known if known_month <= month]
        later = [known_month for known_month in known if known_month >= month]
        if not before or not later or before[-1] == month:
            assert value == pytest.approx(path[before[-1] if before else later[0]], abs=1e-12)
            continue
        left, right = before[-1], later[0]
        share = (month - left) / (right - left)
        assert value == pytest.approx(path[left] + share * (path[right] - path[left]), abs=1e-12)


def test_drivers_that_a_scenario_does_not_name_keep_their_defaults(storm: ResolvedScenario) -> None:
    values = driver_paths.paths(with_war(storm, {0: 0.3}))
    assert storm.drivers == (
        "war", "resolve", "threat.pirates", "threat.herring-quarrel", "accommodation.pirates",
        "accommodation.herring-quarrel", "offer.ENG", "control", "presence", "supply", "position",
        "stake.pirates", "stake.herring-quarrel",
    )  # fmt: skip
    expected = np.broadcast_to([0.3, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1], values.shape)
    np.testing.assert_array_equal(values, expected)


def test_a_driver_that_a_shorter_child_inherits_from_after_its_end_is_held(tmp_path: Path) -> None:
    parent = tmp_path / "parent.yaml"
    parent.write_text(
        f"name: parent\ntitle: P\nextends: {CALM}\n"
        "drivers: {war: {1396-06: 0.3, 1397-06: 1}}\n",
        encoding="utf-8",
    )
    child = tmp_path / "child.yaml"
    child.write_text(
        "name: child\ntitle: C\nextends: parent.yaml\nhorizon: 6\nshocks: []\nquestions: []\n",
        encoding="utf-8",
    )
    short = resolve(child, parameters={})
    np.testing.assert_array_equal(driver_paths.paths(short)[:, 0], np.full(7, 0.3))
    copy = tmp_path / "resolved.yaml"
    copy.write_text(short.to_yaml(), encoding="utf-8")
    assert resolve(copy, parameters={}) == short


def test_the_manual_has_every_driver_with_its_range_and_every_state() -> None:
    manual = (scenarios_folder() / "README.md").read_text(encoding="utf-8")
    form = r"^\| `([a-z]+)(?:\.[A-Z]+)?` \|[^|]*\| (\S+) \| (\S+) to (\S+) \|"
    rows = re.findall(form, manual, re.MULTILINE)
    told = {name: tuple(map(float, numbers)) for name, *numbers in rows}
    assert told == {
        name: (kind.default, kind.low, kind.high) for name, kind in drivers.DRIVER_KINDS.items()
    }
    for name in SHOCK_NAMES:
        assert re.search(rf"`{name}[.`]", manual.partition("## Shocks")[2]), name


@given(
    month=st.integers(0, 60),
    size=st.floats(-0.5, 0.5),
    half_life=st.none() | st.floats(0.5, 40),
)
def test_a_shock_halves_with_every_half_life_and_changes_nothing_before(
    storm: ResolvedScenario, month: int, size: float, half_life: float | None
) -> None:
    plain = with_war(storm, {0: 0.5})
    shocked = replace(plain, driver_shocks=(DriverShock(month, 1, size, half_life),))
    effect = driver_paths.paths(shocked) - driver_paths.paths(plain)
    assert not effect[:, [0, *range(2, effect.shape[1])]].any()
    assert not effect[:month].any()
    for later in range(month, storm.horizon + 1):
        kept = 1.0 if half_life is None else 0.5 ** ((later - month) / half_life)
        assert effect[later, 1] == pytest.approx(size * kept, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 6), st.floats(-20, 20)), max_size=5))
def test_no_shock_drives_a_driver_out_of_its_range(
    storm: ResolvedScenario, shocks: list[tuple[int, int, float]]
) -> None:
    many = tuple(DriverShock(month, driver, size, None) for month, driver, size in shocks)
    values = driver_paths.paths(replace(storm, driver_shocks=many))
    for column, name in enumerate(storm.drivers):
        kind = drivers.kind_of(name)
        assert (values[:, column] >= kind.low).all()
        assert (values[:, column] <= kind.high).all()

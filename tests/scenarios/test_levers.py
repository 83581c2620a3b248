"""Levers and uncertainties: what can be set before a run, and what setting it does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import scenario_file
from foedus.errors import FoedusError
from foedus.parameters import registry
from foedus.scenarios import driver_paths
from foedus.scenarios.language.choices import Setting
from foedus.scenarios.loading import with_settings
from foedus.scenarios.resolve import resolve
from foedus.scenarios.resolved import ResolvedScenario
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup

BODY = """
shocks:
  - {name: purge, date: 2027-05, on: trust_bloc.KAZ, size: -0.2}
decisions:
  - {name: notice, date: 2027-09, actor: ARM, does: notice}
  - {name: border, date: 2027-10, actor: RUS, does: pressure, toward: KAZ}
triggers:
  - {name: courted, when: cohesion < 0.5, on: offer.CHN, size: 0.5}
parameters: {fatigue: [0.01, 0.02, 0.03]}
quantities: {"tie[TJK,KGZ]": 0.4}
levers:
  - {name: council, text: How the council decides., on: charter.decision_rule}
  - {name: when, text: When., on: decisions.notice.date, choices: [2027-09, 2029-01]}
  - {name: hard, text: How hard., on: decisions.border.size}
  - name: talks
    text: How the war ends.
    on: drivers.war
    choices:
      frozen: {2026-11: 1.0, 2027-12: 1.0, 2029-01: 0.3}
      fought-on: {2026-11: 1.0}
      at-once: {2026-11: 1.0, 2027-01: 0.0}
    default: frozen
    sources: [C140]
uncertainties:
  - {name: raids, text: How many raids., on: drivers.threat.afghan-raids, range: [0.5, 8]}
  - {name: tired, text: How fast war tires., on: parameters.fatigue, range: [0.01, 0.2]}
  - {name: drain, text: What war costs., on: parameters.war_drain}
  - {name: old-tie, text: Their tie., on: "quantities.tie[KGZ,TJK]", default: 0.4}
  - {name: hit, text: How hard., on: shocks.purge.size, range: [-0.5, 0], unit: level}
  - {name: late, text: How late., on: drivers.war.delay, range: [0, 24], default: 0}
  - {name: mute, text: No veto., on: mechanisms.no_veto}
"""
SETTINGS = {
    "council": "majority",
    "when": "2029-01",
    "hard": 0.25,
    "talks": "at-once",
    "raids": 4.0,
    "tired": 0.05,
    "drain": 0.4,
    "old-tie": 0.7,
    "hit": -0.4,
    "late": 6,
    "mute": True,
}


@pytest.fixture(scope="module")
def path() -> Path:
    return scenario_file(BODY, "levered")


@pytest.fixture(scope="module")
def plain(path: Path) -> ResolvedScenario:
    return with_settings(path)


def lever(resolved: ResolvedScenario, name: str) -> Setting:
    return next(each for each in resolved.settings if each.name == name)


def war(resolved: ResolvedScenario) -> list[float]:
    column: list[float] = driver_paths.paths(resolved)[:, resolved.drivers.index("war")].tolist()
    return column


def test_levers_are_kept_apart_from_uncertainties(plain: ResolvedScenario) -> None:
    kinds = {each.name: each.kind for each in plain.settings if each.name in SETTINGS}
    assert kinds == {
        name: "lever" if name in {"council", "when", "hard", "talks"} else "uncertainty"
        for name in kinds
    }
    assert list(kinds) == list(SETTINGS)


def test_what_a_lever_does_not_say_is_looked_up(plain: ResolvedScenario) -> None:
    council = lever(plain, "council")
    assert [label for label, _ in council.choices] == ["unanimity", "majority", "patron_decides"]
    assert (council.default, lever(plain, "mute").default) == ("unanimity", False)
    assert lever(plain, "talks").default_label == "frozen"
    assert lever(plain, "tired").default == [0.01, 0.02, 0.03]
    drain = lever(plain, "drain")
    assert (drain.low, drain.high) == registry.load().ranges["war_drain"]
    assert drain.default is None
    assert lever(plain, "old-tie").default == 0.4
    assert lever(plain, "hit").default == -0.2
    assert lever(plain, "when").default_label == "2027-09"
    hard = lever(plain, "hard")
    assert (hard.low, hard.high, hard.default) == (0.0, 1.0, 1.0)
    assert lever(plain, "raids").unit == "times the path"


def test_every_setting_changes_what_its_file_would_have_said(path: Path) -> None:
    changed = with_settings(path, SETTINGS)
    ours = changed.scenario
    assert ours.charter.decision_rule == "majority"
    assert ours.mechanisms.no_veto
    assert ours.drivers["threat.afghan-raids"] == {"2026-11": 4.0}
    assert ours.parameters["fatigue"].written == 0.05
    assert ours.parameters["war_drain"].written == 0.4
    assert changed.value("tie", "KGZ", "TJK").written == 0.7
    assert ours.shocks[0].size == -0.4
    assert [(one.date, one.size) for one in ours.decisions] == [
        ("2029-01", None),
        ("2027-10", 0.25),
    ]
    assert [one.month for one in changed.decisions] == [26, 11]
    assert war(changed)[6:10] == [1.0, 0.5, 0.0, 0.0]
    assert {each.name for each in changed.settings}.isdisjoint(SETTINGS)


def test_a_number_multiplies_a_path_within_the_driver_s_range(path: Path) -> None:
    half = with_settings(path, {"drivers.war": 0.5})
    assert war(half) == pytest.approx([0.5 * each for each in war(with_settings(path))])
    assert max(war(with_settings(path, {"drivers.war": 3}))) == 1.0


def test_a_delay_moves_a_path(path: Path) -> None:
    plain, late = war(with_settings(path)), war(with_settings(path, {"late": 6}))
    assert late[6:] == pytest.approx(plain[:-6])
    assert late[:6] == [plain[0]] * 6


def test_a_path_can_be_replaced_and_delayed_in_any_order(path: Path) -> None:
    settings = {"late": 6, "talks": "at-once"}
    late = war(with_settings(path, settings))
    assert late == war(with_settings(path, dict(reversed(settings.items()))))
    assert late[6:10] == [1.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_default_changes_nothing_at_all(plain: ResolvedScenario, path: Path, name: str) -> None:
    default = lever(plain, name).default
    if default is not None:
        assert with_settings(path, {name: default}) == plain


@pytest.mark.parametrize(
    ("by_name", "by_address"),
    [
        ({"raids": 2.0}, {"drivers.threat.afghan-raids": 2.0}),
        ({"talks": "fought-on"}, {"drivers.war": {"2026-11": 1.0}}),
        ({"old-tie": 0.6}, {"quantities.tie[TJK,KGZ]": 0.6}),
        ({"council": "patron_decides"}, {"charter.decision_rule": "patron_decides"}),
        ({"tired": 0.02}, {"parameters.fatigue": 0.02}),
    ],
)
def test_a_setting_by_name_is_one_by_address(
    path: Path, by_name: Mapping[str, Any], by_address: Mapping[str, Any]
) -> None:
    assert with_settings(path, by_name) == with_settings(path, by_address)


def test_a_changed_scenario_is_a_file_that_says_so(path: Path, tmp_path: Path) -> None:
    for settings in ({}, {"raids": 3.0}, SETTINGS):
        changed = with_settings(path, settings)
        copy = tmp_path / "copy.yaml"
        copy.write_text(changed.to_yaml(), encoding="utf-8")
        assert resolve(copy, parameters=registry.load().ranges) == changed


def test_a_child_takes_levers_over_though_it_changes_what_they_set(path: Path) -> None:
    child = scenario_file(
        "drivers: {war: {2026-11: 0.5}}\nparameters: {fatigue: 0.005}\n", "child", str(path)
    )
    inherited = with_settings(child)
    assert [one.name for one in inherited.settings if one.name in SETTINGS] == list(SETTINGS)
    assert lever(inherited, "talks").default_label == "as written"
    assert (lever(inherited, "tired").default, lever(inherited, "tired").low) == (0.005, 0.005)
    assert war(with_settings(child, {"talks": "at-once"}))[3] == 0.0


def test_a_setup_with_settings_gives_what_the_file_would(path: Path) -> None:
    written = scenario_file("drivers: {threat.afghan-raids: {2026-11: 3}}\n", "levered", str(path))
    one = run_ensemble(load_setup(path, settings={"raids": 3}), trials=3, seed=2)
    other = run_ensemble(load_setup(written), trials=3, seed=2)
    assert one.sample.tobytes() == other.sample.tobytes()
    assert one.sample.tobytes() != run_ensemble(load_setup(path), trials=3, seed=2).sample.tobytes()
    assert np.isfinite(one.sample).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"raid": 2}, ["setting raid: unknown lever", "did you mean «raids»?"]),
        ({"raids": 9}, ["setting raids: found 9, expected from 0.5 to 8"]),
        ({"raids": True}, ["found true, expected a number"]),
        ({"raids": float("nan")}, ["raids"]),
        ({"talks": "at-onse"}, ["did you mean «at-once»?"]),
        ({"late": 1.5}, ["found 1.5, expected a whole number of months"]),
        ({"drivers.war": -1}, ["found -1, expected a number from 0"]),
        ({"drivers.wr": 1}, ["unknown driver «wr»"]),
        ({"driver.war": 1}, ["did you mean «drivers»?"]),
        ({"parameters.war_drian": 1}, ["did you mean «war_drain»?"]),
        ({"parameters.war_drain": 70}, ["setting parameters.war_drain", "found 70, expected from"]),
        ({"quantities.tie[KGZ,TJX]": 0.1}, ["unknown member «TJX»"]),
        ({"quantities.tie[KGZ,TJK]": 7}, ["found 7, expected from 0 to 1"]),
        ({"shocks.purge.sise": 1}, ["did you mean «size»?"]),
        ({"shocks.perge.size": 1}, ["did you mean «purge»?"]),
        ({"shocks.purge": 1}, ["shocks.NAME.size"]),
        ({"decisions.notise.date": "2028-01"}, ["unknown decision", "did you mean «notice»?"]),
        ({"decisions.notice.size": 1}, ["«notice» has no size"]),
        ({"decisions.border": 1}, ["decisions.NAME.date"]),
        (
            {"decisions.border.size": 3},
            ["setting decisions.border.size", "found 3, expected from 0"],
        ),
        ({"decisions.border.date": "2040-01"}, ["found 2040-01, expected from 2026-12 to 2031-11"]),
        ({"when": "2028-01"}, ["expected one of 2027-09, 2029-01"]),
        ({"shocks.purge.size": -3}, ["found -3, expected from -1 to 1"]),
        ({"charter.decision_rule": "dice"}, ["charter.decision_rule", "unanimity, majority"]),
        ({"mechanisms.no_vetos": True}, ["did you mean «no_veto»?"]),
        ({"drivers.war": {"2027": 1}}, ["expected a month such as"]),
        ({"raids": 2, "drivers.threat.afghan-raids": 3}, ["the same as «raids»"]),
        ({"raids": 9, "late": 99, "x": 1}, ["raids", "late", "setting x"]),
    ],
)
def test_a_wrong_setting_is_refused_with_what_was_expected(
    path: Path, settings: Mapping[str, Any], words: list[str]
) -> None:
    with pytest.raises(FoedusError) as caught:
        with_settings(path, settings)
    for word in words:
        assert word in str(caught.value)

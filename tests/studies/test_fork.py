"""`foedus fork`: one past to the bit, several futures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from command import foedus
from conftest import scenario_file, setup_of
from foedus.errors import FoedusError
from foedus.scenarios.language import months
from foedus.scenarios.loading import with_settings
from foedus.simulation.ensemble import run_ensemble
from foedus.studies.compare.fork import check_fork, fork_setups
from variants import variants

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup

TRIALS = 24

SHOCKED = """
drivers:
  war: {2026-11: 0.2, 2031-11: 1.0}
  offer.CHN: {2027-01: 1.0, 2028-01: 3.0}
shocks:
  - {name: raid, date: 2027-06, on: threat.afghan-raids, size: 4.0, half_life: 9}
  - {name: rift, date: 2029-02, on: tie.KGZ-TJK, size: -0.4}
"""
CALM = """
shocks:
  - {name: raid, date: 2030-01, on: threat.afghan-raids, size: 2.0}
charter: {decision_rule: majority, 2030-06: {notice_months: 2}}
mechanisms: {2029-01: {no_bilateral: true}}
"""


def played(setup: Setup) -> Ensemble:
    """Trials in full, with all their events."""
    return run_ensemble(setup, trials=TRIALS, seed=9, sample=TRIALS)


def forked(past: str, date: str, into: list[str]) -> tuple[list[Setup], int]:
    """The futures of a scenario, all of them named by references."""
    return fork_setups(with_settings(past), date, [with_settings(one) for one in into], "record")


def before(ensemble: Ensemble, month: int) -> bytes:
    """Events before a month, without the numbers of months to come."""
    return bytes(ensemble.events[ensemble.events["month"] < month].tobytes())


@pytest.mark.parametrize("date", ["2026-12", "2028-06", "2031-11"])
def test_futures_are_one_to_the_bit_before_the_date_and_differ_from_it_on(date: str) -> None:
    shocked, calm = scenario_file(SHOCKED, "shocked"), scenario_file(CALM, "calm")
    setups, month = forked(str(shocked), date, [str(shocked), str(calm)])
    past = played(setup_of(shocked))
    same, other = (played(setup) for setup in setups)
    for future in (same, other):
        np.testing.assert_array_equal(future.sample[:, :month], past.sample[:, :month])
        assert before(future, month) == before(past, month)
    # A scenario that goes on as itself is itself.
    np.testing.assert_array_equal(same.sample, past.sample)
    np.testing.assert_array_equal(same.events, past.events)
    assert not np.array_equal(other.sample[:, month], past.sample[:, month])


@settings(max_examples=5)
@given(variants(), variants(), st.integers(2, 50))
def test_any_two_scenarios_share_any_past(one: str, two: str, month: int) -> None:
    first, second = scenario_file(one, "first"), scenario_file(two, "second")
    date = months.after("2026-11", month)
    # What a fork refuses is the same on both sides.
    text = second.read_text(encoding="utf-8")
    kept = yaml.safe_load(one)
    changed = yaml.safe_load(text) | {
        key: kept[key] for key in ("parameters", "triggers") if key in kept
    }
    second.write_text(yaml.safe_dump(changed), encoding="utf-8")
    setups, at = forked(str(first), date, [str(first), str(second)])
    same, other = (played(setup) for setup in setups)
    np.testing.assert_array_equal(same.sample[:, :at], other.sample[:, :at])
    assert before(same, at) == before(other, at)


def test_what_struck_before_goes_on_and_the_future_brings_its_own() -> None:
    shocked, calm = scenario_file(SHOCKED, "shocked"), scenario_file(CALM, "calm")
    (_, future), month = forked(str(shocked), "2028-06", [str(shocked), str(calm)])
    past, own = setup_of(shocked), setup_of(calm)
    drivers = list(past.scenario.drivers)
    raids, war, china = (drivers.index(n) for n in ("threat.afghan-raids", "war", "offer.CHN"))
    np.testing.assert_array_equal(future.paths[:month], past.paths[:month])
    np.testing.assert_array_equal(future.paths[month:, war], own.paths[month:, war])
    np.testing.assert_array_equal(future.paths[month:, china], own.paths[month:, china])
    # The raid of 2027 fades on; that of 2030 is the future's.
    fading = past.paths[month:, raids] - 1.0
    added = own.paths[month:, raids] - 1.0
    np.testing.assert_allclose(future.paths[month:, raids], 1.0 + fading + added, atol=1e-12)
    names = {one.name for one in future.scenario.scenario.shocks}
    assert names == {"raid", "raid-later"}
    charter = future.scenario.scenario.charter
    assert charter.decision_rule == "unanimity"
    assert charter.dated["2028-06"].decision_rule == "majority"
    assert charter.dated["2030-06"].notice_months == 2
    assert future.scenario.scenario.mechanisms.dated["2029-01"] == {"no_bilateral": True}


DECIDED = """
decisions:
  - {name: notice, date: 2027-06, actor: ARM, does: notice}
  - {name: turn, date: 2029-03, actor: RUS, does: pressure, toward: KAZ}
quantities_from:
  2027-02: {"basing[TJK]": 0.4, "fit[KAZ,TUR]": 0.9}
  2029-01: {"basing[TJK]": 0.2}
"""
TURNED = """
decisions:
  - {name: early, date: 2027-01, actor: BLR, does: freeze}
  - {name: notice, date: 2028-06, actor: KGZ, does: freeze}
quantities_from:
  2027-03: {"basing[TJK]": 0.7}
  2030-01: {"fit[KAZ, TUR]": 0.1}
"""


def test_decisions_and_numbers_of_the_past_stay_and_the_future_adds_its_own() -> None:
    past, future = scenario_file(DECIDED, "decided"), scenario_file(TURNED, "turned")
    (same, other), month = forked(str(past), "2028-06", [str(past), str(future)])
    assert same.scenario.scenario.quantities_from == {
        "2027-02": {"basing[TJK]": 0.4, "fit[KAZ,TUR]": 0.9},
        "2029-01": {"basing[TJK]": 0.2},
    }
    assert other.scenario.scenario.quantities_from == {
        "2027-02": {"basing[TJK]": 0.4, "fit[KAZ,TUR]": 0.9},
        "2028-06": {"basing[TJK]": 0.7},
        "2030-01": {"fit[KAZ,TUR]": 0.1},
    }
    made = [(one.name, one.date) for one in other.scenario.scenario.decisions]
    assert made == [("notice", "2027-06"), ("notice-later", "2028-06")]
    whole, one, two = played(setup_of(past)), played(same), played(other)
    np.testing.assert_array_equal(one.sample, whole.sample)
    np.testing.assert_array_equal(one.events, whole.events)
    np.testing.assert_array_equal(two.sample[:, :month], whole.sample[:, :month])
    assert not np.array_equal(two.sample[:, month], whole.sample[:, month])


def test_a_trigger_of_the_past_goes_on_counting_and_one_of_the_future_begins() -> None:
    trigger: dict[str, Any] = {"name": "fall", "when": "cohesion < 0.9", "on": "offer.CHN"}
    late = trigger | {"name": "late", "size": 2.0}
    one = scenario_file(f"triggers: {json.dumps([trigger | {'size': 1.0}])}\n", "one")
    two = scenario_file(f"triggers: {json.dumps([trigger | {'size': 1.0}, late])}\n", "two")
    setups, month = forked(str(one), "2028-06", [str(one), str(two)])
    same, other = (played(setup) for setup in setups)
    np.testing.assert_array_equal(same.sample[:, :month], other.sample[:, :month])
    assert not np.array_equal(same.sample, other.sample)
    with pytest.raises(FoedusError, match="has the trigger «fall»"):
        check_fork(with_settings(one), [with_settings("baseline")], "2028-06")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("parameters: {war_drain: 0.3}\n", "other parameters"),
        ("quantities: {'trust_patron[ARM]': 0.3}\n", "other quantities"),
        ("incidents: recorded\n", "other incidents"),
        ("horizon: 12\n", "expected from 2026-11 to 2027-11"),
        ("horizon: 30\n", "must end in the same month"),
    ],
)
def test_what_shapes_the_past_too_is_refused_in_one_line(body: str, told: str) -> None:
    other = scenario_file(body, "other")
    with pytest.raises(FoedusError, match=told) as caught:
        forked("baseline", "2028-06", ["baseline", str(other)])
    assert "\n" not in str(caught.value)


def test_the_command_sets_every_future_against_every_other(tmp_path: Path) -> None:
    done = foedus(
        *("fork", "baseline", "--at", "2028-06", "--into", "baseline", "prolonged-ukraine-war"),
        *("taliban-spillover", "--trials", 40, "--no-figures", "--out", tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert "One past up to May 2028" in done.stdout
    assert done.stdout.count("Common random numbers") == 3
    (folder,) = tmp_path.iterdir()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "fork"
    assert "baseline-from-2028-06" in folder.name
    # A future is an ordinary scenario file.
    future = folder / "scenarios" / "prolonged-ukraine-war-from-2028-06.yaml"
    again = foedus("run", future, "--trials", 4, "--no-figures", "--out", tmp_path)
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["baseline", "--at", "2028-13", "--into", "baseline"], "expected a month such as"),
        (["baseline", "--at", "2026-11", "--into", "baseline"], "expected after 2026-11"),
        (["baseline", "--at", "2045-01", "--into", "baseline"], "no later than 2031-12"),
        (["baseline", "--at", "2028-01", "--into", "baseline"], "expected two scenarios or more"),
        (["baseline", "--at", "2028-01"], "--into"),
        (["baseline", "--at", "2028-01", "--into", "basline", "x"], "did you mean «baseline»"),
    ],
)
def test_mistakes_are_one_line(words: list[str], told: str, tmp_path: Path) -> None:
    done = foedus("fork", *words, "--out", tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []

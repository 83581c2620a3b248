"""Charter and mechanisms that change at a date, and triggers that change them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import scenario_file, setup_of
from foedus.dictionary.vocabulary import PROVISION_NAMES, EventKind
from foedus.parameters import registry
from foedus.scenarios.alliances import provisions
from foedus.scenarios.language.schema import Mechanisms
from foedus.scenarios.resolve import resolve
from foedus.scenarios.resolved import ResolvedScenario
from foedus.simulation.ensemble import run_ensemble
from test_docking import assert_docked


def resolved(body: str, parent: str = "baseline") -> ResolvedScenario:
    return resolve(scenario_file(body, parent=parent), parameters=registry.load().ranges)


def played(body: str) -> Any:
    return run_ensemble(setup_of(scenario_file(body)), trials=6, seed=4)


@pytest.mark.parametrize(
    ("dated", "undated"),
    [
        ("charter: {2026-11: {decision_rule: majority}}", "charter: {decision_rule: majority}"),
        (
            "charter: {2020-01: {notice_months: 1}, 2026-01: {notice_months: 2}}",
            "charter: {notice_months: 2}",
        ),
        (
            "charter: {decision_rule: majority, 2026-11: {decision_rule: patron_decides}}",
            "charter: {decision_rule: patron_decides}",
        ),
        (
            "mechanisms: {no_veto: true, 2026-11: {no_veto: false, symmetric_trust: true}}",
            "mechanisms: {symmetric_trust: true}",
        ),
    ],
)
def test_a_change_at_the_start_is_the_same_as_one_without_a_date(dated: str, undated: str) -> None:
    assert resolved(dated) == resolved(undated)
    one, other = played(dated), played(undated)
    for name in ("sample", "events", "outcomes"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_a_change_alters_nothing_before_its_month_and_something_after() -> None:
    plain, changed = played(""), played("mechanisms: {2028-01: {hegemon_only: true}}")
    month = 14
    assert plain.sample[:, :month].tobytes() == changed.sample[:, :month].tobytes()
    assert plain.sample[:, month:].tobytes() != changed.sample[:, month:].tobytes()
    events = changed.events[changed.events["kind"] == EventKind.CHANGE]
    assert set(events["month"]) == {month}
    assert set(events["provision"]) == {PROVISION_NAMES.index("hegemon_only")}


def test_a_change_to_what_is_already_so_alters_nothing() -> None:
    plain, changed = played(""), played("charter: {2028-01: {decision_rule: unanimity}}")
    assert plain.sample.tobytes() == changed.sample.tobytes()
    assert plain.outcomes.tobytes() == changed.outcomes.tobytes()


def test_changes_are_in_order_and_a_child_replaces_them_by_month() -> None:
    body = "charter: {2030-01: {decision_rule: unanimity}, 2028-01: {decision_rule: majority}}"
    parent = str(scenario_file(body, "parent"))
    assert [change.month for change in resolved("", parent).changes] == [14, 38]
    child = "charter: {2028-01: {notice_months: 12}, 2029-01: {decision_rule: patron_decides}}"
    told = [
        (change.month, PROVISION_NAMES[change.provision], change.value)
        for change in resolved(child, parent).changes
    ]
    assert told == [(14, "notice_months", 12), (26, "decision_rule", 2), (38, "decision_rule", 0)]
    shorter = resolved("horizon: 20\nquestions: []", parent)
    assert [change.month for change in shorter.changes] == [14]


def test_dated_changes_survive_the_resolved_file(tmp_path: Path) -> None:
    one = resolved(
        "charter: {2028-01: {decision_rule: majority}}\n"
        "mechanisms: {no_veto: true, 2029-02: {no_veto: false}}\n"
        "triggers:\n"
        "  - {name: t, when: cohesion < 0.5, from: 2027-03, on: charter.notice_months, to: 1,\n"
        "     until: cohesion > 0.6, repeat: true}\n"
    )
    copy = tmp_path / "copy.yaml"
    copy.write_text(one.to_yaml(), encoding="utf-8")
    assert resolve(copy, parameters=registry.load().ranges) == one
    assert "2028-01: {decision_rule: majority}" in one.to_yaml()


@pytest.mark.parametrize("name", PROVISION_NAMES)
def test_every_provision_has_an_address(name: str) -> None:
    section = "mechanisms" if name in Mechanisms.model_fields else "charter"
    assert provisions.provision_at(f"{section}.{name}") == PROVISION_NAMES.index(name)


EVERYTHING = """
charter: {2027-06: {decision_rule: majority, notice_months: 1}}
mechanisms: {2027-03: {no_veto: true}, 2028-03: {no_veto: false, no_bilateral: true}}
triggers:
  - {name: a, when: war > 0.5, on: charter.decision_rule, to: patron_decides, until: war < 0.8}
  - {name: b, when: members active < 6, for_months: 3, on: trust_bloc.KAZ, size: -0.2}
  - {name: c, when: requests by anyone >= 1, on: mechanisms.random_walk, to: true,
     until: requests by anyone >= 3, repeat: true}
  - {name: d, when: cohesion < 0.9, from: 2028-01, on: offer.CHN, size: 0.5, half_life: 4}
  - {name: e, when: answers of statement to anyone >= 1, on: tie.KGZ-TJK, size: -0.3}
  - {name: f, when: threat of afghan-raids to TJK > 0.1, on: aggression, size: 0.4, repeat: true}
decisions:
  - {name: notice, date: 2027-02, actor: KAZ, does: notice}
  - {name: back, date: 2027-04, actor: KAZ, does: withdraw}
  - {name: frozen, date: 2027-06, actor: KGZ, does: freeze}
  - {name: thawed, date: 2028-06, actor: KGZ, does: thaw}
  - {name: gone, date: 2027-09, actor: BLR, does: leave}
  - {name: again, date: 2029-09, actor: BLR, does: join}
  - {name: words, date: 2028-02, actor: TJK, does: request, threat: afghan-raids,
     channel: bloc, answer: statement, size: 0.8}
  - {name: alone, date: 2028-02, actor: KAZ, does: request, threat: domestic-unrest,
     channel: bilateral}
  - {name: impossible, date: 2028-03, actor: UZB, does: freeze}
  - {name: election, date: 2028-05, actor: KAZ, does: government, size: -1.2}
  - {name: gas, date: 2027-05, actor: RUS, does: terms, toward: KGZ, size: 0.7}
  - {name: trade, date: 2027-05, actor: RUS, does: pressure, toward: KAZ}
  - {name: pact, date: 2027-07, actor: TUR, does: pact, toward: KAZ}
  - {name: drones, date: 2027-08, actor: CHN, does: arms, toward: TJK, size: 0.5}
quantities_from:
  2027-03: {"basing[TJK]": 0.2, "level[KGZ,domestic-unrest]": 0.9, "patron_tie[azerbaijan]": 0.9}
  2029-03: {"offer[TUR]": 0.9, "autonomy[KAZ]": 0.9}
drivers:
  control: {2026-11: 1.0, 2028-01: 2.0}
  presence: {2026-11: 1.0, 2028-01: 3.0}
  supply: {2026-11: 0.2, 2028-01: 2.0}
  position: {2026-11: 0.0, 2028-01: 0.5}
  stake.afghan-raids: {2026-11: 1.0, 2028-01: 0.1}
"""


def test_engines_dock_on_changes_and_on_triggers_of_every_kind() -> None:
    setup = setup_of(scenario_file(EVERYTHING))
    assert_docked(setup, seed=3, trials=3)
    kinds = run_ensemble(setup, trials=3, seed=3).events["kind"]
    made = [EventKind.TRIGGER, EventKind.TRIGGER_ENDED, EventKind.CHANGE, EventKind.DECISION]
    assert np.isin(made, kinds).all()


def test_before_a_month_is_by_the_month_before() -> None:
    ask = "questions:\n  - {{id: q, text: Q., when: war > 0.5, {}}}\n"
    before = resolved(ask.format("before: 2028-01")).questions[-1]
    assert before == resolved(ask.format("by: 2027-12")).questions[-1]


LISTS = ("shocks", "triggers", "levers", "uncertainties", "questions")


def test_an_empty_section_takes_over_nothing() -> None:
    parent = str(
        scenario_file(
            "shocks: [{name: s, date: 2028-01, on: resolve, size: -0.5}]\n"
            "triggers: [{name: t, when: cohesion < 0.5, on: resolve, size: 0.1}]\n"
            "levers: [{name: l, text: L., on: charter.decision_rule}]\n",
            "parent",
        )
    )
    full, above = resolved("", parent), resolved("", "baseline")
    assert (len(full.driver_shocks), len(full.triggers)) == (1, 1)
    assert len(full.settings) == 1 + len(above.settings)
    empty = resolved("".join(f"{key}: []\n" for key in LISTS) + "drivers: {}\n", parent)
    assert (empty.driver_shocks, empty.triggers, empty.settings, empty.questions) == ((),) * 4
    assert empty.scenario.drivers == {}

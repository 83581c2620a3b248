"""The pass rule of every pattern, on made-up runs that must pass and on ones that must fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import CSTO
from foedus.errors import FoedusError
from foedus.validation.patterns.battery import figures_of, runs_needed
from foedus.validation.patterns.reading import Figure
from foedus.validation.patterns.rules import Check, judge, load
from foedus_csto.help_patterns import still_open
from pattern_cases import CASES

FIGURES = figures_of(CSTO)
RULES = {rule.id: rule for rule in load(CSTO)}
BROKEN = [(name, figure) for name, (_, breakers) in CASES.items() for figure in breakers]


def failing(name: str, runs: dict[str, object]) -> list[str]:
    verdict = judge(RULES[name], FIGURES[name](runs))  # type: ignore[arg-type]
    return [found.check.figure for found in verdict.findings if not found.passed]


@pytest.mark.parametrize("name", CASES)
def test_runs_that_show_the_pattern_pass(name: str) -> None:
    case, _ = CASES[name]
    assert failing(name, case()) == []


@pytest.mark.parametrize(("name", "figure"), BROKEN)
def test_runs_that_break_one_check_fail_it(name: str, figure: str) -> None:
    case, breakers = CASES[name]
    runs = case()
    breakers[figure](runs)
    assert figure in failing(name, runs)


def test_every_check_of_every_pattern_has_been_seen_to_fail() -> None:
    for name, rule in RULES.items():
        assert {check.figure for check in rule.checks} == set(CASES[name][1]), name


def test_hard_checks_are_those_of_the_contract_and_look_at_every_run() -> None:
    hard = [rule for rule in RULES.values() if rule.hard]
    assert [rule.id for rule in hard] == ["P09", "P14", "P16", "P26"]
    assert [rule.id for rule in hard if rule.runs] == ["P26"]
    assert all(rule.use == "check" for rule in hard)


def test_every_run_of_the_battery_exists() -> None:
    names = runs_needed(tuple(RULES.values()))
    bundled = {"baseline", "taliban-spillover"}
    assert [
        name for name in names if name not in bundled and isinstance(CSTO.scenario(name), str)
    ] == []


def test_nothing_to_look_at_is_a_failure() -> None:
    check = Check("anything", "at_least", (0.0,), "judgement")
    assert not check.holds(float("nan"))
    nothing = still_open(np.array([], dtype=np.int64), np.array([], dtype=bool), 24)
    assert np.isnan(nothing.value)


@pytest.mark.parametrize(
    ("relation", "threshold", "holds", "fails"),
    [
        ("above", (1.0,), 1.1, 1.0),
        ("at_least", (1.0,), 1.0, 0.9),
        ("below", (1.0,), 0.9, 1.0),
        ("at_most", (1.0,), 1.0, 1.1),
        ("equals", (1.0,), 1.0, 1.01),
        ("between", (1.0, 2.0), 2.0, 2.1),
    ],
)
def test_relations(relation: str, threshold: tuple[float, ...], holds: float, fails: float) -> None:
    check = Check("x", relation, threshold, "judgement")
    assert check.holds(holds)
    assert check.margin(holds) >= 0.0
    assert not check.holds(fails)
    assert check.margin(fails) <= 0.0


def test_the_weakest_check_is_the_one_that_fails_or_is_nearest_to_it() -> None:
    figures = {
        "change of ARM": Figure(-0.4, 0.01),
        "change of BLR": Figure(0.049, 0.01),
        "change of KAZ": Figure(-0.07, 0.01),
        "change of KGZ": Figure(-0.07, 0.01),
    }
    assert judge(RULES["P02"], figures).weakest.check.figure == "change of BLR"
    figures["change of ARM"] = Figure(-0.2, 0.01)
    assert judge(RULES["P02"], figures).weakest.check.figure == "change of ARM"


def test_kaplan_and_meier_by_hand() -> None:
    """Four programmes: over after 5 and 10 months, one lost from sight at 7, one open at 30."""
    found = still_open(np.array([5, 10, 7, 30]), np.array([True, True, False, False]), 24)
    assert found.value == pytest.approx(3 / 4 * 1 / 2)


ONE = "- {id: P01, runs: [baseline], seen: no, checks: [{figure: x, above: 0, rests_on: P01}]}\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ONE, "no rule for P02"),
        (ONE + ONE, "[P01].id: given twice, first in line 1"),
        (ONE.replace("P01", "P99"), "unknown pattern «P99»"),
        (ONE.replace("seen: no", "seen: dimly"), "dimly"),
        (ONE.replace("above: 0", "above: high"), "expected a number"),
        (ONE.replace("above: 0", "between: [2, 1]"), "two ascending numbers"),
        (ONE.replace("rests_on: P01", "rests_on: P77"), "[P01].checks: there is no evidence «P77»"),
        (ONE.replace(", rests_on: P01", ""), "rests_on: missing, expected: evidence id"),
        (ONE.replace("above: 0", "above: 0, below: 1"), "found above and below, expected one of"),
        (ONE.replace("runs: [baseline]", "runs: baseline"), "a list of scenarios"),
        (ONE.replace("seen: no", "seen: no, margin: 3"), "margin"),
    ],
)
def test_faulty_rules_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "patterns.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FoedusError, match=complaint.replace("[", r"\[")):
        load(CSTO, path)

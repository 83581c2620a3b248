"""The command that holds the model against the record."""

from __future__ import annotations

import argparse
import csv
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from command import foedus
from conftest import CSTO
from foedus.commands.case import validate as command
from foedus.simulation.loading import load_setup
from foedus.validation.hindcasts import rivals
from foedus.validation.page import patterns as page
from foedus.validation.page.outputs import PATTERN_COLUMNS, pattern_rows
from foedus.validation.page.text import number
from foedus.validation.patterns import battery
from foedus.validation.patterns.reading import Figure
from foedus.validation.patterns.rules import PatternRule, Verdict, judge, load
from foedus.validation.replicas.explained import explanations
from foedus_csto import PATTERNS
from pattern_cases import CASES


def verdicts(broken: str | None = None) -> list[Verdict]:
    """All patterns pass on their made-up runs, but for one of which a check is broken."""
    found = []
    for rule in load(CSTO):
        case, breakers = CASES[rule.id]
        runs = case()
        if rule.id == broken:
            next(iter(breakers.values()))(runs)
        found.append(judge(rule, PATTERNS[rule.id](runs)))
    return found


def rendered(found: list[Verdict]) -> str:
    return page.render(found, explained={"P03": "A reason."}, footer="A footer.")


class Balance(HTMLParser):
    """Whether tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - of the base
        if tag not in {"meta", "br", "img", "rect", "line", "circle"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "line", "circle"}:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_from_elsewhere() -> None:
    text = rendered(verdicts())
    reader = Balance()
    reader.feed(text)
    assert reader.open == []
    assert "28 of 28 patterns" in text
    assert "http" not in text.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert "A reason." not in text


def test_a_failing_pattern_is_explained_on_the_page() -> None:
    text = rendered(verdicts(broken="P03"))
    assert "27 of 28 patterns" in text
    assert "✗ fails" in text
    assert "A reason." in text


def test_the_summary_names_failures_and_broken_hard_checks() -> None:
    sentences = page.summary(pattern_rows(verdicts()))
    assert "All 4 hard checks hold in every trial." in sentences
    assert "Of the 11 hold-outs 11 pass" in " ".join(sentences)
    sentences = page.summary(pattern_rows(verdicts(broken="P09")))
    assert "HARD CHECKS FAIL: P09." in sentences
    assert "Failing: P09." in sentences


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.125, "−0.125"), (12.34, "12.3"), (1234.5, "1,234"), (float("nan"), "none")],
)
def test_numbers_for_reading(value: float, text: str) -> None:
    assert number(value) == text


def test_a_strip_shades_the_side_that_passes() -> None:
    rule: PatternRule = next(each for each in load(CSTO) if each.id == "P11")
    (inside,) = judge(rule, {"exits a member-year": Figure(0.012, 0.001)}).findings
    (outside,) = judge(rule, {"exits a member-year": Figure(0.03, 0.001)}).findings
    assert "#0072B2" in page.strip(inside)
    assert "#D55E00" in page.strip(outside)
    assert page.passing(inside.check, 0.0, 1.0) == (0.001, 0.025)
    low, high = page.axis(outside.check, *outside.figure)
    assert low < 0.001
    assert high > 0.032


def test_explanations_are_of_patterns() -> None:
    assert set(explanations(CSTO)) <= {rule.id for rule in load(CSTO)}


@pytest.mark.parametrize(("broken", "status"), [("P09", 1), ("P03", 0)])
def test_the_status_is_1_if_a_hard_check_fails_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, status: int
) -> None:
    monkeypatch.setattr(battery, "run_battery", lambda _: verdicts(broken))
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    options = parser.parse_args(["validate", "--patterns-only", "--out", str(tmp_path)])
    assert command.validate(options) == status
    assert next(tmp_path.glob("*/validation.html")).is_file()


@pytest.mark.slow
def test_the_command_judges_every_pattern_and_writes_page_and_tables(tmp_path: Path) -> None:
    done = foedus("validate", "--reduced", "--trials", 60, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "playing baseline" in done.stderr
    assert "All 4 hard checks hold in every trial." in done.stdout
    (folder,) = tmp_path.iterdir()
    assert "Reduced run" in (folder / "validation.html").read_text(encoding="utf-8")
    with (folder / "patterns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == PATTERN_COLUMNS
    assert {row["pattern"] for row in rows} == {rule.id for rule in load(CSTO)}
    assert "replicating the record by posterior-2019" in done.stderr
    assert "Predictive checks" in (folder / "validation.html").read_text(encoding="utf-8")
    for name in ("scores", "forecasts", "levels", "quantities", "predictive"):
        assert (folder / f"{name}.csv").stat().st_size > 200
    hard = [row for row in rows if row["hard"] == "True"]
    assert {row["pattern"] for row in hard} == {"P09", "P14", "P16", "P26"}
    assert all(row["passed"] == "True" for row in hard)


def test_the_command_refuses_too_many_trials() -> None:
    done = foedus("validate", "--trials", 0)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_command_keeps_nothing_but_a_full_run() -> None:
    done = foedus("validate", "--keep", "--reduced", "--rivals")
    assert done.returncode == 2
    assert "needs a full run" in done.stderr


def test_the_test_split_is_never_forecast_by_a_posterior_that_saw_it() -> None:
    assert CSTO.frozen("posterior") == "posterior-2019"
    assert CSTO.frozen("record") == "record"


@pytest.mark.slow
def test_a_rival_is_fitted_alike_every_time_and_draws_from_what_it_kept() -> None:
    budget = rivals.Budget(draws=6, kept=2, particles=2, trials=20)
    found = rivals.fit(CSTO, "threat_only", "prior", budget, 1)
    again = rivals.fit(CSTO, "threat_only", "prior", budget, 1)
    np.testing.assert_array_equal(found.values, again.values)
    assert found.values.shape == (2, len(found.names))
    poorer = rivals.fit(CSTO, "threat_only", "prior", replace(budget, kept=6), 1)
    assert found.log_likelihood > poorer.log_likelihood
    setup = found.apply(rivals.change_of("threat_only")(load_setup("history-2019", "prior")))
    assert setup.world["threat_only"] == 1
    place = [each.name for each in setup.uncertain].index("ask_base")
    drawn = setup.draw_quantities(1, np.arange(50))[:, place]
    assert set(drawn) <= set(found.values[:, found.names.index("ask_base")])

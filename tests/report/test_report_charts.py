"""The report's charts: one panel per run, shares that add up, and no two things of one name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import scenario_file, setup_of
from foedus.drawings.rows import Estimate, draw_estimates, draw_shares
from foedus.drawings.svg import ticks
from foedus.errors import FoedusError
from foedus.report import charts
from foedus.report.gather import Findings, Played, contrast, distinct_runs
from foedus.runs.provenance import identity_of, provenance
from foedus.runs.records import Manifest
from foedus.runs.study import about_study
from foedus.scenarios.labels import distinct
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.world import Setup
from foedus.studies.compare.contrasts import contrast_all, labels_of
from foedus.studies.compare.text import contrasts_text
from foedus.studies.compare.trials import Trials, play_trials
from foedus.studies.influential_inputs import InfluentialInput
from foedus.telling.summary import summarize

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = THEN.replace(second=6)
UGLY = [
    "</svg><script>x()</script>",
    "A | B",
    "$x$ [/b]",
    "a\"b'c&",
    "W" * 300,
    "Ж" * 60,
    "#0072B2",
]


def played(
    seed: int = 1,
    trials: int = 40,
    *,
    parameters: str = "record",
    scenario: str | Path = "baseline",
) -> Played:
    setup = setup_of(scenario, parameters)
    ensemble = run_ensemble(setup, trials=trials, seed=seed)
    about = about_study("run", provenance(ensemble), identity_of(setup), THEN)
    content = json.dumps({**about, "versions": {}, "code": {}, "files": {}})
    manifest = Manifest.model_validate_json(content)
    return Played(Path("run"), manifest, setup, ensemble, summarize(ensemble), "")


@pytest.fixture(scope="module")
def runs() -> list[Played]:
    """Five runs of one title, two of which are equal in everything but their folders."""
    first = played()
    return distinct_runs(
        [first, played(2), played(trials=60), played(parameters="corpus"), replace(first)]
    )


def test_runs_of_one_title_are_told_apart_by_what_differs(runs: list[Played]) -> None:
    title = runs[0].ensemble.scenario.title
    assert [run.label for run in runs] == [
        f"{title} (parameters record, seed 1, 40 trials, 1)",
        f"{title} (parameters record, seed 2)",
        f"{title} (parameters record, seed 1, 60 trials)",
        f"{title} (parameters corpus)",
        f"{title} (parameters record, seed 1, 40 trials, 2)",
    ]
    assert distinct_runs([runs[0]])[0].label == title
    now = runs[0].manifest.model_copy(update={"created": NOW})
    two = distinct_runs([runs[0], replace(runs[0], manifest=now)])
    assert [run.label for run in two] == [
        f"{title} (made 2026-01-02T03:04:05+00:00)",
        f"{title} (made 2026-01-02T03:04:06+00:00)",
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("cd"), st.sampled_from("ef")), max_size=8
    )
)
def test_no_two_labels_are_ever_equal(things: list[tuple[str, str, str]]) -> None:
    titles, *details = map(list, zip(*things, strict=True)) if things else ([], [], [])
    labels = distinct(titles, *details)
    assert len(set(labels)) == len(labels)
    assert all(label.startswith(title) for label, title in zip(labels, titles, strict=True))


@given(st.lists(st.sampled_from(["A", "A (1)", "A (2)", "A (1) (1)"]), max_size=8))
def test_a_number_is_not_one_that_a_title_has_already(titles: list[str]) -> None:
    labels = distinct(titles)
    assert len(set(labels)) == len(labels)


def test_what_cannot_be_paired_is_called_by_its_label(runs: list[Played]) -> None:
    with pytest.raises(FoedusError) as refused:
        contrast(runs[0], runs[1])
    assert str(refused.value).startswith(f"«{runs[0].label}» and «{runs[1].label}» cannot be")


def test_a_comparison_tells_scenarios_of_one_title_apart() -> None:
    names = ("one", "two", "three")
    setups = [setup_of(scenario_file("horizon: 12\n", name=name)) for name in names]

    def play(setup: Setup, first: int, trials: int) -> Trials:
        return play_trials(setup, trials=trials, seed=1, first=first)

    compared = contrast_all(setups, play, seed=1, trials=20)
    labels = [f"A variant ({name})" for name in names]
    assert labels_of(compared.scenarios) == labels
    for contrast_, label in zip(compared.contrasts, labels[1:], strict=True):
        pairs = {(each.base_title, each.other_title) for each in contrast_.differences}
        assert pairs == {(labels[0], label)}
    text = contrasts_text(compared)
    assert all(f"«{label}»" in text for label in labels)
    assert "«A variant»" not in text


def test_every_run_has_a_panel_of_its_own(runs: list[Played]) -> None:
    for chart in (charts.fan_chart(runs), charts.status_chart(runs)):
        assert [name for name, _ in chart.panels] == [run.label for run in runs]
        for _, drawn in chart.panels:
            ET.fromstring(drawn)
    (fan,) = charts.fan_chart(runs[:1]).panels
    assert fan[0] == ""
    # The median moves from left to right and never back: no two runs share a line.
    points = re.findall(r'<polyline points="([^"]*)"', fan[1])
    for line in points:
        across = [float(point.split(",")[0]) for point in line.split()]
        assert across == sorted(across)


def test_shares_of_a_member_fill_its_row_and_no_more(runs: list[Played]) -> None:
    for _, drawn in charts.status_chart(runs).panels:
        root = ET.fromstring(drawn)
        bars = [
            (float(each.get("y", 0)), float(each.get("width", 0)))
            for each in root.iter("rect")
            if each.find("title") is not None
        ]
        rows = {y for y, _ in bars}
        assert len(rows) == 6
        sums = [sum(width for y, width in bars if y == row) for row in sorted(rows)]
        assert sums == pytest.approx([sums[0]] * 6, abs=0.3)


def test_questions_of_one_text_are_told_apart_by_their_ids() -> None:
    path = scenario_file(
        "questions:\n"
        "  - {id: high, text: It happens | or not., when: cohesion > 0.5, at: 2031-11}\n"
        "  - {id: low, text: It happens | or not., when: cohesion < 0.5, at: 2031-11}\n"
    )
    run = distinct_runs([played(scenario=path)])[0]
    texts = [one.text for one in run.summary.questions]
    assert texts[-2:] == ["It happens | or not. (high)", "It happens | or not. (low)"]
    assert len(set(texts)) == len(texts)
    chart = charts.question_chart(run)
    assert chart is not None
    drawn = ET.fromstring(chart.panels[0][1])
    tips = [each.text or "" for each in drawn.iter("title")]
    assert [text.rpartition(":")[0] for text in tips] == texts
    assert len(list(drawn.iter("circle"))) == len(texts)


def test_differences_and_assumptions_are_drawn_with_their_intervals(runs: list[Played]) -> None:
    war = setup_of("prolonged-ukraine-war")
    ensemble = run_ensemble(war, trials=40, seed=1)
    other = replace(runs[0], setup=war, ensemble=ensemble, label="The war")
    chart = charts.difference_chart(contrast(runs[0], other), 0)
    assert chart is not None
    assert chart.title == f"What «The war» changes against «{runs[0].label}»"
    assert 'aria-label="Differences at the end. ' in chart.panels[0][1]
    strongest = InfluentialInput("war_drain", -0.5, -0.6, -0.4)
    drawn = charts.influence_chart(Findings((strongest,), (), 0, ()))
    assert drawn is not None
    assert "war_drain: -0.50 (-0.60 to -0.40)" in drawn.panels[0][1]
    assert charts.influence_chart(Findings((), (), 0, ())) is None


@given(st.lists(st.tuples(WORDS | st.sampled_from(UGLY), *[st.floats(-1, 1)] * 3), min_size=1))
def test_any_words_and_any_numbers_are_drawn_whole(
    entries: list[tuple[str, float, float, float]],
) -> None:
    rows = []
    for name, *numbers in entries:
        low, middle, high = sorted(numbers)
        rows.append(Estimate(name, middle, low, high))
    drawn = draw_estimates(rows, title=entries[0][0], axis="Share", words="{:+.2f}".format)
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == entries[0][0]
    width, height = (float(each) for each in root.get("viewBox", "").split()[2:])
    for each in root.iter("circle"):
        assert 0 <= float(each.get("cx", -1)) <= width
        assert 0 <= float(each.get("cy", -1)) <= height
    shares = draw_shares(
        [(name, (0.25, 0.75)) for name, *_ in entries],
        [("in", "#0072B2"), ("out", "#4D4D4D")],
        title="Shares",
        axis="Share",
        words="{:.0%}".format,
    )
    ET.fromstring(shares)


@given(st.floats(-1e3, 1e3), st.floats(1e-6, 1e3), st.integers(3, 9))
def test_ticks_are_round_and_inside(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert 1 <= len(found) <= most
    assert all(low - 1e-5 * span <= each <= low + 1.00001 * span for each in found)

"""Do all surfaces say the same of one run, digit for digit?"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from conftest import BUNDLED, scenario_file, setup_of
from foedus.api.comparison import Comparison
from foedus.app.ensembles import Pair
from foedus.app.tabs import tables
from foedus.figures.run.overview import overview_figure
from foedus.figures.studies.contrasts import forest_figure
from foedus.figures.style import styled
from foedus.report import answer
from foedus.report.gather import Contrast
from foedus.report.page import what_differs
from foedus.runs.run_folder import write_run
from foedus.scenarios.resolve import parent_of
from foedus.simulation.ensemble import run_ensemble
from foedus.studies.compare.contrasts import contrast_all
from foedus.studies.compare.paired import against_parent, comparable
from foedus.studies.compare.text import contrasts_text
from foedus.studies.compare.trials import play_trials
from foedus.studies.library.study import play_library
from foedus.studies.library.text import library_text
from foedus.telling.headlines import comparison_headline
from foedus.telling.numbers import share
from foedus.telling.summary import read_summary, summarize, summary_json
from foedus.telling.terminal import report_text

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup
    from foedus.studies.compare.trials import Trials

SEED = 3
CHILDREN = tuple((name, str(parent_of(name))) for name in BUNDLED if parent_of(name) is not None)
FAST = ("armenia-azerbaijan-peace", "prolonged-ukraine-war", "taliban-spillover")


@cache
def ensemble(name: str, trials: int) -> Ensemble:
    return run_ensemble(setup_of(name), trials=trials, seed=SEED, sample=0, events=False)


def plain(text: str) -> str:
    """Text without line breaks, indents and markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def surfaces(child: str, parent: str, trials: int, folder: Path) -> dict[str, str]:
    """What every surface prints about a scenario and its parent."""

    def play(setup: Setup, first: int, count: int) -> Trials:
        return play_trials(setup, trials=count, seed=SEED, first=first)

    own, base = ensemble(child, trials), ensemble(parent, trials)
    summary = summarize(own, against_parent(own, base))
    written = write_run(own, folder, summary=summary)
    again = read_summary((written.path / "summary.json").read_bytes())
    assert summary_json(again) == summary_json(summary)
    contrasts = contrast_all([setup_of(parent), setup_of(child)], play, seed=SEED, trials=trials)
    kept = Contrast(again.against[0].base_title, again.against[0].other_title, again.against)
    library = play_library([parent, child], lambda name: ensemble(name, trials))
    with styled():
        figures = [overview_figure(own, again), forest_figure(contrasts)]
    titles = [" ".join(text.get_text() for text in figure.texts) for figure in figures]
    pair = Pair(None, None, None, contrasts.contrasts[0].differences)  # type: ignore[arg-type]
    return {
        "terminal": report_text(summary),
        "summary.txt": (written.path / "summary.txt").read_text(encoding="utf-8"),
        "compare": contrasts_text(contrasts),
        "library": library_text(library),
        "report's answer": answer.difference_sentence([kept]),
        "report's section": str(list(what_differs([kept], []))),
        "overview": titles[0],
        "forest": titles[1],
        "app": tables.differences(pair.rows),
        "Python": Comparison(contrasts).sentence(),
    }


def check(child: str, parent: str, trials: int, folder: Path) -> str:
    """Every surface holds one sentence of the difference, and the same."""
    own, base = ensemble(child, trials), ensemble(parent, trials)
    sentence = comparison_headline(summarize(own, against_parent(own, base)))
    assert sentence
    for surface, text in surfaces(child, parent, trials, folder).items():
        told = plain(text)
        assert told.count(f"{sentence}.") == 1, f"{surface}: {told}"
        assert "same luck" not in told
        assert not re.search(r"\b1 trials", told)
        assert trials > 2 or "would settle it" not in told
        assert "nan" not in told.split()
    return sentence


def pairs(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(child, parent) for child, parent in CHILDREN if child in names]


@pytest.mark.parametrize(("child", "parent"), pairs(FAST))
def test_all_surfaces_say_one_sentence(child: str, parent: str, tmp_path: Path) -> None:
    check(child, parent, 60, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("child", "parent"), pairs(tuple(name for name in BUNDLED if name not in FAST))
)
def test_all_surfaces_say_one_sentence_of_every_scenario(
    child: str, parent: str, tmp_path: Path
) -> None:
    if not comparable(ensemble(parent, 60), ensemble(child, 60)):
        pytest.skip("other months or members: they are not compared anywhere")
    check(child, parent, 60, tmp_path)


@pytest.mark.parametrize("trials", [1, 2, 3])
def test_few_trials_claim_no_direction(trials: int, tmp_path: Path) -> None:
    (pair,) = pairs(("prolonged-ukraine-war",))
    sentence = check(*pair, trials, tmp_path)
    if trials <= 2:
        assert "cannot be told apart" in sentence
        assert "lower" not in sentence
        assert "higher" not in sentence


@pytest.mark.parametrize("trials", [1, 40])
def test_a_child_that_differs_in_nothing_is_said_to_be_the_same(
    trials: int, tmp_path: Path
) -> None:
    same = str(scenario_file("narrative: The same.\n"))
    sentence = check(same, "baseline", trials, tmp_path)
    assert "is the same in" in sentence


def test_a_horizon_of_one_month_is_said_without_fault(tmp_path: Path) -> None:
    base = str(scenario_file("horizon: 1\nquestions: []\n", name="short"))
    own = ensemble(base, 10)
    text = plain(report_text(summarize(own)))
    assert "starts at" in text
    assert "nan" not in text.split()
    write_run(own, tmp_path)


def test_a_question_has_one_number_everywhere(tmp_path: Path) -> None:
    (pair,) = pairs(("taliban-spillover",))
    told = {name: plain(text) for name, text in surfaces(*pair, 60, tmp_path).items()}
    own = summarize(ensemble(pair[0], 60))
    for question in own.questions:
        number = share(question.came_true, mark="")
        assert number in told["terminal"]
        assert number in told["summary.txt"]
    renamed = replace(own.questions[0].came_true, count=0, share=0.0, low=0.0, high=0.001)
    assert share(renamed) == "0 %"

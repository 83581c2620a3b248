"""`foedus compare`: from two scenarios to a folder, a table and two figures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from command import ROOT, foedus
from conftest import scenario_file, setup_of
from foedus.dictionary.recording import COMPONENTS
from foedus.errors import FoedusError
from foedus.figures.studies.contrasts import draw_contrasts
from foedus.studies.compare.contrasts import Wanted, check_setups, contrast_all, find_measure
from foedus.studies.compare.text import contrasts_text, pairing_words, render
from foedus.studies.compare.trials import FAN_TRIALS, Trials, play_trials
from foedus.telling.console import plain_text

if TYPE_CHECKING:
    from foedus.simulation.world import Setup
    from foedus.studies.compare.contrasts import Contrasts

PAIRS = (
    ("baseline", "prolonged-ukraine-war"),
    ("baseline", "taliban-spillover"),
    ("prolonged-ukraine-war", "taliban-spillover"),
)


def played(setup: Setup, first: int, trials: int) -> Trials:
    """Trials with seed 3."""
    return play_trials(setup, trials=trials, seed=3, first=first)


def contrasted(*names: str | Path, trials: int = 200, wanted: Wanted | None = None) -> Contrasts:
    """A comparison with seed 3."""
    setups = [setup_of(name) for name in names]
    return contrast_all(setups, played, seed=3, trials=trials, wanted=wanted)


@pytest.fixture(scope="module")
def three() -> Contrasts:
    return contrasted("baseline", "prolonged-ukraine-war", "taliban-spillover")


@pytest.mark.parametrize("pair", PAIRS)
def test_pairing_is_worth_more_than_twice_the_trials(pair: tuple[str, str]) -> None:
    (contrast,) = contrasted(*pair).contrasts
    gain = contrast.find("cohesion").gain
    assert gain > 2.0
    assert f"{gain:.0f} times smaller" in pairing_words(contrast) or gain < 10.0


def test_a_scenario_that_says_nothing_new_differs_in_nothing() -> None:
    same = scenario_file("narrative: The same.\n")
    (contrast,) = contrasted("baseline", same, trials=40).contrasts
    assert {one.verdict for one in contrast.differences} == {"the same"}
    assert not contrast.fan.any()
    assert contrast.find("cohesion").sentence().endswith("in each of 40 trials")


def test_trials_are_added_and_earlier_ones_stay_as_they_were() -> None:
    few = contrasted("baseline", "taliban-spillover", trials=60)
    wide = few.contrasts[0].find("cohesion")
    wanted = Wanted((wide.high - wide.low) / 3.0)
    many = contrasted("baseline", "taliban-spillover", trials=60, wanted=wanted)
    grown = many.widening
    assert grown is not None
    assert grown.reached
    assert grown.started == 60
    assert many.trials == grown.trials > 300
    end = many.contrasts[0].find("cohesion")
    assert end.high - end.low <= wanted.width
    assert f"{many.trials - 60:,} trials were added to 60" in " ".join(contrasts_text(many).split())
    setup = setup_of("baseline")
    later = played(setup, 0, 60).and_then(played(setup, 60, 51))
    at_once = played(setup, 0, 111)
    np.testing.assert_array_equal(later.panel.values, at_once.panel.values)
    np.testing.assert_array_equal(later.paths, at_once.paths)
    assert len(later.paths) <= FAN_TRIALS


def test_a_width_can_be_asked_of_any_metric() -> None:
    wanted = Wanted(0.2, "participation[KAZ]@2029-11")
    found = contrasted("baseline", "taliban-spillover", trials=60, wanted=wanted)
    assert found.widening is not None
    assert found.widening.measure.label == "participation[KAZ]@2029-11"
    panel = played(setup_of("baseline"), 0, 4).panel
    assert find_measure("frozen[KGZ]", panel).month == 60
    for name, told in (
        ("cohesiveness", "did you mean «cohesion»"),
        ("cohesion@2030-01", "expected 2027-11, 2029-11, 2031-11"),
        ("participation[XXX]", "unknown metric"),
    ):
        with pytest.raises(FoedusError, match=re.escape(told)):
            find_measure(name, panel)


def test_what_cannot_be_compared_is_refused_before_anything_is_played() -> None:
    base = setup_of("baseline")
    later = setup_of(scenario_file("start: 2027-01\nhorizon: 24\n", name="later"))
    shorter = setup_of(scenario_file("horizon: 24\n", name="shorter"))
    for setups, told in (
        ([base], "expected two scenarios or more"),
        ([base, base], "«baseline» is named twice"),
        ([base, later], "the start must be the same, found 2026-11 and 2027-01"),
        ([base, shorter], "the horizon must be the same, found 60 months and 24 months"),
    ):
        with pytest.raises(FoedusError, match=re.escape(told)) as caught:
            check_setups(setups)
        assert "\n" not in str(caught.value)


def test_the_text_fits_and_says_what_it_must(three: Contrasts) -> None:
    text = plain_text(lambda console: render(three, console), 80)
    assert max(map(len, text.splitlines())) <= 80
    told = " ".join(text.split())
    for contrast in three.contrasts:
        assert f"{contrast.find('cohesion').sentence()}." in told
    assert told.count("times smaller than unpaired seeds would") == 2
    # In a narrow column the verdict takes several lines.
    assert "cannot be" in told
    assert "too small" in told


@pytest.mark.slow
def test_figures_are_the_same_bytes_each_time(three: Contrasts, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        draw_contrasts(three, folder)
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert found[0] == found[1]
    assert set(found[0]) == {
        f"{n}.{end}" for n in ("cohesion", "forest", "difference") for end in ("png", "svg")
    }
    svg = found[0]["forest.svg"].decode()
    for words in ("prolonged-ukraine-war", "Kazakhstan:"):
        assert words in svg


def test_the_command_writes_a_folder_and_prints_the_answer(tmp_path: Path) -> None:
    done = foedus(
        *("compare", "baseline", "taliban-spillover", "--trials", 80, "--no-figures"),
        *("--until-width", 0.0015, "--out", tmp_path),
    )
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "times smaller than unpaired seeds would" in text
    assert "was asked for" in text
    (folder,) = tmp_path.iterdir()
    assert str(folder) in done.stdout
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "compare"
    assert manifest["run"]["trials"] > 80
    assert str(ROOT) not in (folder / "manifest.json").read_text(encoding="utf-8")
    table = pq.read_table(folder / "tables" / "differences.parquet").to_pylist()
    end = next(row for row in table if row["metric"] == "cohesion" and row["month"] == 60)
    assert end["low"] <= end["difference"] <= end["high"]
    assert end["high"] - end["low"] <= 0.0015
    assert end["difference"] == pytest.approx(end["scenario_mean"] - end["base_mean"])
    assert end["verdict"] == "higher"
    assert {row["date"] for row in table if row["metric"] == "engagement"} == {
        *("2027-11", "2029-11", "2031-11")
    }
    fans = pq.read_table(folder / "tables" / "fans.parquet")
    assert fans.num_rows == 61 * (1 + len(COMPONENTS))
    assert (folder / "scenarios" / "taliban-spillover.yaml").is_file()
    assert foedus("run", folder / "scenarios" / "baseline.yaml", "--trials", 0).returncode == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["baseline"], "SCENARIO"),
        (["baseline", "baseline"], "named twice"),
        (["baseline", "taliban-spilover"], "did you mean «taliban-spillover»"),
        (["baseline", "history-2019"], "the start must be the same"),
        (["baseline", "taliban-spillover", "--until-width", "0"], "expected a number above 0"),
        (["baseline", "taliban-spillover", "--metric", "membership"], "--until-width"),
        (
            [
                "baseline",
                "taliban-spillover",
                "--trials",
                "4",
                "--until-width",
                "1",
                "--metric",
                "x",
            ],
            "unknown metric",
        ),
    ],
)
def test_mistakes_are_one_line(words: list[str], told: str, tmp_path: Path) -> None:
    done = foedus("compare", *words, "--out", tmp_path, "--no-figures")
    assert done.returncode == 2
    assert done.stdout == ""
    assert told in done.stderr
    # A cold cache tells that it is being filled.
    lines = [line for line in done.stderr.splitlines() if "compiling the model" not in line]
    assert len(lines) == 1
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []

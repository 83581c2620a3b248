"""Is every figure drawn, labelled, repeatable, and does it say where it comes from?"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from foedus import figures
from foedus.figures.style import styled, years
from foedus.runs.provenance import provenance
from foedus.runs.run_folder import write_run
from foedus.telling.palette import VERMILLION
from foedus.telling.summary import summarize
from small_runs import MEMBERS, small_run

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.simulation.outcome import Ensemble

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return small_run(trials=200)


@pytest.fixture(scope="module")
def folder(ensemble: Ensemble, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    before = dict(mpl.rcParams)
    figures.draw_all(ensemble, summarize(ensemble), folder)
    assert dict(mpl.rcParams) == before
    return folder


def test_every_figure_is_there_as_picture_and_as_drawing(folder: Path) -> None:
    names = {f"{name}.{kind}" for name in figures.FIGURES for kind in ("png", "svg")}
    assert {path.name for path in folder.iterdir()} == names


def test_no_figure_is_left_in_the_hands_of_pyplot(folder: Path) -> None:
    assert folder.is_dir()
    assert plt.get_fignums() == []


def test_pictures_carry_their_provenance(ensemble: Ensemble, folder: Path) -> None:
    origin = provenance(ensemble)
    for name in figures.FIGURES:
        with Image.open(folder / f"{name}.png") as image:
            about = cast("Any", image).text
            assert image.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        assert about["Description"] == origin.line
        assert json.loads(about["Source"])["scenario_digest"] == origin.scenario_digest
        drawing = (folder / f"{name}.svg").read_text()
        assert drawing.count(origin.line) >= 2, "in the metadata and in the margin"
        assert "<dc:date>" not in drawing


def test_text_in_drawings_is_text_and_names_countries_in_full(folder: Path) -> None:
    for name in ("engagement", "status", "alignment", "overview"):
        drawing = (folder / f"{name}.svg").read_text()
        for code, title in MEMBERS.items():
            assert f">{title}<" in drawing
            assert f">{code}<" not in drawing


def test_answers_speak_of_incidents(folder: Path) -> None:
    drawing = (folder / "answers.svg").read_text()
    assert "Of 100 incidents, the member asks nobody in" in drawing
    assert "Incidents, and the answers to requests for help" in drawing


def test_participation_is_drawn_for_members_active_at_the_start(ensemble: Ensemble) -> None:
    with styled():
        figure = figures.FIGURES["engagement"](ensemble, summarize(ensemble))
    dashed = [
        sum(line.get_color() == VERMILLION and line.get_linestyle() == "--" for line in ax.lines)
        for ax in figure.axes
    ]
    assert dashed[: len(MEMBERS)] == [0, 1, 1, 1, 1]


def test_questions_of_the_overview_do_not_touch(ensemble: Ensemble) -> None:
    long = (
        "Fewer than five states, the patron included, are active at some time before it all ends."
    )
    many = [replace(summarize(ensemble).questions[0], id=f"q{n}", text=long) for n in range(12)]
    with styled():
        figure = figures.FIGURES["overview"](
            ensemble, replace(summarize(ensemble), questions=tuple(many))
        )
        figure.draw_without_rendering()
        (ax,) = (ax for ax in figure.axes if ax.get_title("left").startswith("Questions"))
        boxes = [text.get_window_extent() for text in ax.texts if "Fewer" in text.get_text()]
    assert len(boxes) == 10
    boxes.sort(key=lambda box: -box.y0)
    for upper, lower in itertools.pairwise(boxes):
        assert upper.y0 - lower.y1 > 0.15 * upper.height


def test_key_numbers_say_whose_troops_count(folder: Path) -> None:
    drawing = (folder / "overview.svg").read_text()
    assert "Troops sent by the bloc or Russia" in drawing
    assert "Troops against a member; expulsions" in drawing
    assert "Force between" not in drawing


def test_the_same_ensemble_is_drawn_the_same(
    ensemble: Ensemble, folder: Path, tmp_path: Path
) -> None:
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "red"}):
        figures.draw_all(ensemble, summarize(ensemble), tmp_path)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_every_axis_with_numbers_has_a_label(ensemble: Ensemble) -> None:
    with styled():
        for name, draw in figures.FIGURES.items():
            figure = draw(ensemble, summarize(ensemble))
            shown = [ax for ax in figure.axes if ax.axison]
            assert any(ax.get_xlabel() or ax.get_title("left") for ax in shown), name
            assert any(ax.get_ylabel() for ax in shown), name


@pytest.mark.parametrize(("horizon", "trials"), [(1, 1), (6, 40), (24, 40), (130, 40)])
def test_short_long_and_bare_runs_are_drawn(horizon: int, trials: int, tmp_path: Path) -> None:
    ensemble = small_run(trials=trials, horizon=horizon)
    bare = replace(
        ensemble,
        scenario=cast("Any", replace(cast("Any", ensemble.scenario), questions=())),
        questions=np.zeros((trials, 0), bool),
        request_counts=np.zeros_like(ensemble.request_counts),
    )
    figures.draw_all(bare, summarize(bare), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2 * len(figures.FIGURES)


def test_figures_of_a_run_lie_in_its_folder(ensemble: Ensemble, tmp_path: Path) -> None:
    written = write_run(ensemble, tmp_path, draw=figures.draw_all)
    assert "figures/overview.png" in written.files


def test_months_are_parts_of_years() -> None:
    np.testing.assert_allclose(years(("2026-01", "2026-07", "2027-01")), [2026.0, 2026.5, 2027.0])

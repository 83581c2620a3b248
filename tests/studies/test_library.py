"""The library of scenarios side by side: families, differences, the table and the command."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyarrow import csv, parquet

from command import foedus
from conftest import BUNDLED, scenario_file, setup_of
from foedus.simulation.ensemble import run_ensemble
from foedus.studies.library.factors import PARTS, TOGETHER, variance_shares
from foedus.studies.library.study import Library, play_library
from foedus.studies.library.tables import library_table
from foedus.studies.library.text import library_text, render
from foedus.telling.console import plain_text

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.simulation.outcome import Ensemble

NAMES = ("iskp-raids", "history-2012", "majority-voting", "baseline", "negotiated-end")
TRIALS = 40


@cache
def ensemble(name: str) -> Ensemble:
    return run_ensemble(setup_of(name), trials=TRIALS, seed=4, sample=0)


@pytest.fixture(scope="module")
def library() -> Library:
    return play_library(NAMES, ensemble)


def test_scenarios_are_set_against_the_one_that_they_go_back_to(library: Library) -> None:
    (family,) = library.families
    assert family.root.name == "baseline"
    assert {one.name for one in family.others} == {*NAMES} - {"baseline", "history-2012"}
    assert [one.name for one in library.alone] == ["history-2012"]


def test_the_family_is_ordered_from_the_most_to_the_least_cohesive(library: Library) -> None:
    found = [one.difference("cohesion").mean for one in library.families[0].others]
    assert found == sorted(found, reverse=True)


def test_a_difference_is_that_of_paired_trials(library: Library) -> None:
    ends = [ensemble(name).outcomes["cohesion_end"] for name in ("baseline", "negotiated-end")]
    (entry,) = (one for one in library.entries if one.name == "negotiated-end")
    assert entry.difference("cohesion").mean == pytest.approx((ends[1] - ends[0]).mean(), abs=1e-15)
    assert entry.mean("cohesion") == pytest.approx(ends[1].mean(), abs=1e-15)
    with pytest.raises(KeyError):
        entry.mean("cohesion", "KAZ")


def test_a_scenario_with_another_parent_is_set_against_both(library: Library) -> None:
    entries = {one.name: one for one in library.entries}
    assert {name for name, one in entries.items() if one.against_parent} == {"majority-voting"}
    ends = [ensemble(name).outcomes["cohesion_end"] for name in ("iskp-raids", "majority-voting")]
    found = next(
        one
        for one in entries["majority-voting"].against_parent
        if (one.measure.metric, one.measure.month) == ("cohesion", 60)
    )
    assert found.mean == pytest.approx((ends[1] - ends[0]).mean(), abs=1e-15)


def test_a_child_that_cannot_be_paired_stands_alone() -> None:
    short = str(scenario_file("horizon: 12\n", "short"))
    found = play_library(["baseline", short], ensemble)
    assert found.families == ()
    assert [one.name for one in found.alone] == ["baseline", "short"]


def test_the_table_is_tidy(library: Library) -> None:
    rows = library_table(library).to_pandas()
    assert not rows.duplicated(["scenario", "against", "metric", "subject", "date"]).any()
    alone = rows[rows["against"] == ""]
    assert set(alone["scenario"]) == {*NAMES}
    assert alone["difference"].isna().all()
    compared = rows[rows["against"] != ""]
    assert set(compared["against"]) == {"baseline", "iskp-raids"}
    assert np.isfinite(compared["difference"]).all()
    assert (compared["low"] <= compared["high"]).all()
    assert (rows["meaning"] != "").all()


def test_the_text_names_every_scenario(library: Library) -> None:
    said = " ".join(plain_text(lambda console: render(library, console), 100).split())
    for entry in library.entries:
        assert entry.title in said
    assert library_text(library) == library_text(play_library(NAMES, ensemble))


@pytest.mark.slow
def test_the_command_plays_everything_and_writes_pages_and_tables(tmp_path: Path) -> None:
    done = foedus("library", "--trials", 20, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    assert str(folder) in done.stdout
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {f"figures/{name}" for name in ("library.png", "library.svg", "history.png")} < files
    assert {f"scenarios/{name}.yaml" for name in BUNDLED} < files
    table = parquet.read_table(folder / "tables" / "library.parquet")
    assert set(table["scenario"].to_pylist()) == {*BUNDLED}
    assert csv.read_csv(folder / "tables" / "library.csv").num_rows == table.num_rows
    said = (folder / "summary.txt").read_text(encoding="utf-8")
    assert said.split("\n")[:2] == done.stdout.split("\n")[:2]


def test_the_command_refuses_what_cannot_be_played(tmp_path: Path) -> None:
    done = foedus("library", "--trials", 0, "--out", tmp_path)
    assert done.returncode == 2
    assert "trials" in done.stderr


def test_the_shares_of_the_factors_add_up_and_are_printed(library: Library) -> None:
    (family,) = library.families
    for shares in (family.factors.scenarios, family.factors.trials):
        assert [*shares] == [*PARTS, TOGETHER]
        assert sum(shares.values()) == pytest.approx(1.0)
    text = library_text(library)
    (line,) = (line for line in text.splitlines() if "How they go together " in line)
    assert line.split()[-1] == f"{100.0 * family.factors.trials[TOGETHER]:.0f}"
    assert "Share of the variance of cohesion" in text


def product_of(*levels: list[float]) -> np.ndarray:
    """Cohesion as the exact product of its parts, and the parts."""
    parts = np.array(levels).T
    return np.column_stack([parts.prod(axis=1), parts])


def test_a_factor_that_alone_moves_carries_all_the_variance() -> None:
    still, moving = [0.5] * 3, [0.2, 0.4, 0.9]
    for place, name in enumerate(PARTS):
        levels = product_of(*(moving if n == place else still for n in range(len(PARTS))))
        shares = variance_shares(levels)
        assert shares.pop(name) == pytest.approx(1.0)
        assert [*shares.values()] == pytest.approx([0.0] * 4)


def test_shares_of_two_factors_are_those_worked_out_by_hand() -> None:
    # Agreement .5 +- .1 and means .5 +- .3, every way: the product's variance is .025 + .0009,
    # of which .5 * .1 and .5 * .3 squared, and half of (.1 * .3) squared each.
    agreement, means = [0.4, 0.4, 0.6, 0.6], [0.2, 0.8, 0.2, 0.8]
    shares = variance_shares(product_of(agreement, means, [1.0] * 4, [1.0] * 4))
    assert shares["agreement"] == pytest.approx((0.0025 + 0.00045) / 0.0259)
    assert shares["means"] == pytest.approx((0.0225 + 0.00045) / 0.0259)
    assert shares["acting"] == shares["membership"] == shares[TOGETHER] == pytest.approx(0.0)


def test_what_goes_together_as_always_carries_nothing() -> None:
    levels = product_of([0.4, 0.5, 0.7], [0.2, 0.8, 0.5], [0.3] * 3, [1.0, 0.8, 1.0])
    levels[:, 0] *= 1.4
    assert variance_shares(levels)[TOGETHER] == pytest.approx(0.0)
    levels[0, 0] *= 0.9
    assert abs(variance_shares(levels)[TOGETHER]) > 0.01


def test_an_alliance_without_members_left_has_shares_too() -> None:
    levels = product_of([0.5, 0.0], [0.5, 0.0], [0.5, 0.0], [1.0, 0.0])
    assert sum(variance_shares(levels).values()) == pytest.approx(1.0)
    assert np.isnan([*variance_shares(levels[:1]).values()]).all()

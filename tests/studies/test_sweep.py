"""`foedus sweep`: designs, points, pieces that can be resumed, tables and figures."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from command import ROOT, foedus
from conftest import scenario_file
from faults import (
    Pace,
    assert_refused,
    assert_same_as,
    ended,
    killed_at,
    pieces,
    resumed,
    start,
    unfinished,
    whole,
)
from foedus.errors import FoedusError
from foedus.figures.studies.sweep import draw_sweep, rank_correlations
from foedus.runs.provenance import provenance_of
from foedus.runs.storage.unfinished import Unfinished
from foedus.scenarios.loading import with_settings
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
from foedus.studies.compare.contrasts import find_measure
from foedus.studies.sweep.design import plan_of
from foedus.studies.sweep.points import Layout
from foedus.studies.sweep.study import play_point, play_sweep
from foedus.studies.sweep.text import sweep_text

if TYPE_CHECKING:
    from foedus.scenarios.language.choices import SettingValue
    from foedus.studies.sweep.design import Plan
    from foedus.studies.sweep.study import Sweep

GRID = """
sweep:
  design: grid
  factors:
    drivers.war: {values: [0.0, 0.5, 1.0]}
    parameters.war_drain: {range: [0.1, 0.5], steps: 2}
  trials: 20
"""


def plan(body: str) -> Plan:
    """The points of a scenario file that extends the baseline."""
    path = scenario_file(body)
    resolved = with_settings(path)
    assert resolved.scenario.sweep is not None
    return plan_of(resolved.scenario.sweep, resolved, path.parent)


def swept(body: str, out: Path, trials: int = 20, threads: int | None = None) -> Sweep:
    """A whole sweep."""
    path = scenario_file(body)
    resolved = with_settings(path)
    assert resolved.scenario.sweep is not None
    points = plan_of(resolved.scenario.sweep, resolved, path.parent)
    layout = Layout(partial(load_setup, str(path), "record"), points.points)
    with Unfinished.begin(out, "sweep", {"kind": "sweep"}) as work:
        return play_sweep(layout, points, work, trials=trials, seed=3, threads=threads)


def test_designs_choose_the_points_that_they_say(tmp_path: Path) -> None:
    grid = plan(GRID)
    assert grid.factors == ("drivers.war", "parameters.war_drain")
    assert len(grid.points) == 6
    assert grid.points[1] == {"drivers.war": 0.0, "parameters.war_drain": 0.5}
    rows = "rows: [{charter.decision_rule: majority}, {drivers.war: 0.3}]"
    assert plan(f"sweep: {{design: list, {rows}}}").points[0] == {
        "charter.decision_rule": "majority"
    }
    table = tmp_path / "points.csv"
    table.write_text("drivers.war,mechanisms.no_veto\n0.5,true\n,false\n\n", encoding="utf-8")
    assert plan(f"sweep: {{design: csv, file: '{table}'}}").points == (
        {"drivers.war": 0.5, "mechanisms.no_veto": True},
        {"mechanisms.no_veto": False},
    )


@pytest.mark.parametrize("design", ["latin-hypercube", "sobol"])
def test_spread_designs_fill_their_ranges_evenly_and_are_always_the_same(design: str) -> None:
    body = (
        f"sweep: {{design: {design}, points: 16, factors: {{parameters.war_drain: {{}}, "
        "drivers.war: {range: [0.2, 0.6]}}}"
    )
    one, two = plan(body), plan(body)
    assert one == two
    war = np.array([point["drivers.war"] for point in one.points], dtype=float)
    # One point in each sixteenth of the range.
    assert sorted(((war - 0.2) / 0.4 * 16).astype(int)) == list(range(16))
    drain = np.array([point["parameters.war_drain"] for point in one.points], dtype=float)
    assert 0.0 <= drain.min() < 0.1
    assert 0.7 < drain.max() <= 0.9


POINTS: list[dict[str, SettingValue]] = [
    {"parameters.war_drain": 0.37},
    {"quantities.tie[KGZ,TJK]": 0.3, "drivers.war": 0.6},
    {"quantities.trust_patron[ARM]": 0.2},
    {"drivers.threat.afghan-raids": 2.5, "parameters.war_drain": 0.2},
    {"drivers.war.delay": 3, "charter.decision_rule": "majority", "parameters.war_drain": 0.4},
    {"drivers.war": 1.4, "quantities.exhaustion": 0.1},
    {"drivers.offer.CHN": {"2027-01": 1.0, "2029-01": 2.0}, "parameters.ask_base": [-3, -2, -1]},
]
OTHER_ENDS: list[dict[str, SettingValue]] = [
    {"parameters.war_drain": 0.1, "quantities.tie[KGZ,TJK]": 0.9, "drivers.war": 0.1},
    {"quantities.trust_patron[ARM]": 0.8, "drivers.threat.afghan-raids": 0.5},
    {"quantities.exhaustion": 0.3, "drivers.war.delay": 0},
]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_what_is_set_in_memory_has_the_bits_of_what_is_read_from_files(
    point: dict[str, SettingValue],
) -> None:
    _compare_ways(point, "record")


def test_what_is_learnt_jointly_is_drawn_jointly_where_it_is_not_set() -> None:
    _compare_ways({"parameters.war_drain": 0.37, "parameters.ask_base": -2.5}, "posterior")


def _compare_ways(point: dict[str, SettingValue], parameter_set: str) -> None:
    layout = Layout(
        partial(load_setup, "prolonged-ukraine-war", parameter_set), [*POINTS, *OTHER_ENDS, point]
    )
    assert set(layout.quick) >= {"parameters.war_drain", "drivers.war", "quantities.tie[KGZ,TJK]"}
    assert "drivers.war.delay" not in layout.quick
    quick = layout.setup(point)
    slow = load_setup("prolonged-ukraine-war", parameter_set, point)
    assert quick.uncertain == slow.uncertain
    np.testing.assert_array_equal(quick.paths, slow.paths)
    one, two = (
        run_ensemble(setup, trials=10, seed=5, sample=10, events=False) for setup in (quick, slow)
    )
    np.testing.assert_array_equal(one.sample, two.sample)


def test_a_lever_with_choices_takes_no_value_between_them() -> None:
    lever = "{name: war-goes-on, text: The war., on: drivers.war, choices: [0.5, 1.0, 1.5]}"
    path = str(scenario_file(f"levers: [{lever}]"))
    layout = Layout(
        partial(load_setup, path, "record"), [{"war-goes-on": value} for value in (0.5, 0.7, 1.5)]
    )
    assert layout.quick == {}
    with pytest.raises(FoedusError, match="expected one of"):
        layout.setup({"war-goes-on": 0.7})
    ranged = str(
        scenario_file(f"levers: [{lever.replace('choices: [0.5, 1.0, 1.5]', 'range: [0, 2]')}]")
    )
    assert set(
        Layout(
            partial(load_setup, ranged, "record"), [{"war-goes-on": v} for v in (0.5, 1.5)]
        ).quick
    ) == {"war-goes-on"}


def test_points_share_their_luck_and_the_change_is_paired(tmp_path: Path) -> None:
    body = (
        "sweep: {design: list, rows: [{drivers.war: 1.0}, {drivers.threat.afghan-raids: 4.0}], "
        "trials: 40}"
    )
    found = swept(body, tmp_path, trials=40)
    # The first point is the scenario as written.
    assert not np.nan_to_num(found.values["change"][0]).any()
    m = found.measures.index(find_measure("cohesion", play_point(load_setup("baseline"), 2, 3)))
    base = play_point(load_setup("baseline"), 40, 3)
    point = play_point(load_setup("baseline", settings={"drivers.threat.afghan-raids": 4.0}), 40, 3)
    measure = found.measures[m]
    change = point.columns([measure]) - base.columns([measure])
    assert found.values["change"][1, m] == pytest.approx(change.mean(), abs=1e-12)
    low, high = found.values["change_low"][1, m], found.values["change_high"][1, m]
    assert low < change.mean() < high
    # Sharing luck, the change is known far better than the level.
    level = found.values["high"][1, m] - found.values["low"][1, m]
    assert high - low < 0.6 * level


def test_a_failing_point_is_recorded_and_the_rest_goes_on(tmp_path: Path) -> None:
    body = (
        "sweep: {design: list, rows: [{parameters.war_drain: 0.2}, {parameters.war_drain: 7}, "
        "{charter.decision_rule: majorite}, {drivers.war: 0.5}]}"
    )
    found = swept(body, tmp_path)
    assert set(found.errors) == {1, 2}
    assert "expected from 0 to 0.9" in found.errors[1]
    assert "did you mean «majority»" in found.errors[2]
    assert np.isnan(found.values["mean"][[1, 2]]).all()
    assert not np.isnan(found.values["mean"][[0, 3]]).any()
    with pytest.raises(FoedusError, match="every point failed"):
        swept("sweep: {design: list, rows: [{parameters.war_drain: 7}]}", tmp_path / "none")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{design: grid, factors: {}}", "expects «factors»"),
        ("{design: list, rows: []}", "expects «rows»"),
        ("{design: gird, factors: {drivers.war: {}}}", "did you mean «grid»"),
        ("{design: grid, points: 3, factors: {drivers.war: {values: [1]}}}", "takes no «points»"),
        ("{design: grid, factors: {drivers.war: {}}}", "«range» and «steps»"),
        ("{design: grid, factors: {drivers.war: {values: [1], steps: 2}}}", "expected either"),
        ("{design: sobol, points: 6, factors: {parameters.war_drain: {}}}", "a power of 2"),
        ("{design: list, rows: [{war: 1}]}", "unknown factor «war»"),
        ("{design: list, rows: [{drivers.wars: 1}]}", "did you mean «war»"),
        ("{design: csv, file: nowhere.csv}", "cannot be read"),
        (
            "{design: grid, factors: {parameters.war_drain: {range: [1, 0], steps: 2}}}",
            "low < high",
        ),
    ],
)
def test_a_design_that_cannot_be_is_refused(body: str, told: str) -> None:
    with pytest.raises(FoedusError) as caught:
        plan(f"sweep: {body}")
    assert told in str(caught.value)


def test_a_child_inherits_no_design_and_a_design_is_no_part_of_a_run() -> None:
    parent = scenario_file(GRID, "parent")
    child = scenario_file("", "child", parent=str(parent))
    assert with_settings(child).scenario.sweep is None
    written = with_settings(parent)
    plain = with_settings(scenario_file("", "parent"))
    assert written.digest() == plain.digest()
    assert "sweep" not in written.to_yaml()


def test_threads_change_nothing(tmp_path: Path) -> None:
    one, two = (swept(GRID, tmp_path / str(n), threads=n) for n in (1, 3))
    for name, values in one.values.items():
        np.testing.assert_array_equal(values, two.values[name])


def test_the_factor_that_moves_is_found_first(tmp_path: Path) -> None:
    body = (
        "sweep: {design: latin-hypercube, points: 24, factors: {parameters.exercise_bond: {}, "
        "drivers.war: {range: [0, 1]}}}"
    )
    found = swept(body, tmp_path)
    measure = find_measure("cohesion", play_point(load_setup("baseline"), 2, 3))
    ranks = rank_correlations(found, measure)
    assert next(iter(ranks)) == "drivers.war"
    assert ranks["drivers.war"] < -0.8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "name"),
    [
        (GRID, "heat-map"),
        (
            "sweep: {design: grid, factors: {parameters.war_drain: {range: [0.1, 0.5], steps: 3}}}",
            "lines",
        ),
        (
            "sweep: {design: sobol, points: 8, factors: {parameters.war_drain: {}, drivers.war: "
            "{range: [0, 1]}}}",
            "factors",
        ),
    ],
)
def test_each_kind_of_design_has_its_figure(body: str, name: str, tmp_path: Path) -> None:
    found = swept(body, tmp_path / "out")
    setup = load_setup("baseline")
    measure = find_measure("cohesion", play_point(setup, 2, 3))
    bytes_of = []
    for n in (1, 2):
        folder = tmp_path / str(n)
        folder.mkdir()
        draw_sweep(found, setup.scenario, measure, 0.575, provenance_of(setup, 20, 3), folder)
        bytes_of.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert set(bytes_of[0]) == {f"{name}.png", f"{name}.svg"}
    assert bytes_of[0] == bytes_of[1]


def test_one_factor_is_told_in_the_order_of_its_values(tmp_path: Path) -> None:
    body = "sweep: {design: grid, factors: {drivers.war: {values: [0.5, 0.0, 1.0]}}}"
    found = swept(body, tmp_path / "one")
    told = sweep_text(found, "T", found.measures[0]).splitlines()
    assert [line.split()[1] for line in told if re.match(r"\s+\d+ ", line)] == ["0.5", "0", "1"]


def test_the_command_writes_one_tidy_table(tmp_path: Path) -> None:
    path = scenario_file(GRID.replace("0.5, 1.0]", "0.5, -1.0]"))
    done = foedus("sweep", path, "--no-figures", "--metric", "membership", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Membership, Nov 2031" in done.stdout
    assert "Point 4 failed: " in done.stdout
    (folder,) = tmp_path.iterdir()
    table = pq.read_table(folder / "tables" / "results.parquet").to_pandas()
    assert set(table["point"]) == {0, 1, 2, 3}
    assert not table.duplicated(["point", "metric", "subject", "month"]).any()
    assert {"drivers.war", "parameters.war_drain", "change_low", "q95"} <= set(table.columns)
    assert (table["low"] <= table["mean"] + 1e-12).all()
    points = pq.read_table(folder / "tables" / "points.parquet").to_pandas()
    assert list(points["error"] != "") == [False] * 4 + [True] * 2
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["kind"], manifest["points"], manifest["failed"]) == ("sweep", 6, 2)
    assert str(ROOT) not in (folder / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_interrupted_sweep_goes_on_to_the_same_bytes(pace: Pace, tmp_path: Path) -> None:
    body = (
        "sweep: {design: latin-hypercube, points: 24, trials: 500, factors: "
        "{parameters.war_drain: {}, drivers.war: {range: [0, 1]}}}"
    )
    path = scenario_file(body)
    words = ("sweep", path, "--no-figures", "--out", tmp_path / "one")
    running = pace.reach(1, tmp_path / "one", lambda env: start(*words, env=env))
    _, stderr = pace.interrupt(running)
    assert running.returncode == 130, stderr
    assert "go on with" in stderr
    assert "--resume" in stderr
    assert "Traceback" not in stderr
    (folder,) = (tmp_path / "one").iterdir()
    done = foedus("sweep", "--resume", folder)
    assert done.returncode == 0, done.stderr
    whole = foedus("sweep", path, "--no-figures", "--out", tmp_path / "two")
    assert whole.returncode == 0, whole.stderr
    tables = [next((tmp_path / name).glob("*/tables")) for name in ("one", "two")]
    for name in ("results.parquet", "points.parquet"):
        assert (tables[0] / name).read_bytes() == (tables[1] / name).read_bytes()
    assert not list(tmp_path.glob("one/*.unfinished"))


@pytest.mark.slow
def test_a_sweep_goes_on_as_it_was_asked_for_or_not_at_all(tmp_path: Path) -> None:
    """Its scenario is edited; its folder is moved; its state is another's, or damaged."""
    path, out = scenario_file(GRID.replace("trials: 20", "trials: 600")), tmp_path / "out"
    written = path.read_text(encoding="utf-8")
    reference = whole("sweep", path, "--no-figures")
    dying = killed_at("os.rename", ".half", 4)
    ended(start("sweep", path, "--no-figures", "--out", out, env=dying))
    kept = len(pieces(out))
    assert kept == 2
    path.write_text(written.replace("0.5, 1.0", "0.5, 0.9"), encoding="utf-8")
    moved = out / "else where.unfinished"
    unfinished(out).rename(moved)
    state = (moved / "state.json").read_text(encoding="utf-8")
    for content, said in (
        (state[:50], "state.json: is damaged"),
        ('{"kind": "sweep"}', "was written by another version"),
        ('{"schema_version": 2, "kind": "sweep"}', "state.json: is damaged: «created»"),
        ('{"schema_version": 2, "kind": "run"}', "found an unfinished run, expected a sweep"),
        (
            re.sub(r'"studies/": "\w+"', '"studies/": "0"', state),
            "Changed since it was begun: the code of studies/.",
        ),
    ):
        (moved / "state.json").write_text(content, encoding="utf-8")
        assert_refused(start("sweep", "--resume", moved), said)
    (moved / "state.json").write_text(state, encoding="utf-8")
    assert len(pieces(out)) == kept
    done = resumed(out, "sweep")
    assert f"{kept} of " in done.stderr
    assert "chunks are there; going on with the rest" in done.stderr
    assert_same_as(reference, out)


def test_a_sweep_whose_points_all_fail_leaves_nothing(tmp_path: Path) -> None:
    path = scenario_file("sweep: {design: list, rows: [{parameters.war_drain: 7.5}], trials: 4}")
    done = foedus("sweep", path, "--no-figures", "--out", tmp_path)
    assert done.returncode == 2
    assert "every point failed; the first:" in done.stderr
    assert "--resume" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["baseline"], "or a section «sweep:»"),
        ([], "expected a scenario file, or --resume"),
        (["nowhere.yaml"], "there is no file"),
        (["--resume", "nowhere"], "found no unfinished sweep"),
        (["GRID", "--engine", "dask"], "unrecognized arguments: --engine dask"),
        (["GRID", "--metric", "cohesionn"], "did you mean «cohesion»"),
        (["GRID", "--trials", "0"], "trials"),
    ],
)
def test_mistakes_are_one_line(words: list[str], told: str, tmp_path: Path) -> None:
    words = [str(scenario_file(GRID)) if word == "GRID" else word for word in words]
    done = foedus("sweep", *words, "--out", tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    # A cold cache tells that it is being filled.
    lines = [line for line in done.stderr.splitlines() if "compiling the model" not in line]
    assert len(lines) == 1
    assert not list(tmp_path.iterdir())

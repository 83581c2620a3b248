"""Uncertain numbers that are spread otherwise than in a triangle."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from command import foedus
from foedus.files.faults import Misread
from foedus.parameters import registry
from foedus.parameters.triple import Normal, Triple, Uniform
from foedus.scenarios.describe.json_schema import json_schema
from foedus.scenarios.language.choices import label_of, setting_value
from foedus.scenarios.language.triples import triple
from foedus.simulation.distributions import cut_normal, flat, triangular
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup

RANKS = np.concatenate(
    [np.random.default_rng(5).random(4000), [0.0, 1e-300, 1e-12, 0.5, 1.0 - 2.0**-53]]
)
NORMALS = [
    (0.0, 1.0, -2.0, 3.0),
    (0.3, 0.01, 0.0, 1.0),
    (0.0, 1.0, 0.0, 10.0),
    (1.0, 0.1, 0.0, 1.0),
    (0.5, 10.0, 0.0, 1.0),
    (0.5, 1e-9, 0.0, 1.0),
]


@pytest.mark.parametrize(("mean", "sd", "low", "high"), NORMALS)
def test_quantiles_of_a_cut_normal_are_those_of_scipy(
    mean: float, sd: float, low: float, high: float
) -> None:
    expected = stats.truncnorm.ppf(RANKS, (low - mean) / sd, (high - mean) / sd, loc=mean, scale=sd)
    found = cut_normal(RANKS, mean, sd, low, high)
    ordinary = (RANKS > 1e-10) & (RANKS < 1.0 - 1e-10)
    np.testing.assert_allclose(found[ordinary], expected[ordinary], rtol=1e-9, atol=1e-9 * sd)
    assert np.all((low <= found) & (found <= high))
    assert np.all(np.diff(found[np.argsort(RANKS)]) >= 0.0)


def test_other_quantiles_are_those_of_scipy() -> None:
    np.testing.assert_allclose(flat(RANKS, 0.2, 0.5), stats.uniform.ppf(RANKS, 0.2, 0.3))
    expected = stats.triang.ppf(RANKS, 0.25, loc=1.0, scale=4.0)
    low, mode, high = (np.full(RANKS.shape, x) for x in (1.0, 2.0, 5.0))
    np.testing.assert_allclose(triangular(RANKS, low, mode, high), expected, rtol=1e-9)


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@given(NUMBERS, st.floats(1e-3, 1e6), st.floats(0.0, 1.0), st.floats(1e-6, 10.0))
def test_what_is_written_reads_as_the_same(
    low: float, width: float, place: float, spread: float
) -> None:
    high = low + width
    mean = min(high, low + place * width)
    for made in (
        Uniform(low, high),
        Normal(mean, min(spread * width, 10.0 * (high - low)), low, high),
    ):
        assert triple(made.written) == made
        assert json.loads(json.dumps(made.written)) == made.written
        assert setting_value(made.written) == made.written
        for twin in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
            assert (type(twin), twin, twin.sd) == (type(made), made, made.sd)
        assert made.low <= made.mode <= made.high


def test_shapes_with_the_same_three_numbers_are_not_the_same() -> None:
    shapes = [Triple(0.0, 0.5, 1.0), Uniform(0.0, 1.0), Normal(0.5, 0.1, 0.0, 1.0)]
    shapes.append(Normal(0.5, 0.2, 0.0, 1.0))
    assert len(set(shapes)) == len(shapes)
    for n, one in enumerate(shapes):
        assert [one == other for other in shapes] == [m == n for m in range(len(shapes))]
        assert [one != other for other in shapes] == [m != n for m in range(len(shapes))]


def test_labels_say_the_distribution_in_words() -> None:
    assert label_of({"uniform": [0.2, 0.5]}) == "uniform from 0.2 to 0.5"
    normal = {"normal": {"mean": 3, "sd": 1, "low": 1, "high": 5}}
    assert label_of(setting_value(normal)) == "normal around 3, sd 1, from 1 to 5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"uniform": 1.0}, {"uniform": [True, 2.0]}, {"uniform": {"low": 1.0}},
        {"uniform": [1.0, 2.0], "normal": {}}, {"normal": [1.0, 1.0, 0.0, 2.0]},
        {"normal": {"mean": 1.0, "sd": 0.0, "low": 0.0, "high": 2.0}},
        {"normal": {"mean": 1.0, "sd": -1.0, "low": 0.0, "high": 2.0}},
        {"normal": {"mean": 1.0, "sd": 1.0, "low": 1.0, "high": 1.0}}, {},
    ],
)  # fmt: skip
def test_what_is_no_distribution_is_refused(wrong: Any) -> None:
    with pytest.raises(Misread, match="expected"):
        triple(wrong)


SPREAD = """\
name: spread
title: Numbers spread otherwise
extends: baseline
parameters:
  war_drain: {uniform: [0.2, 0.5]}
  ask_base: {normal: {mean: -3, sd: 1, low: -6, high: -1}}
quantities:
  "tie[KGZ,TJK]": {uniform: {low: 0.1, high: 0.5}}
sweep:
  design: list
  rows:
    - {parameters.war_drain: {uniform: [0.1, 0.2]}}
    - {parameters.war_drain: 0.3}
"""


@pytest.fixture
def spread(tmp_path: Path) -> Path:
    path = tmp_path / "spread.yaml"
    path.write_text(SPREAD, encoding="utf-8")
    return path


def test_numbers_keep_their_ranks_and_all_others_their_values(spread: Path) -> None:
    base, other = load_setup("baseline"), load_setup(spread)
    sets = np.arange(500, dtype=np.int64)
    drawn = {
        setup.scenario.name: dict(
            zip(
                [each.name for each in setup.uncertain],
                setup.draw_quantities(3, sets).T,
                strict=True,
            )
        )
        for setup in (base, other)
    }
    mine, theirs = drawn["baseline"], drawn["spread"]
    changed = [name for name in theirs if name in mine and (mine[name] != theirs[name]).any()]
    assert sorted(changed) == ["ask_base", "tie[KGZ,TJK]", "war_drain"]
    for name in changed:
        np.testing.assert_array_equal(np.argsort(mine[name]), np.argsort(theirs[name]))
    expected = stats.truncnorm(-3.0, 2.0, loc=-3.0, scale=1.0)
    assert stats.kstest(theirs["ask_base"], expected.cdf).pvalue > 1e-4
    assert stats.kstest(theirs["war_drain"], stats.uniform(0.2, 0.3).cdf).pvalue > 1e-4


def test_a_pair_ties_and_both_ways_of_filling_see_the_same_number(spread: Path) -> None:
    setup = load_setup(spread)
    values = setup.draw_quantities(1, np.arange(1, dtype=np.int64))[0]
    world, parameters = setup.world.copy(), setup.parameters.copy()
    setup.fill(world, parameters, values)
    places = [each.name for each in setup.uncertain]
    i, j = (setup.scenario.members.index(code) for code in ("KGZ", "TJK"))
    tie = values[places.index("tie[KGZ,TJK]")]
    members = world[0]["members"]
    assert members[i]["tie"][j] == members[j]["tie"][i] == tie
    assert parameters[0]["war_drain"] == values[places.index("war_drain")]
    found = run_ensemble(setup, trials=2, seed=1)
    np.testing.assert_array_equal(found.quantities[0], values)


def test_an_override_replaces_a_posterior_too(spread: Path) -> None:
    setup = load_setup(spread, "posterior")
    place = [each.name for each in setup.uncertain].index("ask_base")
    assert setup.joint is not None
    assert place not in setup.joint.columns
    assert setup.uncertain[place].shape == "normal"


def test_the_schema_knows_the_distributions() -> None:
    checker = jsonschema.Draft202012Validator(json_schema(registry.load().ranges))
    scenario: dict[str, Any] = {"name": "a", "title": "A", "extends": "baseline"}
    normal = {"mean": 0.3, "sd": 0.1, "low": 0.0, "high": 1.0}
    for good in (
        {"uniform": [0.2, 0.5]},
        {"uniform": {"low": 0.2, "high": 0.5}},
        {"normal": normal},
    ):
        assert checker.is_valid({**scenario, "parameters": {"war_drain": good}}), good
    for bad in ({"uniform": [0.2]}, {"unifrom": [0.2, 0.5]}, {"normal": {"mean": 0.3}}):
        assert not checker.is_valid({**scenario, "parameters": {"war_drain": bad}}), bad


def test_the_command_shows_compares_and_sweeps_them(spread: Path, tmp_path: Path) -> None:
    shown = foedus("scenario", "show", spread)
    assert "war_drain: {uniform: [0.2, 0.5]}" in shown.stdout
    (tmp_path / "shown.yaml").write_text(shown.stdout, encoding="utf-8")
    one, other = (load_setup(path) for path in (spread, tmp_path / "shown.yaml"))
    assert one.uncertain == other.uncertain
    told = " ".join(foedus("scenario", "diff", "baseline", spread).stdout.split())
    assert "in spread uniform from 0.2 to 0.5" in told
    assert "in spread normal around -3, sd 1, from -6 to -1" in told
    swept = foedus("sweep", spread, "--trials", 20, "--out", tmp_path / "sweep")
    assert swept.returncode == 0, swept.stderr
    # The column is narrow: the rest stands on the next line.
    assert "uniform from 0.1" in swept.stdout


def test_the_command_names_what_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(SPREAD.replace("{uniform: [0.2", "{unifrom: [0.2"), encoding="utf-8")
    done = foedus("scenario", "check", path)
    assert done.returncode == 2
    assert "wrong.yaml:5:14: parameters.war_drain: found a mapping with unifrom" in done.stderr
    assert "did you mean «uniform»?" in done.stderr
    assert "Traceback" not in done.stderr

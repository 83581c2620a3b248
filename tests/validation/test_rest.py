"""Nothing moves where nothing happens, at every start and under every set of parameters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conftest import CSTO
from foedus import cases, cli
from foedus.parameters.names import EVIDENCE_SETS, USUAL_SET
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
from foedus.simulation.world import Joint
from foedus.validation import rest

if TYPE_CHECKING:
    from foedus.simulation.world import Setup

HANSE = cases.load(Path(__file__).parents[1] / "cases/hanse")
STARTS = [(case, date, scenario) for case in (CSTO, HANSE) for date, scenario in rest.starts(case)]
SETS = {CSTO: (*EVIDENCE_SETS, "prior", *CSTO.posteriors), HANSE: (*EVIDENCE_SETS, "prior")}
ANYWHERE = [
    pytest.param(
        *(case, scenario, parameters),
        id=f"{case.name} {date} {parameters}",
        marks=[] if parameters == USUAL_SET else pytest.mark.slow,
    )
    for case, date, scenario in STARTS
    for parameters in SETS[case]
]
MOVER = {mover.name.split()[0]: mover for mover in rest.MOVERS}


@pytest.fixture(scope="module")
def baseline() -> Setup:
    return load_setup("baseline", "record")


def test_every_start_of_the_alliances_is_looked_at() -> None:
    dates = {date for case, date, _ in STARTS if case is CSTO}
    assert dates == {"1994-04", "2002-10", "2012-12", "2019-01", "2021-01", "2026-11"}


@pytest.mark.parametrize(("case", "scenario", "parameters"), ANYWHERE)
def test_without_chance_every_state_and_measure_stays_where_it_is(
    case: cases.Case, scenario: str | Path, parameters: str
) -> None:
    drift = rest.drift_without_chance(load_setup(scenario, parameters, case=case))
    assert drift.size <= rest.WITHOUT_CHANCE, drift


@pytest.mark.parametrize(
    ("case", "scenario", "parameters"), [one for one in ANYWHERE if one.values[0] is CSTO]
)
def test_with_chance_every_mean_stays_where_it_is(
    case: cases.Case, scenario: str | Path, parameters: str
) -> None:
    setup = load_setup(scenario, parameters, case=case)
    drift = rest.means_with_chance(setup, trials=1000, seed=1).drift()
    assert drift.size <= rest.OF_MEANS, drift


@pytest.mark.parametrize(
    ("mover", "what"),
    [("dependence", "arms_dependence"), ("years", "exhaustion"), ("offers", "offer")],
)
def test_a_mover_moves_what_it_says(baseline: Setup, mover: str, what: str) -> None:
    quiet = rest.still(baseline, [MOVER[mover]])
    model = rest.play(quiet, seed=1, trial=0)
    at_first, later = next(model), list(model)[-1]
    moved = {name for name in at_first if abs(later[name] - at_first[name]) > rest.OF_MEANS}
    assert any(what in name for name in moved), moved


def test_a_mover_is_told_apart_from_what_chance_does(baseline: Setup) -> None:
    calm = rest.means_with_chance(baseline, trials=50, seed=1)
    assert calm.drift_from(calm).size == 0.0
    war = rest.means_with_chance(baseline, [MOVER["years"]], trials=50, seed=1)
    drift = war.drift_from(calm)
    assert drift.what == "capacity"
    assert 0.05 < drift.size < 1.0


def test_a_start_that_is_not_at_rest_is_seen(baseline: Setup) -> None:
    pushed = baseline.world.copy()
    pushed["drivers"]["low"] = 0.0
    moving = rest.still(baseline)
    paths = moving.paths.copy()
    paths[1:, int(pushed["war_driver"][0])] = 0.0
    drift = rest.furthest(replace(moving, paths=paths, uncertain=(), joint=None), 1, 0)
    assert drift.size > rest.OF_MEANS


def test_parameters_that_are_held_stay_so_under_a_posterior(baseline: Setup) -> None:
    names = [each.name for each in baseline.uncertain]
    places = [names.index(name) for name in ("fatigue", "war_drain", "precedent")]
    joint = Joint(places, np.array([[0.11, 0.22, 0.33]]))
    held = rest.held_at(replace(baseline, joint=joint), {"fatigue": 0.0})
    values = held.draw_quantities(1, np.arange(2))
    drawn = dict(zip([each.name for each in held.uncertain], values[1], strict=True))
    assert "fatigue" not in drawn
    assert held.parameters["fatigue"][0] == 0.0
    assert (drawn["war_drain"], drawn["precedent"]) == (0.22, 0.33)


def test_the_reference_of_the_alliance_is_what_the_model_gives_for_its_date() -> None:
    setup = load_setup("history-2019", "record")
    reference = setup.scenario.alliance.file.reference
    assert reference is not None
    assert reference.date == setup.scenario.start
    played = run_ensemble(rest.still(setup), trials=2000, seed=1, sample=0)
    assert played.outcomes["cohesion_start"].mean() == pytest.approx(reference.cohesion, abs=0.01)


def test_the_command_says_what_rests_and_what_moves(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--parameters", "record", "--trials", "200"]
    status = cli.main(["validate", "--rest", "--case", str(HANSE.folder), *asked])
    text = " ".join(capsys.readouterr().out.split())
    judged = text.count("at rest") + text.count("MOVES")
    assert judged == 2 * len(list(rest.starts(HANSE)))
    assert status == ("MOVES" in text)
    assert all(name in text for name in MOVER)


def test_the_command_refuses_what_it_would_not_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", "--rest", "--rivals"]) == 2
    assert "--rest: cannot go with --rivals" in capsys.readouterr().err

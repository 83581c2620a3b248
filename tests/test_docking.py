"""Both engines give the same numbers, events and statuses on the same tape.

They share rules and draws. What is tested is the rest: the order of phases, who counts, when a
shock strikes, how memory is laid out, and that compiled arithmetic is the plain one.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import BUNDLED, CORE, HANSE, scenario_file, setup_of
from foedus.dictionary.vocabulary import SHOCK_INCIDENT, EventKind
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel
from foedus.simulation.world import Setup
from variants import variants

TOLERANCE = 1e-12
EVENT = ("month", "kind", "actor", "other", "threat", "code")


def assert_docked(setup: Setup, *, seed: int, trials: int) -> None:
    """Compare every month, event and outcome of some trials of both engines."""
    ensemble = run_ensemble(setup, trials=trials, seed=seed, sample=trials, threads=1)
    for trial in range(trials):
        model = AllianceModel.from_setup(setup, seed=seed, trial=trial)
        rows = [model.series()]
        while model.running:
            model.step()
            rows.append(model.series())
        np.testing.assert_allclose(np.array(rows), ensemble.sample[trial], rtol=0, atol=TOLERANCE)
        theirs = ensemble.events[ensemble.events["trial"] == trial]
        mine = [tuple(int(line[name]) for name in EVENT) for line in model.log]
        assert mine == [tuple(int(line[name]) for name in EVENT) for line in theirs]
        for name in ("value", "chance"):
            values = np.array([line[name] for line in model.log])
            np.testing.assert_allclose(values, theirs[name], rtol=0, atol=TOLERANCE)
        assert_same_outcome(model, ensemble.outcomes[trial])
        resolved = [question.resolved == 1 for question in model.questions]
        assert resolved == ensemble.questions[trial].tolist()


def assert_same_outcome(model: AllianceModel, outcome: np.void) -> None:
    names = {"status": "status", "exit": "first_exit", "first_freeze": "first_freeze"}
    for theirs, mine in names.items():
        assert [getattr(m, mine) for m in model.members] == outcome[theirs].tolist()
    assert [m.first_lapse for m in model.members] == outcome["first_lapse"].tolist()
    assert model.cohesion == pytest.approx(outcome["cohesion_end"], abs=TOLERANCE)
    assert model.deployments == outcome["deployments"]
    assert outcome["events_lost"] == 0


@pytest.mark.parametrize("name", CORE)
def test_engines_dock_on_the_core_scenarios(name: str) -> None:
    assert_docked(setup_of(name), seed=7, trials=4)


@pytest.mark.parametrize("name", sorted({*BUNDLED} - {*CORE}))
def test_engines_dock_on_every_other_bundled_scenario(name: str) -> None:
    # Two years hold what most of them do; history is played to its end below.
    assert_docked(setup_of(scenario_file("horizon: 24\n", parent=name)), seed=7, trials=1)


def test_engines_dock_under_the_corpus_alone() -> None:
    assert_docked(setup_of("baseline", "corpus"), seed=3, trials=2)


def test_engines_dock_on_a_made_up_alliance() -> None:
    assert_docked(setup_of(HANSE), seed=5, trials=4)


@settings(max_examples=25)
@given(body=variants(), seed=st.integers(0, 2**63 - 1))
def test_engines_dock_on_random_scenarios(body: str, seed: int) -> None:
    assert_docked(setup_of(scenario_file(body)), seed=seed, trials=1)


@pytest.mark.parametrize("start", ["1994-04", "2002-10", "2012-12", "2019-01", "2021-01"])
def test_engines_dock_from_every_historical_start(start: str) -> None:
    assert_docked(setup_of(historical(start)), seed=11, trials=2)


@pytest.mark.parametrize("year", [1994, 2002, 2012, 2019])
def test_engines_dock_where_history_is_played_again(year: int) -> None:
    assert_docked(setup_of(f"history-{year}"), seed=13, trials=1)


def test_in_recorded_history_nothing_strikes_but_what_is_imposed() -> None:
    setup = setup_of("history-2019")
    imposed = {
        (shock.month, shock.j)
        for shock in setup.scenario.state_shocks
        if shock.target == SHOCK_INCIDENT
    }
    found = run_ensemble(setup, trials=20, seed=2, sample=20).events
    struck = found[found["kind"] == EventKind.INCIDENT]
    assert {(int(e["month"]), int(e["threat"])) for e in struck} == imposed
    assert len(struck) == 20 * len(imposed)


def historical(start: str) -> Path:
    """A scenario that begins in the past and asks nothing."""
    path = scenario_file("", "past")
    body = f"name: past\ntitle: The past\nalliance: csto\nstart: {start}\nhorizon: 36\n"
    path.write_text(f"{body}drivers: {{war: {{{start}: 0.0}}}}\n", encoding="utf-8")
    return path

"""Both engines give the same numbers, events and statuses on the same tape.

They share rules and draws. What is tested is the rest: the order of phases, who counts, when a
shock strikes, how memory is laid out, and that compiled arithmetic is the plain one.
"""

import copy
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import BUNDLED, CORE, HANSE, scenario_file, setup_of
from foedus.dictionary.recording import FOLLOWED, OUTCOMES
from foedus.dictionary.vocabulary import ACT_NAMES, SHOCK_INCIDENT, EventKind
from foedus.simulation.compiled.worker import EVENT_TYPE
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel
from foedus.simulation.world import Setup
from variants import variants

TOLERANCE = 1e-12
MEASURED = ("value", "chance")
"""Fields of an event that are no whole numbers."""


def assert_docked(setup: Setup, *, seed: int, trials: int) -> None:
    """Compare every month, event and outcome of some trials of both engines."""
    ensemble = run_ensemble(setup, trials=trials, seed=seed, sample=trials, threads=1)
    for trial in range(trials):
        model = AllianceModel.from_setup(setup, seed=seed, trial=trial)
        rows, begun = [followed(model)], kept(model)
        while model.running:
            model.step()
            rows.append(followed(model))
        np.testing.assert_allclose(np.array(rows), ensemble.sample[trial], rtol=0, atol=TOLERANCE)
        theirs = ensemble.events[ensemble.events["trial"] == trial]
        assert len(model.log) == len(theirs)
        for name in {*EVENT_TYPE.names} - {"trial"}:  # type: ignore[misc]
            mine = np.array([line[name] for line in model.log])
            tolerance = TOLERANCE if name in MEASURED else 0
            np.testing.assert_allclose(mine, theirs[name], rtol=0, atol=tolerance, err_msg=name)
        assert_same_outcome(begun, kept(model), ensemble.outcomes[trial])
        resolved = [question.resolved == 1 for question in model.questions]
        assert resolved == ensemble.questions[trial].tolist()


def read(reads: str, model: AllianceModel) -> Any:
    """What a row of a table reads, on the agents themselves, without the rule that is made of it.

    Returns:
        A number of the model, or a list of one for each member.
    """
    whose, _, path = reads.partition(".")
    value = attrgetter(path)
    return value(model) if whose == "w" else [value(member) for member in model.members]


def followed(model: AllianceModel) -> list[float]:
    """This month's row of all series: the alliance's, then each member's."""
    bloc = [read(row.reads, model) for row in FOLLOWED if not row.is_members]
    own = [read(row.reads, model) for row in FOLLOWED if row.is_members]
    return [*bloc, *(value for values in zip(*own, strict=True) for value in values)]


def kept(model: AllianceModel) -> dict[str, Any]:
    """What is kept of the trial, as of now."""
    values = {row.name: read(row.reads, model) for row in OUTCOMES}
    values |= {row.name: sum(values[row.name]) for row in OUTCOMES if row.sum}
    return copy.deepcopy(values)


def assert_same_outcome(begun: dict[str, Any], ended: dict[str, Any], outcome: np.void) -> None:
    assert {row.name for row in OUTCOMES} == set(outcome.dtype.names or ())
    for row in OUTCOMES:
        mine = begun[row.name] if row.at_start else ended[row.name]
        tolerance = TOLERANCE if row.is_level else 0
        np.testing.assert_allclose(
            mine, outcome[row.name], rtol=0, atol=tolerance, err_msg=row.name
        )


@pytest.fixture(scope="module")
def marked() -> Setup:
    """A short baseline in which every count starts at a number of its own, and no month is free."""
    setup = setup_of(scenario_file("horizon: 4\n"))
    world = setup.world.copy()
    for number, name in enumerate(("deployments", "force_between_members", "expulsions"), 3):
        world[0][name] = number
    world[0]["events_lost"] = 7
    for number, name in enumerate(
        ("requests_bloc", "requests_bilateral", "unasked", "regime_changes", "best_answer"), 1
    ):
        world[0]["members"][name] = number
    for number, name in enumerate(("freeze", "exit", "return", "notice"), 11):
        world[0]["members"][f"first_{name}"] = number
    world[0]["members"]["first_lapse"] = np.arange(len(ACT_NAMES)) + 21
    return replace(setup, world=world)


def test_engines_dock_where_everything_counts(marked: Setup) -> None:
    assert_docked(marked, seed=5, trials=2)


def test_no_outcome_is_a_column_of_silent_zeros(marked: Setup) -> None:
    ensemble = run_ensemble(marked, trials=2, seed=5)
    for row in OUTCOMES:
        assert ensemble.outcomes[row.name].any(), row.name
        others = [other.name for other in OUTCOMES if other.reads == row.reads and other != row]
        for other in {other.name for other in OUTCOMES} - {row.name, *others}:
            mine, theirs = ensemble.outcomes[row.name], ensemble.outcomes[other]
            assert mine.shape != theirs.shape or not np.array_equal(mine, theirs), (row.name, other)


def test_no_series_is_a_column_of_silent_zeros() -> None:
    ensemble = run_ensemble(setup_of("baseline"), trials=4, seed=5, sample=4)
    values: dict[tuple[str, bool], list[float]] = {}
    for place, series in enumerate(ensemble.series):
        key = series.name, series.member is not None
        values.setdefault(key, []).extend(ensemble.sample[:, :, place].ravel().tolist())
    assert set(values) == {(row.name, row.is_members) for row in FOLLOWED}
    assert all(any(column) for column in values.values())
    assert len({tuple(column) for column in values.values()}) == len(FOLLOWED)


def test_means_by_month_are_those_of_all_trials_however_they_are_divided() -> None:
    setup = setup_of("baseline")
    whole = run_ensemble(setup, trials=60, seed=5, sample=60, threads=1)
    parts = run_ensemble(setup, trials=60, seed=5, sample=60, threads=2, block=14)
    np.testing.assert_allclose(whole.means, whole.sample.mean(axis=0), rtol=0, atol=1e-10)
    assert whole.means.tobytes() == parts.means.tobytes()


@pytest.mark.parametrize("name", CORE)
def test_engines_dock_on_the_core_scenarios(name: str) -> None:
    assert_docked(setup_of(name), seed=7, trials=4)


@pytest.mark.parametrize("name", sorted({*BUNDLED} - {*CORE}))
def test_engines_dock_on_every_other_bundled_scenario(name: str) -> None:
    # Two years hold what most of them do; history is played to its end below.
    assert_docked(setup_of(scenario_file("horizon: 24\n", parent=name)), seed=7, trials=1)


def test_engines_dock_under_the_corpus_alone() -> None:
    assert_docked(setup_of("baseline", "corpus"), seed=3, trials=2)


@pytest.mark.slow  # another alliance has compiled code of its own
def test_engines_dock_on_a_made_up_alliance() -> None:
    assert_docked(setup_of(HANSE), seed=5, trials=4)


@pytest.mark.slow
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

"""Predictive checks of records that the model made itself, with right and with wrong parameters."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from conftest import CSTO
from foedus.dictionary.vocabulary import Purpose
from foedus.inference import record, self_check, targets
from foedus.inference.record_filter import RecordFilter
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
from foedus.simulation.world import Setup
from foedus.validation.replicas import predictive, replication, sheets
from foedus.validation.replicas.features import features_of

KNOWN = targets.load()


@lru_cache(maxsize=4)
def played(seed: int, histories: int, wrong: str = "") -> Any:
    """Replicas by the prior, or by a prior in which one parameter is far outside its interval."""
    setups = {name: load_setup(name, "prior") for name in CSTO.history.stretches}
    if wrong:
        setups = {name: set_to(setup, wrong, WRONG[wrong]) for name, setup in setups.items()}
    runs = replication.play(CSTO, KNOWN, setups, histories=histories, seed=seed)
    return runs, replication.free_running(CSTO, runs, KNOWN, seed)


WRONG = {"ask_base": 4.0, "vote_with_cut": -4.0}


def set_to(setup: Setup, name: str, value: float) -> Setup:
    """A set-up in which a parameter has one value, whatever is drawn."""
    uncertain = tuple(
        each._replace(low=value - 1e-9, mode=value, high=value + 1e-9)
        if each.name == name
        else each
        for each in setup.uncertain
    )
    assert uncertain != setup.uncertain
    return replace(setup, uncertain=uncertain)


def compared(seen: sheets.Sheet, replicas: sheets.Sheet) -> dict[str, predictive.Check]:
    about = {"split": "all", "parameters": "prior", "role": "prior", "form": predictive.FREE}
    found = predictive.compare(features_of(CSTO), seen, replicas, **about)
    return {one.feature.id: one for one in found}


def history(sheet: sheets.Sheet, number: int) -> sheets.Sheet:
    return {name: part._replace(values=part.values[[number]]) for name, part in sheet.items()}


@pytest.mark.slow
def test_stretches_share_parameters_and_not_their_luck() -> None:
    runs, _ = played(1, 100)
    first, last = runs[CSTO.history.stretches[0]], runs[CSTO.history.stretches[-1]]
    names = [name for name in first.quantity_names if name in last.quantity_names]
    assert "ask_base" in names
    for name in ("ask_base", "vote_with_cut"):
        mine, theirs = (run.quantities[:, run.quantity_names.index(name)] for run in (first, last))
        np.testing.assert_array_equal(mine, theirs)
    assert first.seed != last.seed


@pytest.mark.slow
@pytest.mark.statistical
def test_records_that_the_model_made_itself_lie_evenly_among_its_replicas() -> None:
    """Forty records from other parameter draws; a false alarm in about one run of a thousand."""
    _, replicas = played(1, 400)
    _, records = played(2, 80)
    found: dict[str, list[float]] = {}
    for number in range(0, 80, 2):
        for name, one in compared(history(records, number), replicas).items():
            found.setdefault(name, []).append(one.p)
    for name in ("declined", "level-mean", "level-spread", "vote-change", "text-spread"):
        assert len(found[name]) == 40
        assert stats.kstest(found[name], "uniform").pvalue > 1e-4, name
    everything = np.concatenate(list(found.values()))
    assert np.mean(everything) == pytest.approx(0.5, abs=0.05)
    assert np.mean((everything < 0.05) | (everything > 0.95)) < 0.15


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "feature", "spared"),
    [("ask_base", "requests", "votes-with"), ("vote_with_cut", "votes-with", "requests")],
)
def test_a_wrong_parameter_is_seen_in_what_it_moves_and_there_alone(
    wrong: str, feature: str, spared: str
) -> None:
    """Records of the prior among replicas whose members always ask, or always vote along."""
    _, replicas = played(1, 100, wrong)
    _, records = played(2, 80)
    found = [compared(history(records, number), replicas) for number in range(0, 80, 2)]
    moved = np.array([one[feature].p for one in found])
    # Histories in which next to nobody is struck look the same whoever asks.
    assert np.mean(np.minimum(moved, 1.0 - moved) < predictive.EXTREME) > 0.6
    assert np.median(moved) > 0.5
    others = np.array([one[spared].p for one in found])
    assert np.mean(np.minimum(others, 1.0 - others) < predictive.EXTREME) < 0.3


@pytest.mark.slow
@pytest.mark.statistical
def test_records_that_the_model_made_itself_lie_evenly_one_step_ahead_too() -> None:
    """Thirty played records, each heard by the filter; a false alarm in about one run of 1,000."""
    one = record.stretches(CSTO, KNOWN, upto="fit", parameters="prior")[2]
    ensemble = run_ensemble(one.setup, trials=60, seed=9, sample=60)
    found: dict[str, list[float]] = {"acts": [], "votes": []}
    for number in range(30):
        heard = self_check.played_record(one, ensemble, 2 * number, seed=number)
        values = heard.setup.draw_quantities(number + 100, np.arange(200, dtype=np.int64))
        ear = RecordFilter(heard.setup, heard.rows, particles=200, slip=record.SLIP)
        forecasts = ear.hear(number, values).forecasts
        chance = np.random.default_rng(number)
        for name, purpose in (("acts", Purpose.ACT), ("votes", Purpose.ROLL_CALL)):
            rows = np.flatnonzero(heard.rows["purpose"] == purpose)
            best = 0 if name == "acts" else 2  # complied; with the patron
            replicas = np.sum(
                [
                    replication._drawn(
                        forecasts[n, : heard.rows["outcomes"][n]], chance.random(500)
                    )
                    == best
                    for n in rows
                ],
                axis=0,
            )
            observed = float((heard.rows["allowed"][rows] == 1 << best).sum())
            found[name].append(predictive.probability_of_more(observed, replicas))
    for name, p in found.items():
        assert stats.kstest(p, "uniform").pvalue > 1e-3 / 2, (name, p)

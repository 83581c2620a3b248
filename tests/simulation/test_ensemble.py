"""What an ensemble promises: the same bits however it is run, and luck that stays in place."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import BUNDLED, HANSE, scenario_file, setup_of
from foedus.dictionary.recording import BLOC_SERIES, MEMBER_SERIES
from foedus.errors import FoedusError
from foedus.simulation.compiled.worker import EVENTS_A_MONTH
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.outcome import Ensemble
from foedus.simulation.world import Setup

ARRAYS = (
    "histograms",
    "means",
    "alignment",
    "status_counts",
    "request_counts",
    "outcomes",
    "milestones",
    "questions",
    "sample",
    "events",
    "quantities",
)


def assert_same_bytes(one: Ensemble, two: Ensemble) -> None:
    for name in ARRAYS:
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes(), name


@settings(max_examples=8)
@given(block=st.integers(1, 40), threads=st.integers(1, 3), trials=st.integers(1, 45))
def test_blocks_and_threads_change_no_bit(block: int, threads: int, trials: int) -> None:
    setup = setup_of("prolonged-ukraine-war")
    usual = run_ensemble(setup, trials=trials, seed=9, threads=1, block=1000, sample=10)
    other = run_ensemble(setup, trials=trials, seed=9, threads=threads, block=block, sample=10)
    assert_same_bytes(usual, other)


def test_more_trials_leave_the_first_ones_alone(baseline: Setup) -> None:
    few = run_ensemble(baseline, trials=30, seed=2)
    many = run_ensemble(baseline, trials=75, seed=2)
    assert few.outcomes.tobytes() == many.outcomes[:30].tobytes()
    assert few.quantities.tobytes() == many.quantities[:15].tobytes()


def test_another_seed_gives_other_luck(baseline: Setup) -> None:
    one, two = (run_ensemble(baseline, trials=20, seed=seed) for seed in (1, 2))
    assert not np.array_equal(one.outcomes["cohesion_end"], two.outcomes["cohesion_end"])


def test_two_trials_share_a_parameter_set_and_differ_by_chance(baseline: Setup) -> None:
    run = run_ensemble(baseline, trials=40, seed=4)
    assert run.quantities.shape == (20, len(run.quantity_names))
    starts = run.outcomes["cohesion_start"].reshape(20, 2)
    np.testing.assert_array_equal(starts[:, 0], starts[:, 1])
    ends = run.outcomes["cohesion_end"].reshape(20, 2)
    assert (ends[:, 0] != ends[:, 1]).all()


def test_scenarios_that_part_at_a_date_are_the_same_up_to_it(baseline: Setup) -> None:
    shock = "shocks:\n  - {name: late, date: 2029-01, on: trust_bloc.KAZ, size: -0.4}\n"
    other = run_ensemble(setup_of(scenario_file(shock)), trials=30, seed=6, sample=30)
    usual = run_ensemble(baseline, trials=30, seed=6, sample=30)
    month = baseline.scenario.month_of("2029-01")
    assert usual.sample[:, :month].tobytes() == other.sample[:, :month].tobytes()
    assert not np.array_equal(usual.sample[:, month], other.sample[:, month])


@pytest.mark.slow  # two alliances of other shapes have compiled code of their own
def test_one_more_partner_leaves_the_others_luck_alone(tmp_path: Path) -> None:
    """A partner with nothing to offer changes nobody's history."""
    alone = run_ensemble(setup_of(HANSE), trials=20, seed=3, sample=20)
    text = HANSE.parent.joinpath("hanse.yaml").read_text(encoding="utf-8")
    old = "  - {code: ENG, title: England}\n"
    assert old in text
    more = text.replace(old, "  - {code: DEN, title: Denmark}\n" + old)
    more = more.replace("{ENG: ", "{DEN: 0, ENG: ")
    for name in ("hanse-calm.yaml", "hanse-storm.yaml"):
        content = HANSE.parent.joinpath(name).read_text(encoding="utf-8")
        tmp_path.joinpath(name).write_text(content, encoding="utf-8")
    tmp_path.joinpath("hanse.yaml").write_text(more, encoding="utf-8")
    wider = run_ensemble(setup_of(tmp_path / "hanse-storm.yaml"), trials=20, seed=3, sample=20)
    assert wider.partners == ("DEN", *alone.partners)
    assert alone.sample.tobytes() == wider.sample.tobytes()


def test_what_one_does_alone_leaves_anothers_incidents_alone() -> None:
    """A member that leaves at once alters no other member's luck.

    Attackers that look at the alliance would see the difference, so here they do not.
    """
    blind = "mechanisms: {no_deterrence: true}\n"
    gone = scenario_file(f"{blind}parameters: {{exit_rate: 1.0, freeze_rate: 2.0}}\n")
    left = run_ensemble(setup_of(gone), trials=40, seed=8, sample=40)
    stayed = run_ensemble(setup_of(scenario_file(blind)), trials=40, seed=8, sample=40)
    armenia = left.members.index("ARM")
    assert left.outcomes["exit"][:, armenia].max() > 0
    clashes = [run.events[run.events["kind"] == 1] for run in (left, stayed)]
    theirs = [lines[lines["threat"] == left.threats.index("azerbaijan")] for lines in clashes]
    np.testing.assert_array_equal(theirs[0]["month"], theirs[1]["month"])


def test_counts_add_up(baseline: Setup) -> None:
    run = run_ensemble(baseline, trials=60, seed=5, block=7, threads=2)
    assert (run.histograms.sum(axis=2) == 60).all()
    assert (run.status_counts.sum(axis=2) == 60).all()
    np.testing.assert_allclose(run.alignment.sum(axis=2), 1.0, atol=1e-9)
    asked = run.outcomes["requests_bloc"].sum() + run.outcomes["requests_bilateral"].sum()
    assert run.request_counts[:, :, 1:].sum() == asked
    assert run.request_counts[:, :, 0].sum() == run.outcomes["unasked"].sum()
    assert len(run.series) == len(BLOC_SERIES) + len(MEMBER_SERIES) * len(run.members)


def test_histograms_and_statuses_agree_with_the_sample(baseline: Setup) -> None:
    run = run_ensemble(baseline, trials=25, seed=5, sample=25)
    bins = np.clip((run.sample * 200).astype(int), 0, 199)
    for month in (0, 30, 60):
        for s in range(len(run.series)):
            counts = np.bincount(bins[:, month, s], minlength=200)
            np.testing.assert_array_equal(counts, run.histograms[month, s])
    statuses = np.stack(
        [np.bincount(run.outcomes["status"][:, i], minlength=3) for i in range(len(run.members))]
    )
    np.testing.assert_array_equal(statuses, run.status_counts[-1])


def test_a_block_with_more_events_than_expected_loses_none() -> None:
    busy = "drivers: {threat.domestic-unrest: {2026-11: 20}, threat.afghan-raids: {2026-11: 20}}\n"
    busy += "parameters: {ask_base: 0.0, excitation: 10.0}\n"
    setup = setup_of(scenario_file(busy))
    run = run_ensemble(setup, trials=20, seed=1, sample=20, threads=1)
    assert run.outcomes["events_lost"].max() == 0
    assert run.events.size > 20 * 61 * EVENTS_A_MONTH
    incidents = run.events[run.events["kind"] == 1]
    assert np.unique(incidents["trial"]).tolist() == list(range(20))
    assert_same_bytes(run, run_ensemble(setup, trials=20, seed=1, sample=20, block=3))


@pytest.mark.parametrize(("trials", "seed"), [(0, 1), (-5, 1), (10**9, 1), (10, -1), (10, 2**64)])
def test_impossible_sizes_are_refused(baseline: Setup, trials: int, seed: int) -> None:
    with pytest.raises(FoedusError, match="expected from"):
        run_ensemble(baseline, trials=trials, seed=seed)


def test_progress_is_told_and_ends_at_the_number_of_trials(baseline: Setup) -> None:
    told: list[int] = []
    run_ensemble(baseline, trials=100, seed=1, block=10, progress=told.append)
    assert told[-1] == 100
    assert told == sorted(told)


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_scenario_keeps_all_levels_in_range(name: str) -> None:
    run = run_ensemble(setup_of(name), trials=100, seed=12, sample=100)
    assert np.isfinite(run.sample).all()
    assert run.sample.min() >= 0.0
    assert run.sample.max() <= 1.0

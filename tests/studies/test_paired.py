"""Do paired differences say what differs, no less and no more?"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from conftest import setup_of
from foedus.dictionary.recording import COMPONENTS
from foedus.errors import FoedusError
from foedus.simulation.ensemble import run_ensemble
from foedus.statistics.clustered import mean_variance, student_quantile, student_to_normal
from foedus.studies.compare.measures import Panel, panel_of
from foedus.studies.compare.paired import (
    against_parent,
    check_comparable,
    differences,
    step_up,
)
from foedus.telling.difference import Measure
from foedus.telling.numbers import UNITS
from small_runs import small_run

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble

LEVEL = Measure("cohesion", None, 12, "2027-11")
EVENT = Measure("frozen", "KAZ", 12, "2027-11", "event")


def panel(values: np.ndarray[Any, Any], measure: Measure = LEVEL, name: str = "one") -> Panel:
    """A panel of one measure."""
    return Panel(
        name=name,
        title=name,
        seed=1,
        evidence_set="record",
        dates=("2026-11", "2027-11"),
        members=("KAZ",),
        measures=(measure,),
        values=np.asarray(values, dtype=np.float64).reshape(-1, 1),
    )


@pytest.fixture(scope="module")
def base() -> Ensemble:
    return run_ensemble(setup_of("baseline"), trials=300, seed=4, sample=300, events=False)


@pytest.fixture(scope="module")
def war() -> Ensemble:
    setup = setup_of("prolonged-ukraine-war")
    return run_ensemble(setup, trials=300, seed=4, sample=300, events=False)


def test_a_scenario_against_itself_differs_in_nothing(base: Ensemble) -> None:
    found = differences(base, base)
    assert len(found) > 150
    for one in found:
        assert (one.mean, one.below.count, one.above.count) == (0.0, 0, 0)
        assert one.verdict == one.words == "the same"
        assert not one.clear
        assert one.low <= 0.0 <= one.high
        if one.measure.kind != "event":
            assert (one.low, one.high) == (0.0, 0.0)


def test_a_longer_war_lowers_cohesion_and_nothing_is_left_out(
    base: Ensemble, war: Ensemble
) -> None:
    found = {one.measure.label: one for one in differences(base, war)}
    end = found["cohesion@2031-11"]
    assert end.verdict == "lower"
    assert end.high < 0.0
    change = war.outcomes["cohesion_end"] - base.outcomes["cohesion_end"]
    assert end.mean == pytest.approx(change.mean(), abs=1e-12)
    assert end.below.count == np.count_nonzero(change < 0)
    metrics = {one.measure.metric for one in found.values()}
    assert metrics >= {"cohesion", *COMPONENTS, "engagement", "trust_bloc", "collective_answer"}
    assert metrics >= {"alive", "zombie", "dead"}
    assert metrics >= {"trust_patron", "frozen", "left", "joined", "active", "troops_sent"}
    # Questions that only the other scenario asks are not compared.
    questions = {one.measure.subject for one in found.values() if one.measure.metric == "question"}
    assert "armenia-out" in questions
    assert "russia-spent" not in questions


def test_what_a_member_does_by_a_horizon_is_read_from_its_months(base: Ensemble) -> None:
    found = panel_of(base)
    place = base.series.index(next(s for s in base.series if s == type(s)("engagement", "KGZ")))
    measure = Measure("engagement", "KGZ", 36, base.dates[36])
    np.testing.assert_array_equal(found.columns([measure])[:, 0], base.sample[:, 36, place])
    frozen = Measure("frozen", "KGZ", 36, base.dates[36], "event")
    first = base.outcomes["first_freeze"][:, base.members.index("KGZ")]
    expected = (first >= 0) & (first <= 36)
    np.testing.assert_array_equal(found.columns([frozen])[:, 0], expected)


def test_without_all_months_the_end_is_still_compared() -> None:
    ensemble = small_run(trials=40)
    ensemble = replace(ensemble, sample=ensemble.sample[:10])
    labels = {one.label for one in panel_of(ensemble).measures}
    assert "engagement[KAZ]@2031-11" in labels
    assert "cohesion@2027-11" in labels
    assert "engagement[KAZ]@2027-11" not in labels


@given(st.integers(2, 60), st.floats(-2.0, 2.0), st.integers(0, 2**31))
@example(sets=2, shift=0.5, seed=4348529)
def test_a_known_shift_is_found_exactly(sets: int, shift: float, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=2 * sets).round(3)
    shift = round(shift, 3)
    (found,) = differences(panel(values), panel(values + shift))
    assert found.mean == pytest.approx(shift, abs=1e-12)
    assert found.high - found.low < 1e-9
    if abs(shift) > 1e-9:
        direction = "higher" if shift > 0 else "lower"
        large = abs(shift) > UNITS["level"].smallest + 1e-9
        if abs(abs(shift) - UNITS["level"].smallest) > 1e-9:
            assert found.verdict == (direction if large else "too small to matter")
        # Parameter sets may have equal means by chance: then there is nothing to gain from pairing.
        if np.ptp(values.reshape(sets, 2).mean(axis=1)) > 0.01:
            assert found.gain > 1e9


@given(st.integers(3, 50), st.integers(0, 2**31), st.sampled_from([LEVEL, EVENT]))
def test_the_order_of_scenarios_turns_every_sign(trials: int, seed: int, measure: Measure) -> None:
    random = np.random.default_rng(seed)
    one, two = random.normal(size=trials), random.normal(size=trials) + 0.3
    if measure is EVENT:
        one, two = np.where(one > 0.4, 1.0, 0.0), np.where(two > 0.4, 1.0, 0.0)
    there = differences(panel(one, measure), panel(two, measure))[0]
    back = differences(panel(two, measure), panel(one, measure))[0]
    assert back.mean == pytest.approx(-there.mean, abs=1e-15)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), abs=1e-12)
    assert (back.below, back.above) == (there.above, there.below)
    assert back.chance == pytest.approx(there.chance, abs=1e-12)
    assert back.needed == there.needed
    turned = {"lower": "higher", "higher": "lower"}
    assert back.verdict == turned.get(there.verdict, there.verdict)


def test_parameter_sets_and_not_trials_are_counted() -> None:
    random = np.random.default_rng(3)
    of_sets = random.normal(0.2, 1.0, 200)
    twice = np.repeat(of_sets, 2)
    (found,) = differences(panel(np.zeros(400)), panel(twice))
    low, high = stats.t.interval(0.9, 199, of_sets.mean(), stats.sem(of_sets))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert found.chance == pytest.approx(stats.ttest_1samp(of_sets, 0.0).pvalue, rel=1e-3)
    assert mean_variance(twice[:1]).shape == ()
    assert math.isnan(float(mean_variance(twice[:1])))
    odd = float(mean_variance(twice[:399]))
    assert odd == pytest.approx(float(mean_variance(twice)), rel=0.05)


@pytest.mark.parametrize("freedom", [5, 10, 30, 200])
def test_students_quantile_is_close_to_the_true_one(freedom: int) -> None:
    for level, error in ((0.5, 2e-3), (0.9, 1e-3), (0.99, 1e-2)):
        expected = float(stats.t.ppf(0.5 + level / 2, freedom))
        found = student_quantile(level, freedom)
        assert found == pytest.approx(expected, rel=error)
        back = float(student_to_normal(np.array([found]), freedom)[0])
        assert back == pytest.approx(float(stats.norm.ppf(0.5 + level / 2)), rel=1e-9)


@pytest.mark.statistical
@pytest.mark.parametrize(("rate", "shift"), [(0.3, 0.1), (0.02, 0.01)])
def test_intervals_of_events_cover_as_often_as_they_say(rate: float, shift: float) -> None:
    """Over 600 data sets of clustered pairs; a coverage of 0.9 leaves 0.86-0.95 once in 1,000."""
    random, covered = np.random.default_rng(11), 0
    for _ in range(600):
        shared = np.repeat(random.random(150), 2) < 0.5
        luck = np.where(shared, np.repeat(random.random(150), 2), random.random(300))
        (found,) = differences(panel(luck < rate, EVENT), panel(luck < rate + shift, EVENT))
        covered += found.low <= shift <= found.high
    assert 0.86 <= covered / 600 <= 0.96


def test_no_disagreement_is_not_taken_for_certainty() -> None:
    never = np.zeros(200)
    (found,) = differences(panel(never, EVENT), panel(never, EVENT))
    assert found.mean == 0.0
    assert -0.02 < found.low < 0.0 < found.high < 0.02


def test_an_open_verdict_says_how_many_trials_would_close_it() -> None:
    random = np.random.default_rng(8)
    noise = random.normal(0.01, 1.0, 1000)
    (found,) = differences(panel(np.zeros(1000)), panel(noise))
    assert found.verdict == "cannot be told apart"
    assert found.needed is not None
    assert found.needed > 1000
    assert found.words.startswith("cannot be told apart; about ")
    assert "cannot be told apart in «" in found.sentence()
    assert "with 1,000 trials" in found.sentence()
    centred = noise - noise.mean()
    (never,) = differences(panel(np.zeros(1000)), panel(centred))
    assert never.needed is None
    assert never.words == "cannot be told apart"
    assert "settle" not in never.sentence()


def test_the_number_of_trials_that_settles_it_settles_it_four_times_in_five() -> None:
    random = np.random.default_rng(5)
    (found,) = differences(panel(np.zeros(500)), panel(random.normal(0.03, 1.0, 500)))
    assert found.needed is not None
    effect, settled = found.mean, 0
    for _ in range(200):
        trials = min(found.needed, 20_000)
        change = random.normal(effect, 1.0, trials)
        (again,) = differences(panel(np.zeros(trials)), panel(change))
        settled += again.clear
    assert 0.68 <= settled / 200 <= 0.92


def test_chance_findings_among_many_measures_are_held_down() -> None:
    """A thousand measures without a difference: one in ten intervals misses 0, few verdicts do."""
    random = np.random.default_rng(2)
    measures = tuple(replace(LEVEL, subject=f"M{n}") for n in range(1000))
    one = replace(panel(np.zeros(200)), measures=measures, values=np.zeros((200, 1000)))
    two = replace(one, values=random.normal(size=(200, 1000)))
    found = differences(one, two)
    missed = sum(not each.low <= 0.0 <= each.high for each in found)
    assert 60 <= missed <= 140
    assert sum(each.clear for each in found) <= 3


def test_step_up_agrees_with_scipy() -> None:
    chances = np.random.default_rng(4).random(50) ** 3
    passed, _ = step_up(chances)
    assert passed.any()
    np.testing.assert_array_equal(passed, stats.false_discovery_control(chances) <= 0.1)


def test_unpaired_seeds_have_the_variance_that_the_gain_is_measured_against(
    base: Ensemble, war: Ensemble
) -> None:
    """Paired by luck the difference varies by less than half of what it does between seeds."""
    other = run_ensemble(setup_of("prolonged-ukraine-war"), trials=300, seed=5, sample=0)
    apart = float(
        mean_variance(other.outcomes["cohesion_end"] - base.outcomes["cohesion_end"]),
    )
    end = Measure("cohesion", None, 60, "2031-11")
    (found,) = differences(base, war, [end])
    paired = float(mean_variance(war.outcomes["cohesion_end"] - base.outcomes["cohesion_end"]))
    assert found.gain > 2.0
    assert found.gain == pytest.approx(apart / paired, rel=0.35)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seed": 2}, "seed"),
        ({"evidence_set": "corpus"}, "evidence set"),
        ({"dates": ("2025-11", "2027-11")}, "first month"),
        ({"dates": ("2026-11", "2028-11")}, "last month"),
        ({"members": ("ARM",)}, "members"),
        ({"values": np.zeros((3, 1))}, "number of trials"),
    ],
)
def test_what_cannot_be_paired_is_refused_in_one_line(change: dict[str, Any], word: str) -> None:
    one = panel(np.zeros(4))
    with pytest.raises(FoedusError, match=f"the {word} must be the same, found") as caught:
        check_comparable(one, replace(one, name="two", **change))
    assert "\n" not in str(caught.value)


def test_a_trial_is_the_same_whatever_the_first(base: Ensemble) -> None:
    setup = setup_of("baseline")
    later = run_ensemble(setup, trials=51, seed=4, first=100, sample=51, events=False)
    for mine, of_base in ((later.outcomes, base.outcomes), (later.sample, base.sample)):
        np.testing.assert_array_equal(mine, of_base[100:151])
    np.testing.assert_array_equal(later.quantities, base.quantities[50:76])
    assert later.events.size == base.events.size == 0


def test_a_parent_with_other_months_is_not_compared(base: Ensemble) -> None:
    assert against_parent(base, replace(base, dates=base.dates[:-1])) == ()


def test_a_difference_is_the_same_whatever_stands_beside_it(base: Ensemble, war: Ensemble) -> None:
    """To the bit: a run, a library and a comparison keep different measures."""
    every = {one.measure: one for one in differences(base, war)}
    few = [replace(each, sample=each.sample[:10]) for each in (base, war)]
    kept = differences(few[0], few[1])
    assert len(kept) < len(every)
    assert [repr(one) for one in kept] == [repr(every[one.measure]) for one in kept]
    assert all(one.measure.always_kept for one in kept)
    (end,) = differences(base, war, [one.measure for one in kept][:1])
    assert (end.mean, end.low, end.high) == (kept[0].mean, kept[0].low, kept[0].high)


@given(
    st.sampled_from(["level", "event", "count"]),
    st.integers(1, 40),
    st.floats(-1.5, 1.5),
    st.floats(0.0, 1.0),
    st.integers(0, 2**31),
)
def test_a_sentence_claims_a_direction_only_where_the_verdict_does(
    kind: Any, trials: int, shift: float, noise: float, seed: int
) -> None:
    measure = Measure(
        {"level": "cohesion", "event": "troops_sent", "count": "deployments"}[kind],
        *(None, 12, "2027-11", kind),
    )
    random = np.random.default_rng(seed)
    one = random.random(trials)
    two = one + shift * random.random() + noise * random.normal(size=trials)
    if kind == "event":
        one, two = np.where(one > 0.5, 1.0, 0.0), np.where(two > 0.5, 1.0, 0.0)
    (found,) = differences(panel(one, measure), panel(two, measure, "two"))
    sentence, smallest = found.sentence(), UNITS[measure.kind].smallest
    directed = re.search(r" is [\d.,]+\S*.* (lower|higher) in «two» than in «one»", sentence)
    assert bool(directed) == found.clear == (found.verdict in {"lower", "higher"})
    if found.clear:
        assert abs(found.mean) > smallest
        assert trials > 2
        assert " 0.000 " not in sentence
        assert (found.verdict == "lower") == (found.mean < 0.0)
    if found.verdict == "too small to matter":
        assert abs(found.mean) <= smallest + 1e-12 or max(-found.low, found.high) <= smallest
    assert "nan" not in sentence
    assert not re.search(r"\b1 trials", sentence)
    assert "10,000,000" not in sentence

"""Are quantiles, intervals and shares of variance right, and put into honest words?"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.statistics.quantiles import (
    FAN,
    Frequency,
    epistemic_share,
    frequency,
    histogram_quantiles,
    mean_interval,
    wilson,
)
from foedus.telling import numbers

BINS = 200
WIDTH = 1.0 / BINS


@given(st.lists(st.floats(0.0, 0.9999), min_size=1, max_size=300), st.floats(0.0, 1.0))
def test_a_quantile_from_bins_is_within_a_bin_of_the_sample_quantile(
    sample: list[float], probability: float
) -> None:
    values = np.array(sample)
    counts = np.bincount((values * BINS).astype(int), minlength=BINS)
    # The histogram's quantile is where p*n values have been passed, up to rounding of p*n.
    passed = np.quantile(values, [max(0.0, probability - 1e-9), probability], method="inverted_cdf")
    found = float(histogram_quantiles(counts, (probability,))[0])
    assert passed[0] - WIDTH - 1e-9 <= found <= passed[1] + WIDTH + 1e-9


def test_quantiles_of_many_histograms_at_once_are_those_of_each() -> None:
    random = np.random.default_rng(0)
    counts = random.integers(0, 50, (3, 4, BINS))
    together = histogram_quantiles(counts)
    assert together.shape == (3, 4, len(FAN))
    np.testing.assert_array_equal(together[2, 1], histogram_quantiles(counts[2, 1]))
    assert np.all(np.diff(together, axis=-1) >= 0.0)


def test_an_empty_histogram_has_no_quantiles() -> None:
    empty = np.zeros(BINS, int)
    assert np.isnan(histogram_quantiles(empty)).all()


@pytest.mark.parametrize(
    ("count", "trials", "low", "high"),
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(
    count: int, trials: int, low: float, high: float
) -> None:
    assert wilson(count, trials, level=0.95) == pytest.approx((low, high), abs=5e-5)


def test_wilson_never_claims_to_know_without_trials() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == 1.0


def test_a_shared_parameter_set_widens_the_interval() -> None:
    happened = np.repeat(np.arange(500) % 4 == 0, 2)
    alone = wilson(int(happened.sum()), happened.size)
    paired = frequency(happened)
    assert paired.share == 0.25
    assert paired.high - paired.low > 1.35 * (alone[1] - alone[0])


@pytest.mark.statistical
def test_intervals_of_frequencies_cover_in_nine_of_ten_runs() -> None:
    # Seeded; with a true coverage of 0.9 a draw of 400 falls outside 0.85-0.95 once in 1,000.
    random = np.random.default_rng(7)
    covered = 0
    for _ in range(400):
        chance = np.repeat(random.beta(0.5, 1.5, 300), 2)
        found = frequency(random.random(600) < chance)
        covered += found.low <= 0.25 <= found.high
    assert 0.85 <= covered / 400 <= 0.95


@pytest.mark.statistical
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_epistemic_share_is_recovered(share: float) -> None:
    # Seeded; the interval misses the truth in one of ten seeds by construction.
    random = np.random.default_rng(5)
    known = np.repeat(random.normal(0.0, np.sqrt(share), 4000), 2)
    found = epistemic_share(known + random.normal(0.0, np.sqrt(1.0 - share), 8000))
    assert found.low <= share <= found.high
    assert found.high - found.low < 0.08


def test_what_never_varies_has_no_share_of_variance() -> None:
    for values in (np.full(100, 0.4), np.array([0.1, 0.2]), np.array([])):
        assert np.isnan(epistemic_share(values).share)


def test_an_odd_last_trial_is_left_out_of_the_pairs() -> None:
    values = np.random.default_rng(2).random(101)
    assert epistemic_share(values) == epistemic_share(values[:100])


def test_a_share_of_a_rare_event_is_not_claimed_to_be_known_exactly() -> None:
    happened = np.zeros(2000)
    happened[::100] = 1.0
    found = epistemic_share(happened)
    assert found.share == 0.0
    assert found.high > 0.02


def test_the_interval_of_a_mean_counts_pairs_once() -> None:
    values = np.repeat(np.random.default_rng(3).normal(size=200), 2)
    mean, low, high = mean_interval(values)
    assert high - low == pytest.approx(
        2 * 1.6525 * values[::2].std(ddof=1) / np.sqrt(200), rel=1e-4
    )
    assert low < mean < high


@given(st.floats(0.0, 1.0))
def test_rounding_never_turns_rare_into_never(share: float) -> None:
    text = numbers.percent(share)
    assert (text == "0") == (share == 0.0)
    assert (text == "100") == (share == 1.0)
    if text.isdigit():
        assert abs(int(text) - 100.0 * share) <= 0.5 + 1e-9


def test_halves_of_a_per_cent_go_up_and_do_not_vanish() -> None:
    assert [numbers.percent(each) for each in (0.005, 0.015, 0.025, 0.995)] == [
        *("1", "2", "3", ">99")
    ]


@given(st.integers(1, 3000), st.integers(0, 3000))
def test_ends_of_an_interval_are_whole_numbers_that_hold_the_share(trials: int, count: int) -> None:
    happened = np.arange(trials) < min(count, trials)
    text = numbers.share(frequency(np.random.default_rng(trials).permutation(happened)))
    match = re.fullmatch(r"(<1|>99|\d+) %(?: \((\d+) to (\d+)\))?", text)
    assert match, text
    if match[2]:
        middle = {"<1": 0.5, ">99": 99.5}.get(match[1]) or float(match[1])
        assert int(match[2]) - 0.5 <= middle <= int(match[3]) + 0.5
        assert int(match[2]) < int(match[3])


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=8).filter(lambda each: sum(each) > 0.0))
def test_parts_of_a_whole_add_to_a_hundred(sizes: list[float]) -> None:
    told = [int(part) for part in numbers.parts(sizes)]
    assert sum(told) == 100
    for part, size in zip(told, sizes, strict=True):
        assert abs(part - 100.0 * size / sum(sizes)) < 1.0 + 1e-6


@given(st.floats(-1.0, 1.0), st.sampled_from(["level", "event", "count"]))
def test_a_change_that_prints_as_nothing_has_no_sign(change: float, kind: Any) -> None:
    text = numbers.change(change, kind)
    assert (text[0] in "+-") == (float(text) != 0.0)
    if change and not float(text):
        assert numbers.amount(change, kind).startswith("less than 0.")


def test_a_frequency_without_trials_is_a_dash() -> None:
    nothing = frequency(np.zeros(0, bool))
    assert isinstance(nothing, Frequency)
    assert numbers.share(nothing) == "-"


def test_a_single_trial_is_one() -> None:
    assert [numbers.trials(each) for each in (0, 1, 2)] == ["0 trials", "1 trial", "2 trials"]

"""Scores against numbers worked out by hand, and what resampling must keep."""

from __future__ import annotations

import numpy as np
import pytest

from foedus.errors import FoedusError
from foedus.statistics import scores

EVEN = np.full((1, 6), 1 / 6)


def test_brier_of_two_categories_is_the_usual_one() -> None:
    forecast = np.array([[0.8, 0.2], [0.4, 0.6]])
    np.testing.assert_allclose(scores.brier(forecast, np.array([1, 1])), [0.64, 0.16])


def test_brier_of_three_categories_is_half_the_sum_of_squares() -> None:
    forecast = np.array([[0.5, 0.3, 0.2]])
    np.testing.assert_allclose(scores.brier(forecast, np.array([0])), [(0.25 + 0.09 + 0.04) / 2])


def test_bits_of_a_fair_coin_are_nearly_one_and_have_a_floor() -> None:
    coin = np.array([[0.5, 0.5]])
    np.testing.assert_allclose(scores.bits(coin, np.array([0])), [1.0])
    sure = np.array([[1.0, 0.0]])
    np.testing.assert_allclose(scores.bits(sure, np.array([1])), [-np.log2(0.01)])
    np.testing.assert_allclose(scores.bits(sure, np.array([0])), [-np.log2(0.99)])


@pytest.mark.parametrize(
    ("outcome", "expected"),
    # Cumulative shares of a uniform forecast over six codes are n / 6; five thresholds count.
    [(0, (25 + 16 + 9 + 4 + 1) / 36 / 5), (5, (1 + 4 + 9 + 16 + 25) / 36 / 5),
     (3, (1 + 4 + 9 + 4 + 1) / 36 / 5)],
)  # fmt: skip
def test_ranked_score_of_a_uniform_forecast(outcome: int, expected: float) -> None:
    np.testing.assert_allclose(scores.rps(EVEN, np.array([outcome])), [expected])


def test_ranked_score_of_the_record_s_answers_under_a_uniform_forecast() -> None:
    """The mean over the eight answers of R1 to R8; .156 when computed outside this project."""
    answers = np.array([3, 3, 3, 1, 4, 5, 2, 1])
    assert scores.rps(np.repeat(EVEN, 8, axis=0), answers).mean() == pytest.approx(0.156, abs=5e-4)


def test_continuous_score_of_two_draws() -> None:
    """Mean distance to the truth less half the mean distance between draws."""
    draws = np.array([[0.0, 1.0]])
    np.testing.assert_allclose(scores.crps(draws, np.array([0.0])), [0.5 - 0.25])


def test_the_bootstrap_is_the_same_every_time_and_keeps_episodes_together() -> None:
    episodes = ["a", "a", "b", "c", "c", "c"]
    weights = scores.resamples(episodes)
    np.testing.assert_array_equal(weights, scores.resamples(episodes))
    assert not np.array_equal(weights, scores.resamples(episodes, seed=2))
    np.testing.assert_array_equal(weights[:, 0], weights[:, 1])
    np.testing.assert_array_equal(weights[:, 3], weights[:, 5])
    np.testing.assert_array_equal(weights[:, [0, 2, 3]].sum(axis=1), 3.0)


def test_one_episode_leaves_no_doubt_and_many_leave_some() -> None:
    values = np.array([0.1, 0.2, 0.6])
    alone = scores.interval(values, scores.resamples(["a"] * 3))
    np.testing.assert_allclose((alone.mean, alone.low, alone.high), values.mean())
    apart = scores.interval(values, scores.resamples(["a", "b", "c"]))
    assert apart.low < apart.mean < apart.high
    assert apart.low >= 0.1
    assert apart.high <= 0.6


def inside(bins: tuple[scores.ReliabilityBin, ...]) -> int:
    return sum(each.low <= each.observed <= each.high for each in bins)


def test_reliability_keeps_nine_tenths_of_right_forecasts_inside_its_bands() -> None:
    """Of 200 bins 180 are expected inside; four standard errors are 17."""
    hits = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        chance = random.random(500)
        hits += inside(scores.reliability(chance, random.random(500) < chance))
    assert 163 <= hits <= 197


def test_reliability_puts_the_overconfident_outside_its_bands() -> None:
    random = np.random.default_rng(3)
    chance = random.random(2000)
    bold = np.where(chance > 0.5, 0.97, 0.03)
    assert inside(scores.reliability(bold, random.random(2000) < chance)) == 0


def test_coverage_counts_outcomes_inside_the_central_interval() -> None:
    draws = np.tile(np.linspace(0.0, 1.0, 101), (4, 1))
    assert scores.coverage(draws, np.array([0.5, 0.26, 0.74, 0.9]), 0.5) == 0.75
    assert scores.coverage(draws, np.array([0.5, 0.04, 0.94, 0.96]), 0.9) == 0.5


def test_scores_are_refused_in_one_line_where_their_library_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scores, "EXTRA", "no_such_library")
    with pytest.raises(FoedusError, match=r"foedus\[calibration\]"):
        scores.check_extra()

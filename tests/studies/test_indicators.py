"""Indicators: one that announces an event is found, noise is not, and halves are kept apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from foedus.studies.indicators import FALL, FEWEST, NOT_OBSERVABLE, best_warning, falls_of

TRIALS, MONTHS = 200, 61

type Floats = NDArray[np.float64]
type Months = NDArray[np.int64]


def events(seed: int, share: float = 0.5) -> Months:
    """A first month of the event for a share of trials, -1 for the others."""
    rng = np.random.default_rng(seed)
    happens = rng.uniform(size=TRIALS) < share
    return np.where(happens, rng.integers(30, 60, size=TRIALS), -1)[:, None]


def noise(seed: int) -> Floats:
    return np.random.default_rng(seed).uniform(size=(TRIALS, 1, MONTHS))


def falling_before(months: Months, lead: int, seed: int) -> Floats:
    """A series that falls some months before the event, with noise that hides nothing."""
    series = 0.8 + 0.02 * noise(seed)
    for trial, month in enumerate(months[:, 0]):
        if month >= 0:
            series[trial, 0, max(0, month - lead) :] = 0.2
    return series


@pytest.mark.parametrize("lead", [0, 6])
def test_a_sign_that_announces_the_event_is_found_and_scored(lead: int) -> None:
    months = events(1)
    signs = {("noise", False): noise(2), ("sign", False): falling_before(months, lead + 7, 3)}
    found = best_warning("freeze", lead, months, signs)
    assert found.sign is not None
    assert (found.sign.series, found.sign.below) == ("sign", True)
    assert found.hits.share > 0.9
    assert found.false_alarms.share < 0.1
    assert found.better_than_chance
    assert found.precision > 5.0 * found.base


def test_noise_warns_no_better_than_chance() -> None:
    """The best of twenty noises looks good where it was chosen, and not where it is scored.

    False alarms of this test: none in forty seeds.
    """
    signs = {(f"noise{n}", False): noise(10 + n) for n in range(10)}
    found = best_warning("freeze", 0, events(4), signs)
    assert found.sign is not None
    assert not found.better_than_chance
    assert abs(found.hits.share - found.false_alarms.share) < 0.25


def test_an_event_that_is_too_rare_is_not_warned_of() -> None:
    months = events(5, share=0.03)
    found = best_warning("freeze", 0, months, {("sign", False): falling_before(months, 7, 6)})
    assert found.sign is None
    assert found.events < FEWEST
    assert not found.better_than_chance


def test_looks_after_the_event_and_at_those_it_cannot_befall_do_not_count() -> None:
    months = events(7)
    signs = {("sign", False): falling_before(months, 7, 8)}
    usual = best_warning("freeze", 0, months, signs)
    twice = np.concatenate([months, np.full_like(months, -2)], axis=1)
    both = {("sign", False): np.repeat(signs["sign", False], 2, axis=1)}
    assert best_warning("freeze", 0, twice, both) == usual


def test_scores_come_from_parameter_sets_that_did_not_choose() -> None:
    """A sign that works on the even sets alone is chosen and then found out."""
    months = events(9)
    even = (np.arange(TRIALS) // 2 % 2 == 0)[:, None, None]
    series = np.where(even, falling_before(months, 7, 10), noise(11))
    found = best_warning("freeze", 0, months, {("sign", False): series})
    assert found.sign is not None
    assert not found.hits.share > found.false_alarms.share + 0.3


def test_a_fall_of_cohesion_is_one_by_a_share_within_a_year() -> None:
    level = np.full((4, 40), 0.2)
    level[0, 20:] = 0.2 * (1.0 - FALL) - 1e-12
    level[1, 20:] = 0.2 * (1.0 - FALL) + 1e-3
    # As far in all, but over two years.
    level[2] = np.interp(np.arange(40), [5, 29], [0.2, 0.2 * (1.0 - FALL) - 1e-12])
    level[3] = 0.0
    assert falls_of(level).tolist() == [20, -1, -1, -1]


def test_nothing_that_holds_the_event_warns_of_it() -> None:
    assert {"cohesion", "agreement", "means", "acting", "membership"} <= NOT_OBSERVABLE

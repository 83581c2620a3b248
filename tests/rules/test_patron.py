"""The patron's capacity, presence and supply."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import DT
from foedus.rules import patron
from worlds import is_falling, parameters, small_world

levels = st.floats(0.0, 1.0)


def at_war(w: Any, p: Any, months: int, war: float = 1.0) -> Any:
    w.drivers[w.war_driver].value = war
    for _ in range(months):
        patron.muster(w, p)
    return w.patron


@given(levels, levels, st.floats(0.0, 2.0), st.integers(1, 40))
def test_all_levels_of_the_patron_stay_in_bounds(
    war: float, exhaustion: float, resolve: float, months: int
) -> None:
    w, p = small_world(), parameters(fatigue=0.2, war_drain=0.9, supply_drain=2.0)
    w.patron.exhaustion = w.patron.exhaustion_peak = exhaustion
    w.drivers[w.resolve_driver].value = resolve
    there = at_war(w, p, months, war)
    for name in ("capacity", "available", "exhaustion", "presence", "supply"):
        assert 0.0 <= getattr(there, name) <= 1.0


@given(levels, levels)
def test_a_war_may_use_up_all_capacity_and_no_more(war: float, exhaustion: float) -> None:
    w, p = small_world(), parameters(war_drain=0.9)
    w.patron.war, w.patron.exhaustion = war, exhaustion
    left = max(0.0, 1.0 - 0.9 * war - exhaustion)
    assert patron.capacity_now(w, p) == pytest.approx(left)


@given(levels, st.sampled_from(["presence", "supply"]), st.floats(0.0, 3.0))
def test_a_scenario_may_build_up_withdraw_or_deliver_beyond_capacity(
    war: float, what: str, driver: float
) -> None:
    w, p = small_world(), parameters(fatigue=0.0)
    w.patron.presence_normal = w.patron.supply_normal = 0.6
    w.patron.presence = w.patron.supply = 0.0
    w.patron.presence_low = w.patron.supply_low = 0.0
    w.drivers[getattr(w, f"{what}_driver")].value = driver
    at_war(w, p, 2400, war)
    drain = {"presence": p.presence_drain, "supply": p.supply_drain}
    for name in ("presence", "supply"):
        share = max(0.05, 1.0 - drain[name] * (1.0 - w.patron.capacity))
        sought = min(1.0, (driver if name == what else 1.0) * 0.6 * share)
        assert getattr(w.patron, name) == pytest.approx(p.recovery_share * sought, abs=1e-4)


@given(levels, st.floats(0.0, 0.4), st.floats(0.01, 0.2))
def test_war_and_exhaustion_lower_capacity(war: float, exhaustion: float, more: float) -> None:
    w, p = small_world(), parameters()
    w.patron.war, w.patron.exhaustion = 0.7 * war, exhaustion
    before = patron.capacity_now(w, p)
    assert before == pytest.approx(1.0 - p.war_drain * 0.7 * war - exhaustion)
    w.patron.war += more
    assert patron.capacity_now(w, p) < before
    w.patron.war -= more
    w.patron.exhaustion += more
    assert patron.capacity_now(w, p) < before


def test_resolve_scales_capacity() -> None:
    w, p = small_world(), parameters()
    w.drivers[w.resolve_driver].value = 0.25
    assert patron.capacity_now(w, p) == pytest.approx(0.25)
    w.drivers[w.resolve_driver].value = 2.0
    assert patron.capacity_now(w, p) == 1.0


def test_each_year_of_war_adds_the_fatigue_of_a_year() -> None:
    w, p = small_world(), parameters()
    assert at_war(w, p, 24).exhaustion == pytest.approx(2.0 * p.fatigue)
    assert w.patron.war_years == pytest.approx(2.0)
    assert w.patron.capacity == pytest.approx(1.0 - p.war_drain - 2.0 * p.fatigue)


@given(st.floats(0.1, 1.0))
def test_after_a_war_capacity_recovers_slowly_and_not_all_the_way(war: float) -> None:
    w, p = small_world(), parameters()
    peak = at_war(w, p, 60, war).exhaustion
    path = []
    for _ in range(240):
        at_war(w, p, 1, 0.0)
        path.append(w.patron.exhaustion)
    assert is_falling(path[:60])
    scar = (1.0 - p.recovery_share) * peak
    assert path[-1] == pytest.approx(scar, abs=0.01)
    assert path[-1] >= scar
    assert peak - path[11] < 0.5 * (peak - scar), "recovery takes longer than a year"


def test_no_war_no_wear() -> None:
    w, p = small_world(), parameters()
    at_war(w, p, 120, 0.0)
    there = w.patron
    assert (there.capacity, there.exhaustion, there.war_years) == (1.0, 0.0, 0.0)
    assert (there.presence, there.supply) == (1.0, 1.0)


def test_commitments_bind_capacity_and_are_released() -> None:
    w, p = small_world(), parameters()
    w.patron.committed = 0.4
    at_war(w, p, 1, 0.0)
    left = 0.4 * math.exp(-p.commitment_release * DT)
    assert w.patron.committed == pytest.approx(left)
    assert w.patron.available == pytest.approx(1.0 - left)
    w.patron.committed = 9.0
    at_war(w, p, 1, 0.0)
    assert w.patron.available == 0.0


def test_presence_and_supply_fall_fast_and_recover_slowly_and_in_part() -> None:
    w, p = small_world(), parameters()
    there = at_war(w, p, 24)
    lost = {name: 1.0 - getattr(there, name) for name in ("presence", "supply")}
    assert min(lost.values()) > 0.1
    w.patron.exhaustion = w.patron.exhaustion_peak = 0.0
    at_war(w, p, 24, 0.0)
    for name, loss in lost.items():
        regained = getattr(there, name) - (1.0 - loss)
        assert 0.0 < regained < 0.5 * loss
    at_war(w, p, 1200, 0.0)
    for name, loss in lost.items():
        assert getattr(there, name) == pytest.approx(1.0 - (1.0 - p.recovery_share) * loss)


@given(levels, st.floats(0.0, 2.0))
def test_even_a_patron_without_capacity_keeps_up_a_twentieth(capacity: float, drain: float) -> None:
    left = 1.0 - drain * (1.0 - capacity)
    assert patron.kept(drain, capacity) == pytest.approx(max(0.05, left))
    assert patron.kept(1.1, 0.0) == 0.05


@given(levels, levels)
def test_projection_follows_between_where_it_is_and_where_it_should_be(
    now: float, sought: float
) -> None:
    p = parameters()
    later = patron.follow(now, now, sought, p)
    assert min(now, sought) - 1e-12 <= later <= max(now, sought) + 1e-12
    if sought < now - 0.01:
        rise = patron.follow(sought, sought, now, p) - sought
        assert 0.0 < rise < now - later, "down faster than up"


def test_an_even_more_drained_patron_projects_less() -> None:
    ends = []
    for war in (0.0, 0.5, 1.0):
        w, p = small_world(), parameters()
        there = at_war(w, p, 36, war)
        ends.append((there.presence, there.supply))
    assert is_falling([presence for presence, _ in ends])
    assert is_falling([supply for _, supply in ends])

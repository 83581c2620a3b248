"""Acts of membership, participation in them, drills."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ATTEND_SUMMIT,
    FROZEN,
    HOST_DRILL,
    NOT_YET,
    OUT,
    PAY_DUES,
    SEND_TROOPS,
    EventKind,
    Purpose,
)
from foedus.rules.membership import ladder
from worlds import NEVER_MIND, SURE, Luck, entry, events_of, is_falling, member

levels = st.floats(0.0, 1.0)


# --- Compliance -----------------------------------------------------------------------------------


@given(levels)
def test_acts_are_kept_in_the_order_of_their_difficulty(engagement: float) -> None:
    w, p, me = member(engagement)
    chances = [
        ladder.readiness_to_comply(me, entry(w, act), w, p, me.engagement)
        for act in range(len(ACT_NAMES))
    ]
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    by_difficulty = sorted(range(len(ACT_NAMES)), key=w.difficulty.__getitem__)
    assert is_falling([chances[act] for act in by_difficulty])


@given(st.floats(0.0, 0.9), st.floats(0.01, 0.1), st.integers(0, 7))
def test_the_engaged_comply_more(engagement: float, more: float, act: int) -> None:
    w, p, me = member(engagement)
    due = entry(w, act)
    before = ladder.readiness_to_comply(me, due, w, p, me.engagement)
    me.engagement += more
    assert ladder.readiness_to_comply(me, due, w, p, me.engagement) > before


def test_at_its_difficulty_an_act_is_a_coin_toss() -> None:
    w, p, me = member(0.4)
    assert ladder.readiness_to_comply(
        me, entry(w, ATTEND_SUMMIT), w, p, me.engagement
    ) == pytest.approx(0.5)


def test_a_drill_draws_those_exposed_to_what_it_is_about() -> None:
    w, p, me = member()
    due = entry(w, SEND_TROOPS, focus=0)
    chances = []
    for level in (0.0, ladder.DRILL_REFERENCE, 0.9):
        me.level[0] = level
        chances.append(ladder.readiness_to_comply(me, due, w, p, me.engagement))
    assert chances[0] < chances[1] < chances[2]
    assert chances[1] == pytest.approx(
        ladder.readiness_to_comply(me, entry(w, SEND_TROOPS), w, p, me.engagement), abs=0.05
    )
    assert ladder.readiness_to_comply(
        me, entry(w, PAY_DUES, focus=0), w, p, me.engagement
    ) == pytest.approx(ladder.readiness_to_comply(me, entry(w, PAY_DUES), w, p, me.engagement))


@pytest.mark.parametrize("luck", [SURE, NEVER_MIND])
def test_participation_is_the_running_share_of_acts_complied_with(luck: float) -> None:
    w, p, me = member()
    due = entry(w, PAY_DUES)
    ladder.act(me, due, w, p, Luck(luck))
    complied = 1.0 if luck == SURE else 0.0
    assert me.participation == pytest.approx(0.5 + ladder.PARTICIPATION_MEMORY * (complied - 0.5))
    assert me.complied == complied
    (event,) = events_of(w, EventKind.ACT)
    assert (event.act, event.complied) == (PAY_DUES, complied)
    assert me.first_lapse[PAY_DUES] == (NOT_YET if complied else w.month)


def test_participation_is_the_mean_over_a_years_duties() -> None:
    w, p, me = member()
    dues, troops = entry(w, PAY_DUES), entry(w, SEND_TROOPS)
    hosted = entry(w, SEND_TROOPS, host=0)
    assert (me.duties, w.members[1].duties) == (2, 3), "a host sends no troops to its own drill"
    for year in range(40):
        ladder.act(me, dues, w, p, Luck(SURE))
        if year >= 10:
            ladder.act(me, troops, w, p, Luck(NEVER_MIND))
        ladder.act(me, hosted, w, p, Luck(NEVER_MIND))
        assert me.participation == pytest.approx((me.compliance[0] + me.compliance[1]) / 2.0)
    assert me.compliance[0] > 0.9
    assert me.compliance[1] < 0.1
    assert me.compliance[2] == 0.5


def test_the_first_lapse_is_kept() -> None:
    w, p, me = member()
    due = entry(w, PAY_DUES)
    for month in (3, 15):
        w.month = month
        ladder.act(me, due, w, p, Luck(NEVER_MIND))
    assert me.first_lapse[PAY_DUES] == 3


def test_a_frozen_member_complies_with_nothing_and_a_stranger_is_not_asked() -> None:
    missed = 0.5 * (1.0 - ladder.PARTICIPATION_MEMORY)
    for status, participation, events in ((FROZEN, missed, 1), (OUT, 0.5, 0)):
        w, p, me = member(1.0, status)
        ladder.act(me, entry(w, PAY_DUES), w, p, Luck(SURE))
        assert me.participation == pytest.approx(participation)
        assert w.n_events == events


# --- Drills ---------------------------------------------------------------------------------------


def drill(**changes: Any) -> tuple[Any, Any, Any, Any]:
    """World, parameters, the host's decision and the drill itself, hosted by the first member."""
    w, p, host = member(**changes)
    decision = entry(w, HOST_DRILL, host=0, focus=0)
    troops = entry(w, SEND_TROOPS, host=0, focus=0, hosting=decision.id)
    host.recent = [0.0, 0.0]
    return w, p, decision, troops


def held(w: Any, p: Any, decision: Any, troops: Any, u: Any) -> tuple[int, int]:
    for due in (decision, troops):
        ladder.hold(due, w, p, u)
        for me in w.members:
            ladder.act(me, due, w, p, u)
    return decision.held, troops.held


def test_a_drill_is_held_if_its_host_is_willing() -> None:
    assert held(*drill(), Luck(0.01)) == (1, 1)


def test_a_host_that_refuses_cancels_the_drill_for_all() -> None:
    w, p, decision, troops = drill()
    u = Luck(0.01, {(Purpose.ACT, w.members[0].luck, decision.luck): NEVER_MIND})
    assert held(w, p, decision, troops, u) == (0, 0)
    assert len(events_of(w, EventKind.ACT)) == 1
    assert w.members[1].participation == 0.5, "nobody can be blamed for a drill not held"


def test_a_refusal_holds_for_one_year_only() -> None:
    w, p, decision, troops = drill()
    u = Luck(0.01, {(Purpose.ACT, w.members[0].luck, decision.luck): NEVER_MIND})
    held(w, p, decision, troops, u)
    assert held(w, p, decision, troops, Luck(0.01)) == (1, 1)


@pytest.mark.parametrize("status", [FROZEN, OUT])
def test_a_host_that_is_not_active_holds_no_drill(status: int) -> None:
    w, p, decision, troops = drill()
    w.members[0].status = status
    assert held(w, p, decision, troops, Luck(0.01)) == (0, 0)
    assert w.n_events == 0, "and nobody is asked"
    alone = entry(w, SEND_TROOPS, host=0)
    ladder.hold(alone, w, p, Luck(0.01))
    assert alone.held == 0, "even where its host has no say of its own"


def test_a_recent_clash_cancels_a_drill() -> None:
    w, p, decision, troops = drill()
    w.members[0].recent = [0.9, 0.0]
    assert held(w, p, decision, troops, Luck(0.01)) == (1, 1), "a raid is no clash"
    w.members[0].recent = [0.0, 0.8]
    chance = 1.0 - math.exp(-p.drill_cancelling * 0.8)
    assert chance > 0.5
    cancels = Luck(0.01, {Purpose.DRILL_CANCELLED: chance - 1e-9})
    assert held(w, p, decision, troops, cancels) == (0, 0)
    (event,) = events_of(w, EventKind.DRILL_CANCELLED)
    assert (event.actor, event.chance) == (0, pytest.approx(chance))
    spares = Luck(0.01, {Purpose.DRILL_CANCELLED: chance + 1e-9})
    assert held(w, p, decision, troops, spares) == (1, 1)


def test_only_the_host_is_asked_to_host_and_only_the_others_to_send_troops() -> None:
    w, p, decision, troops = drill()
    held(w, p, decision, troops, Luck(0.01))
    acts = [(event.actor, event.act) for event in events_of(w, EventKind.ACT)]
    assert acts == [(0, HOST_DRILL), (1, SEND_TROOPS), (2, SEND_TROOPS)]


def test_a_drill_done_together_strengthens_ties_among_those_who_came() -> None:
    w, p, _, troops = drill()
    host, came, stayed = w.members
    for me in w.members:
        me.tie = [0.5] * 3
    came.complied, stayed.complied = 1, 0
    for me in w.members:
        ladder.bond(me, troops, w, p)
    closer = 0.5 + 0.5 * p.exercise_bond
    assert host.tie == [0.5, pytest.approx(closer), 0.5]
    assert came.tie == [pytest.approx(closer), 0.5, 0.5]
    assert stayed.tie == [0.5] * 3
    troops.held = 0
    ladder.bond(host, troops, w, p)
    assert host.tie[1] == pytest.approx(closer)


def test_an_entry_falls_due_once_a_year() -> None:
    w, _, _ = member()
    due = entry(w, PAY_DUES, month=3)
    calls = []
    for month in range(1, 13):
        w.month_of_year = month
        calls.append(ladder.call_due(due, w))
    assert calls == [0, 0, 1] + [0] * 9

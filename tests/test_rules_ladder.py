"""Acts of membership, drills, freezing, notice, renewal, return."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.rules import ladder
from foedus.rules.chance import sigmoid
from foedus.rules.vocabulary import (
    ACT_NAMES,
    ACTIVE,
    ATTEND_SUMMIT,
    DT,
    FROZEN,
    HOST_DRILL,
    INTRA,
    MILITANTS,
    NOT_YET,
    OUT,
    PAY_DUES,
    SEND_TROOPS,
    STAY_IN,
    STAY_UNFROZEN,
    EventKind,
    Purpose,
)
from worlds import NEVER_MIND, SURE, Luck, entry, events_of, is_falling, parameters, small_world

levels = st.floats(0.0, 1.0)


def member(engagement: float = 0.5, status: int = ACTIVE, **fields: Any) -> tuple[Any, Any, Any]:
    w, p = small_world(kinds=(MILITANTS, INTRA), **fields), parameters()
    for me in w.members:
        me.engagement, me.participation = engagement, 0.5
        me.status = me.status_before = status
    return w, p, w.members[0]


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
    for level in (0.0, p.drill_reference, 0.9):
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
    assert me.participation == pytest.approx(0.5 + p.participation_memory * (complied - 0.5))
    assert me.complied == complied
    (event,) = events_of(w, EventKind.ACT)
    assert event.code == PAY_DUES + 10 * complied
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
    for status, participation, events in ((FROZEN, 0.0, 1), (OUT, 0.5, 0)):
        w, p, me = member(1.0, status)
        p.participation_memory = 1.0
        ladder.act(me, entry(w, PAY_DUES), w, p, Luck(SURE))
        assert me.participation == participation
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
    acts = [(event.actor, event.code % 10) for event in events_of(w, EventKind.ACT)]
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


# --- Freezing and thawing -------------------------------------------------------------------------


def hazard_of_freezing(engagement: float) -> float:
    """The chance in a month, from the event of one who froze."""
    w, p, me = member(engagement)
    ladder.freeze(me, w, p, Luck(1e-300))
    assert me.status == FROZEN
    (event,) = events_of(w, EventKind.FREEZE)
    return float(event.chance)


def test_the_less_engaged_freeze_sooner() -> None:
    p = parameters()
    chances = [hazard_of_freezing(engagement) for engagement in (0.0, 0.25, 0.6)]
    assert is_falling(chances)
    assert chances[1] == pytest.approx(1.0 - math.exp(-p.freeze_rate * 0.5 * DT))


def test_a_freeze_is_dated_and_counted_from_the_first() -> None:
    w, p, me = member(0.0)
    w.month = 7
    ladder.reconsider(me, w, p, Luck(given={Purpose.FREEZE: SURE}, usual=NEVER_MIND))
    assert (me.status, me.first_freeze, me.months_frozen) == (FROZEN, 7, 0)
    for w.month in (8, 9):
        ladder.reconsider(me, w, p, Luck(NEVER_MIND))
    assert (me.status, me.first_freeze, me.months_frozen) == (FROZEN, 7, 2)


def test_a_frozen_member_thaws_at_a_higher_engagement_than_it_froze() -> None:
    w, p, me = member(0.25, FROZEN)
    assert ladder.reluctance(me, w, STAY_UNFROZEN) == pytest.approx(0.5)
    ladder.thaw(me, w, p, Luck(1e-300))
    assert me.status == FROZEN, "none thaws below the threshold"
    me.engagement += 2.0 * p.return_margin
    ladder.thaw(me, w, p, Luck(1e-300))
    assert me.status == ACTIVE
    (event,) = events_of(w, EventKind.UNFREEZE)
    thawing = -math.log(1.0 - event.chance) / (DT * p.unfreeze_rate)
    assert thawing == pytest.approx(2.0 * sigmoid(8.0 * p.return_margin) - 1.0, rel=1e-6)


def test_the_more_engaged_thaw_sooner() -> None:
    chances = []
    for engagement in (0.4, 0.6, 0.9):
        w, p, me = member(engagement, FROZEN)
        ladder.thaw(me, w, p, Luck(1e-300))
        chances.append(w.events[0].chance)
    assert chances == sorted(chances)
    assert chances[0] < chances[-1]


# --- Leaving --------------------------------------------------------------------------------------


def test_the_hazard_of_leaving_grows_with_disengagement_and_with_years_frozen() -> None:
    w, p, me = member()
    hazards = []
    for me.engagement in (0.9, 0.1, 0.0):
        hazards.append(ladder.exit_hazard(me, w, p))
    assert hazards == sorted(hazards)
    assert hazards[1] == pytest.approx(0.9 * p.exit_base + 0.5 * p.exit_rate)
    assert min(hazards) >= 0.1 * p.exit_base
    me.engagement, me.status, me.months_frozen = 0.1, FROZEN, 24
    longer = 0.9 * p.exit_base + 0.5 * (p.exit_rate + 2.0 * p.exit_trend)
    assert ladder.exit_hazard(me, w, p) == pytest.approx(longer)
    me.status = ACTIVE
    assert ladder.exit_hazard(me, w, p) < longer


def test_a_notice_runs_its_months_and_ends_membership() -> None:
    w, p, me = member(0.05)
    goes = Luck(NEVER_MIND, {Purpose.NOTICE: SURE})
    w.month = 10
    ladder.reconsider(me, w, p, goes)
    assert (me.status, me.notice, me.first_notice) == (ACTIVE, 6, 10)
    for w.month in range(11, 16):
        ladder.reconsider(me, w, p, Luck(NEVER_MIND))
        assert me.status == ACTIVE
    w.month = 16
    ladder.reconsider(me, w, p, Luck(NEVER_MIND))
    assert (me.status, me.first_exit, me.notice) == (OUT, 16, NOT_YET)
    assert [event.code for event in events_of(w, EventKind.EXIT)] == [1]


def test_a_notice_may_be_withdrawn_by_one_that_has_thought_better_of_it() -> None:
    chances = []
    for engagement in (0.3, 0.5):
        w, p, me = member(engagement)
        me.notice = 4
        ladder.serve_notice(me, w, p, Luck(NEVER_MIND))
        assert (me.notice, me.status) == (3, ACTIVE)
        ladder.serve_notice(me, w, p, Luck(1e-300))
        assert (me.notice, me.status) == (NOT_YET, ACTIVE)
        (event,) = events_of(w, EventKind.NOTICE_WITHDRAWN)
        beyond = 8.0 * (engagement - w.difficulty[STAY_IN] - p.return_margin)
        ready = 2.0 * sigmoid(beyond) - 1.0
        assert event.chance == pytest.approx(1.0 - math.exp(-p.unfreeze_rate * ready * DT))
        chances.append(event.chance)
    assert chances[0] < chances[1]


def test_nobody_leaves_at_once_by_notice() -> None:
    for months in (0, 1, 6):
        w, p, me = member(0.0, notice_months=months)
        ladder.serve_notice(me, w, p, Luck(SURE))
        assert me.status == ACTIVE


@pytest.mark.parametrize(("engagement", "out"), [(0.0, OUT), (1.0, ACTIVE)])
def test_a_renewal_is_let_pass_by_the_disengaged(engagement: float, out: int) -> None:
    w, p, me = member(engagement, month=5)
    w.renewals, w.n_renewals = [5, 0], 1
    usual = Luck(NEVER_MIND, {Purpose.RENEWAL: 0.5})
    ladder.reconsider(me, w, p, usual)
    assert me.status == out
    assert me.lapsed == int(out == OUT)
    assert [event.code for event in events_of(w, EventKind.EXIT)] == ([2] if out == OUT else [])


def test_a_renewal_is_a_coin_toss_at_its_difficulty_and_binds_at_its_date_only() -> None:
    w, p, me = member(month=5)
    me.engagement = p.renewal_difficulty
    w.renewals, w.n_renewals = [5, 0], 1
    for month, luck, status in (
        (4, 0.01, ACTIVE),
        (6, 0.01, ACTIVE),
        (5, 0.51, ACTIVE),
        (5, 0.49, OUT),
    ):
        w.month = month
        ladder.renew(me, w, p, Luck(luck))
        assert me.status == status


def test_renewal_dates_raise_the_hazard_of_leaving_at_least_tenfold() -> None:
    w, p, me = member(0.3)
    usual = 1.0 - math.exp(-ladder.exit_hazard(me, w, p) * DT)
    lapse = sigmoid(w.discrimination[STAY_IN] * (p.renewal_difficulty - 0.3))
    assert lapse > 10.0 * usual


def test_a_state_outside_may_come_back_once_it_would_be_engaged() -> None:
    chances = []
    for engagement in (0.6, 0.75, 0.9):
        w, p, me = member(engagement, OUT)
        me.months_out = int(12 * p.return_wait)
        ladder.reconsider(me, w, p, Luck(1e-300))
        assert (me.status, me.first_return) == (ACTIVE, w.month)
        (event,) = events_of(w, EventKind.RETURN)
        chances.append(event.chance)
        ready = 2.0 * sigmoid(8.0 * (engagement - p.return_difficulty)) - 1.0
        expected = p.return_rate * ready
        assert event.chance == pytest.approx(1.0 - math.exp(-expected * DT))
    assert chances == sorted(chances)


def test_nobody_comes_back_unengaged_or_soon_after_leaving() -> None:
    for engagement, months_out in ((0.4, 600), (0.9, 6)):
        w, p, me = member(engagement, OUT)
        me.months_out = months_out
        ladder.reconsider(me, w, p, Luck(1e-300))
        assert me.status == OUT
        assert me.months_out == months_out + 1


def test_nothing_happens_to_those_whom_luck_spares() -> None:
    for status in (ACTIVE, FROZEN, OUT):
        w, p, me = member(0.3, status)
        ladder.reconsider(me, w, p, Luck(NEVER_MIND))
        assert (me.status, me.notice, w.n_events) == (status, NOT_YET, 0)

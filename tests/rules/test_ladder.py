"""Freezing, thawing, notice, renewal, return."""

from __future__ import annotations

import math

import pytest

from foedus.dictionary.chance import sigmoid
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BY_LAPSE,
    BY_NOTICE,
    DT,
    FROZEN,
    NOT_YET,
    OUT,
    STAY_IN,
    STAY_UNFROZEN,
    EventKind,
    Purpose,
)
from foedus.rules.membership import ladder
from worlds import NEVER_MIND, SURE, Luck, events_of, is_falling, member, parameters

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
    assert [event.ending for event in events_of(w, EventKind.EXIT)] == [BY_NOTICE]


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
    assert [event.ending for event in events_of(w, EventKind.EXIT)] == (
        [BY_LAPSE] if out == OUT else []
    )


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

"""Freezing, thawing, notice, renewal, return: hazards on the odds of relying on the alliance."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.chance import logit, sigmoid
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BY_LAPSE,
    BY_NOTICE,
    DT,
    FROZEN,
    NOT_YET,
    OUT,
    EventKind,
    Purpose,
)
from foedus.rules.membership import ladder
from worlds import NEVER_MIND, SURE, Luck, events_of, is_falling, member

inner = st.floats(0.02, 0.98)
levels = st.floats(0.0, 1.0)


def relying(reliance: float = 0.5, status: int = ACTIVE, **fields: Any) -> tuple[Any, Any, Any]:
    """A member that counts on the alliance so far, whatever its rituals."""
    w, p, me = member(0.5, status, **fields)
    me.reliance = reliance
    return w, p, me


def yearly(chance: float) -> float:
    """The hazard a year behind a chance in a month."""
    return -math.log(1.0 - chance) / DT


def taken(step: Any, kind: EventKind, me: Any, w: Any, p: Any) -> float:
    """The hazard a year of a step, from the event of one who took it."""
    w.n_events = 0
    step(me, w, p, Luck(1e-300))
    (event,) = events_of(w, kind)
    return yearly(event.chance)


# --- Stepping down --------------------------------------------------------------------------------


@given(inner)
def test_at_odds_of_relying_the_hazards_of_stepping_down_are_known(reliance: float) -> None:
    odds = (1.0 - reliance) / reliance
    w, p, me = relying(reliance)
    steep = ladder.FREEZE_STEEPNESS
    freezing = taken(ladder.freeze, EventKind.FREEZE, me, w, p)
    assert freezing == pytest.approx(p.freeze_rate * odds**steep)
    assert me.status == FROZEN
    leaving = taken(ladder.serve_notice, EventKind.NOTICE, me, w, p)
    assert leaving == pytest.approx(p.exit_rate * odds)


def test_at_even_odds_the_hazards_are_their_rates() -> None:
    w, p, me = relying(0.5)
    assert ladder.hazard_of(ladder.freeze_reasons(me, w, p)) == pytest.approx(p.freeze_rate)
    assert ladder.hazard_of(ladder.exit_reasons(me, w, p)) == pytest.approx(p.exit_rate)
    assert ladder.hazard_of(ladder.step_back(me, w, p)) == pytest.approx(p.return_rate)


def test_hazards_stay_finite_where_nobody_relies_at_all() -> None:
    w, p, me = relying(0.0)
    assert ladder.tie_at_stake(me, w) == pytest.approx(logit(ladder.LEAST_RELIANCE))
    me.reliance = 1.0
    assert ladder.tie_at_stake(me, w) == pytest.approx(-logit(ladder.LEAST_RELIANCE))
    me.reliance, me.precedent = 0.0, 1e6
    assert ladder.hazard_of(ladder.freeze_reasons(me, w, p)) == pytest.approx(math.exp(4.6))


@given(inner, levels)
def test_with_one_tie_the_steps_hang_on_engagement(engagement: float, reliance: float) -> None:
    w, p, me = relying(reliance, one_tie=1)
    me.engagement = engagement
    odds = (1.0 - engagement) / engagement
    assert ladder.hazard_of(ladder.exit_reasons(me, w, p)) == pytest.approx(p.exit_rate * odds)


@given(inner, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_pressure_makes_it_dear_for_those_who_depend_on_the_patrons_economy(
    reliance: float, pressure: float, dependence: float
) -> None:
    w, p, me = relying(reliance)
    free = ladder.hazard_of(ladder.freeze_reasons(me, w, p))
    me.pressure, me.economic_dependence = pressure, dependence
    held = ladder.hazard_of(ladder.freeze_reasons(me, w, p))
    assert held == pytest.approx(free * math.exp(-ladder.PRICE * pressure * dependence))


def test_a_freeze_is_dated_and_counted_from_the_first() -> None:
    w, p, me = relying(0.1)
    w.month = 7
    ladder.reconsider(me, w, p, Luck(given={Purpose.FREEZE: SURE}, usual=NEVER_MIND))
    assert (me.status, me.first_freeze, me.months_frozen) == (FROZEN, 7, 0)
    for w.month in (8, 9):
        ladder.reconsider(me, w, p, Luck(NEVER_MIND))
    assert (me.status, me.first_freeze, me.months_frozen) == (FROZEN, 7, 2)


# --- Precedent ------------------------------------------------------------------------------------


def gone(like: float = 0.5, **fields: Any) -> tuple[Any, Any, Any, Any]:
    """A world whose first member, that depends on the patron by a half, has just frozen."""
    w, p, leaver = relying(0.2, **fields)
    for me in w.members:
        me.economic_dependence = me.arms_dependence = 0.5
    other = w.members[1]
    other.economic_dependence = other.arms_dependence = like
    other.reliance = 0.5
    ladder.begin_freeze(leaver, w)
    return w, p, leaver, other


@given(levels)
def test_a_step_down_is_a_precedent_the_more_the_liker_the_dependence(like: float) -> None:
    w, p, leaver, other = gone(like)
    assert other.precedent == pytest.approx(1.0 - abs(like - 0.5))
    assert leaver.precedent == 0.0
    raised = ladder.hazard_of(ladder.freeze_reasons(other, w, p)) / p.freeze_rate
    assert raised == pytest.approx(math.exp(p.precedent * other.precedent))
    leaving = ladder.hazard_of(ladder.exit_reasons(other, w, p)) / p.exit_rate
    assert leaving == pytest.approx(raised)


def test_a_precedent_multiplies_the_hazard_of_its_likes_within_two_years_by_a_known_ratio() -> None:
    """ATOP: 2.8 within two years of another's exit, on three events."""
    w, p, _, other = gone()
    ratios = []
    for _ in range(24):
        ladder.reconsider(other, w, p, Luck(NEVER_MIND))
        hazard = ladder.hazard_of(ladder.exit_reasons(other, w, p))
        ratios.append(hazard / p.exit_rate)
    assert is_falling(ratios)
    assert 1.8 < sum(ratios) / 24 < 3.8


def test_precedent_fades_to_a_seventh_within_two_years() -> None:
    w, p, _, other = gone()
    for _ in range(24):
        ladder.reconsider(other, w, p, Luck(NEVER_MIND))
    assert other.precedent == pytest.approx(math.exp(-2.0))


def test_a_state_is_a_precedent_once_whatever_it_does_later() -> None:
    w, _, leaver, other = gone()
    leaver.status = ACTIVE
    ladder.begin_freeze(leaver, w)
    ladder.leave(leaver, w, BY_NOTICE, 1.0)
    assert other.precedent == pytest.approx(1.0)
    ladder.leave(w.members[2], w, BY_LAPSE, 1.0)
    assert other.precedent == pytest.approx(2.0), "another one counts"


def test_who_is_out_learns_from_no_precedent_and_the_frozen_do() -> None:
    w, _, leaver = relying()
    w.members[1].status, w.members[2].status = OUT, FROZEN
    ladder.become_precedent(leaver, w)
    assert [me.precedent for me in w.members] == [0.0, 0.0, 1.0]


def test_grievance_makes_no_case_alike() -> None:
    w, _, leaver = relying()
    leaver.grievance = 1.0
    ladder.become_precedent(leaver, w)
    assert w.members[1].precedent == 1.0


def test_without_precedent_the_steps_of_others_teach_nothing() -> None:
    w, p, _, other = gone(no_precedent=1)
    assert other.precedent == 1.0
    assert ladder.hazard_of(ladder.freeze_reasons(other, w, p)) == pytest.approx(p.freeze_rate)


# --- Stepping back --------------------------------------------------------------------------------


@given(inner)
def test_thaw_return_and_second_thoughts_have_one_hazard_on_the_odds_of_relying(
    reliance: float,
) -> None:
    odds = reliance / (1.0 - reliance)
    w, p, me = relying(reliance, FROZEN)
    me.precedent = me.pressure = me.economic_dependence = 1.0
    expected = pytest.approx(min(100.0, p.return_rate * odds))
    assert taken(ladder.thaw, EventKind.UNFREEZE, me, w, p) == expected
    assert me.status == ACTIVE
    me.notice = 4
    assert taken(ladder.serve_notice, EventKind.NOTICE_WITHDRAWN, me, w, p) == expected
    assert me.notice == NOT_YET
    me.status, me.months_out = OUT, 11
    assert taken(ladder.come_back, EventKind.RETURN, me, w, p) == expected
    assert (me.status, me.first_return) == (ACTIVE, w.month)


@pytest.mark.parametrize(("months", "back"), [(0, OUT), (10, OUT), (11, ACTIVE), (600, ACTIVE)])
def test_nobody_comes_back_within_a_year(months: int, back: int) -> None:
    w, p, me = relying(0.9, OUT)
    me.months_out = months
    ladder.reconsider(me, w, p, Luck(1e-300))
    assert (me.status, me.months_out) == (back, months + 1)


# --- Notice ---------------------------------------------------------------------------------------


def test_a_notice_runs_its_months_and_ends_membership() -> None:
    w, p, me = relying(0.05)
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
    assert w.members[1].precedent == 1.0


def test_who_does_not_withdraw_its_notice_is_a_month_nearer_the_end() -> None:
    w, p, me = relying(0.5)
    me.notice = 4
    ladder.serve_notice(me, w, p, Luck(NEVER_MIND))
    assert (me.notice, me.status) == (3, ACTIVE)


def test_nobody_leaves_at_once_by_notice() -> None:
    for months in (0, 1, 6):
        w, p, me = relying(0.0, notice_months=months)
        ladder.serve_notice(me, w, p, Luck(SURE))
        assert me.status == ACTIVE


# --- Renewal --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reliance", "out"), [(0.0, OUT), (1.0, ACTIVE)])
def test_a_renewal_is_let_pass_by_those_who_do_not_rely_on_it(reliance: float, out: int) -> None:
    w, p, me = relying(reliance, month=5)
    w.renewals, w.n_renewals = [5, 0], 1
    usual = Luck(NEVER_MIND, {Purpose.RENEWAL: 0.5})
    ladder.reconsider(me, w, p, usual)
    assert me.status == out
    assert me.lapsed == int(out == OUT)
    assert [event.ending for event in events_of(w, EventKind.EXIT)] == (
        [BY_LAPSE] if out == OUT else []
    )


@given(levels, levels)
def test_a_renewal_is_a_logistic_choice_on_reliance_alone(
    reliance: float, engagement: float
) -> None:
    w, p, me = relying(reliance, month=5)
    me.engagement = engagement
    w.renewals, w.n_renewals = [5, 0], 1
    ladder.renew(me, w, p, Luck(1e-300))
    lapse = sigmoid(ladder.RENEWAL_STEEPNESS * (p.renewal_difficulty - reliance))
    (event,) = events_of(w, EventKind.EXIT)
    assert event.chance == pytest.approx(lapse)


def test_a_renewal_is_a_coin_toss_at_its_difficulty_and_binds_at_its_date_only() -> None:
    w, p, me = relying(month=5)
    me.reliance = p.renewal_difficulty
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
    w, p, me = relying(0.3)
    usual = 1.0 - math.exp(-ladder.hazard_of(ladder.exit_reasons(me, w, p)) * DT)
    lapse = sigmoid(ladder.RENEWAL_STEEPNESS * (p.renewal_difficulty - 0.3))
    assert lapse > 10.0 * usual


def test_nothing_happens_to_those_whom_luck_spares() -> None:
    for status in (ACTIVE, FROZEN, OUT):
        w, p, me = relying(0.3, status)
        ladder.reconsider(me, w, p, Luck(NEVER_MIND))
        assert (me.status, me.notice, w.n_events) == (status, NOT_YET, 0)

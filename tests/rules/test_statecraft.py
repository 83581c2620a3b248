"""The patron's own acts towards members: terms and pressure."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import ACTIVE, DT, FROZEN, OUT, EventKind
from foedus.rules import statecraft
from foedus.rules.crises.answers import SPARE
from worlds import NEVER_MIND, SURE, Luck, events_of, is_falling, parameters, small_world

levels = st.floats(0.0, 1.0)


def drifting(drift: float = 0.3, **fields: float) -> tuple[Any, Any, Any]:
    """A member that relies less than at the start, in the month in which the patron looks."""
    w, p = small_world(month_of_year=1), parameters()
    me = w.members[0]
    vars(me).update(reliance_start=0.7, reliance=0.7 - drift)
    vars(me).update(patron_value=0.8, economic_dependence=0.5, fear_exposure=0.4, fear=0.2)
    vars(me).update(fields)
    return w, p, me


def odds(w: Any, p: Any, me: Any) -> tuple[float, float]:
    """Weights of terms and of pressure against doing nothing, worked out anew."""
    drift = max(0.0, me.reliance_start - me.reliance)
    stake = p.initiative * me.patron_value * drift
    cost = p.answer_cost * p.cost_aid / (w.patron.available + SPARE)
    terms = math.exp(statecraft.RESTRAINT + stake - cost)
    return terms, math.exp(statecraft.RESTRAINT + stake * me.economic_dependence)


@given(st.floats(-0.3, 0.7), levels, levels, levels)
def test_the_patron_offers_presses_or_does_nothing_by_quantal_response(
    drift: float, value: float, dependence: float, available: float
) -> None:
    w, p, me = drifting(drift, patron_value=value, economic_dependence=dependence)
    w.patron.available = available
    terms, pressure = odds(w, p, me)
    everything = 1.0 + terms + pressure
    for kind, low, share in (
        (EventKind.TERMS, 0.0, terms),
        (EventKind.PRESSURE, terms, pressure),
        (None, terms + pressure, 1.0),
    ):
        w.n_events, w.patron.available = 0, available
        statecraft.act_towards(me, w, p, Luck((low + 0.5 * share) / everything))
        kinds = [event.kind for event in w.events[: w.n_events]]
        assert kinds == ([] if kind is None else [kind])
        if kind is not None:
            event = w.events[0]
            assert (event.actor, event.other) == (w.n_members, me.id)
            assert event.chance == pytest.approx(share / everything)


def test_a_member_that_has_not_drifted_is_left_alone_nearly_always() -> None:
    for drift in (0.0, -0.3):
        w, p, me = drifting(drift)
        terms, pressure = odds(w, p, me)
        assert statecraft.drift_of(me) == 0.0
        assert (terms + pressure) / (1.0 + terms + pressure) < 0.1
        assert statecraft.pressure_reasons(me, p) == (statecraft.RESTRAINT, 0.0, 0.0)


def test_drift_stake_dependence_and_an_empty_purse_move_the_choice() -> None:
    def shares(**fields: float) -> tuple[float, float]:
        available = fields.pop("available", 1.0)
        w, p, me = drifting(**fields)
        w.patron.available = available
        return (
            sum(statecraft.terms_reasons(me, w, p)),
            sum(statecraft.pressure_reasons(me, p)),
        )

    usual = shares()
    assert shares(drift=0.5) > usual
    assert shares(drift=0.5)[1] > usual[1]
    assert shares(patron_value=0.2) < usual
    assert shares(economic_dependence=0.9)[0] == usual[0]
    assert shares(economic_dependence=0.9)[1] > usual[1]
    assert shares(available=0.0)[0] < usual[0]
    assert shares(available=0.0)[1] == usual[1], "pressure costs nothing"


@pytest.mark.parametrize("reason", ["another month", "passive", "out"])
def test_the_patron_acts_once_a_year_on_those_inside_unless_it_is_passive(reason: str) -> None:
    w, p, me = drifting(0.7)
    if reason == "another month":
        w.month_of_year = 2
    elif reason == "passive":
        w.passive_patron = 1
    else:
        me.status = OUT
    me.terms = me.pressure = 0.4
    u = Luck(SURE)
    statecraft.act_towards(me, w, p, u)
    assert (w.n_events, u.asked) == (0, [])
    left = 0.4 * math.exp(-DT)
    assert (me.terms, me.pressure) == pytest.approx((left, left)), "what was done fades"


@pytest.mark.parametrize("status", [ACTIVE, FROZEN])
def test_a_frozen_member_is_courted_as_well(status: int) -> None:
    w, p, me = drifting(status=status)
    statecraft.act_towards(me, w, p, Luck(SURE))
    assert len(events_of(w, EventKind.TERMS)) == 1


def test_terms_and_pressure_fade_within_about_two_years() -> None:
    w, p, me = drifting()
    me.terms, me.pressure = 0.5, 0.3
    path = []
    for _ in range(24):
        statecraft.act_towards(me, w, p, Luck(NEVER_MIND))
        path.append(me.terms)
    assert is_falling(path)
    assert me.terms == pytest.approx(0.5 * math.exp(-2.0))
    assert me.pressure == pytest.approx(0.3 * math.exp(-2.0))


@given(st.floats(0.0, 0.9), levels, st.floats(0.0, 1.0))
def test_terms_are_worth_something_to_the_member_and_bind_capacity(
    before: float, size: float, available: float
) -> None:
    w, p, me = drifting(terms=before)
    w.patron.available, w.patron.committed = available, 0.2
    statecraft.offer_terms(me, w, p, size)
    assert me.terms == pytest.approx(before + p.leverage * size * (1.0 - before))
    assert w.patron.committed == pytest.approx(0.2 + p.cost_aid * size)
    assert w.patron.available == pytest.approx(max(0.0, available - p.cost_aid * size))
    assert (me.pressure, me.fear) == (0.0, 0.2)


@given(st.floats(0.0, 0.9), levels, levels)
def test_pressure_weighs_on_the_member_and_teaches_the_exposed_fear(
    before: float, size: float, exposure: float
) -> None:
    w, p, me = drifting(pressure=before, fear_exposure=exposure)
    statecraft.press(me, p, size)
    assert me.pressure == pytest.approx(before + p.leverage * size * (1.0 - before))
    jump = p.fear_jump * p.leverage * size * exposure * 0.8
    assert me.fear == pytest.approx(0.2 + jump)
    assert me.terms == 0.0
    assert w.patron.committed == 0.0

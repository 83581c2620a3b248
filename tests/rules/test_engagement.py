"""What membership is worth, and how engagement follows it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.chance import logit, sigmoid
from foedus.dictionary.vocabulary import (
    DOMESTIC,
    DT,
    EXERCISE,
    MILITANTS,
    TROOPS,
    EventKind,
    Purpose,
)
from foedus.rules.membership import engagement
from worlds import NEVER_MIND, SURE, Luck, events_of, parameters, small_world

levels = st.floats(0.0, 1.0)
parts = st.floats(0.05, 0.4)


def member(**switches: int) -> tuple[Any, Any, Any]:
    """A middling member of a middling alliance, at rest."""
    w, p = small_world(kinds=(MILITANTS, DOMESTIC), **switches), parameters()
    w.patron.capacity, w.patron.war, w.patron.supply, w.patron.presence = 0.6, 0.5, 0.7, 0.8
    me = w.members[0]
    middling = {
        "external_threat": 0.5,
        "domestic_threat": 0.4,
        "trust_bloc": 0.4,
        "trust_patron": 0.5,
        "arms_dependence": 0.5,
        "economic_dependence": 0.5,
        "basing": 0.4,
        "autonomy": 0.5,
        "fear": 0.3,
        "grievance": 0.2,
        "entrapment_exposure": 0.4,
        "outside_option": 0.3,
        "participation": 0.6,
        "engagement": 0.6,
        "disposition": logit(0.6),
    }
    vars(me).update(middling)
    engagement.value_membership(me, w, p)
    me.utility_start = me.utility
    return w, p, me


def utility(where: str = "", by: float = 0.0, **switches: int) -> float:
    """Utility of the middling member after one change to it or to the patron."""
    w, p, me = member(**switches)
    if where:
        target = me if hasattr(me, where) else w.patron
        setattr(target, where, getattr(target, where) + by)
    engagement.value_membership(me, w, p)
    return float(me.utility)


@given(parts, st.sampled_from(["external_threat", "domestic_threat", "trust_bloc", "trust_patron",
                               "arms_dependence", "economic_dependence", "basing", "supply",
                               "presence"]))  # fmt: skip
def test_what_makes_membership_worth_more(more: float, what: str) -> None:
    by = min(more, 0.2) if what == "presence" else more
    assert utility(what, by) > utility()


@given(
    parts,
    st.sampled_from(
        ["fear", "grievance", "outside_option", "entrapment_exposure", "autonomy", "war"]
    ),
)
def test_what_makes_membership_worth_less(more: float, what: str) -> None:
    assert utility(what, more) < utility()


def test_a_stronger_patron_is_worth_more_to_the_threatened_and_minded_by_the_autonomous() -> None:
    ends = []
    for threat, autonomy in ((0.9, 0.0), (0.0, 1.0)):
        w, p, me = member()
        vars(me).update(external_threat=threat, domestic_threat=0.0, autonomy=autonomy)
        engagement.value_membership(me, w, p)
        before = me.utility
        w.patron.capacity += 0.2
        engagement.value_membership(me, w, p)
        ends.append(me.utility - before)
    assert ends[0] > 0.0 > ends[1]


def test_utility_has_a_known_value() -> None:
    w, p, me = member()
    trust = p.hub_share * 0.5 + (1.0 - p.hub_share) * 0.4
    protection = 0.5 * trust * 0.6 * (1.0 + p.basing_boost * 0.4 * 0.8)
    regime = 0.4 * 0.5 * math.sqrt(0.6)
    gain = p.weight_protection * protection + p.weight_purpose * 0.5 * trust
    gain += p.weight_regime * regime + p.weight_arms * 0.5 * 0.7 + p.weight_economy * 0.5
    loss = p.weight_autonomy * 0.5 * p.agenda_control * 0.6 + p.weight_fear * 0.3
    loss += p.weight_grievance * 0.2 + p.weight_entrapment * 0.4 * 0.5 + p.weight_outside * 0.3
    assert (me.protection, me.regime_guarantee) == (
        pytest.approx(protection),
        pytest.approx(regime),
    )
    assert engagement.benefits(me, w, p) == pytest.approx(gain)
    assert engagement.costs(me, w, p) == pytest.approx(loss)
    assert me.utility == pytest.approx(gain - loss)


@given(levels, levels, levels, levels)
def test_protection_and_guarantee_stay_in_bounds(
    threat: float, trust: float, capacity: float, basing: float
) -> None:
    w, p, me = member()
    me.external_threat = me.domestic_threat = threat
    me.trust_bloc = me.trust_patron = trust
    w.patron.capacity, me.basing, w.patron.presence = capacity, basing, 1.0
    engagement.value_membership(me, w, p)
    assert 0.0 <= me.protection <= 1.0
    assert 0.0 <= me.regime_guarantee <= 1.0


# --- Rival theories -------------------------------------------------------------------------------


def test_the_hegemon_alone_decides_under_that_theory() -> None:
    p = parameters()
    assert utility(hegemon_only=1) == pytest.approx(p.weight_protection * 0.6)
    for what in ("fear", "external_threat", "trust_patron", "grievance", "outside_option"):
        assert utility(what, 0.3, hegemon_only=1) == utility(hegemon_only=1)


def test_the_threat_alone_decides_under_that_theory() -> None:
    p = parameters()
    assert utility(threat_only=1) == pytest.approx(p.weight_protection * 0.5)
    assert utility("domestic_threat", 0.4, threat_only=1) == pytest.approx(
        p.weight_protection * 0.8
    )
    for what in ("fear", "capacity", "trust_patron", "grievance", "outside_option"):
        assert utility(what, 0.3, threat_only=1) == utility(threat_only=1)


def test_engagement_wanders_under_that_theory_and_heeds_nothing() -> None:
    w, p, me = member(random_walk=1)
    me.utility += 100.0
    engagement.engage(me, w, p, Luck(0.5))
    assert me.engagement == pytest.approx(0.6)
    engagement.engage(me, w, p, Luck(given={Purpose.RANDOM_WALK: 0.9}))
    step = p.walk_volatility * math.sqrt(DT) * math.sqrt(3.0) / math.pi * math.log(9.0)
    assert me.engagement == pytest.approx(0.6 + step)
    for luck in (SURE, NEVER_MIND):
        p.walk_volatility = 1.0
        for _ in range(30):
            engagement.engage(me, w, p, Luck(luck))
        assert me.engagement == (0.0 if luck == SURE else 1.0)


# --- Engagement -----------------------------------------------------------------------------------


@given(st.floats(0.01, 0.99), levels)
def test_engagement_rests_where_participation_was_while_utility_is_that_of_the_start(
    participation: float, dependence: float
) -> None:
    w, p, me = member()
    me.disposition, me.engagement = logit(participation), participation
    me.arms_dependence = dependence
    for _ in range(24):
        engagement.engage(me, w, p, Luck())
    assert me.engagement == pytest.approx(participation, abs=1e-9)


def moved(by: float, dependence: float = 0.5, months: int = 1) -> float:
    w, p, me = member()
    me.arms_dependence = me.economic_dependence = dependence
    me.utility = me.utility_start + by
    for _ in range(months):
        engagement.engage(me, w, p, Luck())
    return float(me.engagement) - 0.6


@given(st.floats(0.05, 3.0))
def test_engagement_follows_utility_both_ways(by: float) -> None:
    assert moved(-by) < 0.0 < moved(by)
    assert moved(2.0 * by) > moved(by)


@given(st.floats(0.1, 3.0), st.floats(0.0, 0.5), st.floats(0.1, 0.5))
def test_the_more_dependent_move_less(by: float, dependence: float, more: float) -> None:
    for sign in (-1.0, 1.0):
        assert abs(moved(sign * by, dependence + more)) < abs(moved(sign * by, dependence))


def test_engagement_settles_at_a_known_level() -> None:
    p = parameters()
    sought = sigmoid(logit(0.6) + (1.0 - p.lock_in * 0.5) * 1.5)
    assert moved(1.5, 0.5, 1200) == pytest.approx(sought - 0.6, abs=1e-6)
    expected = (1.0 - math.exp(-p.engagement_speed * DT)) * (sought - 0.6)
    assert moved(1.5, 0.5) == pytest.approx(expected)


# --- Regimes --------------------------------------------------------------------------------------


def unrest(
    severity: float = 0.9, answer: int = -1, luck: float = SURE, about: int = 1
) -> tuple[Any, Any, Any]:
    w, p, me = member()
    me.incident, me.answer, me.request_threat = [0.9, severity], answer, about
    u = Luck(given={Purpose.REGIME_FALL: luck, Purpose.REGIME_SHIFT: 0.9})
    engagement.risk_regime(me, w, p, u)
    return w, p, me


def test_grave_unrest_may_bring_a_government_down_and_change_the_disposition() -> None:
    w, p, me = unrest()
    shift = p.regime_shift * math.sqrt(3.0) / math.pi * math.log(9.0)
    assert me.disposition == pytest.approx(logit(0.6) + shift)
    assert me.regime_changes == 1
    (event,) = events_of(w, EventKind.REGIME_CHANGE)
    assert (event.threat, event.chance) == (1, pytest.approx(p.regime_fall * 0.9))


def test_a_government_falls_with_the_chance_that_severity_gives() -> None:
    p = parameters()
    assert unrest(0.5, luck=p.regime_fall * 0.5 - 1e-9)[2].regime_changes == 1
    assert unrest(0.5, luck=p.regime_fall * 0.5 + 1e-9)[2].regime_changes == 0


def test_troops_prevent_it_lesser_help_does_not_and_raids_do_not_cause_it() -> None:
    assert unrest(answer=TROOPS)[2].regime_changes == 0
    assert unrest(answer=TROOPS, about=0)[2].regime_changes == 1, "troops at the border"
    assert unrest(answer=EXERCISE)[2].regime_changes == 1
    assert unrest(severity=0.0)[2].regime_changes == 0

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
        "reliance": 0.55,
        "leaning": logit(0.55),
        "terms": 0.1,
        "pressure": 0.2,
    }
    vars(me).update(middling)
    engagement.value_membership(me, w, p)
    me.utility_start, me.ritual_utility_start = me.utility, me.ritual_utility
    return w, p, me


def utility(where: str = "", by: float = 0.0, **switches: int) -> float:
    """Utility of the middling member after one change to it or to the patron."""
    w, p, me = member(**switches)
    if where:
        target = me if hasattr(me, where) else w.patron
        setattr(target, where, getattr(target, where) + by)
    engagement.value_membership(me, w, p)
    return float(me.utility)


@given(
    parts,
    st.sampled_from(
        [
            *("external_threat", "domestic_threat", "trust_bloc", "trust_patron"),
            *("arms_dependence", "economic_dependence", "supply", "terms"),
        ]
    ),
)
def test_what_makes_membership_worth_more(more: float, what: str) -> None:
    w, p, me = member()
    p.cover_elsewhere = 0.1
    engagement.value_membership(me, w, p)
    before = me.utility
    target = me if hasattr(me, what) else w.patron
    setattr(target, what, getattr(target, what) + more)
    engagement.value_membership(me, w, p)
    assert me.utility > before


@given(
    parts,
    st.sampled_from(
        [
            *("fear", "grievance", "outside_option", "entrapment_exposure", "autonomy", "war"),
            *("pressure",),
        ]
    ),
)
def test_what_makes_membership_worth_less(more: float, what: str) -> None:
    assert utility(what, more) < utility()


@given(parts)
def test_autonomy_minds_the_control_that_is_sought_and_not_what_the_patron_can_spend(
    more: float,
) -> None:
    w, p, me = member()
    vars(me).update(external_threat=0.0, domestic_threat=0.0)
    engagement.value_membership(me, w, p)
    before = me.utility
    w.patron.capacity += more
    engagement.value_membership(me, w, p)
    assert me.utility == pytest.approx(before), "weakness is no respect"
    w.drivers[w.control_driver].value += more
    engagement.value_membership(me, w, p)
    assert me.utility - before == pytest.approx(-p.weight_autonomy * 0.5 * more)


def test_a_threat_ties_where_cover_is_expected_and_pushes_away_where_it_is_not() -> None:
    moves = []
    for trust, capacity in ((0.9, 0.9), (0.1, 0.9), (0.9, 0.1)):
        w, p, me = member()
        me.trust_bloc = me.trust_patron = trust
        w.patron.capacity = capacity
        engagement.value_membership(me, w, p)
        before = me.protection
        me.external_threat += 0.3
        engagement.value_membership(me, w, p)
        moves.append(me.protection - before)
        assert moves[-1] == pytest.approx(0.3 * (trust * capacity - p.cover_elsewhere))
    assert moves[0] > 0.0 > max(moves[1:])


def test_utility_has_a_known_value() -> None:
    w, p, me = member()
    trust = p.hub_share * 0.5 + (1.0 - p.hub_share) * 0.4
    protection = 0.5 * (trust * 0.6 - p.cover_elsewhere)
    regime = 0.4 * 0.5 * math.sqrt(0.6)
    gain = p.weight_protection * protection
    gain += p.weight_regime * regime + p.weight_arms * 0.5 * 0.7 + p.weight_economy * (0.5 + 0.1)
    loss = p.weight_autonomy * 0.5 * (1.0 + 0.2) + p.weight_fear * 0.3
    loss += p.weight_grievance * 0.2 + p.weight_entrapment * 0.4 * 0.5 + p.weight_outside * 0.3
    assert (me.protection, me.regime_guarantee) == (
        pytest.approx(protection),
        pytest.approx(regime),
    )
    assert engagement.benefits(me, w, p) == pytest.approx(gain)
    assert engagement.costs(me, w, p) == pytest.approx(loss)
    assert me.utility == pytest.approx(gain - loss)
    security = p.weight_protection * protection + p.weight_regime * regime
    rituals = p.ritual_share * (security + p.weight_arms * 0.5 * 0.7)
    rituals += p.weight_purpose * 0.5 * trust - p.weight_fear * 0.3 * 0.5
    assert me.ritual_utility == pytest.approx(rituals - p.weight_grievance * 0.2)


@given(parts)
def test_fear_keeps_the_dependent_at_the_rituals(more: float) -> None:
    lost = []
    for dependence in (0.0, 0.5, 1.0):
        w, p, me = member()
        me.economic_dependence = me.arms_dependence = dependence
        engagement.value_membership(me, w, p)
        before = me.ritual_utility
        me.fear += more
        engagement.value_membership(me, w, p)
        lost.append(before - me.ritual_utility)
    assert lost[0] > lost[1] > lost[2] == pytest.approx(0.0)


@given(parts)
def test_rituals_mind_no_outside_option_no_entrapment_and_no_control(more: float) -> None:
    w, p, me = member()
    before = me.ritual_utility
    for name in ("outside_option", "entrapment_exposure", "autonomy", "terms", "pressure"):
        setattr(me, name, getattr(me, name) + more)
    engagement.value_membership(me, w, p)
    assert me.ritual_utility == before


@given(levels, levels, levels)
def test_protection_and_guarantee_stay_in_bounds(
    threat: float, trust: float, capacity: float
) -> None:
    w, p, me = member()
    me.external_threat = me.domestic_threat = threat
    me.trust_bloc = me.trust_patron = trust
    w.patron.capacity = capacity
    engagement.value_membership(me, w, p)
    assert -1.0 <= me.protection <= 1.0
    assert me.protection == pytest.approx(threat * (trust * capacity - p.cover_elsewhere))
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
    noise = math.sqrt(3.0) / math.pi * math.log(9.0)
    step = engagement.WALK_VOLATILITY * math.sqrt(DT) * noise
    assert (me.engagement, me.reliance) == pytest.approx((0.6 + step, 0.55 + step))
    for luck in (SURE, NEVER_MIND):
        for _ in range(30):
            engagement.engage(me, w, p, Luck(luck))
        assert me.engagement == me.reliance == (0.0 if luck == SURE else 1.0)


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
    assert me.reliance == pytest.approx(0.55, abs=1e-9)


def test_each_tie_follows_its_own_utility() -> None:
    w, p, me = member()
    me.utility -= 1.0
    engagement.engage(me, w, p, Luck())
    assert me.reliance < 0.55
    assert me.engagement == pytest.approx(0.6)
    w, p, me = member()
    me.ritual_utility -= 1.0
    engagement.engage(me, w, p, Luck())
    assert me.reliance == pytest.approx(0.55)
    assert me.engagement < 0.6


def moved(by: float, dependence: float = 0.5, months: int = 1) -> float:
    """Change of both ties, which start alike here, after both utilities have changed alike."""
    w, p, me = member()
    me.arms_dependence = me.economic_dependence = dependence
    me.reliance, me.leaning = me.engagement, me.disposition
    me.utility, me.ritual_utility = me.utility_start + by, me.ritual_utility_start + by
    for _ in range(months):
        engagement.engage(me, w, p, Luck())
    assert me.reliance == pytest.approx(me.engagement)
    return float(me.engagement) - 0.6


@given(st.floats(0.05, 3.0))
def test_both_ties_follow_utility_both_ways(by: float) -> None:
    assert moved(-by) < 0.0 < moved(by)
    assert moved(2.0 * by) > moved(by)


@given(st.floats(0.1, 3.0), st.floats(0.0, 0.5), st.floats(0.1, 0.5))
def test_the_more_dependent_move_less(by: float, dependence: float, more: float) -> None:
    for sign in (-1.0, 1.0):
        assert abs(moved(sign * by, dependence + more)) < abs(moved(sign * by, dependence))


def test_both_ties_settle_at_a_known_level() -> None:
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
    assert me.leaning == pytest.approx(logit(0.55) + shift)
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

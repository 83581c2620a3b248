"""Outside partners: offers, need, attraction, alignment, suppliers of arms."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import DT, EventKind
from foedus.rules import partners
from worlds import SURE, Luck, events_of, parameters, small_world

levels = st.floats(0.0, 1.0)
parts = st.floats(0.05, 0.4)


def courted(offers: tuple[float, ...] = (0.4,), **switches: Any) -> tuple[Any, Any, Any]:
    """A world in which partners offer something to a first member in some need."""
    w, p = small_world(partners=len(offers), **switches), parameters()
    w.cohesion = w.cohesion_start = 0.6
    for partner, offer in zip(w.partners, offers, strict=True):
        partner.offer = partner.offer_base = offer
        partner.ceiling, partner.red_line, partner.arms_supply = 0.8, 0.3, 0.5
    for me in w.members:
        me.fit, me.suspicion = [0.5] * len(offers), [0.2] * len(offers)
        me.external_threat, me.trust_bloc, me.trust_patron = 0.5, 0.4, 0.6
        me.economic_dependence, me.arms_dependence, me.autonomy = 0.5, 0.7, 0.5
        me.fear = 0.2
        partners.assess_need(me, w, p)
    return w, p, w.members[0]


# --- Offers ---------------------------------------------------------------------------------------


def test_an_offer_follows_its_driver() -> None:
    w, p, _ = courted()
    for value in (0.0, 1.0, 2.0):
        w.drivers[w.partners[0].offer_driver].value = value
        partners.offer(w.partners[0], w, p)
        assert w.partners[0].offer == pytest.approx(0.4 * value)


def test_an_offer_grows_with_each_year_of_war_and_as_the_bloc_weakens() -> None:
    w, p, _ = courted()
    w.patron.war_years, w.war_years_start = 6.0, 4.0
    partners.offer(w.partners[0], w, p)
    assert w.partners[0].offer == pytest.approx(0.4 * (1.0 + 2.0 * p.offer_growth_war))
    w.patron.war_years, w.cohesion = 4.0, 0.4
    partners.offer(w.partners[0], w, p)
    assert w.partners[0].offer == pytest.approx(0.4 * (1.0 + p.offer_growth_weakness / 3.0))


@given(st.floats(0.0, 5.0), st.floats(0.0, 50.0), levels)
def test_an_offer_stays_in_bounds(value: float, years: float, cohesion: float) -> None:
    w, p, _ = courted()
    w.drivers[w.partners[0].offer_driver].value = value
    w.patron.war_years, w.cohesion = years, cohesion
    partners.offer(w.partners[0], w, p)
    assert 0.0 <= w.partners[0].offer <= 1.0


# --- Need and attraction --------------------------------------------------------------------------


@given(levels, levels, levels, levels)
def test_unmet_need_is_the_threat_that_nobody_is_trusted_to_cover(
    threat: float, bloc: float, patron: float, capacity: float
) -> None:
    w, p, me = courted()
    me.external_threat, me.trust_bloc, me.trust_patron = threat, bloc, patron
    w.patron.capacity = capacity
    partners.assess_need(me, w, p)
    cover = (p.hub_share * patron + (1.0 - p.hub_share) * bloc) * capacity
    assert me.unmet_need == pytest.approx(threat * (1.0 - cover))
    assert 0.0 <= me.unmet_need <= threat


def test_trust_in_the_patron_counts_most_unless_there_is_no_bilateral_channel() -> None:
    w, p, me = courted()
    assert partners.security_trust(me, w, p) == pytest.approx(
        0.6 * p.hub_share + 0.4 * (1.0 - p.hub_share)
    )
    w.no_bilateral = 1
    assert partners.security_trust(me, w, p) == 0.4


def test_the_indifference_of_others_lowers_the_trust_that_counts_and_raises_unmet_need() -> None:
    w, p, me = courted()
    partners.assess_need(me, w, p)
    before = me.unmet_need
    me.agreement, me.agreement_start = 0.2, 0.8
    expected = p.hub_share * 0.6 + (1.0 - p.hub_share) * 0.4 * 0.25
    assert partners.security_trust(me, w, p) == pytest.approx(expected)
    partners.assess_need(me, w, p)
    assert me.unmet_need > before
    w.no_bilateral = 1
    assert partners.security_trust(me, w, p) == pytest.approx(0.1)


@given(levels, levels, levels, levels, levels)
def test_attraction_stays_below_the_ceiling(
    offer: float, fit: float, suspicion: float, red_line: float, ceiling: float
) -> None:
    w, p, me = courted()
    partner = w.partners[0]
    partner.offer, me.fit[0], me.suspicion[0] = offer, fit, suspicion
    partner.red_line, partner.ceiling = red_line, ceiling
    p.suspicion_weight = p.red_line_weight = 1.0
    assert 0.0 <= partners.attraction(me, partner, w, p) <= ceiling


@given(parts)
def test_offer_fit_and_need_attract_suspicion_and_the_red_line_repel(more: float) -> None:
    w, p, me = courted()
    partner = w.partners[0]

    def pull(
        target: Any = None, field: str = "", place: int | None = None, by: float = 0.0
    ) -> float:
        if target is None:
            return partners.attraction(me, partner, w, p)
        old = getattr(target, field)
        setattr(target, field, old + by if place is None else [old[place] + by])
        changed = partners.attraction(me, partner, w, p)
        setattr(target, field, old)
        return changed

    usual = pull()
    assert pull(partner, "offer", by=more) > usual
    assert pull(me, "fit", 0, more) > usual
    assert pull(me, "unmet_need", by=more) > usual
    assert pull(me, "suspicion", 0, more) < usual
    assert pull(partner, "red_line", by=more) < usual
    assert pull(me, "economic_dependence", by=more) < usual


def test_attraction_has_a_known_value() -> None:
    w, p, me = courted()
    me.unmet_need = 0.5
    need = partners.NEED_WITHOUT_THREAT + (1.0 - partners.NEED_WITHOUT_THREAT) * 0.5
    plain = math.sqrt(0.4 * 0.5) * need
    kept = (1.0 - 0.2 * p.suspicion_weight) * (1.0 - 0.3 * 0.5 * p.red_line_weight)
    assert partners.attraction(me, w.partners[0], w, p) == pytest.approx(plain * kept)


@given(st.lists(levels, min_size=1, max_size=4))
def test_the_outside_option_adds_up_all_offers_in_odds(offers: list[float]) -> None:
    w, p, me = courted(tuple(offers))
    pulls = [partners.attraction(me, partner, w, p) for partner in w.partners]
    odds = sum(pull / (1.0 - pull) for pull in pulls)
    assert me.outside_option == pytest.approx(odds / (1.0 + odds))
    assert max(pulls) <= me.outside_option + 1e-12 < 1.0


def test_a_second_offer_always_counts() -> None:
    alone, together = (courted(offers)[2].outside_option for offers in ((0.8,), (0.8, 0.3)))
    assert alone < together < 1.0


def test_the_weakness_that_draws_offers_is_a_share_of_the_cohesion_of_the_start() -> None:
    found = []
    for now, then in ((0.3, 0.6), (0.1, 0.2), (0.0, 0.0)):
        w, p, _ = courted()
        w.cohesion, w.cohesion_start = now, then
        partners.offer(w.partners[0], w, p)
        found.append(w.partners[0].offer)
    weak = 0.4 * (1.0 + 0.5 * p.offer_growth_weakness)
    assert found == pytest.approx([weak, weak, 0.4])


# --- Pacts ----------------------------------------------------------------------------------------


def test_a_pact_is_signed_with_the_chance_of_its_pull() -> None:
    w, p, me = courted((0.9,))
    partners.weigh_offers(me, w, p)
    chance = 1.0 - math.exp(-p.pact_rate * me.attraction[0] * DT)
    partners.court(me, w.partners[0], w, p, Luck(chance + 1e-9))
    assert (me.pact, w.n_events) == ([0.0], 0)
    partners.court(me, w.partners[0], w, p, Luck(chance - 1e-9))
    assert me.pact == [1.0]
    (event,) = events_of(w, EventKind.PACT)
    assert (event.actor, event.partner, event.chance) == (0, 0, pytest.approx(chance))
    assert event.value == me.attraction[0]
    partners.court(me, w.partners[0], w, p, Luck(SURE))
    assert w.n_events == 1, "a pact is signed once"


@pytest.mark.parametrize("switch", ["no_outside_options", "passive_partners"])
def test_partners_that_offer_nothing_or_sign_nothing_sign_no_pact(switch: str) -> None:
    w, p, me = courted((0.9,))
    setattr(w, switch, 1)
    u = Luck(SURE)
    partners.court(me, w.partners[0], w, p, u)
    assert (me.pact, u.asked) == ([0.0], [])


@given(levels, levels, st.floats(0.0, 0.9))
def test_a_pact_makes_a_partner_fit_better_and_its_red_line_costs(
    fit: float, red_line: float, pressure: float
) -> None:
    w, p, me = courted()
    partner = w.partners[0]
    me.fit[0], partner.red_line, me.pressure = fit, red_line, pressure
    partner.ceiling = 1.0
    before = partners.attraction(me, partner, w, p)
    partners.sign_pact(me, partner, p)
    expected = pressure + p.leverage * red_line * (1.0 - pressure)
    assert me.pressure == pytest.approx(expected)
    after = partners.attraction(me, partner, w, p)
    if fit > 1e-3:
        better = fit + partners.PACT_FIT * (1.0 - fit)
        assert after == pytest.approx(before * math.sqrt(better / fit))
    assert after >= before
    assert w.members[1].pressure == 0.0


def test_without_outside_options_nothing_pulls_and_arms_stay_where_they_are() -> None:
    w, p, me = courted((0.9, 0.9), no_outside_options=1)
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    partners.turn_outward(me, w, p)
    assert me.outside_option == 0.0
    assert me.alignment == [0.0, 0.0]
    assert me.arms_dependence == 0.7


# --- Alignment ------------------------------------------------------------------------------------


@given(st.lists(levels, min_size=0, max_size=4), levels, levels, st.integers(1, 12))
def test_shares_of_alignment_are_a_simplex(
    offers: list[float], fear: float, autonomy: float, months: int
) -> None:
    w, p, me = courted(tuple(offers))
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    me.fear, me.autonomy = fear, autonomy
    for _ in range(months):
        partners.weigh_offers(me, w, p)
        partners.turn_outward(me, w, p)
    shares = [*me.alignment, me.patron_alignment, me.autonomous_alignment]
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert min(shares) >= 0.0


def shares(**fields: float) -> tuple[float, float, float]:
    """Settled shares of partner, patron and autonomy."""
    w, p, me = courted()
    vars(me).update(fields)
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    return me.alignment[0], me.patron_alignment, me.autonomous_alignment


@given(parts)
def test_ties_turn_to_whoever_offers_more(more: float) -> None:
    usual = shares()
    assert shares(trust_patron=0.6 + more)[1] > usual[1]
    assert shares(economic_dependence=0.5 + more)[1] > usual[1]
    assert shares(fear=0.2 + more)[1] < usual[1]
    assert shares(autonomy=0.5 + more)[2] > usual[2]
    assert shares(unmet_need=0.4 + more)[0] > shares(unmet_need=0.4)[0]


def test_alignment_moves_with_inertia() -> None:
    w, p, me = courted()
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    before = me.patron_alignment
    me.fear = 0.9
    settled = shares(fear=0.9)[1]
    partners.turn_outward(me, w, p)
    moved = (me.patron_alignment - before) / (settled - before)
    assert moved == pytest.approx(1.0 - math.exp(-p.alignment_speed * DT))


# --- Suppliers of arms ----------------------------------------------------------------------------


def arms_after(months: int = 12, **fields: float) -> float:
    w, p, me = courted()
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    vars(me).update(fields)
    for _ in range(months):
        partners.weigh_offers(me, w, p)
        partners.turn_outward(me, w, p)
    return float(me.arms_dependence)


def test_need_and_grievance_diversify_suppliers() -> None:
    usual = arms_after(unmet_need=0.3, grievance=0.1)
    assert usual < 0.7
    assert arms_after(unmet_need=0.6, grievance=0.1) < usual
    assert arms_after(unmet_need=0.3, grievance=0.6) < usual
    assert arms_after(unmet_need=0.0, grievance=0.0) == pytest.approx(0.7)


def test_a_patron_that_cannot_deliver_loses_customers() -> None:
    w, p, me = courted()
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    me.unmet_need = 0.0
    w.patron.supply = 0.3
    partners.turn_outward(me, w, p)
    assert me.arms_dependence < 0.7


def test_a_partner_without_arms_to_sell_replaces_nobody() -> None:
    w, p, me = courted()
    w.partners[0].arms_supply = 0.0
    partners.weigh_offers(me, w, p)
    partners.align(me, w, p, 1.0)
    partners.turn_outward(me, w, p)
    assert me.arms_dependence == 0.7

"""Phase 9: outside partners offer, and members turn to them."""

import math

from foedus.dictionary.chance import Draws, approach, chance_within, clip, happens
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, Partner, World
from foedus.dictionary.vocabulary import DT, Purpose
from foedus.rules.crises.requests import trust_foreseen
from foedus.rules.patron import dependence_of

SIGNED = EventKind.PACT.value
DRAW_PACT = Purpose.PACT.value

PACT_FIT = 0.5
"""Share of what a partner lacks in fit that a pact makes up for; a convention."""

NEED_WITHOUT_THREAT = 0.35
"""Part of a member's need that no threat explains; a convention (C113, C149)."""

ALIGNMENT_PRECISION = 4.0
"""Precision with which ties follow what each pole offers; a convention (C113, C151)."""

AUTONOMY_APPEAL = 0.5
"""Pull of self-reliance for one who wants autonomy most; a convention (C032, C151)."""


@rule
def offer(partner: Partner, w: World, p: Parameters) -> None:
    """A partner's offer follows the scenario, and grows as the war drags on and the bloc weakens.

    Weakness is the share of the cohesion of the start that is gone.

    Source:
        C145 for growth with each year of war, C150 for growth as the bloc weakens.
    """
    war = p.offer_growth_war * (w.patron.war_years - w.war_years_start)
    lost = 1.0 - w.cohesion / w.cohesion_start if w.cohesion_start > 0.0 else 0.0
    weakness = p.offer_growth_weakness * lost
    exogenous = partner.offer_base * w.drivers[partner.offer_driver].value
    partner.offer = clip(exogenous + partner.offer_base * (war + weakness), 0.0, 1.0)


@rule
def assess_need(me: Member, w: World, p: Parameters) -> None:
    """Need that the alliance leaves unmet, and what others offer.

    Source:
        P17 and E057, E067 for unmet need as the motive; Narang and LeVeck (T-narang2019) for
        portfolios of ties in place of formal exit.
    """
    cover = security_trust(me, w, p) * w.patron.capacity
    me.unmet_need = me.external_threat * (1.0 - cover)
    weigh_offers(me, w, p)


@rule
def weigh_offers(me: Member, w: World, p: Parameters) -> None:
    """Pull of every partner this month; the outside option adds them up, in odds.

    Every offer counts, not the best alone: where one partner goes, the patron gains (C004, C080).
    """
    odds = 0.0
    for q in range(w.n_partners):
        me.attraction[q] = attraction(me, w.partners[q], w, p)
        odds += me.attraction[q] / max(1e-9, 1.0 - me.attraction[q])
    me.outside_option = odds / (1.0 + odds)


@rule
def court(me: Member, partner: Partner, w: World, p: Parameters, u: Draws) -> None:
    """A partner whose pull is strong may conclude a pact with a member.

    Pull is what is left of interest and opportunity after suspicion and the patron's red line.

    Source:
        E057 and E067 for arms agreements after unmet need; C148, C149.
    """
    if w.no_outside_options == 1 or w.passive_partners == 1 or me.pact[partner.id] > 0.0:
        return
    chance = chance_within(p.pact_rate * me.attraction[partner.id], DT)
    if happens(u, DRAW_PACT, me.luck, partner.luck, chance):
        event = log(w, SIGNED, me.id, -1, -1, me.attraction[partner.id], chance)
        event.partner = partner.id
        sign_pact(me, partner, p)


@rule
def sign_pact(me: Member, partner: Partner, p: Parameters) -> None:
    """A pact makes a partner fit better, and its red line costs the member that crosses it."""
    me.pact[partner.id] = 1.0
    me.pressure += p.leverage * partner.red_line * (1.0 - me.pressure)


@rule
def security_trust(me: Member, w: World, p: Parameters) -> float:
    """Trust that counts for security: mostly in the patron, for the bloc is a wrapper (C037)."""
    bloc = trust_foreseen(me, w)
    if w.no_bilateral == 1:
        return bloc
    return p.hub_share * me.trust_patron + (1.0 - p.hub_share) * bloc


@rule
def attraction(me: Member, partner: Partner, w: World, p: Parameters) -> float:
    """Pull of a partner on a member, from 0 to 1.

    Offer and fit (their geometric mean) times need, up to the partner's ceiling; from this,
    suspicion takes its share, and so does the patron's red line for one who depends on the patron.

    Source:
        C146 and C147 for appeal and ceiling apart (K12); C028 and E031 for the red line; C148 and
        C149 for the partners of today.
    """
    if w.no_outside_options == 1:
        return 0.0
    need = NEED_WITHOUT_THREAT + (1.0 - NEED_WITHOUT_THREAT) * me.unmet_need
    fit = me.fit[partner.id] + PACT_FIT * me.pact[partner.id] * (1.0 - me.fit[partner.id])
    appeal = math.sqrt(partner.offer * fit)
    pull = min(partner.ceiling, appeal * need)
    pull -= p.suspicion_weight * me.suspicion[partner.id] * pull
    pull -= p.red_line_weight * partner.red_line * me.economic_dependence * pull
    return max(0.0, pull)


@rule
def align(me: Member, w: World, p: Parameters, inertia: float) -> None:
    """Shares of security ties move towards a logit on what each pole offers.

    The poles are the patron, every partner and self-reliance, so that the shares add to 1. One that
    does not pull at all has no weight. `weigh_offers` has worked out this month's pulls.

    Args:
        me: The member.
        w: The world.
        p: The parameters.
        inertia: Share of the gap that closes now; 1 at the start.

    Source:
        C113 and Kuik 2008 (T-kuik2008) for hedging as a mix instead of a choice. Ours: the logit.
    """
    dependence = dependence_of(me)
    patron = math.exp(
        ALIGNMENT_PRECISION * (security_trust(me, w, p) * w.patron.capacity + dependence - me.fear)
    )
    autonomy = math.exp(ALIGNMENT_PRECISION * me.autonomy * AUTONOMY_APPEAL)
    everything = patron + autonomy
    for q in range(w.n_partners):
        me.appeal[q] = math.exp(ALIGNMENT_PRECISION * me.attraction[q]) - 1.0
        everything += me.appeal[q]
    me.patron_alignment += inertia * (patron / everything - me.patron_alignment)
    me.autonomous_alignment += inertia * (autonomy / everything - me.autonomous_alignment)
    for q in range(w.n_partners):
        me.alignment[q] += inertia * (me.appeal[q] / everything - me.alignment[q])


@rule
def turn_outward(me: Member, w: World, p: Parameters) -> None:
    """Alignment shifts with inertia, and unmet need diversifies the suppliers of arms.

    Source:
        P17: arms contracts of the unanswered requester turned within about four years (D-ARM-arms);
        C093 for the link from dependence to leaving; C148 for who replaces the patron.
    """
    align(me, w, p, p.alignment_closed)
    if w.no_outside_options == 1:
        return
    substitutes = 0.0
    for q in range(w.n_partners):
        substitutes += w.partners[q].arms_supply * me.alignment[q]
    want = me.unmet_need + me.grievance + 0.5 * (1.0 - w.patron.supply)
    me.arms_dependence = approach(
        me.arms_dependence, 0.0, p.arms_diversification * want * substitutes, DT
    )

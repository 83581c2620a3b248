"""The state at the start: what the alliance file leaves to be worked out.

A run starts in a state that the rules would keep if nothing happened, so that early movement is not
an artefact of the start: perception and alignment are at rest, trust at its anchor, and disposition
is what brings engagement to where the recorded participation is kept up.
"""

import math
from typing import Final

from foedus.dictionary.chance import clip, logit, share_closed
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import ACTIVE, DT, OUT
from foedus.rules.cohesion import measure
from foedus.rules.crises.threats import (
    compare_threats,
    normal_log_intensity,
    salience_sought,
    threat_now,
    weigh_threats,
)
from foedus.rules.membership.engagement import value_membership
from foedus.rules.membership.ladder import concerns, readiness_to_comply
from foedus.rules.partners import align, assess_need
from foedus.rules.patron import capacity_now, credibility_now, kept

LEAST_ENGAGED: Final = 0.01
MOST_ENGAGED: Final = 0.99
HALVINGS: Final = 40
"""Ends of the search for the engagement at the start, and its steps (to 1e-12)."""


@rule
def begin(w: World, p: Parameters) -> None:
    """Work out the state of month 0 from the numbers that were given."""
    begin_rates(p)
    for d in range(w.n_drivers):
        w.drivers[d].value = clip(w.drivers[d].path, w.drivers[d].low, w.drivers[d].high)
    begin_patron(w, p)
    for i in range(w.n_members):
        begin_threats(w.members[i], w, p)
    for i in range(w.n_members):
        compare_threats(w.members[i], w, p)
    for q in range(w.n_partners):
        partner = w.partners[q]
        partner.offer = clip(partner.offer_base * w.drivers[partner.offer_driver].value, 0.0, 1.0)
    for i in range(w.n_members):
        begin_member(w.members[i], w, p)
    measure(w)
    w.cohesion_start = w.cohesion


@rule
def begin_rates(p: Parameters) -> None:
    """What rates a year come to in a month: the same for all members and months of a trial."""
    p.salience_closed = share_closed(p.salience_speed, DT)
    p.perception_closed = share_closed(p.perception_speed, DT)
    p.fear_closed = share_closed(p.fear_decay, DT)
    p.projection_closed = share_closed(p.projection_loss_speed, DT)
    p.recovery_closed = share_closed(p.recovery_speed, DT)
    p.trust_closed = share_closed(p.trust_drift, DT)
    p.trust_closed_rising = share_closed(p.trust_drift / p.loss_aversion, DT)
    p.alignment_closed = share_closed(p.alignment_speed, DT)
    p.engagement_closed = share_closed(p.engagement_speed, DT)
    p.tie_closed = share_closed(p.tie_healing, DT)
    p.excitation_kept = math.exp(-p.excitation_decay * DT)
    p.incidents_kept = math.exp(-p.incident_fading * DT)
    p.relief_kept = math.exp(-p.relief_fading * DT)
    p.commitment_kept = math.exp(-p.commitment_release * DT)
    p.grievance_kept = math.exp(-p.grievance_fading * DT)
    p.intensity_offset = p.threat_volatility * p.threat_volatility / (4.0 * p.threat_reversion)


@rule
def begin_patron(w: World, p: Parameters) -> None:
    """Capacity of the patron at the start, with presence and supply at rest under it."""
    patron = w.patron
    patron.war = w.drivers[w.war_driver].value
    patron.exhaustion_peak = patron.exhaustion
    patron.capacity = capacity_now(w, p)
    patron.available = patron.capacity
    patron.presence_low = patron.presence
    patron.presence_normal = patron.presence / kept(p.presence_drain, patron.capacity)
    patron.supply_low = patron.supply
    patron.supply_normal = patron.supply / kept(p.supply_drain, patron.capacity)
    w.capacity_start = patron.capacity
    w.war_years_start = patron.war_years
    patron.credibility = credibility_now(w, p)


@rule
def begin_threats(me: Member, w: World, p: Parameters) -> None:
    """Perceived threats at rest under the accommodation of the start; fear at rest too."""
    for k in range(w.n_threats):
        me.log_intensity[k] = normal_log_intensity(w, p, k)
        me.salience[k] = salience_sought(me, w, k)
        me.perceived[k] = threat_now(me, p, k)
    weigh_threats(me, w)
    kept_up = p.fear_of_war * w.patron.war * me.fear_exposure
    me.fear_base = clip(me.fear - kept_up, 0.0, 1.0)


@rule
def begin_member(me: Member, w: World, p: Parameters) -> None:
    """Trust at its anchor, alignment at rest, engagement at the recorded participation."""
    me.at_start = 1 if me.status != OUT else 0
    me.anchor_bloc = me.trust_bloc
    me.anchor_patron = me.trust_patron
    me.trust_evidence = p.prior_evidence
    for j in range(w.n_members):
        me.tie_base[j] = me.tie[j]
    assess_need(me, w, p)
    align(me, w, p, 1.0)
    value_membership(me, w, p)
    me.utility_start = me.utility
    me.duties = 0
    for c in range(w.n_calendar):
        me.duties += concerns(w.calendar[c], me)
    me.engagement = engagement_behind(me, w, p, me.participation)
    me.disposition = logit(me.engagement)
    begin_duties(me, w, p)


@rule
def engagement_behind(me: Member, w: World, p: Parameters, participation: float) -> float:
    """Engagement at which a year's duties would be complied with in a given share.

    Found by halving the interval, so that a member whose recorded participation is at rest stays at
    it: the year's calendar is harder for some than for others.

    Args:
        me: The member.
        w: The world.
        p: The parameters.
        participation: Recorded share of acts complied with, from 0 to 1.
    """
    low, high = LEAST_ENGAGED, MOST_ENGAGED
    if me.duties == 0:
        return clip(participation, low, high)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if share_complied(me, w, p, middle) < participation:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@rule
def share_complied(me: Member, w: World, p: Parameters, engagement: float) -> float:
    """Share of a year's duties that a member of some engagement would comply with if active."""
    total = 0.0
    for c in range(w.n_calendar):
        if concerns(w.calendar[c], me) == 1:
            total += readiness_to_comply(me, w.calendar[c], w, p, engagement)
    return total / max(1, me.duties)


@rule
def begin_duties(me: Member, w: World, p: Parameters) -> None:
    """Each duty at the share that engagement implies; nothing for one that is frozen or out."""
    total = 0.0
    for c in range(w.n_calendar):
        me.compliance[c] = 0.0
        if me.status == ACTIVE and concerns(w.calendar[c], me) == 1:
            me.compliance[c] = readiness_to_comply(me, w.calendar[c], w, p, me.engagement)
            total += me.compliance[c]
    me.participation = total / max(1, me.duties)

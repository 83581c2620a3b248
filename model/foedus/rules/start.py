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
from foedus.dictionary.vocabulary import ACTIVE, DT, NOT_YET, OUT, SEND_TROOPS
from foedus.rules.cohesion import measure, vitality
from foedus.rules.crises.threats import (
    compare_threats,
    felt_by_all,
    normal_log_intensity,
    salience_sought,
    threat_now,
    weigh_stakes,
    weigh_threats,
)
from foedus.rules.membership.engagement import value_membership
from foedus.rules.membership.ladder import concerns, readiness_to_comply
from foedus.rules.membership.trust import PRIOR_EVIDENCE
from foedus.rules.partners import align, assess_need
from foedus.rules.patron import capacity_now, credibility_now, kept
from foedus.rules.standard_test import begin_scales, begin_test

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
    for k in range(w.n_threats):
        w.threats[k].felt_start = felt_by_all(w, k)
    weigh_stakes(w, p)
    for i in range(w.n_members):
        compare_threats(w.members[i], w, p)
    for q in range(w.n_partners):
        partner = w.partners[q]
        partner.offer = clip(partner.offer_base * w.drivers[partner.offer_driver].value, 0.0, 1.0)
    for i in range(w.n_members):
        begin_member(w.members[i], w, p)
    for i in range(w.n_members):
        rest_ties(w.members[i], w, p)
        begin_test(w.members[i], w)
    begin_scales(w, p)
    measure(w, p)
    w.cohesion_start = w.cohesion
    w.vitality = vitality(w)
    for i in range(w.n_members):
        w.members[i].agreement_start = w.members[i].agreement
        w.members[i].cover_start = w.members[i].cover


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
    me.fear_base = me.fear - kept_up


@rule
def begin_member(me: Member, w: World, p: Parameters) -> None:
    """Trust at its anchor, alignment at rest, engagement at the recorded participation.

    Reliance is the mean of three signs of it: dependence on the patron's arms, engagement, and the
    patron's share of its security ties. Equal weights are a convention.
    """
    me.at_start = 1 if me.status != OUT else 0
    me.anchor_bloc = me.trust_bloc
    me.anchor_patron = me.trust_patron
    me.trust_evidence = PRIOR_EVIDENCE
    assess_need(me, w, p)
    align(me, w, p, 1.0)
    value_membership(me, w, p)
    me.utility_start = me.utility
    me.ritual_utility_start = me.ritual_utility
    me.duties = 0
    for c in range(w.n_calendar):
        me.duties += concerns(w.calendar[c], me)
    me.engagement = engagement_behind(me, w, p, me.participation)
    me.disposition = logit(me.engagement)
    sign = (me.arms_dependence + me.engagement + me.patron_alignment) / 3.0
    me.reliance = clip(sign, LEAST_ENGAGED, MOST_ENGAGED)
    me.reliance_start = me.reliance
    me.leaning = logit(me.reliance)
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


@rule
def rest_ties(me: Member, w: World, p: Parameters) -> None:
    """Levels to which ties heal, set so that the drills of a usual year keep ties where they are.

    A tie heals towards its level and grows with each drill done together: at rest both cancel.
    """
    for j in range(w.n_members):
        other = w.members[j]
        bonds = 0.0
        for c in range(w.n_calendar):
            if w.calendar[c].act == SEND_TROOPS and w.calendar[c].month > 0 and j != me.id:
                held = chance_held(w, c)
                bonds += held * chance_present(me, w, c) * chance_present(other, w, c)
        gain = p.exercise_bond * bonds * (1.0 - me.tie[j])
        me.tie_base[j] = clip(me.tie[j] - gain / max(1e-9, p.tie_healing), 0.0, 1.0)


@rule
def chance_held(w: World, c: int) -> float:
    """Chance that a drill of the calendar is held: its host is asked to host it first."""
    entry = w.calendar[c]
    if entry.host == NOT_YET:
        return 1.0
    host = w.members[entry.host]
    if host.status != ACTIVE:
        return 0.0
    return host.compliance[entry.hosting] if entry.hosting != NOT_YET else 1.0


@rule
def chance_present(me: Member, w: World, c: int) -> float:
    """Chance that a member is at a drill that is held."""
    if me.status != ACTIVE:
        return 0.0
    return 1.0 if w.calendar[c].host == me.id else me.compliance[c]

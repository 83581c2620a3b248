"""The state at the start: what the alliance file leaves to be worked out.

A run starts in a state that the rules would keep if nothing happened, so that early movement is not
an artefact of the start: perception and alignment are at rest, trust at its anchor, and disposition
is what brings engagement to the recorded participation.
"""

from foedus.rules.chance import clip, logit
from foedus.rules.cohesion import measure
from foedus.rules.engagement import value_membership
from foedus.rules.ladder import concerns
from foedus.rules.marks import rule
from foedus.rules.parameters import Parameters
from foedus.rules.partners import align, assess_need
from foedus.rules.patron import capacity_now, kept
from foedus.rules.state import Member, World
from foedus.rules.threats import (
    compare_threats,
    normal_log_intensity,
    salience_sought,
    threat_now,
    weigh_threats,
)
from foedus.rules.vocabulary import OUT


@rule
def begin(w: World, p: Parameters) -> None:
    """Work out the state of month 0 from the numbers that were given."""
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
    me.disposition = logit(me.participation)
    me.engagement = me.participation
    me.duties = 0
    for c in range(w.n_calendar):
        me.compliance[c] = me.participation
        me.duties += concerns(w.calendar[c], me)

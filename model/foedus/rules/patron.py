"""Phase 4: what the patron can spend on the alliance."""

import math

from foedus.dictionary.chance import clip, close_gap
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import DT


@rule
def muster(w: World, p: Parameters) -> None:
    """Capacity falls with the patron's war and with every year of it, and recovers in part.

    Source:
        C103, C106 for the drop at the outset, C141 and C144 for each further year, C138 and C139
        for an incomplete recovery, C142 for a war that may use up all of it.
    """
    patron = w.patron
    patron.war = w.drivers[w.war_driver].value
    patron.war_years += patron.war * DT
    scar = (1.0 - p.recovery_share) * patron.exhaustion_peak
    healing = p.recovery_speed * (1.0 - patron.war) * max(0.0, patron.exhaustion - scar)
    patron.exhaustion = clip(patron.exhaustion + (p.fatigue * patron.war - healing) * DT, 0.0, 1.0)
    patron.exhaustion_peak = max(patron.exhaustion_peak, patron.exhaustion)
    patron.committed *= p.commitment_kept
    patron.capacity = capacity_now(w, p)
    patron.credibility = credibility_now(w, p)
    patron.available = max(0.0, patron.capacity - patron.committed)
    project(w, p)


@rule
def capacity_now(w: World, p: Parameters) -> float:
    """Capacity before running commitments, from 0 to 1, times the patron's will to spend it."""
    left = 1.0 - p.war_drain * w.patron.war - w.patron.exhaustion
    return clip(w.drivers[w.resolve_driver].value * left, 0.0, 1.0)


@rule
def credibility_now(w: World, p: Parameters) -> float:
    """How high trust can stand against its anchor: 1 at the capacity of the start.

    Against a patron that had no capacity at the start there is nothing to measure: it stays at 1.

    Source:
        C054 for credibility as a slope on the patron's commitment.
    """
    if w.capacity_start <= 0.0:
        return 1.0
    ratio = min(2.0, max(1e-9, w.patron.capacity) / max(1e-9, w.capacity_start))
    return math.pow(ratio, p.credibility_slope)


@rule
def project(w: World, p: Parameters) -> None:
    """Forward presence and arms supply follow capacity: down fast, up slowly and not all the way.

    A scenario may have the patron build up, withdraw or deliver beyond what its capacity implies.

    Source:
        C104, E071 and E092 for presence; P23 and the fall of arms exports (D-RUS-arms-exports) for
        supply; C139 for the share regained.
    """
    patron = w.patron
    built_up = w.drivers[w.presence_driver].value
    sought = patron.presence_normal * kept(p.presence_drain, patron.capacity)
    sought = clip(built_up * sought, 0.0, 1.0)
    patron.presence = follow(patron.presence, patron.presence_low, sought, p)
    patron.presence_low = min(patron.presence_low, patron.presence)
    sought = patron.supply_normal * kept(p.supply_drain, patron.capacity)
    sought = clip(w.drivers[w.supply_driver].value * sought, 0.0, 1.0)
    patron.supply = follow(patron.supply, patron.supply_low, sought, p)
    patron.supply_low = min(patron.supply_low, patron.supply)


@rule
def kept(drain: float, capacity: float) -> float:
    """Share of presence or supply that a drained patron keeps up; at least a twentieth."""
    return max(0.05, 1.0 - drain * (1.0 - capacity))


@rule
def follow(now: float, low: float, sought: float, p: Parameters) -> float:
    """Move down towards what capacity allows, or up towards the regainable share of it."""
    if sought < now:
        return close_gap(now, sought, p.projection_closed)
    regained = low + p.recovery_share * (sought - low)
    if regained <= now:
        return now
    return close_gap(now, regained, p.recovery_closed)


@rule
def dependence_of(me: Member) -> float:
    """Dependence on the patron: the mean of that on its economy and that on its arms."""
    return 0.5 * (me.economic_dependence + me.arms_dependence)

"""Phase 1: what comes from outside the model this month.

The scenario's paths are worked out before a run (`scenarios.drivers`); here they are followed, with
what triggers add to them (`triggers`), and shocks change states.
"""

from foedus.dictionary.agenda import Driver, Shock
from foedus.dictionary.chance import clip
from foedus.dictionary.marks import rule
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import (
    INTRA,
    NOT_YET,
    SHOCK_AGGRESSION,
    SHOCK_ARMS_DEPENDENCE,
    SHOCK_ECONOMIC_DEPENDENCE,
    SHOCK_FEAR,
    SHOCK_GRIEVANCE,
    SHOCK_INCIDENT,
    SHOCK_TIE,
    SHOCK_TRUST_BLOC,
    SHOCK_TRUST_PATRON,
)


@rule
def drive(driver: Driver) -> None:
    """A driver follows the scenario's path, with what triggers add to it."""
    driver.value = clip(driver.path + driver.pulse, driver.low, driver.high)


@rule
def strike(shock: Shock, w: World) -> None:
    """A shock changes its state in its month."""
    if shock.month == w.month:
        shift(w, shock.target, shock.member, shock.other, shock.size)


@rule
def shift(w: World, target: int, member: int, other: int, size: float) -> None:
    """A state jumps, within its range.

    Args:
        w: The world.
        target: Which state, one of the `SHOCK_` numbers.
        member: Whose.
        other: The other member of a tie, or the threat of an incident.
        size: By how much, in levels; the severity of an incident.
    """
    if target == SHOCK_AGGRESSION:
        w.aggression = clip(w.aggression + size, 0.0, 1.0)
        return
    me = w.members[member]
    if target == SHOCK_TIE:
        settle_tie(me, w.members[other], size)
        settle_tie(w.members[other], me, size)
    elif target == SHOCK_TRUST_BLOC:
        me.trust_bloc = clip(me.trust_bloc + size, 0.0, 1.0)
        me.anchor_bloc = clip(me.anchor_bloc + size, 0.0, 1.0)
    elif target == SHOCK_TRUST_PATRON:
        me.trust_patron = clip(me.trust_patron + size, 0.0, 1.0)
        me.anchor_patron = clip(me.anchor_patron + size, 0.0, 1.0)
    elif target == SHOCK_FEAR:
        me.fear = clip(me.fear + size, 0.0, 1.0)
    elif target == SHOCK_GRIEVANCE:
        me.grievance = clip(me.grievance + size, 0.0, 1.0)
    elif target == SHOCK_ECONOMIC_DEPENDENCE:
        me.economic_dependence = clip(me.economic_dependence + size, 0.0, 1.0)
    elif target == SHOCK_ARMS_DEPENDENCE:
        me.arms_dependence = clip(me.arms_dependence + size, 0.0, 1.0)
    elif target == SHOCK_INCIDENT:
        impose_incident(me, w, other, size)


@rule
def settle_tie(me: Member, other: Member, size: float) -> None:
    """A settlement (or a rupture) moves a tie and the level to which it heals."""
    me.tie[other.id] = clip(me.tie[other.id] + size, 0.0, 1.0)
    me.tie_base[other.id] = clip(me.tie_base[other.id] + size, 0.0, 1.0)


@rule
def impose_incident(me: Member, w: World, k: int, severity: float) -> None:
    """An incident that the scenario dates; a clash between members belongs to its first party."""
    if w.threats[k].kind == INTRA:
        if w.threats[k].first != NOT_YET:
            w.members[w.threats[k].first].forced[k] = severity
    else:
        me.forced[k] = severity

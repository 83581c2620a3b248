"""Phase 1: what comes from outside the model this month.

The scenario's paths are worked out before a run (`scenarios.drivers`); here triggers add their
effects, and shocks change states.
"""

from foedus.rules.agenda import Driver, Shock, Trigger
from foedus.rules.chance import clip
from foedus.rules.events import EventKind, log
from foedus.rules.marks import rule
from foedus.rules.observables import holds, observe
from foedus.rules.state import Member, World
from foedus.rules.vocabulary import (
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

TRIGGERED = EventKind.TRIGGER.value


@rule
def drive(driver: Driver) -> None:
    """A driver follows the scenario's path, with what triggers have added to it."""
    driver.value = clip(driver.path + driver.pulse, driver.low, driver.high)


@rule
def fade(driver: Driver) -> None:
    """What triggers added to a driver fades."""
    driver.pulse *= driver.pulse_kept


@rule
def strike(shock: Shock, w: World) -> None:
    """A shock changes its state in its month, within the state's range."""
    if shock.month != w.month:
        return
    if shock.target == SHOCK_AGGRESSION:
        w.aggression = clip(w.aggression + shock.size, 0.0, 1.0)
        return
    me = w.members[shock.member]
    if shock.target == SHOCK_TIE:
        settle_tie(me, w.members[shock.other], shock.size)
        settle_tie(w.members[shock.other], me, shock.size)
    elif shock.target == SHOCK_TRUST_BLOC:
        me.trust_bloc = clip(me.trust_bloc + shock.size, 0.0, 1.0)
        me.anchor_bloc = clip(me.anchor_bloc + shock.size, 0.0, 1.0)
    elif shock.target == SHOCK_TRUST_PATRON:
        me.trust_patron = clip(me.trust_patron + shock.size, 0.0, 1.0)
        me.anchor_patron = clip(me.anchor_patron + shock.size, 0.0, 1.0)
    elif shock.target == SHOCK_FEAR:
        me.fear = clip(me.fear + shock.size, 0.0, 1.0)
    elif shock.target == SHOCK_GRIEVANCE:
        me.grievance = clip(me.grievance + shock.size, 0.0, 1.0)
    elif shock.target == SHOCK_ECONOMIC_DEPENDENCE:
        me.economic_dependence = clip(me.economic_dependence + shock.size, 0.0, 1.0)
    elif shock.target == SHOCK_ARMS_DEPENDENCE:
        me.arms_dependence = clip(me.arms_dependence + shock.size, 0.0, 1.0)
    elif shock.target == SHOCK_INCIDENT:
        impose_incident(me, w, shock.other, shock.size)


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


@rule
def pull(trigger: Trigger, w: World) -> None:
    """A trigger fires when its condition has held for long enough, once or again and again.

    It reads the state at the end of the month before. One that may repeat is armed again as soon as
    its condition fails.
    """
    now = observe(w, trigger.observable, trigger.member, trigger.other)
    if not holds(now, trigger.comparison, trigger.threshold):
        trigger.held = 0
        if trigger.repeat == 1:
            trigger.fired = 0
        return
    trigger.held += 1
    if trigger.held >= trigger.for_months and trigger.fired == 0:
        trigger.fired = 1
        driver = w.drivers[trigger.driver]
        driver.pulse += trigger.size
        driver.pulse_kept = trigger.kept
        log(w, TRIGGERED, -1, trigger.driver, -1, 0, trigger.size, 1.0)

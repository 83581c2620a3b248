"""Phase 10, first half: what membership is worth, how far a member relies on it, how it takes part.

Two ties hold a member. *Reliance* is how far its security policy counts on the alliance: arms,
bases, plans. *Engagement* is its willingness to take part in the rituals of membership, which are
cheap, sticky, and upheld by dependence and fear as well. Reliance follows what membership is worth;
rituals may go on when nobody relies on them any more.
"""

import math

from foedus.dictionary.chance import Draws, clip, close_gap, draw, happens, sigmoid, unit_noise
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import GainTerms, LossTerms, RitualTerms, total
from foedus.dictionary.vocabulary import DOMESTIC, DT, TROOPS, Purpose
from foedus.rules.partners import security_trust
from foedus.rules.patron import dependence_of

CHANGED_REGIME = EventKind.REGIME_CHANGE.value
DRAW_WALK = Purpose.RANDOM_WALK.value
DRAW_FALL = Purpose.REGIME_FALL.value
DRAW_SHIFT = Purpose.REGIME_SHIFT.value

WALK_VOLATILITY = 0.1
"""Volatility of both ties a year in the random-walk rival; a convention."""


@rule
def value_membership(me: Member, w: World, p: Parameters) -> None:
    """Utility of membership: security, regime and rents against autonomy, fear and alternatives.

    A threat ties a member to the alliance as far as it expects more cover there than it could find
    elsewhere; where it expects less, the threat drives it away. Two rivals replace the utility by
    the patron's capacity alone and by the threat alone.

    Source:
        Morrow 1991 (T-morrow1991) for security against autonomy; David 1991 (T-david1991) for the
        regime's security; C092 and C111 for dependence; C032 and C094 for autonomy and fear; PRQ
        2010 (T-fang2010) for outside options; Snyder 1984 (T-snyder1984) for entrapment; C097, C120
        for members that turn elsewhere when cover fails.
    """
    cover = security_trust(me, w, p) * w.patron.capacity
    me.protection = clip(me.external_threat * (cover - p.cover_elsewhere), -1.0, 1.0)
    me.regime_guarantee = clip(
        me.domestic_threat * me.trust_patron * math.sqrt(w.patron.capacity), 0.0, 1.0
    )
    me.ritual_utility = total(rituals(me, w, p))
    if w.hegemon_only == 1:
        me.utility = p.weight_protection * w.patron.capacity
    elif w.threat_only == 1:
        me.utility = p.weight_protection * max(me.external_threat, me.domestic_threat)
    else:
        me.utility = benefits(me, w, p) - costs(me, w, p)


@rule
def benefits(me: Member, w: World, p: Parameters) -> float:
    """What membership gives, in log-odds of reliance."""
    return total(gains(me, w, p))


@rule
def gains(me: Member, w: World, p: Parameters) -> GainTerms:
    """What membership gives, one by one."""
    return GainTerms(
        protection=p.weight_protection * me.protection,
        regime=p.weight_regime * me.regime_guarantee,
        arms=p.weight_arms * me.arms_dependence * w.patron.supply,
        economy=p.weight_economy * (me.economic_dependence + me.terms),
    )


@rule
def costs(me: Member, w: World, p: Parameters) -> float:
    """What membership takes, in log-odds of reliance."""
    return total(losses(me, w, p))


@rule
def losses(me: Member, w: World, p: Parameters) -> LossTerms:
    """What membership takes, one by one.

    Autonomy is lost to the control that the patron seeks, not to what it can spend at the moment:
    weakness is no respect (C002, C030, C091).
    """
    control = w.drivers[w.control_driver].value + me.pressure
    return LossTerms(
        autonomy=p.weight_autonomy * me.autonomy * control,
        fear=p.weight_fear * me.fear,
        grievance=p.weight_grievance * me.grievance,
        entrapment=p.weight_entrapment * me.entrapment_exposure * w.patron.war,
        outside=p.weight_outside * me.outside_option,
    )


@rule
def rituals(me: Member, w: World, p: Parameters) -> RitualTerms:
    """What upholds the rituals of membership, one by one.

    A share of what makes a member rely on the alliance, and a threat that gives it a purpose.

    Source:
        C003, C023, C097 for purpose; C001 and C143 for rituals that go on; P02.
    """
    security = p.weight_protection * me.protection + p.weight_regime * me.regime_guarantee
    security += p.weight_arms * me.arms_dependence * w.patron.supply
    return RitualTerms(
        security=p.ritual_share * security,
        purpose=p.weight_purpose * me.external_threat * security_trust(me, w, p),
        fear=-p.weight_fear * me.fear * (1.0 - dependence_of(me)),
        grievance=-p.weight_grievance * me.grievance,
    )


@rule
def engage(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Both ties move towards what their utilities and a standing disposition call for.

    Disposition makes a member start at its recorded participation: it holds what the rules leave
    unexplained, and stays fixed unless the regime changes. The more a member depends on the patron,
    the less a change of utility moves it. One rival lets both ties wander.

    Source:
        Hirschman 1970 (T-hirschman1970): where exit is costly, loyalty holds; C107, C143 and P02
        for the dependent. Ours: the proportional form.
    """
    if w.random_walk == 1:
        step = WALK_VOLATILITY * math.sqrt(DT) * unit_noise(draw(u, DRAW_WALK, me.luck, 0))
        me.engagement = clip(me.engagement + step, 0.0, 1.0)
        me.reliance = clip(me.reliance + step, 0.0, 1.0)
        return
    freedom = 1.0 - p.lock_in * dependence_of(me)
    sought = sigmoid(me.leaning + freedom * (me.utility - me.utility_start))
    me.reliance = close_gap(me.reliance, sought, p.engagement_closed)
    sought = sigmoid(me.disposition + freedom * (me.ritual_utility - me.ritual_utility_start))
    me.engagement = close_gap(me.engagement, sought, p.engagement_closed)


@rule
def risk_regime(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Grave unrest may bring a government down, and the next one may see the alliance otherwise.

    Troops in support of the incumbent prevent it.

    Source:
        E024 and E116 for changes at home that move policy or fail to; E059 for the one that troops
        prevented. Ours: the symmetric change of disposition.
    """
    for k in range(w.n_threats):
        saved = me.answer == TROOPS and me.request_threat == k
        if w.threats[k].kind == DOMESTIC and me.incident[k] > 0.0 and not saved:
            chance = p.regime_fall * me.incident[k]
            if happens(u, DRAW_FALL, me.luck, w.threats[k].luck, chance):
                shift = p.regime_shift * unit_noise(draw(u, DRAW_SHIFT, me.luck, w.threats[k].luck))
                me.disposition += shift
                me.leaning += shift
                me.regime_changes += 1
                log(w, CHANGED_REGIME, me.id, -1, k, shift, chance)

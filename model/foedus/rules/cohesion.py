"""Phase 13: cohesion is measured, always as a vector first.

Weitsman 2004 (T-weitsman2004): cohesion is the ability of members to agree on goals and on means,
and to act on them. Members count by their standing: active 1, frozen a half, out 0; the patron 1.
"""

from foedus.dictionary.chance import clip
from foedus.dictionary.marks import rule
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import ACTIVE, FROZEN, OUT

HALF = 0.5
"""Standing of a frozen member."""


@rule
def standing_of(me: Member) -> float:
    """1 for an active member, a half for a frozen one, 0 for a state outside."""
    if me.status == ACTIVE:
        return 1.0
    if me.status == FROZEN:
        return HALF
    return 0.0


@rule
def measure(w: World) -> None:
    """All components and the index."""
    w.goal_agreement = goal_agreement(w)
    w.overall_participation = overall_participation(w)
    w.reliability = reliability(w)
    w.mutual_trust = mutual_trust(w)
    w.standing = standing(w)
    index = w.weight_goal_agreement * w.goal_agreement
    index += w.weight_participation * w.overall_participation
    index += w.weight_reliability * w.reliability
    index += w.weight_mutual_trust * w.mutual_trust
    index += w.weight_standing * w.standing
    w.cohesion = clip(index, 0.0, 1.0)
    w.frustration = frustration(w)


@rule
def goal_agreement(w: World) -> float:
    """Threat similarity and diplomatic closeness, half each, over pairs; the patron included."""
    total, weight = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        mine = standing_of(me)
        total += mine * 0.5 * (me.patron_similarity + me.loyalty)
        weight += mine
        for j in range(i):
            other = w.members[j]
            pair = mine * standing_of(other)
            closeness = 1.0 - abs(me.loyalty - other.loyalty)
            total += pair * 0.5 * (me.similarity[j] + closeness)
            weight += pair
    return total / weight if weight > 0.0 else 0.0


@rule
def overall_participation(w: World) -> float:
    """Mean participation of those who were in at the start; who has left takes no part."""
    total, count = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        if me.at_start == 1:
            count += 1.0
            if me.status != OUT:
                total += me.participation
    return total / count if count > 0.0 else 0.0


@rule
def reliability(w: World) -> float:
    """Mean trust that the bloc answers, among members by standing."""
    total, weight = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        total += standing_of(me) * me.trust_bloc
        weight += standing_of(me)
    return total / weight if weight > 0.0 else 0.0


@rule
def mutual_trust(w: World) -> float:
    """Mean lateral tie over pairs of members by standing."""
    total, weight = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        for j in range(w.n_members):
            if j != i:
                pair = standing_of(me) * standing_of(w.members[j])
                total += pair * me.tie[j]
                weight += pair
    return total / weight if weight > 0.0 else 0.0


@rule
def standing(w: World) -> float:
    """Standing of those who were in at the start, and of the patron."""
    total, count = 1.0, 1.0
    for i in range(w.n_members):
        me = w.members[i]
        if me.at_start == 1:
            total += standing_of(me)
            count += 1.0
    return total / count


@rule
def frustration(w: World) -> float:
    """Landscape frustration of the actual partition, from 0 to 1.

    Axelrod and Bennett's energy (T-axelrod1993) with capability as size and, for
    propensity, the lateral tie between members and trust less fear towards the patron, centred at
    indifference. Friends across the line and foes within it count; divided by all there could be.
    """
    energy, most = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        propensity = clip(me.trust_patron - me.fear, -1.0, 1.0)
        size = me.capability * w.patron.capability_share
        energy += misplaced(size * propensity, me.status != OUT)
        most += abs(size * propensity)
        for j in range(i):
            other = w.members[j]
            size = me.capability * other.capability
            propensity = me.tie[j] + other.tie[i] - 1.0
            together = (me.status != OUT) == (other.status != OUT)
            energy += misplaced(size * propensity, together)
            most += abs(size * propensity)
    return energy / most if most > 0.0 else 0.0


@rule
def misplaced(propensity: float, together: bool) -> float:
    """Frustration of a pair: foes on the same side, or friends on different ones."""
    if together:
        return max(0.0, -propensity)
    return max(0.0, propensity)


@rule
def audit(me: Member, w: World) -> None:
    """Count anybody who went out since last month without notice or lapse of its own: an expulsion.

    It compares with the state that it saw itself a month ago, whichever rule has changed it since.
    """
    gone = me.status == OUT and me.status_before != OUT
    if gone and me.lapsed == 0 and me.notice_before < 0:
        w.expulsions += 1
    me.status_before = me.status
    me.notice_before = me.notice

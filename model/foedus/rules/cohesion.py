"""Phase 13: cohesion is measured: what the alliance would do if it were asked.

Weitsman 2004 (T-weitsman2004): cohesion is the ability of members to agree on goals and on means,
and to act on them. All three are needed, so their product counts (`standard_test`). What is not the
answer itself stands beside it and is never averaged in. There members count by their standing:
active 1, frozen a half, out 0; the patron 1.
"""

from foedus.dictionary.chance import clip
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import ACTIVE, ALIVE, DEAD, FROZEN, OUT, ZOMBIE
from foedus.rules.standard_test import take_test, tested

MONTHS_BETWEEN_TESTS = 3
"""The answer moves slowly, and asking costs time."""

ZOMBIE_SHARE = 0.25
"""Share of the cohesion of the reference date below which an alliance is no longer alive."""

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
def measure(w: World, p: Parameters) -> None:
    """Cohesion and its factors, and what stands apart from it.

    The standard test is asked every third month; who freezes or leaves counts for nothing at once.
    """
    if w.month % MONTHS_BETWEEN_TESTS == 0:
        for i in range(w.n_members):
            take_test(w.members[i], w, p)
    collect_answers(w)
    w.membership = membership(w)
    w.overall_participation = overall_participation(w)
    w.overall_reliance = overall_reliance(w)
    w.goal_agreement = goal_agreement(w)
    w.mutual_trust = mutual_trust(w)
    w.reliability = reliability(w)
    w.frustration = frustration(w)
    w.vitality = vitality(w)


@rule
def collect_answers(w: World) -> None:
    """Mean answer over the roster; means of the factors over those of it that are active.

    The roster is that of the reference date whoever is still active: if it were those that are
    left, the going of a reluctant member would raise the score.
    """
    answer, agreed, helped, acted, roster, active = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        if me.on_roster == 1 and tested(me, w) == 1:
            roster += 1.0
            if me.status == ACTIVE:
                active += 1.0
                answer += me.collective_answer
                agreed += me.agreement
                helped += me.means
                acted += me.acting
    w.cohesion = answer / roster if roster > 0.0 else 0.0
    w.agreement = agreed / active if active > 0.0 else 0.0
    w.means = helped / active if active > 0.0 else 0.0
    w.acting = acted / active if active > 0.0 else 0.0


@rule
def vitality(w: World) -> int:
    """Dead, if fewer than half of the standing of the start is left; else zombie or alive.

    A zombie is an alliance whose members stay and that would hardly answer: with less than a
    quarter of its cohesion at the reference date (or the start, if it has none).

    Source:
        Gray 2018 (T-gray2018) for organisations that are neither alive nor dead. Ours: both limits.
    """
    if w.membership < HALF:
        return DEAD
    reference = w.cohesion_reference if w.cohesion_reference > 0.0 else w.cohesion_start
    return ZOMBIE if w.cohesion < ZOMBIE_SHARE * reference else ALIVE


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
def overall_reliance(w: World) -> float:
    """Mean reliance of those who were in at the start; who has left relies on it no more."""
    total, count = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        if me.at_start == 1:
            count += 1.0
            if me.status != OUT:
                total += me.reliance
    return total / count if count > 0.0 else 0.0


@rule
def membership(w: World) -> float:
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
    me.lapsed = 0

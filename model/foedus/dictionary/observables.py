"""Quantities that triggers and questions may speak of, by number.

Written once so that a question asked of a Mesa run and of the ensemble cannot differ.
"""

from enum import IntEnum
from typing import Final

from foedus.dictionary.marks import rule
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import ACTIVE, FROZEN, OUT


class Observable(IntEnum):
    """What can be observed. Numbers are part of resolved scenarios: append, never renumber."""

    STATUS = 0
    PARTICIPATION = 1
    ENGAGEMENT = 2
    TRUST_PATRON = 3
    TRUST_BLOC = 4
    LOYALTY = 5
    FEAR = 6
    GRIEVANCE = 7
    ARMS_DEPENDENCE = 8
    UNMET_NEED = 9
    ECONOMIC_DEPENDENCE = 10
    OUTSIDE_OPTION = 11
    EXTERNAL_THREAT = 12
    DOMESTIC_THREAT = 13
    COHESION = 20
    GOAL_AGREEMENT = 21
    OVERALL_PARTICIPATION = 22
    RELIABILITY = 23
    MUTUAL_TRUST = 24
    STANDING = 25
    FRUSTRATION = 26
    CAPACITY = 27
    WAR = 28
    PRESENCE = 29
    SUPPLY = 30
    MEMBERS_IN = 40
    MEMBERS_ACTIVE = 41
    REQUESTS = 42
    REQUESTS_BLOC = 43
    REQUESTS_BILATERAL = 44
    BEST_ANSWER = 45
    DEPLOYMENTS = 46
    UNASKED = 47
    REGIME_CHANGES = 48
    MEMBERS_FROZEN = 49
    ALIGNMENT = 60
    TIE = 61
    INCIDENTS = 62
    ANSWERS = 63
    PERCEIVED = 64


PATRON: Final = -1
AUTONOMY: Final = -2
"""Values of the second index of ALIGNMENT that name no partner."""

LESS: Final = 0
AT_MOST: Final = 1
MORE: Final = 2
AT_LEAST: Final = 3
EQUAL: Final = 4


@rule
def holds(value: float, comparison: int, threshold: float) -> bool:
    """Whether a value stands in a relation to a threshold."""
    if comparison == LESS:
        return value < threshold
    if comparison == AT_MOST:
        return value <= threshold
    if comparison == MORE:
        return value > threshold
    if comparison == AT_LEAST:
        return value >= threshold
    return value == threshold


@rule
def observe(w: World, code: int, i: int, j: int) -> float:
    """The value of an observable.

    Args:
        w: The world.
        code: An `Observable`.
        i: A member, or -1 for anyone.
        j: A second index (member, partner, threat or answer), or -1.
    """
    if code < 20:
        return observe_member(w.members[i], code)
    if code < 40:
        return observe_bloc(w, code)
    if code < 60:
        return observe_count(w, code, i)
    if code == 60:
        return observe_alignment(w.members[i], j)
    if code == 61:
        return w.members[i].tie[j]
    if code == 62:
        return w.members[i].incidents[j] * 1.0
    if code == 63:
        return count_answers(w, i, j)
    return w.members[i].perceived[j]


@rule
def observe_member(me: Member, code: int) -> float:
    """A state of one member."""
    if code == 0:
        return me.status * 1.0
    if code == 1:
        return me.participation
    if code == 2:
        return me.engagement
    if code == 3:
        return me.trust_patron
    if code == 4:
        return me.trust_bloc
    if code == 5:
        return me.loyalty
    if code == 6:
        return me.fear
    if code == 7:
        return me.grievance
    if code == 8:
        return me.arms_dependence
    if code == 9:
        return me.unmet_need
    if code == 10:
        return me.economic_dependence
    if code == 11:
        return me.outside_option
    if code == 12:
        return me.external_threat
    return me.domestic_threat


@rule
def observe_bloc(w: World, code: int) -> float:
    """A state of the alliance as a whole."""
    if code == 20:
        return w.cohesion
    if code == 21:
        return w.goal_agreement
    if code == 22:
        return w.overall_participation
    if code == 23:
        return w.reliability
    if code == 24:
        return w.mutual_trust
    if code == 25:
        return w.standing
    if code == 26:
        return w.frustration
    if code == 27:
        return w.patron.capacity
    if code == 28:
        return w.patron.war
    if code == 29:
        return w.patron.presence
    return w.patron.supply


@rule
def observe_count(w: World, code: int, i: int) -> float:
    """A count so far; the patron counts as a member that is in and active."""
    if code == 46:
        return w.deployments * 1.0
    count = 0.0
    if code == 40 or code == 41:
        count = 1.0
        for m in range(w.n_members):
            if w.members[m].status == ACTIVE or (code == 40 and w.members[m].status != OUT):
                count += 1.0
        return count
    if code == 49:
        for m in range(w.n_members):
            if w.members[m].status == FROZEN:
                count += 1.0
        return count
    if code == 45:
        count = -1.0
    for m in range(w.n_members):
        me = w.members[m]
        if i == -1 or i == m:
            if code == 42:
                count += me.requests_bloc + me.requests_bilateral
            elif code == 43:
                count += me.requests_bloc
            elif code == 44:
                count += me.requests_bilateral
            elif code == 45:
                count = max(count, me.best_answer * 1.0)
            elif code == 47:
                count += me.unasked
            elif code == 48:
                count += me.regime_changes
    return count


@rule
def count_answers(w: World, i: int, code: int) -> float:
    """How often a member, or anyone for -1, has been given an answer."""
    count = 0.0
    for m in range(w.n_members):
        if i == -1 or i == m:
            count += w.members[m].answers[code]
    return count


@rule
def observe_alignment(me: Member, j: int) -> float:
    """Share of a member's security ties with a partner, the patron or nobody."""
    if j == PATRON:
        return me.patron_alignment
    if j == AUTONOMY:
        return me.autonomous_alignment
    return me.alignment[j]


@rule
def resolve_question(w: World, q: int) -> None:
    """Note whether a question's event has happened in its window."""
    question = w.questions[q]
    now = observe(w, question.observable, question.member, question.other)
    if not holds(now, question.comparison, question.threshold):
        question.held = 0
        return
    question.held += 1
    inside = question.first_month <= w.month and w.month <= question.last_month
    if inside and question.held >= question.for_months:
        question.resolved = 1

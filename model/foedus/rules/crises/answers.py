"""Phase 7: the patron answers, and help arrives."""

import math

from foedus.dictionary.chance import Draws, chance_within, choose, draw
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import AnswerTerms
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ASSENT,
    BLOC,
    DOMESTIC,
    DT,
    EXERCISE,
    EXTERNAL,
    INTRA,
    MATERIEL,
    MONITORING,
    NOT_YET,
    STATEMENT,
    TROOPS,
    Purpose,
)
from foedus.rules.crises.council import willing
from foedus.rules.crises.threats import is_shared

ANSWERED = EventKind.ANSWER.value
ARRIVED = EventKind.PROGRAMME_ARRIVAL.value
TOOK_PART = EventKind.TAKE_PART.value
DRAW_ANSWER = Purpose.ANSWER.value
DRAW_ARRIVAL = Purpose.PROGRAMME_ARRIVAL.value
DRAW_TAKE_PART = Purpose.TAKE_PART.value


SPARE = 0.1
"""Capacity on top of what is left, against which a cost is felt; a convention that keeps it finite.
"""


@rule
def help_of(code: int, p: Parameters) -> float:
    """Help that an answer is worth, as a share of what troops are worth."""
    if code == TROOPS:
        return 1.0
    if code == EXERCISE:
        return p.help_exercise
    if code == MATERIEL:
        return p.help_materiel
    if code == MONITORING:
        return p.help_monitoring
    if code == STATEMENT:
        return p.help_statement
    return 0.0


@rule
def cost_of(code: int, kind: int, p: Parameters) -> float:
    """Share of a peacetime capacity that an answer binds.

    Troops cost more against a state than against raiders, and least where they guard a regime: the
    one deployment on record, in a domestic crisis, was over within two weeks (E059, E061).
    """
    if code == TROOPS:
        if kind == EXTERNAL:
            return p.cost_troops * p.external_cost
        if kind == DOMESTIC:
            return p.cost_troops * p.domestic_cost
        return p.cost_troops
    if code == EXERCISE:
        return p.cost_aid
    if code == MATERIEL:
        return p.cost_aid
    return 0.0


@rule
def best_allowed(me: Member, w: World, p: Parameters) -> int:
    """The strongest answer that the charter allows, and capacity: what costs more is impossible.

    Without a mandate the bloc can consult and send observers, which costs next to nothing; the
    patron alone is free. In a quarrel between members neither goes further than monitoring.
    """
    kind = w.threats[me.request_threat].kind
    if kind == INTRA:
        return MONITORING
    if me.request_channel == BLOC and me.mandate == 0:
        return MONITORING
    if w.patron.available < p.cost_aid:
        return MONITORING
    if w.patron.available < cost_of(TROOPS, kind, p):
        return EXERCISE
    return TROOPS


@rule
def answer_utility(me: Member, w: World, p: Parameters, code: int) -> float:
    """What an answer is worth to the patron, less what it costs; any number."""
    reasons = answer_reasons(me, w, p, code)
    return reasons.value + reasons.cost


@rule
def answer_reasons(me: Member, w: World, p: Parameters, code: int) -> AnswerTerms:
    """What an answer is worth to the patron, and what it costs.

    Value is the patron's favour times need times the help given; cost is measured against the
    capacity left, so that a drained patron answers more weakly.
    """
    threat = w.threats[me.request_threat]
    need = p.need_base + (1.0 - p.need_base) * me.request_severity
    value = p.answer_value * w.patron.favour * need
    burden = cost_of(code, threat.kind, p) / (w.patron.available + SPARE)
    return AnswerTerms(value=value * help_of(code, p), cost=-p.answer_cost * burden)


@rule
def answer(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """The patron picks an answer by quantal response among those the charter allows.

    Source:
        McKelvey and Palfrey's quantal response for the form; C041, C047 and C054 for the patron as
        the one who decides what help there is; C119 for the weight of a drained capacity.
    """
    limit = best_allowed(me, w, p)
    everything = 0.0
    for code in range(limit + 1):
        everything += math.exp(answer_utility(me, w, p, code))
    weaker = (
        share_weaker(me, w, p, STATEMENT, everything),
        share_weaker(me, w, p, MONITORING, everything),
        share_weaker(me, w, p, MATERIEL, everything),
        share_weaker(me, w, p, EXERCISE, everything),
        share_weaker(me, w, p, TROOPS, everything),
    )
    chosen = choose(u, DRAW_ANSWER, w.patron.luck, me.luck, weaker)
    if me.forced_answer != NOT_YET:
        chosen = me.forced_answer
    me.forced_answer = NOT_YET
    chance = 0.0
    if chosen <= limit:
        chance = math.exp(answer_utility(me, w, p, chosen)) / everything
    me.answer = chosen
    me.answers[chosen] += 1
    me.best_answer = max(me.best_answer, chosen)
    event = log(w, ANSWERED, w.n_members, me.id, me.request_threat, me.expected_help, chance)
    event.answer = chosen
    deliver(me, w, p, chosen)


@rule
def expected_help_given(me: Member, w: World, p: Parameters) -> float:
    """Mean help of the answer to a request, before it is drawn, from 0 to 1."""
    everything, helped = 0.0, 0.0
    for code in range(best_allowed(me, w, p) + 1):
        weight = math.exp(answer_utility(me, w, p, code))
        everything += weight
        helped += weight * help_of(code, p)
    return helped / everything


@rule
def share_weaker(me: Member, w: World, p: Parameters, code: int, everything: float) -> float:
    """Probability of a weaker answer than `code`; infinite where the charter allows no such one."""
    if code > best_allowed(me, w, p):
        return math.inf
    share = 0.0
    for weaker in range(code):
        share += math.exp(answer_utility(me, w, p, weaker)) / everything
    return share


@rule
def deliver(me: Member, w: World, p: Parameters, code: int) -> None:
    """An answer binds capacity and holds off the threat: troops at once, materiel much later.

    Source:
        P08: the deployment of January 2022 took a day, the border programme asked for in 2013 was
        adopted in 2024 and is being armed from 2026 (E059, E036, E096, E114).
    """
    k = me.request_threat
    kind = w.threats[k].kind
    cost = cost_of(code, kind, p)
    w.patron.committed += cost
    w.patron.available = max(0.0, w.patron.available - cost)
    if code == TROOPS:
        w.deployments += 1
        if kind == INTRA:
            w.force_between_members += 1
        me.relief[k] += (1.0 - me.relief[k]) * p.relief_troops
    elif code == EXERCISE:
        me.relief[k] += (1.0 - me.relief[k]) * p.relief_materiel
    elif code == MATERIEL:
        me.programme = 1.0
        me.awaited = me.expected_help
        me.awaited_channel = me.request_channel


@rule
def deliver_programme(me: Member, w: World, p: Parameters, u: Draws) -> int:
    """A promised programme arrives after a long and uncertain lag, longer where supply is short.

    Returns:
        1 if it has arrived this month, 0 if it is still awaited, -1 if nothing is.
    """
    if me.programme <= 0.0:
        return -1
    chance = chance_within(p.programme_rate * w.patron.supply, DT)
    if draw(u, DRAW_ARRIVAL, me.luck, 0) >= chance:
        return 0
    for k in range(w.n_threats):
        if is_shared(w.threats[k].kind):
            me.relief[k] += (1.0 - me.relief[k]) * p.relief_materiel
    me.programme = 0.0
    log(w, ARRIVED, me.id, -1, -1, 0.0, chance)
    return 1


@rule
def join_in(me: Member, requester: Member, w: World, p: Parameters, u: Draws) -> None:
    """A member that assented may take part in what the bloc does, which brings both closer (C060).

    It does not count among the acts of membership that fall due, and so not as participation.
    """
    if requester.answer < EXERCISE or requester.mandate == 0 or requester.request_channel != BLOC:
        return
    if me.council_vote != ASSENT or me.status != ACTIVE:
        return
    chance = willing(me)
    if draw(u, DRAW_TAKE_PART, me.luck, requester.luck) < chance:
        me.tie[requester.id] += p.exercise_bond * (1.0 - me.tie[requester.id])
        requester.tie[me.id] += p.exercise_bond * (1.0 - requester.tie[me.id])
        log(w, TOOK_PART, me.id, requester.id, requester.request_threat, 0.0, chance)

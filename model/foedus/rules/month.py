"""The month: in which order the rules are called.

    1. drivers      changes of the charter, triggers, paths, shocks and forced decisions
    2. threats      intensities drift, incidents happen
    3. perception   threats and fear as members see them
    4. patron       stakes, capacity, presence and supply; terms and pressure
    5. requests     struck members ask or do not
    6. council      for each request to the bloc, a mandate or none
    7. answers      the patron's answer
    8. learning     requesters and bystanders update their trust; programmes arrive or do not
    9. partners     offers, unmet need, alignment, suppliers of arms, pacts
    10. membership  utility, reliance, engagement, acts on the calendar, the ladder
    11. ties        clashes cut them, time heals them
    12. diplomacy   UN votes
    13. measures    the standard test, and the questions that were asked

Within a phase members act in the order of the alliance file and see the state as the others have
left it; requests of one month are dealt with one after another, so that an answer to the first
binds capacity that the second may miss. The Mesa model runs the same order through its agents.
"""

from foedus.dictionary.agenda import CalendarEntry
from foedus.dictionary.chance import Draws
from foedus.dictionary.marks import rule
from foedus.dictionary.observables import resolve_question
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import ACTIVE, BLOC, NO_CHANNEL, OUT
from foedus.rules.cohesion import audit, measure
from foedus.rules.crises.answers import answer, join_in
from foedus.rules.crises.council import decide, favour, vote
from foedus.rules.crises.requests import ask, turn_to_patron
from foedus.rules.crises.threats import (
    compare_threats,
    perceive,
    threaten,
    weigh_stakes,
)
from foedus.rules.decisions import change_quantity, enforce
from foedus.rules.drivers import drive, strike
from foedus.rules.membership.diplomacy import cast_vote
from foedus.rules.membership.engagement import engage, risk_regime, value_membership
from foedus.rules.membership.ladder import act, bond, call_due, hold, reconsider
from foedus.rules.membership.ties import mend
from foedus.rules.membership.trust import (
    drift,
    learn,
    learn_of_the_bloc,
    receive,
    resent_neglect,
    watch,
)
from foedus.rules.partners import assess_need, court, offer, turn_outward
from foedus.rules.patron import muster
from foedus.rules.statecraft import act_towards
from foedus.rules.triggers import amend, pull, push


@rule
def advance(w: World, p: Parameters, u: Draws) -> None:
    """One month, all phases."""
    be_driven(w, p)
    for i in range(w.n_members):
        threaten(w.members[i], w, p, u)
    for i in range(w.n_members):
        perceive(w.members[i], w, p)
    for i in range(w.n_members):
        compare_threats(w.members[i], w, p)
    weigh_stakes(w, p)
    muster(w, p)
    for i in range(w.n_members):
        act_towards(w.members[i], w, p, u)
    for i in range(w.n_members):
        ask(w.members[i], w, p, u)
    for i in range(w.n_members):
        deal_with(w.members[i], w, p, u)
    for i in range(w.n_members):
        resent_neglect(w.members[i], w, p)
        receive(w.members[i], w, p, u)
        drift(w.members[i], w, p)
    for q in range(w.n_partners):
        offer(w.partners[q], w, p)
    for i in range(w.n_members):
        assess_need(w.members[i], w, p)
        turn_outward(w.members[i], w, p)
        for q in range(w.n_partners):
            court(w.members[i], w.partners[q], w, p, u)
    for i in range(w.n_members):
        value_membership(w.members[i], w, p)
        engage(w.members[i], w, p, u)
        risk_regime(w.members[i], w, p, u)
    for c in range(w.n_calendar):
        if call_due(w.calendar[c], w) == 1:
            fall_due(w.calendar[c], w, p, u)
    for i in range(w.n_members):
        reconsider(w.members[i], w, p, u)
    for i in range(w.n_members):
        mend(w.members[i], w, p)
    for v in range(w.n_roll_calls):
        for i in range(w.n_members):
            cast_vote(w.members[i], w.roll_calls[v], w, p, u)
    take_stock(w, p)


@rule
def be_driven(w: World, p: Parameters) -> None:
    """Phase 1."""
    w.n_events = 0
    w.aggression = 0.0
    for d in range(w.n_drivers):
        w.drivers[d].pulse = 0.0
    for c in range(w.n_changes):
        amend(w.changes[c], w)
    for t in range(w.n_triggers):
        pull(w.triggers[t], w)
        push(w.triggers[t], w)
    for d in range(w.n_drivers):
        drive(w.drivers[d])
    for s in range(w.n_shocks):
        strike(w.shocks[s], w)
    for a in range(w.n_alterations):
        change_quantity(w.alterations[a], w)
    for d in range(w.n_decisions):
        enforce(w.decisions[d], w, p)


@rule
def deal_with(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Phases 6 to 8 for one request."""
    if me.request_channel == NO_CHANNEL:
        return
    favour(me, w, p)
    me.mandate = 0
    if me.request_channel == BLOC:
        for j in range(w.n_members):
            if j != me.id and w.members[j].status == ACTIVE:
                vote(w.members[j], me, w, p, u)
        decide(me, w, p, u)
        expected = me.expected_help
        turn_to_patron(me, w, p, u)
        if me.turned == 1:
            learn_of_the_bloc(me, w, p, expected)
            favour(me, w, p)
    answer(me, w, p, u)
    for j in range(w.n_members):
        if j != me.id:
            join_in(w.members[j], me, w, p, u)
    learn(me, w, p)
    for j in range(w.n_members):
        if j != me.id and w.members[j].status != OUT:
            watch(w.members[j], me, w, p)


@rule
def fall_due(entry: CalendarEntry, w: World, p: Parameters, u: Draws) -> None:
    """An act of membership falls due: it is held or not, and members comply or not."""
    hold(entry, w, p, u)
    for i in range(w.n_members):
        act(w.members[i], entry, w, p, u)
    for i in range(w.n_members):
        bond(w.members[i], entry, w, p)


@rule
def take_stock(w: World, p: Parameters) -> None:
    """Phase 13."""
    for i in range(w.n_members):
        audit(w.members[i], w)
    measure(w, p)
    for q in range(w.n_questions):
        resolve_question(w, q)

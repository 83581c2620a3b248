"""Phase 1, third part: what the scenario has an actor do at a date, whatever it would choose.

Forced decisions are logged as such, and their consequences are those of a decision of one's own.
"""

from foedus.dictionary.agenda import Alteration, Decision
from foedus.dictionary.alterable import alter
from foedus.dictionary.chance import clip
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import ACTIVE, BY_NOTICE, FROZEN, NOT_YET, OUT, Forced
from foedus.rules.drivers import impose_incident
from foedus.rules.membership.ladder import begin_freeze, begin_notice, leave, rejoin
from foedus.rules.partners import sign_pact
from foedus.rules.statecraft import offer_terms, press

DECIDED = EventKind.DECISION.value
NOTICE = Forced.NOTICE.value
WITHDRAW = Forced.WITHDRAW.value
FREEZE = Forced.FREEZE.value
THAW = Forced.THAW.value
LEAVE = Forced.LEAVE.value
JOIN = Forced.JOIN.value
REQUEST = Forced.REQUEST.value
GOVERNMENT = Forced.GOVERNMENT.value
TERMS = Forced.TERMS.value
PRESSURE = Forced.PRESSURE.value
PACT = Forced.PACT.value
ARMS = Forced.ARMS.value


@rule
def change_quantity(alteration: Alteration, w: World) -> None:
    """A number of the alliance is another one from its month on."""
    if alteration.month == w.month:
        alter(w, alteration.quantity, alteration.i, alteration.j, alteration.value)


@rule
def enforce(decision: Decision, w: World, p: Parameters) -> None:
    """An act of an actor in its month; one that is impossible by then does not happen."""
    if decision.month != w.month:
        return
    me = w.members[decision.member]
    if possible(decision, me) == 0:
        return
    event = log(w, DECIDED, decision.actor, me.id, decision.threat, decision.size, 1.0)
    event.forced = decision.kind
    event.partner = decision.partner
    if decision.actor == me.id:
        event.other = NOT_YET
    if decision.kind == NOTICE:
        begin_notice(me, w)
    elif decision.kind == WITHDRAW:
        me.notice = NOT_YET
    elif decision.kind == FREEZE:
        begin_freeze(me, w)
    elif decision.kind == THAW:
        me.status = ACTIVE
    elif decision.kind == LEAVE:
        # It goes of its own accord: to the audit a notice that ends this month.
        me.notice_before = 0
        leave(me, w, BY_NOTICE, 1.0)
    elif decision.kind == JOIN:
        rejoin(me, w)
    elif decision.kind == REQUEST:
        impose_incident(me, w, decision.threat, decision.size)
        me.forced_channel = decision.channel
        me.forced_answer = decision.answer
    elif decision.kind == GOVERNMENT:
        me.disposition += decision.size
        me.leaning += decision.size
        me.regime_changes += 1
    elif decision.kind == TERMS:
        offer_terms(me, w, p, decision.size)
    elif decision.kind == PRESSURE:
        press(me, p, decision.size)
    elif decision.kind == PACT:
        sign_pact(me, w.partners[decision.partner], p)
    elif decision.kind == ARMS:
        bought = decision.size * w.partners[decision.partner].arms_supply
        me.arms_dependence = clip(me.arms_dependence * (1.0 - bought), 0.0, 1.0)


@rule
def possible(decision: Decision, me: Member) -> int:
    """1 if a member is in a state in which the act has a meaning."""
    kind = decision.kind
    if kind == NOTICE:
        return 1 if me.status != OUT and me.notice == NOT_YET else 0
    if kind == WITHDRAW:
        return 1 if me.status != OUT and me.notice != NOT_YET else 0
    if kind == FREEZE:
        return 1 if me.status == ACTIVE else 0
    if kind == THAW:
        return 1 if me.status == FROZEN else 0
    if kind == JOIN:
        return 1 if me.status == OUT else 0
    if kind in (LEAVE, REQUEST):
        return 1 if me.status != OUT else 0
    return 1

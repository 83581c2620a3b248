"""Phase 8: members learn from answers, their own and others'.

Trust in the bloc and trust in the patron are separate beliefs (C037, K10).
"""

from foedus.dictionary.chance import clip, close_gap
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import BLOC, EXTERNAL
from foedus.rules.crises.answers import help_of
from foedus.rules.crises.requests import expectation


@rule
def learn(me: Member, w: World, p: Parameters) -> None:
    """A requester compares the help it got with the help it expected.

    Losses weigh more than gains. The gap moves the belief about the channel that was used, and by
    the share that hub and spoke implies the other one too.

    Grievance is another matter: it is left by an attack of a state in which help was asked for and
    fell short, measured not against what was expected but against what the treaty promises, and by
    the square of severity. Who is left alone over a skirmish forgets it, over an invasion does not,
    even if it saw it coming. Help against raiders that took eleven years left none that shows (R3).

    Source:
        C120, C019, O1-O8 and P22 for size and asymmetry; T-kahneman1979 for loss aversion; C037 for
        the share; E091 and E097 for grievance that outlasts the event. Ours: the square.
    """
    gap = help_of(me.answer, p) - me.expected_help
    revise(me, w, p, gap, me.request_channel, 1.0)
    kind = w.threats[me.request_threat].kind
    if kind == EXTERNAL:
        owed = expectation(1.0, me.request_severity, kind, p)
        shortfall = max(0.0, owed - help_of(me.answer, p))
        gravity = me.request_severity * me.request_severity
        offence = p.grievance_jump * gravity * shortfall * (1.0 - me.grievance)
        me.grievance = clip(me.grievance + offence, 0.0, 1.0)


@rule
def learn_of_the_bloc(me: Member, w: World, p: Parameters, expected: float) -> None:
    """A member that the council sent away learns that the bloc did nothing of what it expected.

    The patron has yet to answer, so that trust in it is left alone.
    """
    step = learning_rate(me, w, p, -expected) * -expected
    me.trust_bloc = clip(me.trust_bloc + step, 0.0, 1.0)
    me.anchor_bloc = clip(me.anchor_bloc + p.trust_permanence * step, 0.0, 1.0)


@rule
def watch(me: Member, requester: Member, w: World, p: Parameters) -> None:
    """A bystander learns from another's answer as far as it could have been itself.

    Source:
        T-gibler2008, T-crescenzi2012 and T-leveck2017 for reputation among third parties; P05 for
        the order requester, exposed bystander, insulated bystander.
    """
    if w.no_observers == 1:
        return
    k = requester.request_threat
    trust = me.trust_patron
    if requester.request_channel == BLOC:
        trust = me.trust_bloc
    kind = w.threats[k].kind
    gap = help_of(requester.answer, p) - expectation(trust, requester.request_severity, kind, p)
    kinship = me.similarity[requester.id] * me.perceived[k]
    weight = p.observer_weight * (p.observer_floor + (1.0 - p.observer_floor) * kinship)
    revise(me, w, p, gap, requester.request_channel, weight)


@rule
def revise(me: Member, w: World, p: Parameters, gap: float, channel: int, weight: float) -> None:
    """Move both beliefs by a gap between help given and help expected."""
    step = weight * learning_rate(me, w, p, gap) * gap
    if w.bayesian_trust == 1:
        me.trust_evidence += weight
    bloc, patron = step, p.hub_share * step
    if channel != BLOC:
        bloc, patron = p.hub_share * step, step
    me.trust_bloc = clip(me.trust_bloc + bloc, 0.0, 1.0)
    me.trust_patron = clip(me.trust_patron + patron, 0.0, 1.0)
    me.anchor_bloc = clip(me.anchor_bloc + p.trust_permanence * bloc, 0.0, 1.0)
    me.anchor_patron = clip(me.anchor_patron + p.trust_permanence * patron, 0.0, 1.0)


@rule
def learning_rate(me: Member, w: World, p: Parameters, gap: float) -> float:
    """Weight of one case: asymmetric, or one of the rivals.

    The symmetric rival has the mean of both weights; the Bayesian one counts cases, so that each
    moves a belief less than the one before.
    """
    if w.bayesian_trust == 1:
        return 1.0 / (1.0 + me.trust_evidence)
    if w.symmetric_trust == 1:
        return p.learning * 0.5 * (1.0 + p.loss_aversion)
    if gap < 0.0:
        return p.learning * p.loss_aversion
    return p.learning


@rule
def drift(me: Member, w: World, p: Parameters) -> None:
    """Between cases trust follows what the patron is seen to be able to do; grievance fades.

    Trust settles at its anchor times the patron's credibility; upwards more slowly than downwards.

    Source:
        C054 for credibility; C099 and C144 for decline while the war lasts; P22 for the slow
        return.
    """
    credibility = w.patron.credibility
    me.trust_bloc = settle_trust(me.trust_bloc, clip(me.anchor_bloc * credibility, 0.0, 1.0), w, p)
    sought = clip(me.anchor_patron * credibility, 0.0, 1.0)
    me.trust_patron = settle_trust(me.trust_patron, sought, w, p)
    me.grievance *= p.grievance_kept


@rule
def settle_trust(now: float, sought: float, w: World, p: Parameters) -> float:
    """One month of drift towards a level."""
    if sought > now and w.symmetric_trust == 0:
        return close_gap(now, sought, p.trust_closed_rising)
    return close_gap(now, sought, p.trust_closed)

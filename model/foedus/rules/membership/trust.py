"""Phase 8: members learn from answers, their own and others'.

Trust in the bloc and trust in the patron are separate beliefs (C037, K10).
"""

from foedus.dictionary.chance import Draws, clip, close_gap
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import BLOC, DT, EXTERNAL, MATERIEL, NO_CHANNEL, NOT_YET, OUT
from foedus.rules.crises.answers import deliver_programme, help_of
from foedus.rules.crises.requests import expectation, expected_of_bloc, expected_of_patron

OBSERVER_FLOOR = 0.08
"""Weight of a case that could not befall the observer, against one that could; a convention."""

PRIOR_EVIDENCE = 5.0
"""Cases that trust at the start is worth to the Bayesian rival; a convention."""


@rule
def learn(me: Member, w: World, p: Parameters) -> None:
    """A requester compares the help it got with the help it expected.

    Losses weigh more than gains. A promise of arms is no help yet (`receive`). The gap moves the
    belief about the channel that was used, and by the share that hub and spoke implies the other
    one too.

    Grievance is another matter: it is left by an attack of a state in which help was asked for and
    fell short, measured not against what was expected but against what the treaty promises, and by
    the square of severity. Who is left alone over a skirmish forgets it, over an invasion does not,
    even if it saw it coming. Help against raiders that took eleven years left none that shows (R3).

    Source:
        C120, C019, O1-O8 and P22 for size and asymmetry; T-kahneman1979 for loss aversion; C037 for
        the share; E091 and E097 for grievance that outlasts the event. Ours: the square.
    """
    if me.answer != MATERIEL:
        gap = help_of(me.answer, p) - me.expected_help
        revise(me, w, p, gap, me.request_channel, 1.0)
    resent(me, w, p, help_of(me.answer, p), 1.0)


@rule
def resent(me: Member, w: World, p: Parameters, got: float, weight: float) -> None:
    """An attack by a state leaves a grievance as far as help falls short of what is owed."""
    kind = w.threats[me.request_threat].kind
    if kind == EXTERNAL:
        shortfall = max(0.0, expectation(1.0, me.request_severity, kind, p) - got)
        gravity = me.request_severity * me.request_severity
        offence = weight * p.grievance_jump * gravity * shortfall * (1.0 - me.grievance)
        me.grievance = clip(me.grievance + offence, 0.0, 1.0)


@rule
def resent_neglect(me: Member, w: World, p: Parameters) -> None:
    """Who was attacked and expected so little that it did not ask resents it, too, but less.

    Source:
        N6: the one that was left alone in September 2023 had not asked again.
    """
    if me.status != OUT and me.request_channel == NO_CHANNEL and me.request_threat != NOT_YET:
        resent(me, w, p, 0.0, p.left_alone)


@rule
def receive(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Help counts when it arrives: a programme that does not come disappoints every year anew.

    Source:
        R3: a programme asked for in 2013, adopted in 2024 and being armed from 2026 (E036, E096).
    """
    arrived = deliver_programme(me, w, p, u)
    if arrived == 1:
        revise(me, w, p, p.help_materiel - me.awaited, me.awaited_channel, 1.0)
    elif arrived == 0:
        revise(me, w, p, -me.awaited, me.awaited_channel, p.disappointment * DT)


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
    if w.no_observers == 1 or requester.answer == MATERIEL:
        return
    k = requester.request_threat
    expected = expected_of_patron(me, w, p, k, requester.request_severity)
    if requester.request_channel == BLOC:
        expected = expected_of_bloc(me, w, p, k, requester.request_severity)
    gap = help_of(requester.answer, p) - expected
    kinship = me.similarity[requester.id] * me.perceived[k]
    weight = p.observer_weight * (OBSERVER_FLOOR + (1.0 - OBSERVER_FLOOR) * kinship)
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

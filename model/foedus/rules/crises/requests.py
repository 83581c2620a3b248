"""Phase 5: a struck member decides whether to ask, and whom.

Requests are made in the light of the answer expected, so that reliability must not be judged by
the requests that were made alone (pattern P27; non-requests N1-N8).
"""

import math

from foedus.dictionary.chance import Draws, choose, happens, sigmoid
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import AppealTerms
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    BLOC,
    DOMESTIC,
    INTRA,
    NO_ANSWER,
    NO_CHANNEL,
    NOT_YET,
    OUT,
    Purpose,
)

REQUESTED = EventKind.REQUEST.value
NOT_REQUESTED = EventKind.NO_REQUEST.value
DRAW_REQUEST = Purpose.REQUEST.value
DRAW_TURN = Purpose.TURN_TO_PATRON.value


@rule
def ask(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Choose no request, a bilateral or a bloc request by a multinomial logit.

    The worse the incident and the more help is expected, the likelier a request; asking about
    unrest at home carries a stigma. Only an active member can turn to the bloc.

    Source:
        P27 and N1-N8 for expected answers; C117 for attacks on a member's territory; E048 and E030
        for domestic matters. McFadden's multinomial logit for the form.
    """
    me.request_channel = NO_CHANNEL
    me.answer = NOT_YET
    me.turned = 0
    me.request_threat = NOT_YET
    forced = me.forced_channel
    me.forced_channel = NOT_YET
    k = gravest_incident(me, w)
    if k == NOT_YET or me.status == OUT:
        me.forced_answer = NOT_YET
        return
    severity = me.incident[k]
    me.request_threat = k
    me.request_severity = severity
    bloc, bilateral = 0.0, 0.0
    if me.status == ACTIVE:
        bloc = math.exp(bloc_appeal(me, w, p, k))
    if w.no_bilateral == 0:
        bilateral = math.exp(bilateral_appeal(me, w, p, k))
    everything = 1.0 + bloc + bilateral
    cuts = (bloc / everything, (bloc + bilateral) / everything)
    choice = choose(u, DRAW_REQUEST, me.luck, w.threats[k].luck, cuts)
    if forced == BLOC and me.status == ACTIVE:
        choice = 0
    elif forced == BILATERAL:
        choice = 1
    if choice == 0:
        expected = expected_of_bloc(me, w, p, k, severity)
        make_request(me, w, k, BLOC, expected, bloc / everything)
    elif choice == 1:
        expected = expected_of_patron(me, w, p, k, severity)
        make_request(me, w, k, BILATERAL, expected, bilateral / everything)
    else:
        me.forced_answer = NOT_YET
        me.unasked += 1
        log(w, NOT_REQUESTED, me.id, -1, k, severity, 1.0 / everything)


@rule
def make_request(
    me: Member, w: World, k: int, channel: int, expected: float, chance: float
) -> None:
    """Record a request."""
    me.request_channel = channel
    me.expected_help = expected
    if channel == BLOC:
        me.requests_bloc += 1
    else:
        me.requests_bilateral += 1
    event = log(w, REQUESTED, me.id, -1, k, me.request_severity, chance)
    event.channel = channel


@rule
def turn_to_patron(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """A member that the council leaves without a mandate may turn to the patron alone.

    The appeal of asking the patron against asking nobody decides; which channel it would rather
    have used no longer matters. Quarrels between members end with the council.

    Source:
        R2 for a member that tried both channels, though the patron first; R4 and E058 for one that
        asked the bloc in May and the patron in November; C046, C047 and K10 for a patron that acts
        on its own.
    """
    k = me.request_threat
    if (
        me.forced_answer != NOT_YET
        or me.mandate == 1
        or w.no_bilateral == 1
        or w.threats[k].kind == INTRA
    ):
        return
    chance = sigmoid(bilateral_appeal(me, w, p, k) - p.bilateral_preference)
    if happens(u, DRAW_TURN, me.luck, w.threats[k].luck, chance):
        me.turned = 1
        me.answers[NO_ANSWER] += 1
        expected = expected_of_patron(me, w, p, k, me.request_severity)
        make_request(me, w, k, BILATERAL, expected, chance)


@rule
def gravest_incident(me: Member, w: World) -> int:
    """The threat behind this month's gravest incident, or -1."""
    worst, gravest = 0.0, NOT_YET
    for k in range(w.n_threats):
        if me.incident[k] > worst:
            worst = me.incident[k]
            gravest = k
    return gravest


@rule
def bloc_appeal(me: Member, w: World, p: Parameters, k: int) -> float:
    """Utility of asking the bloc, against not asking at all."""
    reasons = bloc_reasons(me, w, p, k)
    return reasons.base + reasons.severity + reasons.expectation + reasons.stigma


@rule
def bloc_reasons(me: Member, w: World, p: Parameters, k: int) -> AppealTerms:
    """What speaks for asking the bloc, and against it."""
    hope = trust_foreseen(me, w) * within_mandate(w.threats[k].kind, p)
    return AppealTerms(
        base=p.ask_base,
        channel=0.0,
        severity=p.ask_severity * me.incident[k],
        expectation=p.ask_expectation * hope,
        stigma=-p.stigma if w.threats[k].kind == DOMESTIC else 0.0,
    )


@rule
def bilateral_appeal(me: Member, w: World, p: Parameters, k: int) -> float:
    """Utility of asking the patron alone, against not asking at all."""
    reasons = bilateral_reasons(me, w, p, k)
    appeal = reasons.base + reasons.channel
    appeal += reasons.severity + reasons.expectation
    return appeal + reasons.stigma


@rule
def bilateral_reasons(me: Member, w: World, p: Parameters, k: int) -> AppealTerms:
    """What speaks for asking the patron alone; its own tie to the attacker dims the hope."""
    hope = me.trust_patron * (1.0 - w.threats[k].patron_tie)
    if w.threats[k].kind == INTRA:
        hope *= p.intra_mandate
    return AppealTerms(
        base=p.ask_base,
        channel=p.bilateral_preference,
        severity=p.ask_severity * me.incident[k],
        expectation=p.ask_expectation * hope,
        stigma=-p.stigma if w.threats[k].kind == DOMESTIC else 0.0,
    )


@rule
def within_mandate(kind: int, p: Parameters) -> float:
    """How far a matter is seen as one to be helped in: quarrels between members hardly are."""
    if kind == INTRA:
        return p.intra_mandate
    return 1.0


@rule
def prospect(me: Member, w: World) -> float:
    """How likely a mandate has become, as a multiple of the start: members foresee the council.

    Source:
        C133 and C135: the indifference of the others lowers what an exposed member expects.
    """
    if w.no_anticipation == 1 or me.agreement_start <= 0.0:
        return 1.0
    return min(2.0, me.agreement / me.agreement_start)


@rule
def trust_foreseen(me: Member, w: World) -> float:
    """Trust in the bloc as far as the council can be expected to agree now, from 0 to 1."""
    return min(1.0, me.trust_bloc * prospect(me, w))


@rule
def expected_of_bloc(me: Member, w: World, p: Parameters, k: int, severity: float) -> float:
    """Help that a member expects of the bloc, on the scale of `answers.help_of`."""
    owed = expectation(trust_foreseen(me, w), severity, w.threats[k].kind, p)
    return min(1.0, w.patron.scale_bloc * owed)


@rule
def expected_of_patron(me: Member, w: World, p: Parameters, k: int, severity: float) -> float:
    """Help that a member expects of the patron alone, on the scale of `answers.help_of`."""
    owed = expectation(me.trust_patron, severity, w.threats[k].kind, p)
    return min(1.0, w.patron.scale_patron * owed)


@rule
def expectation(trust: float, severity: float, kind: int, p: Parameters) -> float:
    """Help expected: trust times the need, which grows with severity, within the mandate.

    With full trust it is what the treaty promises.
    """
    return trust * (p.need_base + (1.0 - p.need_base) * severity) * within_mandate(kind, p)

"""Phase 6: the council decides whether the bloc may use force for a member that asks."""

from foedus.dictionary.chance import Draws, draw, logit, sigmoid
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import CouncilTerms, FavourTerms, total
from foedus.dictionary.vocabulary import (
    ABSTAIN,
    ACTIVE,
    ASSENT,
    BLOC,
    DOMESTIC,
    EXTERNAL,
    INTRA,
    MAJORITY,
    NOT_YET,
    PATRON_DECIDES,
    VETO,
    Purpose,
)
from foedus.rules.patron import dependence_of

VOTED = EventKind.COUNCIL_VOTE.value
MANDATED = EventKind.MANDATE.value
DRAW_COUNCIL = Purpose.COUNCIL.value


@rule
def favour(requester: Member, w: World, p: Parameters) -> None:
    """How much the patron favours a request, from 0 to 1.

    Stake in the threat and in the member speak for it, and its bases there where it is asked alone:
    the bloc has none. Ties to the attacker speak against.
    The stake counts in full: what the patron had come to terms with has just struck an ally.

    Source:
        C048 for bases; C053, C059 and C069 for stakes; K15 and E043 for ties to the attacker. The
        patron is an agent with interests, not a slider.
    """
    w.patron.favour = sigmoid(total(favour_reasons(requester, w, p)))


@rule
def favour_reasons(requester: Member, w: World, p: Parameters) -> FavourTerms:
    """The patron's reasons for help (positive) and against it, in log-odds."""
    k = requester.request_threat
    alone = 0.0 if requester.request_channel == BLOC else 1.0
    return FavourTerms(
        base=p.favour_base,
        stake=p.favour_stake * w.threats[k].stake,
        value=p.favour_value * requester.patron_value,
        basing=p.favour_basing * requester.basing * w.patron.presence * alone,
        attacker_tie=-p.favour_attacker_tie * w.threats[k].patron_tie,
    )


@rule
def vote(me: Member, requester: Member, w: World, p: Parameters, u: Draws) -> None:
    """A member assents, abstains or vetoes, by an ordered logit on its reasons.

    Source:
        Snyder 1984 (T-snyder1984) for abandonment and entrapment as the two fears; C018 for the
        veto; C021 and K14 for non-interference, which weighs less where the patron wants in; E039
        and AZT15 for ties to the attacker as the reason of the unwilling.
    """
    k = requester.request_threat
    case = council_case(me, requester, w, p, k)
    veto, assent = veto_chance(case, p), assent_chance(case, p)
    uniform = draw(u, DRAW_COUNCIL, me.luck, requester.luck)
    me.council_vote = ordered_vote(uniform, veto, assent)
    chance = vote_chance(me.council_vote, veto, assent)
    event = log(w, VOTED, me.id, requester.id, k, case, chance)
    event.vote = me.council_vote


@rule
def council_case(me: Member, requester: Member, w: World, p: Parameters, k: int) -> float:
    """Sum of a member's reasons for force (positive) and against it, in log-odds."""
    return total(council_reasons(me, requester, w, p, k))


@rule
def council_reasons(me: Member, requester: Member, w: World, p: Parameters, k: int) -> CouncilTerms:
    """A member's reasons for force (positive) and against it, in log-odds."""
    kind = w.threats[k].kind
    dependence = dependence_of(me)
    felt = me.domestic_threat if kind == DOMESTIC else me.perceived[k]
    interference = p.non_interference * (1.0 - w.patron.favour)
    return CouncilTerms(
        shared_threat=p.council_shared_threat * felt,
        dependence=p.council_dependence * dependence * (2.0 * w.patron.favour - 1.0),
        lateral_tie=p.council_lateral_tie * (me.tie[requester.id] - 0.5),
        attacker_tie=-p.council_attacker_tie * me.attacker_tie[k],
        non_interference=-interference if kind == DOMESTIC else 0.0,
        entrapment=-p.council_entrapment * requester.request_severity if kind == EXTERNAL else 0.0,
        discord=-p.council_discord * discord(w),
    )


@rule
def discord(w: World) -> float:
    """Memory of the worst recent clash between members: a quarrel that all others must live with.

    Source:
        C020 and C128: the bloc cannot settle quarrels between members, and is paralysed by them.
    """
    worst = 0.0
    for k in range(w.n_threats):
        if w.threats[k].kind == INTRA and w.threats[k].first != NOT_YET:
            worst = max(worst, w.members[w.threats[k].first].recent[k])
    return worst


@rule
def veto_chance(case: float, p: Parameters) -> float:
    """Probability of a veto, given the sum of a voter's reasons."""
    return sigmoid(-p.veto_cut - case)


@rule
def assent_chance(case: float, p: Parameters) -> float:
    """Probability of assent, given the sum of a voter's reasons."""
    return sigmoid(case - p.assent_cut)


@rule
def ordered_vote(uniform: float, veto: float, assent: float) -> int:
    """Veto at the low end of luck, assent at the high end, abstention between them."""
    if uniform < veto:
        return VETO
    if uniform > 1.0 - assent:
        return ASSENT
    return ABSTAIN


@rule
def vote_chance(vote_cast: int, veto: float, assent: float) -> float:
    """Probability of the vote that was cast."""
    if vote_cast == VETO:
        return veto
    if vote_cast == ASSENT:
        return assent
    return 1.0 - veto - assent


@rule
def decide(requester: Member, w: World, p: Parameters, u: Draws) -> None:
    """Count the votes, the patron's included, under the charter's rule.

    Quarrels between members lie outside the mandate whatever the votes (C020, C128, P09).
    """
    k = requester.request_threat
    case = logit(w.patron.favour)
    uniform = draw(u, DRAW_COUNCIL, w.patron.luck, requester.luck)
    veto, assent = veto_chance(case, p), assent_chance(case, p)
    w.patron.council_vote = ordered_vote(uniform, veto, assent)
    chance = vote_chance(w.patron.council_vote, veto, assent)
    event = log(w, VOTED, w.n_members, requester.id, k, case, chance)
    event.vote = w.patron.council_vote
    vetoes, assents, voters = 0, 0, 1
    if w.patron.council_vote == VETO:
        vetoes += 1
    elif w.patron.council_vote == ASSENT:
        assents += 1
    for j in range(w.n_members):
        other = w.members[j]
        if other.id != requester.id and other.status == ACTIVE:
            voters += 1
            if other.council_vote == VETO:
                vetoes += 1
            elif other.council_vote == ASSENT:
                assents += 1
    requester.mandate = mandate(w, vetoes, assents, voters)
    if w.threats[k].kind == INTRA:
        requester.mandate = 0
    event = log(w, MANDATED, requester.id, -1, k, vetoes * 1.0, 1.0)
    event.mandate = requester.mandate


@rule
def mandate(w: World, vetoes: int, assents: int, voters: int) -> int:
    """1 if the charter's rule is met.

    Consensus means that nobody vetoes and that at least half assent: a bloc of which most merely
    look on has agreed on nothing. A majority is more than half; the patron's rule is its assent.
    """
    if w.no_veto == 1:
        return 1
    if w.decision_rule == MAJORITY:
        return 1 if 2 * assents > voters else 0
    if w.decision_rule == PATRON_DECIDES:
        return 1 if w.patron.council_vote == ASSENT else 0
    return 1 if vetoes == 0 and 2 * assents >= voters else 0


@rule
def mandate_chance(requester: Member, w: World, p: Parameters, k: int) -> float:
    """Probability of a mandate for a request, from the votes' probabilities alone.

    The number of assents without a veto is built up voter by voter; of rules without a veto only
    assents count.
    """
    if w.threats[k].kind == INTRA:
        return 0.0
    if w.no_veto == 1:
        return 1.0
    case = logit(w.patron.favour)
    assent = assent_chance(case, p)
    if w.decision_rule == PATRON_DECIDES:
        return assent
    counts_vetoes = w.decision_rule != MAJORITY
    other = 1.0 - assent
    if counts_vetoes:
        other -= veto_chance(case, p)
    none, voters = other, 1
    w.tally[0] = assent
    for j in range(w.n_members):
        voter = w.members[j]
        if j == requester.id or voter.status != ACTIVE:
            continue
        case = council_case(voter, requester, w, p, k)
        assent = assent_chance(case, p)
        other = 1.0 - assent
        if counts_vetoes:
            other -= veto_chance(case, p)
        w.tally[voters] = w.tally[voters - 1] * assent
        for n in range(voters - 1, 0, -1):
            w.tally[n] = w.tally[n] * other + w.tally[n - 1] * assent
        w.tally[0] = w.tally[0] * other + none * assent
        none *= other
        voters += 1
    chance = 0.0
    for n in range(voters):
        # `tally[n]` is the chance of n + 1 assents.
        if mandate(w, 0, n + 1, voters) == 1:
            chance += w.tally[n]
    return chance


@rule
def willing(me: Member) -> float:
    """Probability that a member that assented takes part itself.

    A member may stay away without blocking ("limited format", G11). Who counts on the alliance for
    its own security has most reason to keep it alive.

    Args:
        me: The member.
    """
    return me.reliance

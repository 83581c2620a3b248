"""Phase 12: UN votes on the patron's wars."""

from foedus.dictionary.agenda import RollCall
from foedus.dictionary.chance import Draws, choose, clip, sigmoid
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import RollCallTerms, total
from foedus.dictionary.vocabulary import AGAINST, ALONG, EXPULSION, OUT, Purpose
from foedus.rules.patron import dependence_of

CAST = EventKind.ROLL_CALL.value
DRAW_ROLL_CALL = Purpose.ROLL_CALL.value

LOYALTY_MEMORY = 0.2
"""Weight of the last vote in loyalty; a convention."""

LEAST_WAR = 0.05
"""Intensity of war below which no text is put to the vote."""


@rule
def cast_vote(me: Member, roll_call: RollCall, w: World, p: Parameters, u: Draws) -> None:
    """Vote on a text that comes up while the patron is at war; states outside do not.

    Most texts come up every year, some in the first year of a war alone.
    """
    if roll_call.month != w.month_of_year or w.patron.war < LEAST_WAR or me.status == OUT:
        return
    if roll_call.once == 1 and w.patron.war_years > 1.0:
        return
    vote_on(me, roll_call.kind, roll_call.luck, w, p, u)


@rule
def vote_on(me: Member, kind: int, text: int, w: World, p: Parameters, u: Draws) -> None:
    """Vote against, abstain or vote with the patron, by an ordered logit.

    Args:
        me: The member.
        kind: Kind of the text.
        text: Address of the text.
        w: The world.
        p: The parameters.
        u: The month's draws.

    Dependence and affinity speak for the patron, fear against it. Help received does not enter: it
    bought no votes (P24; E059 against E064, E068). There is no text that would have members
    recognise annexed land, for none has done so (C109, P16).

    Source:
        C107, C108 and V08-V17 for abstention as the rule and one exception; V10 for the shield
        against expulsion from institutions (K6).
    """
    case = roll_call_case(me, kind, w, p)
    against = sigmoid(-p.vote_against_cut - case)
    along = sigmoid(case - p.vote_with_cut)
    ballot = choose(u, DRAW_ROLL_CALL, me.luck, text, (against, 1.0 - along))
    score, chance = 0.5, 1.0 - against - along
    if ballot == AGAINST:
        score, chance = 0.0, against
    elif ballot == ALONG:
        score, chance = 1.0, along
    me.loyalty += LOYALTY_MEMORY * (score - me.loyalty)
    event = log(w, CAST, me.id, -1, -1, case, chance)
    event.text = kind
    event.ballot = ballot


@rule
def roll_call_case(me: Member, kind: int, w: World, p: Parameters) -> float:
    """Reasons to vote with the patron (positive) or against it, in log-odds; 0 is indifference."""
    return total(roll_call_reasons(me, kind, w, p))


@rule
def roll_call_reasons(me: Member, kind: int, w: World, p: Parameters) -> RollCallTerms:
    """Reasons to vote with the patron (positive) or against it, one by one."""
    dependence = dependence_of(me)
    text = 0.0
    if kind == EXPULSION:
        text = p.expulsion_shield
    return RollCallTerms(
        dependence=p.vote_dependence * dependence,
        affinity=p.vote_affinity * (ideal_point(me, w, p) - 0.5),
        fear=-p.vote_fear * me.fear,
        text=text,
    )


@rule
def ideal_point(me: Member, w: World, p: Parameters) -> float:
    """A member's position between the world (0) and the patron (1), as the patron's own stands now.

    It follows reliance: who no longer counts on the patron votes with it less and less. Where the
    patron moves away from what it stood for, all others move away from it by as much.

    Source:
        Bailey, Strezhnev and Voeten 2017 (T-bailey2017) for positions instead of distances, which
        confound the moves of both; V14 and V16 for the member whose votes changed after it was
        left alone.
    """
    own = me.affinity + p.ideal_pull * (me.reliance - me.reliance_start)
    return clip(own - w.drivers[w.position_driver].value, 0.0, 1.0)

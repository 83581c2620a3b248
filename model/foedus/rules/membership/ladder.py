"""Phase 10, second half: acts of membership on their dates, and the ladder down and up.

Each act has a difficulty; as engagement falls, acts are dropped in the order of their difficulty:
speaking well of the bloc first, membership last (P10; E069-E090). Nobody is put out: there is no
rule by which the patron or the bloc expels a member (P14, E100).
"""

import math

from foedus.dictionary.agenda import CalendarEntry
from foedus.dictionary.chance import Draws, chance_within, clip, happens, logit, sigmoid
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import ReadinessTerms, RenewalTerms, StepTerms, total
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BY_LAPSE,
    BY_NOTICE,
    DT,
    FROZEN,
    HOST_DRILL,
    INTRA,
    NOT_YET,
    OUT,
    SEND_TROOPS,
    Purpose,
)
from foedus.rules.crises.threats import exposure_now
from foedus.rules.patron import dependence_of

ACTED = EventKind.ACT.value
CANCELLED = EventKind.DRILL_CANCELLED.value
FROZE = EventKind.FREEZE.value
UNFROZE = EventKind.UNFREEZE.value
NOTIFIED = EventKind.NOTICE.value
WITHDREW_NOTICE = EventKind.NOTICE_WITHDRAWN.value
LEFT = EventKind.EXIT.value
RETURNED = EventKind.RETURN.value
DRAW_ACT = Purpose.ACT.value
DRAW_CANCEL = Purpose.DRILL_CANCELLED.value
DRAW_FREEZE = Purpose.FREEZE.value
DRAW_UNFREEZE = Purpose.UNFREEZE.value
DRAW_NOTICE = Purpose.NOTICE.value
DRAW_WITHDRAW = Purpose.NOTICE_WITHDRAWAL.value
DRAW_RENEWAL = Purpose.RENEWAL.value
DRAW_RETURN = Purpose.RETURN.value


LEAST_RELIANCE = 0.01
"""Reliance below which nothing hangs on it any more, and as far from 1 above."""

MOST_LOG_HAZARD = 4.6
"""Log of the greatest hazard of a step, about 100 a year."""

FREEZE_STEEPNESS = 1.5
"""How freezing follows the odds of not relying, against 1 for leaving: who can take a step back
takes it sooner as it has less to lose. Chosen with results of a trial of the design in view."""

PRECEDENT_KEPT = math.exp(-DT)
"""Share of a precedent's weight that is left a month later: most of it is gone after two years."""

PRICE = 2.0
"""How pressure on one that depends on the patron's economy lowers the log of the hazard of stepping
down; a convention."""

RENEWAL_STEEPNESS = 13.0
"""How sharply a renewal turns on reliance, in log-odds per level; a convention."""

PARTICIPATION_MEMORY = 0.6
"""Weight of the last time an act fell due in its share of participation; a convention."""

RETURN_MONTHS = 12
"""Months outside before a state may join again; a convention."""

DRILL_REFERENCE = 0.22
"""Exposure at which a drill neither pulls nor repels; a convention."""


@rule
def call_due(entry: CalendarEntry, w: World) -> int:
    """1 if an entry of the calendar falls due this month."""
    return 1 if entry.month == w.month_of_year else 0


@rule
def hold(entry: CalendarEntry, w: World, p: Parameters, u: Draws) -> None:
    """Settle whether a drill is held: its host may be out, refuse, or have just been in a clash.

    Source:
        P20: a deadly clash led to a cancelled drill within a month (E072, E076).
    """
    entry.held = 1
    if entry.host == NOT_YET:
        return
    host = w.members[entry.host]
    if host.status != ACTIVE:
        entry.held = 0
    elif entry.act == HOST_DRILL:
        chance = 1.0 - math.exp(-p.drill_cancelling * recent_clash(host, w))
        if happens(u, DRAW_CANCEL, host.luck, entry.luck, chance):
            entry.held = 0
            event = log(w, CANCELLED, host.id, -1, entry.focus, 0.0, chance)
            event.act = entry.act
    elif entry.hosting != NOT_YET and w.calendar[entry.hosting].held == 0:
        entry.held = 0


@rule
def recent_clash(me: Member, w: World) -> float:
    """Memory of the worst recent clash with another member."""
    worst = 0.0
    for k in range(w.n_threats):
        if w.threats[k].kind == INTRA:
            worst = max(worst, me.recent[k])
    return worst


@rule
def act(me: Member, entry: CalendarEntry, w: World, p: Parameters, u: Draws) -> None:
    """Comply with an act or not, by an item-response rule on engagement.

    For a drill about a threat the member's own exposure counts too: southern drills draw the
    exposed, and more so as the threat grows (P19, C007, C023). Frozen members comply with nothing.

    Source:
        T-birnbaum1968 for the two-parameter item-response model; P10 and the dated steps of one
        member's way down (E074, E082, E084, E087, E089, E090) for the order of difficulties.
    """
    if entry.held == 0 or me.status == OUT or concerns(entry, me) == 0:
        return
    me.complied = 0
    chance = 1.0
    if me.status == ACTIVE:
        comply = readiness_to_comply(me, entry, w, p, me.engagement)
        chance = 1.0 - comply
        if happens(u, DRAW_ACT, me.luck, entry.luck, comply):
            me.complied = 1
            chance = comply
    remember(me, entry.id)
    if me.complied == 0:
        if me.first_lapse[entry.act] == NOT_YET:
            me.first_lapse[entry.act] = w.month
        if entry.act == HOST_DRILL:
            entry.held = 0
    event = log(w, ACTED, me.id, -1, entry.focus, me.engagement, chance)
    event.act = entry.act
    event.complied = me.complied


@rule
def concerns(entry: CalendarEntry, me: Member) -> int:
    """1 if an entry can fall to a member: a host is asked to host, all others to send troops."""
    if entry.month == 0 or (entry.act == HOST_DRILL and entry.host != me.id):
        return 0
    if entry.act == SEND_TROOPS and entry.host == me.id:
        return 0
    return 1


@rule
def remember(me: Member, c: int) -> None:
    """Participation is the mean over a year's duties, so that the season leaves no trace in it."""
    change = PARTICIPATION_MEMORY * (me.complied - me.compliance[c])
    me.compliance[c] += change
    me.participation = clip(me.participation + change / max(1, me.duties), 0.0, 1.0)


@rule
def readiness_to_comply(
    me: Member, entry: CalendarEntry, w: World, p: Parameters, engagement: float
) -> float:
    """Probability of complying with an act at some engagement."""
    return sigmoid(w.discrimination[entry.act] * total(readiness(me, entry, w, p, engagement)))


@rule
def readiness(
    me: Member, entry: CalendarEntry, w: World, p: Parameters, engagement: float
) -> ReadinessTerms:
    """What makes a member comply with an act at some engagement, or not."""
    relevance = 0.0
    if entry.act == SEND_TROOPS and entry.focus != NOT_YET:
        exposure = exposure_now(me, p, entry.focus)
        relevance = p.drill_relevance * (exposure - DRILL_REFERENCE)
    return ReadinessTerms(engagement, relevance, -w.difficulty[entry.act])


@rule
def bond(me: Member, entry: CalendarEntry, w: World, p: Parameters) -> None:
    """A drill done together strengthens ties a little (C060)."""
    if entry.act != SEND_TROOPS or entry.held == 0 or took_part(me, entry) == 0:
        return
    for j in range(w.n_members):
        if j != me.id and took_part(w.members[j], entry) == 1:
            me.tie[j] += p.exercise_bond * (1.0 - me.tie[j])


@rule
def took_part(me: Member, entry: CalendarEntry) -> int:
    """1 if a member sent troops to a drill or hosted it."""
    if me.status != ACTIVE:
        return 0
    if entry.host == me.id:
        return 1
    return me.complied


@rule
def reconsider(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Freeze, thaw, announce an exit, withdraw the announcement, leave, come back.

    Freezing is the easier step; a formal exit needs notice, and is rare but where membership has to
    be renewed.

    Source:
        E089 and E090 for the freeze; C096, C122, C123 and P11 for exit; E008 and P12 for renewal
        dates; E018, C089 and P13 for return; G9 and G13 for the legal form and the term of notice.
    """
    me.precedent *= PRECEDENT_KEPT
    if me.status == OUT:
        come_back(me, w, p, u)
        return
    if me.status == FROZEN:
        me.months_frozen += 1
        thaw(me, w, p, u)
    else:
        freeze(me, w, p, u)
    renew(me, w, p, u)
    if me.status != OUT:
        serve_notice(me, w, p, u)


@rule
def tie_at_stake(me: Member, w: World) -> float:
    """The log-odds that membership hangs on: of relying on it, or of engagement in one rival."""
    tie = me.engagement if w.one_tie == 1 else me.reliance
    return logit(clip(tie, LEAST_RELIANCE, 1.0 - LEAST_RELIANCE))


@rule
def step_down(me: Member, w: World, p: Parameters, rate: float, steepness: float) -> StepTerms:
    """What makes a member step down: little to lose, and others like it that have gone before.

    Args:
        me: The member.
        w: The world.
        p: The parameters.
        rate: Hazard at even odds of relying, per year.
        steepness: How the log of the hazard follows the log-odds of not relying.

    Source:
        `exit_rate` for the level; C121, von Borzyskowski and Vabulas 2019 (T-borzyskowski2019) and
        A14 for precedent.
    """
    return StepTerms(
        rate=math.log(rate),
        reliance=-steepness * tie_at_stake(me, w),
        precedent=p.precedent * me.precedent if w.no_precedent == 0 else 0.0,
        price=-PRICE * me.pressure * me.economic_dependence,
    )


@rule
def step_back(me: Member, w: World, p: Parameters) -> StepTerms:
    """What makes a member thaw, withdraw its notice or join again (C089, C138, C139, P13)."""
    return StepTerms(
        rate=math.log(p.return_rate), reliance=tie_at_stake(me, w), precedent=0.0, price=0.0
    )


@rule
def hazard_of(terms: StepTerms) -> float:
    """Hazard per year whose log is the sum of some terms; at most 100."""
    return math.exp(min(MOST_LOG_HAZARD, total(terms)))


@rule
def become_precedent(me: Member, w: World) -> None:
    """All others see the first step down of a member, and those most that depend as it does.

    Grievance does not make a case alike: who leaves has one, its neighbours do not.
    """
    if me.departed == 1:
        return
    me.departed = 1
    for j in range(w.n_members):
        other = w.members[j]
        if j != me.id and other.status != OUT:
            other.precedent += 1.0 - abs(dependence_of(other) - dependence_of(me))


@rule
def freeze(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """An active member may freeze its membership."""
    chance = chance_within(hazard_of(freeze_reasons(me, w, p)), DT)
    if happens(u, DRAW_FREEZE, me.luck, 0, chance):
        log(w, FROZE, me.id, -1, -1, me.reliance, chance)
        begin_freeze(me, w)


@rule
def begin_freeze(me: Member, w: World) -> None:
    """Membership is frozen from now on, and all others see it."""
    me.status = FROZEN
    me.months_frozen = 0
    if me.first_freeze == NOT_YET:
        me.first_freeze = w.month
    become_precedent(me, w)


@rule
def freeze_reasons(me: Member, w: World, p: Parameters) -> StepTerms:
    """What makes an active member freeze its membership."""
    return step_down(me, w, p, p.freeze_rate, FREEZE_STEEPNESS)


@rule
def thaw(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """A frozen member may take up its membership again, once it relies on the alliance again."""
    chance = chance_within(hazard_of(step_back(me, w, p)), DT)
    if happens(u, DRAW_UNFREEZE, me.luck, 0, chance):
        me.status = ACTIVE
        log(w, UNFROZE, me.id, -1, -1, me.reliance, chance)


@rule
def exit_reasons(me: Member, w: World, p: Parameters) -> StepTerms:
    """What makes a member announce a formal exit.

    The one dated exit between renewals was that of a member that had never relied on the bloc
    (E032, E035, C088); a long freeze, which goes with little reliance, makes it likelier (C123).
    """
    return step_down(me, w, p, p.exit_rate, 1.0)


@rule
def serve_notice(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Announce an exit, think better of it, or let the notice run out."""
    if me.notice == NOT_YET:
        chance = chance_within(hazard_of(exit_reasons(me, w, p)), DT)
        if happens(u, DRAW_NOTICE, me.luck, 0, chance):
            log(w, NOTIFIED, me.id, -1, -1, me.reliance, chance)
            begin_notice(me, w)
        return
    chance = chance_within(hazard_of(step_back(me, w, p)), DT)
    if happens(u, DRAW_WITHDRAW, me.luck, 0, chance):
        me.notice = NOT_YET
        log(w, WITHDREW_NOTICE, me.id, -1, -1, me.reliance, chance)
        return
    me.notice -= 1
    if me.notice <= 0:
        leave(me, w, BY_NOTICE, 1.0)


@rule
def begin_notice(me: Member, w: World) -> None:
    """The term of notice begins."""
    me.notice = w.notice_months
    if me.first_notice == NOT_YET:
        me.first_notice = w.month


@rule
def leave(me: Member, w: World, ending: int, chance: float) -> None:
    """Membership ends: a notice has run out, or a renewal was let pass."""
    me.status = OUT
    me.notice = NOT_YET
    me.months_frozen = 0
    me.months_out = 0
    if me.first_exit == NOT_YET:
        me.first_exit = w.month
    event = log(w, LEFT, me.id, -1, -1, me.reliance, chance)
    event.ending = ending
    become_precedent(me, w)


@rule
def renew(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Where the treaty must be renewed, doing nothing is enough to be out (E007, E008, P12)."""
    for r in range(w.n_renewals):
        if w.renewals[r] == w.month and me.status != OUT:
            lapse = sigmoid(RENEWAL_STEEPNESS * total(renewal_reasons(me, p)))
            if happens(u, DRAW_RENEWAL, me.luck, 0, lapse):
                me.lapsed = 1
                leave(me, w, BY_LAPSE, lapse)


@rule
def renewal_reasons(me: Member, p: Parameters) -> RenewalTerms:
    """What makes a member let a renewal pass, on the scale of reliance."""
    return RenewalTerms(p.renewal_difficulty, -me.reliance)


@rule
def come_back(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """A state outside may join again, a year at least after it left, once it would rely on it."""
    me.months_out += 1
    if me.months_out < RETURN_MONTHS:
        return
    chance = chance_within(hazard_of(step_back(me, w, p)), DT)
    if happens(u, DRAW_RETURN, me.luck, 0, chance):
        log(w, RETURNED, me.id, -1, -1, me.reliance, chance)
        rejoin(me, w)


@rule
def rejoin(me: Member, w: World) -> None:
    """A state outside is a member again."""
    me.status = ACTIVE
    if me.first_return == NOT_YET:
        me.first_return = w.month

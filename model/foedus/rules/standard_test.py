"""The standard test: what would the alliance do if a member were struck?

For each member a crisis of each kind of threat that can strike it, at a fixed severity. The rules'
own probabilities answer; nothing is drawn, and nothing is left behind.
"""

import math
from typing import Final

from foedus.dictionary.chance import clip
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    BLOC,
    EXTERNAL,
    INTRA,
    NO_CHANNEL,
    NOT_YET,
    OUT,
)
from foedus.rules.crises.answers import expected_help_given
from foedus.rules.crises.council import (
    assent_chance,
    council_case,
    favour,
    mandate_chance,
    willing,
)
from foedus.rules.crises.requests import bilateral_appeal, bloc_appeal, expectation

LEAST_SCALE: Final = 0.25
MOST_SCALE: Final = 4.0
"""Limits of what full trust may stand for: beyond them belief and answers have lost touch."""


@rule
def tested(me: Member, w: World) -> int:
    """1 if any threat of the test can strike a member."""
    for k in range(w.n_threats):
        if me.test_share[k] > 0.0:
            return 1
    return 0


@rule
def begin_test(me: Member, w: World) -> None:
    """Shares of threats in a member's part of the test.

    Of each kind in the test it meets the threat that it feels most, if any can strike it; the kinds
    count by their weights.
    """
    everything = 0.0
    for k in range(w.n_threats):
        me.test_share[k] = 0.0
        kind = w.threats[k].kind
        if w.test_weight[kind] > 0.0 and is_most_felt(me, w, k) == 1:
            me.test_share[k] = w.test_weight[kind]
            everything += w.test_weight[kind]
    for k in range(w.n_threats):
        if everything > 0.0:
            me.test_share[k] /= everything


@rule
def is_most_felt(me: Member, w: World, k: int) -> int:
    """1 if no threat of the same kind has a higher level for a member, and it has one at all."""
    if me.level[k] <= 0.0 or w.threats[k].kind == INTRA:
        return 0
    for other in range(w.n_threats):
        if w.threats[other].kind == w.threats[k].kind and other != k:
            if me.level[other] > me.level[k]:
                return 0
            if me.level[other] == me.level[k] and other < k:
                return 0
    return 1


@rule
def take_test(me: Member, w: World, p: Parameters) -> None:
    """Work out agreement, means, acting and their product, and the cover against a state's attack.

    It borrows the fields of a request and the patron's favour, and gives them back.

    Source:
        Weitsman 2004 (T-weitsman2004) for the three factors, all of which are needed; Gray 2018
        (T-gray2018) for what stays when none is left. By heads, not by capability: nearly all of
        that is the patron's, and would hardly move (C041, C054).
    """
    channel, threat, mandate = me.request_channel, me.request_threat, me.mandate
    severity, favoured = me.request_severity, w.patron.favour
    me.agreement, me.means, me.acting, me.collective_answer, me.cover = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(w.n_threats):
        share = me.test_share[k]
        if share > 0.0 and me.status != OUT:
            me.request_threat = k
            me.request_severity = w.test_severity[w.threats[k].kind]
            me.mandate = 1
            me.request_channel = BLOC
            favour(me, w, p)
            agreed, helped, acted = 0.0, 0.0, 0.0
            if me.status == ACTIVE:
                agreed = mandate_chance(me, w, p, k)
                helped = expected_help_given(me, w, p)
                acted = share_acting(me, w, p, k)
            me.agreement += share * agreed
            me.means += share * helped
            me.acting += share * acted
            me.collective_answer += share * agreed * helped * acted
            if w.threats[k].kind == EXTERNAL:
                me.request_channel = BILATERAL
                favour(me, w, p)
                # The bloc never gives more: it has no bases, and may refuse.
                me.cover = expected_help_given(me, w, p)
    me.request_channel, me.request_threat, me.mandate = channel, threat, mandate
    me.request_severity, w.patron.favour = severity, favoured


@rule
def share_acting(me: Member, w: World, p: Parameters, k: int) -> float:
    """Share of the other members of the roster that would assent and take part themselves."""
    acting, others = 0.0, 0.0
    for j in range(w.n_members):
        other = w.members[j]
        if j != me.id and (other.on_roster == 1 or other.status == ACTIVE):
            others += 1.0
            if other.status == ACTIVE:
                case = council_case(other, me, w, p, k)
                acting += assent_chance(case, p) * willing(other)
    return acting / others if others > 0.0 else 0.0


@rule
def begin_scales(w: World, p: Parameters) -> None:
    """Help that full trust stands for: on average members expect what the answers would give.

    Trust keeps its order between members and channels; the two scales are solved, not tuned. Each
    threat counts by how often it strikes. A programme counts for what it will have been worth once
    it comes, less the disappointment of the years until then.
    """
    w.patron.scale_bloc, w.patron.scale_patron = 1.0, 1.0
    bloc, patron = scale_of(w, p, BLOC), scale_of(w, p, BILATERAL)
    w.patron.scale_bloc, w.patron.scale_patron = bloc, patron


@rule
def scale_of(w: World, p: Parameters, channel: int) -> float:
    """Help given over help that trust as such would expect, by one channel; 1 if nothing strikes.

    Args:
        w: The world.
        p: The parameters.
        channel: ``BLOC`` or ``BILATERAL``.
    """
    given, expected = 0.0, 0.0
    for i in range(w.n_members):
        me = w.members[i]
        if me.status == OUT or (channel == BLOC and me.status != ACTIVE):
            continue
        for k in range(w.n_threats):
            kind = w.threats[k].kind
            if me.rate[k] <= 0.0 or kind == INTRA:
                continue
            me.request_channel, me.request_threat = channel, k
            me.request_severity = w.threats[k].severity_mean
            me.mandate = 1
            favour(me, w, p)
            weight = me.rate[k] * asking(me, w, p, k)
            helped = expected_help_given(me, w, p)
            trust = me.trust_patron
            if channel == BLOC:
                trust = me.trust_bloc
                agreed = mandate_chance(me, w, p, k)
                me.mandate = 0
                helped = agreed * helped + (1.0 - agreed) * expected_help_given(me, w, p)
            given += weight * helped
            expected += weight * expectation(trust, me.request_severity, kind, p)
            me.request_channel, me.request_threat, me.mandate = NO_CHANNEL, NOT_YET, 0
            me.request_severity = 0.0
    return clip(given / expected, LEAST_SCALE, MOST_SCALE) if expected > 0.0 else 1.0


@rule
def asking(me: Member, w: World, p: Parameters, k: int) -> float:
    """Probability of asking at all, once struck by a threat's mean severity."""
    before = me.incident[k]
    me.incident[k] = me.request_severity
    appeal = math.exp(bilateral_appeal(me, w, p, k))
    if me.status == ACTIVE:
        appeal += math.exp(bloc_appeal(me, w, p, k))
    me.incident[k] = before
    return appeal / (1.0 + appeal)

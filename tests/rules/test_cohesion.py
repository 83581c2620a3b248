"""Ties, UN votes, and the measures of cohesion: bounds, directions, known answers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary import agenda
from foedus.dictionary.chance import sigmoid
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ALIVE,
    CONDEMNATION,
    DEAD,
    EXPULSION,
    FROZEN,
    INTRA,
    MILITANTS,
    OUT,
    SHOCK_TIE,
    ZOMBIE,
    EventKind,
    Purpose,
)
from foedus.rules import cohesion, drivers
from foedus.rules.membership import diplomacy, ladder, ties
from worlds import NEVER_MIND, SURE, Luck, blank, events_of, parameters, small_world

levels = st.floats(0.0, 1.0)
statuses = st.sampled_from([OUT, FROZEN, ACTIVE])


# --- Lateral ties ---------------------------------------------------------------------------------


def quarrel(severity: float) -> tuple[Any, Any]:
    w, p = small_world(kinds=(INTRA,)), parameters()
    for me in w.members:
        me.tie, me.tie_base = [0.6] * 3, [0.6] * 3
    for me in w.members[:2]:
        me.incident[0] = severity
    return w, p


def mended(w: Any, p: Any, months: int = 1) -> list[list[float]]:
    for _ in range(months):
        for me in w.members:
            ties.mend(me, w, p)
            me.incident[0] = 0.0
    return [me.tie for me in w.members]


@given(st.floats(0.1, 1.0))
def test_a_clash_cuts_the_tie_of_the_two_that_clashed_and_no_other(severity: float) -> None:
    w, p = quarrel(severity)
    first, second, third = mended(w, p)
    cut = pytest.approx(0.6 * (1.0 - p.tie_cut * severity))
    assert first[1] == second[0] == cut
    assert first[2] == second[2] == third[0] == third[1] == pytest.approx(0.6)


def test_ties_heal_within_a_year_or_two_towards_where_they_were() -> None:
    w, p = quarrel(0.8)
    cut = mended(w, p)[0][1]
    later = mended(w, p, 24)[0][1]
    assert (later - cut) / (0.6 - cut) == pytest.approx(1.0 - math.exp(-2.0 * p.tie_healing))
    assert 0.5 * (0.6 - cut) < later - cut < 0.6 - cut


def test_a_settlement_moves_a_tie_and_the_level_to_which_it_heals() -> None:
    w, p = quarrel(0.0)
    settlement = blank(agenda.Shock)
    vars(settlement).update(month=1, target=SHOCK_TIE, member=0, other=1, size=0.3)
    drivers.strike(settlement, w)
    mended(w, p, 24)
    assert w.members[0].tie[1] == w.members[1].tie[0] == pytest.approx(0.9)
    assert w.members[0].tie[2] == pytest.approx(0.6)


# --- UN votes -------------------------------------------------------------------------------------


def voter(kind: int = CONDEMNATION, **fields: float) -> tuple[Any, Any, Any, Any]:
    w, p = small_world(), parameters()
    w.patron.war = 1.0
    me = w.members[0]
    vars(me).update(economic_dependence=0.5, arms_dependence=0.5, affinity=0.5, fear=0.3)
    me.loyalty = 0.5
    vars(me).update(fields)
    text = blank(agenda.RollCall)
    text.kind, text.month, text.luck = kind, 12, 99
    return w, p, me, text


@given(st.floats(0.05, 0.5))
def test_dependence_and_affinity_speak_for_the_patron_and_fear_against(more: float) -> None:
    w, p, me, _ = voter()
    usual = diplomacy.roll_call_case(me, CONDEMNATION, w, p)
    for name, weight in (
        ("economic_dependence", 0.5 * p.vote_dependence),
        ("arms_dependence", 0.5 * p.vote_dependence),
        ("affinity", p.vote_affinity),
        ("fear", -p.vote_fear),
    ):
        setattr(me, name, getattr(me, name) + more)
        change = diplomacy.roll_call_case(me, CONDEMNATION, w, p) - usual
        assert change == pytest.approx(weight * more)
        setattr(me, name, getattr(me, name) - more)


def test_members_shield_the_patron_from_expulsion() -> None:
    w, p, me, _ = voter()
    usual = diplomacy.roll_call_case(me, CONDEMNATION, w, p)
    shield = diplomacy.roll_call_case(me, EXPULSION, w, p) - usual
    assert shield == pytest.approx(p.expulsion_shield)


@given(levels, levels, levels, st.floats(-1.0, 1.0))
def test_a_position_follows_reliance_and_parts_from_a_patron_that_moves(
    affinity: float, reliance: float, before: float, position: float
) -> None:
    w, p, me, _ = voter(affinity=affinity, reliance=reliance, reliance_start=before)
    w.drivers[w.position_driver].value = position
    where = affinity + p.ideal_pull * (reliance - before) - position
    assert diplomacy.ideal_point(me, w, p) == pytest.approx(min(1.0, max(0.0, where)))


def test_who_relies_less_and_whose_patron_moves_away_votes_less_with_it() -> None:
    cases = []
    for reliance, position in ((0.5, 0.0), (0.2, 0.0), (0.5, 0.2)):
        w, p, me, _ = voter(reliance=reliance, reliance_start=0.5)
        w.drivers[w.position_driver].value = position
        cases.append(diplomacy.roll_call_case(me, CONDEMNATION, w, p))
    assert cases[1] - cases[0] == pytest.approx(-0.3 * p.ideal_pull * p.vote_affinity)
    assert cases[2] - cases[0] == pytest.approx(-0.2 * p.vote_affinity)


def test_a_text_of_the_first_year_does_not_come_up_again() -> None:
    for once, years, votes in ((1, 1.0, 1), (1, 1.01, 0), (0, 9.0, 1)):
        w, p, me, text = voter()
        text.once, w.patron.war_years = once, years
        diplomacy.cast_vote(me, text, w, p, Luck(0.5))
        assert len(events_of(w, EventKind.ROLL_CALL)) == votes


def test_help_received_buys_no_votes() -> None:
    w, p, me, _ = voter()
    usual = diplomacy.roll_call_case(me, CONDEMNATION, w, p)
    me.best_answer, me.answers, me.trust_patron, me.trust_bloc = 5, [0, 0, 0, 0, 0, 3], 1.0, 1.0
    assert diplomacy.roll_call_case(me, CONDEMNATION, w, p) == usual


@pytest.mark.parametrize(
    ("uniform", "code", "score"), [(1e-9, 0, 0.0), (0.5, 1, 0.5), (1.0 - 1e-9, 2, 1.0)]
)
def test_votes_are_ordered_and_move_loyalty_by_its_memory(
    uniform: float, code: int, score: float
) -> None:
    w, p, me, text = voter(loyalty=0.6)
    p.vote_against_cut = p.vote_with_cut = 2.0
    case = diplomacy.roll_call_case(me, CONDEMNATION, w, p)
    diplomacy.cast_vote(me, text, w, p, Luck(uniform))
    assert me.loyalty == pytest.approx(0.6 + diplomacy.LOYALTY_MEMORY * (score - 0.6))
    (event,) = events_of(w, EventKind.ROLL_CALL)
    shares = [sigmoid(-2.0 - case), 0.0, sigmoid(case - 2.0)]
    shares[1] = 1.0 - sum(shares)
    assert (event.ballot, event.chance) == (code, pytest.approx(shares[code]))


@pytest.mark.parametrize("change", ["no war", "another month", "out"])
def test_no_vote_without_a_war_out_of_season_or_from_outside(change: str) -> None:
    w, p, me, text = voter()
    if change == "no war":
        w.patron.war = 0.0
    elif change == "another month":
        w.month_of_year = 3
    else:
        me.status = OUT
    diplomacy.cast_vote(me, text, w, p, Luck(SURE))
    assert (me.loyalty, w.n_events) == (0.5, 0)


@given(levels, st.floats(1e-6, 1.0 - 1e-6))
def test_loyalty_stays_in_bounds(loyalty: float, uniform: float) -> None:
    w, p, me, text = voter(loyalty=loyalty)
    diplomacy.cast_vote(me, text, w, p, Luck(uniform))
    assert 0.0 <= me.loyalty <= 1.0


# --- Cohesion -------------------------------------------------------------------------------------


def alliance(*standing: int, kinds: tuple[int, ...] = (MILITANTS,)) -> Any:
    """Members of such status, all of them in at the start, and middling in every respect."""
    w = small_world(members=len(standing), kinds=kinds)
    for me, status in zip(w.members, standing, strict=True):
        me.status, me.at_start = status, 1
        me.loyalty, me.trust_bloc, me.trust_patron, me.participation = 0.5, 0.4, 0.4, 0.6
        me.similarity, me.patron_similarity = [0.8] * len(standing), 0.8
        me.tie, me.capability = [0.3] * len(standing), 0.05
        me.reliance, me.test_share = 0.7, [1.0] * len(kinds)
        me.collective_answer, me.agreement, me.means, me.acting = 0.12, 0.5, 0.6, 0.4
    w.month = 1
    return w


def test_what_stands_apart_of_a_uniform_alliance() -> None:
    w = alliance(ACTIVE, ACTIVE, ACTIVE)
    cohesion.measure(w, parameters())
    between_members, with_patron = 0.5 * (0.8 + 1.0), 0.5 * (0.8 + 0.5)
    assert w.goal_agreement == pytest.approx((between_members + with_patron) / 2.0)
    assert w.overall_participation == pytest.approx(0.6)
    assert w.reliability == pytest.approx(0.4)
    assert w.mutual_trust == pytest.approx(0.3)
    assert w.membership == 1.0
    assert w.overall_reliance == pytest.approx(0.7)
    assert w.cohesion == pytest.approx(0.12), "what members would get, and nothing else"


def test_membership_counts_the_frozen_half_the_gone_not_and_the_patron_whole() -> None:
    w = alliance(ACTIVE, FROZEN, OUT)
    assert cohesion.membership(w) == pytest.approx((1.0 + 1.0 + 0.5 + 0.0) / 4.0)
    w.members[2].at_start = 0
    assert cohesion.membership(w) == pytest.approx(2.5 / 3.0)


def test_who_has_left_takes_no_part_and_who_came_later_is_not_counted() -> None:
    w = alliance(ACTIVE, FROZEN, OUT)
    assert cohesion.overall_participation(w) == pytest.approx(0.4)
    assert cohesion.overall_reliance(w) == pytest.approx(0.7 * 2.0 / 3.0)
    w.members[1].at_start = 0
    assert cohesion.overall_participation(w) == pytest.approx(0.3)
    assert cohesion.overall_reliance(w) == pytest.approx(0.35)


def test_the_frozen_and_the_gone_count_nought_in_cohesion_and_not_in_its_factors() -> None:
    w = alliance(ACTIVE, FROZEN, OUT)
    for me in w.members[1:]:
        me.collective_answer = me.agreement = me.means = me.acting = 1.0
    cohesion.collect_answers(w)
    assert w.cohesion == pytest.approx(0.12 / 3.0)
    assert (w.agreement, w.means, w.acting) == pytest.approx((0.5, 0.6, 0.4))


def test_the_going_of_a_reluctant_member_does_not_raise_cohesion() -> None:
    w = alliance(ACTIVE, ACTIVE, ACTIVE)
    w.members[2].collective_answer = 0.0
    cohesion.collect_answers(w)
    before = w.cohesion
    for status in (FROZEN, OUT):
        w.members[2].status = status
        cohesion.collect_answers(w)
        assert w.cohesion == before


def test_only_those_on_the_roster_whom_a_threat_of_the_test_can_strike_are_asked() -> None:
    w = alliance(ACTIVE, ACTIVE, ACTIVE)
    w.members[1].on_roster, w.members[1].collective_answer = 0, 0.9
    w.members[2].test_share, w.members[2].collective_answer = [0.0], 0.9
    cohesion.collect_answers(w)
    assert w.cohesion == pytest.approx(0.12)
    w.members[0].on_roster = 0
    cohesion.collect_answers(w)
    assert (w.cohesion, w.agreement, w.means, w.acting) == (0.0, 0.0, 0.0, 0.0)


def test_the_test_is_taken_every_third_month_and_a_freeze_counts_at_once() -> None:
    w, p = alliance(ACTIVE, ACTIVE, ACTIVE), parameters()
    for w.month in (1, 2):
        cohesion.measure(w, p)
        assert w.cohesion == pytest.approx(0.12)
    w.members[0].status = FROZEN
    cohesion.measure(w, p)
    assert w.cohesion == pytest.approx(0.08)
    w.month = 3
    cohesion.measure(w, p)
    assert w.members[1].collective_answer != 0.12


# --- Dead, zombie or alive ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("membership", "now", "reference", "start", "vitality"),
    [
        (1.0, 0.3, 0.4, 0.1, ALIVE),
        (1.0, 0.1, 0.4, 0.1, ALIVE),
        (1.0, 0.0999, 0.4, 0.1, ZOMBIE),
        (0.5, 0.3, 0.4, 0.3, ALIVE),
        (0.4999, 0.3, 0.4, 0.3, DEAD),
        (0.4, 0.0, 0.4, 0.3, DEAD),
        (1.0, 0.11, 0.0, 0.4, ALIVE),
        (1.0, 0.09, 0.0, 0.4, ZOMBIE),
    ],
)
def test_an_alliance_is_dead_without_half_its_members_and_a_zombie_without_its_answer(
    membership: float, now: float, reference: float, start: float, vitality: int
) -> None:
    w = small_world(cohesion=now, cohesion_reference=reference, cohesion_start=start)
    w.membership = membership
    assert cohesion.vitality(w) == vitality


def test_trust_and_ties_count_by_standing() -> None:
    w = alliance(ACTIVE, FROZEN, OUT)
    w.members[0].trust_bloc, w.members[1].trust_bloc, w.members[2].trust_bloc = 0.9, 0.3, 0.0
    assert cohesion.reliability(w) == pytest.approx((0.9 + 0.5 * 0.3) / 1.5)
    w.members[0].tie, w.members[1].tie = [0.0, 0.8, 0.1], [0.4, 0.0, 0.1]
    assert cohesion.mutual_trust(w) == pytest.approx(0.6)


def test_goal_agreement_counts_by_standing_and_sees_diplomatic_distance() -> None:
    w = alliance(ACTIVE, FROZEN)
    first, second = w.members
    first.loyalty, second.loyalty = 1.0, 0.2
    first.patron_similarity, second.patron_similarity = 0.9, 0.1
    first.similarity = second.similarity = [0.5, 0.5]
    pairs = 0.5 * (0.9 + 1.0) + 0.5 * 0.5 * (0.1 + 0.2) + 0.5 * 0.5 * (0.5 + 1.0 - 0.8)
    assert cohesion.goal_agreement(w) == pytest.approx(pairs / (1.0 + 0.5 + 0.5))


@given(st.lists(statuses, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_all_measures_stay_in_bounds(standing: list[int], random: Any) -> None:
    w = alliance(*standing)
    for me in w.members:
        for name in (
            "loyalty",
            "trust_bloc",
            "trust_patron",
            "participation",
            "fear",
            "capability",
        ):
            setattr(me, name, random.random())
        me.tie = [random.random() for _ in standing]
        me.similarity = [random.random() for _ in standing]
    w.month = 3
    cohesion.measure(w, parameters())
    for name in (
        *("goal_agreement", "overall_participation", "reliability", "mutual_trust"),
        *("agreement", "means", "acting", "overall_reliance"),
    ):
        assert 0.0 <= getattr(w, name) <= 1.0
    assert 0.0 < w.membership <= 1.0
    assert 0.0 <= w.cohesion <= 1.0
    assert 0.0 <= w.frustration <= 1.0


def test_an_alliance_that_everybody_left_has_nothing_but_the_patrons_standing() -> None:
    w = alliance(OUT, OUT)
    cohesion.measure(w, parameters())
    assert (w.cohesion, w.membership, w.vitality) == (0.0, pytest.approx(1.0 / 3.0), DEAD)


# --- Frustration ----------------------------------------------------------------------------------


def frustration(*standing: int, trust: float, fear: float, tie: float) -> float:
    w = alliance(*standing)
    for me in w.members:
        me.trust_patron, me.fear, me.tie = trust, fear, [tie] * len(standing)
    return cohesion.frustration(w)


def test_friends_on_one_side_are_not_frustrated_and_foes_wholly() -> None:
    assert frustration(ACTIVE, ACTIVE, trust=0.8, fear=0.1, tie=0.9) == 0.0
    assert frustration(ACTIVE, ACTIVE, trust=0.1, fear=0.8, tie=0.1) == pytest.approx(1.0)
    assert frustration(ACTIVE, FROZEN, trust=0.8, fear=0.1, tie=0.9) == 0.0, "still inside"


def test_friends_parted_are_frustrated_and_foes_parted_are_not() -> None:
    w = alliance(ACTIVE, OUT)
    for me, trust in zip(w.members, (0.8, 0.3), strict=True):
        me.trust_patron, me.fear, me.tie = trust, 0.1, [0.9, 0.9]
    patron, pair = 0.05 * 0.9, 0.05 * 0.05 * 0.8
    most = patron * (0.7 + 0.2) + pair
    assert cohesion.frustration(w) == pytest.approx((patron * 0.2 + pair) / most)
    for me in w.members:
        me.trust_patron, me.fear, me.tie = 0.1, 0.6, [0.1, 0.1]
    most = patron * 0.5 * 2.0 + pair
    assert cohesion.frustration(w) == pytest.approx(patron * 0.5 / most)


def test_indifference_frustrates_nobody() -> None:
    assert frustration(ACTIVE, OUT, trust=0.4, fear=0.4, tie=0.5) == 0.0


# --- The audit of exits ---------------------------------------------------------------------------


def test_a_member_put_out_by_hand_is_an_expulsion() -> None:
    w, p = small_world(), parameters()
    me = w.members[0]
    ladder.reconsider(me, w, p, Luck(NEVER_MIND))
    me.status = OUT
    cohesion.audit(me, w)
    assert w.expulsions == 1


@pytest.mark.parametrize("status", [ACTIVE, FROZEN])
def test_the_audit_sees_it_whenever_in_the_month_it_happened(status: int) -> None:
    w, p = small_world(), parameters()
    me = w.members[0]
    me.status = me.status_before = status
    cohesion.audit(me, w)
    me.status = OUT
    ladder.reconsider(me, w, p, Luck(NEVER_MIND))
    cohesion.audit(me, w)
    assert w.expulsions == 1
    cohesion.audit(me, w)
    assert w.expulsions == 1, "once"


def test_leaving_by_notice_or_by_a_renewal_let_pass_is_none() -> None:
    for way in ("notice", "renewal"):
        w, p = small_world(), parameters()
        me = w.members[0]
        if way == "notice":
            me.notice = me.notice_before = 1
        else:
            w.renewals, w.n_renewals = [w.month, 0], 1
        ladder.reconsider(me, w, p, Luck(NEVER_MIND, {Purpose.RENEWAL: SURE}))
        assert me.status == OUT
        cohesion.audit(me, w)
        assert w.expulsions == 0
        ladder.reconsider(me, w, p, Luck(NEVER_MIND))
        cohesion.audit(me, w)
        assert w.expulsions == 0, "and it is not counted later"


def test_a_renewal_once_let_pass_excuses_no_later_expulsion() -> None:
    w, p = small_world(), parameters()
    me = w.members[0]
    w.renewals, w.n_renewals = [w.month, 0], 1
    ladder.reconsider(me, w, p, Luck(NEVER_MIND, {Purpose.RENEWAL: SURE}))
    cohesion.audit(me, w)
    me.status = ACTIVE
    cohesion.audit(me, w)
    me.status = OUT
    cohesion.audit(me, w)
    assert w.expulsions == 1

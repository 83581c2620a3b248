"""The patron's favour, and the vote on a mandate."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.chance import logit, sigmoid
from foedus.dictionary.vocabulary import (
    ABSTAIN,
    ACTIVE,
    ASSENT,
    BILATERAL,
    BLOC,
    DOMESTIC,
    EXTERNAL,
    FROZEN,
    INTRA,
    MAJORITY,
    MILITANTS,
    OUT,
    PATRON_DECIDES,
    UNANIMITY,
    VETO,
    EventKind,
    Purpose,
)
from foedus.rules.crises import council
from worlds import Luck, events_of, parameters, small_world, struck

levels = st.floats(0.0, 1.0)
parts = st.floats(0.05, 0.5)


def before_the_council(kind: int = MILITANTS, severity: float = 0.8) -> tuple[Any, Any, Any, Any]:
    """World, parameters, one who votes and one who asks, with middling reasons."""
    w, p = small_world(kinds=(kind,)), parameters()
    asks, votes, _ = w.members
    struck(asks, severity=severity)
    for me in w.members:
        me.perceived[0] = me.domestic_threat = 0.4
        me.economic_dependence = me.arms_dependence = 0.4
        me.tie = [0.4] * 3
    w.patron.favour = 0.5
    return w, p, votes, asks


def case(w: Any, p: Any, votes: Any, asks: Any) -> float:
    return council.council_case(votes, asks, w, p, 0)


# --- Favour ---------------------------------------------------------------------------------------


def favour(**fields: float) -> float:
    w, p = small_world(), parameters()
    asks = struck(w.members[0])
    given = {"stake": 0.4, "value": 0.4, "basing": 0.4, "presence": 1.0, "tie": 0.3} | fields
    w.threats[0].patron_tie = given["tie"]
    w.threats[0].stake = given["stake"]
    asks.patron_value, asks.basing = given["value"], given["basing"]
    asks.request_channel = int(given.get("channel", BILATERAL))
    w.patron.presence = given["presence"]
    council.favour(asks, w, p)
    return float(w.patron.favour)


@given(parts)
def test_favour_grows_with_stakes_and_bases_and_falls_with_ties_to_the_attacker(
    more: float,
) -> None:
    usual = favour()
    assert favour(stake=0.4 + more) > usual
    assert favour(value=0.4 + more) > usual
    assert favour(basing=0.4 + more) > usual
    assert favour(tie=0.3 + more) < usual
    assert favour(presence=1.0 - more) < usual, "bases count as far as they are manned"


def test_favour_is_the_logistic_of_its_reasons() -> None:
    p = parameters()
    reasons = p.favour_base + 0.4 * (p.favour_stake + p.favour_value + p.favour_basing)
    assert favour() == pytest.approx(sigmoid(reasons - 0.3 * p.favour_attacker_tie))


def test_bases_count_where_the_patron_is_asked_alone_for_the_bloc_has_none() -> None:
    assert favour(channel=BLOC) == pytest.approx(favour(basing=0.0))
    assert favour(channel=BLOC, basing=1.0) == favour(channel=BLOC) < favour()


def test_an_attack_counts_in_full_even_where_the_patron_had_come_to_terms() -> None:
    w, p = small_world(), parameters()
    asks = struck(w.members[0])
    w.threats[0].stake = 0.8
    council.favour(asks, w, p)
    before = w.patron.favour
    w.drivers[w.threats[0].accommodation_driver].value = 0.8
    council.favour(asks, w, p)
    assert w.patron.favour == before


# --- One member's reasons -------------------------------------------------------------------------


@given(parts)
def test_a_shared_threat_and_friendship_speak_for_force(more: float) -> None:
    w, p, votes, asks = before_the_council()
    usual = case(w, p, votes, asks)
    votes.perceived[0] += more
    assert case(w, p, votes, asks) == pytest.approx(usual + p.council_shared_threat * more)
    votes.perceived[0] -= more
    votes.tie[0] += more
    assert case(w, p, votes, asks) == pytest.approx(usual + p.council_lateral_tie * more)


@given(parts)
def test_ties_to_the_attacker_speak_against_it(tie: float) -> None:
    w, p, votes, asks = before_the_council()
    usual = case(w, p, votes, asks)
    votes.attacker_tie[0] = tie
    assert case(w, p, votes, asks) == pytest.approx(usual - p.council_attacker_tie * tie)


@given(parts)
def test_the_dependent_vote_as_the_patron_wishes(more: float) -> None:
    w, p, votes, asks = before_the_council()
    for favoured, sign in ((0.9, 1.0), (0.5, 0.0), (0.1, -1.0)):
        w.patron.favour = favoured
        votes.economic_dependence = votes.arms_dependence = 0.4
        usual = case(w, p, votes, asks)
        votes.economic_dependence += more
        gain = case(w, p, votes, asks) - usual
        assert gain == pytest.approx(sign * 0.8 * 0.5 * p.council_dependence * more)


def test_non_interference_weighs_on_domestic_matters_and_less_where_the_patron_wants_in() -> None:
    w, p, votes, asks = before_the_council(DOMESTIC)
    votes.economic_dependence = votes.arms_dependence = 0.0
    cases = []
    for favoured in (0.0, 0.5, 1.0):
        w.patron.favour = favoured
        cases.append(case(w, p, votes, asks))
    assert cases[2] - cases[0] == pytest.approx(p.non_interference)
    assert cases == sorted(cases)
    abroad = before_the_council(MILITANTS)
    abroad[0].patron.favour = 0.0
    abroad[2].economic_dependence = abroad[2].arms_dependence = 0.0
    assert case(*abroad) - cases[0] == pytest.approx(p.non_interference)


def test_a_war_with_a_state_frightens_off_the_more_the_graver_it_is() -> None:
    raids, mild, grave = (
        case(*before_the_council(kind, severity))
        for kind, severity in ((MILITANTS, 0.9), (EXTERNAL, 0.2), (EXTERNAL, 0.9))
    )
    p = parameters()
    assert raids - grave == pytest.approx(p.council_entrapment * 0.9)
    assert mild - grave == pytest.approx(p.council_entrapment * 0.7)


def test_at_home_a_member_looks_at_its_own_unrest() -> None:
    w, p, votes, asks = before_the_council(DOMESTIC)
    usual = case(w, p, votes, asks)
    votes.domestic_threat += 0.3
    assert case(w, p, votes, asks) > usual


# --- The vote -------------------------------------------------------------------------------------


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_votes_are_ordered_by_luck(veto: float, assent: float) -> None:
    votes = [council.ordered_vote(n / 1000, veto, assent) for n in range(1, 1000)]
    assert votes == sorted(votes)
    for vote, share in ((VETO, veto), (ASSENT, assent), (ABSTAIN, 1.0 - veto - assent)):
        assert votes.count(vote) / 999 == pytest.approx(share, abs=0.003)


def test_more_reasons_mean_more_assent_and_fewer_vetoes() -> None:
    shares: list[tuple[float, float]] = []
    for felt in (0.0, 0.5, 1.0):
        w, p, votes, asks = before_the_council()
        votes.perceived[0] = felt
        cast = []
        for n in range(1, 400):
            council.vote(votes, asks, w, p, Luck(n / 400))
            cast.append(votes.council_vote)
            w.n_events = 0
        shares.append((cast.count(VETO) / 399, cast.count(ASSENT) / 399))
        reasons = case(w, p, votes, asks)
        assert shares[-1][0] == pytest.approx(sigmoid(-p.veto_cut - reasons), abs=0.005)
        assert shares[-1][1] == pytest.approx(sigmoid(reasons - p.assent_cut), abs=0.005)
    assert shares[0][0] > shares[1][0] > shares[2][0]
    assert shares[0][1] < shares[1][1] < shares[2][1]


@pytest.mark.parametrize(("uniform", "vote"), [(1e-9, VETO), (0.15, ABSTAIN), (1.0 - 1e-9, ASSENT)])
def test_a_vote_is_logged_with_its_chance(uniform: float, vote: int) -> None:
    w, p, votes, asks = before_the_council()
    p.veto_cut = p.assent_cut = 1.0
    council.vote(votes, asks, w, p, Luck(uniform))
    reasons = case(w, p, votes, asks)
    veto, assent = sigmoid(-1.0 - reasons), sigmoid(reasons - 1.0)
    (event,) = events_of(w, EventKind.COUNCIL_VOTE)
    assert (event.actor, event.other, event.vote) == (1, 0, vote)
    expected = {VETO: veto, ABSTAIN: 1.0 - veto - assent, ASSENT: assent}
    assert event.chance == pytest.approx(expected[vote])


# --- The decision ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [UNANIMITY, MAJORITY, PATRON_DECIDES])
@pytest.mark.parametrize("vetoes", range(4))
@pytest.mark.parametrize("assents", range(4))
@pytest.mark.parametrize("patron", [VETO, ABSTAIN, ASSENT])
def test_the_truth_table_of_the_charter(rule: int, vetoes: int, assents: int, patron: int) -> None:
    w = small_world(decision_rule=rule)
    w.patron.council_vote = patron
    expected = {
        UNANIMITY: vetoes == 0 and assents >= 3,
        MAJORITY: assents >= 3,
        PATRON_DECIDES: patron == ASSENT,
    }
    assert council.mandate(w, vetoes, assents, 5) == int(expected[rule])
    w.no_veto = 1
    assert council.mandate(w, vetoes, assents, 5) == 1


def decided(votes: list[int], patron: float, **fields: Any) -> Any:
    """Who asked, after a council in which the others voted so and the patron's luck was this."""
    kind = fields.pop("kind", MILITANTS)
    w, p = small_world(members=len(votes) + 1, kinds=(kind,), **fields), parameters()
    asks = struck(w.members[0])
    for me, vote in zip(w.members[1:], votes, strict=True):
        me.council_vote = vote
    w.patron.favour = 0.5
    council.decide(asks, w, p, Luck(given={Purpose.COUNCIL: patron}))
    return asks, w


def test_one_veto_is_enough_under_unanimity_the_patrons_included() -> None:
    assert decided([ASSENT, ABSTAIN], 0.99)[0].mandate == 1
    assert decided([ASSENT, VETO], 0.99)[0].mandate == 0
    assert decided([ASSENT, ASSENT], 1e-9)[0].mandate == 0


def test_consensus_needs_the_assent_of_half_of_those_who_vote_the_patron_included() -> None:
    assert decided([ASSENT, ABSTAIN, ABSTAIN], 1.0 - 1e-9)[0].mandate == 1, "two of four"
    assert decided([ASSENT, ABSTAIN, ABSTAIN], 0.5)[0].mandate == 0, "one of four"
    assert decided([ABSTAIN, ABSTAIN], 1.0 - 1e-9)[0].mandate == 0, "one of three"
    assert decided([ABSTAIN], 1.0 - 1e-9)[0].mandate == 1, "one of two"


def test_a_majority_is_more_than_half_of_those_who_vote_the_patron_included() -> None:
    rule = {"decision_rule": MAJORITY}
    assert decided([ASSENT, VETO], 1.0 - 1e-9, **rule)[0].mandate == 1
    assert decided([VETO, VETO], 1.0 - 1e-9, **rule)[0].mandate == 0
    assert decided([ASSENT, VETO, VETO], 1.0 - 1e-9, **rule)[0].mandate == 0, "half is not enough"


def test_only_active_members_vote_and_nobody_on_its_own_case() -> None:
    w, p = small_world(members=5), parameters()
    asks = struck(w.members[0])
    asks.council_vote = VETO
    for me, status in zip(w.members[1:], (ACTIVE, ACTIVE, FROZEN, OUT), strict=True):
        me.status = status
        me.council_vote = ASSENT if status == ACTIVE else VETO
    w.patron.favour = 0.5
    council.decide(asks, w, p, Luck(0.999))
    assert asks.mandate == 1
    (event,) = events_of(w, EventKind.MANDATE)
    assert (event.mandate, event.value) == (1, 0.0)


def test_the_patron_votes_by_its_favour() -> None:
    votes = []
    for favoured in (0.01, 0.5, 0.99):
        w, p = small_world(), parameters()
        w.patron.favour = favoured
        council.decide(struck(w.members[0]), w, p, Luck(0.5))
        votes.append(w.patron.council_vote)
    assert votes == [VETO, ABSTAIN, ASSENT]


@pytest.mark.parametrize("fields", [{}, {"no_veto": 1}, {"decision_rule": PATRON_DECIDES}])
def test_a_quarrel_between_members_never_gets_a_mandate(fields: dict[str, int]) -> None:
    asks, w = decided([ASSENT, ASSENT], 1.0 - 1e-9, kind=INTRA, **fields)
    assert w.patron.council_vote == ASSENT
    assert asks.mandate == 0


# --- Taking part ----------------------------------------------------------------------------------


@given(levels, levels)
def test_who_relies_on_the_alliance_takes_part_whatever_its_rituals(
    reliance: float, engagement: float
) -> None:
    _, _, votes, _ = before_the_council()
    votes.reliance, votes.engagement = reliance, engagement
    assert council.willing(votes) == reliance


# --- Discord --------------------------------------------------------------------------------------


@given(levels, levels)
def test_the_worst_open_quarrel_weighs_on_all_votes(first: float, second: float) -> None:
    w, p = small_world(members=4, kinds=(MILITANTS, INTRA, INTRA, EXTERNAL)), parameters()
    asks, *others = w.members
    struck(asks)
    w.threats[2].first, w.threats[2].second = 2, 3
    w.members[0].recent[1], w.members[2].recent[2] = first, second
    w.members[2].recent[0] = w.members[0].recent[3] = 1.0
    w.members[3].recent[1] = 1.0
    assert council.discord(w) == max(first, second), "as its first party remembers it"
    for votes in others:
        weight = council.council_reasons(votes, asks, w, p, 0).discord
        assert weight == pytest.approx(-p.council_discord * max(first, second))


def test_a_quarrel_of_which_one_party_is_absent_is_none() -> None:
    w = small_world(kinds=(INTRA,))
    w.threats[0].first = -1
    for me in w.members:
        me.recent[0] = 0.8
    assert council.discord(w) == 0.0


# --- The chance of a mandate ----------------------------------------------------------------------


def by_enumeration(w: Any, p: Any, asks: Any) -> float:
    """Chance of a mandate from all combinations of votes, each with its probability."""
    others = [me for me in w.members if me is not asks and me.status == ACTIVE]
    cases = [logit(w.patron.favour)]
    cases += [council.council_case(me, asks, w, p, 0) for me in others]
    odds = []
    for reasons in cases:
        veto, assent = sigmoid(-p.veto_cut - reasons), sigmoid(reasons - p.assent_cut)
        odds.append({VETO: veto, ABSTAIN: 1.0 - veto - assent, ASSENT: assent})
    chance = 0.0
    for votes in product((VETO, ABSTAIN, ASSENT), repeat=len(cases)):
        assents, vetoes = votes.count(ASSENT), votes.count(VETO)
        given = {
            UNANIMITY: vetoes == 0 and 2 * assents >= len(votes),
            MAJORITY: 2 * assents > len(votes),
            PATRON_DECIDES: votes[0] == ASSENT,
        }[w.decision_rule]
        if given or w.no_veto:
            chance += math.prod(odds[n][vote] for n, vote in enumerate(votes))
    return chance


@pytest.mark.parametrize("no_veto", [0, 1])
@pytest.mark.parametrize("rule", [UNANIMITY, MAJORITY, PATRON_DECIDES])
@given(
    st.lists(st.tuples(st.floats(0.0, 1.0), st.sampled_from([ACTIVE, ACTIVE, FROZEN, OUT])),
             min_size=1, max_size=6),
    st.floats(0.02, 0.98),
    st.integers(0, 5),
)  # fmt: skip
def test_the_chance_of_a_mandate_is_that_of_all_combinations_of_votes(
    rule: int, no_veto: int, voters: list[tuple[float, int]], favoured: float, who: int
) -> None:
    w, p = small_world(members=len(voters), decision_rule=rule), parameters()
    w.no_veto, w.patron.favour = no_veto, favoured
    for me, (felt, status) in zip(w.members, voters, strict=True):
        me.perceived[0], me.status = felt, status
    asks = struck(w.members[who % len(voters)])
    chance = council.mandate_chance(asks, w, p, 0)
    assert chance == pytest.approx(by_enumeration(w, p, asks), abs=1e-12)
    assert w.n_events == 0, "and nothing is drawn"


def test_no_combination_of_votes_mandates_force_in_a_quarrel_between_members() -> None:
    w, p = small_world(kinds=(INTRA,), no_veto=1), parameters()
    assert council.mandate_chance(struck(w.members[0]), w, p, 0) == 0.0


def test_each_reason_of_others_reaches_the_chance_of_a_mandate() -> None:
    def chance(felt: float = 0.5, favoured: float = 0.6, quarrel: float = 0.0) -> float:
        w, p = small_world(members=5, kinds=(MILITANTS, INTRA)), parameters()
        for me in w.members:
            me.perceived[0] = felt
        w.members[0].recent[1], w.patron.favour = quarrel, favoured
        return council.mandate_chance(struck(w.members[4]), w, p, 0)

    assert chance(felt=0.1) < chance() < chance(felt=0.9)
    assert chance(favoured=0.2) < chance() < chance(favoured=0.9)
    assert chance(quarrel=0.8) < chance()

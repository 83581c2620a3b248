"""The standard test: what the alliance would do for each member, worked out by hand beside it."""

from __future__ import annotations

import math
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import (
    ACTIVE,
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
    PRESSURE,
    UNANIMITY,
)
from foedus.rules import cohesion, standard_test
from foedus.rules.crises import answers
from worlds import Run, bundled, parameters, small_world

levels = st.floats(0.0, 1.0)
KINDS = (EXTERNAL, MILITANTS, DOMESTIC)


# --- By hand --------------------------------------------------------------------------------------
# The whole test again, from the equations and not from the rules.


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def favour(w: Any, p: Any, me: Any, k: int, channel: int) -> float:
    """The patron's favour for a request about a threat by a channel."""
    bases = me.basing * w.patron.presence if channel == BILATERAL else 0.0
    reasons = p.favour_base + p.favour_stake * w.threats[k].stake
    reasons += p.favour_value * me.patron_value + p.favour_basing * bases
    return logistic(reasons - p.favour_attacker_tie * w.threats[k].patron_tie)


def help_given(w: Any, p: Any, kind: int, severity: float, favoured: float, free: bool) -> float:
    """Mean help of the patron's answer, if it is free to send troops, and if it is not."""
    dear = {EXTERNAL: p.external_cost, DOMESTIC: p.domestic_cost}.get(kind, 1.0)
    costs = [0.0, 0.0, 0.0, p.cost_aid, p.cost_aid, p.cost_troops * dear]
    worth = [0.0, p.help_statement, p.help_monitoring, p.help_materiel, p.help_exercise, 1.0]
    need = p.need_base + (1.0 - p.need_base) * severity
    weights = []
    for code in range(6):
        possible = costs[code] <= w.patron.available and (free or code <= 2)
        gain = p.answer_value * favoured * need * worth[code]
        burden = p.answer_cost * costs[code] / (w.patron.available + 0.1)
        weights.append(math.exp(gain - burden) if possible else 0.0)
    given = sum(a * b for a, b in zip(weights, worth, strict=True))
    return float(given / sum(weights))


def assents(w: Any, p: Any, k: int, me: Any, severity: float, favoured: float) -> dict[int, float]:
    """Log-odds of the reasons of the other active members; -1 is the patron."""
    kind = w.threats[k].kind
    cases = {-1: math.log(favoured / (1.0 - favoured))}
    quarrels = [
        w.members[threat.first].recent[threat.id]
        for threat in w.threats
        if threat.kind == INTRA and threat.first >= 0
    ]
    for other in w.members:
        if other is not me and other.status == ACTIVE:
            dependence = (other.economic_dependence + other.arms_dependence) / 2.0
            felt = other.domestic_threat if kind == DOMESTIC else other.perceived[k]
            case = p.council_shared_threat * felt
            case += p.council_dependence * dependence * (2.0 * favoured - 1.0)
            case += p.council_lateral_tie * (other.tie[me.id] - 0.5)
            case -= p.council_attacker_tie * other.attacker_tie[k]
            case -= p.non_interference * (1.0 - favoured) if kind == DOMESTIC else 0.0
            case -= p.council_entrapment * severity if kind == EXTERNAL else 0.0
            cases[other.id] = case - p.council_discord * max(quarrels, default=0.0)
    return cases


def mandate(w: Any, p: Any, cases: dict[int, float]) -> float:
    """Chance of a mandate, from all combinations of votes."""
    odds = []
    for case in cases.values():
        veto, assent = logistic(-p.veto_cut - case), logistic(case - p.assent_cut)
        odds.append((veto, 1.0 - veto - assent, assent))
    chance = 0.0
    for votes in product(range(3), repeat=len(odds)):
        passed = {
            UNANIMITY: 0 not in votes and 2 * votes.count(2) >= len(votes),
            MAJORITY: 2 * votes.count(2) > len(votes),
            PATRON_DECIDES: votes[0] == 2,
        }[w.decision_rule]
        if passed or w.no_veto:
            chance += math.prod(odds[n][vote] for n, vote in enumerate(votes))
    return chance


def by_hand(w: Any, p: Any, me: Any) -> dict[str, float]:
    """Everything that the test leaves with a member."""
    found = dict.fromkeys(("agreement", "means", "acting", "collective_answer", "cover"), 0.0)
    kinds: dict[int, int] = {}
    for k, threat in enumerate(w.threats):
        felt = me.level[k]
        if felt > 0.0 and threat.kind != INTRA and w.test_weight[threat.kind] > 0.0:
            best = kinds.get(threat.kind)
            if best is None or felt > me.level[best]:
                kinds[threat.kind] = k
    everything = sum(w.test_weight[kind] for kind in kinds)
    for kind, k in kinds.items():
        severity, share = w.test_severity[kind], w.test_weight[kind] / everything
        agreed = helped = acted = 0.0
        if me.status == ACTIVE:
            favoured = favour(w, p, me, k, BLOC)
            cases = assents(w, p, k, me, severity, favoured)
            agreed = mandate(w, p, cases)
            helped = help_given(w, p, kind, severity, favoured, free=True)
            heads = [o for o in w.members if o is not me and (o.on_roster or o.status == ACTIVE)]
            willing = [
                logistic(cases[o.id] - p.assent_cut) * o.reliance
                for o in heads
                if o.status == ACTIVE
            ]
            acted = sum(willing) / len(heads) if heads else 0.0
        if me.status != OUT:
            found["agreement"] += share * agreed
            found["means"] += share * helped
            found["acting"] += share * acted
            found["collective_answer"] += share * agreed * helped * acted
            if kind == EXTERNAL:
                favoured = favour(w, p, me, k, BILATERAL)
                alone = help_given(w, p, kind, severity, favoured, free=True)
                found["cover"] = max(agreed * helped, alone)
    return found


@st.composite
def alliances(draw: st.DrawFn) -> tuple[Any, Any]:
    """Members, threats and a patron of any sort, at the beginning of a test."""
    count = draw(st.integers(1, 4))
    kinds = tuple(draw(st.lists(st.sampled_from([*KINDS, PRESSURE]), min_size=1, max_size=4)))
    rule = draw(st.sampled_from([UNANIMITY, MAJORITY, PATRON_DECIDES]))
    quarrel = (INTRA,) if count > 1 else ()
    w, p = small_world(members=count, kinds=kinds + quarrel, decision_rule=rule), parameters()
    w.no_veto = draw(st.sampled_from([0, 0, 0, 1]))
    w.patron.available, w.patron.presence = draw(levels), draw(levels)
    w.test_weight = [draw(st.sampled_from([0.0, 1.0, 2.5])) for _ in range(5)]
    w.test_severity = [draw(levels) for _ in range(5)]
    for threat in w.threats:
        threat.stake, threat.patron_tie, threat.severity_mean = draw(levels), draw(levels), 0.6
    for me in w.members:
        me.status = draw(st.sampled_from([ACTIVE, ACTIVE, ACTIVE, FROZEN, OUT]))
        me.on_roster = draw(st.sampled_from([1, 1, 0]))
        for name in (
            *("reliance", "basing", "patron_value", "economic_dependence", "arms_dependence"),
            *("domestic_threat", "trust_bloc", "trust_patron"),
        ):
            setattr(me, name, draw(levels))
        steps = st.sampled_from([0.0, 0.3, 0.6, 0.9])
        me.level = [draw(steps) for _ in w.threats]
        me.rate = [draw(st.sampled_from([0.0, 0.2, 2.0])) for _ in w.threats]
        for name in ("perceived", "attacker_tie", "recent"):
            setattr(me, name, [draw(levels) for _ in w.threats])
        me.tie = [draw(levels) for _ in w.members]
    return w, p


@given(alliances())
def test_every_factor_is_that_of_the_equations(given_: tuple[Any, Any]) -> None:
    w, p = given_
    for me in w.members:
        standard_test.begin_test(me, w)
    for me in w.members:
        standard_test.take_test(me, w, p)
        for name, value in by_hand(w, p, me).items():
            assert getattr(me, name) == pytest.approx(value, abs=1e-12), name
            assert 0.0 <= getattr(me, name) <= 1.0 + 1e-12


@given(alliances())
def test_the_test_leaves_nothing_else_behind_and_draws_nothing(given_: tuple[Any, Any]) -> None:
    w, p = given_
    for me in w.members:
        standard_test.begin_test(me, w)
        me.request_channel, me.request_threat, me.mandate, me.request_severity = 1, 0, 1, 0.37
    w.patron.favour = 0.123
    own = {"agreement", "means", "acting", "collective_answer", "cover"}
    before = [{n: v for n, v in vars(me).items() if n not in own} for me in w.members]
    patron = dict(vars(w.patron))
    for me in w.members:
        standard_test.take_test(me, w, p)
    assert [{n: v for n, v in vars(me).items() if n not in own} for me in w.members] == before
    assert vars(w.patron) == patron
    assert w.n_events == 0


# --- Limits with known answers --------------------------------------------------------------------


def ideal(members: int = 4, **changed: float) -> tuple[Any, Any]:
    """An alliance all of whose members would assent to anything, under a patron all in favour."""
    w, p = small_world(members=members, kinds=(MILITANTS,)), parameters(**changed)
    p.assent_cut, p.veto_cut = -60.0, 60.0
    for me in w.members:
        me.level, me.perceived, me.reliance = [0.5], [0.5], 0.8
        standard_test.begin_test(me, w)
    return w, p


def answered(w: Any, p: Any) -> Any:
    for me in w.members:
        standard_test.take_test(me, w, p)
    cohesion.collect_answers(w)
    return w


def test_where_all_assent_cohesion_is_help_times_reliance() -> None:
    """Known: at full capacity and full favour the softmax of six answers, times .8."""
    w, p = ideal(favour_base=60.0)
    answered(w, p)
    need = p.need_base + 0.7 * (1.0 - p.need_base)
    costs = [0.0, 0.0, 0.0, p.cost_aid, p.cost_aid, p.cost_troops]
    worth = [0.0, p.help_statement, p.help_monitoring, p.help_materiel, p.help_exercise, 1.0]
    weights = [
        math.exp(p.answer_value * need * gain - p.answer_cost * cost / 1.1)
        for gain, cost in zip(worth, costs, strict=True)
    ]
    means = sum(a * b for a, b in zip(weights, worth, strict=True)) / sum(weights)
    assert w.agreement == pytest.approx(1.0)
    assert w.acting == pytest.approx(0.8)
    assert w.means == pytest.approx(means)
    assert 0.8 < means < 1.0
    assert w.cohesion == pytest.approx(0.8 * means)


def test_without_capacity_next_to_nothing_would_come() -> None:
    w, p = ideal(favour_base=60.0)
    w.patron.available = 0.0
    answered(w, p)
    assert w.agreement == pytest.approx(1.0)
    assert w.cohesion <= 0.8 * p.help_monitoring


@pytest.mark.parametrize("why", ["veto", "no assent", "nobody relies", "patron against"])
def test_each_factor_alone_can_bring_cohesion_to_nought(why: str) -> None:
    w, p = ideal(favour_base=60.0)
    if why == "veto":
        p.veto_cut, p.assent_cut = -60.0, 60.0
    elif why == "no assent":
        p.assent_cut = 60.0
    elif why == "nobody relies":
        for me in w.members:
            me.reliance = 0.0
    else:
        p.assent_cut, p.favour_base, w.decision_rule = 0.5, -60.0, PATRON_DECIDES
    assert answered(w, p).cohesion == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("status", [FROZEN, OUT])
def test_one_that_steps_down_takes_its_answer_and_its_part_in_the_others_with_it(
    status: int,
) -> None:
    w, p = ideal(favour_base=60.0)
    whole = answered(w, p).cohesion
    w.members[0].status = status
    answered(w, p)
    assert w.members[0].collective_answer == 0.0
    assert w.acting == pytest.approx(0.8 * 2.0 / 3.0), "it stays among those who should"
    assert w.cohesion == pytest.approx(whole * 3.0 / 4.0 * 2.0 / 3.0)


@pytest.mark.parametrize("code", range(6))
def test_the_going_of_no_member_raises_cohesion_in_the_bundled_alliance(code: int) -> None:
    run = Run(bundled("baseline"))
    run.begin()
    run.w.month = 3
    before = run.w.cohesion
    for status in (FROZEN, OUT):
        me = run.w.members[code]
        if me.on_roster == 1:
            me.status = status
            cohesion.measure(run.w, cast(Any, run.p))
            assert run.w.cohesion <= before + 1e-12


@given(alliances(), st.integers(0, 3))
def test_where_votes_cannot_be_blocked_the_going_of_a_member_never_raises_cohesion(
    given_: tuple[Any, Any], who: int
) -> None:
    w, p = given_
    w.no_veto = 1
    for me in w.members:
        me.on_roster = 1
        standard_test.begin_test(me, w)
    before = answered(w, p).cohesion
    w.members[who % w.n_members].status = OUT
    assert answered(w, p).cohesion <= before + 1e-12


def test_a_frozen_member_can_still_be_covered_by_the_patron_and_one_that_is_out_by_nobody() -> None:
    covers = []
    for status in (ACTIVE, FROZEN, OUT):
        w, p = small_world(kinds=(EXTERNAL,)), parameters()
        for me in w.members:
            me.level, me.status = [0.5], ACTIVE
        me = w.members[0]
        me.status, me.basing = status, 0.8
        w.threats[0].stake = 0.5
        standard_test.begin_test(me, w)
        standard_test.take_test(me, w, p)
        covers.append(me.cover)
    assert covers[0] == covers[1] > covers[2] == 0.0


def test_each_kind_of_the_test_is_met_by_the_threat_felt_most_at_its_weight() -> None:
    w = small_world(kinds=(EXTERNAL, MILITANTS, MILITANTS, PRESSURE, INTRA, DOMESTIC))
    w.test_weight = [2.0, 1.0, 5.0, 5.0, 1.0]
    me = w.members[0]
    for level, shares in (
        ([0.1, 0.4, 0.6, 0.9, 0.9, 0.2], [2.0 / 9.0, 0.0, 1.0 / 9.0, 5.0 / 9.0, 0.0, 1.0 / 9.0]),
        ([0.0, 0.4, 0.4, 0.0, 0.9, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
        ([0.0] * 6, [0.0] * 6),
    ):
        me.level = level
        standard_test.begin_test(me, w)
        assert me.test_share == pytest.approx(shares)
        assert standard_test.tested(me, w) == int(any(shares))
    w.test_weight = [0.0] * 5
    me.level = [0.5] * 6
    standard_test.begin_test(me, w)
    assert me.test_share == [0.0] * 6


# --- Beliefs on the scale of answers --------------------------------------------------------------


def expected_and_given(w: Any, p: Any, channel: int) -> tuple[float, float]:
    """Help that trust as such expects and help that would be given, weighted by how often."""
    given_, expected = 0.0, 0.0
    for me in w.members:
        if me.status == OUT or (channel == BLOC and me.status != ACTIVE):
            continue
        for k, threat in enumerate(w.threats):
            if me.rate[k] <= 0.0 or threat.kind == INTRA:
                continue
            severity = threat.severity_mean
            need = p.need_base + (1.0 - p.need_base) * severity
            stigma = p.stigma if threat.kind == DOMESTIC else 0.0
            plain = p.ask_base + p.ask_severity * severity - stigma
            patron = plain + p.bilateral_preference
            patron += p.ask_expectation * me.trust_patron * (1.0 - threat.patron_tie)
            appeal = math.exp(patron)
            if me.status == ACTIVE:
                appeal += math.exp(plain + p.ask_expectation * me.trust_bloc)
            weight = me.rate[k] * appeal / (1.0 + appeal)
            favoured = favour(w, p, me, k, channel)
            helped = help_given(w, p, threat.kind, severity, favoured, free=True)
            trust = me.trust_patron
            if channel == BLOC:
                trust = me.trust_bloc
                agreed = mandate(w, p, assents(w, p, k, me, severity, favoured))
                little = help_given(w, p, threat.kind, severity, favoured, free=False)
                helped = agreed * helped + (1.0 - agreed) * little
            given_ += weight * helped
            expected += weight * trust * need
    return expected, given_


@given(alliances())
@settings(max_examples=60)
def test_members_expect_on_average_what_the_answers_would_give(given_: tuple[Any, Any]) -> None:
    w, p = given_
    w.patron.scale_bloc, w.patron.scale_patron = 3.0, 0.3
    standard_test.begin_scales(w, p)
    for channel, scale in ((BLOC, w.patron.scale_bloc), (BILATERAL, w.patron.scale_patron)):
        expected, helped = expected_and_given(w, p, channel)
        assert 0.25 <= scale <= 4.0
        if expected == 0.0:
            assert scale == 1.0
        elif 0.25 < helped / expected < 4.0:
            assert scale * expected == pytest.approx(helped, rel=1e-9)
        else:
            assert scale == (0.25 if helped / expected <= 0.25 else 4.0)


@pytest.mark.parametrize("name", ["baseline", "prolonged-ukraine-war"])
def test_in_the_bundled_alliance_expectations_are_those_of_its_own_answers(name: str) -> None:
    run = Run(bundled(name))
    run.begin()
    patron = run.w.patron
    for channel, scale in ((BLOC, patron.scale_bloc), (BILATERAL, patron.scale_patron)):
        expected, helped = expected_and_given(run.w, run.p, channel)
        assert 0.25 < scale < 4.0, "neither end binds"
        assert scale * expected == pytest.approx(helped, rel=1e-9)


def test_asking_is_the_chance_to_ask_anybody_and_leaves_no_incident() -> None:
    w, p = small_world(kinds=(MILITANTS,)), parameters()
    me = w.members[0]
    me.trust_bloc, me.trust_patron, me.request_severity, me.incident = 0.5, 0.6, 0.7, [0.2]
    plain = p.ask_base + p.ask_severity * 0.7
    bloc = math.exp(plain + p.ask_expectation * 0.5)
    patron = math.exp(plain + p.bilateral_preference + p.ask_expectation * 0.6)
    whole = (bloc + patron) / (1.0 + bloc + patron)
    assert standard_test.asking(me, w, p, 0) == pytest.approx(whole)
    assert me.incident == [0.2]
    me.status = FROZEN
    assert standard_test.asking(me, w, p, 0) == pytest.approx(patron / (1.0 + patron))


def test_the_limit_of_an_answer_is_that_of_the_capacity_available() -> None:
    w, p = ideal()
    for available, best in ((0.0, 2), (p.cost_aid, 4), (p.cost_troops, 5)):
        w.patron.available = available
        me = w.members[0]
        me.request_threat, me.request_channel, me.mandate = 0, BLOC, 1
        assert answers.best_allowed(me, w, p) == best

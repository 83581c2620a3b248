"""Learning from answers: sizes, signs, who learns what, and how trust drifts between cases."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    BLOC,
    DOMESTIC,
    DT,
    EXERCISE,
    EXTERNAL,
    INTRA,
    MATERIEL,
    MILITANTS,
    MONITORING,
    NO_ANSWER,
    NO_CHANNEL,
    NOT_YET,
    OUT,
    STATEMENT,
    TROOPS,
)
from foedus.rules import patron
from foedus.rules.crises import answers
from foedus.rules.crises.requests import expectation
from foedus.rules.membership import trust
from worlds import NEVER_MIND, SURE, Luck, parameters, small_world, struck

levels = st.floats(0.0, 1.0)
inner = st.floats(0.2, 0.8)
channels = st.sampled_from([BILATERAL, BLOC])


def switched(**switches: Any) -> Any:
    return small_world(**switches)


def answered(
    code: int, channel: int = BLOC, level: float = 0.5, severity: float = 0.8, **switches: int
) -> tuple[Any, Any]:
    """A world in which the first member's request was answered so; the second is exposed alike."""
    w, p = switched(**switches), parameters()
    for me in w.members:
        me.trust_bloc = me.trust_patron = me.anchor_bloc = me.anchor_patron = level
        me.trust_evidence = trust.PRIOR_EVIDENCE
    me, exposed, insulated = w.members
    struck(me, severity=severity)
    me.request_channel, me.answer = channel, code
    me.expected_help = expectation(level, severity, MILITANTS, p)
    exposed.similarity[0], exposed.perceived[0] = 0.9, 0.8
    insulated.similarity[0], insulated.perceived[0] = 0.05, 0.02
    return w, p


def learnt(code: int, channel: int = BLOC, **more: Any) -> list[tuple[float, float]]:
    """Changes of trust in bloc and patron: requester, exposed and insulated bystander."""
    level = more.get("level", 0.5)
    w, p = answered(code, channel, **more)
    me, *others = w.members
    trust.learn(me, w, p)
    for other in others:
        trust.watch(other, me, w, p)
    return [(each.trust_bloc - level, each.trust_patron - level) for each in w.members]


# --- One's own case -------------------------------------------------------------------------------


@given(
    channels,
    inner,
    st.floats(0.1, 1.0),
    st.sampled_from([NO_ANSWER, STATEMENT, MONITORING, EXERCISE, TROOPS]),
)
def test_trust_moves_with_the_gap_between_help_and_expectation(
    channel: int, level: float, severity: float, code: int
) -> None:
    p = parameters()
    gap = answers.help_of(code, p) - expectation(level, severity, MILITANTS, p)
    bloc, patron = learnt(code, channel, level=level, severity=severity)[0]
    rate = p.learning * (p.loss_aversion if gap < 0.0 else 1.0)
    used, other = (bloc, patron) if channel == BLOC else (patron, bloc)
    expected = min(1.0, max(0.0, level + rate * gap)) - level
    assert used == pytest.approx(expected, abs=1e-12)
    other_expected = min(1.0, max(0.0, level + p.hub_share * rate * gap)) - level
    assert other == pytest.approx(other_expected, abs=1e-12)


@pytest.mark.parametrize("channel", [BILATERAL, BLOC])
def test_help_beyond_expectation_raises_trust_and_a_refusal_lowers_it(channel: int) -> None:
    for step in learnt(TROOPS, channel)[0]:
        assert step > 0.0
    for step in learnt(NO_ANSWER, channel)[0]:
        assert step < 0.0


def test_losses_weigh_about_loss_aversion_times_gains_of_the_same_size() -> None:
    w, p = answered(TROOPS)
    me = w.members[0]
    trust.revise(me, w, p, 0.1, BLOC, 1.0)
    gain = me.trust_bloc - 0.5
    trust.revise(me, w, p, -0.1, BLOC, 1.0)
    loss = 0.5 + gain - me.trust_bloc
    assert loss == pytest.approx(p.loss_aversion * gain)
    assert loss > 2.0 * gain > 0.0


def test_better_answers_teach_better() -> None:
    steps = [learnt(code)[0][0] for code in (NO_ANSWER, STATEMENT, MONITORING, EXERCISE, TROOPS)]
    assert steps == sorted(steps)
    assert steps[0] < steps[-1]


def grievance(
    code: int,
    severity: float = 0.8,
    level: float = 0.5,
    before: float = 0.0,
    kind: int = EXTERNAL,
) -> float:
    """Grievance of a requester after an answer to an attack of such severity."""
    w, p = answered(code, severity=severity, level=level)
    me, w.threats[0].kind = w.members[0], kind
    me.grievance = before
    trust.learn(me, w, p)
    return float(me.grievance)


def test_being_left_alone_over_an_invasion_leaves_a_grievance_and_troops_leave_none() -> None:
    assert grievance(NO_ANSWER, 1.0) == pytest.approx(min(1.0, parameters().grievance_jump))
    assert grievance(NO_ANSWER, 0.5) > grievance(STATEMENT, 0.5) > grievance(TROOPS, 0.5) == 0.0
    assert grievance(NO_ANSWER, 0.3) < 0.5 * grievance(NO_ANSWER, 0.6), "a skirmish is forgotten"


def test_only_attacks_of_states_leave_a_grievance() -> None:
    for kind in (MILITANTS, DOMESTIC, INTRA):
        assert grievance(NO_ANSWER, kind=kind) == 0.0


@given(levels, levels, levels)
def test_grievance_grows_with_severity_whatever_was_expected_and_stays_in_bounds(
    severity: float, level: float, before: float
) -> None:
    now = grievance(NO_ANSWER, severity, level, before)
    assert before <= now <= 1.0
    assert now >= grievance(NO_ANSWER, 0.9 * severity, level, before)
    assert now == grievance(NO_ANSWER, severity, 0.5, before)


@given(st.floats(0.0, 1.0), st.floats(0.0, 0.9), st.sampled_from([EXTERNAL, MILITANTS]))
def test_who_was_attacked_and_did_not_ask_resents_it_less_than_a_refusal(
    severity: float, before: float, kind: int
) -> None:
    w, p = small_world(kinds=(kind,)), parameters()
    me = w.members[0]
    me.request_threat, me.request_severity, me.grievance = 0, severity, before
    trust.resent_neglect(me, w, p)
    refused = grievance(NO_ANSWER, severity, before=before, kind=kind) - before
    if refused < 1.0 - before - 1e-9:
        assert me.grievance - before == pytest.approx(p.left_alone * refused)
    assert before <= me.grievance <= 1.0


@pytest.mark.parametrize("reason", ["asked", "out", "not struck"])
def test_nobody_resents_neglect_who_asked_is_out_or_was_not_struck(reason: str) -> None:
    w, p = small_world(kinds=(EXTERNAL,)), parameters()
    me = struck(w.members[0])
    me.request_channel = BLOC if reason == "asked" else NO_CHANNEL
    me.status = OUT if reason == "out" else ACTIVE
    me.request_threat = NOT_YET if reason == "not struck" else 0
    trust.resent_neglect(me, w, p)
    assert me.grievance == 0.0


def test_an_attack_left_alone_leaves_a_known_grievance() -> None:
    p = parameters()
    owed = p.need_base + 0.5 * (1.0 - p.need_base)
    expected = p.grievance_jump * 0.25 * (owed - p.help_statement)
    assert grievance(STATEMENT, 0.5) == pytest.approx(expected)
    assert grievance(STATEMENT, 0.5, before=0.4) == pytest.approx(0.4 + 0.6 * expected)


# --- Programmes -----------------------------------------------------------------------------------


def test_a_promise_of_arms_teaches_nothing_but_leaves_what_it_falls_short_of() -> None:
    assert learnt(MATERIEL) == [(0.0, 0.0)] * 3
    assert grievance(MATERIEL) > 0.0


def awaiting(channel: int = BLOC, expected: float = 0.4) -> tuple[Any, Any, Any]:
    """A member that was promised materiel on a request of which it expected so much."""
    w, p = answered(MATERIEL, channel)
    me = w.members[0]
    me.programme, me.awaited, me.awaited_channel = 1.0, expected, channel
    return w, p, me


@given(channels, st.floats(0.05, 0.9))
def test_a_programme_that_does_not_come_disappoints_every_month_by_its_years_share(
    channel: int, expected: float
) -> None:
    w, p, me = awaiting(channel, expected)
    trust.receive(me, w, p, Luck(NEVER_MIND))
    step = -p.disappointment * DT * p.learning * p.loss_aversion * expected
    changes = {BLOC: me.trust_bloc - 0.5, BILATERAL: me.trust_patron - 0.5}
    assert changes[channel] == pytest.approx(step)
    assert changes[BLOC + BILATERAL - channel] == pytest.approx(p.hub_share * step)
    assert me.programme == 1.0


@given(channels, st.floats(0.0, 1.0))
def test_a_programme_counts_when_it_arrives_for_the_channel_that_promised_it(
    channel: int, expected: float
) -> None:
    w, p, me = awaiting(channel, expected)
    trust.receive(me, w, p, Luck(SURE))
    gap = p.help_materiel - expected
    step = p.learning * (p.loss_aversion if gap < 0.0 else 1.0) * gap
    changes = {BLOC: me.trust_bloc - 0.5, BILATERAL: me.trust_patron - 0.5}
    assert changes[channel] == pytest.approx(step)
    assert changes[BLOC + BILATERAL - channel] == pytest.approx(p.hub_share * step)
    assert me.programme == 0.0
    trust.receive(me, w, p, Luck(SURE))
    assert changes[BLOC] == me.trust_bloc - 0.5, "once"


def test_who_was_promised_nothing_is_not_disappointed() -> None:
    w, p = answered(MATERIEL)
    u = Luck(SURE)
    trust.receive(w.members[0], w, p, u)
    assert (w.members[0].trust_bloc, u.asked) == (0.5, [])


def test_an_answer_of_materiel_is_what_is_awaited() -> None:
    w, p = answered(MATERIEL, BILATERAL)
    me = w.members[0]
    answers.deliver(me, w, p, MATERIEL)
    assert (me.programme, me.awaited, me.awaited_channel) == (1.0, me.expected_help, BILATERAL)


def test_help_does_not_buy_loyalty() -> None:
    w, p = answered(TROOPS)
    me = w.members[0]
    me.loyalty = 0.5
    trust.learn(me, w, p)
    assert me.loyalty == 0.5


@given(levels, st.floats(-1.0, 1.0), channels, levels, st.integers(0, 1), st.integers(0, 1))
def test_trust_stays_in_bounds_under_every_theory_of_learning(
    level: float, gap: float, channel: int, weight: float, symmetric: int, bayesian: int
) -> None:
    w, p = answered(TROOPS, level=level, symmetric_trust=symmetric, bayesian_trust=bayesian)
    p.learning, p.loss_aversion = 1.0, 8.0
    me = w.members[0]
    trust.revise(me, w, p, gap, channel, weight)
    for name in ("trust_bloc", "trust_patron", "anchor_bloc", "anchor_patron"):
        assert 0.0 <= getattr(me, name) <= 1.0


def test_part_of_what_is_learnt_stays() -> None:
    w, p = answered(NO_ANSWER)
    me = w.members[0]
    trust.learn(me, w, p)
    assert me.anchor_bloc - 0.5 == pytest.approx(p.trust_permanence * (me.trust_bloc - 0.5))
    assert me.anchor_patron - 0.5 == pytest.approx(p.trust_permanence * (me.trust_patron - 0.5))


def test_who_was_sent_away_learns_that_the_bloc_did_nothing() -> None:
    w, p = answered(TROOPS, BILATERAL)
    me = w.members[0]
    trust.learn_of_the_bloc(me, w, p, 0.4)
    step = p.learning * p.loss_aversion * 0.4
    assert me.trust_bloc == pytest.approx(0.5 - step)
    assert me.trust_patron == 0.5


# --- Bystanders -----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [BILATERAL, BLOC])
def test_a_refusal_hurts_the_requester_most_the_insulated_least_and_nobody_not_at_all(
    channel: int,
) -> None:
    requester, exposed, insulated = (
        bloc if channel == BLOC else patron for bloc, patron in learnt(NO_ANSWER, channel)
    )
    assert requester < exposed < insulated < 0.0


def test_a_bystander_learns_by_kinship_above_a_floor() -> None:
    w, p = answered(NO_ANSWER)
    me, other, _ = w.members
    gap = -expectation(0.5, 0.8, MILITANTS, p)
    for kinship in (0.0, 0.5, 1.0):
        other.trust_bloc, other.similarity[0], other.perceived[0] = 0.5, kinship, 1.0
        trust.watch(other, me, w, p)
        weight = p.observer_weight * (trust.OBSERVER_FLOOR + (1.0 - trust.OBSERVER_FLOOR) * kinship)
        step = weight * p.learning * p.loss_aversion * gap
        assert other.trust_bloc - 0.5 == pytest.approx(step)


def test_a_bystander_judges_by_what_it_would_have_expected_itself() -> None:
    w, p = answered(EXERCISE, BLOC)
    me, hopeful, bitter = w.members
    hopeful.trust_bloc, bitter.trust_bloc = 0.9, 0.1
    for other in (hopeful, bitter):
        other.similarity[0] = other.perceived[0] = 1.0
        trust.watch(other, me, w, p)
    assert hopeful.trust_bloc < 0.9
    assert bitter.trust_bloc > 0.1


def test_bystanders_bear_no_grievance() -> None:
    w, p = answered(NO_ANSWER)
    trust.watch(w.members[1], w.members[0], w, p)
    assert w.members[1].grievance == 0.0


# --- Rival theories -------------------------------------------------------------------------------


def test_without_observers_only_the_requester_learns() -> None:
    changes = learnt(NO_ANSWER, no_observers=1)
    assert changes[0] == learnt(NO_ANSWER)[0]
    assert changes[1:] == [(0.0, 0.0), (0.0, 0.0)]


def test_symmetric_trust_weighs_gains_and_losses_alike_by_the_mean_of_both() -> None:
    w, p = answered(TROOPS, symmetric_trust=1)
    me = w.members[0]
    rates = {trust.learning_rate(me, w, p, gap) for gap in (-0.3, 0.3)}
    assert rates == {p.learning * (1.0 + p.loss_aversion) / 2.0}


def test_a_bayesian_counts_cases_so_that_each_teaches_less() -> None:
    w, p = answered(NO_ANSWER, bayesian_trust=1)
    w.members[0].trust_evidence = 2.0
    me = w.members[0]
    steps = []
    for _ in range(4):
        before = me.trust_bloc
        trust.revise(me, w, p, 0.06, BLOC, 1.0)
        steps.append(me.trust_bloc - before)
    assert steps == pytest.approx([0.06 / 3.0, 0.06 / 4.0, 0.06 / 5.0, 0.06 / 6.0])
    assert me.trust_evidence == 6.0


# --- Drift ----------------------------------------------------------------------------------------


def drifted(level: float, capacity: float, months: int = 1, **switches: int) -> Any:
    w, p = answered(NO_ANSWER, level=level, **switches)
    w.patron.capacity = capacity
    w.patron.credibility = patron.credibility_now(w, p)
    for _ in range(months):
        trust.drift(w.members[0], w, p)
    return w.members[0]


@given(levels)
def test_trust_rests_at_its_anchor_while_capacity_is_that_of_the_start(level: float) -> None:
    me = drifted(level, 1.0, 24)
    assert me.trust_bloc == pytest.approx(level, abs=1e-12)
    assert me.trust_patron == pytest.approx(level, abs=1e-12)


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.8))
def test_trust_falls_with_capacity_towards_a_known_level(level: float, capacity: float) -> None:
    p = parameters()
    sought = level * capacity**p.credibility_slope
    me = drifted(level, capacity, 1200)
    assert me.trust_bloc == pytest.approx(sought, rel=1e-3)
    assert drifted(level, capacity).trust_bloc < level
    assert drifted(level, 0.9 * capacity).trust_bloc < drifted(level, capacity).trust_bloc


def test_trust_returns_more_slowly_than_it_goes() -> None:
    p = parameters()
    assert trust.settle_trust(0.5, 0.4, small_world(), p) - 0.5 == pytest.approx(
        -0.1 * (1.0 - math.exp(-p.trust_drift * DT))
    )
    up = trust.settle_trust(0.4, 0.5, small_world(), p) - 0.4
    assert up == pytest.approx(0.1 * (1.0 - math.exp(-p.trust_drift / p.loss_aversion * DT)))
    same = trust.settle_trust(0.4, 0.5, small_world(symmetric_trust=1), p) - 0.4
    assert same == pytest.approx(0.1 * (1.0 - math.exp(-p.trust_drift * DT)))


def test_grievance_fades() -> None:
    w, p = answered(NO_ANSWER)
    me = w.members[0]
    me.grievance = 0.5
    trust.drift(me, w, p)
    assert me.grievance == pytest.approx(0.5 * math.exp(-p.grievance_fading * DT))


def test_who_learns_nothing_keeps_its_trust() -> None:
    for code in range(6):
        w, p = answered(code)
        p.learning = 0.0
        me, *others = w.members
        trust.learn(me, w, p)
        for other in others:
            trust.watch(other, me, w, p)
        assert {each.trust_bloc for each in w.members} == {0.5}
        assert {each.trust_patron for each in w.members} == {0.5}

"""The patron's answer: what is allowed, what is chosen, what it costs and what it does."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import (
    ABSTAIN,
    ACTIVE,
    ASSENT,
    BILATERAL,
    BLOC,
    DOMESTIC,
    DT,
    EXERCISE,
    EXTERNAL,
    FROZEN,
    INTRA,
    MATERIEL,
    MILITANTS,
    MONITORING,
    NO_ANSWER,
    PRESSURE,
    STATEMENT,
    TROOPS,
    VETO,
    EventKind,
    Purpose,
)
from foedus.rules.crises import answers
from worlds import NEVER_MIND, SURE, Luck, events_of, parameters, small_world, struck

levels = st.floats(0.0, 1.0)
codes = range(6)


def asked(
    kind: int = MILITANTS, channel: int = BLOC, mandate: int = 1, severity: float = 0.8
) -> tuple[Any, Any, Any]:
    """A world in which the first member's request lies before the patron."""
    w, p = small_world(kinds=(kind,)), parameters()
    me = struck(w.members[0], severity=severity)
    me.request_channel, me.mandate = channel, mandate
    w.patron.favour = 0.6
    return w, p, me


def chances(w: Any, p: Any, me: Any) -> list[float]:
    """Probability of each answer, by a fine grid of luck."""
    count, grid = [0] * 6, 2000
    for n in range(grid):
        w.n_events, w.patron.committed, w.patron.available = 0, 0.0, w.patron.capacity
        answers.answer(me, w, p, Luck((n + 0.5) / grid))
        count[me.answer] += 1
    return [each / grid for each in count]


# --- What the charter allows ----------------------------------------------------------------------


@pytest.mark.parametrize("mandate", [0, 1])
@pytest.mark.parametrize("channel", [BILATERAL, BLOC])
@pytest.mark.parametrize("kind", [EXTERNAL, MILITANTS, PRESSURE, INTRA, DOMESTIC])
def test_what_each_channel_may_do(kind: int, channel: int, mandate: int) -> None:
    w, p, me = asked(kind, channel, mandate)
    free = kind != INTRA and (channel == BILATERAL or mandate == 1)
    assert answers.best_allowed(me, w, p) == (TROOPS if free else MONITORING)


@pytest.mark.parametrize(
    ("kind", "channel", "mandate"),
    [(MILITANTS, BLOC, 0), (INTRA, BLOC, 1), (INTRA, BILATERAL, 1), (INTRA, BILATERAL, 0)],
)
def test_nothing_beyond_monitoring_is_ever_given_where_it_is_not_allowed(
    kind: int, channel: int, mandate: int
) -> None:
    w, p, me = asked(kind, channel, mandate)
    w.patron.favour = 1.0
    given = {round(n / 50, 2): answers.answer(me, w, p, Luck(n / 50)) for n in range(1, 50)}
    assert len(given) == 49
    assert me.answers[MATERIEL:] == [0, 0, 0]
    assert sum(me.answers) == 49
    assert me.best_answer <= MONITORING
    assert w.deployments == w.force_between_members == 0


def test_the_audit_of_force_between_members_would_see_it() -> None:
    w, p, me = asked(INTRA)
    answers.deliver(me, w, p, TROOPS)
    assert (w.deployments, w.force_between_members) == (1, 1)
    w, p, me = asked(MILITANTS)
    answers.deliver(me, w, p, TROOPS)
    assert (w.deployments, w.force_between_members) == (1, 0)


@pytest.mark.parametrize("kind", [EXTERNAL, MILITANTS, DOMESTIC])
def test_what_costs_more_than_is_left_is_impossible(kind: int) -> None:
    w, p, me = asked(kind)
    troops = answers.cost_of(TROOPS, kind, p)
    limits = []
    for w.patron.available in (*(0.0, p.cost_aid - 1e-9, p.cost_aid, troops - 1e-9, troops, 1.0),):
        limits.append(answers.best_allowed(me, w, p))
    assert limits == [MONITORING, MONITORING, EXERCISE, EXERCISE, TROOPS, TROOPS]


@given(levels, levels, st.floats(0.0, 1.0), st.sampled_from([EXTERNAL, MILITANTS, DOMESTIC]))
def test_the_help_expected_is_the_mean_over_luck_and_a_share(
    favour: float, severity: float, capacity: float, kind: int
) -> None:
    w, p, me = asked(kind, severity=severity)
    w.patron.favour, w.patron.available = favour, capacity
    allowed = range(answers.best_allowed(me, w, p) + 1)
    weights = [math.exp(answers.answer_utility(me, w, p, code)) for code in allowed]
    worth = [0.0, p.help_statement, p.help_monitoring, p.help_materiel, p.help_exercise, 1.0]
    mean = sum(weight * worth[code] for code, weight in enumerate(weights)) / sum(weights)
    assert answers.expected_help_given(me, w, p) == pytest.approx(mean)
    assert 0.0 <= mean <= 1.0
    assert w.n_events == 0, "and nothing is drawn"


@pytest.mark.parametrize("capacity", [0.0, 0.02])
def test_without_capacity_there_is_next_to_no_help_however_well_the_patron_means(
    capacity: float,
) -> None:
    w, p, me = asked(severity=1.0)
    w.patron.favour, w.patron.available = 1.0, capacity
    assert answers.expected_help_given(me, w, p) <= p.help_monitoring


def test_an_answer_that_the_scenario_forces_is_given_once() -> None:
    w, p, me = asked()
    me.forced_answer = STATEMENT
    answers.answer(me, w, p, Luck(NEVER_MIND))
    assert (me.answer, me.forced_answer) == (STATEMENT, -1)
    answers.answer(me, w, p, Luck(NEVER_MIND))
    assert me.answer == TROOPS


# --- What the patron chooses ----------------------------------------------------------------------


@given(levels, levels, st.floats(0.05, 1.0), st.sampled_from([EXTERNAL, MILITANTS, DOMESTIC]))
def test_quantal_response_adds_to_one(
    favour: float, severity: float, capacity: float, kind: int
) -> None:
    w, p, me = asked(kind, severity=max(0.01, severity))
    w.patron.favour, w.patron.available = favour, capacity
    allowed = range(answers.best_allowed(me, w, p) + 1)
    weights = [
        math.exp(answers.answer_utility(me, w, p, code)) if code in allowed else 0.0
        for code in codes
    ]
    shares = [weight / sum(weights) for weight in weights]
    below = 0.0
    for code in codes:
        if shares[code] > 1e-6:
            w.n_events, w.patron.available = 0, capacity
            answers.answer(me, w, p, Luck(below + 0.5 * shares[code]))
            assert me.answer == code
            assert w.events[0].chance == pytest.approx(shares[code], rel=1e-9)
        below += shares[code]
    assert below == pytest.approx(1.0)


def test_no_answer_is_worth_nought_and_costs_nought() -> None:
    w, p, me = asked()
    assert answers.answer_utility(me, w, p, NO_ANSWER) == 0.0
    assert answers.help_of(NO_ANSWER, p) == answers.cost_of(NO_ANSWER, MILITANTS, p) == 0.0


@given(st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_more_favour_and_more_need_make_every_help_worth_more(favour: float, need: float) -> None:
    w, p, me = asked(severity=need)
    w.patron.favour = favour
    usual = [answers.answer_utility(me, w, p, code) for code in codes]
    w.patron.favour += 0.05
    assert all(answers.answer_utility(me, w, p, code) > usual[code] for code in range(STATEMENT, 6))
    w.patron.favour -= 0.05
    me.request_severity += 0.05
    assert all(answers.answer_utility(me, w, p, code) > usual[code] for code in range(STATEMENT, 6))


@given(st.floats(0.1, 0.9), st.sampled_from([EXTERNAL, MILITANTS, DOMESTIC]))
def test_a_drained_patron_shifts_to_cheaper_answers(capacity: float, kind: int) -> None:
    w, p, me = asked(kind)
    costs = [answers.cost_of(code, kind, p) for code in codes]
    w.patron.available = 1.0
    fresh = [answers.answer_utility(me, w, p, code) for code in codes]
    w.patron.available = capacity
    lost = [fresh[code] - answers.answer_utility(me, w, p, code) for code in codes]
    by_cost = sorted(codes, key=costs.__getitem__)
    assert [lost[code] for code in by_cost] == pytest.approx(sorted(lost))
    assert lost[TROOPS] > lost[MATERIEL] > lost[STATEMENT] == 0.0


def test_an_answer_has_a_known_worth() -> None:
    w, p, me = asked(severity=0.8)
    w.patron.available = 0.5
    need = p.need_base + 0.8 * (1.0 - p.need_base)
    value = p.answer_value * 0.6 * need * p.help_materiel
    cost = p.answer_cost * p.cost_aid / (0.5 + answers.SPARE)
    assert answers.answer_utility(me, w, p, MATERIEL) == pytest.approx(value - cost)


def test_as_capacity_falls_the_mean_answer_gets_cheaper() -> None:
    costs = []
    for capacity in (1.0, 0.5, 0.2):
        w, p, me = asked()
        w.patron.capacity = capacity
        shares = chances(w, p, me)
        assert sum(shares) == pytest.approx(1.0)
        costs.append(sum(s * answers.cost_of(c, MILITANTS, p) for c, s in enumerate(shares)))
    assert costs[0] > costs[1] > costs[2] > 0.0


def test_at_equal_favour_troops_are_likeliest_at_home_then_for_raids_then_against_a_state() -> None:
    shares = [chances(*asked(kind))[TROOPS] for kind in (DOMESTIC, MILITANTS, EXTERNAL)]
    assert shares[0] > shares[1] > shares[2]


def test_costs_and_help_grow_from_a_statement_to_troops() -> None:
    p = parameters()
    help_given = [answers.help_of(code, p) for code in codes]
    assert help_given == sorted(help_given)
    assert help_given[TROOPS] == 1.0
    for kind in (EXTERNAL, MILITANTS, DOMESTIC):
        costs = [answers.cost_of(code, kind, p) for code in codes]
        assert costs.index(max(costs)) == TROOPS
        assert costs[NO_ANSWER] == costs[STATEMENT] == costs[MONITORING] == 0.0
        assert 0.0 < costs[MATERIEL] == costs[EXERCISE] < costs[TROOPS]
    assert answers.cost_of(TROOPS, EXTERNAL, p) == p.cost_troops * p.external_cost
    assert answers.cost_of(TROOPS, DOMESTIC, p) == p.cost_troops * p.domestic_cost
    assert answers.cost_of(TROOPS, MILITANTS, p) == p.cost_troops


def test_an_answer_is_recorded() -> None:
    w, p, me = asked()
    answers.answer(me, w, p, Luck(SURE))
    assert (me.answer, me.best_answer, me.answers) == (NO_ANSWER, NO_ANSWER, [1, 0, 0, 0, 0, 0])
    answers.answer(me, w, p, Luck(NEVER_MIND))
    assert (me.answer, me.best_answer, me.answers) == (TROOPS, TROOPS, [1, 0, 0, 0, 0, 1])
    answers.answer(me, w, p, Luck(SURE))
    assert (me.answer, me.best_answer) == (NO_ANSWER, TROOPS)
    first, *_ = events_of(w, EventKind.ANSWER)
    assert (first.actor, first.other, first.answer) == (w.n_members, 0, NO_ANSWER)


# --- What an answer does --------------------------------------------------------------------------


@pytest.mark.parametrize("code", codes)
def test_an_answer_binds_the_capacity_that_it_costs(code: int) -> None:
    w, p, me = asked()
    answers.deliver(me, w, p, code)
    cost = answers.cost_of(code, MILITANTS, p)
    assert w.patron.committed == pytest.approx(cost)
    assert w.patron.available == pytest.approx(1.0 - cost)
    assert w.deployments == int(code == TROOPS)
    relief = {TROOPS: p.relief_troops, EXERCISE: p.relief_materiel}.get(code, 0.0)
    assert me.relief[0] == pytest.approx(relief)
    assert me.programme == float(code == MATERIEL)


def test_capacity_cannot_be_overdrawn() -> None:
    w, p, me = asked(EXTERNAL)
    w.patron.available = 0.1
    answers.deliver(me, w, p, TROOPS)
    assert w.patron.available == 0.0


@given(levels)
def test_relief_stays_a_share_and_never_shrinks_by_help(relief: float) -> None:
    w, p, me = asked()
    me.relief[0] = relief
    answers.deliver(me, w, p, TROOPS)
    assert relief <= me.relief[0] <= 1.0


def test_a_programme_arrives_late_and_later_where_supply_is_short() -> None:
    waits = []
    for supply in (1.0, 0.25):
        w, p, me = asked()
        w.patron.supply = supply
        chance = 1.0 - math.exp(-p.programme_rate * supply * DT)
        me.programme = 1.0
        answers.deliver_programme(me, w, p, Luck(chance + 1e-9))
        assert me.programme == 1.0
        assert me.relief == [0.0]
        answers.deliver_programme(me, w, p, Luck(chance - 1e-9))
        assert me.programme == 0.0
        assert me.relief[0] == pytest.approx(p.relief_materiel)
        waits.append(math.log(2.0) / (p.programme_rate * supply))
    assert waits[0] > 2.0, "half of all programmes take longer than two years (P08)"
    assert waits[1] > waits[0]


def test_nothing_arrives_that_was_not_promised() -> None:
    w, p, me = asked()
    u = Luck(SURE)
    answers.deliver_programme(me, w, p, u)
    assert (me.relief, u.asked) == ([0.0], [])


def test_arms_help_against_threats_from_outside_only() -> None:
    w, p = small_world(kinds=(EXTERNAL, MILITANTS, INTRA, DOMESTIC)), parameters()
    me = w.members[0]
    me.programme = 1.0
    answers.deliver_programme(me, w, p, Luck(SURE))
    assert me.relief == [p.relief_materiel, p.relief_materiel, 0.0, 0.0]


# --- Others take part -----------------------------------------------------------------------------


def joined(
    vote: int = ASSENT,
    status: int = ACTIVE,
    answer: int = TROOPS,
    mandate: int = 1,
    channel: int = BLOC,
    luck: float = SURE,
) -> list[float]:
    """Ties of helper and helped afterwards, participation of the helper, how often it took part."""
    w, p, me = asked(channel=channel, mandate=mandate)
    me.answer = answer
    other = w.members[1]
    other.council_vote, other.status, other.reliance = vote, status, 0.8
    other.participation = 0.5
    me.tie, other.tie = [0.5] * 3, [0.5] * 3
    answers.join_in(other, me, w, p, Luck(given={Purpose.TAKE_PART: luck}))
    times = len(events_of(w, EventKind.TAKE_PART))
    return [other.tie[0], me.tie[1], other.participation, times]


def test_who_assents_may_take_part_which_brings_both_closer_and_is_no_act_of_membership() -> None:
    closer = 0.5 + 0.5 * parameters().exercise_bond
    assert joined() == pytest.approx([closer, closer, 0.5, 1.0])
    assert joined(luck=NEVER_MIND) == [0.5, 0.5, 0.5, 0.0]


@pytest.mark.parametrize(
    "reason",
    [
        {"vote": ABSTAIN},
        {"vote": VETO},
        {"status": FROZEN},
        {"answer": MATERIEL},
        {"mandate": 0},
        {"channel": BILATERAL},
    ],
)
def test_nobody_takes_part_without_assent_mandate_and_something_to_take_part_in(
    reason: dict[str, int],
) -> None:
    assert joined(**reason) == [0.5, 0.5, 0.5, 0.0]

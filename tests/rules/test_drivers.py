"""Drivers, shocks, triggers, questions: what comes from outside and what is asked of a run."""

from __future__ import annotations

import math
from copy import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary import agenda, observables
from foedus.dictionary.observables import Observable
from foedus.dictionary.vocabulary import (
    ACTIVE,
    DECISION_RULE,
    EFFECT_ON_PROVISION,
    EFFECT_ON_STATE,
    FROZEN,
    INTRA,
    MILITANTS,
    NOT_YET,
    OUT,
    PROVISION_NAMES,
    SHOCK_AGGRESSION,
    SHOCK_ARMS_DEPENDENCE,
    SHOCK_ECONOMIC_DEPENDENCE,
    SHOCK_FEAR,
    SHOCK_GRIEVANCE,
    SHOCK_INCIDENT,
    SHOCK_TIE,
    SHOCK_TRUST_BLOC,
    SHOCK_TRUST_PATRON,
    EventKind,
)
from foedus.rules import drivers, month, triggers
from worlds import blank, events_of, parameters, small_world

levels = st.floats(0.0, 1.0)
STATES = {
    SHOCK_TRUST_BLOC: ("trust_bloc", "anchor_bloc"),
    SHOCK_TRUST_PATRON: ("trust_patron", "anchor_patron"),
    SHOCK_FEAR: ("fear",),
    SHOCK_GRIEVANCE: ("grievance",),
    SHOCK_ECONOMIC_DEPENDENCE: ("economic_dependence",),
    SHOCK_ARMS_DEPENDENCE: ("arms_dependence",),
}


def shock(target: int, size: float, member: int = 0, other: int = 0, at: int = 1) -> Any:
    made = blank(agenda.Shock)
    vars(made).update(month=at, target=target, member=member, other=other, size=size)
    return made


def world() -> Any:
    w = small_world(kinds=(MILITANTS, INTRA))
    for me in w.members:
        for fields in STATES.values():
            for field in fields:
                setattr(me, field, 0.5)
        me.tie, me.tie_base = [0.5] * 3, [0.5] * 3
    return w


def levels_of(me: Any) -> dict[str, float]:
    return {field: getattr(me, field) for fields in STATES.values() for field in fields}


# --- Drivers and shocks ---------------------------------------------------------------------------


@given(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0))
def test_a_driver_is_its_path_and_its_pulse_within_its_range(path: float, pulse: float) -> None:
    driver = blank(agenda.Driver)
    vars(driver).update(path=path, pulse=pulse, low=0.0, high=2.0)
    drivers.drive(driver)
    assert driver.value == min(2.0, max(0.0, path + pulse))


@pytest.mark.parametrize(("target", "fields"), STATES.items())
@pytest.mark.parametrize("size", [-0.9, -0.2, 0.2, 0.9])
def test_a_shock_moves_its_state_within_bounds_and_no_other(
    target: int, fields: tuple[str, ...], size: float
) -> None:
    w = world()
    drivers.strike(shock(target, size), w)
    hit, spared, _ = w.members
    for field, value in levels_of(hit).items():
        expected = min(1.0, max(0.0, 0.5 + size)) if field in fields else 0.5
        assert value == pytest.approx(expected)
    assert set(levels_of(spared).values()) == {0.5}


def test_a_shock_strikes_in_its_month_only() -> None:
    w = world()
    drivers.strike(shock(SHOCK_FEAR, 0.3, at=2), w)
    assert w.members[0].fear == 0.5
    w.month = 2
    drivers.strike(shock(SHOCK_FEAR, 0.3, at=2), w)
    assert w.members[0].fear == pytest.approx(0.8)


def test_a_settlement_concerns_both_sides_alike() -> None:
    w = world()
    drivers.strike(shock(SHOCK_TIE, 0.2, 0, 2), w)
    first, _, third = w.members
    for me, other in ((first, 2), (third, 0)):
        assert me.tie[other] == me.tie_base[other] == pytest.approx(0.7)
    assert first.tie[1] == third.tie[1] == 0.5


def test_aggression_lasts_a_month() -> None:
    w = world()
    w.shocks, w.n_shocks = [shock(SHOCK_AGGRESSION, 0.6)], 1
    month.be_driven(w, parameters())
    assert w.aggression == 0.6
    w.month = 2
    month.be_driven(w, parameters())
    assert w.aggression == 0.0


def test_a_dated_clash_belongs_to_its_first_party_and_other_incidents_to_the_member() -> None:
    w = world()
    drivers.strike(shock(SHOCK_INCIDENT, 0.7, 1, 1), w)
    drivers.strike(shock(SHOCK_INCIDENT, 0.4, 2, 0), w)
    assert [me.forced for me in w.members] == [[0.0, 0.7], [0.0, 0.0], [0.4, 0.0]]
    w.threats[1].first = w.threats[1].second = NOT_YET
    drivers.strike(shock(SHOCK_INCIDENT, 0.9, 1, 1), w)
    assert [me.forced for me in w.members] == [[0.0, 0.7], [0.0, 0.0], [0.4, 0.0]]


# --- Triggers -------------------------------------------------------------------------------------


def armed(for_months: int = 1, repeat: int = 0, kept: float = 1.0) -> tuple[Any, Any]:
    """A world with a trigger on low cohesion that adds half to the war."""
    w = world()
    trigger = blank(agenda.Trigger)
    vars(trigger).update(
        observable=Observable.COHESION.value,
        member=NOT_YET,
        other=NOT_YET,
        comparison=observables.LESS,
        threshold=0.4,
        for_months=for_months,
        until_observable=NOT_YET,
        target=w.war_driver,
        size=0.5,
        kept=kept,
        repeat=repeat,
    )
    w.triggers, w.n_triggers = [trigger], 1
    return w, trigger


def war(w: Any, cohesion: list[float]) -> list[float]:
    """The war month by month, given last month's cohesion."""
    found = []
    for w.cohesion in cohesion:
        month.be_driven(w, parameters())
        found.append(w.drivers[w.war_driver].value)
    return found


def test_a_trigger_fires_once_when_its_condition_has_held() -> None:
    w, _ = armed(for_months=3)
    cohesion = [0.3, 0.3, 0.5, 0.3, 0.3, 0.3, 0.3, 0.5, 0.3, 0.3, 0.3]
    assert war(w, cohesion) == [0.0] * 5 + [0.5] * 6


def test_a_repeating_trigger_is_armed_again_when_its_condition_fails() -> None:
    w, _ = armed(repeat=1)
    assert war(w, [0.3, 0.3, 0.5, 0.3]) == [0.5, 0.5, 0.5, 1.0]


def test_what_a_trigger_added_fades() -> None:
    w, _ = armed(kept=0.5)
    assert war(w, [0.3, 0.3, 0.3]) == [0.5, 0.25, 0.125]


def test_a_trigger_is_logged_when_it_fires_and_when_it_ends() -> None:
    w, trigger = armed()
    trigger.id = 3
    war(w, [0.3])
    (event,) = events_of(w, EventKind.TRIGGER)
    assert (event.actor, event.driver, event.trigger) == (NOT_YET, w.war_driver, 3)
    assert event.value == 0.5
    until(trigger, 0.6)
    war(w, [0.7])
    (event,) = events_of(w, EventKind.TRIGGER_ENDED)
    assert (event.driver, event.trigger) == (w.war_driver, 3)


def until(trigger: Any, threshold: float) -> Any:
    """The trigger, ended when cohesion is above a threshold."""
    trigger.until_observable = Observable.COHESION.value
    trigger.until_comparison, trigger.until_threshold = observables.MORE, threshold
    return trigger


def test_an_effect_lasts_until_a_second_threshold_and_does_not_flicker() -> None:
    w, trigger = armed(repeat=1)
    until(trigger, 0.6)
    cohesion = [0.3, 0.5, 0.3, 0.5, 0.7, 0.5, 0.7, 0.3, 0.3]
    assert war(w, cohesion) == [0.5, 0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 0.5, 0.5]


def test_one_that_may_not_repeat_is_spent_when_it_is_ended() -> None:
    w, trigger = armed()
    until(trigger, 0.6)
    assert war(w, [0.3, 0.7, 0.3, 0.3]) == [0.5, 0.0, 0.0, 0.0]
    assert trigger.fired == 2


def test_the_condition_must_hold_anew_once_the_effect_was_ended() -> None:
    w, trigger = armed(for_months=2, repeat=1)
    until(trigger, 0.6)
    cohesion = [0.3, 0.3, 0.3, 0.7, 0.3, 0.3, 0.3]
    assert war(w, cohesion) == [0.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5]


def test_what_was_before_its_first_month_does_not_count() -> None:
    w, trigger = armed(for_months=2)
    trigger.first_month = 4
    found = []
    for w.month in range(1, 7):
        found += war(w, [0.3])
    assert found == [0.0, 0.0, 0.0, 0.0, 0.5, 0.5]


def test_two_triggers_on_one_driver_fade_each_at_its_own_rate() -> None:
    w, lasting = armed()
    fading = copy(lasting)
    fading.kept, fading.size = 0.5, 0.25
    w.triggers, w.n_triggers = [lasting, fading], 2
    assert war(w, [0.3, 0.3, 0.3]) == [0.75, 0.625, 0.5625]


def test_a_trigger_can_shift_a_state_once() -> None:
    w, trigger = armed()
    trigger.effect, trigger.target, trigger.whose = EFFECT_ON_STATE, SHOCK_TRUST_BLOC, 1
    trigger.size = -0.2
    for me in w.members:
        me.trust_bloc = me.anchor_bloc = 0.5
    until(trigger, 0.6)
    assert war(w, [0.3, 0.3, 0.7]) == [0.0, 0.0, 0.0]
    assert [me.trust_bloc for me in w.members] == [0.5, pytest.approx(0.3), 0.5]
    assert w.members[1].anchor_bloc == pytest.approx(0.3)


# --- Charter and mechanisms -----------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(PROVISION_NAMES)))
def test_a_dated_change_takes_effect_in_its_month(number: int) -> None:
    name = PROVISION_NAMES[number]
    w = world()
    before = {each: getattr(w, each) for each in PROVISION_NAMES}
    change = blank(agenda.Change)
    change.month, change.provision, change.value = w.month + 1, number, 2
    w.changes, w.n_changes = [change], 1
    month.be_driven(w, parameters())
    assert {each: getattr(w, each) for each in PROVISION_NAMES} == before
    w.month += 1
    month.be_driven(w, parameters())
    assert {each: getattr(w, each) for each in PROVISION_NAMES} == before | {name: 2}
    assert triggers.provided(w, number) == 2
    (event,) = events_of(w, EventKind.CHANGE)
    assert (event.provision, event.value) == (number, 2.0)


def on_provision(number: int, value: int) -> tuple[Any, Any]:
    w, trigger = armed(repeat=1)
    trigger.effect, trigger.target, trigger.size = EFFECT_ON_PROVISION, number, float(value)
    return w, until(trigger, 0.6)


def test_a_trigger_can_change_the_charter_and_give_it_back() -> None:
    w, _ = on_provision(DECISION_RULE, 1)
    found = []
    for w.cohesion in [0.5, 0.3, 0.5, 0.7, 0.3]:
        month.be_driven(w, parameters())
        found.append(w.decision_rule)
    assert found == [0, 1, 1, 0, 1]


def test_a_charter_that_was_changed_meanwhile_is_not_given_back() -> None:
    w, _ = on_provision(DECISION_RULE, 1)
    w.cohesion = 0.3
    month.be_driven(w, parameters())
    w.decision_rule = 2
    w.cohesion = 0.7
    month.be_driven(w, parameters())
    assert w.decision_rule == 2


# --- Observables and questions --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [
        (observables.LESS, [True, False, False]),
        (observables.AT_MOST, [True, True, False]),
        (observables.MORE, [False, False, True]),
        (observables.AT_LEAST, [False, True, True]),
        (observables.EQUAL, [False, True, False]),
    ],
)
def test_comparisons(comparison: int, holds: list[bool]) -> None:
    assert [observables.holds(value, comparison, 2.0) for value in (1.0, 2.0, 3.0)] == holds


def test_every_observable_reads_its_own_field() -> None:
    w = world()
    me = w.members[1]
    own = (
        *("participation", "engagement", "trust_patron", "trust_bloc", "loyalty", "fear"),
        *("grievance", "arms_dependence", "unmet_need", "economic_dependence"),
        *("outside_option", "external_threat", "domestic_threat"),
    )
    bloc = (
        *("cohesion", "goal_agreement", "overall_participation", "reliability", "mutual_trust"),
        *("membership", "frustration"),
    )
    for place, field in enumerate(own):
        setattr(me, field, 0.01 * (place + 1))
        assert observables.observe(w, 1 + place, 1, -1) == 0.01 * (place + 1)
    for place, field in enumerate(bloc):
        setattr(w, field, 0.02 * (place + 1))
        assert observables.observe(w, 20 + place, -1, -1) == 0.02 * (place + 1)
    w.patron.capacity, w.patron.war, w.deployments = 0.3, 0.7, 2
    w.patron.presence, w.patron.supply = 0.15, 0.25
    w.agreement, w.means, w.acting, w.overall_reliance = 0.41, 0.42, 0.43, 0.44
    w.vitality, me.reliance, me.cover = 1, 0.45, 0.46
    me.alignment, me.patron_alignment, me.autonomous_alignment = [0.2], 0.5, 0.3
    me.tie[2], me.incidents[0], me.perceived[1] = 0.9, 4, 0.35
    read = {
        (Observable.STATUS, 1, -1): ACTIVE,
        (Observable.CAPACITY, -1, -1): 0.3,
        (Observable.WAR, -1, -1): 0.7,
        (Observable.PRESENCE, -1, -1): 0.15,
        (Observable.AGREEMENT, -1, -1): 0.41,
        (Observable.MEANS, -1, -1): 0.42,
        (Observable.ACTING, -1, -1): 0.43,
        (Observable.OVERALL_RELIANCE, -1, -1): 0.44,
        (Observable.VITALITY, -1, -1): 1.0,
        (Observable.RELIANCE, 1, -1): 0.45,
        (Observable.COVER, 1, -1): 0.46,
        (Observable.SUPPLY, -1, -1): 0.25,
        (Observable.DEPLOYMENTS, -1, -1): 2.0,
        (Observable.ALIGNMENT, 1, 0): 0.2,
        (Observable.ALIGNMENT, 1, observables.PATRON): 0.5,
        (Observable.ALIGNMENT, 1, observables.AUTONOMY): 0.3,
        (Observable.TIE, 1, 2): 0.9,
        (Observable.INCIDENTS, 1, 0): 4.0,
        (Observable.PERCEIVED, 1, 1): 0.35,
    }
    for (code, i, j), value in read.items():
        assert observables.observe(w, code.value, i, j) == value


def test_counts_are_over_anybody_or_one_and_the_patron_is_a_member() -> None:
    w = world()
    for me, status in zip(w.members, (ACTIVE, FROZEN, OUT), strict=True):
        me.status = status
    first, second, _ = w.members
    first.requests_bloc, first.requests_bilateral, second.requests_bloc = 2, 1, 4
    first.best_answer, second.best_answer = 1, 3

    def count(code: Observable, i: int = -1) -> float:
        return float(observables.observe(w, code.value, i, -1))

    assert (count(Observable.MEMBERS_IN), count(Observable.MEMBERS_ACTIVE)) == (3.0, 2.0)
    assert (count(Observable.REQUESTS), count(Observable.REQUESTS, 0)) == (7.0, 3.0)
    assert (count(Observable.REQUESTS_BLOC), count(Observable.REQUESTS_BLOC, 1)) == (6.0, 4.0)
    assert count(Observable.REQUESTS_BILATERAL) == 1.0
    answers = [count(Observable.BEST_ANSWER, i) for i in (-1, 0, 1, 2)]
    assert answers[:3] == [3.0, 1.0, 3.0]
    assert math.isnan(answers[3]), "who never asked has no best answer"
    for comparison in range(5):
        assert not observables.holds(answers[3], comparison, 2.0)
    first.unasked, second.unasked, second.regime_changes = 3, 2, 1
    assert (count(Observable.UNASKED), count(Observable.UNASKED, 1)) == (5.0, 2.0)
    assert (count(Observable.REGIME_CHANGES), count(Observable.REGIME_CHANGES, 0)) == (1.0, 0.0)
    assert count(Observable.MEMBERS_FROZEN) == 1.0
    first.answers, second.answers = [2, 0, 0, 1, 0, 0], [1, 0, 0, 0, 0, 4]
    given = [observables.observe(w, Observable.ANSWERS.value, i, j) for i, j in [(-1, 0), (1, 5)]]
    assert given == [3.0, 4.0]


@pytest.mark.parametrize(
    ("first", "last", "for_months", "when"),
    [(1, 10, 1, 3), (1, 10, 2, 4), (4, 10, 2, 4), (6, 10, 1, 8), (1, 2, 1, 0), (1, 10, 4, 0)],
)
def test_a_question_is_resolved_within_its_window_once_its_event_has_lasted(
    first: int, last: int, for_months: int, when: int
) -> None:
    w = world()
    question = blank(agenda.Question)
    vars(question).update(
        observable=Observable.COHESION.value,
        member=NOT_YET,
        other=NOT_YET,
        comparison=observables.LESS,
        threshold=0.4,
        first_month=first,
        last_month=last,
        for_months=for_months,
    )
    w.questions, w.n_questions = [question], 1
    resolved = []
    for number, cohesion in enumerate([0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.5, 0.5, 0.3, 0.5, 0.5]):
        w.month, w.cohesion = number, cohesion
        observables.resolve_question(w, 0)
        resolved.append(question.resolved)
    assert resolved == [int(0 < when <= number) for number in range(11)]

"""What a scenario has actors do, and numbers that it changes at a date."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary import agenda
from foedus.dictionary.alterable import ALTERABLE
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    BLOC,
    BY_NOTICE,
    FROZEN,
    INTRA,
    MILITANTS,
    NOT_YET,
    OUT,
    STATEMENT,
    EventKind,
    Forced,
)
from foedus.rules import decisions, month, partners, start, statecraft
from worlds import NEVER_MIND, Luck, blank, events_of, parameters, small_world

OWN = (Forced.NOTICE, Forced.WITHDRAW, Forced.FREEZE, Forced.THAW, Forced.LEAVE, Forced.JOIN)


def decided(kind: Forced, **fields: Any) -> Any:
    """A decision of the first member, in the second month."""
    made = blank(agenda.Decision)
    vars(made).update(month=2, kind=kind.value, actor=0, member=0, partner=-1, threat=-1)
    vars(made).update(channel=-1, answer=-1)
    vars(made).update(fields)
    return made


def world(status: int = ACTIVE, notice: int = NOT_YET) -> tuple[Any, Any, Any]:
    w, p = small_world(kinds=(MILITANTS, INTRA), month=2), parameters()
    me = w.members[0]
    me.status = me.status_before = status
    me.notice = me.notice_before = notice
    for each in w.members:
        each.arms_dependence = each.economic_dependence = 0.5
    w.partners[0].arms_supply, w.partners[0].red_line = 0.4, 0.6
    return w, p, me


def snapshot(w: Any) -> dict[str, Any]:
    """All that a world holds, but for its log."""
    found = {name: value for name, value in vars(w).items() if not isinstance(value, list)}
    found.pop("n_events")
    found["patron"] = dict(vars(w.patron))
    for kind in ("members", "partners", "threats"):
        for n, each in enumerate(getattr(w, kind)):
            for name, value in vars(each).items():
                found[f"{kind}.{n}.{name}"] = list(value) if isinstance(value, list) else value
    return found


POSSIBLE = {
    Forced.NOTICE: {(ACTIVE, NOT_YET), (FROZEN, NOT_YET)},
    Forced.WITHDRAW: {(ACTIVE, 3), (FROZEN, 3)},
    Forced.FREEZE: {(ACTIVE, NOT_YET), (ACTIVE, 3)},
    Forced.THAW: {(FROZEN, NOT_YET), (FROZEN, 3)},
    Forced.LEAVE: {(ACTIVE, NOT_YET), (ACTIVE, 3), (FROZEN, NOT_YET), (FROZEN, 3)},
    Forced.JOIN: {(OUT, NOT_YET)},
}


@pytest.mark.parametrize(
    ("status", "notice"),
    [(OUT, NOT_YET), (FROZEN, NOT_YET), (FROZEN, 3), (ACTIVE, NOT_YET), (ACTIVE, 3)],
)
@pytest.mark.parametrize("kind", OWN)
def test_an_act_that_is_impossible_by_then_does_not_happen(
    kind: Forced, notice: int, status: int
) -> None:
    w, p, _ = world(status, notice)
    before = snapshot(w)
    decisions.enforce(decided(kind), w, p)
    possible = (status, notice) in POSSIBLE[kind]
    assert w.n_events == (0 if not possible else 2 if kind == Forced.LEAVE else 1)
    assert (snapshot(w) != before) == possible


@pytest.mark.parametrize("kind", list(Forced))
def test_a_decision_is_made_in_its_month_only(kind: Forced) -> None:
    w, p, _ = world(FROZEN if kind == Forced.THAW else ACTIVE)
    before = snapshot(w)
    for w.month in (1, 3):
        decisions.enforce(decided(kind, partner=0, threat=0, size=1.0), w, p)
        before["month"] = w.month
        assert snapshot(w) == before
        assert w.n_events == 0


def test_a_notice_given_and_withdrawn() -> None:
    w, p, me = world()
    decisions.enforce(decided(Forced.NOTICE), w, p)
    assert (me.notice, me.first_notice, me.status) == (w.notice_months, 2, ACTIVE)
    decisions.enforce(decided(Forced.WITHDRAW), w, p)
    assert (me.notice, me.first_notice) == (NOT_YET, 2)
    kinds = [event.forced for event in events_of(w, EventKind.DECISION)]
    assert kinds == [Forced.NOTICE, Forced.WITHDRAW]


def test_a_freeze_is_a_precedent_and_a_thaw_ends_it() -> None:
    w, p, me = world()
    me.months_frozen = 7
    decisions.enforce(decided(Forced.FREEZE), w, p)
    assert (me.status, me.first_freeze, me.months_frozen) == (FROZEN, 2, 0)
    assert [each.precedent for each in w.members] == [0.0, 1.0, 1.0]
    decisions.enforce(decided(Forced.THAW), w, p)
    assert me.status == ACTIVE


def test_who_leaves_by_order_of_the_scenario_is_out_at_once_and_can_join_again() -> None:
    w, p, me = world(notice=3)
    decisions.enforce(decided(Forced.LEAVE), w, p)
    assert (me.status, me.first_exit, me.notice, me.months_out) == (OUT, 2, NOT_YET, 0)
    assert [event.ending for event in events_of(w, EventKind.EXIT)] == [BY_NOTICE]
    assert w.members[1].precedent == 1.0
    decisions.enforce(decided(Forced.JOIN), w, p)
    assert (me.status, me.first_return) == (ACTIVE, 2)


@pytest.mark.parametrize("status", [ACTIVE, FROZEN])
def test_a_forced_exit_is_no_expulsion(status: int) -> None:
    w, p, me = world(status)
    w.month = 0
    start.begin(w, p)
    w.decisions, w.n_decisions = [decided(Forced.LEAVE)], 1
    for w.month in (1, 2, 3):
        month.advance(w, p, Luck(NEVER_MIND))
    assert (me.status, w.expulsions) == (OUT, 0)


@pytest.mark.parametrize(("channel", "answer"), [(BLOC, STATEMENT), (BILATERAL, 5), (BLOC, -1)])
def test_a_request_brings_its_crisis_its_channel_and_its_answer(channel: int, answer: int) -> None:
    w, p, me = world()
    request = decided(Forced.REQUEST, threat=0, channel=channel, answer=answer, size=0.8)
    decisions.enforce(request, w, p)
    assert (me.forced, me.forced_channel, me.forced_answer) == ([0.8, 0.0], channel, answer)
    (event,) = events_of(w, EventKind.DECISION)
    assert (event.threat, event.value, event.forced) == (0, 0.8, Forced.REQUEST)
    gone = world(OUT)
    decisions.enforce(request, *gone[:2])
    assert gone[2].forced == [0.0, 0.0]


def test_a_forced_request_is_asked_and_answered_within_the_month() -> None:
    w, p, me = world()
    w.month = 0
    start.begin(w, p)
    w.decisions, w.n_decisions = (
        [decided(Forced.REQUEST, threat=0, channel=BLOC, answer=STATEMENT, size=0.8)],
        1,
    )
    for w.month in (1, 2):
        month.advance(w, p, Luck(NEVER_MIND))
    assert (me.requests_bloc, me.requests_bilateral, me.answer) == (1, 0, STATEMENT)
    assert (me.forced_channel, me.forced_answer) == (NOT_YET, NOT_YET)


def test_a_new_government_sees_the_alliance_otherwise() -> None:
    w, p, me = world()
    me.disposition, me.leaning = 0.2, -0.3
    decisions.enforce(decided(Forced.GOVERNMENT, size=-1.5), w, p)
    assert (me.disposition, me.leaning) == pytest.approx((-1.3, -1.8))
    assert me.regime_changes == 1
    (event,) = events_of(w, EventKind.DECISION)
    assert (event.actor, event.other, event.value) == (0, NOT_YET, -1.5)


@pytest.mark.parametrize("size", [0.3, 1.0])
def test_terms_and_pressure_do_what_the_patrons_own_would(size: float) -> None:
    for kind in (Forced.TERMS, Forced.PRESSURE):
        w, p, me = world()
        me.fear_exposure = 0.5
        v, q, other = world()
        other.fear_exposure = 0.5
        decisions.enforce(decided(kind, actor=w.n_members, size=size), w, p)
        if kind == Forced.TERMS:
            statecraft.offer_terms(other, v, q, size)
            assert me.terms > 0.0
        else:
            statecraft.press(other, q, size)
            assert me.pressure > 0.0
        assert snapshot(w) == snapshot(v)
        (event,) = events_of(w, EventKind.DECISION)
        assert (event.actor, event.other, event.partner) == (w.n_members, 0, NOT_YET)


def test_a_pact_does_what_a_pact_of_ones_own_would() -> None:
    w, p, me = world()
    v, q, other = world()
    decisions.enforce(decided(Forced.PACT, actor=NOT_YET, partner=0), w, p)
    partners.sign_pact(other, v.partners[0], q)
    assert me.pact == [1.0]
    assert snapshot(w) == snapshot(v)
    (event,) = events_of(w, EventKind.DECISION)
    assert (event.partner, event.other, event.forced) == (0, 0, Forced.PACT)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_arms_of_a_partner_replace_the_patrons_as_far_as_it_can(size: float, supply: float) -> None:
    w, p, me = world()
    w.partners[0].arms_supply = supply
    decisions.enforce(decided(Forced.ARMS, actor=NOT_YET, partner=0, size=size), w, p)
    assert me.arms_dependence == pytest.approx(0.5 * (1.0 - size * supply))
    assert w.members[1].arms_dependence == 0.5


# --- Numbers that change at a date ----------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(ALTERABLE)))
def test_a_number_of_the_alliance_is_another_one_from_its_month_on(number: int) -> None:
    w, _, _ = world()
    w.n_partners = 1
    place = list(ALTERABLE.values())[number]
    alteration = blank(agenda.Alteration)
    first = 0 if "partners" in place else 1
    second = 0 if "partner" in place or place.endswith(("fit[j]", "suspicion[j]")) else 1
    vars(alteration).update(month=3, quantity=number, i=first, j=second, value=0.875)
    before = snapshot(w)
    decisions.change_quantity(alteration, w)
    assert snapshot(w) == before
    w.month = before["month"] = 3
    decisions.change_quantity(alteration, w)
    after = snapshot(w)
    kind, field = place.removeprefix("w.").split("[i].")
    name = f"{kind}.{first}.{field.removesuffix('[j]')}"
    assert {key for key in after if after[key] != before[key]} == {name}
    changed = after[name][second] if field.endswith("[j]") else after[name]
    assert changed == 0.875
    w.month, alteration.value = 4, 0.125
    decisions.change_quantity(alteration, w)
    assert snapshot(w) == after | {"month": 4}, "once"


def test_numbers_change_and_decisions_are_made_at_the_beginning_of_the_month() -> None:
    w, p, me = world()
    alteration = blank(agenda.Alteration)
    place = list(ALTERABLE).index("arms_supply")
    vars(alteration).update(month=2, quantity=place, i=0, j=-1, value=1.0)
    w.alterations, w.n_alterations = [alteration], 1
    w.decisions, w.n_decisions = [decided(Forced.ARMS, actor=-1, partner=0, size=1.0)], 1
    month.be_driven(w, p)
    assert me.arms_dependence == 0.0, "the number first"

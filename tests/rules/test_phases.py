"""A month calls every rule, in the documented order: what each phase leaves behind."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from foedus.dictionary import agenda
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    BLOC,
    DOMESTIC,
    DT,
    EXTERNAL,
    FROZEN,
    HOST_DRILL,
    INTRA,
    MILITANTS,
    NOT_YET,
    OUT,
    SEND_TROOPS,
    TROOPS,
    EventKind,
    Forced,
    Purpose,
)
from foedus.rules import month, start
from worlds import NEVER_MIND, SURE, Luck, blank, entry, events_of, parameters, small_world

HELPED = {
    Purpose.REQUEST: SURE,
    Purpose.COUNCIL: NEVER_MIND,
    Purpose.ANSWER: NEVER_MIND,
    Purpose.TAKE_PART: SURE,
    Purpose.ACT: SURE,
}
"""The bloc is asked, all assent, troops are sent, others take part, all acts are complied with."""


def eventful() -> tuple[Any, Any]:
    """Four members at war's edge in a month with a drill and a UN vote."""
    w, p = small_world(members=4, kinds=(MILITANTS, DOMESTIC, INTRA), partners=1), parameters()
    for me in w.members:
        me.level, me.rate = [0.5, 0.4, 0.3], [0.1, 0.1, 0.1]
        me.trust_bloc, me.trust_patron, me.participation, me.loyalty = 0.5, 0.6, 0.7, 0.5
        me.economic_dependence, me.arms_dependence, me.grievance = 0.5, 0.6, 0.3
        me.tie, me.fit, me.capability = [0.5] * 4, [0.5], 0.02
    w.partners[0].offer_base = 0.4
    w.drivers[w.war_driver].path = 1.0
    decision = entry(w, HOST_DRILL, host=0)
    entry(w, SEND_TROOPS, host=0, hosting=decision.id)
    vote = blank(agenda.RollCall)
    vote.month, vote.luck = 12, 77
    w.roll_calls, w.n_roll_calls = [vote], 1
    w.month = 0
    start.begin(w, p)
    w.month = 3
    return w, p


def played(w: Any, p: Any, **given: float) -> Any:
    luck = HELPED | {Purpose[name]: value for name, value in given.items()}
    month.advance(w, p, Luck(NEVER_MIND, luck))  # type: ignore[arg-type, unused-ignore]
    return w


def test_the_log_of_a_month_follows_the_order_of_its_phases() -> None:
    w, p = eventful()
    w.members[0].forced[0] = 0.8
    w.members[1].programme = 1.0
    played(w, p, PROGRAMME_ARRIVAL=SURE, FREEZE=SURE)
    kinds = [EventKind(kind) for kind, _ in groupby(event.kind for event in w.events[: w.n_events])]
    assert kinds == [
        EventKind.INCIDENT,
        EventKind.REQUEST,
        EventKind.COUNCIL_VOTE,
        EventKind.MANDATE,
        EventKind.ANSWER,
        EventKind.TAKE_PART,
        EventKind.PROGRAMME_ARRIVAL,
        EventKind.ACT,
        EventKind.FREEZE,
        EventKind.ROLL_CALL,
    ]


def test_what_is_decided_for_actors_comes_first_and_what_they_decide_in_its_phase() -> None:
    w, p = eventful()
    w.month_of_year = 1
    w.members[1].programme = 1.0
    government = blank(agenda.Decision)
    vars(government).update(month=3, kind=Forced.GOVERNMENT.value, partner=-1, threat=-1, size=0.1)
    asked = blank(agenda.Decision)
    vars(asked).update(month=3, kind=Forced.REQUEST.value, partner=-1, threat=0, channel=BLOC)
    asked.answer, asked.size = NOT_YET, 0.8
    w.decisions, w.n_decisions = [government, asked], 2
    played(w, p, PROGRAMME_ARRIVAL=SURE, FREEZE=SURE, STATECRAFT=SURE, PACT=SURE)
    kinds = [EventKind(kind) for kind, _ in groupby(event.kind for event in w.events[: w.n_events])]
    assert kinds == [
        EventKind.DECISION,
        EventKind.INCIDENT,
        EventKind.TERMS,
        EventKind.REQUEST,
        EventKind.COUNCIL_VOTE,
        EventKind.MANDATE,
        EventKind.ANSWER,
        EventKind.TAKE_PART,
        EventKind.PROGRAMME_ARRIVAL,
        EventKind.PACT,
        EventKind.FREEZE,
    ]


def test_stakes_follow_what_is_felt_within_the_month() -> None:
    w, p = eventful()
    before = w.threats[0].stake
    for me in w.members:
        me.forced[0] = 0.9
    played(w, p)
    felt = sum(me.perceived[0] for me in w.members) / 4.0
    assert w.threats[0].stake == pytest.approx(
        before + p.stake_spill * (felt - w.threats[0].felt_start)
    )
    assert w.threats[0].stake > before


def test_an_attack_left_alone_is_resented_within_the_month() -> None:
    w, p = eventful()
    w.threats[0].kind = EXTERNAL
    w.members[3].forced[0] = 0.9
    before = w.members[3].grievance
    played(w, p, REQUEST=NEVER_MIND)
    assert w.members[3].unasked == 1
    assert w.members[3].grievance > before
    assert w.members[2].grievance < before


def test_each_phase_leaves_its_mark() -> None:
    w, p = eventful()
    first, second, *_ = w.members
    w.drivers[w.partners[0].offer_driver].path = 2.0
    second.tie[2], second.programme = 0.2, 1.0
    played(w, p, PROGRAMME_ARRIVAL=SURE)
    assert w.patron.war == 1.0
    assert w.patron.war_years == pytest.approx(DT)
    assert w.patron.capacity < 1.0
    assert second.programme == 0.0
    assert second.grievance < 0.3
    assert w.partners[0].offer == pytest.approx(0.8, abs=0.05)
    assert len(events_of(w, EventKind.ROLL_CALL)) == 4
    assert second.loyalty > 0.5
    assert 0.2 < second.tie[2] < 0.5, "ties heal"
    assert first.tie[1] > 0.5, "a drill brings its participants closer"
    assert first.participation > 0.7
    assert w.cohesion != w.cohesion_start


def test_unrest_may_end_a_government_within_the_month() -> None:
    for answer, changes in ((SURE, 1), (NEVER_MIND, 0)):
        w, p = eventful()
        w.members[2].forced[1] = 0.9
        played(w, p, REGIME_FALL=SURE, REGIME_SHIFT=0.3, ANSWER=answer)
        assert len(events_of(w, EventKind.REGIME_CHANGE)) == changes
        assert w.members[2].best_answer == (0 if changes else TROOPS)


def test_the_ladder_is_climbed_at_the_end_of_the_month() -> None:
    w, p = eventful()
    played(w, p, FREEZE=SURE)
    assert [me.status for me in w.members] == [FROZEN] * 4
    assert w.membership == pytest.approx(0.6), "and measured in the same month"
    assert w.cohesion == 0.0


def test_a_month_counts_whom_nobody_has_let_go() -> None:
    w, p = eventful()
    w.members[1].status = OUT
    assert played(w, p).expulsions == 1
    assert played(w, p).expulsions == 1


def test_the_frozen_do_not_vote_but_learn_and_the_gone_do_neither() -> None:
    w, p = eventful()
    asks, frozen, gone, active = w.members
    for me, status in ((frozen, FROZEN), (gone, OUT)):
        me.status = me.status_before = status
    asks.forced[0] = 0.9
    p.trust_drift = 0.0
    played(w, p, ANSWER=SURE)
    votes = events_of(w, EventKind.COUNCIL_VOTE)
    assert [event.actor for event in votes] == [active.id, w.n_members]
    assert asks.trust_bloc < min(frozen.trust_bloc, active.trust_bloc)
    assert max(frozen.trust_bloc, active.trust_bloc) < 0.5
    assert gone.trust_bloc == 0.5


def test_who_is_sent_away_by_the_council_may_turn_to_the_patron() -> None:
    w, p = eventful()
    p.trust_drift = 0.0
    asks = w.members[3]
    asks.forced[0] = 0.9
    played(w, p, COUNCIL=SURE, TURN_TO_PATRON=SURE)
    assert asks.mandate == 0
    codes = [event.channel for event in events_of(w, EventKind.REQUEST)]
    assert (codes, asks.request_channel, asks.turned) == ([BLOC, BILATERAL], BILATERAL, 1)
    assert asks.answer == TROOPS, "the patron is free to send them"
    assert not events_of(w, EventKind.TAKE_PART)
    assert asks.trust_bloc < 0.5, "the bloc did nothing"
    stays = eventful()
    stays[1].trust_drift = 0.0
    stays[0].members[3].forced[0] = 0.9
    played(*stays, COUNCIL=SURE, TURN_TO_PATRON=NEVER_MIND)
    assert stays[0].members[3].answer <= 2, "without a mandate the bloc can only observe"
    assert asks.trust_patron > stays[0].members[3].trust_patron


def test_a_clash_cuts_the_tie_in_the_month_in_which_it_happens() -> None:
    w, p = eventful()
    w.members[0].forced[2] = 0.9
    played(w, p)
    first, second, third, _ = w.members
    cut = 1.0 - p.tie_cut * 0.9
    assert first.tie[1] == pytest.approx(second.tie[0])
    assert first.tie[1] < 1.1 * cut * 0.5
    assert third.tie[3] >= 0.5
    assert {me.status for me in w.members} == {ACTIVE}
    assert w.force_between_members == 0
    assert w.threats[2].first != NOT_YET

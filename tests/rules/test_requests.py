"""Asking for help: who asks, whom, and when a member keeps silent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.chance import sigmoid
from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    BLOC,
    DOMESTIC,
    EXTERNAL,
    FROZEN,
    INTRA,
    MILITANTS,
    NO_CHANNEL,
    NOT_YET,
    OUT,
    EventKind,
)
from foedus.rules.crises import requests
from worlds import NEVER_MIND, SURE, Luck, events_of, parameters, small_world

levels = st.floats(0.0, 1.0)


def hit(
    severity: float = 0.7,
    kind: int = MILITANTS,
    trust: float = 0.5,
    patron_tie: float = 0.0,
    **fields: Any,
) -> tuple[Any, Any, Any]:
    """A world in which the first member has been struck."""
    w, p = small_world(kinds=(kind,), **fields), parameters()
    me = w.members[0]
    me.incident[0] = severity
    me.trust_bloc = me.trust_patron = trust
    w.threats[0].patron_tie = patron_tie
    return w, p, me


def chances(w: Any, p: Any, me: Any) -> dict[int, float]:
    """Probability of each channel, read off the events of the draws that lead there."""
    found: dict[int, float] = {}
    for step in range(1, 4000):
        w.n_events = 0
        requests.ask(me, w, p, Luck(step / 4000))
        event = w.events[0]
        found.setdefault(me.request_channel, event.chance)
    return found


@given(levels, st.floats(0.01, 1.0), st.sampled_from([EXTERNAL, MILITANTS, DOMESTIC, INTRA]))
def test_the_chances_of_the_three_ways_add_to_one(trust: float, severity: float, kind: int) -> None:
    w, p, me = hit(severity, kind, trust)
    everything = 1.0
    appeals = [requests.bloc_appeal(me, w, p, 0), requests.bilateral_appeal(me, w, p, 0)]
    weights = [1.0] + [2.718281828459045**appeal for appeal in appeals]
    everything = sum(weights)
    shares = [weight / everything for weight in weights]
    for channel, below in (
        (BLOC, 0.0),
        (BILATERAL, shares[1]),
        (NO_CHANNEL, shares[1] + shares[2]),
    ):
        place = {NO_CHANNEL: 0, BLOC: 1, BILATERAL: 2}[channel]
        if shares[place] > 1e-6:
            w.n_events = 0
            requests.ask(me, w, p, Luck(below + 0.5 * shares[place]))
            assert me.request_channel == channel
            assert w.events[0].chance == pytest.approx(shares[place], rel=1e-9)


@given(st.floats(0.1, 0.8), levels, st.floats(0.01, 0.2))
def test_worse_incidents_are_asked_about_more(severity: float, trust: float, more: float) -> None:
    w, p, me = hit(severity, trust=trust)
    before = requests.bloc_appeal(me, w, p, 0), requests.bilateral_appeal(me, w, p, 0)
    me.incident[0] += more
    after = requests.bloc_appeal(me, w, p, 0), requests.bilateral_appeal(me, w, p, 0)
    for earlier, later in zip(before, after, strict=True):
        assert later - earlier == pytest.approx(p.ask_severity * more)


@given(st.floats(0.0, 0.8), st.floats(0.01, 0.2))
def test_members_who_expect_more_ask_more_each_channel_by_its_own_trust(
    trust: float, more: float
) -> None:
    w, p, me = hit(trust=trust)
    bloc, bilateral = requests.bloc_appeal(me, w, p, 0), requests.bilateral_appeal(me, w, p, 0)
    me.trust_bloc += more
    assert requests.bloc_appeal(me, w, p, 0) > bloc
    assert requests.bilateral_appeal(me, w, p, 0) == bilateral
    me.trust_bloc -= more
    me.trust_patron += more
    assert requests.bloc_appeal(me, w, p, 0) == pytest.approx(bloc)
    assert requests.bilateral_appeal(me, w, p, 0) > bilateral


def test_a_patron_tied_to_the_attacker_is_asked_less() -> None:
    appeals = []
    for tie in (0.0, 0.4, 0.9):
        w, p, me = hit(patron_tie=tie)
        appeals.append(requests.bilateral_appeal(me, w, p, 0))
    assert appeals == sorted(appeals, reverse=True)
    assert appeals[0] > appeals[-1]


def test_unrest_at_home_carries_a_stigma_and_a_quarrel_between_members_little_hope() -> None:
    appeals = {}
    for kind in (MILITANTS, DOMESTIC, INTRA):
        w, p, me = hit(kind=kind)
        appeals[kind] = requests.bloc_appeal(me, w, p, 0), requests.bilateral_appeal(me, w, p, 0)
    w, p, me = hit(kind=DOMESTIC)
    hope = p.ask_expectation * me.trust_bloc
    for channel in (0, 1):
        assert appeals[MILITANTS][channel] - appeals[DOMESTIC][channel] == pytest.approx(p.stigma)
        loss = appeals[MILITANTS][channel] - appeals[INTRA][channel]
        assert loss == pytest.approx(hope * (1.0 - p.intra_mandate))


@given(levels, levels, levels)
def test_expected_help_is_a_share_and_grows_with_trust_and_need(
    trust: float, severity: float, more: float
) -> None:
    p = parameters()
    now = requests.expectation(trust, severity, MILITANTS, p)
    assert 0.0 <= now <= trust
    assert requests.expectation(min(1.0, trust + more), severity, MILITANTS, p) >= now
    assert requests.expectation(trust, min(1.0, severity + more), MILITANTS, p) >= now
    assert requests.expectation(trust, 1.0, EXTERNAL, p) == pytest.approx(trust)
    assert requests.expectation(trust, 1.0, DOMESTIC, p) == pytest.approx(trust)
    assert requests.expectation(trust, 0.0, EXTERNAL, p) == pytest.approx(trust * p.need_base)
    assert requests.expectation(trust, 1.0, INTRA, p) == pytest.approx(trust * p.intra_mandate)


def test_the_help_expected_is_that_of_the_channel_asked() -> None:
    w, p, me = hit()
    me.trust_bloc, me.trust_patron = 0.3, 0.9
    w.patron.scale_bloc, w.patron.scale_patron = 0.5, 0.8
    requests.ask(me, w, p, Luck(SURE))
    assert me.request_channel == BLOC
    assert me.expected_help == 0.5 * requests.expectation(0.3, 0.7, MILITANTS, p)
    weights = 1.0 + sum(
        2.718281828459045**appeal
        for appeal in (requests.bloc_appeal(me, w, p, 0), requests.bilateral_appeal(me, w, p, 0))
    )
    bloc = 2.718281828459045 ** requests.bloc_appeal(me, w, p, 0) / weights
    requests.ask(me, w, p, Luck(bloc + 1e-6))
    assert me.request_channel == BILATERAL
    assert me.expected_help == 0.8 * requests.expectation(0.9, 0.7, MILITANTS, p)
    assert (me.requests_bloc, me.requests_bilateral, me.unasked) == (1, 1, 0)


@given(levels, levels, st.floats(0.25, 4.0), st.floats(0.25, 4.0))
def test_expected_help_is_on_the_scale_of_answers_and_never_more_than_all(
    bloc: float, patron: float, scale_bloc: float, scale_patron: float
) -> None:
    w, p, me = hit()
    me.trust_bloc, me.trust_patron = bloc, patron
    w.patron.scale_bloc, w.patron.scale_patron = scale_bloc, scale_patron
    need = p.need_base + (1.0 - p.need_base) * 0.7
    of_bloc = requests.expected_of_bloc(me, w, p, 0, 0.7)
    of_patron = requests.expected_of_patron(me, w, p, 0, 0.7)
    assert of_bloc == pytest.approx(min(1.0, scale_bloc * bloc * need))
    assert of_patron == pytest.approx(min(1.0, scale_patron * patron * need))


@pytest.mark.parametrize(
    ("now", "then", "prospect"),
    [(0.4, 0.8, 0.5), (0.8, 0.8, 1.0), (0.9, 0.3, 2.0), (0.5, 0.0, 1.0)],
)
def test_members_foresee_the_council(now: float, then: float, prospect: float) -> None:
    w, p, me = hit(trust=0.4)
    me.agreement, me.agreement_start = now, then
    assert requests.prospect(me, w) == pytest.approx(prospect)
    before = requests.bilateral_appeal(me, w, p, 0)
    expected = requests.expectation(0.4 * prospect, 0.7, MILITANTS, p)
    assert requests.expected_of_bloc(me, w, p, 0, 0.7) == pytest.approx(expected)
    assert requests.bloc_reasons(me, w, p, 0).expectation == pytest.approx(
        p.ask_expectation * 0.4 * prospect
    )
    w.no_anticipation = 1
    assert requests.prospect(me, w) == 1.0
    assert requests.bilateral_appeal(me, w, p, 0) == before, "the patron needs no council"


@pytest.mark.parametrize(
    ("forced", "status", "channel"),
    [(BLOC, ACTIVE, BLOC), (BILATERAL, ACTIVE, BILATERAL), (BILATERAL, FROZEN, BILATERAL),
     (BLOC, FROZEN, NO_CHANNEL)],
)  # fmt: skip
def test_a_request_that_the_scenario_forces_is_made_once_where_it_can_be(
    forced: int, status: int, channel: int
) -> None:
    w, p, me = hit()
    me.status, me.forced_channel = status, forced
    requests.ask(me, w, p, Luck(NEVER_MIND))
    assert (me.request_channel, me.forced_channel) == (channel, NOT_YET)
    requests.ask(me, w, p, Luck(NEVER_MIND))
    assert me.request_channel == NO_CHANNEL


@pytest.mark.parametrize("why", ["nothing struck", "out", "would not ask"])
def test_an_answer_that_the_scenario_dictates_is_forgotten_where_nobody_asks(why: str) -> None:
    w, p, me = hit(severity=0.0 if why == "nothing struck" else 0.7)
    me.status = OUT if why == "out" else ACTIVE
    me.forced_answer = 5
    requests.ask(me, w, p, Luck(NEVER_MIND))
    assert (me.request_channel, me.forced_answer) == (NO_CHANNEL, NOT_YET)


def test_nobody_asks_without_an_incident() -> None:
    w, p, me = hit(severity=0.0)
    u = Luck(SURE)
    requests.ask(me, w, p, u)
    assert (me.request_channel, me.answer, u.asked, w.n_events) == (NO_CHANNEL, NOT_YET, [], 0)


@pytest.mark.parametrize(
    ("status", "ways"),
    [
        (ACTIVE, {NO_CHANNEL, BILATERAL, BLOC}),
        (FROZEN, {NO_CHANNEL, BILATERAL}),
        (OUT, {NO_CHANNEL}),
    ],
)
def test_only_active_members_can_turn_to_the_bloc(status: int, ways: set[int]) -> None:
    w, p, me = hit()
    me.status = status
    found = set()
    for step in range(1, 200):
        requests.ask(me, w, p, Luck(step / 200))
        found.add(me.request_channel)
    assert found == ways


def test_without_the_bilateral_channel_only_the_bloc_is_left() -> None:
    w, p, me = hit(no_bilateral=1)
    assert set(chances(w, p, me)) == {BLOC, NO_CHANNEL}
    assert sum(chances(w, p, me).values()) == pytest.approx(1.0)


def test_silence_is_recorded() -> None:
    w, p, me = hit()
    requests.ask(me, w, p, Luck(NEVER_MIND))
    assert (me.request_channel, me.unasked) == (NO_CHANNEL, 1)
    (event,) = events_of(w, EventKind.NO_REQUEST)
    assert (event.actor, event.threat, event.value) == (0, 0, 0.7)


def test_the_gravest_incident_is_the_one_to_ask_about() -> None:
    w, p = small_world(kinds=(EXTERNAL, MILITANTS, DOMESTIC)), parameters()
    me = w.members[0]
    me.incident = [0.2, 0.9, 0.5]
    requests.ask(me, w, p, Luck(SURE))
    assert (me.request_threat, me.request_severity) == (1, 0.9)


# --- After the council ----------------------------------------------------------------------------


def sent_away(kind: int = MILITANTS, mandate: int = 0, luck: float = SURE, **fields: Any) -> Any:
    """A member that asked the bloc, after the council."""
    w, p, me = hit(kind=kind, **fields)
    me.request_channel, me.request_threat, me.request_severity = BLOC, 0, 0.7
    me.expected_help, me.requests_bloc, me.mandate = 0.4, 1, mandate
    requests.turn_to_patron(me, w, p, Luck(luck))
    return me, w, p


def test_a_member_without_a_mandate_may_turn_to_the_patron() -> None:
    me, w, p = sent_away()
    assert (me.turned, me.request_channel) == (1, BILATERAL)
    assert (me.requests_bloc, me.requests_bilateral, me.answers[0]) == (1, 1, 1)
    assert me.expected_help == requests.expectation(0.5, 0.7, MILITANTS, p)
    appeal = requests.bilateral_appeal(me, w, p, 0) - p.bilateral_preference
    (event,) = events_of(w, EventKind.REQUEST)
    assert (event.channel, event.chance) == (BILATERAL, pytest.approx(sigmoid(appeal)))
    me, w, _ = sent_away(luck=event.chance + 1e-9)
    assert (me.turned, me.request_channel, me.expected_help) == (0, BLOC, 0.4)


@given(st.floats(0.0, 0.9), st.floats(0.02, 0.1))
def test_who_trusts_the_patron_more_turns_to_it_more_readily(trust: float, more: float) -> None:
    chances = []
    for level in (trust, trust + more):
        _, w, _ = sent_away(luck=1e-300, trust=level)
        (event,) = events_of(w, EventKind.REQUEST)
        chances.append(event.chance)
    assert chances[0] < chances[1]


def test_who_is_given_an_answer_by_the_scenario_turns_to_nobody_else() -> None:
    w, p, me = hit()
    me.request_channel, me.request_threat, me.request_severity = BLOC, 0, 0.7
    me.forced_answer = 1
    requests.turn_to_patron(me, w, p, Luck(SURE))
    assert (me.turned, w.n_events) == (0, 0)


@pytest.mark.parametrize("why", [{"mandate": 1}, {"kind": INTRA}, {"no_bilateral": 1}])
def test_nobody_turns_away_with_a_mandate_over_a_quarrel_or_without_the_channel(
    why: dict[str, Any],
) -> None:
    me, w, _ = sent_away(**why)
    assert (me.turned, me.request_channel, me.requests_bilateral, w.n_events) == (0, BLOC, 0, 0)


def test_what_was_asked_about_is_forgotten_by_the_next_month() -> None:
    w, p, me = hit()
    requests.ask(me, w, p, Luck(NEVER_MIND))
    assert me.request_threat == 0
    me.incident[0], me.turned = 0.0, 1
    requests.ask(me, w, p, Luck(NEVER_MIND))
    assert (me.request_threat, me.turned) == (NOT_YET, 0)

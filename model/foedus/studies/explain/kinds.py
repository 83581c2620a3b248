"""The kinds of decision: for each purpose of a draw its reasons, its states and its rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from foedus.dictionary.phrases import READINGS
from foedus.dictionary.vocabulary import (
    CHANNEL_NAMES,
    NO_CHANNEL,
    EventKind,
    Purpose,
)
from foedus.studies.explain import reasons, situations
from foedus.studies.explain.observer import undone

if TYPE_CHECKING:
    from foedus.studies.explain.reasons import Reasons
    from foedus.studies.explain.situations import Situation, State


@dataclass(frozen=True)
class Kind:
    """One kind of decision.

    Attributes:
        name: As in `decisions.Decision.kind`.
        events: What is logged when it is taken; of a yes or no, only when it is yes.
        reasons: Terms, totals and options.
        states: What a counterfactual may change.
        rule: Takes the decision with the draws of a tape; the very rule of the engine.
        yes: Code of the option if the event is logged; None if a detail of the event says it.
        without: Code of the option if nothing is logged; None where something always is.
        tie: On which tie of the member it hangs, if on one: reliance or engagement.
        always: Whether it is told even if nothing happened.
    """

    name: str
    events: tuple[EventKind, ...]
    reasons: Callable[[Situation], Reasons]
    states: Callable[[Situation], list[State]]
    rule: Callable[[Situation, Any], None]
    yes: str | None = None
    without: str | None = None
    tie: Literal["reliance", "engagement"] | None = None
    always: bool = True


def _ask(here: Situation, u: Any) -> None:
    # The rule has forgotten by the time it draws whom the scenario has it ask.
    here.me.forced_channel = here.forced_channel
    here.rules.requests.ask(here.me, here.w, here.p, u)


def _turn(here: Situation, u: Any) -> None:
    here.rules.requests.turn_to_patron(here.me, here.w, here.p, u)


def _vote(here: Situation, u: Any) -> None:
    if here.other is None:
        here.rules.council.favour(here.me, here.w, here.p)
        here.rules.council.decide(here.me, here.w, here.p, u)
    else:
        here.rules.council.vote(here.me, here.other, here.w, here.p, u)


def _answer(here: Situation, u: Any) -> None:
    here.rules.answers.answer(here.me, here.w, here.p, u)


def _join_in(here: Situation, u: Any) -> None:
    here.rules.answers.join_in(here.me, here.other, here.w, here.p, u)


def _act(here: Situation, u: Any) -> None:
    here.rules.ladder.act(here.me, here.entry, here.w, here.p, u)


def _freeze(here: Situation, u: Any) -> None:
    here.rules.ladder.freeze(here.me, here.w, here.p, u)


def _thaw(here: Situation, u: Any) -> None:
    here.rules.ladder.thaw(here.me, here.w, here.p, u)


def _serve_notice(here: Situation, u: Any) -> None:
    here.rules.ladder.serve_notice(here.me, here.w, here.p, u)


def _renew(here: Situation, u: Any) -> None:
    here.rules.ladder.renew(here.me, here.w, here.p, u)


def _come_back(here: Situation, u: Any) -> None:
    here.rules.ladder.come_back(here.me, here.w, here.p, u)


def _cast(here: Situation, u: Any) -> None:
    here.rules.diplomacy.cast_vote(here.me, here.entry, here.w, here.p, u)


def _act_towards(here: Situation, u: Any) -> None:
    here.rules.statecraft.act_towards(here.me, here.w, here.p, u)


def _court(here: Situation, u: Any) -> None:
    here.rules.partners.court(here.me, here.partner, here.w, here.p, u)


def _states_of_council(here: Situation) -> list[State]:
    if here.other is None:
        return situations.states_of_favour(here)
    return situations.states_of_vote(here)


def _step(
    name: str,
    event: EventKind,
    why: Callable[[Situation], Reasons],
    rule: Callable[[Situation, Any], None],
    words: tuple[str, str],
    states: Callable[[Situation], list[State]] = situations.states_of_tie,
    *,
    always: bool = False,
) -> Kind:
    """A yes or no about membership."""
    yes, no = words
    return Kind(
        name,
        (event,),
        why,
        states,
        rule,
        yes=yes,
        without=no,
        tie="reliance",
        always=always,
    )


THAW: Final = ("thawed", "stayed_frozen")
WITHDRAW: Final = ("withdrew_notice", "kept_notice")
COME_BACK: Final = ("returned", "stayed_out")

KINDS: Final[Mapping[Purpose, Kind]] = {
    Purpose.REQUEST: Kind(
        "request",
        (EventKind.REQUEST,),
        reasons.of_request,
        situations.states_of_request,
        _ask,
        without=CHANNEL_NAMES[NO_CHANNEL],
    ),
    Purpose.TURN_TO_PATRON: Kind(
        "turn",
        (EventKind.REQUEST,),
        reasons.of_turn,
        situations.states_of_request,
        _turn,
        yes="turned",
        without="did_not_turn",
    ),
    Purpose.COUNCIL: Kind(
        "vote",
        (EventKind.COUNCIL_VOTE,),
        reasons.of_vote,
        _states_of_council,
        _vote,
    ),
    Purpose.ANSWER: Kind(
        "answer",
        (EventKind.ANSWER,),
        reasons.of_answer,
        situations.states_of_answer,
        _answer,
    ),
    Purpose.TAKE_PART: Kind(
        "take_part",
        (EventKind.TAKE_PART,),
        reasons.of_taking_part,
        situations.states_of_reliance,
        _join_in,
        yes="took_part",
        without="stayed_away",
    ),
    Purpose.ACT: Kind(
        "act",
        (EventKind.ACT,),
        reasons.of_act,
        situations.states_of_act,
        _act,
        tie="engagement",
    ),
    Purpose.ROLL_CALL: Kind(
        "roll_call",
        (EventKind.ROLL_CALL,),
        reasons.of_roll_call,
        situations.states_of_roll_call,
        _cast,
    ),
    Purpose.FREEZE: _step(
        "freeze",
        EventKind.FREEZE,
        reasons.of_freeze,
        _freeze,
        ("froze", "stayed_active"),
        situations.states_of_step_down,
    ),
    Purpose.UNFREEZE: _step("thaw", EventKind.UNFREEZE, reasons.way_back(*THAW), _thaw, THAW),
    Purpose.NOTICE: _step(
        "notice",
        EventKind.NOTICE,
        reasons.of_notice,
        _serve_notice,
        ("announced_exit", "stayed_in"),
        situations.states_of_step_down,
    ),
    Purpose.NOTICE_WITHDRAWAL: _step(
        *("withdrawal", EventKind.NOTICE_WITHDRAWN, reasons.way_back(*WITHDRAW)),
        *(_serve_notice, WITHDRAW),
    ),
    Purpose.RENEWAL: _step(
        "renewal",
        EventKind.EXIT,
        reasons.of_renewal,
        _renew,
        ("let_it_pass", "renewed"),
        situations.states_of_reliance,
        always=True,
    ),
    Purpose.RETURN: _step(
        "return", EventKind.RETURN, reasons.way_back(*COME_BACK), _come_back, COME_BACK
    ),
    Purpose.STATECRAFT: Kind(
        "statecraft",
        (EventKind.TERMS, EventKind.PRESSURE),
        reasons.of_statecraft,
        situations.states_of_statecraft,
        _act_towards,
        without="let_be",
        always=False,
    ),
    Purpose.PACT: Kind(
        "pact",
        (EventKind.PACT,),
        reasons.of_pact,
        situations.states_of_pact,
        _court,
        yes="signed",
        without="unsigned",
        always=False,
    ),
}
"""By purpose; draws for other purposes are chance, not anybody's decision."""


def decide(kind: Kind, here: Situation, tape: Any) -> str | None:
    """What the rule decides in the present state, with the draws of a tape; nothing is changed.

    Args:
        kind: Of the decision.
        here: What it is about.
        tape: The month's draws.

    Returns:
        One of the options; None if the rule sees nothing to decide about.
    """
    w = here.w
    actor = w.n_members if is_patrons(kind, here) else here.me.id
    # A step down is a precedent to all others.
    others = w.members if kind.tie == "reliance" else ()
    with undone(*here.touched, *others):
        before = w.n_events
        kind.rule(here, tape)
        event = w.events[before]
        logged = before < w.n_events and event.kind in kind.events and event.actor == actor
        if not logged:
            return kind.without
        reading = READINGS[EventKind(event.kind)]
        return kind.yes or reading.codes[getattr(event, reading.detail) if reading.detail else 0]


def is_patrons(kind: Kind, here: Situation) -> bool:
    """Whether it is the patron that decides."""
    return kind.name in {"answer", "statecraft"} or (kind.name == "vote" and here.other is None)

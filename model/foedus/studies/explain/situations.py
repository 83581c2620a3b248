"""Who decides about what, in a Mesa model at the moment of a draw, and which states bear on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foedus.dictionary.vocabulary import (
    ACTIVE,
    BILATERAL,
    DOMESTIC,
    INTRA,
    NOT_YET,
    EventKind,
    Forced,
    Purpose,
)

if TYPE_CHECKING:
    from foedus.simulation.mesa.alliance_model import AllianceModel

LEAST = 1e-9
"""Lowest severity of an incident, and pull of a partner; at 0 there is nothing to decide about."""


@dataclass(frozen=True)
class State:
    """A state that a counterfactual may change: a number in the memory of the model.

    Attributes:
        label: In words.
        holder: The agent or record that holds it.
        name: Field of `dictionary.state`.
        place: Index in a row of numbers; None for a number alone.
        low: Lowest value.
        high: Highest value.
    """

    label: str
    holder: Any
    name: str
    place: int | None = None
    low: float = 0.0
    high: float = 1.0

    def read(self) -> float:
        """Its value now."""
        value = getattr(self.holder, self.name)
        return float(value if self.place is None else value[self.place])

    def write(self, value: float) -> None:
        """Set it."""
        if self.place is None:
            setattr(self.holder, self.name, value)
        else:
            getattr(self.holder, self.name)[self.place] = value


@dataclass(frozen=True)
class Situation:
    """What a decision is about.

    Attributes:
        w: The model, in the state that the rule sees.
        p: The parameters.
        me: Who decides; for an answer or a vote of the patron, the member that asked.
        other: The member that asked, for votes and taking part; else None.
        partner: The partner that it is about, for pacts; else None.
        k: The threat that it is about, or -1.
        entry: The act or the roll call that it is about; else None.
        titles: What everyone is called, by code.
        forced_channel: Whom the scenario has the member ask this month; -1 if it is left to choose.
    """

    w: Any
    p: Any
    me: Any
    other: Any
    partner: Any
    k: int
    entry: Any
    titles: dict[str, str]
    forced_channel: int = NOT_YET

    @property
    def rules(self) -> Any:
        """The modules of the rules that the model is played with."""
        return self.w.rules

    @property
    def patron(self) -> str:
        """What the patron is called."""
        return self.titles[self.w.patron.code]

    @property
    def touched(self) -> tuple[Any, ...]:
        """Everything that the rule of the decision may change, or a counterfactual would."""
        own = (self.w, self.w.patron, self.me, self.other, self.entry)
        about = (self.w.threats[self.k],) if self.k != NOT_YET else ()
        return (*(thing for thing in own if thing is not None), *about)

    def of_me(self, label: str, name: str, place: int | None = None) -> State:
        """A state of the member that decides."""
        return State(label, self.me, name, place)


def situation(
    model: AllianceModel, titles: dict[str, str], purpose: Purpose, actor: int, other: int
) -> Situation:
    """What the draw at an address is about.

    Args:
        model: The model, which is in the middle of the rule that draws.
        titles: What everyone is called, by code.
        purpose: What is decided.
        actor: Address of who decides.
        other: Address of whom or what it is about.
    """
    members = {member.luck: member for member in model.members}
    entries = {entry.luck: entry for entry in (*model.calendar, *model.roll_calls)}
    threats = {threat.luck: threat.id for threat in model.threats}
    partners = {partner.luck: partner for partner in model.partners}
    me, second = members.get(actor), members.get(other)
    if me is None:
        me, second = second, None
    k = threats.get(other, NOT_YET)
    asks: Any = second or me
    if purpose in {Purpose.COUNCIL, Purpose.ANSWER, Purpose.TAKE_PART}:
        k = asks.request_threat
    partner = partners.get(other) if purpose is Purpose.PACT else None
    entry = entries.get(other)
    forced = forced_channel(model, me) if purpose is Purpose.REQUEST else NOT_YET
    return Situation(model, model.parameters, me, second, partner, k, entry, titles, forced)


def forced_channel(model: AllianceModel, me: Any) -> int:
    """Whom the scenario has a member ask this month, if it can; -1 if nobody."""
    w: Any = model
    for event in w.events[: w.n_events]:
        if event.kind == EventKind.DECISION and event.forced == Forced.REQUEST:
            for decision in reversed(w.decisions):
                due = decision.month == w.month and decision.kind == Forced.REQUEST
                if due and decision.member == me.id == event.actor:
                    can = decision.channel == BILATERAL or me.status == ACTIVE
                    return int(decision.channel) if can else NOT_YET
    return NOT_YET


def states_of_request(here: Situation) -> list[State]:
    """What bears on asking for help."""
    threat = here.w.threats[here.k]
    return [
        here.of_me("trust in the bloc", "trust_bloc"),
        here.of_me("chance of a mandate", "agreement"),
        here.of_me(f"trust in {here.patron}", "trust_patron"),
        State("severity of the incident", here.me, "incident", here.k, low=LEAST),
        State(f"{here.patron}'s tie to the attacker", threat, "patron_tie"),
    ]


def states_of_vote(here: Situation) -> list[State]:
    """What bears on a member's vote in the council."""
    asks = here.titles[here.other.code]
    felt = here.of_me("threat felt", "perceived", here.k)
    if here.w.threats[here.k].kind == DOMESTIC:
        felt = here.of_me("domestic threat felt", "domestic_threat")
    return [
        felt,
        here.of_me("economic dependence", "economic_dependence"),
        here.of_me("dependence on arms", "arms_dependence"),
        State(f"{here.patron}'s favour", here.w.patron, "favour"),
        here.of_me(f"tie to {asks}", "tie", here.other.id),
        here.of_me("tie to the attacker", "attacker_tie", here.k),
        State("severity of the incident", here.other, "request_severity", low=LEAST),
        *_clashes(here),
    ]


def _clashes(here: Situation) -> list[State]:
    """What bears on discord: memories of clashes between members."""
    return [
        State(
            f"memory of {here.titles[threat.code]}",
            here.w.members[threat.first],
            *("recent", threat.id),
        )
        for threat in here.w.threats
        if threat.kind == INTRA and threat.first != NOT_YET
    ]


def states_of_favour(here: Situation) -> list[State]:
    """What bears on the patron's own vote."""
    threat, asks = here.w.threats[here.k], here.titles[here.me.code]
    return [
        State("stake in the threat", threat, "stake"),
        State(f"stake in {asks}", here.me, "patron_value"),
        State("tie to the attacker", threat, "patron_tie"),
    ]


def states_of_answer(here: Situation) -> list[State]:
    """What bears on the patron's answer."""
    return [
        State("favour for the request", here.w.patron, "favour"),
        State("capacity to spare", here.w.patron, "available"),
        State("severity of the incident", here.me, "request_severity", low=LEAST),
    ]


def states_of_act(here: Situation) -> list[State]:
    """What bears on complying with an act."""
    states = [here.of_me("engagement", "engagement")]
    if here.entry.focus != NOT_YET:
        states.append(here.of_me("normal exposure to the threat", "level", here.entry.focus))
        states.append(here.of_me("memory of incidents", "recent", here.entry.focus))
    return states


def states_of_step_down(here: Situation) -> list[State]:
    """What bears on freezing or on announcing an exit."""
    seen = State("precedent of others", here.me, "precedent", high=max(1.0, here.me.precedent))
    return [
        *states_of_tie(here),
        seen,
        here.of_me("pressure on it", "pressure"),
        here.of_me("economic dependence", "economic_dependence"),
    ]


def states_of_tie(here: Situation) -> list[State]:
    """What alone bears on a way back: the tie that membership hangs on."""
    if here.w.one_tie == 1:
        return [here.of_me("engagement", "engagement")]
    return states_of_reliance(here)


def states_of_reliance(here: Situation) -> list[State]:
    """What alone bears on a renewal and on taking part."""
    return [here.of_me("reliance", "reliance")]


def states_of_statecraft(here: Situation) -> list[State]:
    """What bears on what the patron does towards a member."""
    whom = here.titles[here.me.code]
    return [
        here.of_me(f"reliance of {whom}", "reliance"),
        here.of_me(f"stake in {whom}", "patron_value"),
        here.of_me(f"economic dependence of {whom}", "economic_dependence"),
        State("capacity to spare", here.w.patron, "available"),
    ]


def states_of_pact(here: Situation) -> list[State]:
    """What bears on a pact."""
    whose = here.titles[here.partner.code]
    return [State(f"pull of {whose}", here.me, "attraction", here.partner.id, low=LEAST)]


def states_of_roll_call(here: Situation) -> list[State]:
    """What bears on a vote at the UN."""
    return [
        here.of_me("economic dependence", "economic_dependence"),
        here.of_me("dependence on arms", "arms_dependence"),
        here.of_me("affinity", "affinity"),
        here.of_me("reliance", "reliance"),
        here.of_me(f"fear of {here.patron}", "fear"),
    ]

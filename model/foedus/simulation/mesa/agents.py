"""The agents of the Mesa model: members, the patron, partners and threats.

They remember and look around; what they decide is in the model's `rules`, which they call on
themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    import numpy as np

    from foedus.simulation.world import Setup


class RuledModel(mesa.Model):
    """What agents need of the model that they are in.

    Attributes:
        patron: The power on which the alliance rests.
        partners: Outside powers.
        parameters: One float for each parameter.
        circumstances: The model as the rules' world, the parameters, and the tape.
        setup: The scenario laid out in memory, with the rules that it is played with.
    """

    patron: PatronAgent
    partners: list[Any]
    parameters: Any
    circumstances: tuple[Any, Any, Any]
    setup: Setup

    @property
    def rules(self) -> Any:
        """The modules of the rules, such as ``rules.trust``."""
        return self.setup.rules.modules


class Entity(mesa.Agent):
    """An agent whose fields are those of a record of the data dictionary."""

    model: RuledModel

    def __init__(self, model: RuledModel, record: np.void) -> None:
        super().__init__(model)
        copy_fields(self, record)


class MemberAgent(Entity):
    """A member state, present, past or possible."""

    code: str

    def threaten(self) -> None:
        """Threats drift, and incidents may happen to it."""
        self.model.rules.threats.threaten(self, *self.model.circumstances)

    def perceive(self) -> None:
        """See the threats, and fear the patron or not."""
        self.model.rules.threats.perceive(self, self.model, self.model.parameters)

    def compare_threats(self) -> None:
        """Find out with whom it shares them."""
        self.model.rules.threats.compare_threats(self, self.model, self.model.parameters)

    def ask(self) -> None:
        """Ask for help, or not."""
        self.model.rules.requests.ask(self, *self.model.circumstances)

    def vote_on(self, requester: MemberAgent) -> None:
        """Vote in the council on another's request."""
        self.model.rules.council.vote(self, requester, *self.model.circumstances)

    def join_in(self, requester: MemberAgent) -> None:
        """Take part in what the bloc does for another, or not."""
        self.model.rules.answers.join_in(self, requester, *self.model.circumstances)

    def turn_to_patron(self) -> None:
        """Turn to the patron alone, or not, after the council has given no mandate."""
        expected = self.expected_help
        self.model.rules.requests.turn_to_patron(self, *self.model.circumstances)
        if self.turned == 1:
            self.model.rules.trust.learn_of_the_bloc(
                self, self.model, self.model.parameters, expected
            )
            self.model.patron.weigh(self)

    def learn(self) -> None:
        """Learn from the answer to its own request."""
        self.model.rules.trust.learn(self, self.model, self.model.parameters)

    def watch(self, requester: MemberAgent) -> None:
        """Learn from the answer to another's request."""
        self.model.rules.trust.watch(self, requester, self.model, self.model.parameters)

    def receive(self) -> None:
        """Receive what was promised, or not, and let trust drift."""
        self.model.rules.trust.resent_neglect(self, self.model, self.model.parameters)
        self.model.rules.trust.receive(self, *self.model.circumstances)
        self.model.rules.trust.drift(self, self.model, self.model.parameters)

    def turn_outward(self) -> None:
        """Weigh what others offer, and shift ties."""
        self.model.rules.partners.assess_need(self, self.model, self.model.parameters)
        self.model.rules.partners.turn_outward(self, self.model, self.model.parameters)
        for partner in self.model.partners:
            self.model.rules.partners.court(self, partner, *self.model.circumstances)

    def engage(self) -> None:
        """Weigh membership and adapt to it."""
        self.model.rules.engagement.value_membership(self, self.model, self.model.parameters)
        self.model.rules.engagement.engage(self, *self.model.circumstances)
        self.model.rules.engagement.risk_regime(self, *self.model.circumstances)

    def act(self, entry: Any) -> None:
        """Comply with an act that falls due, or not."""
        self.model.rules.ladder.act(self, entry, *self.model.circumstances)

    def bond(self, entry: Any) -> None:
        """Grow closer to those with whom it took part in a drill."""
        self.model.rules.ladder.bond(self, entry, self.model, self.model.parameters)

    def reconsider(self) -> None:
        """Freeze, thaw, leave, come back, or none of it."""
        self.model.rules.ladder.reconsider(self, *self.model.circumstances)

    def mend(self) -> None:
        """Let ties heal, or have them cut."""
        self.model.rules.ties.mend(self, self.model, self.model.parameters)

    def cast_vote(self, roll_call: Any) -> None:
        """Vote at the UN."""
        self.model.rules.diplomacy.cast_vote(self, roll_call, *self.model.circumstances)

    def be_audited(self) -> None:
        """Count it if it was put out by others."""
        self.model.rules.cohesion.audit(self, self.model)


class PatronAgent(Entity):
    """The power on which the alliance rests."""

    code: str

    def muster(self) -> None:
        """Weigh its stakes, and find out what it can spend on the alliance."""
        self.model.rules.threats.weigh_stakes(self.model, self.model.parameters)
        self.model.rules.patron.muster(self.model, self.model.parameters)

    def act_towards(self, member: MemberAgent) -> None:
        """Offer terms to a member, press it, or let it be."""
        self.model.rules.statecraft.act_towards(member, *self.model.circumstances)

    def weigh(self, requester: MemberAgent) -> None:
        """Decide how much it favours a request."""
        self.model.rules.council.favour(requester, self.model, self.model.parameters)

    def answer(self, requester: MemberAgent) -> None:
        """Answer a request."""
        self.model.rules.answers.answer(requester, *self.model.circumstances)


class PartnerAgent(Entity):
    """An outside power."""

    code: str

    def make_offer(self) -> None:
        """Offer security to members."""
        self.model.rules.partners.offer(self, self.model, self.model.parameters)


class ThreatAgent(Entity):
    """A source of danger; what it does to a member depends on that member, and happens there."""

    code: str


class Record:
    """Fields of a record that is no agent: a date, a driver, a question, an event."""

    def __init__(self, record: np.void) -> None:
        copy_fields(self, record)


def copy_fields(target: Any, record: np.void) -> None:
    """Make plain attributes of a record's own numbers and rows of numbers."""
    for name in record.dtype.names or ():
        kind = record.dtype[name]
        if kind.base.names is None:
            value = record[name]
            setattr(target, name, value.tolist() if kind.shape else value.item())

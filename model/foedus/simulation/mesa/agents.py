"""The agents of the Mesa model: members, the patron, partners and threats.

They remember and look around; what they decide is in `rules`, which they call on themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from foedus.rules import cohesion, partners, patron
from foedus.rules.crises import answers, council, requests, threats
from foedus.rules.membership import diplomacy, engagement, ladder, ties, trust

if TYPE_CHECKING:
    import numpy as np


class RuledModel(mesa.Model):
    """What agents need of the model that they are in.

    Attributes:
        parameters: One float for each parameter.
        circumstances: The model as the rules' world, the parameters, and the tape.
    """

    parameters: Any
    circumstances: tuple[Any, Any, Any]


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
        threats.threaten(self, *self.model.circumstances)

    def perceive(self) -> None:
        """See the threats, and fear the patron or not."""
        threats.perceive(self, self.model, self.model.parameters)

    def compare_threats(self) -> None:
        """Find out with whom it shares them."""
        threats.compare_threats(self, self.model, self.model.parameters)

    def ask(self) -> None:
        """Ask for help, or not."""
        requests.ask(self, *self.model.circumstances)

    def vote_on(self, requester: MemberAgent) -> None:
        """Vote in the council on another's request."""
        council.vote(self, requester, *self.model.circumstances)

    def join_in(self, requester: MemberAgent) -> None:
        """Take part in what the bloc does for another, or not."""
        answers.join_in(self, requester, *self.model.circumstances)

    def turn_to_patron(self) -> None:
        """Turn to the patron alone, or not, after the council has given no mandate."""
        expected = self.expected_help
        requests.turn_to_patron(self, *self.model.circumstances)
        if self.turned == 1:
            trust.learn_of_the_bloc(self, self.model, self.model.parameters, expected)

    def learn(self) -> None:
        """Learn from the answer to its own request."""
        trust.learn(self, self.model, self.model.parameters)

    def watch(self, requester: MemberAgent) -> None:
        """Learn from the answer to another's request."""
        trust.watch(self, requester, self.model, self.model.parameters)

    def receive(self) -> None:
        """Receive what was promised, and let trust drift."""
        answers.receive(self, *self.model.circumstances)
        trust.drift(self, self.model, self.model.parameters)

    def turn_outward(self) -> None:
        """Weigh what others offer, and shift ties."""
        partners.assess_need(self, self.model, self.model.parameters)
        partners.turn_outward(self, self.model, self.model.parameters)

    def engage(self) -> None:
        """Weigh membership and adapt to it."""
        engagement.value_membership(self, self.model, self.model.parameters)
        engagement.engage(self, *self.model.circumstances)
        engagement.risk_regime(self, *self.model.circumstances)

    def act(self, entry: Any) -> None:
        """Comply with an act that falls due, or not."""
        ladder.act(self, entry, *self.model.circumstances)

    def bond(self, entry: Any) -> None:
        """Grow closer to those with whom it took part in a drill."""
        ladder.bond(self, entry, self.model, self.model.parameters)

    def reconsider(self) -> None:
        """Freeze, thaw, leave, come back, or none of it."""
        ladder.reconsider(self, *self.model.circumstances)

    def mend(self) -> None:
        """Let ties heal, or have them cut."""
        ties.mend(self, self.model, self.model.parameters)

    def cast_vote(self, roll_call: Any) -> None:
        """Vote at the UN."""
        diplomacy.cast_vote(self, roll_call, *self.model.circumstances)

    def be_audited(self) -> None:
        """Count it if it was put out by others."""
        cohesion.audit(self, self.model)


class PatronAgent(Entity):
    """The power on which the alliance rests."""

    code: str

    def muster(self) -> None:
        """Find out what it can spend on the alliance."""
        patron.muster(self.model, self.model.parameters)

    def weigh(self, requester: MemberAgent) -> None:
        """Decide how much it favours a request."""
        council.favour(requester, self.model, self.model.parameters)

    def answer(self, requester: MemberAgent) -> None:
        """Answer a request."""
        answers.answer(requester, *self.model.circumstances)


class PartnerAgent(Entity):
    """An outside power."""

    code: str

    def make_offer(self) -> None:
        """Offer security to members."""
        partners.offer(self, self.model, self.model.parameters)


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

"""The other half of the data dictionary: what falls due, what comes from outside, what is asked.

Like the classes of `state` these are never instantiated. Unless said otherwise a float is a level
from 0 to 1 and an index of -1 means nobody or never.
"""


class CalendarEntry:
    """An act of membership that falls due in the same month every year."""

    id: int
    luck: int
    act: int
    month: int
    """Month of the year, 1 to 12."""
    host: int
    focus: int
    """The threat that a drill is about, or -1."""
    hosting: int
    """Index of the entry in which the host decides to host this drill, or -1."""
    held: int
    """1 if this year's drill takes place."""


class RollCall:
    """A UN vote that is held every year while the patron is at war."""

    luck: int
    kind: int
    month: int
    """Month of the year, 1 to 12."""
    once: int
    """1 if it is held in the first year of war alone."""


class Driver:
    """An exogenous quantity of the scenario."""

    path: float
    """What the scenario says for this month; set before the month begins."""
    pulse: float
    """What triggers add to it this month; any number."""
    low: float
    high: float
    value: float


class Shock:
    """A jump of a state in a given month."""

    month: int
    target: int
    """Which state, one of the `SHOCK_` numbers."""
    member: int
    other: int
    """The other member of a tie, or the threat of an incident."""
    size: float


class Change:
    """A change of the charter, or of a mechanism, from a given month on."""

    month: int
    provision: int
    """Which rule or mechanism, one of the `PROVISION_` numbers."""
    value: int
    """What it is from then on; a decision rule by its number, a mechanism 0 or 1."""


class Decision:
    """An act that the scenario has an actor do in a given month."""

    month: int
    kind: int
    """What it does, one of `vocabulary.Forced`."""
    actor: int
    """Member index; number of members for the patron, -1 for a partner."""
    member: int
    """Whom it is about."""
    partner: int
    threat: int
    channel: int
    answer: int
    size: float


class Alteration:
    """A number of the alliance that is another one from a given month on."""

    month: int
    quantity: int
    """Place in `alterable.ALTERABLE`."""
    i: int
    j: int
    value: float


class Trigger:
    """An effect that follows when a condition on the state has held long enough."""

    id: int
    observable: int
    member: int
    other: int
    comparison: int
    threshold: float
    first_month: int
    """Month from which on it counts; the condition is not looked at before."""
    for_months: int
    until_observable: int
    """The condition that ends the effect, as above; -1 if it is not ended."""
    until_member: int
    until_other: int
    until_comparison: int
    until_threshold: float
    held: int
    """Months for which the condition has held."""
    fired: int
    """1 once it has fired, until it is armed again; 2 when its effect was ended for good."""
    effect: int
    """What it changes: a driver, a state, or a provision."""
    target: int
    """A driver's index, one of the `SHOCK_` numbers, or one of the `PROVISION_` numbers."""
    whose: int
    """The member whose state it changes."""
    with_whom: int
    """The other member of a tie, or the threat of an incident."""
    size: float
    """What it adds, or the value that a provision takes."""
    kept: float
    """Share of the effect on a driver left a month later; 1 for a lasting one."""
    repeat: int
    now: float
    """What it adds to its driver now; any number."""
    before: int
    """What the provision was before it fired."""


class Question:
    """A dated, resolvable event."""

    observable: int
    member: int
    other: int
    comparison: int
    threshold: float
    first_month: int
    last_month: int
    for_months: int
    held: int
    resolved: int
    """1 once the event has happened in its window."""


class Event:
    """A line of the log: what every event has, then what some kinds have (`events.DETAILS`).

    A detail that the kind of event does not have is -1.
    """

    kind: int
    actor: int
    """Member index; number of members for the patron."""
    other: int
    threat: int
    channel: int
    vote: int
    mandate: int
    answer: int
    act: int
    complied: int
    text: int
    ballot: int
    ending: int
    trigger: int
    driver: int
    provision: int
    forced: int
    partner: int
    value: float
    chance: float
    """Probability that the model gave to what happened, where it was a draw; else 1."""

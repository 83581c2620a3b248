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


class Driver:
    """An exogenous quantity of the scenario."""

    path: float
    """What the scenario says for this month; set before the month begins."""
    pulse: float
    """What triggers have added, fading; any number."""
    pulse_kept: float
    """Share of the pulse that is left a month later."""
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


class Trigger:
    """An effect on a driver when a condition on the state has held long enough."""

    observable: int
    member: int
    other: int
    comparison: int
    threshold: float
    for_months: int
    held: int
    """Months for which the condition has held."""
    fired: int
    """1 once it has fired, until a repeating trigger is armed again."""
    driver: int
    size: float
    kept: float
    """Share of the effect left a month later; 1 for a lasting one."""
    repeat: int


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
    """A line of the log."""

    kind: int
    actor: int
    """Member index; number of members for the patron."""
    other: int
    threat: int
    code: int
    value: float
    chance: float
    """Probability that the model gave to what happened, where it was a draw; else 1."""

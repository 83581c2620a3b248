"""What comes from outside: the drivers of a scenario, month by month, and its shocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foedus.dictionary.vocabulary import SHOCK_AGGRESSION, SHOCK_INCIDENT, SHOCK_NAMES, SHOCK_TIE
from foedus.files.faults import Misread, did_you_mean, printable

if TYPE_CHECKING:
    from foedus.scenarios.language.roster import Roster

NOBODY: Final = -1
_FROM_ZERO: Final = frozenset({SHOCK_AGGRESSION, SHOCK_INCIDENT})
_STATE_FORMS: Final = {
    "tie": "tie.MEMBER-MEMBER",
    "aggression": "aggression",
    "incident": "incident.THREAT.MEMBER",
}
"""How to name a state that is not one of a single member."""


@dataclass(frozen=True, slots=True)
class DriverKind:
    """A kind of driver.

    Attributes:
        low: Least value.
        high: Greatest value.
        default: Value where a scenario says nothing.
    """

    low: float
    high: float
    default: float


DRIVER_KINDS: Final = {
    "war": DriverKind(low=0.0, high=1.0, default=0.0),
    "resolve": DriverKind(low=0.0, high=2.0, default=1.0),
    "threat": DriverKind(low=0.0, high=20.0, default=1.0),
    "accommodation": DriverKind(low=0.0, high=1.0, default=0.0),
    "offer": DriverKind(low=0.0, high=5.0, default=1.0),
    "control": DriverKind(low=0.0, high=2.0, default=1.0),
    "presence": DriverKind(low=0.0, high=3.0, default=1.0),
    "supply": DriverKind(low=0.0, high=3.0, default=1.0),
    "position": DriverKind(low=-1.0, high=1.0, default=0.0),
    "stake": DriverKind(low=0.0, high=3.0, default=1.0),
}
"""Ranges by the first part of a driver's name."""

_DRIVER_FORMS: Final = (
    "war",
    "resolve",
    "threat.THREAT",
    "accommodation.THREAT",
    "offer.PARTNER",
    "control",
    "presence",
    "supply",
    "position",
    "stake.THREAT",
)
"""How to name a driver."""


@dataclass(frozen=True, slots=True)
class DriverShock:
    """A jump of a driver.

    Attributes:
        month: Month in which it strikes, from the start.
        driver: Index into the drivers.
        size: What it adds at first.
        half_life: Months in which it halves; None if it lasts.
    """

    month: int
    driver: int
    size: float
    half_life: float | None


@dataclass(frozen=True, slots=True)
class StateShock:
    """A jump of a state.

    Attributes:
        month: Month in which it strikes, from the start; at least 1.
        target: Which state, one of the ``SHOCK_`` numbers of `dictionary.vocabulary`.
        i: Index of the member; -1 for nobody.
        j: Index of the other member of a tie, or of the threat of an incident; else -1.
        size: What it adds; the severity of an incident.
    """

    month: int
    target: int
    i: int
    j: int
    size: float


def kind_of(name: str) -> DriverKind:
    """Range and default of a driver, by its full name."""
    return DRIVER_KINDS[name.partition(".")[0]]


def names(roster: Roster) -> tuple[str, ...]:
    """Names of all drivers, in the order of their axis."""
    return (
        "war",
        "resolve",
        *(f"threat.{threat}" for threat in roster.threats),
        *(f"accommodation.{threat}" for threat in roster.threats),
        *(f"offer.{partner}" for partner in roster.partners),
        *("control", "presence", "supply", "position"),
        *(f"stake.{threat}" for threat in roster.threats),
    )


def driver_index(name: str, roster: Roster) -> int:
    """Index of a driver.

    Raises:
        Misread: There is no such driver.
    """
    known = names(roster)
    if name not in known:
        raise Misread(_unknown_driver(name, roster))
    return known.index(name)


def _unknown_driver(name: str, roster: Roster) -> str:
    """The message for a driver that does not exist: all of its family, or the families."""
    known = names(roster)
    family = [each for each in known if each.partition(".")[0] == name.partition(".")[0]]
    if family:
        every = ", ".join(family)
        near = did_you_mean(name, family) if len(family) > 1 else ""
        return f"unknown driver «{printable(name)}», expected one of {every}{near}"
    near = did_you_mean(name, known)
    return f"unknown driver «{printable(name)}», expected one of {', '.join(_DRIVER_FORMS)}{near}"


def shock_target(text: str, roster: Roster) -> int | tuple[int, int, int]:
    """What a shock strikes.

    Returns:
        Index of a driver; or of a state the target, first and second index, as in `StateShock`.

    Raises:
        Misread: It names neither, or a state but not whose.
    """
    if text in names(roster):
        return driver_index(text, roster)
    name, _, of = text.partition(".")
    if name not in SHOCK_NAMES:
        raise Misread(_unknown_target(text, roster))
    target = SHOCK_NAMES.index(name)
    form = _STATE_FORMS.get(name, f"{name}.MEMBER")
    if (form.count(".") > 0) != bool(of) or (target == SHOCK_INCIDENT and "." not in of):
        raise Misread(f"found «{printable(text)}», expected «{form}»")
    if target == SHOCK_AGGRESSION:
        return target, NOBODY, NOBODY
    if target == SHOCK_TIE:
        return target, *roster.pair(of)
    if target == SHOCK_INCIDENT:
        threat, _, code = of.partition(".")
        j = roster.threat(threat)
        return target, roster.member(code), j
    return target, roster.member(of), NOBODY


def state_limits(target: int) -> tuple[float, float]:
    """Least and greatest size of a shock to a state."""
    return (0.0, 1.0) if target in _FROM_ZERO else (-1.0, 1.0)


def _unknown_target(text: str, roster: Roster) -> str:
    """The message for a shock that strikes neither a driver nor a state."""
    forms = [_STATE_FORMS.get(name, f"{name}.MEMBER") for name in SHOCK_NAMES]
    heads = [f"{name}." for name in SHOCK_NAMES if name not in _STATE_FORMS]
    named = [f"{head}{member}" for head in heads for member in roster.members]
    near = did_you_mean(text, [*names(roster), *named, *SHOCK_NAMES])
    drivers = ", ".join(_DRIVER_FORMS)
    if text.partition(".")[0] in DRIVER_KINDS:
        return _unknown_driver(text, roster)
    return (
        f"unknown driver or state «{printable(text)}», expected a driver ({drivers}) "
        f"or a state ({', '.join(forms)}){near}"
    )

"""Acts that a scenario dictates, and numbers that change at a date: from words to indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foedus.dictionary.alterable import ALTERABLE
from foedus.dictionary.vocabulary import (
    ANSWER_NAMES,
    CHANNEL_NAMES,
    MONITORING,
    NOT_YET,
    Forced,
)
from foedus.files.faults import Misread, did_you_mean, one_of, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.scenarios.alliances.schema import Alliance
    from foedus.scenarios.language.roster import Roster
    from foedus.scenarios.language.schema import DecisionEntry

_OF_PATRON: Final = frozenset({Forced.TERMS, Forced.PRESSURE})
_OF_PARTNERS: Final = frozenset({Forced.PACT, Forced.ARMS})
_SIZES: Final = {
    Forced.REQUEST: (0.0, 1.0, 0.7),
    Forced.GOVERNMENT: (-5.0, 5.0, None),
    Forced.TERMS: (0.0, 1.0, 1.0),
    Forced.PRESSURE: (0.0, 1.0, 1.0),
    Forced.ARMS: (0.0, 1.0, 1.0),
}
"""Least, greatest and usual size of acts that have one."""

_NEEDS: Final = {
    Forced.NOTICE: "unnoticed",
    Forced.WITHDRAW: "noticed",
    Forced.FREEZE: "active",
    Forced.THAW: "frozen",
    Forced.LEAVE: "in",
    Forced.JOIN: "out",
    Forced.REQUEST: "in",
}


class Decision(NamedTuple):
    """A decision as compiled code reads it; fields as in `dictionary.agenda.Decision`."""

    month: int
    kind: int
    actor: int
    member: int
    partner: int
    threat: int
    channel: int
    answer: int
    size: float


class Alteration(NamedTuple):
    """A changed number as compiled code reads it; fields as in `dictionary.agenda.Alteration`."""

    month: int
    quantity: int
    i: int
    j: int
    value: float


class Wrong(Misread):
    """A key of a decision that cannot be as it is."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def compile_decision(
    entry: DecisionEntry, month: int, alliance: Alliance, roster: Roster
) -> Decision:
    """A decision in indices.

    Args:
        entry: What the file says.
        month: Month of the run in which it is done.
        alliance: Whose threats it may be about.
        roster: Who and what takes part.

    Raises:
        Wrong: A name is unknown, or a key is missing or has no meaning for the act.
    """
    kind = Forced[entry.does.upper()]
    actor, member, partner = _parties(entry, kind, roster)
    threat, channel, answer = NOT_YET, NOT_YET, NOT_YET
    if kind is Forced.REQUEST:
        threat, channel, answer = _request(entry, alliance, roster)
    else:
        for key in ("threat", "channel", "answer"):
            if getattr(entry, key) is not None:
                raise Wrong(key, f"expected with «request» only, not with «{entry.does}»")
    size = _size(entry, kind)
    return Decision(month, kind.value, actor, member, partner, threat, channel, answer, size)


def _parties(entry: DecisionEntry, kind: Forced, roster: Roster) -> tuple[int, int, int]:
    """Indices of actor, member and partner."""
    if kind not in _OF_PATRON | _OF_PARTNERS:
        if entry.actor in roster.partners:
            raise Wrong("actor", _another(entry, "a partner", "a member", roster.members))
        member = _named("actor", roster.member, entry.actor)
        if entry.toward is not None:
            raise Wrong(
                "toward", f"expected with acts of the patron or a partner, not «{entry.does}»"
            )
        return member, member, NOT_YET
    actor, partner = len(roster.members), NOT_YET
    if kind in _OF_PARTNERS:
        if entry.actor == roster.patron:
            raise Wrong("actor", _another(entry, "the patron", "a partner", roster.partners))
        if entry.actor in (*roster.members, *roster.absent):
            message = _another(entry, "a member", "a partner", roster.partners)
            raise Wrong("actor", f"{message}; the member stands under «toward»")
        actor, partner = NOT_YET, _named("actor", roster.partner, entry.actor)
    elif entry.actor != roster.patron:
        near = did_you_mean(entry.actor, [roster.patron])
        raise Wrong("actor", f"found {entry.actor}, expected the patron, {roster.patron}{near}")
    if entry.toward is None:
        raise Wrong("", f"missing «toward», which «{entry.does}» needs: the member it is for")
    return actor, _named("toward", roster.member, entry.toward), partner


def _another(entry: DecisionEntry, is_one: str, wanted: str, codes: tuple[str, ...]) -> str:
    """The message for an actor whose act this is not."""
    return f"found {entry.actor}, {is_one}; «{entry.does}» is done by {wanted}: {one_of(codes)}"


def _request(entry: DecisionEntry, alliance: Alliance, roster: Roster) -> tuple[int, int, int]:
    """Threat, channel and answer of a request."""
    if entry.threat is None:
        raise Wrong("", "missing «threat», which «request» needs: what strikes the member")
    place = _named("threat", roster.threat, entry.threat)
    threat = alliance.threats[place]
    answer = NOT_YET if entry.answer is None else ANSWER_NAMES.index(entry.answer)
    if threat.between is not None:
        absent = [code for code in threat.between if code not in roster.members]
        if absent:
            raise Wrong("threat", f"{threat.name} cannot happen: {absent[0]} takes no part")
        if entry.actor not in threat.between:
            parties = " and ".join(threat.between)
            raise Wrong(
                "threat", f"{threat.name} is between {parties}, and {entry.actor} is neither"
            )
        if answer > MONITORING:
            best = one_of(ANSWER_NAMES[: MONITORING + 1])
            message = "members get no help against each other"
            raise Wrong("answer", f"found «{entry.answer}», expected one of {best}: {message}")
    return place, CHANNEL_NAMES.index(entry.channel or "bloc"), answer


def _named(key: str, find: Callable[[str], int], name: str) -> int:
    try:
        return find(name)
    except Misread as error:
        raise Wrong(key, str(error)) from None


def _size(entry: DecisionEntry, kind: Forced) -> float:
    if kind not in _SIZES:
        if entry.size is not None:
            raise Wrong("size", f"found {entry.size:g}, expected none: «{entry.does}» has no size")
        return 0.0
    low, high, usual = _SIZES[kind]
    size = usual if entry.size is None else entry.size
    if size is None:
        raise Wrong("", f"missing «size», which «{entry.does}» needs: from {low:g} to {high:g}")
    if not low <= size <= high:
        raise Wrong("size", f"found {size:g}, expected from {low:g} to {high:g}")
    if kind is Forced.REQUEST and size == 0.0:
        raise Wrong("size", "found 0, expected more: who is not struck does not ask")
    return float(size)


def keys_of_acts() -> dict[str, tuple[list[str], list[str]]]:
    """Keys that each act needs, and keys that it cannot have, beside those of all acts."""
    found = {}
    for kind in Forced:
        needed: list[str] = []
        useless: list[str] = []
        toward = kind in _OF_PATRON | _OF_PARTNERS
        (needed if toward else useless).append("toward")
        if kind is Forced.REQUEST:
            needed.append("threat")
        else:
            useless += ["threat", "channel", "answer"]
        if kind not in _SIZES:
            useless.append("size")
        elif _SIZES[kind][2] is None:
            needed.append("size")
        found[kind.name.lower()] = needed, useless
    return found


def sizes(does: str) -> tuple[float, float, float | None] | None:
    """Least, greatest and usual size of an act; None if it has none.

    Example:
        >>> sizes("terms"), sizes("freeze")
        ((0.0, 1.0, 1.0), None)
    """
    return _SIZES.get(Forced[does.upper()])


def needs(kind: Forced) -> str | None:
    """What a member must be for an act of its own to have a meaning; None if any will do.

    Returns:
        A status, ``in`` for active or frozen, or ``noticed`` and ``unnoticed`` for one that is in
        and has given notice, or has not.
    """
    return _NEEDS.get(kind)


def alterable(name: str) -> int:
    """Place of a quantity that may change at a date.

    Raises:
        Misread: It may not.
    """
    if name not in ALTERABLE:
        near = did_you_mean(name, ALTERABLE)
        raise Misread(
            f"«{printable(name)}» cannot change at a date, expected one of {one_of(ALTERABLE)}; "
            f"a state takes a shock instead{near}"
        )
    return list(ALTERABLE).index(name)

"""The numbers of an alliance that the rules read: one table, and how their names are written."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foedus.files.faults import Misread, printable, unknown

if TYPE_CHECKING:
    from foedus.scenarios.language.roster import Roster

PATRON_KEY = "patron"
CRISES: Final = ("external", "militants", "domestic")
"""Kinds of threat that the standard test may hold."""

_NAME = re.compile(r"([a-z][a-z0-9_]*)(?:\[([^\[\]]*)\])?")
# Beyond these no rule was ever tried; they keep a slip of the pen from looking like a finding.
_MANY = 100.0
_TWO_KEYS = 2


@dataclass(frozen=True, slots=True)
class QuantityKind:
    """A number that the rules read from the alliance file.

    Attributes:
        name: Its name, in files and results.
        of: What it is a number of: ``member``, ``threat``, ``partner``, ``act``, ``crisis``, or
            two of them; empty for a number of the patron.
        low: Least value that has a meaning.
        high: Greatest.
        dated: Whether it is a state that changes in time, so that a file may give it by date.
        required: Whether every alliance must give it.
    """

    name: str
    of: tuple[str, ...]
    low: float = 0.0
    high: float = 1.0
    dated: bool = False
    required: bool = True

    @property
    def absent_is_zero(self) -> bool:
        """Whether an entry that is not there means 0; so it is for relations, of which most are."""
        return len(self.of) == _TWO_KEYS

    @property
    def symmetric(self) -> bool:
        """Whether the two keys may change places."""
        return self.of == ("member", "member")

    def label(self, keys: tuple[str, ...]) -> str:
        """The name of one of its numbers.

        Example:
            >>> KINDS["fit"].label(("ARM", "CHN"))
            'fit[ARM,CHN]'
        """
        return f"{self.name}[{','.join(keys)}]" if keys else self.name


def _kinds() -> dict[str, QuantityKind]:
    member, partner, threat = ("member",), ("partner",), ("threat",)
    on_member, with_partner = ("member", "threat"), ("member", "partner")
    states = ("trust_bloc", "trust_patron", "arms_dependence", "fear", "participation", "loyalty")
    kinds = [
        *(QuantityKind(name, member) for name in ("capability", "patron_value", "basing")),
        QuantityKind("economic_dependence", member, dated=True),
        *(QuantityKind(name, member) for name in ("autonomy", "fear_exposure")),
        QuantityKind("entrapment_exposure", member),
        QuantityKind("affinity", member, dated=True),
        *(QuantityKind(name, member, dated=True) for name in (*states, "grievance")),
        QuantityKind("level", on_member, dated=True),
        QuantityKind("rate", on_member, high=_MANY, dated=True),
        QuantityKind("openness", on_member),
        QuantityKind("attacker_tie", on_member),
        QuantityKind("fit", with_partner),
        QuantityKind("suspicion", with_partner),
        QuantityKind("tie", ("member", "member"), dated=True),
        *(QuantityKind(name, threat) for name in ("severity_mean", "patron_stake", "patron_tie")),
        QuantityKind("offer", partner, dated=True),
        *(QuantityKind(name, partner) for name in ("red_line", "ceiling", "arms_supply")),
        QuantityKind("exhaustion", (), dated=True),
        QuantityKind("war_years", (), high=_MANY, dated=True),
        *(QuantityKind(name, (), dated=True) for name in ("presence", "supply")),
        QuantityKind("capability_share", (), dated=True),
        QuantityKind("difficulty", ("act",)),
        QuantityKind("discrimination", ("act",), low=math.nextafter(0.0, 1.0), high=_MANY),
        QuantityKind("test_weight", ("crisis",), high=_MANY),
        QuantityKind("test_severity", ("crisis",)),
    ]
    return {kind.name: kind for kind in kinds}


KINDS: Final = _kinds()
"""Every number that the rules read, by name."""


def split_name(text: str) -> tuple[QuantityKind, tuple[str, ...]]:
    """The quantity and the keys in a name such as ``fit[ARM,CHN]``.

    Raises:
        Misread: It has another form, there is no such quantity, or it takes other keys.

    Example:
        >>> split_name("fit[ARM, CHN]")[1]
        ('ARM', 'CHN')
    """
    parts = _NAME.fullmatch(text.strip())
    if parts is None:
        raise Misread(f"found «{printable(text)}», expected a quantity such as trust_patron[ABC]")
    name, inner = parts[1], parts[2]
    if name not in KINDS:
        raise Misread(unknown("quantity", name, list(KINDS)))
    kind = KINDS[name]
    keys = tuple(key.strip() for key in inner.split(",")) if inner is not None else ()
    if len(keys) != len(kind.of):
        form = kind.label(tuple(each.upper() for each in kind.of))
        raise Misread(f"found «{printable(text)}», expected {form}")
    return kind, keys


def locate(
    text: str, names: Mapping[str, tuple[str, ...]], given: Collection[str], roster: Roster
) -> tuple[QuantityKind, tuple[str, ...]]:
    """The quantity and the keys in a name, if a scenario has that number; a pair in axis order.

    Args:
        text: Such as ``fit[ARM,CHN]``.
        names: Keys that the alliance knows, by axis.
        given: Quantities that the alliance gives.
        roster: Who takes part.

    Raises:
        Misread: There is no such number.
    """
    kind, keys = split_name(text)
    if kind.name not in given:
        raise Misread(unknown("quantity", kind.name, list(given)))
    for axis, key in zip(kind.of, keys, strict=True):
        if axis == "member":
            roster.member(key)
        elif key not in names[axis]:
            raise Misread(unknown(axis, key, names[axis]))
    if kind.symmetric:
        i, j = roster.pair("-".join(keys))
        keys = (roster.members[i], roster.members[j])
    return kind, keys

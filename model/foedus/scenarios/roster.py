"""Who and what a scenario may name, and at which index of the results' axes it stands."""

from __future__ import annotations

from dataclasses import dataclass

from foedus.scenarios.faults import Misread, printable, unknown


@dataclass(frozen=True)
class Roster:
    """The names of one resolved scenario.

    Attributes:
        patron: Code of the patron.
        members: Codes of the members that take part, in axis order.
        absent: Codes of members that the alliance knows and that take no part at this start.
        partners: Codes, in axis order.
        threats: Names, in axis order.
    """

    patron: str
    members: tuple[str, ...]
    absent: tuple[str, ...]
    partners: tuple[str, ...]
    threats: tuple[str, ...]

    def member(self, code: str) -> int:
        """Index of a member.

        Raises:
            Misread: No such member takes part.
        """
        if code in self.members:
            return self.members.index(code)
        if code == self.patron:
            raise Misread(
                f"found the patron {code}, expected another member: {', '.join(self.members)}"
            )
        if code in self.absent:
            raise Misread(
                f"{code} takes no part: the initial status at this start does not name it; "
                f"expected one of {', '.join(self.members)}"
            )
        raise Misread(unknown("member", code, self.members))

    def partner(self, code: str) -> int:
        """Index of a partner.

        Raises:
            Misread: There is no such partner.
        """
        return _index("partner", code, self.partners)

    def threat(self, name: str) -> int:
        """Index of a threat.

        Raises:
            Misread: There is no such threat.
        """
        return _index("threat", name, self.threats)

    def pair(self, text: str) -> tuple[int, int]:
        """Indices of two different members in a text such as ``KGZ-TJK``, in axis order.

        Raises:
            Misread: It has another form, or does not name two members.
        """
        codes = text.split("-")
        if len(codes) != 2:
            raise Misread(f"found «{printable(text)}», expected two members such as AAA-BBB")
        first, second = sorted(self.member(code) for code in codes)
        if first == second:
            raise Misread(f"found «{printable(text)}», expected two different members")
        return first, second


def _index(what: str, name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise Misread(unknown(what, name, names))
    return names.index(name)

"""Who and what a scenario may name, and at which index of the results' axes it stands."""

from __future__ import annotations

from dataclasses import dataclass

from foedus.files.faults import Misread, printable, unknown


@dataclass(frozen=True)
class Roster:
    """The names of one resolved scenario.

    Attributes:
        patron: Code of the patron.
        members: Codes of the members that take part, in axis order.
        absent: Codes of members that the alliance knows and that take no part at this start.
        partners: Codes, in axis order.
        threats: Names, in axis order.
        titled: What members and partners are called, each with its code, to guess what is meant.
    """

    patron: str
    members: tuple[str, ...]
    absent: tuple[str, ...]
    partners: tuple[str, ...]
    threats: tuple[str, ...]
    titled: tuple[tuple[str, str], ...] = ()

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
        if code == "anyone":
            raise Misread(f"found «anyone», expected one member here: {', '.join(self.members)}")
        raise Misread(self._unknown("member", code, self.members))

    def partner(self, code: str) -> int:
        """Index of a partner.

        Raises:
            Misread: There is no such partner.
        """
        if code not in self.partners:
            raise Misread(self._unknown("partner", code, self.partners))
        return self.partners.index(code)

    def threat(self, name: str) -> int:
        """Index of a threat.

        Raises:
            Misread: There is no such threat.
        """
        if name not in self.threats:
            raise Misread(unknown("threat", name, self.threats))
        return self.threats.index(name)

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

    def _unknown(self, what: str, name: str, codes: tuple[str, ...]) -> str:
        """The message for a code that does not exist; a country's name leads to its code."""
        of_title = {title.casefold(): code for title, code in self.titled if code in codes}
        code = of_title.get(name.casefold())
        if code is None:
            return unknown(what, name, codes)
        expected = ", ".join(codes)
        return f"found «{printable(name)}», expected a {what}'s code, {code}; one of {expected}"

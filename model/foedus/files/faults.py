"""Faults of a file: gathered while it is checked, told all at once, each on one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from foedus.errors import FoedusError
from foedus.files.numbers import slip

SHOWN = 25
"""How many faults are told; nobody mends more at a time."""
NOTED = 200
"""How many faults are looked for; a hostile file could have a million."""

_LISTED = 16
TEXT_SHOWN = 60
PATH_SHOWN = 300
"""Characters of a text, and of a path, that a message shows."""

_CURLY = frozenset("“”„‟‘’‚‛")
_QUOTES_AND_SPACES = "".join(_CURLY) + "\"' \t\u00a0\u202f"


class Misread(ValueError):  # noqa: N818 - it becomes a fault, with a place, before anyone sees it
    """Words that cannot be understood; whoever knows their place turns it into a fault."""


class Place(NamedTuple):
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """As compilers write it, so that editors can jump there; without a line for no file."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class FileError(FoedusError):
    """Something is wrong with some files, at known places.

    Attributes:
        found: What is wrong, and where.
        rest: What else there is to say; empty if that is all.
    """

    def __init__(self, found: Sequence[tuple[Place, str]], rest: str = "") -> None:
        self.found = tuple(found)
        self.rest = rest
        lines = [f"{place}: {message}" for place, message in found]
        super().__init__("\n".join([*lines, rest] if rest else lines))

    def __reduce__(self) -> tuple[type[FileError], tuple[object, ...]]:
        """Made anew from its parts in another process."""
        return type(self), (self.found, self.rest)


class Faults:
    """What is wrong with some files, gathered so that a user can mend all of it in one go."""

    def __init__(self) -> None:
        self._found: dict[tuple[Place, str], None] = {}

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._found)

    def add(self, place: Place, key: str, message: str) -> None:
        """Note one fault.

        Args:
            place: Where it is.
            key: The key it concerns, such as ``shocks[storm].date``; empty for a whole file.
            message: What was found and what was expected.

        Raises:
            FoedusError: This is one too many, and it is better to stop here.
        """
        words = f"{key}: {message}" if key else message
        self._found[place, " ".join(words.splitlines())] = None
        if len(self._found) >= NOTED:
            self.check()

    def take(self, error: FileError) -> None:
        """Note what another reader has refused."""
        for place, message in error.found:
            self.add(place, "", message)

    def check(self) -> None:
        """Raise what was gathered, if anything was.

        Raises:
            FileError: One line per fault, by file and line.
        """
        if not self._found:
            return
        every = sorted(self._found)
        raise FileError(every[:SHOWN], "... and more faults" if len(every) > SHOWN else "")


def printable(text: str, most: int = TEXT_SHOWN) -> str:
    r"""The text on one line, cut to 60 characters, control characters made visible.

    Example:
        >>> printable("one\ntwo")
        'one\\ntwo'
    """
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in cut
    )


def found(value: object) -> str:
    """A value in the words of a message.

    Example:
        >>> found(True), found((1, 2)), found(None)
        ('true', 'a list of 2', 'nothing')
        >>> found("1,5")
        'text «1,5» (a decimal comma; decimals take a point: 1.5)'
    """
    match value:
        case None:
            words = "nothing"
        case bool():
            words = "true" if value else "false"
        case int() | float():
            words = f"{value:g}" if abs(value) < 1e6 else str(value)
        case str():
            meant = slip(value)
            words = f"text «{printable(value)}»" + (f" ({meant})" if meant else "")
        case list() | tuple():
            words = f"a list of {len(value)}"
        case dict():
            words = f"a mapping with {one_of(value)}" if value else "an empty mapping"
        case _:
            words = type(value).__name__
    return words


def one_of(names: Iterable[str]) -> str:
    """Names as a list for a message, cut after sixteen."""
    every = [printable(str(name)) for name in names]
    if not every:
        return "nothing"
    rest = (
        f", … ({len(every)} in all; `foedus scenario names` lists names)"
        if len(every) > _LISTED
        else ""
    )
    return ", ".join(every[:_LISTED]) + rest


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name most like the one given; None if none is like it.

    Example:
        >>> nearest("theat.bandits", ["threat.bandits", "offer.CHN"])
        'threat.bandits'
        >>> nearest("arm", ["ARM", "BLR"])
        'ARM'
    """
    by_folded = {str(each).casefold(): str(each) for each in names}
    # Hostile names are long, and comparing takes time that grows with the square of their length.
    asked = name[:200].casefold()
    close = difflib.get_close_matches(asked, by_folded, n=1, cutoff=0.6)
    if close:
        return by_folded[close[0]]
    longer = [each for folded, each in by_folded.items() if len(asked) > 2 and asked in folded]
    return longer[0] if len(longer) == 1 else None


def curly(text: str) -> str:
    r"""The end of a message: curly quotes are letters here; nothing if a text has none.

    Example:
        >>> curly("“cohesion”")
        '; curly quotes are part of the text: write " or \' for them, or nothing'
        >>> curly("cohesion")
        ''
    """
    if _CURLY.isdisjoint(text):
        return ""
    return "; curly quotes are part of the text: write \" or ' for them, or nothing"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of a message: the nearest valid name, or nothing if none is near.

    Example:
        >>> did_you_mean("last_yaer", ["first_year", "last_year"])
        '; did you mean «last_year»?'
    """
    bare = name.strip(_QUOTES_AND_SPACES)
    near = nearest(bare, names)
    hint = f"; did you mean «{near}»?" if near is not None and near != name else ""
    return hint + curly(name)


def unknown(what: str, name: str, names: Sequence[str]) -> str:
    """The message for a name that does not exist.

    Example:
        >>> unknown("member", "AMR", ["ARM", "BLR"])
        'unknown member «AMR», expected one of ARM, BLR; did you mean «ARM»?'
    """
    expected = f"expected one of {one_of(names)}" if names else f"there is no {what} to name"
    return f"unknown {what} «{printable(name)}», {expected}{did_you_mean(name, names)}"

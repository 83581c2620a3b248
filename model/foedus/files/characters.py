"""Characters that no text of a file may hold: nothing could show them as what they are.

A control character commands the terminal, a mark of direction makes a text read otherwise than it
is written, and half of a surrogate pair can be written nowhere. Everything else is text.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from foedus.files.faults import Misread

_NAMES: Final = {
    "\0": "null",
    "\a": "the bell",
    "\b": "backspace",
    "\t": "a tab",
    "\v": "a vertical tab",
    "\f": "a form feed",
    "\r": "a carriage return",
    "\x1b": "escape",
    "\x7f": "delete",
    "\x85": "a next line",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
}
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_KINDS: Final = {"Cc": "a control character", "Cs": "half of a surrogate pair"}
_BREAKS: Final = frozenset("\u2028\u2029")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_BLANKS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks to Unicode, and yet nothing to see."""


def refusal(text: str) -> str:
    r"""What is wrong with the characters of a text; empty if nothing is.

    Line breaks are allowed, for a text may have several lines.

    Example:
        >>> refusal("Oil at $40 [sic]")
        ''
        >>> refusal("a\x1b[31m")
        'found U+001B (escape) as character 2, expected text that can be shown; leave it out'
    """
    # Nearly every text is printable, which Python knows at once.
    if text.isprintable():
        return ""
    for number, letter in enumerate(text, 1):
        kind = _kind(letter)
        if kind:
            instead = (
                "; use a space" if letter in "\t\x85" or letter in _BREAKS else "; leave it out"
            )
            found = f"found U+{ord(letter):04X} ({kind}) as character {number}"
            return f"{found}, expected text that can be shown{instead}"
    return ""


def _kind(letter: str) -> str:
    """What a character is, if no text may hold it; else empty."""
    if letter == "\n":
        return ""
    if letter in _NAMES:
        return _NAMES[letter]
    if letter in _DIRECTIONS:
        return "a mark of the direction of writing"
    if ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF:
        return "not a character"
    return _KINDS.get(unicodedata.category(letter), "")


def check(text: str) -> None:
    """Refuse a text with characters that nothing can show.

    Raises:
        Misread: It has one; the message says which, and where.
    """
    message = refusal(text)
    if message:
        raise Misread(message)


def is_blank(text: str) -> bool:
    r"""Whether there is nothing to be seen of a text.

    Example:
        >>> is_blank("\u200b \u3164"), is_blank("ғ")
        (True, False)
    """
    return all(
        letter in _BLANKS
        or unicodedata.category(letter) in _INVISIBLE
        or "\ufe00" <= letter <= "\ufe0f"
        for letter in text
    )

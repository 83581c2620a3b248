"""Faults as a good compiler tells them: the line that is meant, and a mark below the spot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foedus.files.faults import FileError
from foedus.files.text_files import MAX_BYTES

if TYPE_CHECKING:
    from foedus.errors import FoedusError
    from foedus.files.faults import Place

WIDTH: Final = 88
"""Letters of a line that are shown; of a longer one, those around the spot."""
BEFORE: Final = 40

_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s,\[\]{}:#](?:[^\s,\[\]{}#:]|:(?=\S))*")


def explained(error: FoedusError) -> str:
    """Every fault on its line, each with the line of the file that it is about, if any is."""
    if not isinstance(error, FileError):
        return str(error)
    parts: list[str] = []
    for place, message in error.found:
        parts += [f"{place}: {message}", *snippet(place)]
    return "\n".join([*parts, error.rest] if error.rest else parts)


def snippet(place: Place) -> list[str]:
    """The line of a file at a place, with a mark below what is meant; nothing if there is none.

    Args:
        place: Line and column count from 1; a line of 0 is the whole file.
    """
    lines = _lines(place.file) if place.line else ()
    if not 0 < place.line <= len(lines):
        return []
    line, column = lines[place.line - 1], place.column - 1
    token = _TOKEN.match(line, column)
    length = len(token[0]) if token else 1
    first = 0 if len(line) <= WIDTH else max(0, column - BEFORE)
    shown = _visible(line[first : first + WIDTH])
    mark = "^" * max(1, min(length, first + WIDTH - column))
    number = str(place.line)
    return [
        f"{number:>6} | {shown}".rstrip(),
        f"{'':>6} | {' ' * (column - first)}{mark}",
    ]


def _visible(text: str) -> str:
    """Text in which every letter takes one column and none commands the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _lines(file: str) -> tuple[str, ...]:
    """The lines of a file; none if it cannot be read, or is too large to be one of ours."""
    try:
        path = Path(file)
        if not path.is_file():
            return ()
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES)
    except (OSError, ValueError):
        return ()
    # Only what YAML and editors call a line counts as one.
    return tuple(re.split(r"\r\n|\n|\r", content.decode("utf-8-sig", errors="replace")))

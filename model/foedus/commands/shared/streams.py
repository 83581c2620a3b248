"""Standard output and error, such that no letter and no closed stream can end a command badly."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import Final

LOOK_ALIKES: Final = str.maketrans(
    {
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "−": "-",
        "─": "-",
        "━": "-",
        "│": "|",
        "…": "...",
        "×": "x",
        "·": ".",
        "•": "*",
        "→": "->",
        "≤": "<=",
        "≥": ">=",
        "±": "+/-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)
"""What stands for signs of ours in an encoding that lacks them."""

HANDLER: Final = "foedus.look-alike"
"""Name under which `codecs` knows how to replace what an encoding lacks."""


def prepare() -> None:
    """Let standard output and error take any text, and let a closed one fail as a full disk does.

    Letters that the encoding of a stream lacks are printed as look-alikes, or as escapes.
    """
    codecs.register_error(HANDLER, _replaced)
    if sys.stdout is None:
        # It cannot be written to either, and says so.
        sys.stdout = _stream(os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _stream(os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def abandon_output() -> None:
    """Let what is still to be printed go nowhere, for at the end Python would try it once more."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _stream(access: int) -> io.TextIOWrapper:
    """A stream in place of one that the caller has closed."""
    raw = io.FileIO(os.open(os.devnull, access), "w")
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")


def _replaced(fault: UnicodeError) -> tuple[str, int]:
    """Look-alikes of what cannot be encoded, or escapes."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    letters = fault.object[fault.start : fault.end].translate(LOOK_ALIKES)
    text = letters.encode("ascii", "backslashreplace").decode("ascii")
    return text, fault.end

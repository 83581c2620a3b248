"""Kinds of values on a command line: what is read, and how a mistake is told."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path


def whole(text: str) -> int:
    """A whole number of at most 20 digits."""
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text) is None:
        from foedus.files.faults import printable

        raise argparse.ArgumentTypeError(f"expected a whole number, found «{printable(text)}»")
    return int(text)


def width(text: str) -> float:
    """A width of an interval: a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        from foedus.files.faults import printable

        raise argparse.ArgumentTypeError(f"expected a number above 0, found «{printable(text)}»")
    return number


def month(text: str) -> str:
    """A month of a command line."""
    from foedus.files.faults import Misread
    from foedus.scenarios.language import months

    try:
        return months.month(text)
    except Misread as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parameter_set(text: str) -> str:
    """The name of a set of parameters."""
    from foedus.files.faults import printable
    from foedus.parameters.names import PARAMETER_SETS, is_set

    if not is_set(text):
        raise argparse.ArgumentTypeError(
            f"found «{printable(text)}», expected one of {', '.join(PARAMETER_SETS)}"
        )
    return text


def folder(text: str) -> Path:
    """A folder; an empty name, as of a variable that is not set, is a mistake."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"expected the name of a folder, found «{text}»")
    return Path(text)


def place(text: str) -> str:
    """A folder, or an address such as ``s3://bucket/runs``."""
    return text if "://" in text else str(folder(text))

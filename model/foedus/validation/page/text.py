"""Numbers of a validation for a reader, from rows as they were made or as a CSV file has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

type Row = Mapping[str, Any]


def number(value: float, digits: int = 3) -> str:
    """A number for reading: few digits, a true minus, a word for what could not be worked out."""
    if math.isnan(value):
        return "none"
    if value == int(value) and abs(value) < 1e6:
        text = f"{int(value)}"
    elif abs(value) >= 100:
        text = f"{value:,.0f}"
    elif abs(value) >= 10:
        text = f"{value:.1f}"
    else:
        text = f"{value:.{digits}f}"
    return text.replace("-", "−")


def of(row: Row, name: str) -> float:
    """A cell as a number."""
    return float(str(row[name]))


def true(row: Row, name: str) -> bool:
    """A cell as a truth value."""
    return str(row[name]) == "True"


def cell(row: Row, name: str, digits: int = 2) -> str:
    """A number of a row; empty where there is none."""
    return "" if row[name] == "" else number(of(row, name), digits)


def spread(row: Row, mean: str, low: str, high: str) -> str:
    """A mean with its interval; empty where there is none."""
    if row[mean] == "":
        return ""
    return f"{cell(row, mean)} ({cell(row, low)} to {cell(row, high)})"


def sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:]}."

"""Uncertain numbers as a low, a most likely and a high value."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from foedus.parameters.triple import Triple
from foedus.scenarios.faults import Misread, found

FORMS = "a number, [low, mode, high] or {low: …, mode: …, high: …}"
_NUMBERS = 3


ZERO = Triple(0.0, 0.0, 0.0)


def triple(value: object) -> Triple:
    """Read a triple in any of its forms.

    Args:
        value: What stands in the file.

    Raises:
        Misread: It has another form, or low, mode and high are not in this order.

    Example:
        >>> triple(0.5)
        Triple(low=0.5, mode=0.5, high=0.5)
        >>> triple((0.1, 0.2, 0.4)).known
        False
    """
    match value:
        case int() | float():
            numbers: tuple[object, ...] = (value,) * _NUMBERS
        case list() | tuple():
            numbers = tuple(value)
        case dict() if set(value) == set(Triple._fields):
            numbers = tuple(value[field] for field in Triple._fields)
        case _:
            raise Misread(f"found {found(value)}, expected {FORMS}")
    if len(numbers) != _NUMBERS:
        raise Misread(f"found {found(value)}, expected {FORMS}")
    low, mode, high = (_number(number) for number in numbers)
    if not low <= mode <= high:
        raise Misread(f"found [{low:g}, {mode:g}, {high:g}], expected low <= mode <= high")
    return Triple(low, mode, high)


def inside(value: Triple, low: float, high: float) -> None:
    """Refuse a triple that reaches beyond a range.

    Args:
        value: Any triple.
        low: Least value allowed.
        high: Most allowed; may be infinite.

    Raises:
        Misread: Part of it lies outside.
    """
    if value.low < low or value.high > high:
        numbers = f"{value.mode:g}" if value.known else f"[{', '.join(f'{x:g}' for x in value)}]"
        raise Misread(f"found {numbers}, expected from {low:g} to {high:g}")


def _number(value: object) -> float:
    # A truth value is an `int` to Python; nobody who writes `true` means 1.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misread(f"found {found(value)}, expected a number")
    return float(value)


type Uncertain = Annotated[
    Triple,
    PlainValidator(triple),
    PlainSerializer(lambda value: value.written, return_type=float | list[float]),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {
                    "type": "array",
                    "items": {"type": "number"},
                    "minItems": _NUMBERS,
                    "maxItems": _NUMBERS,
                },
                {
                    "type": "object",
                    "properties": {field: {"type": "number"} for field in Triple._fields},
                    "required": list(Triple._fields),
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""A triple as a field of a file."""

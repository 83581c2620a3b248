"""Uncertain numbers: a low, a most likely and a high value, or a distribution by its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from foedus.files.faults import Misread, did_you_mean, found, one_of, printable
from foedus.parameters.triple import Normal, Triple, Uniform, Written

FORMS = (
    "a number, [low, mode, high], {low: …, mode: …, high: …}, {uniform: [low, high]} or "
    "{normal: {mean: …, sd: …, low: …, high: …}}"
)
_NUMBERS = 3
WIDEST: Final = 10.0
"""Standard deviation, in widths of what is left, beyond which a cut normal is flat (judgement)."""


ZERO = Triple(0.0, 0.0, 0.0)


def triple(value: object) -> Triple:
    """Read a triple in any of its forms.

    Raises:
        Misread: It has another form, or low, mode and high are not in this order.

    Example:
        >>> triple(0.5)
        Triple(low=0.5, mode=0.5, high=0.5)
        >>> triple((0.1, 0.2, 0.4)).known
        False
        >>> triple({"uniform": [0.0, 0.5]}).written
        {'uniform': [0.0, 0.5]}
    """
    match value:
        case dict() if set(value) <= set(DISTRIBUTIONS) and len(value) == 1:
            ((name, arguments),) = value.items()
            return DISTRIBUTIONS[name](arguments)
        case int() | float():
            numbers: tuple[object, ...] = (value,) * _NUMBERS
        case list() | tuple():
            numbers = tuple(value)
        case dict() if set(value) == set(Triple._fields):
            numbers = tuple(value[field] for field in Triple._fields)
        case dict() if value:
            raise Misread(f"found {found(value)}, expected {FORMS}{_near(value)}")
        case _:
            raise Misread(f"found {found(value)}, expected {FORMS}")
    if len(numbers) != _NUMBERS:
        raise Misread(f"found {found(value)}, expected {FORMS}")
    low, mode, high = (_number(number) for number in numbers)
    if not low <= mode <= high:
        raise Misread(f"found [{low:g}, {mode:g}, {high:g}], expected low <= mode <= high")
    return Triple(low, mode, high)


def _near(value: dict[object, object]) -> str:
    """The nearest valid name of the first key that is none."""
    valid = [*Triple._fields, *map(str, DISTRIBUTIONS)]
    wrong = next((str(key) for key in value if key not in valid), "")
    return did_you_mean(wrong, valid) if wrong else ""


def _uniform(value: object) -> Triple:
    """Read the ends of a uniform distribution."""
    if isinstance(value, dict) and set(value) == set(Uniform.keys):
        value = [value[key] for key in Uniform.keys]
    if not isinstance(value, list | tuple) or len(value) != len(Uniform.keys):
        raise Misread(f"found {found(value)}, expected {{uniform: [low, high]}}")
    low, high = (_number(each) for each in value)
    if not low < high:
        raise Misread(f"found {{uniform: [{low:g}, {high:g}]}}, expected low < high")
    return Uniform(low, high)


def _normal(value: object) -> Triple:
    """Read a normal distribution and where it is cut."""
    if not isinstance(value, dict):
        raise Misread(f"found {found(value)}, expected {{{', '.join(Normal.keys)}}}")
    for key in value:
        if key not in Normal.keys:
            near = did_you_mean(str(key), Normal.keys)
            what = f"unknown key «{printable(str(key))}» of a normal distribution"
            raise Misread(f"{what}, expected {one_of(Normal.keys)}{near}")
    missing = [key for key in Normal.keys if key not in value]
    if missing:
        raise Misread(
            f"a normal distribution lacks {', '.join(missing)}; it is cut at low and high"
        )
    mean, sd, low, high = (_number(value[key]) for key in Normal.keys)
    if not low <= mean <= high or not low < high:
        raise Misread(
            f"found low {low:g}, mean {mean:g}, high {high:g}, expected low <= mean <= high and "
            "low < high"
        )
    if not 0.0 < sd <= WIDEST * (high - low):
        raise Misread(
            f"found sd {sd:g}, expected above 0 and at most {WIDEST:g} times high - low; what is "
            "wider is uniform"
        )
    return Normal(mean, sd, low, high)


DISTRIBUTIONS: Final[dict[object, Callable[[object], Triple]]] = {
    "uniform": _uniform,
    "normal": _normal,
}
"""Distributions that a file calls by name, and what reads their numbers."""


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
        if value.shape != "triangular":
            numbers = f"{value.shape} from {value.low:g} to {value.high:g}"
        else:
            ends = ", ".join(f"{x:g}" for x in value)
            numbers = f"{value.mode:g}" if value.known else f"[{ends}]"
        raise Misread(f"found {numbers}, expected from {low:g} to {high:g}")


def _number(value: object) -> float:
    # A truth value is an `int` to Python; nobody who writes `true` means 1.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misread(f"found {found(value)}, expected a number")
    return float(value)


def _named(keys: tuple[str, ...]) -> dict[str, Any]:
    """Schema of numbers by name."""
    return {
        "type": "object",
        "properties": {key: {"type": "number"} for key in keys},
        "required": list(keys),
        "additionalProperties": False,
    }


def _listed(count: int) -> dict[str, Any]:
    """Schema of so many numbers."""
    return {"type": "array", "items": {"type": "number"}, "minItems": count, "maxItems": count}


def _only(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Schema of a mapping with one key."""
    return {
        "type": "object",
        "properties": {name: schema},
        "required": [name],
        "additionalProperties": False,
    }


DISTRIBUTION_SCHEMAS: Final = (
    _only("uniform", {"anyOf": [_listed(len(Uniform.keys)), _named(Uniform.keys)]}),
    _only("normal", _named(Normal.keys)),
)
"""Schemas of the distributions that a file calls by name."""

type Uncertain = Annotated[
    Triple,
    PlainValidator(triple),
    PlainSerializer(lambda value: value.written, return_type=Written),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                _listed(_NUMBERS),
                _named(Triple._fields),
                *DISTRIBUTION_SCHEMAS,
            ]
        }
    ),
]
"""A triple as a field of a file."""

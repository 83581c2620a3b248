"""Values that a lever or an uncertainty may take: what a file or a caller may write for one."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from foedus.files.faults import Misread, found
from foedus.scenarios.language import months
from foedus.scenarios.language.triples import DISTRIBUTION_SCHEMAS, DISTRIBUTIONS, triple

type SettingValue = float | bool | str | list[float] | dict[str, Any]
"""A number, a truth value, a word, a distribution, or a driver's path by month."""

FORMS = (
    "a number, a word, true or false, [low, mode, high], {uniform: …}, {normal: …}, or a path of "
    "values by month"
)
_LEAST_CHOICES = 2


def setting_value(value: object) -> SettingValue:
    """Read a value.

    Raises:
        Misread: Nothing can be set to it.

    Example:
        >>> setting_value("majority"), setting_value((0.1, 0.2, 0.3)), setting_value({"2027-01": 1})
        ('majority', [0.1, 0.2, 0.3], {'2027-01': 1})
    """
    match value:
        case bool() | str():
            return value
        case int() | float() if math.isfinite(value):
            return value
        case list() | tuple() if len(value) == 3 and all(map(_is_number, value)):
            return list(value)
        case dict() if len(value) == 1 and set(value) <= set(DISTRIBUTIONS):
            named: SettingValue = triple(value).written
            return named
        case dict() if value and all(map(_is_number, value.values())):
            return {months.month(date): number for date, number in value.items()}
    raise Misread(f"found {found(value)}, expected {FORMS}")


def read_choices(value: object) -> dict[str, SettingValue]:
    """Read choices, as a list or by their labels.

    Returns:
        The values by label; of a list, each value is its own label.

    Raises:
        Misread: There are fewer than two, two are the same, or one cannot be a value.

    Example:
        >>> read_choices(("unanimity", "majority"))
        {'unanimity': 'unanimity', 'majority': 'majority'}
    """
    match value:
        case dict():
            chosen = {str(label): setting_value(each) for label, each in value.items()}
        case list() | tuple():
            values = [setting_value(each) for each in value]
            chosen = {label_of(each): each for each in values}
            if len(chosen) < len(values):
                raise Misread("the same choice is given twice")
        case _:
            raise Misread(f"found {found(value)}, expected a list of choices, or choices by label")
    if len(chosen) < _LEAST_CHOICES:
        raise Misread(f"found {len(chosen)} choices, expected at least {_LEAST_CHOICES}")
    return chosen


def label_of(value: SettingValue) -> str:
    """A value in a word, as the label of a choice that has none.

    Example:
        >>> label_of(True), label_of(0.5), label_of({"2027-01": 1.0, "2028-01": 0.5})
        ('true', '0.5', '2027-01 1, 2028-01 0.5')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case {"uniform": [low, high]}:
            return f"uniform from {low:.12g} to {high:.12g}"
        case {"normal": dict(named)}:
            return (
                f"normal around {named['mean']:.12g}, sd {named['sd']:.12g}, "
                f"from {named['low']:.12g} to {named['high']:.12g}"
            )
        case dict():
            return ", ".join(f"{date} {number:.12g}" for date, number in sorted(value.items()))
        case list():
            return "[" + ", ".join(f"{number:.12g}" for number in value) + "]"
        case _:
            return f"{value:.12g}"


def same(one: object, other: object) -> bool:
    """Whether two values are the same; true is not 1.

    Example:
        >>> same(1, 1.0), same(1, True)
        (True, False)
    """
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": ["number", "string", "boolean"]},
        {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3},
        *DISTRIBUTION_SCHEMAS,
        {
            "type": "object",
            "patternProperties": {months.PATTERN: {"type": "number"}},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}

type Value = Annotated[Any, PlainValidator(setting_value), WithJsonSchema(_SCHEMA)]
"""A value as a field of a file."""

type Choices = Annotated[
    dict[str, Any],
    PlainValidator(read_choices),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": _SCHEMA, "minItems": _LEAST_CHOICES},
                {
                    "type": "object",
                    "additionalProperties": _SCHEMA,
                    "minProperties": _LEAST_CHOICES,
                },
            ]
        }
    ),
]
"""Choices as a field of a file."""

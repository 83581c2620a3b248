"""What can be set in a scenario, and to what: values, choices, levers and uncertainties."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from foedus.files.faults import Misread, did_you_mean, found, one_of
from foedus.scenarios.language import months
from foedus.scenarios.language.triples import DISTRIBUTION_SCHEMAS, DISTRIBUTIONS, triple

type SettingValue = float | bool | str | list[float] | dict[str, Any]
"""A number, a truth value, a word, a distribution, or a driver's path by month."""
type SettingKind = Literal["lever", "uncertainty"]

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


@dataclass(frozen=True, slots=True)
class Setting:
    """A lever or an uncertainty, checked.

    Attributes:
        name: Its name.
        text: What it is, for people.
        kind: Whether somebody could choose it, or nobody controls it.
        on: Address of what it sets.
        low: Least value; None if there are choices.
        high: Greatest value; None if there are choices.
        choices: Values by label, if it can take no others.
        default: What the scenario has without it; None for a parameter that is left to the
            evidence.
        unit: In what it is measured; may be empty.
        sources: Evidence, by id.
    """

    name: str
    text: str
    kind: SettingKind
    on: str
    low: float | None
    high: float | None
    choices: tuple[tuple[str, SettingValue], ...]
    default: SettingValue | None
    unit: str
    sources: tuple[str, ...]

    @property
    def default_label(self) -> str | None:
        """Label of the choice that the scenario has without it; None if it has a range."""
        return next((label for label, each in self.choices if same(each, self.default)), None)

    def accept(self, value: object) -> SettingValue:
        """The value that is meant: a number within the range, or a choice or its label.

        Raises:
            Misread: It is none of these.
        """
        if self.choices:
            for label, each in self.choices:
                if value == label or same(each, value):
                    return each
            labels = [label for label, _ in self.choices]
            near = did_you_mean(value, labels) if isinstance(value, str) else ""
            raise Misread(f"found {found(value)}, expected one of {one_of(labels)}{near}")
        if isinstance(value, list | tuple | dict):
            read = setting_value(value)
            if same(read, self.default):
                return read
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Misread(f"found {found(value)}, expected a number")
        low, high = self.low or 0.0, self.high or 0.0
        if not low <= value <= high:
            raise Misread(f"found {value:g}, expected from {low:g} to {high:g}")
        return value


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

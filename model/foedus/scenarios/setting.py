"""A lever or an uncertainty of a scenario, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from foedus.files.faults import Misread, did_you_mean, found, one_of
from foedus.scenarios.language.choices import same, setting_value

if TYPE_CHECKING:
    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.language.schema import SettingEntry

type SettingKind = Literal["lever", "uncertainty"]


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

    def written(self, entry: SettingEntry) -> SettingEntry:
        """The entry of a file that says all of this itself."""
        ends = None if self.low is None or self.high is None else (self.low, self.high)
        changes = {"range": ends, "choices": dict(self.choices) or None, "default": None}
        return entry.model_copy(update=changes)

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

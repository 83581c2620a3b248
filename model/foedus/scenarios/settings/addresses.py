"""Addresses of what can be set in a scenario: ``drivers.war``, ``parameters.war_drain`` and so on.

A lever or an uncertainty says by its address what it sets, and whoever varies a scenario may use
addresses directly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foedus.dictionary.vocabulary import DECISION_RULE_NAMES, MECHANISM_NAMES
from foedus.files.faults import Misread, did_you_mean, printable, unknown
from foedus.scenarios import acts, drivers

if TYPE_CHECKING:
    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.resolved import ResolvedScenario

FORMS: Final = (
    "drivers.DRIVER",
    "drivers.DRIVER.delay",
    "parameters.NAME",
    "quantities.NAME[KEYS]",
    "shocks.NAME.size",
    "shocks.NAME.date",
    "shocks.NAME.half_life",
    "triggers.NAME.size",
    "triggers.NAME.for_months",
    "triggers.NAME.half_life",
    "decisions.NAME.date",
    "decisions.NAME.size",
    "charter.decision_rule",
    "charter.notice_months",
    "mechanisms.NAME",
)
"""How to write an address."""

AS_WRITTEN: Final = 1.0
"""The multiple of a driver's path that leaves it as it is written."""

_SECTIONS: Final = tuple(dict.fromkeys(form.partition(".")[0] for form in FORMS))
_DELAY: Final = ".delay"
_FIELDS: Final = {
    "shocks": ("size", "date", "half_life"),
    "triggers": ("size", "for_months", "half_life"),
    "decisions": ("date", "size"),
    "charter": ("decision_rule", "notice_months"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """What a setting sets.

    Attributes:
        section: Key of the file, such as ``drivers``.
        name: What stands below it: a driver, a parameter, a shock, a rule of the charter.
        field: Key of a shock, trigger or decision; ``delay`` of a driver; else empty.
    """

    section: str
    name: str
    field: str = ""


class Limits(NamedTuple):
    """What an address can be set to where a setting does not say.

    Attributes:
        low: Least value; None if a setting must say.
        high: Greatest value.
        choices: The only values, where they can be listed.
        unit: In what it is measured.
    """

    low: float | None = None
    high: float | None = None
    choices: tuple[SettingValue, ...] = ()
    unit: str = ""


_OF_FIELD: Final = {
    "path": Limits(unit="times the path"),
    "delay": Limits(unit="months"),
    "decision_rule": Limits(choices=DECISION_RULE_NAMES),
    "notice_months": Limits(0, 120, unit="months"),
    "for_months": Limits(1, 600, unit="months"),
    "half_life": Limits(unit="months"),
}


def read_address(
    text: str, resolved: ResolvedScenario, parameters: Mapping[str, tuple[float, float]]
) -> Address:
    """Read an address.

    Args:
        text: Such as ``shocks.storm.size``.
        resolved: The scenario, whose names it may use.
        parameters: Ranges of the parameters by name.

    Raises:
        Misread: There is nothing there.
    """
    section, _, rest = text.partition(".")
    if section not in _SECTIONS or not rest:
        near = (
            did_you_mean(text, FORMS) if section in _SECTIONS else did_you_mean(section, _SECTIONS)
        )
        raise Misread(f"found «{printable(text)}», expected one of {', '.join(FORMS)}{near}")
    if section == "drivers":
        delayed = rest.endswith(_DELAY)
        name = rest.removesuffix(_DELAY)
        drivers.driver_index(name, resolved.roster)
        return Address(section, name, "delay" if delayed else "")
    if section == "parameters":
        return Address(section, _known("parameter", rest, list(parameters)))
    if section == "quantities":
        kind, keys = resolved.quantity(rest)
        return Address(section, kind.label(keys))
    if section in {"charter", "mechanisms"}:
        names = _FIELDS.get(section, MECHANISM_NAMES)
        return Address(section, _known(section.removesuffix("s"), rest, names))
    name, _, field = rest.rpartition(".")
    entries = [entry.name for entry in getattr(resolved.scenario, section)]
    if not name:
        raise Misread(f"found «{printable(text)}», expected {section}.NAME.{_FIELDS[section][0]}")
    _known(section.removesuffix("s"), name, entries)
    address = Address(section, name, _known(f"key of a {section[:-1]}", field, _FIELDS[section]))
    if (section, field) == ("decisions", "size"):
        does = _entry(address, resolved).does
        if acts.sizes(does) is None:
            raise Misread(f"found «{printable(text)}», but «{does}» has no size")
    return address


def _entry(address: Address, resolved: ResolvedScenario) -> Any:
    """The shock, trigger or decision that an address names."""
    entries = getattr(resolved.scenario, address.section)
    return next(each for each in entries if each.name == address.name)


def _known(what: str, name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise Misread(unknown(what, name, names))
    return name


def current(address: Address, resolved: ResolvedScenario) -> SettingValue | None:
    """What a scenario has at an address; None for a parameter that it leaves to the evidence.

    A driver counts as 1, its path as it is written, and its delay as 0.
    """
    scenario, name, field = resolved.scenario, address.name, address.field
    match address.section:
        case "drivers":
            return 0 if field else AS_WRITTEN
        case "parameters":
            override = scenario.parameters.get(name)
            return None if override is None else override.written
        case "quantities":
            kind, keys = resolved.quantity(name)
            return resolved.value(kind.name, *keys).written
        case "charter" | "mechanisms":
            value: SettingValue = getattr(getattr(scenario, address.section), name)
            return value
    entry = _entry(address, resolved)
    held: SettingValue | None = getattr(entry, field)
    if held is None and address.section == "decisions":
        _, _, held = acts.sizes(entry.does) or (0.0, 0.0, None)
    return held


def limits(
    address: Address, resolved: ResolvedScenario, parameters: Mapping[str, tuple[float, float]]
) -> Limits:
    """What can be set at an address."""
    match address.section:
        case "parameters":
            return Limits(*parameters[address.name])
        case "quantities":
            kind, _ = resolved.quantity(address.name)
            entry = resolved.alliance.quantities[kind.name].entry
            return Limits(*entry.range, unit=entry.unit)
        case "mechanisms":
            return Limits(choices=(False, True))
        case "decisions" if address.field == "size":
            low, high, _ = acts.sizes(_entry(address, resolved).does) or (None, None, None)
            return Limits(low, high)
    of_field = address.field or (address.name if address.section == "charter" else "path")
    return _OF_FIELD.get(of_field, Limits())


def every_address(resolved: ResolvedScenario, parameters: Mapping[str, object]) -> list[str]:
    """The addresses that a user may have meant; quantities by their table alone."""
    scenario = resolved.scenario
    return [
        *(f"drivers.{name}" for name in resolved.drivers),
        *(f"parameters.{name}" for name in parameters),
        *(f"shocks.{entry.name}.size" for entry in scenario.shocks),
        *(f"triggers.{entry.name}.size" for entry in scenario.triggers),
        *(f"decisions.{entry.name}.date" for entry in scenario.decisions),
        *(f"charter.{name}" for name in _FIELDS["charter"]),
        *(f"mechanisms.{name}" for name in MECHANISM_NAMES),
    ]

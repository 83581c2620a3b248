"""Levers and uncertainties: what a scenario says can be set, and what setting it does.

A setting changes the document, not the model: what results is checked like any other scenario, and
could have been written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from foedus.files.faults import Faults, Misread, Place, did_you_mean, found, one_of, printable
from foedus.files.yaml_reader import Node, Plain, Step
from foedus.scenarios import drivers
from foedus.scenarios.language import months
from foedus.scenarios.language.choices import (
    Setting,
    SettingKind,
    SettingValue,
    label_of,
    same,
    setting_value,
)
from foedus.scenarios.settings.addresses import (
    Address,
    Limits,
    current,
    every_address,
    limits,
    read_address,
)

if TYPE_CHECKING:
    from foedus.scenarios.language.schema import SettingEntry
    from foedus.scenarios.resolved import ResolvedScenario

type Ranges = Mapping[str, tuple[float, float]]

SECTION_OF: Final[dict[SettingKind, str]] = {
    "lever": "levers",
    "uncertainty": "uncertainties",
}
"""Section of a file by the kind of what it lists."""

_AS_IS = "as written"
_LISTS: Final = frozenset({"shocks", "triggers", "decisions"})
"""Sections whose entries go by a name."""


class Declarations:
    """Reads the levers and uncertainties of a scenario, and notes what is wrong with them."""

    def __init__(
        self, resolved: ResolvedScenario, root: Node, ranges: Ranges, faults: Faults
    ) -> None:
        self._resolved = resolved
        self._root = root
        self._ranges = ranges
        self._faults = faults

    def read(self) -> tuple[Setting, ...]:
        """The levers, and then the uncertainties, in the order of the file."""
        return (*self._section("lever", set()), *self._section("uncertainty", self._names()))

    def _names(self) -> set[str]:
        return {entry.name for entry in self._resolved.scenario.levers}

    def _section(self, kind: SettingKind, taken: set[str]) -> Iterator[Setting]:
        section = SECTION_OF[kind]
        nodes = [node.text("name") for node in self._root.find((section,)).items()]
        for entry in getattr(self._resolved.scenario, section):
            path = (section, nodes.index(entry.name))
            if entry.name in taken:
                self._fault((*path, "name"), "a lever has this name already")
            try:
                yield self._lever(kind, entry, path)
            except Misread as error:
                if not self._follows(entry.on):
                    self._fault((*path, "on"), str(error))

    def _follows(self, on: str) -> bool:
        """Whether an address only names a shock, trigger or decision at fault, told by now."""
        section, _, rest = on.partition(".")
        name = rest.rpartition(".")[0]
        if not self._faults or section not in _LISTS:
            return False
        read = {entry.name for entry in getattr(self._resolved.scenario, section)}
        written = {node.text("name") for node in self._root.find((section,)).items()}
        return name in written - read

    def _lever(self, kind: SettingKind, entry: SettingEntry, path: tuple[Step, ...]) -> Setting:
        address = read_address(entry.on, self._resolved, self._ranges)
        natural = limits(address, self._resolved, self._ranges)
        default = current(address, self._resolved)
        own = self._root.find(path).place.file == self._root.place.file
        low, high, choices = None, None, dict[str, "SettingValue"]()
        if entry.choices is not None or (entry.range is None and natural.choices):
            choices = dict(entry.choices or {label_of(each): each for each in natural.choices})
            if entry.range is not None:
                self._fault((*path, "range"), "expected either «range» or «choices»", at_key=True)
            default, choices = self._among(choices, default, address)
        else:
            low, high = self._range(entry, natural, path)
            if isinstance(default, int | float) and not isinstance(default, bool) and low < high:
                if own and not low <= default <= high:
                    message = f"found [{low:g}, {high:g}] without {default:g}, the value as written"
                    self._fault((*path, "range"), message)
                low, high = min(low, default), max(high, default)
        lever = Setting(
            name=entry.name,
            text=entry.text,
            kind=kind,
            on=entry.on,
            low=low,
            high=high,
            choices=tuple(choices.items()),
            default=default,
            unit=entry.unit or natural.unit,
            sources=entry.sources,
        )
        if own and entry.default is not None:
            self._check_default(lever, entry.default, path)
        return lever

    def _range(
        self, entry: SettingEntry, natural: Limits, path: tuple[Step, ...]
    ) -> tuple[float, float]:
        """The range of a setting: its own, or what the address allows."""
        low, high = natural.low, natural.high
        if entry.range is None:
            if low is None or high is None:
                self._fault(path, f"expected «range» or «choices» for {entry.on}")
                return 0.0, 0.0
            return low, high
        if not entry.range[0] < entry.range[1]:
            self._fault((*path, "range"), "expected low < high")
        inside = (low is None or low <= entry.range[0]) and (high is None or entry.range[1] <= high)
        if not inside:
            message = f"found [{entry.range[0]:g}, {entry.range[1]:g}], expected inside "
            ends = f"{'…' if low is None else f'{low:g}'}, {'…' if high is None else f'{high:g}'}"
            self._fault((*path, "range"), f"{message}[{ends}]")
        return entry.range

    def _among(
        self, choices: dict[str, SettingValue], default: SettingValue | None, address: Address
    ) -> tuple[SettingValue | None, dict[str, SettingValue]]:
        """The default and the choices, with what the scenario has among them."""
        scenario = self._resolved.scenario
        if address.section == "drivers" and not address.field:
            path = scenario.drivers.get(address.name)
            for each in choices.values():
                if same(each, path):
                    return each, choices
        if default is None or any(same(each, default) for each in choices.values()):
            return default, choices
        label = _AS_IS if address.section == "drivers" else label_of(default)
        return default, {label: default} | choices

    def _check_default(self, lever: Setting, written: SettingValue, path: tuple[Step, ...]) -> None:
        """What a file calls the default is what it says without the setting."""
        if lever.default is None:
            message = "a parameter's default is the evidence's; leave it out, or set it above"
            self._fault((*path, "default"), message)
        elif not same(written, lever.default) and written != lever.default_label:
            expected = lever.default_label or label_of(lever.default)
            message = f"found {found(written)}, expected {expected}, as the file has without it"
            self._fault((*path, "default"), message)

    def _fault(self, path: tuple[Step, ...], message: str, *, at_key: bool = False) -> None:
        node = self._root.find(path)
        place = node.key_place if at_key else node.place
        self._faults.add(place, self._root.label(path), message)


def written(setting: Setting, entry: SettingEntry) -> SettingEntry:
    """The entry of a file that says all of a setting itself."""
    ends = None if setting.low is None or setting.high is None else (setting.low, setting.high)
    changes = {"range": ends, "choices": dict(setting.choices) or None, "default": None}
    return entry.model_copy(update=changes)


def set_values(
    root: Node, resolved: ResolvedScenario, settings: Mapping[str, object], ranges: Ranges
) -> Node:
    """A scenario's document with some things set in it.

    Args:
        root: The document, parents included.
        resolved: The scenario that it resolves to.
        settings: Values by the name of a lever or an uncertainty, or by address.
        ranges: Ranges of the parameters by name.

    Returns:
        The changed document; the same one if every value is what it has already.

    Raises:
        FoedusError: A name is unknown, a value is not allowed, or two settings set the same.
    """
    faults = Faults()
    named = {lever.name: lever for lever in resolved.settings}
    asked: dict[Address, str] = {}
    changed: set[Address] = set()
    meant: list[tuple[Place, Address, SettingValue]] = []
    for name, value in settings.items():
        place = Place(f"setting {printable(name)}", 0, 0)
        try:
            address, accepted = _meant(name, value, resolved, ranges)
        except Misread as error:
            faults.add(place, "", str(error))
            continue
        if asked.setdefault(address, name) != name:
            faults.add(place, "", f"the same as «{asked[address]}», which is set too")
        now = named[name].default if name in named else current(address, resolved)
        if not same(accepted, now):
            meant.append((place, address, accepted))
    # A path is delayed after it has been replaced.
    for place, address, value in sorted(meant, key=lambda each: each[1].field == "delay"):
        try:
            root = _set(root, place, address, value, resolved)
            changed.add(address)
        except Misread as error:
            faults.add(place, "", str(error))
    faults.check()
    return _without_levers(root, resolved, changed, ranges) if changed else root


def _meant(
    name: str, value: object, resolved: ResolvedScenario, ranges: Ranges
) -> tuple[Address, SettingValue]:
    """The address and the value of a setting."""
    lever = next((each for each in resolved.settings if each.name == name), None)
    if lever is not None:
        return read_address(lever.on, resolved, ranges), lever.accept(value)
    if "." not in name:
        names = [each.name for each in resolved.settings]
        what = f"one of {one_of(names)}, " if names else ""
        near = did_you_mean(name, [*names, *every_address(resolved, ranges)])
        raise Misread(f"unknown lever or uncertainty, expected {what}or an address{near}")
    return read_address(name, resolved, ranges), setting_value(value)


def _set(
    root: Node, place: Place, address: Address, value: SettingValue, resolved: ResolvedScenario
) -> Node:
    """The document with one thing set."""
    if address.section == "drivers":
        value = _course(address, value, root, resolved)
    path: tuple[Step, ...] = (address.section, address.name)
    if address.section in _LISTS:
        entries = root.find((address.section,)).items()
        index = next(i for i, each in enumerate(entries) if each.text("name") == address.name)
        path = (address.section, index, address.field)
    elif address.section == "quantities":
        # The same number may stand there under another spelling of its name.
        path = (address.section, _spelling(root, address.name, resolved))
    plain: Plain = tuple(value) if isinstance(value, list) else value
    return _put(root, path, _node(plain, place), place)


def _spelling(root: Node, label: str, resolved: ResolvedScenario) -> str:
    for text in root.find(("quantities",)).mapping() if "quantities" in root.mapping() else ():
        kind, keys = resolved.quantity(text)
        if kind.label(keys) == label:
            return text
    return label


def _course(
    address: Address, value: SettingValue, root: Node, resolved: ResolvedScenario
) -> dict[str, float]:
    """A driver's path under a setting, held within the driver's range at its dates."""
    kind = drivers.kind_of(address.name)
    path = _written_path(root, address.name) or {resolved.start: kind.default}
    if address.field:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise Misread(f"found {found(value)}, expected a whole number of months")
        return {months.after(date, int(value)): number for date, number in path.items()}
    if isinstance(value, dict):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Misread(
            f"found {found(value)}, expected a number from 0 that multiplies the path, or a path"
        )
    return {date: min(kind.high, max(kind.low, value * each)) for date, each in path.items()}


def _written_path(root: Node, driver: str) -> dict[str, float]:
    """A driver's path as the document has it by now; empty if it has none."""
    paths = root.mapping().get("drivers")
    path = paths.mapping().get(driver) if paths is not None else None
    dates = path.mapping().items() if path is not None else ()
    return {date: each.value for date, each in dates if isinstance(each.value, int | float)}


def _without_levers(
    root: Node, resolved: ResolvedScenario, changed: set[Address], ranges: Ranges
) -> Node:
    """The document without the levers of what was set, and without the others' old defaults."""
    gone = {
        lever.name
        for lever in resolved.settings
        if read_address(lever.on, resolved, ranges) in changed
    }
    values = dict(root.mapping())
    for section in SECTION_OF.values():
        if section in values:
            entries = values[section].items()
            kept = [_undefaulted(each) for each in entries if each.text("name") not in gone]
            values[section] = Node(values[section].place, list(kept), values[section].key_place)
    return Node(root.place, values, root.key_place)


def _undefaulted(entry: Node) -> Node:
    values = {key: each for key, each in entry.mapping().items() if key != "default"}
    return Node(entry.place, values, entry.key_place)


def _node(value: Plain, place: Place) -> Node:
    if isinstance(value, dict):
        return Node(place, {key: _node(each, place) for key, each in value.items()}, place)
    if isinstance(value, list | tuple):
        return Node(place, [_node(each, place) for each in value], place)
    return Node(place, value, place)


def _put(node: Node, path: tuple[Step, ...], leaf: Node, place: Place) -> Node:
    """A copy of a document with another value at a path; mappings on the way are made."""
    if not path:
        return leaf
    step, rest = path[0], path[1:]
    if isinstance(node.value, list) and isinstance(step, int):
        items = list(node.value)
        items[step] = _put(items[step], rest, leaf, place)
        return Node(node.place, items, node.key_place)
    values = dict(node.mapping())
    child = values.get(str(step), Node(place, {}, place))
    values[str(step)] = _put(child, rest, leaf, place)
    return Node(node.place, values, node.key_place)

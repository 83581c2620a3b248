"""What setting something does to a scenario's document.

A setting changes the document, not the model: what results is checked like any other scenario, and
could have been written by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.files.faults import Faults, Misread, Place, did_you_mean, found, one_of, printable
from foedus.files.yaml_reader import Node
from foedus.scenarios import drivers
from foedus.scenarios.language import months
from foedus.scenarios.language.choices import same, setting_value
from foedus.scenarios.settings.addresses import Address, current, every_address, read_address
from foedus.scenarios.settings.levers import SECTION_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.files.yaml_reader import Plain, Step
    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.scenarios.settings.levers import Ranges


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
    return _without(root, resolved, changed, ranges) if changed else root


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
        value = _path(address, value, root, resolved)
    path: tuple[Step, ...] = (address.section, address.name)
    if address.section in {"shocks", "triggers"}:
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


def _path(
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


def _without(root: Node, resolved: ResolvedScenario, changed: set[Address], ranges: Ranges) -> Node:
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

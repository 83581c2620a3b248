"""Levers and uncertainties: what a scenario says can be set before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.files.faults import Misread, found
from foedus.scenarios.language.choices import label_of, same
from foedus.scenarios.setting import Setting, SettingKind
from foedus.scenarios.settings.addresses import Address, current, limits, read_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foedus.files.faults import Faults
    from foedus.files.yaml_reader import Node, Step
    from foedus.scenarios.language.choices import SettingValue
    from foedus.scenarios.language.schema import SettingEntry
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.scenarios.settings.addresses import Limits

    type Ranges = Mapping[str, tuple[float, float]]

SECTION_OF: Final[dict[SettingKind, str]] = {
    "lever": "levers",
    "uncertainty": "uncertainties",
}
"""Section of a file by the kind of what it lists."""

_AS_IS = "as written"


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
        """Whether an address only names a shock or trigger that has a fault, told by now."""
        section, _, rest = on.partition(".")
        name = rest.rpartition(".")[0]
        if not self._faults or section not in {"shocks", "triggers"}:
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

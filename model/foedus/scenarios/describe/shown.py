"""A resolved scenario as a file in which every value bears the place that it comes from.

What is written is YAML that inherits nothing and resolves to the same scenario; the places are
comments in it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.data import scenarios_folder
from foedus.files import yaml_reader
from foedus.scenarios.resolved import ONE_LINE, ResolvedScenario, plain_file, yaml_text

if TYPE_CHECKING:
    from foedus.files.yaml_reader import Node, Step
    from foedus.parameters.registry import Registry

WIDTH = 100
_LIST_KEYS = {"shocks": "name", "triggers": "name", "decisions": "name", "levers": "name",
              "uncertainties": "name", "questions": "id"}  # fmt: skip
_OPEN = ("drivers", "charter", "mechanisms", "parameters", "quantities", "quantities_from")
"""Sections whose values each stand on a line of their own."""


class Shown:
    """Writes a resolved scenario line by line.

    Args:
        resolved: The scenario.
        root: Its document with all that it inherits, in which every value knows its place.
        registry: Parameters to write out in full; None to leave those to the evidence.
        evidence_set: Which distributions of the registry to write.
        origins: Whether to say where each value comes from.
    """

    def __init__(
        self,
        resolved: ResolvedScenario,
        root: Node,
        *,
        registry: Registry | None = None,
        evidence_set: str = "record",
        origins: bool = True,
    ) -> None:
        self._content = plain_file(resolved)
        self._root = root
        self._origins = origins
        self._alliance = yaml_reader.read(_alliance_file(resolved))
        self._places: dict[tuple[Step, ...], str] = {}
        if registry is not None:
            self._add_numbers(resolved, registry, evidence_set)

    def text(self) -> str:
        """The file."""
        return "\n".join(self._lines()) + "\n"

    def _add_numbers(
        self, resolved: ResolvedScenario, registry: Registry, evidence_set: str
    ) -> None:
        """Every parameter and every number of the alliance, and where those lie."""
        parameters = dict(self._content.get("parameters", {}))
        lines = _lines_of_names(registry.case.path("parameters.yaml"))
        for each in registry.parameters:
            if each.name not in parameters:
                parameters[each.name] = each.triple(evidence_set).written
                place = f"parameters.yaml:{lines.get(each.name, 1)}, {evidence_set}"
                self._places["parameters", each.name] = place
        quantities = dict(self._content.get("quantities", {}))
        known = [resolved.quantity(text) for text in quantities]
        spelt = {kind.label(keys) for kind, keys in known}
        nodes = self._alliance.find(("quantities",)).items()
        by_name = {node.text("name"): node for node in nodes}
        for name, table in resolved.tables.items():
            kind, node = resolved.kinds[name], by_name[name]
            for keys, value in table.items():
                if kind.label(keys) not in spelt:
                    quantities[kind.label(keys)] = value.written
                    self._places["quantities", kind.label(keys)] = self._of_alliance(
                        node, resolved.alliance.quantities[name].date_for(resolved.start), keys
                    )
        self._content |= {"parameters": parameters, "quantities": quantities}

    def _of_alliance(self, node: Node, date: str | None, keys: tuple[str, ...]) -> str:
        path = ("dated_values", date) if date else ("values",)
        return _short(node.find((*path, *keys)))

    def _lines(self) -> Iterator[str]:
        for key, value in self._content.items():
            if key in _OPEN and isinstance(value, dict) and value:
                yield f"{key}:"
                for name, each in value.items():
                    yield from self._value(f"  {_flow(name)}: ", each, (key, name))
            elif key in _LIST_KEYS:
                yield f"{key}:"
                yield from self._entries(key, value)
            elif isinstance(value, str) and len(value) > WIDTH - len(key) - 2 and _folds(value):
                yield f"{key}: >-{self._origin((key,))}"
                yield from textwrap.wrap(
                    value,
                    WIDTH - 2,
                    initial_indent="  ",
                    subsequent_indent="  ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            else:
                yield from self._value(f"{key}: ", value, (key,))

    def _entries(self, key: str, entries: list[dict[str, Any]]) -> Iterator[str]:
        nodes = self._root.find((key,)).items() if key in self._root.mapping() else []
        places = {node.text(_LIST_KEYS[key]): index for index, node in enumerate(nodes)}
        for entry in entries:
            index = places.get(entry[_LIST_KEYS[key]], -1)
            start = "  - "
            for name, value in entry.items():
                yield from self._value(f"{start}{name}: ", value, (key, index, name))
                start = "    "

    def _value(self, start: str, value: Any, path: tuple[Step, ...]) -> Iterator[str]:
        yield f"{start}{_flow(value)}{self._origin(path)}"

    def _origin(self, path: tuple[Step, ...]) -> str:
        """The comment that says where a value comes from."""
        if not self._origins:
            return ""
        return f"  # {self._places.get(path) or self._place(path)}"

    def _place(self, path: tuple[Step, ...]) -> str:
        node = self._root
        for step in path:
            child = node.find((step,))
            if child is node:
                return self._default(path)
            node = child
        return _short(node)

    def _default(self, path: tuple[Step, ...]) -> str:
        """Where a value comes from that no scenario says: the alliance, or the language itself."""
        if path[0] == "charter":
            node = self._alliance.find(path)
            if node is not self._alliance.find(("charter",)):
                return _short(node)
        return "usual"


def _short(node: Node) -> str:
    """File and line of a value; a bundled file by its name alone."""
    path = Path(node.place.file)
    for folder in (scenarios_folder() / "alliances", scenarios_folder()):
        if path.resolve().parent == folder.resolve():
            path = Path(path.name)
            break
    return f"{path}:{node.place.line}" if node.place.line else str(path)


def _alliance_file(resolved: ResolvedScenario) -> Path:
    bundled = scenarios_folder() / "alliances" / f"{resolved.scenario.alliance}.yaml"
    return bundled if bundled.is_file() else Path(resolved.scenario.alliance)


def _lines_of_names(path: Path) -> dict[str, int]:
    """The line of each entry of the registry, by its name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    matches = ((re.match(r"- name: (\w+)", line), number) for number, line in enumerate(lines, 1))
    return {match[1]: number for match, number in matches if match}


def _folds(text: str) -> bool:
    """Whether a text can be broken at its spaces and read back as it was."""
    return " ".join(text.split()) == text and text.isprintable()


def _flow(value: Any) -> str:
    """A value on one line."""
    text = yaml_text(value, default_flow_style=True, width=ONE_LINE)
    return text.removesuffix("\n").removesuffix("\n...").rstrip("\n")

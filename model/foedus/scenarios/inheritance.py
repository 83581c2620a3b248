"""Where scenario and alliance files lie, and how a scenario takes over what its parents say."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from foedus.errors import FoedusError
from foedus.files import yaml_reader
from foedus.files.faults import (
    PATH_SHOWN,
    Faults,
    Misread,
    did_you_mean,
    found,
    one_of,
    printable,
    unknown,
)
from foedus.files.models import NAME_PATTERN
from foedus.files.yaml_reader import Node
from foedus.scenarios.language import months

MAX_PARENTS = 5
SUFFIX = ".yaml"

_NAME = re.compile(NAME_PATTERN)
_OWN = ("name", "title", "extends", "sweep")
_BY_KEY = ("drivers", "charter", "mechanisms", "parameters", "quantities", "quantities_from")
_BY_NAME = {
    "shocks": "name",
    "triggers": "name",
    "decisions": "name",
    "levers": "name",
    "uncertainties": "name",
    "questions": "id",
}


def bundled(folder: Path) -> list[str]:
    """Names of the files that a folder of the package offers."""
    return sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))


def is_name(reference: str) -> bool:
    """Whether a reference is a bundled name rather than a path."""
    return _NAME.fullmatch(reference) is not None


def locate(reference: str, folder: Path, beside: Path, what: str) -> Path:
    """The file that a reference means.

    Args:
        reference: A bundled name, or a path.
        folder: Where the bundled files are.
        beside: The folder that a relative path starts from.
        what: ``scenario`` or ``alliance``, for messages.

    Raises:
        Misread: There is no such file, or none can be looked for.
    """
    try:
        return _located(reference, folder, beside, what)
    except OSError as error:
        # A name that is too long, or a folder that may not be entered.
        reason = (error.strerror or str(error)).lower()
        raise Misread(f"«{printable(reference)}» cannot be looked up: {reason}") from None


def _located(reference: str, folder: Path, beside: Path, what: str) -> Path:
    path = beside / reference
    if is_name(reference):
        offered = bundled(folder)
        if reference in offered:
            return folder / f"{reference}{SUFFIX}"
        if path.is_file():
            return path
        raise Misread(unknown(f"bundled {what}", reference, offered))
    if path.is_dir():
        raise Misread(f"«{printable(str(path), PATH_SHOWN)}» is a folder, expected a YAML file")
    if path.exists():
        # Messages name this path: `a/../b.yaml` is hard on the eyes, except behind a link.
        tidy = Path(os.path.normpath(path))
        return tidy if tidy.exists() and tidy.samefile(path) else path
    neighbours = bundled(path.parent) if path.parent.is_dir() else []
    near = did_you_mean(path.stem, neighbours)
    instead = f", or a bundled {what}: {one_of(bundled(folder))}"
    raise Misread(
        f"there is no file «{printable(str(path), PATH_SHOWN)}», expected one{instead}{near}"
    )


def lineage(path: Path, folder: Path) -> list[Node]:
    """A scenario file and its parents, the child first.

    Raises:
        FoedusError: One of the files cannot be read, is not there, extends itself by a roundabout
            way, or has more than five parents.
    """
    documents = [yaml_reader.read(path)]
    paths = [path]
    while (extends := documents[-1].mapping().get("extends")) and extends.value is not None:
        faults = Faults()
        try:
            paths.append(_parent(extends, paths, folder))
        except Misread as error:
            faults.add(extends.place, "extends", str(error))
        faults.check()
        documents.append(yaml_reader.read(paths[-1]))
    return documents


def _parent(extends: Node, paths: Sequence[Path], folder: Path) -> Path:
    if not isinstance(extends.value, str):
        raise Misread(f"found {found(extends.value)}, expected one bundled name or path")
    parent = locate(extends.value, folder, paths[-1].parent, "scenario")
    chain = " -> ".join(each.name for each in (*paths, parent))
    if parent.resolve() in {each.resolve() for each in paths}:
        raise Misread(f"a scenario cannot extend itself: {chain}")
    if len(paths) > MAX_PARENTS:
        raise Misread(f"more than {MAX_PARENTS} parents: {chain}")
    return parent


def merge(documents: Sequence[Node], faults: Faults) -> Node:
    """One document out of a child and its parents; every value keeps its own place.

    Args:
        documents: The child, its parent, and so on.
        faults: Where it is noted if one document names two entries of a list the same.
    """
    for document in documents:
        _check_names(document, faults)
    merged = documents[-1]
    for child in documents[-2::-1]:
        merged = _over(child, merged)
    return _within_horizon(merged, documents[0])


def _within_horizon(merged: Node, child: Node) -> Node:
    """Leave out what is inherited, is dated and is never reached by a shorter child.

    What the child itself dates beyond its horizon stays, to be refused.
    """
    start, horizon = merged.text("start"), merged.mapping().get("horizon")
    if start is None or horizon is None or not isinstance(horizon.value, int):
        return merged
    if re.fullmatch(months.PATTERN, start) is None:
        return merged
    end = months.after(start, min(horizon.value, 12_000))
    values = dict(merged.mapping())
    for key in ("shocks", "decisions", "questions"):
        if key in values and isinstance(values[key].value, list):
            kept = [
                entry
                for entry in values[key].items()
                if entry.place.file == child.place.file or _last_date(entry) <= end
            ]
            values[key] = Node(values[key].place, list(kept), values[key].key_place)
    if "quantities_from" in values and values["quantities_from"].mapping():
        dated = values["quantities_from"]
        reached = {
            date: node
            for date, node in dated.mapping().items()
            if node.key_place.file == child.place.file or date <= end
        }
        values["quantities_from"] = Node(dated.place, reached, dated.key_place)
    return Node(merged.place, values, merged.key_place)


def _last_date(entry: Node) -> str:
    """The date by which an entry has happened; empty, and so before all others, if it has none."""
    dates = (entry.text(key) for key in ("date", "by", "at", "before"))
    return next((date for date in dates if date), "")


def _over(child: Node, parent: Node) -> Node:
    """The child with what only its parent says; an empty section takes over nothing."""
    if not isinstance(child.value, dict) or not isinstance(parent.value, dict):
        return child
    inherited = {key: node for key, node in parent.value.items() if key not in _OWN}
    both = inherited | child.value
    for key in _BY_KEY:
        if key in inherited and key in child.value and both[key].mapping():
            both[key] = _joined(both[key], inherited[key], deep=key == "quantities_from")
    for key, by in _BY_NAME.items():
        if key in inherited and key in child.value and both[key].items():
            values_by_name = _named(inherited[key], by) | _named(both[key], by)
            both[key] = Node(both[key].place, list(values_by_name.values()), both[key].key_place)
    return Node(child.place, both, child.key_place)


def _joined(child: Node, parent: Node, *, deep: bool = False) -> Node:
    """The values of both mappings, the child's where both have one; if `deep`, also within them."""
    before, after = parent.mapping(), child.mapping()
    if deep:
        shared = [key for key in after if key in before and after[key].mapping()]
        after = after | {key: _joined(after[key], before[key]) for key in shared}
    return Node(child.place, before | after, child.key_place)


def _named(entries: Node, by: str) -> dict[str, Node]:
    """The entries of a list by name; one without a name, which is a fault, by its place."""
    return {entry.text(by) or str(entry.place): entry for entry in entries.items()}


def _check_names(document: Node, faults: Faults) -> None:
    for key, by in _BY_NAME.items():
        first: dict[str, int] = {}
        entries = document.mapping().get(key)
        for entry in entries.items() if entries else ():
            name = entry.text(by)
            if name in first:
                message = f"this {by} is given twice, first in line {first[name]}"
                faults.add(entry.mapping()[by].place, f"{key}[{printable(name)}]", message)
            elif name is not None:
                first[name] = entry.mapping()[by].place.line


def find_scenario(reference: str | Path, folder: Path) -> Path:
    """The scenario file that a user means.

    Args:
        reference: A bundled name or a path from the working directory.
        folder: Where the bundled scenarios are.

    Raises:
        FoedusError: There is no such scenario.
    """
    try:
        return locate(str(reference), folder, Path(), "scenario")
    except Misread as error:
        raise FoedusError(str(error)) from None

"""Lists of entries, in YAML or CSV: each becomes a model, and every fault has its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from foedus.files import csv_reader, yaml_reader
from foedus.files.faults import Faults, FileError, printable
from foedus.files.validation import validate

if TYPE_CHECKING:
    from pydantic import BaseModel

    from foedus.files.yaml_reader import Node


class Entry[M: BaseModel](NamedTuple):
    """An entry of a file.

    Attributes:
        value: What it says; None if something is wrong with it.
        node: The same with the place of every value.
        name: Its id, or what else tells it from the others; empty if it has none.
    """

    value: M | None
    node: Node
    name: str

    @property
    def whole(self) -> M:
        """What it says, once no fault has been found."""
        if self.value is None:
            raise AssertionError("an entry without a value has at least one fault")
        return self.value

    def fault(self, faults: Faults, key: str, message: str) -> None:
        """Note what is wrong with one of its values; with the whole of it if the key is empty."""
        label = f"[{printable(self.name)}]" if self.name else ""
        place = self.node.find((key,) if key else ()).place
        faults.add(place, ".".join(part for part in (label, key) if part), message)


def read_entries[M: BaseModel](
    path: Path,
    model: type[M],
    faults: Faults,
    *,
    by: str = "id",
    words: Collection[str] = (),
    columns: Collection[str] | None = None,
    context: object = None,
    may_be_empty: bool = False,
) -> list[Entry[M]]:
    """Read a file that is a list of entries.

    Args:
        path: The file; one that ends in ``.csv`` has a row per entry, any other is YAML.
        model: What an entry should be.
        faults: Where it is noted what is wrong with the file or an entry.
        by: The key that names an entry.
        words: As for `yaml_reader.read`.
        columns: Columns of a CSV file; the model's fields if None.
        context: What the model's validators are told.
        may_be_empty: Whether the file may be a head of columns, or a list, without entries.
    """
    try:
        if path.suffix == ".csv":
            listed = csv_reader.read(path, columns or list(model.model_fields))
        else:
            listed = yaml_reader.read(path, words)
    except FileError as error:
        faults.take(error)
        return []
    if not listed.items() and not may_be_empty:
        faults.add(listed.place, "", "expected a list of entries")
    entries = []
    for node in listed.items():
        child = node.mapping().get(by)
        name = "" if child is None or child.value is None else str(child.value)
        value = validate(model, node, faults, entry=name, context=context)
        entries.append(Entry(value, node, name))
    return entries


def refuse_repeated[M: BaseModel](entries: Iterable[Entry[M]], faults: Faults, by: str) -> None:
    """Note every entry that has the name of an earlier one, of the same file or another."""
    first: dict[str, Entry[M]] = {}
    for entry in entries:
        earlier = first.setdefault(entry.name, entry)
        if entry.name and earlier is not entry:
            place, here = earlier.node.place, entry.node.place
            where = f"line {place.line}" if place.file == here.file else str(place)
            entry.fault(faults, by, f"given twice, first in {where}")

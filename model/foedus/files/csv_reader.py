"""CSV files in which every cell knows its place, as people's spreadsheets write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Final

from foedus.files import characters
from foedus.files.faults import Faults, FileError, Place, printable, unknown
from foedus.files.text_files import read_text
from foedus.files.yaml_reader import Node

_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
_SPACES: Final = " \t\u00a0\u202f"


def read(path: Path, columns: Collection[str] | None = None) -> Node:
    """Read one CSV file: a head of names, and rows below it.

    Args:
        path: The file; its name as given appears in messages.
        columns: The names that the head must have, and no others; any if None.

    Returns:
        A list with a mapping for each row, of text by the name of its column. Rows without any text
        are left out, and so are empty cells unless `columns` are given. Spaces around a cell do not
        count.

    Raises:
        FileError: It cannot be read, has no rows (unless `columns` are given), separates cells by
            anything but commas, names a column twice or not at all, lacks one or has another, or
            has a row of another length.
    """
    file = str(path)
    faults = Faults()
    lines = _lines(read_text(path, "CSV"), file)
    if not lines:
        raise FileError([(Place(file, 1, 1), "the file is empty")])
    first, head = lines[0]
    _check_head(head, Place(file, first, 1), faults)
    if columns is not None:
        _check_columns(head, columns, Place(file, first, 1), faults)
    rows = []
    for number, cells in lines[1:]:
        place = Place(file, number, 1)
        if len(cells) != len(head):
            faults.add(place, "", _of_another_length(cells, head))
            continue
        rows.append(_row(cells, head, place, faults, empty=columns is not None))
    faults.check()
    if not rows and columns is None:
        raise FileError([(Place(file, first, 1), "expected rows below the names of the columns")])
    return Node(Place(file, first, 1), rows, Place(file, first, 1))


def _lines(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    number = 1
    try:
        for cells in reader:
            bare = [cell.strip(_SPACES) for cell in cells]
            if any(bare):
                lines.append((number, bare))
            number = reader.line_num + 1
    except csv.Error as error:
        raise FileError([(Place(file, number, 1), f"not valid CSV: {error}")]) from None
    return lines


def _check_head(head: list[str], place: Place, faults: Faults) -> None:
    for sign, name in _SEPARATORS.items():
        if len(head) == 1 and sign in head[0]:
            faults.add(place, "", f"found {name} between the cells, expected commas")
            faults.check()
    for number, name in enumerate(head, 1):
        if not name:
            faults.add(place, "", f"column {number} has no name")
        elif message := characters.refusal(name):
            faults.add(place, printable(name), message)
        elif name in head[: number - 1]:
            again = f"given twice, as columns {head.index(name) + 1} and {number}"
            faults.add(place, printable(name), again)


def _check_columns(head: list[str], columns: Collection[str], place: Place, faults: Faults) -> None:
    for name in head:
        if name not in columns:
            faults.add(place, "", unknown("column", name, list(columns)))
    for name in columns:
        if name not in head:
            faults.add(place, "", f"column «{name}» is missing")
    faults.check()


def _row(cells: list[str], head: list[str], place: Place, faults: Faults, *, empty: bool) -> Node:
    values = {}
    for name, cell in zip(head, cells, strict=True):
        if message := characters.refusal(cell):
            faults.add(place, printable(name), message)
        if cell or empty:
            values[name] = Node(place, cell, place)
    return Node(place, values, place)


def _of_another_length(cells: list[str], head: list[str]) -> str:
    names = printable(", ".join(head))
    digits = sum(one.isdecimal() and other.isdecimal() for one, other in pairwise(cells))
    hint = (
        "; is there a decimal comma? decimals take a point"
        if len(cells) > len(head) and digits
        else ""
    )
    return f"found {len(cells)} cells, expected {len(head)}: {names}{hint}"

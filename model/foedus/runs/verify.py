"""A run against a repetition of it: which file is not what the manifest says, and what differs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import file_digest
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from foedus.runs.tables.catalogue import PIECE, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ABSENT = "nothing"
"""What stands for a cell, a row or a column that is not there."""

UNREADABLE = (pa.ArrowException, OSError, ValueError)
"""What reading a damaged table may raise."""

KEYS = ("trial", "month", "member", "series", "question")
"""Columns that say what a row is about."""


@dataclass(frozen=True)
class Deviation:
    """The first cell of a table that is not as it was.

    Attributes:
        table: Name of the table.
        row: Number of the row, from 0.
        column: Name of the column; empty if it is about the whole table.
        keys: What the row is about, such as its trial and month.
        was: What stood there.
        now: What stands there now.
    """

    table: str
    row: int
    column: str
    keys: Mapping[str, Any]
    was: Any
    now: Any

    @property
    def line(self) -> str:
        """Where, what was found and what was expected, in one line."""
        about = "".join(f", {name} {value}" for name, value in self.keys.items())
        cell = f", row {self.row}{about}, column {self.column}" if self.column else ""
        where = f"{self.table}{cell}"
        return f"{where}: was {self.was!r}, now {self.now!r}"


def damaged_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Files that are missing or are not what the manifest says, by name.

    Args:
        folder: Of the run.
        files: SHA-256 by name, from its manifest.
    """
    return [name for name, digest in sorted(files.items()) if _digest(folder / name) != digest]


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files that may be large are equal."""
    return one.is_file() and other.is_file() and _digest(one) == _digest(other)


def deviations(was: Path, now: Path) -> Iterator[Deviation]:
    """The first deviation of each table that differs in content, in the order of the tables.

    Args:
        was: Folder of the tables of a run.
        now: Folder of the tables of its repetition.
    """
    for name in TABLES:
        one, other = (folder / f"{name}.parquet" for folder in (was, now))
        if not same_bytes(one, other):
            found = first_deviation(name, one, other)
            if found is not None:
                yield found


def first_deviation(name: str, was: Path, now: Path) -> Deviation | None:
    """The first cell in which two tables differ, row by row; None if they say the same."""
    if not was.is_file() or not now.is_file():
        return _as_a_whole(name, *("a table" if p.is_file() else ABSENT for p in (was, now)))
    try:
        return _first_deviation(name, was, now)
    except UNREADABLE as fault:
        if not _readable(now):
            raise
        return _as_a_whole(name, f"damaged ({str(fault).splitlines()[0]})", "a table")


def _as_a_whole(name: str, was: str, now: str) -> Deviation:
    return Deviation(name, 0, "", {}, was, now)


def _readable(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            pq.read_table(file)
    except UNREADABLE:
        return False
    return True


def _first_deviation(name: str, was: Path, now: Path) -> Deviation | None:
    with ExitStack() as opened:
        files = [opened.enter_context(path.open("rb")) for path in (was, now)]
        one, other = (opened.enter_context(pq.ParquetFile(file)) for file in files)
        first, second = one.schema_arrow.names, other.schema_arrow.names
        for column in (*first, *second):
            if (column in first) != (column in second):
                there = [column if column in each else ABSENT for each in (first, second)]
                return Deviation(name, 0, column, {}, *there)
        start = 0
        for before, after in _together(one, other):
            found = _in_batch(name, start, before, after)
            if found is not None:
                return found
            start += PIECE
    return None


def _together(
    one: pq.ParquetFile, other: pq.ParquetFile
) -> Iterator[tuple[pa.RecordBatch | None, pa.RecordBatch | None]]:
    """Batches of both, side by side, to the end of the longer one."""
    batches = [file.iter_batches(batch_size=PIECE) for file in (one, other)]
    while True:
        pair = [next(each, None) for each in batches]
        if pair == [None, None]:
            return
        yield pair[0], pair[1]


def _in_batch(
    name: str, start: int, was: pa.RecordBatch | None, now: pa.RecordBatch | None
) -> Deviation | None:
    rows = [0 if batch is None else batch.num_rows for batch in (was, now)]
    longer = was if rows[0] >= rows[1] else now
    if longer is None:
        return None
    least: tuple[int, str, Any, Any] | None = None
    for column in longer.schema.names:
        before, after = (None if batch is None else batch[column] for batch in (was, now))
        if before is not None and after is not None and before.equals(after):
            continue
        found = _first_cell(before, after)
        if found is not None and (least is None or found[0] < least[0]):
            least = (found[0], column, *found[1:])
    if least is None:
        return None
    row, column, old, new = least
    keys = {
        key: longer[key][row].as_py() for key in ("trial", "month") if key in longer.schema.names
    }
    return Deviation(name, start + row, column, keys, old, new)


def _first_cell(was: pa.Array | None, now: pa.Array | None) -> tuple[int, Any, Any] | None:
    before, after = ([] if cells is None else cells.to_pylist() for cells in (was, now))
    for row in range(max(len(before), len(after))):
        old = before[row] if row < len(before) else ABSENT
        new = after[row] if row < len(after) else ABSENT
        # By what they look like: NaN equals itself then, and -0.0 does not equal 0.0.
        if repr(old) != repr(new):
            return row, old, new
    return None


def _digest(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

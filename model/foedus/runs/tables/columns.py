"""Columns that say what they hold: Arrow arrays with meaning and unit in the schema."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute as pc
from pyarrow import csv

from foedus.dictionary.recording import MONTHS
from foedus.runs.tables.arrow import array, strings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Column:
    """One column of a table, with what a reader must know about it."""

    name: str
    values: pa.Array
    meaning: str
    unit: str = ""


def numbers(name: str, values: NDArray[Any], meaning: str, unit: str = "") -> Column:
    """A column of numbers or of truth values."""
    return Column(name, array(values), meaning, unit)


def months_or_never(name: str, values: NDArray[Any], meaning: str) -> Column:
    """A column of months, empty where the engine says -1 for never."""
    cells = array(values, missing=np.asarray(values) < 0)
    return Column(name, cells, f"{meaning}; empty if never", MONTHS)


def words(
    name: str, codes: NDArray[Any], vocabulary: Sequence[str | None], meaning: str, unit: str = ""
) -> Column:
    """A column of words, given by their numbers; -1 and a word of None stand for nothing.

    Args:
        name: Of the column.
        codes: Places in `vocabulary`, or -1; whole numbers, shape ``(row,)``.
        vocabulary: All words, without repetition.
        meaning: What the column says.
        unit: Of what the words stand for, if they have one.
    """
    known = [word for word in vocabulary if word is not None]
    places = {word: place for place, word in enumerate(known)}
    # One more at the end, which index -1 finds.
    table = np.array([-1 if word is None else places[word] for word in vocabulary] + [-1], np.int32)
    # Of no rows, NumPy does not know that the codes are whole numbers.
    indices = table[np.asarray(codes).astype(np.intp)]
    encoded = array(indices, missing=indices < 0)
    dictionary = pa.DictionaryArray.from_arrays(encoded, strings(known))
    return Column(name, dictionary, meaning, unit)


def table(columns: Sequence[Column], description: str) -> pa.Table:
    """An Arrow table; meanings and units are in the schema, and once more as plain JSON.

    Readers that know Arrow find ``meaning`` and ``unit`` in the metadata of each field. The JSON is
    under the key ``foedus`` of the file's metadata, where DuckDB and others can reach it.
    """
    fields = [
        pa.field(one.name, one.values.type, metadata={"meaning": one.meaning, "unit": one.unit})
        for one in columns
    ]
    described = {one.name: {"meaning": one.meaning, "unit": one.unit} for one in columns}
    text = json.dumps({"description": description, "columns": described}, ensure_ascii=False)
    return pa.Table.from_arrays(
        [one.values for one in columns], schema=pa.schema(fields, metadata={"foedus": text})
    )


def labelled(content: pa.Table, run: str, scenario: str) -> pa.Table:
    """A table whose first columns say of which run and scenario each row is.

    Tables of several runs can be read as one, and told apart again. In a file both columns take a
    few bytes, as each is one word, repeated.

    Args:
        content: A table; a column of its own that is named ``scenario`` stays instead.
        run: What tells a run from others, the same whenever it is repeated.
        scenario: Name of the scenario.
    """
    described = json.loads(content.schema.metadata[b"foedus"])
    schema, columns, meanings = content.schema, list(content.columns), {}
    for place, (name, word, meaning) in enumerate(
        (
            ("run", run, "Run, by the last letters of its folder's name"),
            ("scenario", scenario, "Name of the scenario"),
        )
    ):
        if name in schema.names:
            continue
        codes = array(np.zeros(content.num_rows, np.int32))
        column = pa.DictionaryArray.from_arrays(codes, strings([word]))
        about = meanings[name] = {"meaning": meaning, "unit": ""}
        columns.insert(place, column)
        schema = schema.insert(place, pa.field(name, column.type, metadata=about))
    described["columns"] = meanings | described["columns"]
    text = json.dumps(described, ensure_ascii=False)
    return pa.Table.from_arrays(columns, schema=schema.with_metadata({"foedus": text}))


def how_parquet(schema: pa.Schema) -> dict[str, Any]:
    """How a table of these columns is written to Parquet.

    Measured numbers hardly repeat: a dictionary of them takes a fifth more room and twice the time.
    """
    repeating = [each.name for each in schema if not pa.types.is_floating(each.type)]
    return {
        "compression": "zstd",
        "compression_level": 3,
        "version": "2.6",
        "use_dictionary": repeating,
    }


def write_parquet(content: pa.Table, path: Path) -> None:
    """Write a table; equal content gives equal bytes with the same version of pyarrow."""
    # Arrow opens no file whose name is not UTF-8.
    with path.open("wb") as file:
        pq.write_table(content, file, row_group_size=2**20, **how_parquet(content.schema))


def _unexecuted(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column
    return pc.replace_substring_regex(column, r"^([=+\-@])", r"'\1")


def write_csv(content: pa.Table, path: Path) -> None:
    """Write a table as text, for spreadsheets; meanings and units stay behind.

    A spreadsheet takes a cell that begins with one of ``=+-@`` for a formula. Such text gets an
    apostrophe before it, which spreadsheets do not show; Parquet files hold it as it is.
    """
    plain = [
        _unexecuted(column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column)
        for column in content.columns
    ]
    with path.open("wb") as file:
        csv.write_csv(pa.table(plain, names=content.column_names), file)

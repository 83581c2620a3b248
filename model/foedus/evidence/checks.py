"""How a row becomes a record, and what must agree between rows and between files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from foedus.evidence.tables import nearest

if TYPE_CHECKING:
    from foedus.cases import Vocabulary
    from foedus.evidence.records import Record
    from foedus.evidence.tables import Row

type Entry = tuple[type[Record], Row, Record | None]

# The column of a row that cites evidence, and the kind that it must cite; None for any kind.
CITING = {"document": "documents", "claims": "claims", "events": "events", "sources": None}


def read(kind: type[Record], row: Row, vocabulary: Vocabulary) -> Record | None:
    """The record of a row; None if something is wrong with it, which the row then notes."""
    name = row.optional("id")
    if name and not re.fullmatch(kind.form, name):
        row.fault(f"«id» is {name}; the ids of {kind.file} have the form {kind.form}")
    try:
        return kind.model_validate(row.cells, context=vocabulary)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            cell = [part for part in fault["loc"] if isinstance(part, str)][-1:]
            reason = fault.get("ctx", {}).get("error", fault["msg"])
            for line in str(reason).splitlines():
                colon = ": " if line.startswith("«") else " "
                row.fault(f"«{cell[0]}»{colon}{line}" if cell else line)
        return None


def check_agreement(entries: Collection[Entry]) -> None:
    """Note, at the rows themselves, every id that is not unique and every citation of nothing.

    Args:
        entries: All rows of all files, each with its kind and the record made of it, if any.
    """
    _check_unique(entries)
    ids: dict[str | None, set[str]] = {None: set()}
    for kind, row, _ in entries:
        ids.setdefault(kind.table(), set()).add(row.optional("id"))
        ids[None].add(row.optional("id"))
    for _, row, record in entries:
        for column, kind_name in CITING.items():
            cited = getattr(record, column, ())
            words = (cited,) if isinstance(cited, str) else cited
            _check_citations(row, column, words, ids.get(kind_name, set()))


def _check_unique(entries: Iterable[Entry]) -> None:
    first: dict[str, Row] = {}
    for kind, row, _ in entries:
        name = row.optional("id")
        if not name:
            continue
        earlier = first.setdefault(name, row)
        # A covariate is spread over several rows, all of them in one file.
        if earlier is not row and (kind.table() != "covariates" or earlier.file != row.file):
            row.fault(f"the id is taken by {earlier.file}, line {earlier.line}")


def _check_citations(row: Row, column: str, cited: Iterable[str], known: Collection[str]) -> None:
    for name in cited:
        if name and name not in known:
            row.fault(f"«{column}» cites {name}, which does not exist{nearest(name, known)}")

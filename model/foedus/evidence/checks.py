"""What must agree between the rows of the evidence, and between its files."""

from collections.abc import Collection, Iterable

from foedus.evidence.kinds import Kind
from foedus.evidence.records import Covariate, Record
from foedus.evidence.tables import Row, nearest

type Found = tuple[Kind, Row, Record]

# The column of a row that cites evidence, and the kind that it must cite; None for any kind.
_CITING = {"document": "documents", "claims": "claims", "events": "events", "sources": None}


def check_agreement(found: Collection[Found]) -> None:
    """Note, at the rows themselves, every id that is not unique and every citation of nothing.

    Args:
        found: All rows of all files, each with the record made of it.
    """
    _check_unique(found)
    ids: dict[str | None, set[str]] = {None: set()}
    for kind, _, record in found:
        ids.setdefault(kind.name, set()).add(record.id)
        ids[None].add(record.id)
    for _, row, record in found:
        for column, kind_name in _CITING.items():
            cited = getattr(_one_reading(record), column, ())
            words = (cited,) if isinstance(cited, str) else cited
            _check_citations(row, column, words, ids.get(kind_name, set()))
        _check_sourced(row, record)


def _check_unique(found: Iterable[Found]) -> None:
    first: dict[str, Row] = {}
    for kind, row, record in found:
        if not record.id:
            continue
        earlier = first.setdefault(record.id, row)
        if earlier is row:
            continue
        # A covariate is spread over several rows, all of them in one file.
        if kind.name != "covariates" or earlier.file != row.file:
            row.fault(f"the id is taken by {earlier.file}, line {earlier.line}")


def _check_citations(row: Row, column: str, cited: Iterable[str], known: Collection[str]) -> None:
    for name in cited:
        if name and name not in known:
            row.fault(f"«{column}» cites {name}, which does not exist{nearest(name, known)}")


def _check_sourced(row: Row, record: Record) -> None:
    """Whoever names no source must admit that it is general knowledge."""
    reading = _one_reading(record)
    confidence = getattr(reading, "confidence", None)
    sources = getattr(reading, "sources", None)
    if sources == () and confidence is not None and "G" not in confidence:
        row.fault("names no source, so its confidence must include G")


def _one_reading(record: Record) -> object:
    """What of the record came from its own row."""
    return record.readings[0] if isinstance(record, Covariate) else record

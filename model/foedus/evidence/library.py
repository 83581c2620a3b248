"""The whole of the evidence, read and checked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, cast

from foedus import cases
from foedus.cases import Case
from foedus.errors import FoedusError
from foedus.evidence import records
from foedus.evidence.records import KINDS, Covariate, Reading, Record
from foedus.files.entries import Entry, read_entries, refuse_repeated
from foedus.files.faults import Faults, did_you_mean, printable
from foedus.files.memo import Stamp, stamp

CITING: Final = {"document": "documents", "claims": "claims", "events": "events", "sources": None}
"""The field of a record that cites evidence, and the kind that it must cite; None for any kind."""


@dataclass(frozen=True)
class Evidence:
    """Every record, by kind, in the order of the files; each kind is a field of its file's name."""

    documents: tuple[records.Document, ...]
    claims: tuple[records.Claim, ...]
    contradictions: tuple[records.Contradiction, ...]
    events: tuple[records.Event, ...]
    requests: tuple[records.Request, ...]
    non_requests: tuple[records.NonRequest, ...]
    votes: tuple[records.Vote, ...]
    polls: tuple[records.Poll, ...]
    rules_of_the_organisation: tuple[records.OrganisationRule, ...]
    covariates: tuple[records.Covariate, ...]
    patterns: tuple[records.Pattern, ...]
    anchors: tuple[records.Anchor, ...]
    theory: tuple[records.Theory, ...]
    sources: tuple[records.Source, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Record]:
        """Every record by its id, kind after kind."""
        kinds = cast("Iterable[Iterable[Record]]", (getattr(self, kind.table()) for kind in KINDS))
        return {record.id: record for record in chain.from_iterable(kinds)}

    @property
    def ids(self) -> frozenset[str]:
        """All that may be cited."""
        return frozenset(self.by_id)

    def get(self, name: str) -> Record:
        """The record with the id `name`.

        Raises:
            FoedusError: There is none; the message names the nearest ids.
        """
        try:
            return self.by_id[name]
        except KeyError:
            raise FoedusError(
                f"there is no evidence «{name}»{did_you_mean(name, self.ids)}"
            ) from None

    def missing(self, names: Iterable[str]) -> list[str]:
        """One sentence for each of `names` that is not the id of a record, in their order."""
        unknown = [name for name in dict.fromkeys(names) if name not in self.by_id]
        return [f"there is no evidence «{name}»{did_you_mean(name, self.ids)}" for name in unknown]


def load(case: Case | None = None, folder: Path | None = None) -> Evidence:
    """Read and check the evidence of a case, once for each state of its files.

    Args:
        case: The case; the usual one if None.
        folder: Where the files lie, if not in the case's own folder of evidence.

    Raises:
        FoedusError: Anything in it is wrong; all faults are named, with file, line, id and key.
    """
    case = case or cases.load()
    folder = folder or case.path("evidence")
    return _load(case, folder, stamp(folder / kind.file for kind in KINDS))


@lru_cache(maxsize=4)
def _load(case: Case, folder: Path, _: Stamp) -> Evidence:
    faults = Faults()
    entries = {kind: _entries(kind, folder, case, faults) for kind in KINDS}
    # A file that cannot be read would make every citation of it look like a fault.
    if all(entries.values()):
        _check_agreement(entries, faults)
    faults.check()
    by_kind: dict[str, Iterable[Any]] = {
        kind.table(): [entry.value for entry in of_kind] for kind, of_kind in entries.items()
    }
    by_kind["covariates"] = _joined(by_kind["covariates"])
    return Evidence(**{name: tuple(rows) for name, rows in by_kind.items()})


def _entries(kind: type[Record], folder: Path, case: Case, faults: Faults) -> list[Entry[Record]]:
    """The entries of one file, their ids in the form of the kind."""
    entries = read_entries(
        folder / kind.file, kind, faults, columns=kind.columns(case.evidence), context=case.evidence
    )
    for entry in entries:
        if entry.name and not re.fullmatch(kind.form, entry.name):
            message = f"found «{printable(entry.name)}», expected an id of the form {kind.form}"
            entry.fault(faults, "id", message)
    return entries


def _check_agreement(entries: Mapping[type[Record], list[Entry[Record]]], faults: Faults) -> None:
    """Note every id that is given twice, and every citation of nothing."""
    every = list(chain.from_iterable(entries.values()))
    # A covariate is spread over several rows.
    rows = {entry.name: entry for entry in reversed(entries[Reading])}
    once = [entry for entry in every if rows.get(entry.name, entry) is entry
            or not isinstance(entry.value, Reading)]  # fmt: skip
    refuse_repeated(once, faults, "id")
    ids = {kind.table(): {entry.name for entry in of_kind} for kind, of_kind in entries.items()}
    everything = set().union(*ids.values())
    for entry in every:
        for column, cited_kind in CITING.items():
            cited = getattr(entry.value, column, ())
            known = ids[cited_kind] if cited_kind else everything
            for name in (cited,) if isinstance(cited, str) else cited:
                if name and name not in known:
                    near = did_you_mean(name, known)
                    message = f"there is no evidence «{printable(name)}» to cite{near}"
                    entry.fault(faults, column, message)


def _joined(readings: Iterable[Reading]) -> list[Covariate]:
    """One covariate per id, with the readings of all its rows."""
    by_id: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_id[reading.id].append(reading)
    return [
        Covariate(id=name, state=own[0].state, readings=tuple(own)) for name, own in by_id.items()
    ]

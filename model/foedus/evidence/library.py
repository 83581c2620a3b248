"""The whole of the evidence, read and checked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, cast

from foedus import cases
from foedus.cases import Case
from foedus.errors import FoedusError
from foedus.evidence import records
from foedus.evidence.checks import Entry, check_agreement, read
from foedus.evidence.records import KINDS, Covariate, Reading, Record
from foedus.evidence.tables import nearest, read_rows
from foedus.files.stamps import Stamp, stamp


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
            raise FoedusError(f"there is no evidence «{name}»{nearest(name, self.ids)}") from None

    def missing(self, names: Iterable[str]) -> list[str]:
        """One sentence for each of `names` that is not the id of a record, in their order."""
        unknown = [name for name in dict.fromkeys(names) if name not in self.by_id]
        return [f"there is no evidence «{name}»{nearest(name, self.ids)}" for name in unknown]


def load(case: Case | None = None, folder: Path | None = None) -> Evidence:
    """Read and check the evidence of a case, once for each state of its files.

    Args:
        case: The case; the usual one if None.
        folder: Where the files lie, if not in the case's own folder of evidence.

    Raises:
        FoedusError: Anything in it is wrong. The message names file, row and remedy of every fault.
    """
    case = case or cases.load()
    folder = folder or case.path("evidence")
    return _load(case, folder, stamp(folder / kind.file for kind in KINDS))


@lru_cache(maxsize=4)
def _load(case: Case, folder: Path, _: Stamp) -> Evidence:
    faults: list[str] = []
    vocabulary = case.evidence
    entries: list[Entry] = [
        (kind, row, read(kind, row, vocabulary))
        for kind in KINDS
        for row in read_rows(folder / kind.file, *kind.columns(vocabulary), faults)
    ]
    # A file that cannot be read would make every citation of it look like a fault.
    unread = [kind.file for kind in KINDS if not any(kind is k for k, _, _ in entries)]
    if not unread:
        check_agreement(entries)
    elif not faults:
        faults.append(f"{', '.join(unread)}: holds no rows")
    if faults:
        raise FoedusError(_complaint(folder, faults))
    by_kind: dict[str, list[Any]] = {kind.table(): [] for kind in KINDS}
    for kind, _row, record in entries:
        by_kind[kind.table()].append(record)
    by_kind["covariates"] = _joined(by_kind["covariates"])
    return Evidence(**{name: tuple(rows) for name, rows in by_kind.items()})


def _joined(readings: Iterable[Reading]) -> list[Covariate]:
    """One covariate per id, with the readings of all its rows."""
    by_id: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_id[reading.id].append(reading)
    return [
        Covariate(id=name, state=own[0].state, readings=tuple(own)) for name, own in by_id.items()
    ]


def _complaint(folder: Path, faults: list[str]) -> str:
    noun = "fault" if len(faults) == 1 else "faults"
    lines = "\n  ".join(faults)
    return f"the evidence in {folder} has {len(faults)} {noun}\n  {lines}"

"""Targets: what the record says a hindcast should hit, one row per dated outcome.

They lie in the folder ``targets`` of a case, one file per kind. Every row has a label: `fit` for
what a fit may learn from, `test` for what came later (`History.tested_from`). `episode` and
`member` are the folds of the leave-one-out splits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from foedus import cases, evidence
from foedus.errors import FoedusError
from foedus.evidence.records import CONFIDENCE
from foedus.evidence.tables import Row, nearest, read_rows
from foedus.files.stamps import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from foedus.cases import Case
    from foedus.files.stamps import Stamp

SPLITS: Final = ("fit", "test")
COLUMNS: Final = (
    *("id", "date", "member", "about", "outcome", "split"),
    *("episode", "evidence", "confidence", "note"),
)
LEVEL: Final = ("a level from 0 to 1",)
"""Stands for outcomes that are numbers."""

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "requests": ("bloc", "patron"),
    "non_requests": ("not the bloc",),
    "answers": ("0", "1", "2", "3", "4", "5"),
    "deployments": ("troops", "no troops"),
    "status": ("renewed", "lapsed", "returned", "announced", "frozen"),
    "ladder": ("dropped",),
    "member_years": ("active", "frozen", "left"),
    "acts": ("complied", "declined", "cancelled"),
    "votes": ("against the patron", "abstention", "with the patron", "not found"),
    "participation": LEVEL,
    "polls": ("fell",),
}
"""Files, and the outcomes that each knows."""


@dataclass(frozen=True, slots=True)
class Target:
    """One dated outcome.

    Attributes:
        kind: The file it stands in.
        id: Its id, unique over all files.
        date: Month, ``YYYY-MM``.
        member: Who decided, or was answered.
        about: What it was about: a threat, an act and its title, a kind of text, a state.
        outcome: What came of it.
        split: `fit` or `test`.
        episode: The episode to which it belongs; rows of one episode are not independent.
        evidence: Ids of the evidence.
        confidence: Codes of `foedus.evidence`.
        note: What limits the row.
    """

    kind: str
    id: str
    date: str
    member: str
    about: str
    outcome: str
    split: str
    episode: str
    evidence: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str

    @property
    def level(self) -> float:
        """The outcome as a number."""
        return float(self.outcome)


def load(case: Case | None = None, folder: Path | None = None) -> tuple[Target, ...]:
    """Read all targets, kind after kind, in the order of the files.

    Args:
        case: The case; the usual one if None.
        folder: Where the files lie, if not in the case's own folder of targets.

    Raises:
        FoedusError: A file is missing or a row is wrong; the message has one line a fault.
    """
    case = case or cases.load()
    folder = folder or case.path("targets")
    return _load(case, folder, stamp(folder / f"{kind}.csv" for kind in KINDS))


@lru_cache(maxsize=4)
def _load(case: Case, folder: Path, _: Stamp) -> tuple[Target, ...]:
    faults: list[str] = []
    known = evidence.load(case).ids
    targets = [
        _read(row, kind, case, known)
        for kind in KINDS
        for row in read_rows(folder / f"{kind}.csv", COLUMNS, (), faults)
    ]
    seen: set[str] = set()
    for target in targets:
        if target.id in seen:
            faults.append(f"{target.kind}.csv: the id {target.id} stands twice")
        seen.add(target.id)
    if faults:
        noun = "fault" if len(faults) == 1 else "faults"
        lines = "\n  ".join(faults)
        raise FoedusError(f"the targets in {folder} have {len(faults)} {noun}\n  {lines}")
    return tuple(targets)


def _read(row: Row, kind: str, case: Case, known: Collection[str]) -> Target:
    date = _month(row)
    outcomes = KINDS[kind]
    outcome = _level(row) if outcomes == LEVEL else row.choice("outcome", outcomes)
    split = row.choice("split", SPLITS)
    if split in SPLITS and split != case.split_of(date):
        row.fault(f"«split» is {split}; {date} belongs to {case.split_of(date)}")
    cited = row.words("evidence")
    if not cited:
        row.fault("«evidence» is empty; a target rests on an id of the evidence")
    for name in cited:
        if name not in known:
            row.fault(f"there is no evidence «{name}»{nearest(name, known)}")
    return Target(
        kind=kind,
        id=row.text("id"),
        date=date,
        member=row.choice("member", case.evidence.voters),
        about=row.text("about"),
        outcome=outcome,
        split=split,
        episode=row.text("episode"),
        evidence=cited,
        confidence=row.codes("confidence", CONFIDENCE),
        note=row.optional("note"),
    )


def _month(row: Row) -> str:
    span = row.span("date")
    if len(span.text) != len("YYYY-MM") and span.text:
        row.fault(f"«date» is {span.text}; a target is dated to a month such as 2022-09")
    return span.text


def _level(row: Row) -> str:
    number = row.number("outcome")
    if not 0.0 <= number <= 1.0:
        row.fault(f"«outcome» is {number:g}; expected {LEVEL[0]}")
    return row.optional("outcome")


def select(
    targets: Collection[Target], keep: Callable[[Target], bool] | None = None, **wanted: str
) -> tuple[Target, ...]:
    """Targets whose fields have the wanted values.

    Args:
        targets: Where to look.
        keep: A further condition.
        wanted: Fields and values, such as ``split="fit"``.
    """
    return tuple(
        target
        for target in targets
        if all(getattr(target, name) == value for name, value in wanted.items())
        and (keep is None or keep(target))
    )

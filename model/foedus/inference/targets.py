"""Targets: what the record says a hindcast should hit, one row per dated outcome.

They lie in the folder ``targets`` of a case, one file per kind. Every row has a label: `fit` for
what a fit may learn from, `test` for what came later (`History.tested_from`). `episode` and
`member` are the folds of the leave-one-out splits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict

from foedus import cases, evidence
from foedus.evidence.records import CONFIDENCE, Optional, Text, Words, choice, codes, finite
from foedus.files.dates import Month
from foedus.files.entries import Entry, read_entries, refuse_repeated
from foedus.files.faults import Faults, Misread, did_you_mean, printable, unknown
from foedus.files.memo import Stamp, stamp

if TYPE_CHECKING:
    from foedus.cases import Case

SPLITS: Final = ("fit", "test")
LEVEL: Final = ("a number from 0 to 1",)
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


class Target(BaseModel):
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

    model_config = ConfigDict(frozen=True)
    kind: str = ""
    id: Text
    date: Month
    member: Annotated[str, choice("voters")]
    about: Text
    outcome: Text
    split: Annotated[str, choice(SPLITS)]
    episode: Text
    evidence: Words
    confidence: Annotated[tuple[str, ...], codes(CONFIDENCE)]
    note: Optional

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
        FoedusError: A file is missing or a row is wrong; all faults are named.
    """
    case = case or cases.load()
    folder = folder or case.path("targets")
    return _load(case, folder, stamp(folder / f"{kind}.csv" for kind in KINDS))


@lru_cache(maxsize=4)
def _load(case: Case, folder: Path, _: Stamp) -> tuple[Target, ...]:
    faults = Faults()
    known = evidence.load(case).ids
    columns = [name for name in Target.model_fields if name != "kind"]
    entries: list[Entry[Target]] = []
    kinds: list[str] = []
    for kind in KINDS:
        of_kind = read_entries(
            folder / f"{kind}.csv",
            Target,
            faults,
            columns=columns,
            context=case.evidence,
            may_be_empty=True,
        )
        for entry in of_kind:
            _check(entry, kind, case, known, faults)
        entries += of_kind
        kinds += [kind] * len(of_kind)
    refuse_repeated(entries, faults, "id")
    faults.check()
    return tuple(
        entry.whole.model_copy(update={"kind": kind})
        for entry, kind in zip(entries, kinds, strict=True)
    )


def _check(
    entry: Entry[Target], kind: str, case: Case, known: Collection[str], faults: Faults
) -> None:
    """Note what does not fit the kind of a row, the case or the evidence."""
    target = entry.value
    if target is None:
        return
    outcomes = KINDS[kind]
    if outcomes != LEVEL and target.outcome not in outcomes:
        entry.fault(faults, "outcome", unknown("outcome", target.outcome, outcomes))
    elif outcomes == LEVEL and not _is_level(target.outcome):
        message = f"found «{printable(target.outcome)}», expected {LEVEL[0]}"
        entry.fault(faults, "outcome", message)
    split = case.split_of(target.date)
    if target.split != split:
        message = f"found «{target.split}», expected «{split}», to which {target.date} belongs"
        entry.fault(faults, "split", message)
    if not target.evidence:
        entry.fault(faults, "evidence", "found nothing, expected an id of the evidence")
    for name in target.evidence:
        if name not in known:
            near = did_you_mean(name, known)
            entry.fault(faults, "evidence", f"there is no evidence «{printable(name)}»{near}")


def _is_level(outcome: str) -> bool:
    try:
        return 0.0 <= finite(outcome) <= 1.0
    except Misread:
        return False


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

"""Why patterns fail and why features of the record surprise the model, as written down by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus import evidence
from foedus.errors import FoedusError
from foedus.evidence.tables import nearest, read_rows
from foedus.validation.replicas.features import features_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foedus.cases import Case


def explanations(case: Case) -> dict[str, str]:
    """What explains the failure of a pattern, by its id; from ``failures.yaml``, if it is there.

    Raises:
        FoedusError: The file cannot be read, or explains what is no pattern.
    """
    return _read(
        case, "failures.yaml", [each.id for each in evidence.load(case).patterns], "pattern"
    )


def surprises(case: Case) -> dict[str, str]:
    """Why replicas lack a feature of the record, by its id; from ``surprises.yaml`` if it is there.

    Raises:
        FoedusError: The file cannot be read, or explains what is no feature.
    """
    return _read(case, "surprises.yaml", [each.id for each in features_of(case)], "feature")


def _read(case: Case, name: str, known: Sequence[str], noun: str) -> dict[str, str]:
    faults: list[str] = []
    found: dict[str, str] = {}
    path = case.path(name)
    if not path.exists():
        return found
    for row in read_rows(path, ("id", "why"), (), faults):
        each = row.text("id")
        if each not in known:
            row.fault(f"there is no {noun} «{each}»{nearest(each, known)}")
        found[each] = row.text("why")
    if faults:
        raise FoedusError("; ".join(faults))
    return found

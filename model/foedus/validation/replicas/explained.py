"""Why patterns fail and why features of the record surprise the model, as written down by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus import evidence
from foedus.data import calibration_folder
from foedus.errors import FoedusError
from foedus.evidence.tables import nearest, read_rows
from foedus.validation.replicas.features import FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence


def explanations() -> dict[str, str]:
    """What explains the failure of a pattern, by its id; from ``calibration/failures.yaml``.

    Raises:
        FoedusError: The file cannot be read, or explains what is no pattern.
    """
    return _read("failures.yaml", [each.id for each in evidence.load().patterns], "pattern")


def surprises() -> dict[str, str]:
    """Why replicas lack a feature of the record, by its id; from ``calibration/surprises.yaml``.

    Raises:
        FoedusError: The file cannot be read, or explains what is no feature.
    """
    return _read("surprises.yaml", [each.id for each in FEATURES], "feature")


def _read(name: str, known: Sequence[str], noun: str) -> dict[str, str]:
    faults: list[str] = []
    found: dict[str, str] = {}
    for row in read_rows(calibration_folder() / name, ("id", "why"), (), faults):
        each = row.text("id")
        if each not in known:
            row.fault(f"there is no {noun} «{each}»{nearest(each, known)}")
        found[each] = row.text("why")
    if faults:
        raise FoedusError("; ".join(faults))
    return found

"""Why patterns fail and why features of the record surprise the model, as written down by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from foedus import evidence
from foedus.files.entries import read_entries, refuse_repeated
from foedus.files.faults import Faults, unknown
from foedus.files.models import Closed, Text
from foedus.validation.replicas.features import features_of

if TYPE_CHECKING:
    from foedus.cases import Case


class Reason(Closed):
    """Why something comes out as it does."""

    id: Text
    """The pattern or the feature."""
    why: Text
    """The reason, for a reader."""


def explanations(case: Case) -> dict[str, str]:
    """What explains the failure of a pattern, by its id; from ``failures.yaml``, if it is there.

    Raises:
        FoedusError: The file cannot be read, or explains what is no pattern.
    """
    patterns = [pattern.id for pattern in evidence.load(case).patterns]
    return _read(case, "failures.yaml", patterns, "pattern")


def surprises(case: Case) -> dict[str, str]:
    """Why replicas lack a feature of the record, by its id; from ``surprises.yaml`` if it is there.

    Raises:
        FoedusError: The file cannot be read, or explains what is no feature.
    """
    features = [feature.id for feature in features_of(case)]
    return _read(case, "surprises.yaml", features, "feature")


def _read(case: Case, file: str, known: Sequence[str], noun: str) -> dict[str, str]:
    path, faults = case.path(file), Faults()
    if not path.exists():
        return {}
    entries = read_entries(path, Reason, faults)
    refuse_repeated(entries, faults, "id")
    for entry in entries:
        if entry.name not in known:
            entry.fault(faults, "id", unknown(noun, entry.name, known))
    faults.check()
    return {entry.name: entry.whole.why for entry in entries}

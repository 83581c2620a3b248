"""Why patterns fail, as written down in ``calibration/failures.yaml``."""

from __future__ import annotations

from foedus import evidence
from foedus.data import calibration_folder
from foedus.errors import FoedusError
from foedus.evidence.tables import nearest, read_rows


def explanations() -> dict[str, str]:
    """What explains the failure of a pattern, by its id.

    Raises:
        FoedusError: The file cannot be read, or explains what is no pattern.
    """
    faults: list[str] = []
    known = [each.id for each in evidence.load().patterns]
    found: dict[str, str] = {}
    for row in read_rows(calibration_folder() / "failures.yaml", ("id", "why"), (), faults):
        name = row.text("id")
        if name not in known:
            row.fault(f"there is no pattern «{name}»{nearest(name, known)}")
        found[name] = row.text("why")
    if faults:
        raise FoedusError("; ".join(faults))
    return found

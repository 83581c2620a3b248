"""What is known of the validation of the model's quantities, from the calibration folder."""

from __future__ import annotations

from typing import Final, NamedTuple

import yaml

from foedus.data import calibration_folder
from foedus.errors import FoedusError

VALIDATION: Final = "validation.yaml"
"""A list of mappings with the keys of `Quantity`."""


class Quantity(NamedTuple):
    """A quantity of the reports, and what is known of how well the model gives it."""

    quantity: str
    status: str
    score: str
    note: str


class Validation(NamedTuple):
    """Rows of the table, and a clause for the answer."""

    rows: tuple[Quantity, ...]
    clause: str


UNKNOWN: Final = (
    "Cohesion and its components",
    "Freezes and exits",
    "Requests and the patron's answers",
    "Participation in acts of membership",
    "Votes at the UN",
)


def validation() -> Validation:
    """The state of validation; nothing is validated unless the file says so.

    Raises:
        FoedusError: The file is there and cannot be read.
    """
    path = calibration_folder() / VALIDATION
    if not path.is_file():
        rows = tuple(Quantity(name, "not validated", "", "") for name in UNKNOWN)
        return Validation(rows, "none of these quantities has been validated on held-out events")
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = tuple(
            Quantity(*(str(entry.get(key, "")) for key in Quantity._fields)) for entry in entries
        )
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise FoedusError(f"{path}: expected a list of quantities, found {error}") from None
    good = [row.quantity for row in rows if row.status == "validated"]
    if not good:
        return Validation(rows, "none of these quantities has been validated on held-out events")
    return Validation(rows, f"validated on held-out events: {'; '.join(good).lower()}; no others")

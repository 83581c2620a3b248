"""What is known of the validation of the model's quantities, from the calibration folder."""

from __future__ import annotations

import csv
from typing import Final, NamedTuple

from foedus.data import calibration_folder
from foedus.errors import FoedusError

VALIDATION: Final = "validation/quantities.csv"
"""A table with the columns of `Quantity`."""


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
        with path.open(encoding="utf-8", newline="") as file:
            entries = list(csv.DictReader(file))
        rows = tuple(Quantity(*(entry[key] or "" for key in Quantity._fields)) for entry in entries)
    except (OSError, csv.Error, KeyError) as error:
        columns = ", ".join(Quantity._fields)
        raise FoedusError(f"{path}: expected the columns {columns}, found {error}") from None
    good = [row.quantity for row in rows if row.status == "validated"]
    if not good:
        return Validation(rows, "none of these quantities has been validated on held-out events")
    return Validation(rows, f"validated on held-out events: {'; '.join(good).lower()}; no others")

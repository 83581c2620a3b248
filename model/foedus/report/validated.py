"""What is known of the validation of the model's quantities, from the folder of a case."""

from __future__ import annotations

import csv
import json
from typing import Final, NamedTuple

from foedus import cases
from foedus.cases import Case
from foedus.errors import FoedusError

VALIDATION: Final = "validation/quantities.csv"
"""A table with the columns of `Quantity`."""

ORIGIN: Final = "validation/origin.json"
"""What the table was made with."""

NONE_VALIDATED: Final = "none of these quantities has been validated on held-out events"


class Quantity(NamedTuple):
    """A quantity of the reports, and what is known of how well the model gives it."""

    quantity: str
    status: str
    score: str
    note: str


class Validation(NamedTuple):
    """Rows of the table, a clause for the answer, and the parameters that the scores rest on.

    ``frozen`` is empty if there are no scores.
    """

    rows: tuple[Quantity, ...]
    clause: str
    frozen: str


UNKNOWN: Final = (
    "Cohesion and its factors",
    "Freezes and exits",
    "Requests and the patron's answers",
    "Participation in acts of membership",
    "Votes at the UN",
)


def validation(case: Case | None = None) -> Validation:
    """The state of validation; nothing is validated unless the file says so.

    Args:
        case: The case; the usual one if None.

    Raises:
        FoedusError: The file is there and cannot be read.
    """
    case = case or cases.load()
    path = case.path(VALIDATION)
    if not path.is_file():
        rows = tuple(Quantity(name, "not validated", "", "") for name in UNKNOWN)
        return Validation(rows, NONE_VALIDATED, "")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            entries = list(csv.DictReader(file))
        rows = tuple(Quantity(*(entry[key] or "" for key in Quantity._fields)) for entry in entries)
    except (OSError, csv.Error, KeyError) as error:
        columns = ", ".join(Quantity._fields)
        raise FoedusError(f"{path}: expected the columns {columns}, found {error}") from None
    frozen = _frozen(case)
    good = [row.quantity for row in rows if row.status == "validated"]
    if not good:
        return Validation(rows, NONE_VALIDATED, frozen)
    clause = f"validated on held-out events: {'; '.join(good).lower()}; no others"
    return Validation(rows, clause, frozen)


def _frozen(case: Case) -> str:
    """The set of parameters that was frozen before the events that it is scored on."""
    path = case.path(ORIGIN)
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["frozen"])
    except (OSError, ValueError, KeyError, TypeError):
        raise FoedusError(f"{path}: expected a JSON object with the key «frozen»") from None

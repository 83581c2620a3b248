"""The table of contrasts: as rows of a file, and what it rests on."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import foedus
from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.validation.contrasts.playing import VERDICTS
from foedus.validation.contrasts.schema import MEMBER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foedus.cases import Case
    from foedus.validation.contrasts.playing import Played
    from foedus.validation.contrasts.reading import Contrasts
    from foedus.validation.contrasts.schema import ContrastEntry

NO_CONTRAST: Final = "no contrast"
FAILURES: Final = VERDICTS[:-1]
COLUMNS: Final = (
    *("claim", "verdict", "change", "measure", "month", "unit", "sign", "from", "to"),
    *("difference", "low", "high", "decision", "size", "coded_low", "coded_high", "inside", "why"),
    "failure",
)
TABLE: Final = "contrasts.csv"
ORIGIN: Final = "contrasts.json"
RULES: Final = ("dictionary", "rules")


def rows(
    contrasts: Contrasts, played: Sequence[Played], *, whole: bool = True
) -> list[dict[str, Any]]:
    """One row a claim: failures first, then what holds and what is no contrast.

    Args:
        contrasts: All contrasts.
        played: Those that were played.
        whole: Whether to tell of claims that were not played.
    """
    order = sorted(
        played, key=lambda each: (VERDICTS.index(each.verdict), each.inside is not False)
    )
    found = [_row(each) for each in order]
    for claim, why in contrasts.file.no_contrast.items() if whole else ():
        found.append({"claim": claim, "verdict": NO_CONTRAST, "why": why})
    return [dict.fromkeys(COLUMNS, "") | row for row in found]


def _row(played: Played) -> dict[str, Any]:
    entry, found = played.contrast.entry, played.difference
    low, high = played.contrast.coded or ("", "")
    values = (
        *(entry.claim, played.verdict, entry.change, measured(entry), entry.month),
        *(found.measure.kind, entry.sign, found.base, found.other),
        *(found.mean, found.low, found.high, found.verdict),
        *("" if played.size is None else played.size, low, high),
        *("" if played.inside is None else played.inside, entry.why, entry.failure or ""),
    )
    return dict(zip(COLUMNS, values, strict=True))


def measured(entry: ContrastEntry) -> str:
    """The measure of a contrast in words."""
    words = " or ".join(entry.measure)
    return words.replace(MEMBER, "/".join(entry.members)) if entry.members else words


def totals(found: Sequence[Mapping[str, Any]]) -> str:
    """The line in which the table ends."""
    played = [row for row in found if row["verdict"] in VERDICTS]
    hold = sum(row["verdict"] == "holds" for row in played)
    sized = [str(row["inside"]) for row in played if row["inside"] != ""]
    return (
        f"{hold} of {len(played)} contrasts hold clearly; "
        f"{sized.count('True')} of {len(sized)} coded sizes inside"
    )


def rests_on(case: Case, contrasts: Contrasts) -> dict[str, str]:
    """SHA-256 of all that the table rests on: rules, contrasts, parameters, alliance."""
    package = Path(foedus.__file__).parent
    rules = sha256()
    for folder in RULES:
        for path in sorted((package / folder).rglob("*.py")):
            rules.update(path.relative_to(package).as_posix().encode())
            rules.update(path.read_bytes())
    files = [contrasts.path, case.path("parameters.yaml"), case.alliance_file]
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}
    return {"rules": rules.hexdigest()} | found


def changed(case: Case, contrasts: Contrasts) -> list[str]:
    """What of that on which the kept table rests has changed since it was kept.

    Raises:
        FoedusError: No table is kept.
    """
    kept = read_origin(case)["rests_on"]
    return [name for name, value in rests_on(case, contrasts).items() if kept.get(name) != value]


def keep(
    case: Case, contrasts: Contrasts, found: Sequence[dict[str, Any]], settings: dict[str, Any]
) -> None:
    """Put the table into the folder ``validation`` of the case, with what it rests on.

    Args:
        case: The case.
        contrasts: Its contrasts, all of them played.
        found: The rows.
        settings: Parameters, trials and seed.
    """
    folder = case.path("validation")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / TABLE, csv_text([_rounded(row) for row in found]))
    about = {"foedus": foedus.__version__, "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    origin = settings | about | {"rests_on": rests_on(case, contrasts)}
    write_whole(folder / ORIGIN, json.dumps(origin, indent=1) + "\n")


def csv_text(found: Sequence[Mapping[str, Any]]) -> str:
    """The table as CSV, with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue()


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: f"{value:.6g}" if isinstance(value, float) else value for key, value in row.items()
    }


def read_kept(case: Case) -> list[dict[str, str]]:
    """The kept table.

    Raises:
        FoedusError: None is kept.
    """
    path = case.path("validation", TABLE)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise FoedusError(f"{path}: cannot be read: {error.strerror}") from error


def read_origin(case: Case) -> dict[str, Any]:
    """What the kept table rests on.

    Raises:
        FoedusError: None is kept.
    """
    path = case.path("validation", ORIGIN)
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FoedusError(f"{path}: cannot be read: {error}") from error
    return found

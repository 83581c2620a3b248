"""Tidy tables of a validation, and the folder they lie in."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foedus.errors import FoedusError
from foedus.files.atomic import write_whole

if TYPE_CHECKING:
    from foedus.validation.patterns.rules import Verdict

PATTERN_COLUMNS: Final = (
    *("pattern", "use", "seen", "hard", "passed", "check", "relation", "low", "high"),
    *("rests_on", "value", "error", "margin", "check_passed"),
)


def pattern_rows(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """One row for each check of each pattern."""
    rows = []
    for verdict in verdicts:
        rule = verdict.rule
        for found in verdict.findings:
            check = found.check
            values = (
                *(rule.id, rule.use, rule.seen, rule.hard, verdict.passed),
                *(check.figure, check.relation, check.threshold[0], check.threshold[-1]),
                *(check.rests_on, found.figure.value, found.figure.error),
                *(found.margin, found.passed),
            )
            rows.append(dict(zip(PATTERN_COLUMNS, values, strict=True)))
    return rows


def new_folder(out: Path, name: str) -> Path:
    """A new folder for a validation.

    Raises:
        FoedusError: It cannot be made.
    """
    path = out / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}"
    try:
        path.mkdir(parents=True)
    except OSError as error:
        raise FoedusError(f"--out: {path} cannot be made: {error.strerror}") from error
    return path


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """A table with a header, one row per line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """A mapping, readable."""
    write_whole(path, json.dumps(content, indent=1) + "\n")


def keep(folder: Path, kept: Path, names: Sequence[str], origin: dict[str, Any]) -> None:
    """Copy tables of a validation to where they are kept, with what they come from.

    Args:
        folder: Of the validation.
        kept: Where to.
        names: Tables, without their ending.
        origin: What they rest on; version and day are added.
    """
    import foedus

    kept.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(folder / f"{name}.csv", kept / f"{name}.csv")
    about = {"foedus": foedus.__version__, "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    write_json(kept / "origin.json", origin | about)

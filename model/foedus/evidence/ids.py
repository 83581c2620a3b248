"""The ids that may be cited, read without checking the rest of the evidence.

A run needs to know which sources exist, not what they say; reading and checking every record
would take longer than laying out the scenario.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foedus import cases
from foedus.files.memo import Stamp, stamp

if TYPE_CHECKING:
    from foedus.cases import Case

ENTRY: Final = re.compile(r"^-\s+\{?\s*id:\s*([\w-]+)\s*(?:[,}#].*)?$", re.MULTILINE)
"""An entry of a list in YAML that begins with its id, as all kinds of evidence do."""


def known_ids(case: Case | None = None) -> frozenset[str]:
    """All that may be cited, as `evidence.load(case).ids` has it, once for each state of the files.

    Args:
        case: The case; the usual one if None.

    Raises:
        FoedusError: A file cannot be read; the message names every fault of the evidence.
    """
    case = case or cases.load()
    folder = case.path("evidence")
    files = sorted(path for path in folder.glob("*") if path.suffix in {".csv", ".yaml"})
    try:
        return _ids(tuple(files), stamp(files))
    except (OSError, ValueError, LookupError, csv.Error):
        from foedus.evidence.library import load  # noqa: PLC0415 - slow to load

        return load(case).ids


@lru_cache(maxsize=4)
def _ids(files: tuple[Path, ...], _stamp: Stamp) -> frozenset[str]:
    return frozenset(name for path in files for name in _of(path))


def _of(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".yaml":
        yield from ENTRY.findall(text)
        return
    rows = csv.reader(text.splitlines())
    column = next(rows).index("id")
    yield from (row[column] for row in rows if row)

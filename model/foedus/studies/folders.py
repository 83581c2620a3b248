"""What an analysis leaves on disk: a folder like that of a run, whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING, Any

from foedus.runs.provenance import SCHEMA_VERSION, code_revision, sha256, versions
from foedus.runs.run_folder import now_utc
from foedus.runs.tables.columns import write_csv, write_parquet
from foedus.runs.unfinished import Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from foedus.runs.provenance import Provenance
    from foedus.scenarios.resolved import ResolvedScenario


def folder_name(kind: str, scenario: str, digest: str, now: datetime | None = None) -> str:
    """Name of a folder: when, what, of which scenario, and the start of its digest."""
    made = (now or now_utc()).astimezone(UTC)
    return f"{made:%Y%m%dT%H%M%SZ}-{kind}-{scenario}-{digest[:8]}"


def fill_folder(
    folder: Path,
    kind: str,
    origin: Provenance,
    *,
    scenarios: Sequence[ResolvedScenario],
    tables: Mapping[str, pa.Table],
    text: str,
    draw: Callable[[Path], object] | None = None,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write scenarios, tables, figures, text and, last, the manifest.

    Args:
        folder: Where; it exists.
        kind: What kind of analysis it is.
        origin: What it was made from.
        scenarios: What was played.
        tables: Tables by name; one whose name ends in ``.csv`` is written as text.
        text: What the terminal said.
        draw: Draws figures into a folder that exists; none if None.
        about: What else the manifest shall say, or say instead.
    """
    for name, content in (("scenarios", scenarios), ("tables", tables)):
        if content:
            (folder / name).mkdir()
    for one in scenarios:
        path = folder / "scenarios" / f"{one.name}.yaml"
        path.write_text(one.to_yaml(), encoding="utf-8")
    for name, content in tables.items():
        if name.endswith(".csv"):
            write_csv(content, folder / "tables" / name)
        else:
            write_parquet(content, folder / "tables" / f"{name}.parquet")
    (folder / "summary.txt").write_text(text, encoding="utf-8")
    if draw is not None:
        (folder / "figures").mkdir()
        draw(folder / "figures")
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "created": now_utc().isoformat(timespec="seconds"),
        "run": asdict(origin),
        "digest": origin.digest,
        **(about or {}),
        "versions": versions(),
        "code": code_revision(),
        "files": {name: sha256((folder / name).read_bytes()) for name in files},
    }
    written = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(f"{written}\n", encoding="utf-8")


def write_folder(
    out: Path | str, kind: str, origin: Provenance, *, scenario: str, **content: Any
) -> str:
    """Write a whole analysis into a new folder of its own; see `fill_folder`.

    Raises:
        FoedusError: It cannot be written.
    """
    name = folder_name(kind, scenario, origin.digest)
    with Unfinished.begin(out, name, {"kind": kind}) as work:
        try:
            return work.finish(lambda folder: fill_folder(folder, kind, origin, **content))
        except BaseException:
            # There is nothing to take up again: all of it is made from memory.
            work.discard()
            raise

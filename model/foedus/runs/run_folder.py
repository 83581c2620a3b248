"""A run on disk: its name, its texts and its manifest; tables come from `runs.tables.catalogue`."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from foedus.runs.provenance import SCHEMA_VERSION, code_revision, provenance, versions
from foedus.runs.store import files, remote, store
from foedus.runs.tables.catalogue import write_tables
from foedus.runs.unfinished import MANIFEST, Unfinished, mendable
from foedus.simulation.compiled import cache
from foedus.telling.summary import summarize, summary_json
from foedus.telling.terminal import report_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.runs.provenance import Provenance
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

ENGINE = "compiled ensemble"


SUMMARY = "summary.json"
"""The numbers of a run's answer, for whatever tells it again."""


class Draw(Protocol):
    """Draws all figures of a run into a folder that exists (`foedus.figures.draw_all`)."""

    def __call__(self, ensemble: Ensemble, summary: Summary, folder: Path) -> object:
        """Draw."""


@dataclass(frozen=True)
class RunFolder:
    """A run that is whole.

    Attributes:
        place: Where it lies: a path, or an address for fsspec.
        files: Names of all its files relative to `place`, with slashes, sorted.
    """

    place: str
    files: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Its folder, if it lies on this machine."""
        return Path(self.place)


def write_run(
    ensemble: Ensemble,
    folder: Path,
    *,
    summary: Summary | None = None,
    draw: Draw | None = None,
    now: datetime | None = None,
    engine: str = ENGINE,
) -> RunFolder:
    """Write an ensemble that is in memory into a new folder ``<UTC time>-<scenario>-<hash>``.

    All or nothing: until everything is written, it lies in a folder ``<name>.unfinished``, which is
    removed if anything fails or the user interrupts. The bytes of the tables do not depend on the
    time. `foedus.runs.chunked_run` is for runs that must survive more than that.

    Args:
        ensemble: What was run.
        folder: Where runs lie; made if absent.
        summary: Of the ensemble, if the caller has it already.
        draw: Draws the figures; none if None.
        now: When the run was made; the present if None.
        engine: What computed it.

    Returns:
        The run on disk.

    Raises:
        FoedusError: The folder cannot be made or written.
    """
    made, origin = (now or now_utc()).astimezone(UTC), provenance(ensemble)
    summary = summary or summarize(ensemble)

    def fill(whole: Path) -> None:
        (whole / "tables").mkdir()
        write_tables(ensemble, whole / "tables")
        write_texts(whole, ensemble, summary, draw)
        seconds = round(sum(ensemble.timings.values()), 3)
        chunk = {"status": "finished", "first": 0, "trials": ensemble.trials, "seconds": seconds}
        more = {"sources": cache.digest(), "chunks": [chunk]}
        write_manifest(whole, origin, made, engine=engine, timings=ensemble.timings, more=more)

    with Unfinished.begin(folder, run_name(origin, made), {"kind": "write"}) as work:
        try:
            return finished_folder(work.finish(fill))
        except BaseException:
            work.discard()
            raise


def check_writable(folder: Path) -> None:
    """Find out before long work whether its results can be written.

    Raises:
        FoedusError: The folder cannot be made or written.
    """
    with mendable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.unfinished"
        probe.mkdir()
        probe.rmdir()


def run_name(origin: Provenance, made: datetime) -> str:
    """Name of a run's folder."""
    return f"{made:%Y%m%dT%H%M%SZ}-{origin.scenario}-{origin.digest[:8]}"


def now_utc() -> datetime:
    """The present, by the one clock that names and dates are taken from."""
    return datetime.fromtimestamp(time.time(), UTC)


def write_texts(folder: Path, ensemble: Ensemble, summary: Summary, draw: Draw | None) -> None:
    """Write the scenario, the summary and the figures of a run into its folder.

    Args:
        folder: It must exist.
        ensemble: What was run.
        summary: Of the ensemble.
        draw: Draws the figures; none if None.
    """
    (folder / "scenario.yaml").write_text(ensemble.scenario.to_yaml(), encoding="utf-8")
    (folder / "summary.txt").write_text(report_text(summary), encoding="utf-8")
    (folder / SUMMARY).write_text(summary_json(summary), encoding="utf-8")
    if draw is not None:
        (folder / "figures").mkdir()
        draw(ensemble, summary, folder / "figures")


def write_manifest(
    folder: Path,
    origin: Provenance,
    made: datetime,
    *,
    engine: str,
    timings: Mapping[str, float],
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write what a run was made from, with the digest of every file, into its folder.

    Args:
        folder: With everything else in it.
        origin: What decides the run's numbers.
        made: When it was begun.
        engine: What computed it.
        timings: Seconds by stage.
        more: What else there is to say.
    """
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "created": made.isoformat(timespec="seconds"),
        "run": asdict(origin),
        "digest": origin.digest,
        "engine": engine,
        "versions": versions(),
        "code": code_revision(),
        "timings": {stage: round(seconds, 4) for stage, seconds in timings.items()},
        **(more or {}),
        "files": {name: _digest(folder / name) for name in files(folder)},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Manifest of a run; None if a folder is not one of a whole run."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(manifest, dict) and {"schema_version", "run", "files"} <= manifest.keys()
    return manifest if whole else None


def finished_folder(place: str) -> RunFolder:
    """A run that lies at a place."""
    if remote(place):
        manifest = json.loads(store(place).read(MANIFEST))
        return RunFolder(place, tuple(sorted({*manifest["files"], MANIFEST})))
    return RunFolder(place, tuple(files(Path(place))))


def _digest(path: Path) -> str:
    """SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

"""A run on disk: written beside its place under a hidden name, and renamed when it is whole."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from foedus.errors import FoedusError
from foedus.results.provenance import (
    SCHEMA_VERSION,
    code_revision,
    provenance,
    sha256,
    versions,
)
from foedus.results.summary import summarize
from foedus.results.tables import write_tables
from foedus.results.terminal import report_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foedus.engines.outcome import Ensemble
    from foedus.results.provenance import Provenance
    from foedus.results.summary import Summary

ENGINE = "compiled ensemble"

SAME_SECOND = 1000
"""Most runs with one name that are told apart by a number."""


class Draw(Protocol):
    """Draws all figures of a run into a folder that exists (`foedus.figures.draw_all`)."""

    def __call__(self, ensemble: Ensemble, summary: Summary, folder: Path) -> object:
        """Draw."""


@dataclass(frozen=True)
class RunFolder:
    """A run that lies on disk.

    Attributes:
        path: Its folder.
        files: Names of all its files relative to `path`, with slashes, sorted.
    """

    path: Path
    files: tuple[str, ...]


def write_run(
    ensemble: Ensemble,
    folder: Path,
    *,
    summary: Summary | None = None,
    draw: Draw | None = None,
    now: datetime | None = None,
    engine: str = ENGINE,
) -> RunFolder:
    """Write a run into a new folder ``<UTC time>-<scenario>-<hash>`` inside `folder`.

    All or nothing: until everything is written, it lies in a hidden folder beside its place, which
    is removed if anything fails or the user interrupts. The bytes of the tables do not depend on
    the time.

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
    made = (now or datetime.now(UTC)).astimezone(UTC)
    summary = summary or summarize(ensemble)
    origin = provenance(ensemble)
    name = f"{made:%Y%m%dT%H%M%SZ}-{origin.scenario}-{origin.digest[:8]}"
    with _mendable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{name}.{os.getpid()}.unfinished"
        unfinished.mkdir()
        try:
            _fill(unfinished, ensemble, summary, draw)
            _write_manifest(unfinished, ensemble, origin, made, engine)
            path = _put_in_place(unfinished, folder / name)
        except BaseException:
            # An interrupt must not leave half a run behind either.
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return RunFolder(path, _files(path))


def check_writable(folder: Path) -> None:
    """Find out before a long run whether its results can be written.

    Raises:
        FoedusError: The folder cannot be made or written.
    """
    with _mendable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.unfinished"
        probe.mkdir()
        probe.rmdir()


def _fill(folder: Path, ensemble: Ensemble, summary: Summary, draw: Draw | None) -> None:
    (folder / "scenario.yaml").write_text(ensemble.scenario.to_yaml(), encoding="utf-8")
    (folder / "summary.txt").write_text(report_text(summary), encoding="utf-8")
    (folder / "tables").mkdir()
    write_tables(ensemble, folder / "tables")
    if draw is not None:
        (folder / "figures").mkdir()
        draw(ensemble, summary, folder / "figures")


def _write_manifest(
    folder: Path, ensemble: Ensemble, origin: Provenance, made: datetime, engine: str
) -> None:
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "created": made.isoformat(timespec="seconds"),
        "run": asdict(origin),
        "digest": origin.digest,
        "engine": engine,
        "versions": versions(),
        "code": code_revision(),
        "timings": {stage: round(seconds, 4) for stage, seconds in ensemble.timings.items()},
        "files": {name: sha256((folder / name).read_bytes()) for name in _files(folder)},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(f"{text}\n", encoding="utf-8")


def _put_in_place(unfinished: Path, wanted: Path) -> Path:
    """Rename to the wanted name, or to the first free of ``NAME-2``, ``NAME-3`` and so on."""
    for number in range(1, SAME_SECOND):
        place = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        if os.path.lexists(place):
            continue
        return unfinished.rename(place)
    raise FoedusError(f"{wanted}: exists already, and so do all its numbered names")


def _files(folder: Path) -> tuple[str, ...]:
    return tuple(
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    )


@contextmanager
def _mendable(folder: Path) -> Iterator[None]:
    """Turn the system's refusals into one line for the user."""
    try:
        yield
    except FileExistsError as fault:
        raise FoedusError(
            f"{fault.filename or folder}: cannot hold runs, for it is a file; name a folder"
        ) from fault
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise FoedusError(f"{folder}: cannot write the run: {reason}") from fault

"""A run on disk: its name, its texts and its manifest; tables come from `runs.tables.catalogue`."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.files.faults import printable
from foedus.runs.provenance import (
    SCHEMA_VERSION,
    code_revision,
    identity_of,
    provenance,
    versions,
)
from foedus.runs.records import Manifest, read
from foedus.runs.store import files, remote, store
from foedus.runs.tables.catalogue import write_tables
from foedus.runs.unfinished import MANIFEST, Unfinished, mendable
from foedus.telling.summary import summarize, summary_json
from foedus.telling.terminal import report_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foedus.runs.provenance import Identity, Provenance
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup
    from foedus.telling.summary import Summary

ENGINE: Final = "compiled ensemble"

MOST_REASON: Final = 200
"""Letters of a reason why something failed."""

type Step = tuple[str, Callable[[Path], object]]
"""What is written, in words, and what writes it into the folder of a result."""


SUMMARY: Final = "summary.json"
"""The numbers of a run's answer, for whatever tells it again."""


class Draw(Protocol):
    """Draws all figures of a run into a folder that exists (`foedus.figures.draw_all`)."""

    def __call__(self, ensemble: Ensemble, summary: Summary, folder: Path) -> object:
        """Draw."""


@dataclass(frozen=True)
class RunFolder:
    """A complete run.

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
    setup: Setup | None = None,
) -> RunFolder:
    """Write an ensemble that is in memory into a new folder ``<UTC time>-<scenario>-<hash>``.

    Until its tables and manifest are written, it lies in a folder ``<name>.unfinished``, which is
    removed if that fails or the user interrupts. The bytes of the tables do not depend on the time.
    `foedus.runs.chunked_run` is for runs that must survive more than that.

    Args:
        ensemble: What was run.
        folder: Where runs lie; made if absent.
        summary: Of the ensemble, if the caller has it already.
        draw: Draws the figures; none if None.
        now: When the run was made; the present if None.
        setup: What it was run from, for its identity.

    Returns:
        The run on disk.

    Raises:
        FoedusError: The folder cannot be made or written.
        NotShownError: The run is complete, but its text or its figures could not be written.
    """
    made, origin = (now or now_utc()).astimezone(UTC), provenance(ensemble)
    about = about_run(origin, identity_of(*([] if setup is None else [setup])), made)

    def fill(whole: Path) -> str | None:
        (whole / "tables").mkdir()
        write_tables(ensemble, whole / "tables", origin.label)
        write_scenario(whole, ensemble.scenario)
        seconds = round(sum(ensemble.timings.values()), 3)
        chunk = {"status": "finished", "first": 0, "trials": ensemble.trials, "seconds": seconds}
        more: dict[str, Any] = {
            "engine": ENGINE,
            "timings": rounded(ensemble.timings),
            "chunks": [chunk],
        }
        if ensemble.rules:
            more["custom_rules"] = [asdict(one) for one in ensemble.rules]
        steps = shown_by(ensemble, lambda: summary or summarize(ensemble), draw)
        return complete(whole, about | more, steps, resumable=False)

    with Unfinished.begin(folder, run_name(origin, made), about) as work:
        try:
            return finished_folder(work.finish(fill))
        except BaseException:
            work.discard()
            raise


def about_run(origin: Provenance, identity: Identity, made: datetime) -> dict[str, Any]:
    """What state and manifest of a run say alike."""
    return {
        "kind": "run",
        "created": made.isoformat(timespec="seconds"),
        "run": origin.plain,
        "digest": origin.digest,
        "identity": asdict(identity),
    }


def rounded(timings: Mapping[str, float]) -> dict[str, float]:
    """Seconds by stage, as the manifest says them."""
    return {stage: round(seconds, 4) for stage, seconds in timings.items()}


def check_writable(folder: Path) -> None:
    """Find out before long work whether its results can be written.

    Raises:
        FoedusError: The folder cannot be made or written.
    """
    with mendable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.unfinished"
        try:
            probe.mkdir()
        finally:
            with suppress(OSError):
                probe.rmdir()


def run_name(origin: Provenance, made: datetime) -> str:
    """Name of a run's folder."""
    return f"{made:%Y%m%dT%H%M%SZ}-{origin.scenario}-{origin.label}"


def now_utc() -> datetime:
    """The present, by the one clock that names and dates are taken from."""
    return datetime.fromtimestamp(time.time(), UTC)


def write_scenario(folder: Path, scenario: ResolvedScenario) -> None:
    """Write the scenario of a run into its folder."""
    (folder / "scenario.yaml").write_text(scenario.to_yaml(), encoding="utf-8")


def shown_by(ensemble: Ensemble, sum_up: Callable[[], Summary], draw: Draw | None) -> list[Step]:
    """What shows a run: its summary, and its figures if they are wanted."""
    summarized = cache(sum_up)

    def write_summary(folder: Path) -> None:
        (folder / "summary.txt").write_text(report_text(summarized()), encoding="utf-8")
        (folder / SUMMARY).write_text(summary_json(summarized()), encoding="utf-8")

    def write_figures(folder: Path) -> None:
        if draw is not None:
            (folder / "figures").mkdir()
            draw(ensemble, summarized(), folder / "figures")

    steps: list[Step] = [("the summary", write_summary)]
    return steps if draw is None else [*steps, ("the figures", write_figures)]


def complete(
    folder: Path, about: Mapping[str, Any], steps: Sequence[Step], *, resumable: bool
) -> str | None:
    """Write the manifest of a folder whose tables are there, and then whatever shows them.

    The tables with a manifest are a complete result. What cannot be written after that is left out,
    and named, whatever the reason.

    Args:
        folder: Of the result.
        about: What it was made from; versions, revision and the digest of every file are added.
        steps: What shows it: texts, figures.
        resumable: Whether Ctrl-C may go through, since all can be taken up again.

    Returns:
        What could not be written, in words; None if nothing is lacking.

    Raises:
        OSError: Not even the manifest can be written.
    """
    digests: dict[str, str] = {}
    content = {
        "schema_version": SCHEMA_VERSION,
        **about,
        "versions": versions(),
        "code": code_revision(),
    }
    _write_manifest(folder, content, digests)
    lacking = []
    for what, write in steps:
        before = set(files(folder))
        try:
            write(folder)
            _write_manifest(folder, content, digests)
        except (Exception, KeyboardInterrupt) as fault:
            if resumable and isinstance(fault, KeyboardInterrupt):
                raise
            for name in set(files(folder)) - before:
                (folder / name).unlink()
                digests.pop(name, None)
            lacking.append(f"{what} could not be written: {reason_of(fault)}")
    return "; ".join(lacking) or None


def reason_of(fault: BaseException) -> str:
    """Why something failed, in one line."""
    if isinstance(fault, KeyboardInterrupt):
        return "interrupted"
    if isinstance(fault, MemoryError):
        return "out of memory"
    if isinstance(fault, OSError) and fault.errno:
        reason = os.strerror(fault.errno)
    else:
        kind = "" if isinstance(fault, FoedusError) else f"{type(fault).__name__}: "
        reason = f"{kind}{fault}"
    return printable(reason.strip(), MOST_REASON)


def _write_manifest(folder: Path, content: Mapping[str, Any], digests: dict[str, str]) -> None:
    """Write a manifest; digests that are known already are not worked out again."""
    for name in files(folder):
        if name != MANIFEST and name not in digests:
            digests[name] = _digest(folder / name)
    text = json.dumps(
        {**content, "files": dict(sorted(digests.items()))}, indent=2, ensure_ascii=False
    )
    write_whole(folder / MANIFEST, f"{text}\n")


def read_manifest(folder: Path) -> Manifest:
    """Manifest of a result on this machine.

    Raises:
        FoedusError: There is none, it cannot be read, or does not say what it must.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else str(fault)
        raise FoedusError(f"{path}: cannot be read: {reason}") from None
    return read(Manifest, content, str(path))


def check_shipped_rules(manifest: Manifest, place: Path | str) -> None:
    """Refuse to play a run again whose rules are not all shipped with the package.

    Raises:
        FoedusError: It had custom rules; the message says which.
    """
    custom = manifest.run.rules
    if custom:
        raise FoedusError(
            f"{place}: was played with custom rules ({', '.join(custom)}), which the command does "
            "not have; play it from Python with `foedus.run(..., rules=[...])`"
        )


def finished_folder(place: str) -> RunFolder:
    """A run that lies at a place."""
    if remote(place):
        manifest = read(Manifest, store(place).read(MANIFEST), f"{place}/{MANIFEST}")
        return RunFolder(place, tuple(sorted({*manifest.files, MANIFEST})))
    return RunFolder(place, tuple(files(Path(place))))


def _digest(path: Path) -> str:
    """SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

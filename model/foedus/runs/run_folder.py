"""A run on disk: its name, its texts and its manifest; tables come from `runs.tables.catalogue`."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from foedus.data import USUAL_CASE
from foedus.errors import FoedusError
from foedus.runs import study
from foedus.runs.provenance import identity_of, provenance
from foedus.runs.records import Manifest, read
from foedus.runs.storage.store import files, remote, store
from foedus.runs.storage.unfinished import MANIFEST
from foedus.runs.study import Contents
from foedus.runs.tables.catalogue import write_tables
from foedus.telling.summary import summarize, summary_json
from foedus.telling.terminal import report_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from foedus.runs.study import Step
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup
    from foedus.telling.summary import Summary

ENGINE: Final = "compiled ensemble"

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
    origin = provenance(ensemble)

    def fill(folder: Path) -> Contents:
        (folder / "tables").mkdir()
        write_tables(ensemble, folder / "tables", origin.label)
        write_scenario(folder, ensemble.scenario)
        seconds = round(sum(ensemble.timings.values()), 3)
        about: dict[str, Any] = {
            "engine": ENGINE,
            "timings": rounded(ensemble.timings),
            "chunks": [
                {"status": "finished", "first": 0, "trials": ensemble.trials, "seconds": seconds}
            ],
        }
        if ensemble.rules:
            about["custom_rules"] = [asdict(one) for one in ensemble.rules]
        return Contents(shown_by(ensemble, lambda: summary or summarize(ensemble), draw), about)

    identity = identity_of(*([] if setup is None else [setup]))
    case = USUAL_CASE if setup is None else setup.case.reference
    place = study.write(folder, "run", origin, fill, identity=identity, case=case, now=now)
    return finished_folder(place)


def rounded(timings: Mapping[str, float]) -> dict[str, float]:
    """Seconds by stage, as the manifest says them."""
    return {stage: round(seconds, 4) for stage, seconds in timings.items()}


def write_scenario(folder: Path, scenario: ResolvedScenario) -> None:
    """Write the scenario of a run into its folder."""
    (folder / "scenario.yaml").write_text(scenario.to_yaml(), encoding="utf-8")


def shown_by(ensemble: Ensemble, sum_up: Callable[[], Summary], draw: Draw | None) -> list[Step]:
    """What shows a run: its summary, and its figures if they are wanted."""
    summarized = cache(sum_up)

    def write_summary(folder: Path) -> None:
        (folder / "summary.txt").write_text(report_text(summarized()), encoding="utf-8")
        (folder / SUMMARY).write_text(summary_json(summarized()), encoding="utf-8")

    figures = None if draw is None else lambda folder: draw(ensemble, summarized(), folder)
    return [("the summary", write_summary), *study.figure_steps(figures)]


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

"""The whole library: every bundled scenario played, and the folder of what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus import cases
from foedus.errors import FoedusError
from foedus.runs.study import Contents, exhibits, write
from foedus.simulation.ensemble import check_size, run_ensemble
from foedus.simulation.loading import load_setup
from foedus.studies.library.study import play_library
from foedus.studies.library.tables import library_table
from foedus.studies.library.text import library_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foedus.cases import Case
    from foedus.simulation.outcome import Ensemble
    from foedus.studies.library.study import Library

MOST_TRIALS: Final = 20_000
"""Trials of each scenario beyond which the library does not fit: some 50 kB a trial of all."""


def check_library(trials: int, seed: int) -> None:
    """Refuse a number of trials or a seed with which the library cannot be played.

    Raises:
        FoedusError: One of them is out of range.
    """
    check_size(trials, seed)
    if trials > MOST_TRIALS:
        raise FoedusError(f"--trials: found {trials:,}, expected {MOST_TRIALS:,} at most")


def play_case(
    *,
    trials: int,
    seed: int,
    parameter_set: str,
    case: Case | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Library:
    """Play every scenario of a case, or the bundled ones, with common random numbers.

    Args:
        trials: Trials of each, from 1 to 20,000.
        seed: Seed of all chance.
        parameter_set: Where the parameters come from.
        case: Whose scenarios and parameters they are; the usual case if None.
        threads: Number of threads; as many as there are cores if None.
        progress: Called with 1 after every scenario.

    Raises:
        FoedusError: A number is out of range.
    """
    check_library(trials, seed)

    def play(name: str | Path) -> Ensemble:
        setup = load_setup(name, parameter_set, case=case)
        ensemble = run_ensemble(setup, trials=trials, seed=seed, threads=threads, sample=0)
        if progress is not None:
            progress(1)
        return ensemble

    return play_library(cases.load(case).scenarios(), play)


def write_library(
    library: Library,
    out: Path | str,
    *,
    case: Case | None = None,
    draw: Callable[[Library, Path], object] | None = None,
) -> str:
    """Write the library into a new folder of its own; its place.

    Args:
        library: What came out.
        out: Folder in which the new one is made.
        case: Whose parameters they were; the usual case if None.
        draw: Draws the pages into a folder that exists; none if None.

    Raises:
        FoedusError: It cannot be written.
    """
    table = library_table(library)

    def fill(folder: Path) -> Contents:
        return exhibits(
            folder,
            library.provenance,
            scenarios=[entry.scenario for entry in library.entries],
            tables={"library": table, "library.csv": table},
            text=library_text(library),
            draw=draw and (lambda place: draw(library, place)),
        )

    return write(
        out,
        "library",
        library.provenance,
        fill,
        name="library-all",
        case=cases.load(case).reference,
    )

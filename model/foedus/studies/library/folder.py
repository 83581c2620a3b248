"""The whole library: every bundled scenario played, and the folder of what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError
from foedus.scenarios.resolve import bundled_scenarios
from foedus.simulation.ensemble import check_size, run_ensemble
from foedus.simulation.loading import load_setup
from foedus.studies.folders import write_folder
from foedus.studies.library.study import play_library
from foedus.studies.library.tables import library_table
from foedus.studies.library.text import library_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


def play_bundled(
    *,
    trials: int,
    seed: int,
    parameter_set: str,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Library:
    """Play every bundled scenario with common random numbers.

    Args:
        trials: Trials of each, from 1 to 20,000.
        seed: Seed of all chance.
        parameter_set: Where the parameters come from.
        threads: Number of threads; as many as there are cores if None.
        progress: Called with 1 after every scenario.

    Raises:
        FoedusError: A number is out of range.
    """
    check_library(trials, seed)

    def play(name: str) -> Ensemble:
        setup = load_setup(name, parameter_set)
        ensemble = run_ensemble(setup, trials=trials, seed=seed, threads=threads, sample=0)
        if progress is not None:
            progress(1)
        return ensemble

    return play_library(bundled_scenarios(), play)


def write_library(
    library: Library, out: Path | str, *, draw: Callable[[Library, Path], object] | None = None
) -> str:
    """Write the library into a new folder of its own; its place.

    Args:
        library: What came out.
        out: Folder in which the new one is made.
        draw: Draws the pages into a folder that exists; none if None.

    Raises:
        FoedusError: It cannot be written.
    """
    table = library_table(library)
    return write_folder(
        out,
        "library",
        library.provenance,
        scenario="all",
        scenarios=[entry.scenario for entry in library.entries],
        tables={"library": table, "library.csv": table},
        text=library_text(library),
        draw=None if draw is None else lambda folder: draw(library, folder),
    )

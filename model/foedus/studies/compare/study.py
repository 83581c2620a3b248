"""A comparison from scenarios laid out in memory to a folder on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus import cases
from foedus.runs.study import Contents, exhibits, write
from foedus.studies.compare.contrasts import contrast_all
from foedus.studies.compare.tables import differences_table, fans_table
from foedus.studies.compare.text import contrasts_text
from foedus.studies.compare.trials import play_trials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foedus.cases import Case
    from foedus.simulation.world import Setup
    from foedus.studies.compare.contrasts import Contrasts, Wanted
    from foedus.studies.compare.trials import Trials


def compare_setups(
    setups: Sequence[Setup],
    *,
    trials: int,
    seed: int,
    threads: int | None = None,
    wanted: Wanted | None = None,
    fork: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Contrasts:
    """Play scenarios with common random numbers and set them against each other.

    Args:
        setups: The scenarios, laid out in memory, the base first; at least two.
        trials: Number of paired trials, to begin with.
        seed: Seed of all chance.
        threads: Number of threads; as many as there are cores if None.
        wanted: Which interval is to become how narrow; trials are added until it is.
        fork: Month in which they part, if they share their past; each is then set against each.
        progress: Called with the number of trials done in each step.

    Raises:
        FoedusError: They cannot be paired, or have no such measure.
    """

    def play(setup: Setup, first: int, count: int) -> Trials:
        return play_trials(
            setup, trials=count, seed=seed, first=first, threads=threads, progress=progress
        )

    return contrast_all(
        setups,
        play,
        seed=seed,
        trials=trials,
        wanted=wanted,
        every_pair=fork is not None,
        fork=fork,
    )


def write_comparison(
    comparison: Contrasts,
    out: Path | str,
    *,
    case: Case | None = None,
    draw: Callable[[Path], object] | None = None,
) -> str:
    """Write a comparison into a new folder of its own; its place.

    Args:
        comparison: What came out.
        out: Folder in which the new one is made.
        case: Whose parameters they were; the usual case if None.
        draw: Draws the figures into a folder that exists; none if None.

    Raises:
        FoedusError: It cannot be written.
    """
    origin = comparison.provenance
    kind = "compare" if comparison.fork is None else "fork"

    def fill(folder: Path) -> Contents:
        return exhibits(
            folder,
            origin,
            scenarios=comparison.scenarios,
            tables={"differences": differences_table(comparison), "fans": fans_table(comparison)},
            text=contrasts_text(comparison),
            draw=draw,
        )

    name = f"{kind}-{comparison.base.name}"
    return write(out, kind, origin, fill, name=name, case=cases.load(case).reference)

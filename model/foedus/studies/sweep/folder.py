"""The folder of a sweep: what identifies it, and what is written into it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from foedus.runs.provenance import identity_of, provenance_of, sha256
from foedus.runs.run_folder import now_utc
from foedus.runs.unfinished import Unfinished
from foedus.studies.folders import about_study, fill_folder, folder_name
from foedus.studies.sweep.tables import points_table, results_table
from foedus.studies.sweep.text import sweep_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foedus.simulation.world import Setup
    from foedus.studies.sweep.design import Plan
    from foedus.studies.sweep.study import Sweep
    from foedus.telling.difference import Measure


def sweep_digest(base: Setup, plan: Plan, trials: int, seed: int) -> str:
    """SHA-256 of all that decides the results of a sweep."""
    origin = provenance_of(base, trials, seed)
    content = [origin.digest, identity_of(base).digest, plan.design, list(plan.points)]
    return sha256(json.dumps(content, sort_keys=True).encode())


def fill_sweep(
    folder: Path,
    sweep: Sweep,
    base: Setup,
    measure: Measure,
    *,
    created: str,
    draw: Callable[[Path], object] | None = None,
) -> str | None:
    """Write a sweep into a folder that exists.

    Args:
        folder: Where.
        sweep: What came out.
        base: The scenario as written, laid out in memory.
        measure: What text and figures show.
        created: When it was begun, as ISO 8601.
        draw: Draws the figures into a folder that exists; none if None.

    Returns:
        What could not be written of text and figures, in words; None if nothing is lacking.
    """
    scenario = base.scenario
    return fill_folder(
        folder,
        "sweep",
        provenance_of(base, sweep.trials, sweep.seed),
        scenarios=[scenario],
        tables={"results": results_table(sweep), "points": points_table(sweep)},
        text=sweep_text(sweep, scenario.title, measure),
        draw=draw,
        about={
            "created": created,
            "design": sweep.plan.design,
            "factors": list(sweep.plan.factors),
            "points": len(sweep.plan.points),
            "failed": len(sweep.errors),
        },
    )


def write_sweep(
    sweep: Sweep,
    base: Setup,
    measure: Measure,
    out: Path | str,
    *,
    draw: Callable[[Path], object] | None = None,
) -> str:
    """Write a sweep that is in memory into a new folder of its own; its place.

    Args:
        sweep: What came out.
        base: The scenario as written, laid out in memory.
        measure: What text and figures show.
        out: Folder in which the new one is made.
        draw: Draws the figures into a folder that exists; none if None.

    Raises:
        FoedusError: It cannot be written.
    """
    made = now_utc()
    digest = sweep_digest(base, sweep.plan, sweep.trials, sweep.seed)
    name = folder_name("sweep", base.scenario.name, digest, made)
    created = made.isoformat(timespec="seconds")
    about = about_study("sweep", provenance_of(base, sweep.trials, sweep.seed))
    with Unfinished.begin(out, name, about) as work:
        try:
            return work.finish(
                lambda folder: fill_sweep(folder, sweep, base, measure, created=created, draw=draw)
            )
        except BaseException:
            work.discard()
            raise

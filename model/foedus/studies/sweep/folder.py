"""The folder of a sweep: what identifies it, and what is written into it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from foedus.runs.provenance import identity_of, provenance_of, sha256
from foedus.runs.study import Contents, exhibits
from foedus.studies.sweep.tables import points_table, results_table
from foedus.studies.sweep.text import sweep_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foedus.simulation.world import Setup
    from foedus.studies.sweep.design import Plan
    from foedus.studies.sweep.study import Sweep
    from foedus.telling.difference import Measure

KIND = "sweep"


def sweep_digest(base: Setup, plan: Plan, trials: int, seed: int) -> str:
    """SHA-256 of all that decides the results of a sweep."""
    origin = provenance_of(base, trials, seed)
    content = [origin.digest, identity_of(base).digest, plan.design, list(plan.points)]
    return sha256(json.dumps(content, sort_keys=True).encode())


def asked_for(base: Setup, plan: Plan, trials: int, seed: int) -> dict[str, Any]:
    """What a sweep is begun with, as `runs.study.begin` takes it."""
    design = sweep_digest(base, plan, trials, seed)
    return {
        "origin": provenance_of(base, trials, seed),
        "identity": identity_of(base),
        "case": base.case.reference,
        "name": f"{KIND}-{base.scenario.name}",
        "digest": design,
        "design": design,
        "scenario": base.scenario.to_yaml(),
        "plan": asdict(plan),
    }


def fill_sweep(
    folder: Path,
    sweep: Sweep,
    base: Setup,
    measure: Measure,
    draw: Callable[[Path], object] | None,
) -> Contents:
    """Write a sweep into a folder that exists.

    Args:
        folder: Where.
        sweep: What came out.
        base: The scenario as written, laid out in memory.
        measure: What text and figures show.
        draw: Draws the figures into a folder that exists; none if None.
    """
    scenario = base.scenario
    return exhibits(
        folder,
        provenance_of(base, sweep.trials, sweep.seed),
        scenarios=[scenario],
        tables={"results": results_table(sweep), "points": points_table(sweep)},
        text=sweep_text(sweep, scenario.title, measure),
        draw=draw,
        about={
            "design": sweep.plan.design,
            "factors": list(sweep.plan.factors),
            "points": len(sweep.plan.points),
            "failed": len(sweep.errors),
        },
    )

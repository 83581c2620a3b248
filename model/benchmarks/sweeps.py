"""What a trial costs inside a sweep, against the same number of trials of one scenario."""

from __future__ import annotations

from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import peers
from timing import Timing, interleave

from foedus.runs.storage.unfinished import Unfinished
from foedus.simulation.loading import load_setup
from foedus.studies.sweep.design import Plan
from foedus.studies.sweep.points import Layout
from foedus.studies.sweep.study import play_sweep

if TYPE_CHECKING:
    from foedus.scenarios.language.choices import SettingValue

AIM: Final = 1.25
"""A trial of a sweep against one of a single scenario, both in processor time on one thread."""

SHAPES: Final = ((20, 100), (4, 500), (2, 1_000))
"""Points and trials a point; every sweep plays as many trials as the others."""

BASE: Final = "one scenario"


class Job(NamedTuple):
    """A sweep that is laid out and waits to be played."""

    layout: Layout
    plan: Plan
    trials: int

    def play(self) -> None:
        """Play it whole, as the command does: points, statistics, pieces on disk."""
        with (
            TemporaryDirectory() as folder,
            Unfinished.begin(folder, "sweep", {"kind": "sweep"}) as work,
        ):
            play_sweep(self.layout, self.plan, work, trials=self.trials, seed=peers.SEED, threads=1)


def run(scenario: str, rounds: int, scale: float) -> dict[str, Any]:
    """Time sweeps of several shapes and one scenario in turns.

    The points of a sweep are compared with the scenario as written, which is played, too: it
    counts as one more point.
    """
    jobs: dict[str, tuple[int, Any]] = {}
    for points, trials in SHAPES:
        each = max(20, int(trials * scale))
        plan = _plan(points)
        job = Job(Layout(partial(load_setup, scenario, "record"), plan.points), plan, each)
        jobs[f"sweep, {trials:,} trials a point"] = ((points + 1) * each, job.play)
    many = max(20, int(SHAPES[0][0] * SHAPES[0][1] * scale))
    setup = job.layout.base
    jobs[BASE] = (many, lambda: peers.ensemble(setup, many, 1))
    timings = interleave(jobs, rounds)
    targets = _targets(timings)
    print(f"\n{'a trial of':<42}{'cpu us':>12}")
    for name, timing in timings.items():
        print(f"{name:<42}{1e6 * timing.work:>12.1f}")
    for target in targets:
        said = "met" if target["met"] else "MISSED"
        print(f"{target['name']:<48}{target['measured']:>10.2f}   <= {AIM:g}  {said}")
    return {
        "trials": {name: round(1e6 * each.work, 2) for name, each in timings.items()},
        "targets": targets,
    }


def _plan(points: int) -> Plan:
    rows: list[dict[str, SettingValue]] = [
        {"drivers.war": round(float(each), 3)} for each in np.linspace(0.1, 0.9, points)
    ]
    return Plan("list", ("drivers.war",), tuple(rows))


def _targets(timings: dict[str, Timing]) -> list[dict[str, Any]]:
    base = timings[BASE].work
    found = []
    for name, timing in timings.items():
        if name != BASE:
            ratio = timing.work / base
            found.append(
                {
                    "name": f"{name} / one scenario",
                    "measured": ratio,
                    "sign": "<=",
                    "aim": AIM,
                    "met": ratio <= AIM,
                }
            )
    return found

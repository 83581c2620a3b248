"""All engines on the same scenario, side by side, against the targets."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import peers
from c_kernel import CKernel, build, compiler
from timing import Timing, interleave

from foedus.simulation.loading import load_setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.simulation.world import Setup

    type Jobs = dict[str, tuple[int, Callable[[], object]]]

TIGHT = 1e-12


class Target(NamedTuple):
    """A ratio that is aimed at."""

    name: str
    measured: float
    sign: str
    aim: float

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.measured >= self.aim if self.sign == ">=" else self.measured <= self.aim


def run(scenario: str, rounds: int, scale: float) -> dict[str, Any]:
    """Check that all engines agree, time them in turns, and hold the ratios to the targets.

    Args:
        scenario: Name of a bundled scenario.
        rounds: Rounds in which every engine has its turn.
        scale: Multiplies the work of a round.
    """
    setup = load_setup(scenario)
    with TemporaryDirectory() as folder:
        kernels = _kernels(setup, Path(folder))
        _check(setup, scenario, kernels)
        threats = peers.ThreatPeers(setup, int(400 * scale), Path(folder)) if kernels else None
        jobs = _jobs(setup, scenario, kernels, scale)
        if threats is not None:
            jobs |= {
                "threats only, Numba": (threats.trials, threats.numba),
                "threats only, scalar C": (threats.trials, threats.scalar_c),
                "threats only, NumPy over trials": (threats.trials, threats.numpy),
            }
        timings = interleave(jobs, rounds)
    targets = _targets(timings)
    _print(timings, targets)
    return {
        "scenario": scenario,
        "rounds": rounds,
        "engines": {name: _figures(each) for name, each in timings.items()},
        "targets": [{**each._asdict(), "met": each.met} for each in targets],
    }


def _kernels(setup: Setup, folder: Path) -> dict[str, CKernel]:
    """The C kernel in the ensemble's records and in exact ones; none without a compiler."""
    if compiler() is None:
        print("there is no C compiler: the practical limit is left out", file=sys.stderr)
        return {}
    exact = peers.exact_room(setup)
    (folder / "padded").mkdir()
    (folder / "exact").mkdir()
    return {
        "padded": CKernel(build(setup.room, folder / "padded"), setup, peers.SEED),
        "exact": CKernel(build(exact.room, folder / "exact"), exact, peers.SEED),
    }


def _check(setup: Setup, scenario: str, kernels: dict[str, CKernel]) -> None:
    """All engines agree on where some trials end, or nothing is timed."""
    ends = peers.ensemble(setup, 6, 2)
    found = {
        "batch_run": np.array(list(peers.batch(scenario, 6).values())),
        "Mesa": np.array(peers.mesa_trials(setup, 6)),
    }
    if kernels:
        found["C"] = kernels["padded"].run(0, 6)[0]
        # In exact records everything stands at its mode, so it is compared with its like.
        modes = replace(setup, uncertain=())
        gap = np.abs(kernels["exact"].run(0, 6)[0] - peers.ensemble(modes, 6, 1)).max()
        found["C, exact records"] = ends + gap
    gaps = {name: float(np.abs(each - ends).max()) for name, each in found.items()}
    for name, gap in gaps.items():
        if gap > TIGHT:
            sys.exit(f"{name} differs from the ensemble by {gap:g}; nothing was timed")
    print(f"all engines agree to within {max(gaps.values()):g} on 6 trials\n")


def _jobs(setup: Setup, scenario: str, kernels: dict[str, CKernel], scale: float) -> Jobs:
    few, some, many = max(2, int(8 * scale)), max(2, int(10 * scale)), int(2000 * scale)
    modes = peers.exact_room(setup)
    jobs: Jobs = {
        "Mesa batch_run, 1 process": (few, lambda: peers.batch(scenario, few)),
        "Mesa batch_run, 2 processes": (8 * few, lambda: peers.batch(scenario, 8 * few, 2)),
        "Mesa model, read once": (some, lambda: peers.mesa_trials(setup, some)),
        "rules on Mesa's objects, no agent sets": (some, lambda: peers.bare_trials(setup, some)),
        "ensemble, 1 thread": (many, lambda: peers.ensemble(setup, many, 1)),
        "ensemble, 2 threads": (2 * many, lambda: peers.ensemble(setup, 2 * many, 2)),
        "ensemble, months not counted": (
            many,
            lambda: peers.block(setup, many, histograms=False),
        ),
        "ensemble, months counted": (many, lambda: peers.block(setup, many)),
        "ensemble, every path kept": (many, lambda: peers.block(setup, many, sample=many)),
        "ensemble, exact records": (many, lambda: peers.block(modes, many)),
    }
    if kernels:
        padded, exact = kernels["padded"], kernels["exact"]
        jobs |= {
            "scalar C, the ensemble's records": (many, lambda: padded.run(0, many)),
            "scalar C, exact records": (many, lambda: exact.run(0, many)),
            "scalar C, 2 threads": (2 * many, lambda: _two(padded, many)),
        }
    return jobs


def _two(kernel: CKernel, trials: int) -> None:
    threads = [Thread(target=kernel.run, args=(first, trials)) for first in (0, trials)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _targets(timings: dict[str, Timing]) -> list[Target]:
    wall = {name: each.median for name, each in timings.items()}
    work = {name: each.work for name, each in timings.items()}
    one, two = "ensemble, 1 thread", "ensemble, 2 threads"
    counted, plain = "ensemble, months counted", "ensemble, months not counted"
    mesa, bare = "Mesa model, read once", "rules on Mesa's objects, no agent sets"
    batch = "Mesa batch_run, {}"
    one_process, two_processes = batch.format("1 process"), batch.format("2 processes")
    found = [
        Target("batch_run(1) / ensemble on 2 threads", wall[one_process] / wall[two], ">=", 120),
        Target("batch_run(2) / ensemble on 2 threads", wall[two_processes] / wall[two], ">=", 60),
        Target("Mesa model read once / ensemble on 2 threads", wall[mesa] / wall[two], ">=", 100),
        Target("ensemble, 1 thread / 2 threads", wall[one] / wall[two], ">=", 1.8),
        Target("months counted / not counted", work[counted] / work[plain], "<=", 1.2),
        Target("Mesa model / rules on bare objects", work[mesa] / work[bare], "<=", 1.3),
    ]
    if "scalar C, exact records" in work:
        snug = "ensemble, exact records"
        c, exact = work["scalar C, the ensemble's records"], work["scalar C, exact records"]
        found += [
            Target(
                "ensemble / scalar C, both exact",
                work[snug] / exact,
                "<=",
                1.5,
            ),
            Target("ensemble / scalar C, the same records", work[counted] / c, "<=", 1.5),
            Target("ensemble / scalar C in exact records", work[counted] / exact, "<=", 1.9),
        ]
    return found


def _figures(timing: Timing) -> dict[str, Any]:
    return {
        "units": timing.units,
        "wall_us": round(1e6 * timing.median, 2),
        "least_wall_us": round(1e6 * timing.least, 2),
        "cpu_us": round(1e6 * timing.work, 2),
        "noisy": timing.noisy,
    }


def _print(timings: dict[str, Timing], targets: list[Target]) -> None:
    print(f"{'engine':<42}{'us a trial':>12}{'(least)':>12}{'cpu':>12}")
    for name, each in timings.items():
        noisy = "  noisy" if each.noisy else ""
        row = f"{1e6 * each.median:>12.1f}{1e6 * each.least:>12.1f}{1e6 * each.work:>12.1f}"
        print(f"{name:<42}{row}{noisy}")
    print(f"\n{'ratio':<48}{'measured':>10}{'aim':>10}")
    for target in targets:
        said = f"{target.measured:>10.2f}{target.sign + ' ' + format(target.aim, 'g'):>10}"
        print(f"{target.name:<48}{said}  {'met' if target.met else 'MISSED'}")

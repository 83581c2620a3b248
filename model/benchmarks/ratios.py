"""How many times faster the ensemble is than the same scenario through Mesa's `batch_run`.

Run from the root of the checkout: ``.venv/bin/python model/benchmarks/ratios.py``. Engines take
turns, round by round, in one process, on a machine that may be busy: the ratios of medians matter,
the seconds do not. That all give the same numbers is checked before anything is timed.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import mesa
import numpy as np

from foedus.engines.alliance_model import AllianceModel
from foedus.engines.ensemble import available_cores, run_ensemble
from foedus.engines.loading import load_setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.engines.world import Setup

SEED = 1
NOISY = 1.3
"""Ratio of median to minimum from which a round says more about the machine than about us."""


def main() -> None:
    """Check, time and print."""
    options = _parser().parse_args()
    setup = load_setup(options.scenario)
    _check_equal(setup, options.scenario)
    mesa_trials, trials = options.mesa_trials, options.trials
    engines: dict[str, tuple[int, Callable[[], object]]] = {
        "Mesa batch_run, 1 process": (mesa_trials, lambda: _batch(options.scenario, mesa_trials)),
        "Mesa model, read once": (mesa_trials, lambda: _loop(setup, mesa_trials)),
        "ensemble, 1 thread": (trials, lambda: _ensemble(setup, trials, 1)),
        "ensemble, 2 threads": (trials, lambda: _ensemble(setup, trials, 2)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(options.rounds):
        for name, (count, run) in engines.items():
            started = time.perf_counter()
            run()
            seconds[name].append((time.perf_counter() - started) / count)
    _print_table(seconds, options.scenario, options.rounds)
    _print_start_up()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scenario", default="prolonged-ukraine-war")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--trials", type=int, default=2000, help="trials a round of the ensemble")
    parser.add_argument("--mesa-trials", type=int, default=20, help="trials a round of Mesa")
    return parser


def _batch(scenario: str, trials: int) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = mesa.batch_run(
        AllianceModel,
        {"scenario_file": scenario, "trial": list(range(trials))},
        rng=[SEED],
        number_processes=1,
        display_progress=False,
    )
    return rows


def _loop(setup: Setup, trials: int) -> None:
    """The Mesa model without reading the scenario anew for every trial, as `batch_run` must."""
    for trial in range(trials):
        model = AllianceModel.from_setup(setup, seed=SEED, trial=trial)
        while model.running:
            model.step()


def _ensemble(setup: Setup, trials: int, threads: int) -> object:
    return run_ensemble(setup, trials=trials, seed=SEED, threads=threads, sample=0)


def _check_equal(setup: Setup, scenario: str) -> None:
    """Both engines agree on where some trials end, or nothing is timed."""
    run = run_ensemble(setup, trials=4, seed=SEED)
    ends = {row["trial"]: row["cohesion"] for row in _batch(scenario, 4)}
    gap = max(abs(ends[trial] - run.outcomes["cohesion_end"][trial]) for trial in range(4))
    if gap > 1e-12:
        sys.exit(f"the engines differ by {gap:g}; nothing was timed")
    print(f"equal to within {gap:g} on 4 trials\n")


def _print_table(seconds: dict[str, list[float]], scenario: str, rounds: int) -> None:
    print(f"{scenario}; {rounds} interleaved rounds; {platform.processor() or platform.machine()},")
    print(
        f"{available_cores()} cores, Python {platform.python_version()}, NumPy {np.__version__}\n"
    )
    print(f"{'engine':<28}{'ms a trial':>12}{'(min)':>10}{'faster than batch_run':>24}")
    base = statistics.median(seconds["Mesa batch_run, 1 process"])
    for name, taken in seconds.items():
        median, least = statistics.median(taken), min(taken)
        noisy = "  noisy" if median / least > NOISY else ""
        ratio = f"{base / median:.0f}x"
        print(f"{name:<28}{1e3 * median:>12.3f}{1e3 * least:>10.3f}{ratio:>24}{noisy}")


def _print_start_up() -> None:
    """A whole command against the import of Mesa, each in a fresh process, taking turns."""
    run = [sys.executable, "-m", "foedus", "run", "baseline", "--no-figures", "--out", "runs"]
    ours, theirs = [], []
    for _ in range(3):
        ours.append(_wall(run))
        theirs.append(_wall([sys.executable, "-c", "import mesa"]))
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(
        f"\nfoedus run baseline --no-figures (1,000 trials): {statistics.median(ours):.2f} s; "
        f"import mesa: {statistics.median(theirs):.2f} s; ratio {ratio:.1f}"
    )


def _wall(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

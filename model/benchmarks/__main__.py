"""Time the engines against their peers: ``.venv/bin/python model/benchmarks``.

Engines take turns, round by round, on a machine that may be busy: ratios of medians matter, seconds
do not. That all engines give the same numbers is checked before anything is timed. The results go
into `results.json`, and with ``--write`` into the tables of `README.md` and the figure beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import growth
import lanes
import ratios
import start_up
import sweeps
import tables

HERE = Path(__file__).parent
PARTS = ("ratios", "sweeps", "growth", "start-up")
ASKED_PARTS = ("lanes", "million")
"""What is done only when it is asked for: a bound on what lanes could gain; many minutes."""


def main() -> None:
    """Measure what was asked for, print it and keep it."""
    options = _parser().parse_args()
    kept = HERE / "results.json"
    results: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    results["machine"] = machine()
    if "ratios" in options.only:
        results["ratios"] = ratios.run(options.scenario, options.rounds, options.scale)
    if "sweeps" in options.only:
        results["sweeps"] = sweeps.run(options.scenario, options.rounds, options.scale)
    if "growth" in options.only:
        results["growth"] = growth.run(options.scenario, options.rounds, options.scale)
    if "start-up" in options.only:
        results["start_up"] = start_up.run(options.rounds)
    if "lanes" in options.only:
        results["lanes"] = lanes.run(options.scenario, options.rounds)
    if "million" in options.only:
        results["million"] = growth.long_runs(options.scenario)
    if options.write:
        kept.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        tables.write(results, HERE / "README.md")
        if "growth" in results:
            long = results.get("million", {}).get("commands", [])
            growth.draw(results["growth"], long, HERE / "growth.png")


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "python": platform.python_version(),
        "system": platform.system(),
        "load at the end (1, 5, 15 minutes)": load,
        **{name: version(name) for name in ("numpy", "numba", "mesa")},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--scenario", default="prolonged-ukraine-war")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the work of a round")
    parser.add_argument("--only", nargs="+", choices=(*PARTS, *ASKED_PARTS), default=PARTS)
    parser.add_argument("--write", action="store_true", help="keep results, tables and figure")
    return parser


if __name__ == "__main__":
    main()

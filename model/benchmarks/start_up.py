"""Whole commands in fresh processes: what one waits for before and around the trials."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

AIM = 1.0
"""A cold run of 1,000 trials against the import of Mesa alone, both in processor time."""


class Cost(NamedTuple):
    """Median seconds of a command."""

    wall: float
    cpu: float


def run(rounds: int) -> dict[str, Any]:
    """Time each command in turns; the compilation once."""
    with TemporaryDirectory() as folder:
        play = ["-m", "foedus", "run", "baseline", "--no-figures", "--out", folder]
        commands = {
            "python -c pass": ["-c", "pass"],
            "foedus --help": ["-m", "foedus", "--help"],
            "import mesa": ["-c", "import mesa"],
            "import numba": ["-c", "import numba"],
            "foedus run, 1,000 trials, no figures": play,
        }
        _cost(play, {})
        found: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, words in commands.items():
                found[name].append(_cost(words, {}))
        first = _cost([*play, "--trials", "2"], {"FOEDUS_CACHE": f"{folder}/cache"})
    costs = {name: _median(each) for name, each in found.items()}
    costs["first run ever, with the compilation"] = first
    print(f"\n{'command':<42}{'wall s':>10}{'cpu s':>10}")
    for name, cost in costs.items():
        print(f"{name:<42}{cost.wall:>10.2f}{cost.cpu:>10.2f}")
    ratio = costs["foedus run, 1,000 trials, no figures"].cpu / costs["import mesa"].cpu
    met = "met" if ratio <= AIM else "MISSED"
    print(f"\nfoedus run / import mesa{ratio:>34.2f}   <= {AIM:g}  {met}")
    return {
        "commands": {name: cost._asdict() for name, cost in costs.items()},
        "targets": [
            {
                "name": "foedus run of 1,000 trials / import mesa",
                "measured": ratio,
                "sign": "<=",
                "aim": AIM,
                "met": ratio <= AIM,
            }
        ],
    }


def _cost(words: list[str], environment: dict[str, str]) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = os.times().elapsed
    command = [sys.executable, *words]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(os.times().elapsed - started, cpu)


def _median(costs: list[Cost]) -> Cost:
    walls, cpus = zip(*costs, strict=True)
    return Cost(statistics.median(walls), statistics.median(cpus))

"""What a trial costs as there are more trials, members and months."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import peers
from timing import interleave

from foedus.simulation.loading import load_setup
from foedus.simulation.tape import luck

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.simulation.world import Setup

MEMBERS = (6, 12, 30, 60, 200)
MONTHS = (12, 60, 120, 240, 600)
TRIALS = (100, 1_000, 10_000, 100_000)
LONG = (10_000, 1_000_000)
FLAT = 1.5
"""Most that memory may grow from ten thousand trials to a million to be called flat: judgement."""


class Place(NamedTuple):
    """Where a number stands beside its point: offset in points, and its own edge there."""

    offset: tuple[int, int]
    align: str


LEFT, RIGHT, BELOW = Place((-4, 6), "right"), Place((4, 6), "left"), Place((0, -15), "center")


def run(scenario: str, rounds: int, scale: float) -> dict[str, Any]:
    """Microseconds a trial along three axes, and the peak memory of whole commands."""
    setup = load_setup(scenario)
    modes = replace(setup, uncertain=())
    trials = max(20, int(300 * scale))
    found: dict[str, Any] = {
        "members": _axis(MEMBERS, lambda n: enlarged(modes, n), trials, rounds),
        "months": _axis(MONTHS, lambda n: prolonged(modes, n), trials, rounds),
        "trials": _trials(setup, rounds, scale),
        "commands": [_command(scenario, n) for n in TRIALS if n <= 100_000 * scale],
    }
    for name in ("members", "months", "trials"):
        print(f"\n{name:>10}{'us a trial':>14}")
        for size, cost in found[name].items():
            print(f"{size:>10}{cost:>14.1f}")
    _print_commands(found["commands"])
    return found


def long_runs(scenario: str) -> dict[str, Any]:
    """Whole commands of ten thousand and of a million trials: is memory flat, and time linear?"""
    commands = [_command(scenario, trials) for trials in LONG]
    _print_commands(commands)
    few, many = commands
    memory = many["peak_mib"] / few["peak_mib"]
    per_trial = [each["processor_s"] / each["trials"] for each in commands]
    found = [
        ("peak memory, 1,000,000 / 10,000 trials", memory, FLAT),
        ("processor time a trial, 1,000,000 / 10,000 trials", per_trial[1] / per_trial[0], 1.0),
    ]
    targets = [
        {"name": name, "measured": ratio, "sign": "<=", "aim": aim, "met": ratio <= aim}
        for name, ratio, aim in found
    ]
    for name, ratio, aim in found:
        print(f"{name:<52}{ratio:>8.2f}   <= {aim:g}  {'met' if ratio <= aim else 'MISSED'}")
    return {"commands": commands, "targets": targets}


def _print_commands(found: list[dict[str, float]]) -> None:
    print(
        f"\n{'trials':>10}{'cpu s':>10}{'seconds':>10}{'peak MiB':>10}   whole command, no figures"
    )
    for each in found:
        times = f"{each['processor_s']:>10.1f}{each['seconds']:>10.1f}"
        print(f"{each['trials']:>10}{times}{each['peak_mib']:>10.0f}")


def _axis(
    sizes: tuple[int, ...], made: Callable[[int], Setup], trials: int, rounds: int
) -> dict[str, float]:
    setups = {size: made(size) for size in sizes}
    jobs = {
        str(size): (count, lambda s=each, n=count: peers.block(s, n))
        for size, each in setups.items()
        for count in (max(4, int(trials * sizes[0] / size)),)
    }
    return {name: 1e6 * each.work for name, each in interleave(jobs, rounds).items()}


def _trials(setup: Setup, rounds: int, scale: float) -> dict[str, float]:
    jobs = {
        str(n): (n, lambda n=n: peers.ensemble(setup, n, 1)) for n in TRIALS if n <= 20_000 * scale
    }
    return {name: 1e6 * each.work for name, each in interleave(jobs, rounds).items()}


def _command(scenario: str, trials: int) -> dict[str, float]:
    """A whole command in a process of its own: its time, greatest memory and folder (Linux only).

    It plays the scenario and its parent: twice the trials.
    """
    code = (
        "import sys, time; started = time.perf_counter()\n"
        "from pathlib import Path; from tempfile import TemporaryDirectory\n"
        "from foedus.cli import main\n"
        "import os; quiet = open(os.devnull, 'w'); told, sys.stdout = sys.stdout, quiet\n"
        "with TemporaryDirectory() as folder:\n"
        f"    words = ['run', '{scenario}', '--trials', '{trials}', '--no-figures']\n"
        "    main([*words, '--out', folder])\n"
        "    files = [each for each in Path(folder).rglob('*') if each.is_file()]\n"
        "    size = sum(each.stat().st_size for each in files)\n"
        "state = open('/proc/self/status').read()\n"
        "peak = state.partition('VmHWM:')[2].split()[0]\n"
        "passed = time.perf_counter() - started\n"
        "print(passed, time.process_time(), peak, size, file=told)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    seconds, processor, peak, size = map(float, done.stdout.split())
    return {
        "trials": trials,
        "seconds": round(seconds, 2),
        "processor_s": round(processor, 2),
        "peak_mib": round(peak / 1024.0, 1),
        "folder_mb": round(size / 1e6, 1),
    }


def prolonged(setup: Setup, months: int) -> Setup:
    """The same scenario over more or fewer months; drivers stay where they end."""
    rows = np.minimum(np.arange(months + 1), setup.paths.shape[0] - 1)
    resolved = setup.scenario
    scenario = resolved.scenario.model_copy(update={"horizon": months})
    return replace(
        setup,
        scenario=replace(resolved, scenario=scenario),
        paths=np.ascontiguousarray(setup.paths[rows]),
    )


def enlarged(setup: Setup, members: int) -> Setup:
    """The same scenario with copies of its members, which have luck of their own."""
    usual = int(setup.world[0]["n_members"])
    room = replace(setup.room, member=max(setup.room.member, members))
    larger = peers.with_room(setup, room)
    w = larger.world[0]
    w["n_members"] = members
    for i in range(usual, members):
        w["members"][i] = w["members"][i % usual]
        w["members"][i]["id"], w["members"][i]["luck"] = i, luck(f"copy {i}")
    for i in range(members):
        for j in range(usual, members):
            if i != j:
                w["members"][i]["tie"][j] = w["members"][i]["tie"][j % usual] or 0.5
    resolved = larger.scenario
    codes = tuple(f"M{i:03d}" for i in range(members))
    roster = replace(resolved.roster, members=codes)
    return replace(larger, scenario=replace(resolved, roster=roster))


def draw(found: dict[str, Any], long: list[dict[str, float]], path: Path) -> None:
    """Log-log figures of the cost along each axis; whole commands play their parent, too."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - only where a figure is drawn

    figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
    labels = {"members": "members", "months": "months played", "trials": "trials in a run"}
    for axis, (name, label) in zip(axes, labels.items(), strict=True):
        costs = {int(size): cost for size, cost in found[name].items()}
        _line(axis, costs, "#0072b2", BELOW if name == "trials" else LEFT)
        axis.set_xlabel(label)
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.margins(x=0.14)
    commands = {int(each["trials"]): each for each in [*found["commands"], *long]}
    whole = {size: 1e6 * each["processor_s"] / size for size, each in commands.items()}
    _line(axes[2], whole, "#d55e00", RIGHT)
    axes[2].set_ylim(60, 40_000)
    words = {"fontsize": 9, "transform": axes[2].transAxes}
    axes[2].text(
        0.97,
        0.93,
        "whole command: start, both scenarios, tables",
        ha="right",
        color="#a04000",
        **words,
    )
    axes[2].text(0.03, 0.05, "trials alone, one scenario", color="#0072b2", **words)
    axes[0].set_ylabel("processor time a trial, microseconds")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _line(axis: Any, costs: dict[int, float], colour: str, beside: Place) -> None:
    axis.loglog(list(costs), list(costs.values()), marker="o", color=colour)
    for size, cost in costs.items():
        where = {"xytext": beside.offset, "ha": beside.align}
        axis.annotate(f"{cost:,.0f}", (size, cost), textcoords="offset points", **where)
    axis.set_ylim(min(costs.values()) / 2, max(costs.values()) * 2.5)

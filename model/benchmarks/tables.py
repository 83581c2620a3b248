"""The tables of `README.md`, written from the results between their markers."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def write(results: dict[str, Any], path: Path) -> None:
    """Put every table for which there are results between its markers."""
    text = path.read_text(encoding="utf-8")
    made = {"machine": _machine(results["machine"])}
    if "ratios" in results:
        made["engines"] = _engines(results["ratios"])
        made["targets"] = _targets(results)
    if "growth" in results:
        long = results.get("million", {}).get("commands", [])
        every = {each["trials"]: each for each in [*results["growth"]["commands"], *long]}
        made["commands"] = _commands(list(every.values()))
    if "lanes" in results:
        made["lanes"] = _lanes(results["lanes"])
    if "sweeps" in results:
        made["sweeps"] = _sweeps(results["sweeps"]["trials"])
    if "start_up" in results:
        made["start-up"] = _start_up(results["start_up"]["commands"])
    for name, table in made.items():
        marked = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text = re.sub(marked, partial(_filled, table), text, flags=re.DOTALL)
    path.write_text(text, encoding="utf-8")


def _filled(table: str, marks: re.Match[str]) -> str:
    return f"{marks[1]}{table}\n{marks[2]}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def _machine(machine: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in machine.items()) + "."


def _engines(found: dict[str, Any]) -> str:
    rows = [
        [
            name + (" (noisy)" if each["noisy"] else ""),
            f"{each['wall_us']:,.1f}",
            f"{each['least_wall_us']:,.1f}",
            f"{each['cpu_us']:,.1f}",
        ]
        for name, each in found["engines"].items()
    ]
    head = ["engine", "clock, median (us a trial)", "clock, least", "processor, median"]
    return _table(head, rows)


def _targets(results: dict[str, Any]) -> str:
    parts = ("ratios", "sweeps", "start_up", "million")
    every = [each for part in parts for each in results.get(part, {}).get("targets", [])]
    rows = [
        [
            each["name"],
            f"{each['measured']:.2f}" if each["measured"] < 10 else f"{each['measured']:.0f}",
            f"{each['sign']} {each['aim']:g}",
            "yes" if each["met"] else "**no**",
        ]
        for each in every
    ]
    return _table(["ratio", "measured", "aim", "met"], rows)


def _commands(found: list[dict[str, float]]) -> str:
    rows = [
        [
            f"{each['trials']:,.0f}",
            f"{each['processor_s']:,.1f}",
            f"{each['seconds']:,.1f}",
            f"{each['peak_mib']:,.0f}",
            f"{each['folder_mb']:,.0f}",
        ]
        for each in found
    ]
    head = ["trials", "processor time, s", "clock, s", "peak memory, MiB", "run folder, MB"]
    return _table(head, rows)


def _lanes(found: dict[str, Any]) -> str:
    rows = [
        [name.replace("_", " "), *(f"{each[key]:,.1f}" for key in each)]
        for name, each in found["operations"].items()
    ]
    head = ["operation", "times a trial", "one by one, ns", "in lanes, ns"]
    share, trial = found["bound"], found["trial_us"]
    words = f"Together at most {share:.0%} of the {trial:.0f} us that a trial took."
    return f"{_table(head, rows)}\n\n{words}"


def _sweeps(found: dict[str, float]) -> str:
    rows = [[name, f"{cost:,.1f}"] for name, cost in found.items()]
    return _table(["a trial of", "processor time, us"], rows)


def _start_up(found: dict[str, dict[str, float]]) -> str:
    rows = [
        [f"`{name}`", f"{each['wall']:.2f}", f"{each['cpu']:.2f}"] for name, each in found.items()
    ]
    return _table(["command", "clock, s", "processor, s"], rows)

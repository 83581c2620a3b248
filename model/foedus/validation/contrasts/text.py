"""The table of contrasts for people: on a terminal, and in the README of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from foedus.telling.console import say, section, tell
from foedus.telling.numbers import UNITS, change, change_range, value
from foedus.validation.contrasts import table
from foedus.validation.contrasts.playing import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from foedus.cases import Case
    from foedus.validation.contrasts.playing import Played
    from foedus.validation.contrasts.reading import Contrasts

LEGEND: Final = (
    "Below each change stand the measure in both scenarios (a level, trials in a hundred or a "
    "number per trial) and the mean difference with its 90 % interval. A contrast holds if the "
    "difference has the sign of the claim, is discovered among all that were played, and is larger "
    "than the smallest that matters. Sizes are brought to the unit of the claim; the intervals "
    "that they are held to are the coder's priors, not figures of the articles."
)


def print_table(contrasts: Contrasts, played: Sequence[Played]) -> None:
    """Print all that was played, failures first, and the totals."""
    found = table.rows(contrasts, played, whole=False)
    tell(lambda console: _render(console, found))


def _render(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    for verdict in VERDICTS:
        those = [row for row in found if row["verdict"] == verdict]
        if not those:
            continue
        grid = Table.grid(padding=(0, 2))
        for row in those:
            grid.add_row(row["claim"], "\n".join([row["change"], _numbers(row), *_cause(row)]))
        section(f"{verdict[0].upper()}{verdict[1:]} ({len(those)})", grid, console)
    console.print()
    say(LEGEND, console)
    console.print()
    console.print(Text(table.totals(found), style="bold"))


def _numbers(row: Mapping[str, Any]) -> str:
    """What is measured, and what came out."""
    kind: Any = row["unit"]
    arms = f"{value(row['from'], kind)} to {value(row['to'], kind)}"
    ends = change_range(row["difference"], row["low"], row["high"], kind)
    size = "" if row["coded_low"] == "" else f"; size {_size(row)}"
    return f"{row['measure']}, month {row['month']}, {row['sign']}: {arms}, {ends}{size}"


def _cause(row: Mapping[str, Any]) -> list[str]:
    """The line that says why a contrast fails; none of one that holds."""
    if row["verdict"] not in table.FAILURES:
        return []
    return [row["failure"] or "It fails, and no line «failure» in the file says why."]


def _size(row: Mapping[str, Any]) -> str:
    """The size and the coded interval, in the unit of the claim."""
    where = "inside" if str(row["inside"]) == "True" else "outside"
    low, high = float(row["coded_low"]), float(row["coded_high"])
    return f"{change(float(row['size']), 'level')} {where} {low:g} to {high:g}"


def block(case: Case) -> str:
    """The kept table for the README, failures first."""
    found, origin = table.read_kept(case), table.read_origin(case)
    played = [row for row in found if row["verdict"] in VERDICTS]
    rules = origin["rests_on"]["rules"][:12]
    lines = [
        f"Parameters `{origin['parameters']}`, {origin['trials']:,} trials of every scenario, "
        f"seed {origin['seed']}, foedus {origin['foedus']}, rules `{rules}`; made on "
        f"{origin['date']}.",
        "",
        f"**{table.totals(found)}.** {len(found) - len(played)} claims are no contrast.",
        "",
        "| Claim | | What changes | What must answer | Difference | Size | Coded |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in played:
        unit: Any = row["unit"]
        verdict = row["verdict"] if row["verdict"] == "holds" else f"**{row['verdict']}**"
        mean, low, high = (float(row[key]) for key in ("difference", "low", "high"))
        change_of = "<br>".join([row["change"], *(f"*{line}*" for line in _cause(row))])
        size, coded = "", ""
        if row["size"]:
            size = change(float(row["size"]), "level")
            size = size if row["inside"] == "True" else f"{size}, outside"
            coded = f"{float(row['coded_low']):g} to {float(row['coded_high']):g}"
        lines.append(
            f"| {row['claim']} | {verdict} | {change_of} | {row['measure']}, month "
            f"{row['month']}: {row['sign']} | {change_range(mean, low, high, unit)}"
            f"{UNITS[unit].name} | {size} | {coded} |"
        )
    return "\n".join(lines)

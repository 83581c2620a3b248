"""A sweep as text: what was varied, what failed, and how far one metric moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from rich.text import Text

from foedus.scenarios.language.choices import label_of
from foedus.telling.console import plain_text, say, section, tell, text_table
from foedus.telling.numbers import NONE, UNITS, change_range, trials, value, value_range

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.scenarios.language.choices import SettingValue
    from foedus.studies.sweep.study import Sweep
    from foedus.telling.difference import Measure

MOST_POINTS: Final = 24
"""Points that a terminal shows: those with the greatest change, either way."""

MOST_ERRORS: Final = 5


def print_sweep(found: Sweep, title: str, measure: Measure, place: str) -> None:
    """Print a sweep to standard output."""
    tell(lambda console: render(found, title, measure, console), "Sweep", place)


def sweep_text(found: Sweep, title: str, measure: Measure) -> str:
    """The same without colours; equal for equal sweeps."""
    return plain_text(lambda console: render(found, title, measure, console))


def render(found: Sweep, title: str, measure: Measure, console: Console) -> None:
    """Print the whole sweep on a console."""
    plan = found.plan
    console.print(Text(title, style="bold"))
    console.print(
        f"{plan.design} of {len(plan.points):,} points over {', '.join(plan.factors)}; "
        f"{trials(found.trials)} per point with common random numbers, seed {found.seed}",
        markup=False,
    )
    m = found.measures.index(measure)
    moved = found.values["change"][:, m]
    known = np.flatnonzero(~np.isnan(moved))
    # One factor reads as a curve, in the order of its values; several as a ranking.
    curve = len(plan.factors) == 1 and known.size <= MOST_POINTS
    order = known if curve else known[np.argsort(moved[known], kind="stable")]
    shown = order if order.size <= MOST_POINTS else order[_both_ends(order.size)]
    grid = text_table("")
    for name in plan.factors:
        grid.add_column(name, justify="right")
    for head in ("Mean (90 % interval)", "Change (90 % interval)"):
        grid.add_column(head, justify="right", no_wrap=True)
    grid.add_column("Verdict")
    for n in shown.tolist():
        grid.add_row(f"{n}", *point_cells(found, n, m))
    left_out = order.size - shown.size
    more = f" ({left_out} between them in the table)" if left_out else ""
    how = "and its change" if curve else "by its change"
    section(f"{measure.words}, {how} from the scenario as written{more}", grid, console)
    for n, error in list(found.errors.items())[:MOST_ERRORS]:
        say(f"Point {n} failed: {' '.join(error.split())}", console)
    if len(found.errors) > MOST_ERRORS:
        say(f"{len(found.errors) - MOST_ERRORS} more points failed; see points.parquet.", console)
    console.print()
    say(
        "Change: mean over the trials of the point minus the scenario as written, trial by trial; "
        "trials of the same number share all their random numbers. Lower and higher: discovered at "
        "a false discovery rate of 10 % over all measures of a point, and larger than "
        f"{UNITS[measure.kind].smallest:g}. Intervals cover the number of trials, not the error of "
        "the model.",
        console,
    )


def point_cells(found: Sweep, n: int, m: int) -> list[str]:
    """Factors, mean, change and verdict of a point in one measure; point and measure by place."""
    cells = [_cell(found.plan.points[n].get(name)) for name in found.plan.factors]
    if n in found.errors:
        return [*cells, NONE, NONE, "failed"]
    kind = found.measures[m].kind
    at = {name: float(values[n, m]) for name, values in found.values.items()}
    mean = value_range(at["mean"], at["low"], at["high"], kind)
    change = change_range(at["change"], at["change_low"], at["change_high"], kind)
    return [*cells, mean, change, found.verdict(n, m)]


def span_words(found: Sweep, measure: Measure) -> str:
    """Between which points a measure moves, and how far, in a sentence."""
    means = found.values["mean"][:, found.measures.index(measure)]
    lowest, highest = int(np.nanargmin(means)), int(np.nanargmax(means))
    ends = []
    for n in (lowest, highest):
        settings = [f"{name} {_cell(setting)}" for name, setting in found.plan.points[n].items()]
        ends.append(f"{value(float(means[n]), measure.kind)} ({', '.join(settings)})")
    return f"{measure.words}: from {ends[0]} to {ends[1]} over {means.size:,} points."


def _both_ends(size: int) -> list[int]:
    half = MOST_POINTS // 2
    return [*range(half), *range(size - half, size)]


def _cell(value: SettingValue | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    return label_of(value) if isinstance(value, dict) else str(value)

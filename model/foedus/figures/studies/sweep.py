"""Figures of a sweep: a heat map of two factors, lines over one, or a row of clouds over many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from foedus.figures.run.cohesion import NARROW, WIDE
from foedus.figures.style import page, panel_size, save, styled
from foedus.statistics.ranks import rank_correlation
from foedus.studies.sweep.design import as_written
from foedus.studies.sweep.tables import is_number
from foedus.telling.numbers import Kind, trials, value
from foedus.telling.numbers import change as change_words
from foedus.telling.palette import BLUE, FAINT, INK
from foedus.telling.words import COMPONENT_TITLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.runs.provenance import Provenance
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.studies.sweep.study import Sweep
    from foedus.telling.difference import Measure

type Floats = NDArray[np.float64]

COLUMNS: Final = 3
MOST_CLOUDS: Final = 9
MOST_NUMBERS: Final = 150
"""Cells of a heat map in which numbers can be read."""
FEWEST_POINTS: Final = 3
"""Fewest points from which a correlation is reported; with fewer it counts as 0."""
LEVELS: Final = 6
TICKS: Final = 6


def draw_sweep(
    sweep: Sweep,
    resolved: ResolvedScenario,
    measure: Measure,
    threshold: float | None,
    origin: Provenance,
    folder: Path,
) -> None:
    """Draw the figures that the design allows into a folder that exists.

    Args:
        sweep: What came out.
        resolved: The scenario as written.
        measure: What is shown.
        threshold: Value of the measure that a heat map marks; none if None.
        origin: What it was made from.
        folder: Where.
    """
    with styled():
        for name, figure in sweep_figures(sweep, resolved, measure, threshold, origin).items():
            save(figure, folder, name, origin)


def sweep_figures(
    sweep: Sweep,
    resolved: ResolvedScenario,
    measure: Measure,
    threshold: float | None,
    origin: Provenance,
) -> dict[str, Figure]:
    """The figures that a design allows, by name; arguments as for `draw_sweep`."""
    grid = _grid_of(sweep)
    if grid is not None:
        return {"heat-map": heat_figure(sweep, grid, measure, threshold, origin)}
    if len(_numeric(sweep)) == 1:
        return {"lines": line_figure(sweep, resolved, measure, origin)}
    if _numeric(sweep):
        return {"factors": cloud_figure(sweep, resolved, measure, origin)}
    return {}


def heat_figure(
    sweep: Sweep,
    grid: tuple[Floats, Floats, NDArray[np.int64]],
    measure: Measure,
    threshold: float | None,
    origin: Provenance,
) -> Figure:
    """Mean of a measure over two factors, and its change from the scenario as written."""
    across, up, points = grid
    m = sweep.measures.index(measure)
    first, second = sweep.plan.factors
    mark = "" if threshold is None else f" The bold line marks {threshold:g}."
    note = (
        f"Each cell: mean over {trials(sweep.trials)}, with common random numbers; empty where the "
        f"point failed. Left: the level, with contours.{mark} Right: the change from the scenario "
        "as written; the bold line is no change."
    )
    title = f"{measure.words}, over {first} and {second}."
    figure = page((11.69, 6.2), title, note, origin)
    level = _cells(sweep.values["mean"][:, m], points)
    change = _cells(sweep.values["change"][:, m], points)
    left, right = figure.subplots(1, 2, sharey=True)
    _heat(left, across, up, level, "cividis", measure.kind, bold=threshold)
    reach = float(np.nanmax(np.abs(change))) or 1.0
    norm = TwoSlopeNorm(0.0, -reach, reach)
    _heat(right, across, up, change, "RdBu", measure.kind, norm=norm, bold=0.0)
    left.set_title(measure.words)
    right.set_title("Change from the scenario as written")
    for ax in (left, right):
        ax.set_xlabel(first)
        bar = figure.colorbar(ax.collections[0], ax=ax, pad=0.02, fraction=0.05)
        bar.outline.set_visible(False)
    left.set_ylabel(second)
    return figure


def line_figure(
    sweep: Sweep, resolved: ResolvedScenario, measure: Measure, origin: Provenance
) -> Figure:
    """A measure, cohesion, its factors and what stands apart over one factor, with intervals."""
    (name,) = _numeric(sweep)
    shown = [measure, *(one for one in _components(sweep) if one != measure)]
    note = (
        f"Mean over {trials(sweep.trials)}, with common random numbers, its 90 % interval, and the "
        "middle 90 % of trials. Dotted: the scenario as written."
    )
    legend = [
        Line2D([], [], color=BLUE, linewidth=2.0, marker="o", markersize=4, label="Mean"),
        Patch(facecolor=BLUE, alpha=NARROW + WIDE, label="90 % interval of the mean"),
        Patch(facecolor=BLUE, alpha=WIDE, label="Middle 90 % of trials"),
    ]
    title = f"{measure.words}, over {name}: {_moves(sweep, measure)}."
    figure = page(panel_size(len(shown)), title, note, origin, legend)
    axes = figure.subplots(-(-len(shown) // COLUMNS), COLUMNS, squeeze=False).ravel()
    for ax, one in zip(axes, shown, strict=False):
        _line(ax, sweep, name, one)
        _written(ax, name, resolved)
        ax.set_title(one.words if one == measure else COMPONENT_TITLES[one.metric])
        ax.set_xlabel(name)
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    return figure


def cloud_figure(
    sweep: Sweep, resolved: ResolvedScenario, measure: Measure, origin: Provenance
) -> Figure:
    """The change of a measure over each factor, those that move it most first."""
    ranked = rank_correlations(sweep, measure)
    shown = list(ranked)[:MOST_CLOUDS]
    m = sweep.measures.index(measure)
    note = (
        f"One dot per point: mean change from the scenario as written over {trials(sweep.trials)}, "
        "with common random numbers, and its 90 % interval. r: Spearman's rank correlation over "
        "the points; the strongest factor first."
    )
    title = f"{measure.words}: moved most by {shown[0]}."
    figure = page(panel_size(len(shown)), title, note, origin)
    axes = figure.subplots(-(-len(shown) // COLUMNS), COLUMNS, sharey=True, squeeze=False).ravel()
    change = [sweep.values[name][:, m] for name in ("change", "change_low", "change_high")]
    for n, (ax, name) in enumerate(zip(axes, shown, strict=False)):
        x = _values_of(sweep, name)
        ax.vlines(x, change[1], change[2], color=BLUE, alpha=0.35, linewidth=0.8)
        ax.plot(x, change[0], "o", color=BLUE, markersize=3, alpha=0.8, markeredgewidth=0)
        ax.axhline(0.0, color=INK, linewidth=0.9)
        _written(ax, name, resolved)
        ax.set_title(f"r = {ranked[name]:+.2f}")
        ax.set_xlabel(name)
        ax.xaxis.set_major_locator(MaxNLocator(TICKS))
        if n % COLUMNS == 0:
            ax.set_ylabel("Change")
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    return figure


def rank_correlations(sweep: Sweep, measure: Measure) -> dict[str, float]:
    """Spearman's correlation of each numeric factor with the change of a measure, strongest first.

    Points that failed, or leave the factor as written, are left out.
    """
    change = sweep.values["change"][:, sweep.measures.index(measure)]
    ranks = {}
    for name in _numeric(sweep):
        x = _values_of(sweep, name)
        known = ~np.isnan(x) & ~np.isnan(change)
        enough = known.sum() >= FEWEST_POINTS
        ranks[name] = float(rank_correlation(x[known, None], change[known])[0]) if enough else 0.0
    return dict(sorted(ranks.items(), key=lambda each: -abs(each[1])))


def _numeric(sweep: Sweep) -> list[str]:
    """Factors that take two numbers or more."""
    names = []
    for name in sweep.plan.factors:
        values = [point.get(name) for point in sweep.plan.points]
        known = [value for value in values if value is not None]
        if all(is_number(value) for value in known) and len(set(map(str, known))) > 1:
            names.append(name)
    return names


def _grid_of(sweep: Sweep) -> tuple[Floats, Floats, NDArray[np.int64]] | None:
    """The two axes of a full grid of numbers and its points; None if it is none."""
    if len(sweep.plan.factors) != 2 or len(_numeric(sweep)) != 2:
        return None
    x, y = (_values_of(sweep, name) for name in sweep.plan.factors)
    if np.isnan(x).any() or np.isnan(y).any():
        return None
    across, up = np.unique(x), np.unique(y)
    if across.size * up.size != x.size:
        return None
    points = np.full((up.size, across.size), -1)
    points[np.searchsorted(up, y), np.searchsorted(across, x)] = np.arange(x.size)
    return None if (points < 0).any() else (across, up, points)


def _values_of(sweep: Sweep, name: str) -> Floats:
    values = [point.get(name) for point in sweep.plan.points]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _cells(values: Floats, points: NDArray[np.int64]) -> Floats:
    cells: Floats = values[points]
    return cells


def _heat(
    ax: Axes,
    across: Floats,
    up: Floats,
    cells: Floats,
    colours: str,
    kind: Kind,
    *,
    bold: float | None,
    norm: TwoSlopeNorm | None = None,
) -> None:
    ax.pcolormesh(across, up, cells, cmap=colours, norm=norm, shading="nearest", rasterized=True)
    ax.grid(visible=False)
    enough = min(cells.shape) > 1 and not np.isnan(cells).any() and np.ptp(cells) > 0.0
    if enough and bold is None:
        lines = ax.contour(across, up, cells, levels=LEVELS, colors="white", linewidths=0.8)
        if cells.size > MOST_NUMBERS:
            ax.clabel(lines, fontsize=7.5, fmt="%.3f")
    if enough and bold is not None and cells.min() < bold < cells.max():
        ax.contour(across, up, cells, levels=[bold], colors=INK, linewidths=2.2)
    if cells.size <= MOST_NUMBERS:
        _write_numbers(ax, across, up, cells, kind, change=norm is not None)
    for axis, values in ((ax.xaxis, across), (ax.yaxis, up)):
        axis.set_major_locator(MaxNLocator(TICKS))
        if values.size <= TICKS + 2:
            axis.set_ticks(values.tolist())
        axis.set_tick_params(length=2.0)


def _write_numbers(
    ax: Axes, across: Floats, up: Floats, cells: Floats, kind: Kind, *, change: bool
) -> None:
    """The numbers in the cells, in an ink that stands out from them."""
    mesh = ax.collections[0]
    for j, y in enumerate(up):
        for i, x in enumerate(across):
            cell = cells[j, i]
            if np.isnan(cell):
                continue
            ground = mesh.cmap(mesh.norm(cell))
            red, green, blue, _ = ground
            bright = 0.3 * red + 0.59 * green + 0.11 * blue
            text = change_words(float(cell), kind) if change else value(float(cell), kind)
            ink = INK if bright > 0.5 else "white"
            # On the cell's own colour, so that no contour crosses a number.
            box = {"facecolor": ground, "edgecolor": "none", "pad": 1.0}
            ax.text(x, y, text, ha="center", va="center", fontsize=6.5, color=ink, bbox=box)


def _line(ax: Axes, sweep: Sweep, name: str, measure: Measure) -> None:
    m = sweep.measures.index(measure)
    x = _values_of(sweep, name)
    order = np.argsort(x, kind="stable")
    order = order[~np.isnan(x[order])]
    parts = [sweep.values[part][order, m] for part in ("mean", "low", "high")]
    at = x[order]
    ax.fill_between(
        at,
        sweep.quantiles[order, m, 0],
        sweep.quantiles[order, m, -1],
        color=BLUE,
        alpha=WIDE,
        linewidth=0,
    )
    ax.fill_between(at, parts[1], parts[2], color=BLUE, alpha=NARROW + WIDE, linewidth=0)
    ax.plot(at, parts[0], "o-", color=BLUE, linewidth=2.0, markersize=4)
    ax.xaxis.set_major_locator(MaxNLocator(TICKS))


def _written(ax: Axes, name: str, resolved: ResolvedScenario) -> None:
    """A dotted line where the factor is as written, if that lies in sight."""
    value = as_written(name, resolved)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = ax.get_xlim()
        if low <= value <= high:
            ax.axvline(value, color=FAINT, linewidth=1.0, linestyle=(0, (1.5, 2.0)))


def _components(sweep: Sweep) -> list[Measure]:
    """Cohesion, its factors and what stands apart, at the last horizon."""
    last = max(one.month for one in sweep.measures)
    return [
        one
        for one in sweep.measures
        if one.subject is None and one.month == last and one.metric in COMPONENT_TITLES
    ]


def _moves(sweep: Sweep, measure: Measure) -> str:
    """From where to where the mean of a measure goes over the points."""
    values = sweep.values["mean"][:, sweep.measures.index(measure)]
    return f"{np.nanmin(values):.3f} to {np.nanmax(values):.3f}"

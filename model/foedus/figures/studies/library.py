"""The scenarios of the library: what each changes against the one they share, and the past."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D

from foedus.figures.style import SMALL_POINTS, fitted, mark_share, page, save, styled
from foedus.telling.numbers import change, percent
from foedus.telling.palette import BLUE, FAINT, INK, PALE, VERMILLION
from foedus.telling.words import COMPONENT_TITLES, month_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.runs.provenance import Provenance
    from foedus.studies.library.study import Entry, Family, Library
    from foedus.telling.difference import Difference

ROW: Final = 0.37
"""Height of a scenario's row, in inches."""

WIDTH: Final = 17.0
TITLE_WIDTH: Final = 3.8
"""Room for a title, in inches."""
TABLE_POINTS: Final = 8.5

MARKERS: Final = {
    "lower": ("v", VERMILLION, VERMILLION),
    "higher": ("^", BLUE, BLUE),
    "too small to matter": ("o", FAINT, FAINT),
    "cannot be told apart": ("o", FAINT, "white"),
    "the same": ("|", FAINT, FAINT),
}
"""Marker, edge and face by verdict: shape says it without colour."""


def draw_library(library: Library, folder: Path) -> None:
    """Draw a page per family, and one for what stands alone, as PNG and SVG into a folder."""
    origin = library.provenance
    with styled():
        for number, family in enumerate(library.families, start=1):
            name = "library" if number == 1 else f"library-{number}"
            save(library_figure(family, origin), folder, name, origin)
        if library.alone:
            save(history_figure(library.alone, origin), folder, "history", origin)


def library_figure(family: Family, origin: Provenance) -> Figure:
    """One page for a family of scenarios.

    Args:
        family: The root and what differs from it.
        origin: What the page was made from.
    """
    entries = family.others
    dates = family.root.panel.dates
    end = month_words(dates[-1])
    against = f"{len(entries)} scenarios against «{family.root.title}»"
    title = f"{against}: {_finding(family)}"
    note = (
        f"Mean difference in {end}, trial by trial with common random numbers (trials of the same "
        "number share all draws), with 90 % intervals that cover the number of trials, not the "
        "error of the model. Scenarios are ordered by cohesion. The pale line spans the middle 90 "
        "% of single trials. On the right: % of trials, with an arrow where it differs from the "
        "shared scenario."
    )
    height = 2.0 + ROW * (len(entries) + 2)
    figure = page((WIDTH, height), title, note, origin, _legend())
    others = [0.85] * (len(COMPONENT_TITLES) - 1)
    ratios = (3.0, 2.2, *others, 2.9)
    grid = figure.add_gridspec(1, len(ratios), width_ratios=ratios)
    rows = range(len(entries))
    names = figure.add_subplot(grid[0, 0])
    _titles(names, family)
    for column, (metric, words) in enumerate(COMPONENT_TITLES.items()):
        ax = figure.add_subplot(grid[0, column + 1])
        differences = [entry.difference(metric) for entry in entries]
        _forest(ax, rows, differences, numbers=metric == "cohesion")
        points = TABLE_POINTS + (1.0 if metric == "cohesion" else 0.0)
        ax.set_title(words.replace(" ", "\n"), fontsize=points)
    _shares(figure.add_subplot(grid[0, -1]), family)
    for ax in figure.axes:
        ax.set_ylim(len(entries) + 0.6, -1.6)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        for row in rows:
            ax.axhline(row - 0.5, color=PALE, linewidth=0.4, zorder=0.5)
    return figure


def _finding(family: Family) -> str:
    """How many differ in cohesion, in words."""
    ends = [entry.difference("cohesion") for entry in family.others]
    counts = {word: sum(end.verdict == word for end in ends) for word in ("higher", "lower")}
    return f"cohesion ends higher in {counts['higher']} and lower in {counts['lower']}"


def _legend() -> list[Line2D]:
    return [
        Line2D([], [], marker=m, color=edge, markerfacecolor=face, linewidth=0, label=verdict)
        for verdict, (m, edge, face) in MARKERS.items()
    ]


def _titles(ax: Axes, family: Family) -> None:
    """What each row is; a scenario with another parent says so."""
    ax.set_xlim(0.0, 1.0)
    ax.set_axis_off()
    ax.text(0.0, -1.0, f"{family.root.title} (shared)", va="center", fontsize=9.0, color=FAINT)
    for row, entry in enumerate(family.others):
        title, points = fitted(entry.title, TITLE_WIDTH, 0.6 * ROW, 9.0)
        other = entry.parent != family.root.name
        under = f"{entry.name}, which extends {entry.parent}" if other else entry.name
        ax.text(0.0, row - 0.16, title, va="center", fontsize=points, color=INK)
        ax.text(0.0, row + 0.23, under, va="center", fontsize=SMALL_POINTS - 1.0, color=FAINT)


def _forest(
    ax: Axes, rows: Sequence[int], differences: Sequence[Difference], *, numbers: bool
) -> None:
    """Mean differences with their intervals round a line at none."""
    ax.axvline(0.0, color=INK, linewidth=0.8)
    for row, one in zip(rows, differences, strict=True):
        marker, edge, face = MARKERS[one.verdict]
        ax.plot([one.spread.low, one.spread.high], [row, row], color=PALE, linewidth=4.0)
        ax.plot([one.low, one.high], [row, row], color=edge, linewidth=1.6)
        ax.plot(one.mean, row, marker, color=edge, markerfacecolor=face, markersize=5.5)
    low = min(-0.01, *(one.spread.low for one in differences))
    high = max(0.01, *(one.spread.high for one in differences))
    room = 0.06 * (high - low)
    ax.set_xlim(low - room, high + room + (0.42 * (high - low) if numbers else 0.0))
    if numbers:
        for row, one in zip(rows, differences, strict=True):
            words = change(one.mean, one.measure.kind)
            ax.text(high + 0.45 * (high - low), row, words, va="center", ha="right", color=INK)
        ax.spines["bottom"].set_bounds(low, high)
    ax.tick_params(axis="x", labelsize=7.0)
    ax.locator_params(axis="x", nbins=6 if numbers else 2)
    if numbers:
        ax.set_xticks([tick for tick in ax.get_xticks() if low - room <= tick <= high + room])
    ax.grid(axis="y", visible=False)


def _columns(family: Family) -> list[tuple[str, str, str, str | None]]:
    """Group, head, metric and subject of the table: troops sent, and who is where at the end."""
    columns: list[tuple[str, str, str, str | None]] = [("Troops", "sent", "troops_sent", None)]
    kinds = {"frozen": ("Left", "left"), "active": ("Frozen or out", "inactive")}
    status = family.root.scenario.initial_status
    for word in ("frozen", "active", "out"):
        group, metric = kinds.get(word, ("Joined", "joined"))
        members = [code for code, start in status.items() if start == word]
        columns += [(group, code, metric, code) for code in members]
    return columns


def _shares(ax: Axes, family: Family) -> None:
    """Per cent of trials, with an arrow where they differ from the root."""
    columns = _columns(family)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_axis_off()
    groups = [group for group, *_ in columns]
    for group in dict.fromkeys(groups):
        middle = groups.index(group) + (groups.count(group) - 1) / 2
        ax.text(middle, -2.05, group, ha="center", va="bottom", fontsize=TABLE_POINTS, color=INK)
    for c, (_, head, metric, subject) in enumerate(columns):
        _number(ax, c, -1.65, head, INK)
        _number(ax, c, -1.0, percent(_share(family.root, metric, subject)), FAINT)
        for row, entry in enumerate(family.others):
            share = _share(entry, metric, subject)
            words, colour = _cell(entry, metric, subject, share)
            _number(ax, c, row, words, colour)


def _number(ax: Axes, column: int, row: float, words: str, colour: str) -> None:
    ax.text(column, row, words, ha="center", va="center", fontsize=TABLE_POINTS, color=colour)


def _share(entry: Entry, metric: str, subject: str | None) -> float:
    if metric == "inactive":
        return 1.0 - entry.mean("active", subject)
    return entry.mean(metric, subject)


def _cell(entry: Entry, metric: str, subject: str | None, share: float) -> tuple[str, str]:
    """A share, and an arrow where it differs clearly."""
    difference = entry.difference("active" if metric == "inactive" else metric, subject)
    if not difference.clear:
        return percent(share), INK
    up = (difference.verdict == "higher") != (metric == "inactive")
    return f"{percent(share)} {'▲' if up else '▼'}", BLUE if up else VERMILLION


BAND_ROW: Final = 0.3
BAND_WIDTH: Final = 12.5
TEXT_WIDTH: Final = 5.5
"""Room for the words of a question, in inches."""


def history_figure(entries: Sequence[Entry], origin: Provenance) -> Figure:
    """A band for each scenario that stands alone: its questions, and how it ends.

    Args:
        entries: Scenarios that are not compared with others.
        origin: What the page was made from.
    """
    rows = [2 + max(1, len(one.questions())) for one in entries]
    note = (
        "Scenarios that stand alone, such as the past played again: what struck the members is "
        "given, what they did is the model's. Share of trials in which a dated event came true, "
        "with the 90 % interval for the number of trials. What in fact happened is in the "
        "narratives and their sources; `foedus validate` keeps the score."
    )
    size = (BAND_WIDTH, 1.3 + BAND_ROW * sum(rows))
    figure = page(size, "History played again: what the model makes of it", note, origin)
    grid = figure.add_gridspec(len(entries), 1, height_ratios=rows)
    for n, entry in enumerate(entries):
        _band(figure.add_subplot(grid[n, 0]), entry, rows[n])
    return figure


def _band(ax: Axes, entry: Entry, rows: int) -> None:
    dates = entry.panel.dates
    span = f"{month_words(dates[0])} to {month_words(dates[-1])}"
    title, points = fitted(
        f"{entry.title}  ({entry.name}, {span})", BAND_WIDTH - 0.5, BAND_ROW, 10.0, "bold"
    )
    ax.set_title(title, fontsize=points)
    ax.set_xlim(-1.35, 1.0)
    ax.set_ylim(rows - 1.4, -0.7)
    for row, (measure, came_true) in enumerate(entry.questions()):
        text = entry.texts[str(measure.subject)]
        line, points = fitted(text, TEXT_WIDTH, BAND_ROW, 8.0)
        ax.text(-1.35, row, line, va="center", fontsize=points, color=INK)
        mark_share(ax, row, came_true)
    ax.text(-1.35, rows - 2.0, _end(entry), va="center", fontsize=8.0, color=FAINT)
    ax.set_yticks([])
    ax.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_bounds(0.0, 1.0)
    ax.grid(axis="y", visible=False)


def _end(entry: Entry) -> str:
    """Who is not active at the end, and whether troops were sent."""
    shares = [f"{code} {percent(1.0 - entry.mean('active', code))}" for code in entry.panel.members]
    troops = percent(entry.mean("troops_sent"))
    return f"Frozen or out at the end, % of trials: {', '.join(shares)}. Troops sent: {troops} %."

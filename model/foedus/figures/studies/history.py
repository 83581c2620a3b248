"""History played again: how often the model's questions about the past came true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.figures.style import SMALL_POINTS, fitted, page
from foedus.telling.numbers import percent, share
from foedus.telling.palette import BLUE, FAINT, INK
from foedus.telling.words import month_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.runs.provenance import Provenance
    from foedus.studies.library.study import Entry

ROW: Final = 0.3
WIDTH: Final = 12.5
TEXT_WIDTH: Final = 5.5
"""Room for the words of a question, in inches."""
PAST_THE_MIDDLE: Final = 0.6


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
    size = (WIDTH, 1.3 + ROW * sum(rows))
    figure = page(size, "History played again: what the model makes of it", note, origin)
    grid = figure.add_gridspec(len(entries), 1, height_ratios=rows)
    for n, entry in enumerate(entries):
        _band(figure.add_subplot(grid[n, 0]), entry, rows[n])
    return figure


def _band(ax: Axes, entry: Entry, rows: int) -> None:
    dates = entry.panel.dates
    span = f"{month_words(dates[0])} to {month_words(dates[-1])}"
    title, points = fitted(f"{entry.title}  ({entry.name}, {span})", WIDTH - 0.5, ROW, 10.0, "bold")
    ax.set_title(title, fontsize=points)
    ax.set_xlim(-1.35, 1.0)
    ax.set_ylim(rows - 1.4, -0.7)
    for row, (measure, came_true) in enumerate(entry.questions()):
        text = entry.texts[str(measure.subject)]
        line, points = fitted(text, TEXT_WIDTH, ROW, 8.0)
        ax.text(-1.35, row, line, va="center", fontsize=points, color=INK)
        ax.plot([came_true.low, came_true.high], [row, row], color=BLUE, linewidth=2.5)
        ax.plot(came_true.share, row, "o", color=BLUE, markersize=5, clip_on=False)
        right = came_true.share > PAST_THE_MIDDLE
        ax.annotate(
            share(came_true),
            (came_true.low if right else came_true.high, row),
            xytext=(-7 if right else 7, 0),
            textcoords="offset points",
            va="center",
            ha="right" if right else "left",
            fontsize=SMALL_POINTS,
            color=FAINT,
        )
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

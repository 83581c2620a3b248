"""What all figures share: palette, type, time axis, head and margin line, saving with provenance.

Figures are made with matplotlib's objects; pyplot and its global state are not used.
"""

from __future__ import annotations

import io
import json
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from foedus.telling.numbers import share
from foedus.telling.palette import BLUE, FAINT, INK
from foedus.telling.words import month_words

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from foedus.runs.provenance import Provenance
    from foedus.statistics.quantiles import Frequency
    from foedus.telling.words import Mark

DOTS_PER_INCH: Final = 150
PAGE: Final = (11.69, 8.27)
"""A4 landscape, in inches."""

HEAD_POINTS, TEXT_POINTS, LEGEND_POINTS, SMALL_POINTS = 13.0, 9.0, 8.0, 7.5
_HANDLE: Final = 4.5
"""Width of a legend's handle and gaps, as a share of the size of its type."""
POINTS_PER_INCH: Final = 72.0
MARGIN: Final = 0.28
"""Height of the margin line, in inches."""

HEAD_SHARE: Final = 0.17
"""Most of a page's height that its title may take, and its note."""

LEAST_POINTS: Final = 3.0
"""Smallest type: on paper to be read with a glass, on a screen enlarged."""

_MEASURED: Final = 100.0
"""Size at which letters are measured, in points."""

LINE: Final = 1.25
"""Height of a line, as a share of the size of its type."""

GAP_POINTS: Final = 5.0

PANEL_WIDTH, PANEL_HEAD, PANEL_POINTS = 3.2, 0.6, 10.0
"""Room for the title of a small multiple, in inches, and its size of type."""

COLUMNS: Final = 3
"""Small multiples side by side."""

PAST_THE_MIDDLE: Final = 0.6
"""Share from which its number stands left of its dot."""

SHORT: Final = 30
"""Months up to which the time axis shows months and not only years."""

STYLE: Final = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_POINTS,
    "axes.titlesize": PANEL_POINTS,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": TEXT_POINTS,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.frameon": False,
    "legend.fontsize": LEGEND_POINTS,
    # A dollar sign is a dollar sign.
    "text.parse_math": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Text stays text, and identifiers do not change from one drawing to the next.
    "svg.fonttype": "none",
    "svg.hashsalt": "foedus",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw and save in our style, whatever the user's own settings; they come back afterwards."""
    with mpl.rc_context(), warnings.catch_warnings():
        # Scripts that our type lacks are boxes in a PNG, and whole in an SVG, which holds text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        mpl.rcdefaults()
        settings = cast("dict[Any, Any]", mpl.rcParams)
        settings.update(sns.axes_style("whitegrid"))
        settings.update(STYLE)
        yield


def page(
    size: tuple[float, float],
    title: str,
    note: str,
    origin: Provenance,
    legend: Sequence[Artist] = (),
) -> Figure:
    """An empty page with a finding for a title, a note, a legend and the provenance in the margin.

    Args:
        size: Width and height, in inches.
        title: What is to be seen, in a sentence.
        note: How to read it.
        origin: What the figure was made from.
        legend: What colours and lines mean, for the whole page.

    Returns:
        A figure whose layout leaves room for all of them.
    """
    width, height = size
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    left = 0.13 / width
    down = 0.1
    for text, points, weight, colour in (
        (title, HEAD_POINTS, "bold", INK),
        (note, TEXT_POINTS, "normal", FAINT),
    ):
        block, size_of_type = fitted(text, width - 0.26, HEAD_SHARE * height, points, weight)
        figure.text(
            left,
            1.0 - down / height,
            block,
            va="top",
            fontsize=size_of_type,
            fontweight=weight,
            color=colour,
        )
        rows = block.count("\n") + 1
        down += (rows * LINE * size_of_type + GAP_POINTS) / POINTS_PER_INCH
    if legend:
        anchor = (left, 1.0 - down / height)
        for handle in legend:
            handle.set_label(
                "\n".join(wrapped(str(handle.get_label()), width - 1.0, LEGEND_POINTS))
            )
        labels = [str(handle.get_label()).split("\n") for handle in legend]
        columns = _columns(labels, width)
        figure.legend(
            handles=list(legend),
            loc="upper left",
            bbox_to_anchor=anchor,
            ncols=columns,
            borderaxespad=0.0,
            borderpad=0.0,
        )
        # Matplotlib fills a legend column by column.
        rows = -(-len(legend) // columns)
        stacks = [sum(map(len, labels[n : n + rows])) for n in range(0, len(labels), rows)]
        down += 0.22 + (max(stacks) - 1) * (LEGEND_POINTS * LINE + 2.0) / POINTS_PER_INCH
    figure.text(left, 0.08 / height, origin.line, fontsize=SMALL_POINTS, color=FAINT)
    bottom = MARGIN / height
    room = (0.005, bottom, 0.99, 1.0 - down / height - bottom)
    figure.set_layout_engine(
        ConstrainedLayoutEngine(rect=room, w_pad=0.08, h_pad=0.08, hspace=0.03, wspace=0.02)
    )
    return figure


def _columns(labels: Sequence[Sequence[str]], width: float) -> int:
    """Columns of a legend that fit a width in inches, each as wide as the widest label."""
    widest = max(
        sum(_advance(letter, "normal") for letter in line) for label in labels for line in label
    )
    each = (widest + _HANDLE) * LEGEND_POINTS / POINTS_PER_INCH
    return max(1, min(len(labels), int(width / each)))


def wrapped(text: str, width: float, points: float, weight: str = "normal") -> list[str]:
    """Lines of a text that fit a width in inches, at a size and weight of our type.

    Args:
        text: Any text; a word that is wider than a line is broken, so that nothing is cut.
        width: Of a line, in inches.
        points: Size of the type.
        weight: ``normal`` or ``bold``.
    """
    room = width * POINTS_PER_INCH / points
    lines: list[str] = [""]
    used = 0.0
    # A per cent sign stays with its number.
    for word in text.replace(" %", "\u00a0%").split(" "):
        needed = sum(_advance(letter, weight) for letter in f" {word}")
        if used and used + needed <= room:
            lines[-1] += f" {word}"
            used += needed
            continue
        if lines[-1]:
            lines.append("")
        used = 0.0
        for letter in word:
            step = _advance(letter, weight)
            if used and used + step > room:
                lines.append("")
                used = 0.0
            lines[-1] += letter
            used += step
    return lines


def fitted(
    text: str, width: float, height: float, points: float, weight: str = "normal"
) -> tuple[str, float]:
    """A text with its line breaks, and the size of type at which it fits a width and a height.

    Args:
        text: Any text; only what is longer than a page of the smallest type loses its end.
        width: Of the room, in inches.
        height: Of the room, in inches.
        points: Largest size.
        weight: ``normal`` or ``bold``.
    """
    while True:
        lines = wrapped(text, width, points, weight)
        most = max(1, int(height * POINTS_PER_INCH / (LINE * points)))
        if len(lines) <= most:
            return "\n".join(lines), points
        if points <= LEAST_POINTS:
            return "\n".join([*lines[: most - 1], f"{lines[most - 1][:-1]}…"]), points
        points -= 0.5


@cache
def _advance(letter: str, weight: str) -> float:
    """Width of a letter of our type, as a share of its size."""
    # Our type has no such letters; whoever opens the SVG sees them as wide as they are high.
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 1.0
    font = get_font(findfont(FontProperties(family=str(STYLE["font.family"]), weight=weight)))
    font.set_size(_MEASURED, POINTS_PER_INCH)
    if not font.get_char_index(ord(letter)):
        return 1.0
    glyph = font.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536.0 / _MEASURED


def save(figure: Figure, folder: Path, name: str, origin: Provenance) -> None:
    """Write ``NAME.png`` and ``NAME.svg`` with the provenance inside, and no dates.

    Args:
        figure: What to save.
        folder: Where; it exists.
        name: File name without its ending.
        origin: What the figure was made from.
    """
    _settle(figure)
    text = json.dumps(asdict(origin), ensure_ascii=False)
    about = {"Title": name, "Description": origin.line, "Source": text}
    figure.savefig(folder / f"{name}.png", dpi=DOTS_PER_INCH, metadata=about)
    figure.savefig(folder / f"{name}.svg", metadata=about | {"Date": None, "Creator": "foedus"})


def _settle(figure: Figure) -> None:
    """Lay the page out once and round the places of its axes.

    The layout's solver differs in the last bits from one time to the next, and identifiers in SVG
    files are digests of all bits.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for ax in figure.axes:
        ax.set_position(np.round(ax.get_position().bounds, 6).tolist())


def years(dates: tuple[str, ...]) -> NDArray[np.float64]:
    """Months as decimal years; shape ``(month,)``.

    Example:
        >>> years(("2026-01", "2026-07"))
        array([2026. , 2026.5])
    """
    return np.array([int(date[:4]) + (int(date[5:7]) - 1) / 12.0 for date in dates])


def time_axis(ax: Axes, dates: tuple[str, ...], *, ticks: int = 7) -> None:
    """Label the horizontal axis by years, or by months if there are few.

    Args:
        ax: Whose axis.
        dates: ``YYYY-MM``.
        ticks: Most labels that fit.
    """
    time = years(dates)
    ax.set_xlim(time[0], max(time[-1], time[0] + 1.0 / 12.0))
    if len(dates) <= SHORT:
        step = next(n for n in (1, 2, 3, 6, 12) if (len(dates) - 1) / n < ticks or n == 12)
        places = [n for n, date in enumerate(dates) if (int(date[5:7]) - 1) % step == 0]
        ax.set_xticks(time[places], [dates[n] for n in places])
        ax.set_xlabel("Month")
        return
    whole = np.arange(np.ceil(time[0]), time[-1] + 1e-9)
    step = int(np.ceil(len(whole) / ticks))
    ax.set_xticks(whole[::step], [f"{year:.0f}" for year in whole[::step]])
    ax.set_xlabel("Year (ticks in January)")


def marks(
    ax: Axes, dotted: Sequence[Mark], dates: tuple[str, ...], *, labels: bool = False
) -> None:
    """Dotted lines where the scenario itself does something, with or without words.

    Args:
        ax: Whose horizontal axis is in decimal years.
        dotted: What to mark.
        dates: ``YYYY-MM``.
        labels: Whether there is room for words.
    """
    time = years(dates)
    late = 0.75 * time[-1] + 0.25 * time[0]
    for n, mark in enumerate(dotted):
        at = time[mark.month]
        # White below the dots, so that they show on pale and on strong colours alike.
        ax.axvline(at, color="white", linewidth=1.6, alpha=0.7, zorder=1.5)
        ax.axvline(at, color=INK, linewidth=0.9, linestyle=(0, (1.5, 2.0)), zorder=1.6)
        if labels:
            right = at > late
            ax.annotate(
                mark.label,
                (at, 0.98 - 0.07 * (n % 4)),
                xycoords=("data", "axes fraction"),
                xytext=(-4 if right else 4, 0),
                textcoords="offset points",
                ha="right" if right else "left",
                va="top",
                fontsize=SMALL_POINTS,
                color=FAINT,
                zorder=4.0,
                bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0.0, "pad": 1.0},
            )


def marks_note(dotted: Sequence[Mark], dates: tuple[str, ...]) -> str:
    """What the dotted lines are, for figures that have no room to say it there."""
    if not dotted:
        return ""
    words = [f"{mark.label} ({month_words(dates[mark.month])})" for mark in dotted]
    return f" Dotted: {'; '.join(words)}."


def panels(
    figure: Figure, dates: tuple[str, ...], count: int, label: str, columns: int = COLUMNS
) -> list[Axes]:
    """Axes over time for `count` small multiples of equal scale; cells left over stay empty.

    Args:
        figure: Where.
        dates: ``YYYY-MM``.
        count: How many.
        label: Of the vertical axis.
        columns: How many side by side.
    """
    rows = -(-count // columns)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for n, ax in enumerate(grid):
        if n >= count:
            ax.set_axis_off()
            continue
        time_axis(ax, dates, ticks=6)
        if n % columns == 0:
            ax.set_ylabel(label)
        if n + columns < count:
            ax.set_xlabel("")
    return list(grid[:count])


def mark_share(ax: Axes, row: float, happened: Frequency, scale: float = 1.0) -> None:
    """A share as a dot with its interval, and its number where there is room."""
    ax.plot([scale * happened.low, scale * happened.high], [row, row], color=BLUE, linewidth=2.5)
    ax.plot(scale * happened.share, row, "o", color=BLUE, markersize=5, clip_on=False)
    right = happened.share > PAST_THE_MIDDLE
    ax.annotate(
        share(happened),
        (scale * (happened.low if right else happened.high), row),
        xytext=(-7 if right else 7, 0),
        textcoords="offset points",
        va="center",
        ha="right" if right else "left",
        fontsize=SMALL_POINTS,
        color=FAINT,
    )


def as_svg(figure: Figure) -> str:
    """A figure as the text of an SVG file, with no date."""
    FigureCanvasSVG(figure)
    written = io.StringIO()
    figure.savefig(written, format="svg", bbox_inches="tight", metadata={"Date": None})
    return written.getvalue()


def panel_title(ax: Axes, text: str) -> None:
    """A title above a small multiple, on as many lines as it needs."""
    title, points = fitted(text, PANEL_WIDTH, PANEL_HEAD, PANEL_POINTS, "bold")
    ax.set_title(title, fontsize=points)


def panel_rows(count: int) -> int:
    """Rows that `count` small multiples need."""
    return -(-count // COLUMNS)


def panel_size(count: int) -> tuple[float, float]:
    """Size of a page of `count` small multiples, in inches."""
    return 11.0, 1.35 + 2.75 * panel_rows(count)

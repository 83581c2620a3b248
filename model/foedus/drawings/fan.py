"""Lines and fans over time: one trial over what many did, and differences of two scenarios."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from foedus.drawings.svg import (
    GRID,
    Point,
    area,
    element,
    label,
    line,
    picture,
    ticks,
    tip,
    width_of,
)
from foedus.telling.palette import BLUE, FAINT, INK, VERMILLION
from foedus.telling.words import month_words

type Place = Callable[[int, float], Point]

WIDTH, HEIGHT = 480.0, 345.0
LEFT, RIGHT, TOP, BOTTOM = 38.0, 14.0, 36.0, 26.0
GHOST: Final = "#555555"
KEY: Final = 10.5
"""Size of the letters of the key."""


@dataclass(frozen=True)
class Curve:
    """One trial.

    Attributes:
        label: What it is, for the key.
        values: By month, from the start; not longer than the chart.
        colour: Of the line.
        dashes: Of the line, such as ``4 3``; a whole line if empty.
    """

    label: str
    values: Sequence[float]
    colour: str = VERMILLION
    dashes: str = ""


@dataclass(frozen=True)
class Chart:
    """What is to be drawn.

    Attributes:
        title: What the values are.
        dates: Months, ``YYYY-MM``; shape ``(month + 1,)``.
        bands: 5th, 25th, 50th, 75th and 95th percentile by month, shape ``(month + 1, 5)``; empty
            while there are none.
        curves: Single trials.
        marks: Month and words of what the scenario does.
        low: Lower end of the vertical axis.
        high: Upper end.
        colour: Of the fan.
        note: What the fan is of, such as the number of trials.
        tips: Whether a pointer over a month brings up its numbers.
        size: Width and height.
    """

    title: str
    dates: Sequence[str]
    bands: Sequence[Sequence[float]] = ()
    curves: Sequence[Curve] = ()
    marks: Sequence[tuple[int, str]] = ()
    low: float = 0.0
    high: float = 1.0
    colour: str = BLUE
    note: str = ""
    tips: bool = False
    size: Point = field(default=(WIDTH, HEIGHT))


def draw(chart: Chart, testid: str = "fan") -> str:
    """Draw the chart."""
    width, height = chart.size
    last = max(1, len(chart.dates) - 1)
    across = (width - LEFT - RIGHT) / last
    up = (height - TOP - BOTTOM) / (chart.high - chart.low)

    def at(month: int, value: float) -> Point:
        inside = min(max(value, chart.low), chart.high)
        return LEFT + across * month, height - BOTTOM - up * (inside - chart.low)

    inside = [*_axes(chart, at), *_bands(chart, at), *_marks(chart, at)]
    for curve in chart.curves:
        points = [at(month, value) for month, value in enumerate(curve.values)]
        style = {"stroke": curve.colour, "stroke_dasharray": curve.dashes or None}
        inside.append(line(points, stroke_width=2.4, stroke_linejoin="round", **style))
        if points and not curve.dashes:
            x, y = points[-1]
            inside.append(element("circle", cx=x, cy=y, r=3.6, fill=curve.colour))
            # The number stands where the line is not: left of its end once there is no room.
            late = x > width - 60
            spot = {"text_anchor": "end" if late else "start", "font_weight": 700}
            inside.append(
                label(f"{curve.values[-1]:.2f}", x + (-6 if late else 6), y - 7, size=12, **spot)
            )
    inside.append(_key(chart))
    if chart.tips:
        inside += _tips(chart, at, across)
    return picture(width, height, *inside, title=_description(chart), testid=testid)


def _description(chart: Chart) -> str:
    parts = [chart.title]
    if chart.bands:
        start, end = chart.bands[0], chart.bands[-1]
        parts.append(
            f"median over trials from {start[2]:.2f} to {end[2]:.2f}, "
            f"nine in ten at the end between {end[0]:.2f} and {end[4]:.2f}"
        )
    for curve in chart.curves:
        if curve.values:
            month = chart.dates[len(curve.values) - 1]
            parts.append(f"{curve.label} in {month_words(month)}: {curve.values[-1]:.2f}")
    return "; ".join(parts)


def _axes(chart: Chart, at: Place) -> list[str]:
    width, height = chart.size
    drawn = []
    marks = ticks(chart.low, chart.high, 7)
    digits = 1 if marks[1] - marks[0] > 0.099 else 2
    for value in marks:
        y = at(0, value)[1]
        zero = value == 0.0 and chart.low < 0.0
        style = {"stroke": FAINT if zero else GRID, "stroke_width": 1.2 if zero else 0.8}
        drawn.append(element("line", x1=LEFT, x2=width - RIGHT, y1=y, y2=y, **style))
        words = f"{value:+.2f}" if chart.low < 0.0 else f"{value:.{digits}f}"
        drawn.append(label(words, LEFT - 6, y + 4, size=11, colour=FAINT, text_anchor="end"))
    years = [n for n, date in enumerate(chart.dates) if date.endswith("-01")]
    step = -(-len(years) // 8) or 1
    for month in years[::step]:
        x = at(month, chart.low)[0]
        drawn.append(
            element("line", x1=x, x2=x, y1=height - BOTTOM, y2=height - BOTTOM + 4, stroke=FAINT)
        )
        year = chart.dates[month][:4]
        drawn.append(label(year, x, height - 8, size=11, colour=FAINT, text_anchor="middle"))
    return drawn


def _bands(chart: Chart, at: Place) -> list[str]:
    if not chart.bands:
        return []
    lines = [
        [at(month, row[quantile]) for month, row in enumerate(chart.bands)] for quantile in range(5)
    ]
    return [
        area(lines[4], lines[0], fill=chart.colour, fill_opacity=0.16),
        area(lines[3], lines[1], fill=chart.colour, fill_opacity=0.26),
        line(lines[2], stroke=chart.colour, stroke_width=2, stroke_opacity=0.9),
    ]


def _marks(chart: Chart, at: Place) -> list[str]:
    drawn = []
    for n, (month, words) in enumerate(chart.marks):
        x, bottom = at(month, chart.low)
        top = TOP + 11.0 + 13.0 * (n % 3)
        style = {"stroke": INK, "stroke_dasharray": "1.5 2.5"}
        drawn.append(element("line", x1=x, x2=x, y1=TOP, y2=bottom, **style))
        late = x > 0.7 * chart.size[0]
        anchor = "end" if late else "start"
        drawn.append(
            label(words, x + (-4 if late else 4), top, size=10, colour=FAINT, text_anchor=anchor)
        )
    return drawn


def _tips(chart: Chart, at: Place, wide: float) -> list[str]:
    """A column of each month that is not seen, and says its numbers to a pointer."""
    drawn = []
    for month, (date, row) in enumerate(zip(chart.dates, chart.bands, strict=True)):
        x, top = at(month, chart.high)
        words = (
            f"{month_words(date)}: median {row[2]:.2f}, middle half {row[1]:.2f} to {row[3]:.2f}, "
            f"nine in ten {row[0]:.2f} to {row[4]:.2f}"
        )
        box = {"x": x - wide / 2, "y": top, "width": wide, "height": at(0, chart.low)[1] - top}
        drawn.append(element("rect", tip(words), class_="tip", **box))
    return drawn


def _key(chart: Chart) -> str:
    """Title and key, above the chart."""
    drawn = [label(chart.title, 4, 13, size=12.5, font_weight=700)]
    x = 4.0
    entries = [(curve.label, curve.colour, curve.dashes) for curve in chart.curves]
    for words, colour, dashes in entries:
        style = {"stroke": colour, "stroke_width": 3, "stroke_dasharray": dashes or None}
        drawn.append(element("line", x1=x, x2=x + 18, y1=24, y2=24, **style))
        drawn.append(label(words, x + 22, 28, size=KEY, colour=INK))
        x += 34 + width_of(words, KEY)
    if chart.bands:
        words = f"{chart.note}: median, middle half, nine in ten" if chart.note else "many trials"
        if x + 22 + width_of(words, KEY) > chart.size[0] and chart.note:
            words = chart.note
        box = {"y": 19, "height": 10}
        drawn.append(element("rect", x=x, width=18, fill=chart.colour, fill_opacity=0.3, **box))
        drawn.append(element("rect", x=x, width=18, y=23.2, height=1.8, fill=chart.colour))
        drawn.append(label(words, x + 22, 28, size=KEY, colour=INK))
    return "".join(drawn)

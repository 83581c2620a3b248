"""Things under each other: shares that add up, and estimates with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from foedus.drawings.svg import GRID, element, label, lines_of, picture, ticks, tip, width_of
from foedus.telling.palette import BLUE, FAINT, INK, VERMILLION

type Words = Callable[[float], str]

WIDTH: Final = 480.0
SIZE: Final = 11.0
LEADING: Final = 13.0
GAP: Final = 9.0
"""Between two rows."""
TOP, BOTTOM, SIDE = 12.0, 38.0, 8.0
NUMBERS: Final = 52.0
"""Room for the numbers, right of the rows."""
MOST_NAMES: Final = 0.46
"""Share of the width that names may take."""
SMALLEST: Final = 1e-9
"""A scale that is smaller shows nothing."""
MARGIN: Final = 0.04
"""Share of the scale that is left free beyond the outermost end."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        name: What it is of.
        value: The estimate.
        low: Lower end of its interval.
        high: Upper end.
    """

    name: str
    value: float
    low: float
    high: float


class Frame:
    """Rows with their names on the left, over a common scale.

    Args:
        names: Of the rows, from the top.
        low: Left end of the scale.
        high: Right end.
        top: Room above the rows.
    """

    def __init__(self, names: Sequence[str], low: float, high: float, top: float = TOP) -> None:
        widest = max((width_of(name, SIZE) for name in names), default=0.0)
        room = min(widest, MOST_NAMES * WIDTH)
        self.names = [lines_of(name, room + 1.0, SIZE) for name in names]
        self.low, self.high, self.top = low, high, top
        self.left = SIDE + room + 2 * SIDE
        self.right = WIDTH - NUMBERS
        self.bottom = top + sum(LEADING * len(lines) + GAP for lines in self.names)
        self.height = self.bottom + BOTTOM

    def across(self, value: float) -> float:
        """Where a value stands; outside the scale, at its end."""
        inside = min(max(value, self.low), self.high)
        share = (inside - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def rows(self) -> Iterator[tuple[float, list[str]]]:
        """The middle of each row, and its name as drawn."""
        y = self.top
        for lines in self.names:
            high = LEADING * len(lines) + GAP
            drawn = [
                label(words, self.left - SIDE, y + LEADING * n + 14, size=SIZE, text_anchor="end")
                for n, words in enumerate(lines)
            ]
            yield y + high / 2, drawn
            y += high

    def axis(self, title: str, words: Words) -> list[str]:
        """Lines at round numbers, and what the numbers are."""
        drawn = []
        for value in ticks(self.low, self.high):
            x, zero = self.across(value), value == 0.0 and self.low < 0.0
            style = {"stroke": FAINT if zero else GRID, "stroke_width": 1.2 if zero else 0.8}
            drawn.append(element("line", x1=x, x2=x, y1=self.top, y2=self.bottom, **style))
            place = {"size": 10, "colour": FAINT, "text_anchor": "middle"}
            drawn.append(label(words(value), x, self.bottom + 13, **place))
        end = {"size": 10, "colour": FAINT, "text_anchor": "end"}
        return [*drawn, label(title, self.right, self.bottom + 29, **end)]


def draw_estimates(
    rows: Sequence[Estimate],
    *,
    title: str,
    axis: str,
    words: Words,
    ends: tuple[float, float] | None = None,
    bars: bool = False,
    testid: str = "estimates",
) -> str:
    """Draw estimates with their intervals, those below zero in another colour.

    Args:
        rows: From the top.
        title: What is to be seen, for those who do not see it.
        axis: What the numbers are.
        words: How a number is written.
        ends: Of the scale; without them, it holds all intervals, and zero.
        bars: Whether a bar leads from zero to each estimate.
        testid: Name by which tests find it.
    """
    frame = Frame([row.name for row in rows], *(ends or _ends(rows)))
    inside = frame.axis(axis, words)
    for row, (y, names) in zip(rows, frame.rows(), strict=True):
        colour = VERMILLION if row.value < 0.0 else BLUE
        x, left, right = (frame.across(value) for value in (row.value, row.low, row.high))
        said = f"{row.name}: {words(row.value)} ({words(row.low)} to {words(row.high)})"
        marks = [tip(said)]
        if bars:
            start, end = sorted((frame.across(0.0), x))
            box = {"x": start, "y": y - 6.5, "width": end - start, "height": 13.0}
            marks.append(element("rect", fill=colour, fill_opacity=0.55, **box))
        style = {"stroke": INK if bars else colour, "stroke_width": 1.5 if bars else 2.6}
        marks.append(element("line", x1=left, x2=right, y1=y, y2=y, **style))
        marks.append(element("circle", cx=x, cy=y, r=3.8, fill=INK if bars else colour))
        inside += [*names, element("g", *marks)]
        inside.append(label(words(row.value), frame.right + SIDE, y + 4, size=SIZE))
    return picture(WIDTH, frame.height, *inside, title=title, testid=testid)


def _ends(rows: Sequence[Estimate]) -> tuple[float, float]:
    """A scale that holds all intervals and zero."""
    low = min(0.0, *(row.low for row in rows))
    high = max(0.0, *(row.high for row in rows))
    if high - low < SMALLEST:
        return 0.0, 1.0
    free = MARGIN * (high - low)
    return low - free * (low < 0.0), high + free * (high > 0.0)


def draw_shares(
    rows: Sequence[tuple[str, Sequence[float]]],
    parts: Sequence[tuple[str, str]],
    *,
    title: str,
    axis: str,
    words: Words,
    testid: str = "shares",
) -> str:
    """Draw rows of shares that add up to one; the first part's share stands beside its row.

    Args:
        rows: Names, and shares of the parts.
        parts: Names and colours of the parts, from the left.
        title: What is to be seen, for those who do not see it.
        axis: What the shares are of.
        words: How a share is written.
        testid: Name by which tests find it.
    """
    frame = Frame([name for name, _ in rows], 0.0, 1.0, top=TOP + LEADING + GAP)
    inside = [*frame.axis(axis, words), *_key(parts, frame.left)]
    for (name, shares), (y, names) in zip(rows, frame.rows(), strict=True):
        inside += names
        so_far = 0.0
        for (part, colour), share in zip(parts, shares, strict=True):
            x, end = frame.across(so_far), frame.across(so_far + share)
            box = {"x": x, "y": y - 7.5, "width": end - x, "height": 15.0}
            words_of_part = tip(f"{name}: {part} {words(share)}")
            inside.append(element("rect", words_of_part, fill=colour, **box))
            so_far += share
        inside.append(label(words(shares[0]), frame.right + SIDE, y + 4, size=SIZE))
    return picture(WIDTH, frame.height, *inside, title=title, testid=testid)


def _key(parts: Sequence[tuple[str, str]], x: float) -> list[str]:
    drawn = []
    for name, colour in parts:
        drawn.append(element("rect", x=x, y=4, width=12, height=12, fill=colour))
        drawn.append(label(name, x + 17, 14, size=SIZE))
        x += 34 + width_of(name, SIZE)
    return drawn

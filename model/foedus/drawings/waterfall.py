"""A decision's reasons, one bar each, from nothing to the sum on which it was taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from foedus.drawings.svg import element, label, picture, tip
from foedus.telling.palette import BLUE, FAINT, INK, VERMILLION

if TYPE_CHECKING:
    from foedus.studies.explain.decisions import Step

WIDTH: Final = 560.0
ROW: Final = 22.0
TOP: Final = 38.0
NAMES: Final = 214.0
"""Room for the names of the reasons."""
NUMBERS: Final = 46.0
"""Room for the numbers."""


def draw(
    steps: Sequence[Step], total: float, unit: str, speaks_for: str, testid: str = "waterfall"
) -> str:
    """Draw the reasons of one decision.

    Args:
        steps: Bars, from the first reason to the last.
        total: Their sum.
        unit: In what they are measured.
        speaks_for: The option that positive reasons speak for.
        testid: Name by which tests find it.
    """
    ends = [0.0, total, *(each.start for each in steps), *(each.end for each in steps)]
    low, high = min(ends), max(ends)
    scale = (WIDTH - NAMES - 2 * NUMBERS) / max(high - low, 1e-9)
    height = TOP + ROW * (len(steps) + 1) + 12

    def across(value: float) -> float:
        return float(NAMES + NUMBERS + scale * (value - low))

    zero = across(0.0)
    inside = [
        label(
            f"Right (blue): for «{speaks_for}»; left (orange): against; in {unit}", 4, 14, size=11.5
        ),
        element("line", x1=zero, x2=zero, y1=TOP - 8, y2=height - 6, stroke=FAINT),
        label("0", zero, TOP - 11, size=10, colour=FAINT, text_anchor="middle"),
    ]
    for n, step in enumerate(steps):
        colour = BLUE if step.end >= step.start else VERMILLION
        inside += _bar(step.label, across(step.start), across(step.end), step.value, n, colour)
        x = across(step.end)
        below = TOP + ROW * (n + 1)
        style = {"stroke": FAINT, "stroke_dasharray": "2 2"}
        inside.append(element("line", x1=x, x2=x, y1=below - 4, y2=below + 3, **style))
    inside += _bar("Sum", zero, across(total), total, len(steps), INK, weight=700)
    words = "; ".join(f"{step.label} {step.value:+.2f}" for step in steps)
    title = f"Reasons for «{speaks_for}», in {unit}: {words}; sum {total:+.2f}"
    return picture(WIDTH, height, *inside, title=title, testid=testid)


def _bar(
    name: str, start: float, end: float, value: float, row: int, colour: str, weight: int = 400
) -> list[str]:
    y = TOP + ROW * row
    left, right = sorted((start, end))
    # The number stands beyond the bar's end, where nothing is.
    rising = end >= start
    place = {"text_anchor": "start" if rising else "end", "font_weight": weight}
    return [
        label(name, NAMES - 6, y + 14, size=11.5, text_anchor="end", font_weight=weight),
        element(
            "rect",
            tip(f"{name}: {value:+.3f}"),
            x=left,
            y=y + 3,
            width=max(0.8, right - left),
            height=ROW - 7,
            fill=colour,
        ),
        label(f"{value:+.2f}", (right + 4) if rising else (left - 4), y + 14, size=11, **place),
    ]

"""Elements of a picture, and the palette's scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from textwrap import wrap
from typing import Final
from unicodedata import east_asian_width

from foedus.telling.palette import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    STATUS_COLOURS,
    VERMILLION,
)

type Point = tuple[float, float]

NOTHING: Final = "#D9D9D9"
"""Colour of what has no value."""
PAPER: Final = "#FFFFFF"
GRID: Final = "#E2E2E2"

TONES: Final = {
    INK: "ink",
    FAINT: "faint",
    PAPER: "paper",
    GRID: "grid",
    BLUE: "blue",
    VERMILLION: "vermillion",
    GREEN: "green",
    PURPLE: "purple",
    ORANGE: "orange",
    STATUS_COLOURS["out"]: "out",
}
"""Colours that a page may exchange for its own by a variable of its style, as for a dark ground."""

LETTER: Final = 0.56
CAPITAL: Final = 0.8
WIDE: Final = 1.05
"""Widths of a usual letter, of a capital or one of another script, and of the widest, in units of
their size."""
WIDEST: Final = frozenset("MWm@%ЖШЩЮ")

# Nine steps of cividis, which is as good for people with any colour vision, and in grey.
SEQUENCE: Final = (
    *("#00224E", "#0F3570", "#3C4B6C", "#575D6D", "#707173"),
    *("#8A8779", "#A69D75", "#C4B56C", "#E4CF5B", "#FEE838"),
)


def element(name: str, *inside: str, **attributes: object) -> str:
    """An element; attributes are escaped, `inside` is not.

    An underscore in a name stands for a hyphen, one at the end for nothing.

    Example:
        >>> element("text", text("A & B"), x=1.25, text_anchor="middle")
        '<text x="1.2" text-anchor="middle">A &amp; B</text>'
        >>> element("path", fill="#0072B2")
        '<path fill="var(--blue, #0072B2)"></path>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(key, value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(inside)}</{name}>"


def _written(key: str, value: object) -> str:
    """The value of an attribute; a colour so that a page may exchange it."""
    if key in {"fill", "stroke"} and value in TONES:
        return f"var(--{TONES[str(value)]}, {value})"
    return number(value)


def number(value: object) -> str:
    """A number with as many digits as a picture needs; anything else as it is."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def text(words: str) -> str:
    """Words, safe to be put into a picture."""
    return escape(words)


def label(
    words: str,
    x: float,
    y: float,
    *,
    size: object = 11,
    colour: object = INK,
    **attributes: object,
) -> str:
    """Words at a place, with a white edge that keeps them legible on any ground."""
    return element(
        "text",
        text(words),
        **{
            "x": x,
            "y": y,
            "font_size": size,
            "fill": colour,
            "paint_order": "stroke",
            "stroke": PAPER,
            "stroke_width": 2.5,
            "stroke_linejoin": "round",
            **attributes,
        },
    )


def picture(width: float, height: float, *inside: str, title: str, testid: str) -> str:
    """A whole picture that scales with its place on the page.

    Args:
        width: Of its own measure; letters of size 11 are legible if it is about 560.
        height: Likewise.
        inside: Elements.
        title: What is to be seen, for those who do not see it.
        testid: Name by which tests find it.
    """
    return element(
        "svg",
        *inside,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_label=title,
        data_testid=testid,
        font_family="Roboto, DejaVu Sans, sans-serif",
    )


def tip(words: str) -> str:
    """Words that a pointer over an element brings up."""
    return element("title", text(words))


def width_of(words: str, size: float) -> float:
    """About how wide words are: rather too much than too little."""
    letters = 0.0
    for each in words:
        if each in WIDEST or east_asian_width(each) in "WF":
            letters += WIDE
        else:
            letters += CAPITAL if each.isupper() or not each.isascii() else LETTER
    return size * letters


def lines_of(words: str, width: float, size: float = 11) -> list[str]:
    """Words in lines that are no longer than a width, as far as their mean letter can tell.

    Example:
        >>> lines_of("Armenia has left the alliance", 90)
        ['Armenia has', 'left the', 'alliance']
    """
    letter = width_of(words, size) / max(1, len(words))
    return wrap(words, max(4, int(width / max(letter, 1.0)))) or [""]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two ends, at most so many.

    Example:
        >>> ticks(0.0, 1.0)
        [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        >>> ticks(-0.013, 0.004, 5)
        [-0.01, -0.005, 0.0]
    """
    span = max(high - low, 1e-9)
    exponent = math.floor(math.log10(span / most))
    steps = [factor * 10.0**exponent for factor in (1.0, 2.0, 5.0, 10.0, 20.0)]
    step = next(each for each in steps if span / each <= most - 1 + 1e-9)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [round(n * step, 12) for n in range(first, last + 1)]


def line(points: Iterable[Point], **attributes: object) -> str:
    """A line through points; `None` as a colour of its area."""
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return element("polyline", points=path, **{"fill": "none", **attributes})


def area(upper: Sequence[Point], lower: Sequence[Point], **attributes: object) -> str:
    """The area between two lines."""
    path = " ".join(f"{number(x)},{number(y)}" for x, y in (*upper, *reversed(lower)))
    return element("polygon", points=path, **attributes)


def shade(share: float) -> str:
    """Colour of a level from 0 (dark) to 1 (bright).

    Example:
        >>> shade(0.0), shade(1.0), shade(float("nan"))
        ('#00224E', '#FEE838', '#D9D9D9')
    """
    if math.isnan(share):
        return NOTHING
    return SEQUENCE[min(len(SEQUENCE) - 1, max(0, int(share * len(SEQUENCE))))]


def ink_on(colour: str) -> str:
    """Black or white, whichever is read more easily on a colour.

    By the contrast ratio of the Web Content Accessibility Guidelines 2.2, section 1.4.3.

    Example:
        >>> ink_on("#707173"), ink_on("#8A8779")
        ('#FFFFFF', '#000000')
    """
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#FFFFFF" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "#000000"


def scale_key(low: str, high: str, x: float, y: float, width: float = 110) -> str:
    """The key of `shade`."""
    step = width / len(SEQUENCE)
    boxes = [
        element("rect", x=x + n * step, y=y, width=step + 0.5, height=9, fill=colour)
        for n, colour in enumerate(SEQUENCE)
    ]
    ends = (
        label(low, x, y + 20, size=10, colour=FAINT),
        label(high, x + width, y + 20, size=10, colour=FAINT, text_anchor="end"),
    )
    return "".join((*boxes, *ends))

"""The network: ties among members, alignments with the patron and with partners, nobody moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from foedus.drawings.svg import Point, element, label, picture, text, tip
from foedus.telling.numbers import percent
from foedus.telling.palette import BLUE, FAINT, INK, PURPLE, STATUS_COLOURS

WIDTH, HEIGHT = 480.0, 362.0
MIDDLE: Final = (WIDTH / 2, 160.0)
INNER, OUTER = (118.0, 88.0), (205.0, 136.0)
"""Half axes of the ellipses on which members and partners stand."""

FAINTEST: Final = 0.03
"""Shares and ties below it are not drawn."""

WIDEST: Final = 9.0
TIE: Final = "#8C8C8C"


@dataclass(frozen=True)
class Node:
    """A party.

    Attributes:
        code: Its code.
        title: Its name.
        status: Of a member; empty for others.
    """

    code: str
    title: str
    status: str = ""


def around(count: int, axes: Point, turn: float) -> list[Point]:
    """Places of `count` parties on an ellipse, clockwise, the first at `turn` of a circle.

    Example:
        >>> around(2, (100.0, 50.0), 0.0)
        [(240.0, 110.0), (240.0, 210.0)]
    """
    angles = [2.0 * math.pi * (turn + n / count) - math.pi / 2.0 for n in range(count)]
    x, y = MIDDLE
    return [
        (round(x + axes[0] * math.cos(each), 1), round(y + axes[1] * math.sin(each), 1))
        for each in angles
    ]


def draw(
    patron: Node,
    members: Sequence[Node],
    partners: Sequence[Node],
    *,
    ties: Sequence[Sequence[float]],
    shares: Sequence[Sequence[float]],
    testid: str = "network",
) -> str:
    """Draw the network.

    Args:
        patron: In the middle.
        members: Around it, in axis order.
        partners: Outside, in axis order.
        ties: Trust between members, 0 to 1; shape ``(member, member)``.
        shares: Shares of each member's ties, 0 to 1, with each partner, then with the patron;
            shape ``(member, partner + 1)``.
        testid: Name by which tests find it.
    """
    inner = around(len(members), INNER, 0.0)
    outer = around(len(partners), OUTER, 0.5 / max(1, len(members)))
    lines = _lines(patron, members, partners, (inner, outer), ties, shares)
    nodes = [
        *(_node(one, at, 13.0) for one, at in zip(partners, outer, strict=True)),
        *(_node(one, at, 17.0) for one, at in zip(members, inner, strict=True)),
        _node(patron, MIDDLE, 21.0, colour=INK),
    ]
    title = "Network of the alliance. " + "; ".join(
        f"{one.title} {one.status}, {percent(row[-1])} % of its ties with {patron.title}"
        for one, row in zip(members, shares, strict=True)
    )
    return picture(WIDTH, HEIGHT, *lines, *nodes, _key(patron), title=title, testid=testid)


def _lines(
    patron: Node,
    members: Sequence[Node],
    partners: Sequence[Node],
    places: tuple[Sequence[Point], Sequence[Point]],
    ties: Sequence[Sequence[float]],
    shares: Sequence[Sequence[float]],
) -> list[str]:
    """Ties with partners below, those between members above them, those with the patron on top."""
    inner, outer = places
    drawn = []
    for i, member in enumerate(members):
        for q, partner in enumerate(partners):
            words = f"{member.title} has {percent(shares[i][q])} % of its ties with {partner.title}"
            drawn.append(_stroke(inner[i], outer[q], shares[i][q], PURPLE, words))
    for i, member in enumerate(members):
        for j, other in enumerate(members[:i]):
            if "out" not in {member.status, other.status} and ties[j][i] >= FAINTEST:
                words = f"Tie between {other.title} and {member.title}: {ties[j][i]:.2f}"
                drawn.append(_stroke(inner[j], inner[i], 0.6 * ties[j][i], TIE, words, "5 3"))
    for i, member in enumerate(members):
        words = f"{member.title} has {percent(shares[i][-1])} % of its ties with {patron.title}"
        drawn.append(_stroke(inner[i], MIDDLE, shares[i][-1], BLUE, words))
    return drawn


def _stroke(a: Point, b: Point, size: float, colour: str, words: str, dashes: str = "") -> str:
    """A line that is the wider, the more it stands for; nothing if that is hardly anything."""
    if size < FAINTEST and not dashes:
        return ""
    ends = {"x1": a[0], "y1": a[1], "x2": b[0], "y2": b[1]}
    style = {"stroke": colour, "stroke_opacity": 0.75, "stroke_dasharray": dashes or None}
    return element("line", tip(words), **ends, **style, stroke_width=max(0.8, WIDEST * size))


def _node(one: Node, at: Point, radius: float, colour: str = "#FFFFFF") -> str:
    x, y = at
    fill = STATUS_COLOURS.get(one.status, colour)
    dark = fill not in {"#FFFFFF", STATUS_COLOURS["frozen"]}
    words = f"{one.title}: {one.status}" if one.status else one.title
    return element(
        "g",
        tip(words),
        element("circle", cx=x, cy=y, r=radius, fill=fill, stroke=INK, stroke_width=1.2),
        element(
            "text",
            text(one.code),
            x=x,
            y=y + 3.5,
            font_size=10,
            font_weight=700,
            text_anchor="middle",
            fill="#FFFFFF" if dark else "#000000",
        ),
        label(one.title, x, y + radius + 11, size=11.5, text_anchor="middle"),
    )


def _key(patron: Node) -> str:
    """What lines and colours mean, along the lower edge."""
    y = HEIGHT - 26
    lines = (
        (BLUE, "", f"ties with {patron.title}"),
        (PURPLE, "", "with a partner"),
        (TIE, "5 3", "trust between members"),
    )
    drawn, x = [], 12.0
    for colour, dashes, words in lines:
        style = {"stroke": colour, "stroke_width": 4, "stroke_dasharray": dashes or None}
        drawn.append(element("line", x1=x, x2=x + 24, y1=y - 4, y2=y - 4, **style))
        drawn.append(label(words, x + 30, y, size=10.5, colour=FAINT))
        x += 52 + 5.4 * len(words)
    x = 12.0
    for name, colour in STATUS_COLOURS.items():
        drawn.append(element("circle", cx=x + 6, cy=y + 14, r=5.5, fill=colour, stroke=INK))
        drawn.append(label(name, x + 16, y + 18, size=10.5, colour=FAINT))
        x += 74
    drawn.append(label("wider lines: more", x + 10, y + 18, size=10.5, colour=FAINT))
    return "".join(drawn)

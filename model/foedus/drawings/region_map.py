"""The map of the region, coloured by a state of the members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foedus.drawings.svg import element, label, picture, scale_key, shade, tip
from foedus.telling.numbers import percent
from foedus.telling.palette import FAINT, INK, STATUS_COLOURS, VERMILLION

if TYPE_CHECKING:
    from foedus.drawings.atlas import Atlas

SEA: Final = "#F4F8FB"
LAND: Final = "#ECECEC"
PARTNER: Final = "#DCE6DD"
PATRON: Final = "#C9C3D9"
NOTICE: Final = (
    "Boundaries are those of the data (Natural Earth, with disputed ground as the United Nations "
    "show it) and imply no judgement on the legal status of any territory."
)


@dataclass(frozen=True)
class Place:
    """A party on the map.

    Attributes:
        code: Its code.
        title: Its name.
        role: ``member``, ``partner`` or ``patron``.
        colour: Of its states.
        words: Its value in words.
        out: Whether it is no member now.
    """

    code: str
    title: str
    role: str
    colour: str
    words: str
    out: bool = False


@dataclass(frozen=True)
class Theatre:
    """A place where something happens from outside.

    Attributes:
        states: Where.
        words: What, in words.
        size: From 0 to 1.
        patron: Whether it binds the patron, or threatens members.
    """

    states: tuple[str, ...]
    words: str
    size: float
    patron: bool


def member_place(code: str, title: str, status: str, level: float | None) -> Place:
    """A member, coloured by a level from 0 to 1, or by its status if there is none.

    A former member has no place in the alliance, and so no colour of its own.
    """
    out = status == "out"
    if level is None or out:
        return Place(
            code, title, "member", STATUS_COLOURS[status] if level is None else LAND, status, out
        )
    return Place(code, title, "member", shade(level), f"{level:.2f}", out)


def partner_place(code: str, title: str, share: float) -> Place:
    """A partner, with its mean share of the members' ties."""
    return Place(code, title, "partner", PARTNER, f"{percent(share)} %")


def patron_place(code: str, title: str, capacity: float) -> Place:
    """The patron, with its capacity."""
    return Place(code, title, "patron", PATRON, f"capacity {capacity:.2f}")


def draw(
    atlas: Atlas,
    places: Sequence[Place],
    theatres: Sequence[Theatre],
    *,
    what: str,
    statuses: bool = False,
    testid: str = "map",
) -> str:
    """Draw the map.

    Args:
        atlas: Outlines.
        places: Parties.
        theatres: Where something happens.
        what: What the colours of members mean.
        statuses: Whether these are statuses, and not levels.
        testid: Name by which tests find it.
    """
    colours = {state: place for place in places for state in atlas.states_of(place.code)}
    words = "; ".join(f"{one.title} {one.words}" for one in places if one.role == "member")
    left, top, width, height = atlas.inset_box
    clip = f"clip-{testid}"
    inside = (
        _patterns(testid),
        element("rect", width=atlas.width, height=atlas.height, fill=SEA),
        _states("whole", atlas.outlines, colours),
        _hatches("whole", atlas.outlines, theatres, testid),
        _labels(places, atlas.labels, atlas.beyond),
        _theatre_labels(theatres, atlas.labels),
        element("clipPath", element("rect", width=width, height=height), id=clip),
        element(
            "g",
            element(
                "g",
                element("rect", width=width, height=height, fill=SEA),
                _states("near", atlas.inset, colours),
                _hatches("near", atlas.inset, theatres, testid),
                _labels(places, atlas.inset_labels, {}, size=11.5),
                clip_path=f"url(#{clip})",
            ),
            element("rect", width=width, height=height, fill="none", stroke=FAINT),
            label(atlas.inset_title, 4, height - 5, size=10.5, colour=FAINT),
            transform=f"translate({left},{top})",
        ),
        _key(atlas, what, statuses=statuses, testid=testid),
    )
    title = f"Map of the region. {what}: {words}."
    return picture(atlas.width, atlas.height, *inside, title=title, testid=testid)


def outlines(atlas: Atlas) -> str:
    """All outlines, to be put on the page once; maps only refer to them and stay small."""
    views = (("whole", atlas.outlines), ("near", atlas.inset))
    paths = [
        element("path", d=path, id=f"{view}-{code}")
        for view, shapes in views
        for code, path in shapes.items()
    ]
    hidden = {"width": 0, "height": 0, "aria_hidden": "true", "style": "position:absolute"}
    return element("svg", element("defs", *paths), **hidden)


def _states(view: str, shapes: Mapping[str, str], places: Mapping[str, Place]) -> str:
    plain = {"fill": LAND, "stroke": "#FFFFFF", "stroke_width": 0.6}
    drawn = [
        element("use", href=f"#{view}-{code}", **plain) for code in shapes if code not in places
    ]
    # Members last, so that their borders lie above all others.
    for role in ("partner", "patron", "member"):
        for state, place in places.items():
            if place.role == role and state in shapes:
                words = tip(f"{place.title}: {place.words}")
                edge: dict[str, object] = {"stroke": "#FFFFFF", "stroke_width": 0.6}
                if role == "member":
                    edge = {"stroke": INK, "stroke_width": 0.6 if place.out else 1.1}
                drawn.append(
                    element("use", words, href=f"#{view}-{state}", fill=place.colour, **edge)
                )
    return "".join(drawn)


def _patterns(testid: str) -> str:
    """Hatching: dark for the patron's war, red dots for what threatens members."""
    line = element("path", d="M0,6L6,0", stroke="#000000", stroke_width=1.3)
    dot = element("circle", cx=3, cy=3, r=1.4, fill=VERMILLION)
    frame = {"width": 6, "height": 6, "patternUnits": "userSpaceOnUse"}
    return element(
        "defs",
        element("pattern", line, id=f"war-{testid}", **frame),
        element("pattern", dot, id=f"threat-{testid}", **frame),
    )


def _hatches(view: str, shapes: Mapping[str, str], theatres: Sequence[Theatre], testid: str) -> str:
    return "".join(
        element(
            "use",
            tip(theatre.words),
            href=f"#{view}-{state}",
            fill=f"url(#{'war' if theatre.patron else 'threat'}-{testid})",
            opacity=f"{0.15 + 0.85 * min(1.0, theatre.size):.2f}",
        )
        for theatre in theatres
        for state in theatre.states
        if state in shapes and theatre.size > 0.0
    )


def _labels(
    places: Sequence[Place],
    at: Mapping[str, tuple[float, float]],
    beyond: Mapping[str, tuple[float, float]],
    *,
    size: float = 13.0,
) -> str:
    drawn = []
    for place in places:
        where = at.get(place.code) or beyond.get(place.code)
        if where is None:
            continue
        x, y = where
        off = place.code in beyond
        strong = place.role == "member" and not place.out
        anchor = "start" if off else "middle"
        name = f"← {place.title}" if off else place.title
        style = {"text_anchor": anchor, "font_weight": 700 if strong else 400}
        drawn.append(label(name, x, y, size=size if strong else size - 1, **style))
        colour = INK if strong else FAINT
        drawn.append(label(place.words, x, y + size + 1, size=size - 1, colour=colour, **style))
    return "".join(drawn)


def _theatre_labels(theatres: Sequence[Theatre], at: Mapping[str, tuple[float, float]]) -> str:
    drawn = []
    for theatre in theatres:
        where = at.get(theatre.states[0]) if theatre.states else None
        if where is not None:
            x, y = where
            drawn.append(
                label(theatre.words, x, y, size=10, text_anchor="middle", font_style="italic")
            )
    return "".join(drawn)


def _key(atlas: Atlas, what: str, *, statuses: bool, testid: str) -> str:
    """What colours and hatchings mean, in the lower right corner."""
    x, y = atlas.width - 128.0, atlas.height - 76.0
    parts = [
        element(
            "rect", x=x - 8, y=y - 16, width=132, height=88, fill="#FFFFFF", fill_opacity=0.9, rx=4
        ),
        label(what, x, y - 2, size=10.5, font_weight=700),
    ]
    if statuses:
        for n, (name, colour) in enumerate(STATUS_COLOURS.items()):
            parts.append(element("rect", x=x + 40 * n, y=y + 5, width=9, height=9, fill=colour))
            parts.append(label(name, x + 40 * n, y + 25, size=10, colour=FAINT))
    else:
        parts.append(scale_key("0", "1", x, y + 5))
    for n, (name, words) in enumerate(
        ((f"war-{testid}", "the patron's war"), (f"threat-{testid}", "source of threats"))
    ):
        top = y + 34 + 18 * n
        box = {"x": x, "y": top, "width": 18, "height": 12}
        parts.append(element("rect", fill="#FFFFFF", stroke=FAINT, stroke_width=0.6, **box))
        parts.append(element("rect", fill=f"url(#{name})", **box))
        parts.append(label(words, x + 24, top + 10, size=10, colour=FAINT))
    return "".join(parts)

"""The outlines of the region on a plane, and what an alliance's map says about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.data import scenarios_folder

if TYPE_CHECKING:
    from foedus.drawings.svg import Point

HERE: Final = Path(__file__).parents[1] / "app"
GRID: Final = 0.5
"""Corners are moved to a grid of this width, which drops nine in ten and leaves no gaps."""

EARTH: Final = 6371.0
"""Radius in km."""


@dataclass(frozen=True)
class Atlas:
    """The map of one alliance.

    Attributes:
        width: Of the picture.
        height: Likewise.
        outlines: Path data of every state, by ISO 3166 alpha-3 code.
        inset: Path data on the larger scale of the inset, likewise.
        inset_box: Left, top, width and height of the inset.
        inset_title: What it shows.
        states: States that a party is, by the party's code, if it is not one of that code.
        theatres: By driver: where it happens.
        labels: Where to write the names, by code.
        inset_labels: The same in the inset.
        beyond: Where to write the names of parties that lie off the map.
    """

    width: float
    height: float
    outlines: dict[str, str]
    inset: dict[str, str]
    inset_box: tuple[float, float, float, float]
    inset_title: str
    states: dict[str, tuple[str, ...]]
    theatres: dict[str, tuple[str, ...]]
    labels: dict[str, Point]
    inset_labels: dict[str, Point]
    beyond: dict[str, Point]

    def states_of(self, party: str) -> tuple[str, ...]:
        """States that a party is made of; none if it lies off the map."""
        return self.states.get(party, (party,) if party in self.outlines else ())


@dataclass(frozen=True)
class View:
    """Where to look from: the middle in degrees, and km at the left, top, right and bottom."""

    longitude: float
    latitude: float
    left: float
    top: float
    right: float
    bottom: float
    width: float

    @property
    def height(self) -> float:
        """Height of the picture that has this width."""
        return self.width * (self.top - self.bottom) / (self.right - self.left)

    def place(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Longitudes and latitudes as points of the picture; shape ``(point, 2)``.

        Lambert's azimuthal projection, which keeps areas true.
        """
        across, up = np.radians(degrees.T)
        middle, height = np.radians((self.longitude, self.latitude))
        turn = across - middle
        nearness = np.sin(height) * np.sin(up) + np.cos(height) * np.cos(up) * np.cos(turn)
        stretch = EARTH * np.sqrt(2.0 / np.maximum(1.0 + nearness, 1e-9))
        east = stretch * np.cos(up) * np.sin(turn)
        north = stretch * (np.cos(height) * np.sin(up) - np.sin(height) * np.cos(up) * np.cos(turn))
        scale = self.width / (self.right - self.left)
        return np.stack(((east - self.left) * scale, (self.top - north) * scale), axis=1)


@cache
def load(alliance: str) -> Atlas | None:
    """The map of a bundled alliance, beside its file; None if nobody has made one."""
    path = scenarios_folder() / "alliances" / f"{alliance}.map.json"
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    region = json.loads((HERE / "assets" / "region.json").read_text(encoding="utf-8"))
    shapes = {each["id"]: each["geometry"]["coordinates"] for each in region["features"]}
    view = View(**content["view"], width=float(content["width"]))
    box = tuple(map(float, content["inset"]["box"]))
    near = View(**content["inset"]["view"], width=box[2])
    return Atlas(
        width=view.width,
        height=view.height,
        outlines=_outlines(shapes, view, view.height),
        inset=_outlines(shapes, near, box[3]),
        inset_box=(box[0], box[1], box[2], box[3]),
        inset_title=content["inset"]["title"],
        states={code: tuple(states) for code, states in content["states"].items()},
        theatres={driver: tuple(states) for driver, states in content["theatres"].items()},
        labels=_places(content["labels"], view),
        inset_labels=_places(content["inset"]["labels"], near),
        beyond={code: (float(x), float(y)) for code, (x, y) in content["beyond"].items()},
    )


def _places(degrees: dict[str, list[float]], view: View) -> dict[str, Point]:
    if not degrees:
        return {}
    points = view.place(np.array(list(degrees.values()), dtype=float)).round(1).tolist()
    return {code: (x, y) for code, (x, y) in zip(degrees, points, strict=True)}


def _outlines(shapes: dict[str, Any], view: View, height: float) -> dict[str, str]:
    """Path data of all states that can be seen."""
    paths = {}
    for code, polygons in shapes.items():
        rings = (_ring(ring, view, height) for polygon in polygons for ring in polygon)
        path = "".join(ring for ring in rings if ring)
        if path:
            paths[code] = path
    return paths


def _ring(degrees: list[list[float]], view: View, height: float) -> str:
    """A closed ring on the grid; nothing if it is too small, or off the picture."""
    points = view.place(np.array(degrees))
    low, high = points.min(axis=0), points.max(axis=0)
    if high[0] < 0 or high[1] < 0 or low[0] > view.width or low[1] > height:
        return ""
    points = np.round(points / GRID) * GRID
    moved = np.any(points[1:] != points[:-1], axis=1)
    kept = points[np.concatenate(([True], moved))]
    if len(kept) < 4:
        return ""
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in kept[:-1].tolist()) + "Z"

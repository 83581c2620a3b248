"""Where compiled code is kept, so that an edited rule never runs from a stale copy.

A cache that looks only at the file of one function misses edits elsewhere. The folder here is named
after a digest of all the sources that the kernel is made of, so an edit anywhere among them means a
new folder; old ones are removed after a while.
"""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import gettempdir
from typing import Final

SOURCES: Final = ("dictionary", "rules", "simulation")
KEPT: Final = 6
"""Versions of the sources whose compiled code is kept."""


@lru_cache(maxsize=1)
def digest() -> str:
    """Digest of the sources from which the kernel is compiled, and of the compiler's version."""
    package = Path(__file__).parents[2]
    content = sha256(f"numba {version('numba')} numpy {version('numpy')}".encode())
    for folder in SOURCES:
        for path in sorted((package / folder).rglob("*.py")):
            content.update(path.relative_to(package).as_posix().encode())
            content.update(path.read_bytes())
    return content.hexdigest()[:16]


def folder() -> Path:
    """Folder of the compiled code of these sources; created if need be.

    ``FOEDUS_CACHE`` overrides the user's cache folder. Where neither can be written, the system's
    temporary folder serves.
    """
    home = os.environ.get("FOEDUS_CACHE")
    usual = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(home) if home else Path(usual) / "foedus"
    for candidate in (root, Path(gettempdir()) / f"foedus-cache-{os.getuid()}"):
        place = candidate / digest()
        try:
            place.mkdir(parents=True, exist_ok=True)
            os.utime(place)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            _prune(candidate, place)
            return place
    return Path(gettempdir()) / digest()


def _prune(root: Path, own: Path) -> None:
    """Remove all but the versions used last; one's own stays, however old a clock makes it."""
    versions = [path for path in root.iterdir() if path.is_dir() and len(path.name) == 16]
    versions.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [each for each in versions if each != own][KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)

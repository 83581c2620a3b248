"""What tells whether files have changed since they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

type Stamp = tuple[tuple[str, int, int], ...]


def stamp(paths: Iterable[Path]) -> Stamp:
    """Path, time of the last change in nanoseconds and size in bytes of each file.

    Two equal stamps mean that what was read from the files may be used again; a missing file
    counts as one of time and size -1.
    """
    return tuple(_of(path) for path in paths)


def _of(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), status.st_mtime_ns, status.st_size

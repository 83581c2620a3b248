"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

HALF: Final = ".half"
"""End of the names of files that are being written."""


def write_whole(path: Path, content: bytes | str, mode: int = 0o666) -> None:
    """Write a file so that, whatever happens, it is afterwards complete, or as it was before.

    It is written to a name of this process beside its place, brought to the disk and renamed.

    Args:
        path: The file; its folder must exist.
        content: Bytes, or a text that is written as UTF-8.
        mode: Permissions of the file, less what the user's mask takes away.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}{HALF}")
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except BaseException:
        # What failed first is what the user must hear of.
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Bring the names inside a folder to the disk, so that a power cut forgets none."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""A folder that one process at a time works in; the lock goes with the process, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

from foedus.errors import FoedusError

LOCK: Final = "lock"
"""Name of the file in the folder that is locked."""


def acquire(folder: Path) -> int | None:
    """Lock a folder until the handle is closed.

    Returns:
        The handle; None where the file system knows no locks.

    Raises:
        FoedusError: Another process works in it, or has just finished and removed it.
        OSError: It cannot be locked.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise FoedusError(f"{folder}: another process is working on it") from None
    except OSError as fault:
        os.close(handle)
        if fault.errno in {errno.ENOLCK, errno.ENOTSUP}:
            return None
        raise
    if not (folder / LOCK).exists():
        os.close(handle)
        raise FoedusError(f"{folder}: another process has just finished it")
    return handle


def in_use(folder: Path) -> bool:
    """Whether another process works in a folder on this machine."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False

"""A folder that one process at a time works in; the lock goes with the process, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError

if TYPE_CHECKING:
    from pathlib import Path

LOCK: Final = "lock"
"""Name of the file in the folder that is locked."""


class Lock:
    """The lock of a folder; it is known to be held from the very moment that it is."""

    def __init__(self) -> None:
        self._handle: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process holds it, or is about to."""
        return self._handle is not None

    def acquire(self, folder: Path) -> None:
        """Lock a folder until `release`; where the file system knows no locks, nothing happens.

        Raises:
            FoedusError: Another process works in it, or has just finished and removed it.
            OSError: It cannot be locked.
        """
        try:
            self._handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise FoedusError(f"{folder}: another process is working on it") from None
        except OSError as fault:
            self.release()
            if fault.errno not in {errno.ENOLCK, errno.ENOTSUP}:
                raise
            return
        if not (folder / LOCK).exists():
            self.release()
            raise FoedusError(f"{folder}: another process has just finished it")

    def release(self) -> None:
        """Release the lock, if it is held."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.close(handle)


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

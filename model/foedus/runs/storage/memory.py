"""Memory of long runs: what is freed goes back at once, so that it does not grow on the way."""

from __future__ import annotations

import ctypes
from typing import Final

import pyarrow as pa

M_MMAP_THRESHOLD: Final = -3
"""Number of the setting in glibc's `malloc.h`."""

LARGE: Final = 2**22
"""Bytes from which an array lies in pages of its own: tables of a chunk do, most else does not."""


def give_back_what_is_freed() -> None:
    """Let large arrays go back to the system at once, where the C library is glibc.

    Left alone, glibc raises that size to what was freed last, up to 32 MiB. Arrays then come from
    one heap, which breaks up over a long run and keeps a third more than is in use. Arrow's own
    pool keeps what it was given, too.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)
    except (OSError, AttributeError):
        return

"""How far a piece of work is, on standard error, for those who ask for it."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 1.0
"""Time between two updates; work that takes less says nothing."""


class Progress:
    """A line that counts up; it is rewritten in place, as terminals and notebooks both do.

    Args:
        unit: What is counted, such as ``trials``.
        total: How many there are in all; None if nobody knows.
        shown: Whether anything is shown.
    """

    def __init__(self, unit: str, total: int | None, *, shown: bool) -> None:
        self.unit, self.total, self.shown = unit, total, shown
        self.done = 0
        self._last = time.perf_counter()
        self._open = False

    def add(self, more: int) -> None:
        """So many more are done."""
        self.reach(self.done + more)

    def reach(self, done: int) -> None:
        """So many are done in all."""
        self.done = done
        now = time.perf_counter()
        if self.shown and now - self._last >= SECONDS:
            self._last, self._open = now, True
            of = "" if self.total is None else f" of {self.total:,}"
            print(f"\r{done:,}{of} {self.unit}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line, if there is one."""
        if self._open:
            self._open = False
            print(file=sys.stderr)


@contextmanager
def progress_of(unit: str, total: int | None, *, shown: bool) -> Iterator[Progress]:
    """A counter for the time of some work; Ctrl-C comes out of it as Ctrl-C.

    Args:
        unit: What is counted.
        total: How many there are in all.
        shown: Whether anything is shown.
    """
    counter = Progress(unit, total, shown=shown)
    try:
        yield counter
    except Exception as error:
        # The compiler wraps whatever goes through it, an interruption as well.
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    finally:
        counter.end()

"""What a command tells beside its answer: how far it is, and how to call it again."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 1.0
"""Time between two updates; work that takes less says nothing."""


def say(text: str) -> None:
    """Tell the user of the progress of the work, on standard error."""
    print(f"foedus: {text}", file=sys.stderr, flush=True)


def watched() -> bool:
    """Whether somebody looks at standard error."""
    return sys.stderr.isatty()


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

    Raises:
        FoedusError: The work does not fit into memory.
    """
    counter = Progress(unit, total, shown=shown)
    try:
        yield counter
    except MemoryError:
        what = unit if total is None else f"{total:,} {unit}"
        raise FoedusError(f"--trials: {what} do not fit into memory; try fewer trials") from None
    except Exception as error:
        # The compiler wraps whatever goes through it, an interruption as well.
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    finally:
        counter.end()


def compile_first() -> None:
    """Say so if the model is going to be compiled."""
    from foedus.simulation.compiled import native  # noqa: PLC0415 - loads the compiler

    if not native.is_warm():
        say("compiling the model, once for this version of it (about half a minute) ...")


def program() -> str:
    """How to call this program again from the same shell."""
    on_path, called = shutil.which("foedus"), Path(sys.argv[0])
    if called.name == "__main__.py":
        return "foedus" if on_path else f"{shlex.quote(sys.orig_argv[0])} -m foedus"
    if called.name != "foedus" or not called.is_file():
        return "foedus"
    if on_path and called.samefile(on_path):
        return "foedus"
    return shlex.quote(sys.argv[0])


def page_step() -> str:
    """How to open the browser page; in a checkout that lacks its libraries `make` fetches them."""
    folder = Path(sys.argv[0]).absolute().parent
    in_checkout = (
        folder.parts[-2:] == (".venv", "bin") and (folder.parents[1] / "Makefile").exists()
    )
    return (
        "make app"
        if in_checkout and importlib.util.find_spec("solara") is None
        else f"{program()} app"
    )

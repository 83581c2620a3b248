"""Playing a scenario for a command: progress on the terminal, refusals in one line."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def telling(trials: int) -> Iterator[Progress | None]:
    """Tell of anything that takes longer than a moment, and say in one line what did not fit.

    Args:
        trials: Number of trials that will be run.

    Yields:
        What is to be called with the number of trials done; None where nobody watches.
    """
    compile_first()
    started = time.perf_counter()
    progress = Progress(trials) if sys.stderr.isatty() else None
    try:
        yield progress
    except MemoryError:
        raise FoedusError(
            f"--trials: {trials:,} trials do not fit into memory; try fewer"
        ) from None
    finally:
        if progress is not None and time.perf_counter() - started > 1.0:
            print(file=sys.stderr)


def compile_first() -> None:
    """Say so if the model is going to be compiled."""
    from foedus.simulation.compiled import native

    if not native.is_warm():
        say("compiling the model, once for this version of it (about half a minute) ...")


class Steps:
    """A line on a terminal that says how much is done, told step by step.

    Args:
        what: What is counted, such as ``trials``.
        total: How many there are in all; None if nobody knows.
    """

    def __init__(self, what: str, total: int | None) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self.started = self.said = time.perf_counter()

    def __call__(self, more: int) -> None:
        """Say it, once a second at most."""
        self.done += more
        now = time.perf_counter()
        if sys.stderr.isatty() and now - self.said > 1.0:
            self.said = now
            of = f" of {self.total:,}" if self.total is not None else ""
            print(f"\r{self.done:,}{of} {self.what}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line, if there is one."""
        if self.said > self.started:
            print(file=sys.stderr)


class Progress:
    """A line on a terminal that says how far the trials are."""

    def __init__(self, trials: int) -> None:
        self.trials = trials
        self.started = time.perf_counter()

    def __call__(self, done: int) -> None:
        """Say it, if it has taken a second already."""
        if time.perf_counter() - self.started > 1.0:
            print(f"\r{done:,} of {self.trials:,} trials", end="", file=sys.stderr, flush=True)


def say(text: str) -> None:
    """Tell the user of the progress of the work, on standard error."""
    print(f"foedus: {text}", file=sys.stderr, flush=True)


def program() -> str:
    """How to call this program again from the same shell."""
    import shlex
    import shutil

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
    from importlib.util import find_spec

    folder = Path(sys.argv[0]).absolute().parent
    in_checkout = (
        folder.parts[-2:] == (".venv", "bin") and (folder.parents[1] / "Makefile").exists()
    )
    return "make app" if in_checkout and find_spec("solara") is None else f"{program()} app"

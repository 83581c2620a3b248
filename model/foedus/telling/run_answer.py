"""The answer of a run on the terminal, where the run lies, and what to do next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from foedus.telling.console import say, tell, terminal
from foedus.telling.program import page_step, program
from foedus.telling.terminal import render

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from foedus.telling.summary import Summary


class Written(Protocol):
    """A complete run (`runs.run_folder.RunFolder`)."""

    @property
    def place(self) -> str:
        """Where it lies: a path, or an address for fsspec."""

    @property
    def path(self) -> Path:
        """Its folder, if it lies on this machine."""

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all its files."""


def print_report(
    summary: Summary, written: Written | None = None, evidence: str = "evidence"
) -> None:
    """Print a run's answer to standard output; into a pipe goes what `summary.txt` says.

    Args:
        summary: What to say.
        written: Where the run lies, to end with; None if it was not written.
        evidence: The command of this program that shows where the run's numbers come from.
    """
    tell(lambda console: render(summary, console), written=_written_text(written))
    if written is not None:
        _render_files(written, evidence, terminal())


def _written_text(written: Written | None) -> str:
    """What `summary.txt` of a run on this machine says: nothing is worked out twice."""
    path = None if written is None else written.path / "summary.txt"
    return "" if path is None or not path.is_file() else path.read_text(encoding="utf-8")


def _render_files(written: Written, evidence: str, console: Console) -> None:
    console.print()
    # A path must stay in one piece, to be copied.
    console.print(Text(f"Run: {written.place}", style="bold"), soft_wrap=True)
    for folder, names in _by_folder(written.files).items():
        say(f"{folder}{', '.join(names)}", console)
    run, call = shlex.quote(written.place), program()
    steps = {
        f"{call} report {run}": "one page to read and to share",
        f"{call} explain {run} --trial 0": "why a trial went as it did",
    }
    if "://" in written.place:
        steps = {f"{call} rerun {run}": "whether it comes out the same, to the bit"}
    steps |= {
        page_step(): "scenarios in the browser, one trial at a time",
        f"{call} {evidence}": "where its numbers come from",
    }
    for step, what in steps.items():
        console.print(f"Next: {step}   ({what})", markup=False, soft_wrap=True)


def _by_folder(files: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"": []}
    for file in files:
        folder, slash, name = file.rpartition("/")
        found.setdefault(f"{folder}{slash}" and f"{folder}/: ", []).append(name)
    return found

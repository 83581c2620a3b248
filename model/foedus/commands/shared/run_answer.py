"""The answer of a run on the terminal, where the run lies, and what to do next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from foedus.runs.store import remote
from foedus.telling.console import say, tell, terminal
from foedus.telling.terminal import render

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.runs.run_folder import RunFolder
    from foedus.telling.summary import Summary


def print_report(
    summary: Summary,
    written: RunFolder | None = None,
    next_step: str = "foedus evidence",
    program: str = "foedus",
    page: str | None = None,
) -> None:
    """Print a run's answer to standard output; into a pipe goes what `summary.txt` says.

    Args:
        summary: What to say.
        written: Where the run lies, to end with; None if it was not written.
        next_step: A command that shows where the run's numbers come from, ready to be pasted.
        program: How to call this program again.
        page: How to open the browser page, if not with the program.
    """
    tell(lambda console: render(summary, console), written=_written_text(written))
    if written is not None:
        _render_files(written, next_step, program, page, terminal())


def _written_text(written: RunFolder | None) -> str:
    """What `summary.txt` of a run on this machine says: nothing is worked out twice."""
    path = None if written is None else written.path / "summary.txt"
    return "" if path is None or not path.is_file() else path.read_text(encoding="utf-8")


def _render_files(
    written: RunFolder, next_step: str, program: str, page: str | None, console: Console
) -> None:
    console.print()
    # A path must stay in one piece, to be copied.
    console.print(Text(f"Run: {written.place}", style="bold"), soft_wrap=True)
    for folder, names in _by_folder(written.files).items():
        say(f"{folder}{', '.join(names)}", console)
    run = shlex.quote(written.place)
    steps = {
        f"{program} report {run}": "one page to read and to share",
        f"{program} explain {run} --trial 0": "why a trial went as it did",
    }
    if remote(written.place):
        steps = {f"{program} rerun {run}": "whether it comes out the same, to the bit"}
    steps |= {
        page or f"{program} app": "scenarios in the browser, one trial at a time",
        next_step: "where its numbers come from",
    }
    for step, what in steps.items():
        console.print(f"Next: {step}   ({what})", markup=False, soft_wrap=True)


def _by_folder(files: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"": []}
    for file in files:
        folder, slash, name = file.rpartition("/")
        found.setdefault(f"{folder}{slash}" and f"{folder}/: ", []).append(name)
    return found

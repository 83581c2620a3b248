"""A report from run folders to a file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError
from foedus.report.gather import contrasts, distinct_runs, play_again, work_out
from foedus.report.page import write_report
from foedus.runs.recall import check_is_run, manifest_of, setup_of_run
from foedus.telling.program import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME: Final = "report.html"
COMPARISON: Final = "comparison.html"
"""Names of the page about one run, and about several: the one does not replace the other."""
MOST_RUNS: Final = 8
"""Runs that a page has room for."""


def report(references: Sequence[str], out: Path | None = None, case: str | None = None) -> Path:
    """Play runs again, find out what they say, write it down.

    Args:
        references: Folders of the runs, the base first.
        out: The file to write; one in the first run's folder if None.
        case: Where the case of the runs lies now; where it lay then if None.

    Returns:
        The file.

    Raises:
        FoedusError: One is no run, cannot be repeated, or the file cannot be written.
    """
    folders = [check_is_run(reference) for reference in references]
    if len(folders) > MOST_RUNS:
        raise FoedusError(f"report: found {len(folders)} runs, expected at most {MOST_RUNS}")
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise FoedusError("report: found the same run twice, expected different ones")
    path = out or folders[0] / (NAME if len(folders) == 1 else COMPARISON)
    if path.is_dir():
        raise FoedusError(f"--out: found the folder «{path}», expected the name of a file")
    runs = []
    for folder in folders:
        say(f"playing {folder.name} again ...")
        manifest = manifest_of(folder)
        runs.append(play_again(folder, manifest, setup_of_run(folder, manifest, case)))
    runs = distinct_runs(runs)
    paired, unpaired = contrasts(runs, say)
    for reason in unpaired:
        say(reason)
    findings = work_out(runs[0], say)
    say("drawing the charts ...")
    command = f"foedus report {' '.join(shlex.quote(reference) for reference in references)}"
    write_report(runs, findings, paired, unpaired, path, command)
    return path

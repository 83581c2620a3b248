"""`foedus report`: one self-contained file about a run, or about several side by side."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import program, say
from foedus.commands.shared.recalling import check_is_run, manifest_of, recall
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands
    from foedus.report.gather import Contrast, Played

NAME = "report.html"
COMPARISON = "comparison.html"
"""Names of the page about one run, and about several: the one does not replace the other."""
MOST_RUNS = 8
"""Runs that a page has room for."""


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "report",
        report,
        summary="write one self-contained HTML file about a run, or about several",
        description="Write one HTML file that opens offline and prints well: the answer in plain "
        "sentences, what differs, who leaves and why, indicators, assumptions with their sources, "
        "validation, method and hashes. Of several runs the first is what the others are compared "
        "with; a single one is compared with the scenario that it extends.",
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run folder")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"the file to write ({NAME} in the first run's folder; {COMPARISON} for several)",
    )


def report(options: argparse.Namespace) -> None:
    """Play the runs again, find out what they say, write it down."""
    from foedus.report.gather import find_out, play_again, told_apart
    from foedus.report.page import write_report

    folders = [check_is_run(reference) for reference in options.runs]
    if len(folders) > MOST_RUNS:
        raise FoedusError(f"report: found {len(folders)} runs, expected at most {MOST_RUNS}")
    same = {folder.resolve() for folder in folders}
    if len(same) < len(folders):
        raise FoedusError("report: found the same run twice, expected different ones")
    path = options.out or folders[0] / (NAME if len(folders) == 1 else COMPARISON)
    if path.is_dir():
        raise FoedusError(f"--out: found the folder «{path}», expected the name of a file")
    runs = []
    for folder, reference in zip(folders, options.runs, strict=True):
        say(f"playing {folder.name} again ...")
        recalled = recall(reference, None, None)
        runs.append(play_again(folder, manifest_of(folder), recalled.setup))
    runs = told_apart(runs)
    contrasts, unpaired = _contrasts(runs)
    for reason in unpaired:
        say(reason)
    findings = find_out(runs[0], say)
    say("drawing the charts ...")
    command = f"foedus report {' '.join(shlex.quote(reference) for reference in options.runs)}"
    write_report(runs, findings, contrasts, unpaired, path, command)
    print(f"Report: {path}")
    print(f"Next: open it in any browser, or {program()} explain {options.runs[0]} --trial 0")


def _contrasts(runs: list[Played]) -> tuple[list[Contrast], list[str]]:
    """Other runs against the first, or one against its parent; and why some do not pair."""
    from foedus.report.gather import BASELINE, against_baseline, against_parent, contrast
    from foedus.simulation.loading import load_setup

    first = runs[0]
    made = [partial(contrast, first, other) for other in runs[1:]]
    if not made and (kept := against_parent(first)) is not None:
        return [kept], []
    if not made:
        setup = load_setup(BASELINE, first.ensemble.evidence_set)
        mine, base = first.setup.scenario, setup.scenario
        if base.digest() == mine.digest() or (mine.members, mine.dates) != (
            base.members,
            base.dates,
        ):
            return [], []
        say("playing the baseline with common random numbers ...")
        made = [partial(against_baseline, setup, first)]
    found, unpaired = [], []
    for make in made:
        try:
            found.append(make())
        except FoedusError as reason:
            unpaired.append(str(reason))
    return found, unpaired

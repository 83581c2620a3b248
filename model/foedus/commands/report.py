"""`foedus report`: one self-contained file about a run, or about several side by side."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


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
        help="the file to write (report.html in the first run's folder; comparison.html for "
        "several)",
    )
    words.add_case_of_run(parser)


def report(options: argparse.Namespace) -> None:
    """Play the runs again, find out what they say, write it down."""
    from foedus.report import study
    from foedus.telling.program import program

    print(f"Report: {study.report(options.runs, options.out, options.case)}")
    first = shlex.quote(options.runs[0])
    print(f"Next: open it in any browser, or {program()} explain {first} --trial 0")

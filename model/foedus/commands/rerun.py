"""`foedus rerun`: repeat a run, and say whether it comes out the same, to the bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import kinds, outputs
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

DIFFERENT = 1


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "rerun",
        repeat,
        summary="repeat a run and verify it to the bit",
        description="Repeat a run from its own folder, and name the first table, trial, month and "
        "column that differ. Exit status 0 if nothing does, 1 if something does.",
    )
    parser.add_argument("run", metavar="RUN", type=kinds.place, help="folder of a run")
    words.add_case_of_run(parser)
    outputs.add_threads(parser)


def repeat(options: argparse.Namespace) -> int:
    """Verify the files of a run, repeat it, and compare all tables."""
    from foedus.runs.rerun import rerun

    same = rerun(options.run, threads=options.threads, case=options.case)
    return 0 if same else DIFFERENT

"""`foedus scenario check`: what is wrong with scenario files, or hardly meant."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(actions: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        actions,
        "check",
        check,
        summary="say what is wrong with scenario files, or hardly meant",
        description="Check scenario files with their parents and alliances. Faults are told with "
        "the line that is meant, and end with exit status 2. Notes are told of what is allowed and "
        "hardly meant: triggers that cannot fire, dates outside the run, claims that contradict, "
        "and whatever makes no difference in a hundred trials.",
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="scenario files, or bundled ones' names"
    )
    parser.add_argument(
        "--strict", action="store_true", help="end with exit status 2 for notes as well"
    )
    parser.add_argument(
        "--quick", action="store_true", help="play no trials to find out what makes no difference"
    )
    words.add_case(parser)


def check(options: argparse.Namespace) -> None:
    """Check files; tell all faults and notes before ending."""
    from foedus import cases
    from foedus.files.snippets import explained
    from foedus.studies.check.notes import count, notes_of, told

    case = cases.load(options.case)
    faulty = noted = 0
    for reference in options.files:
        try:
            notes = notes_of(reference, case, quick=options.quick)
        except FoedusError as error:
            faulty += 1
            print(explained(error), file=sys.stderr)
            continue
        noted += bool(notes)
        for note in notes:
            print(told(note))
        print(f"{reference}: valid" + (f", {count(len(notes), 'note')}" if notes else ""))
    sys.stdout.flush()
    if faulty:
        raise FoedusError(f"{faulty} of {count(len(options.files), 'scenario')} not valid")
    if noted and options.strict:
        raise FoedusError(f"{noted} of {count(len(options.files), 'scenario')} with notes")

"""`foedus runs`: what runs there are, what one of them is, and which of them can go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from foedus.commands.shared import kinds, outputs
from foedus.commands.shared import options as words
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "runs",
        lambda _: parser.print_help(),
        summary="list, show and clear away runs",
        description="What runs there are, finished and unfinished, and which of them can go.",
    )
    inner = parser.add_subparsers(title="what to do", metavar="WHAT")
    one = words.add_command(
        inner,
        "list",
        list_runs,
        summary="all runs in a folder",
        description="All runs in a folder.",
    )
    outputs.add_place(one)
    one = words.add_command(
        inner,
        "show",
        show_run,
        summary="one run: what was asked for, and what is there",
        description="One run: what was asked for, by which code, and which chunks are there.",
    )
    one.add_argument("run", metavar="RUN", type=kinds.place, help="folder of a run")
    one = words.add_command(
        inner,
        "clean",
        clean_runs,
        summary="remove unfinished or old runs",
        description="Remove unfinished runs, or runs begun long ago. Asks before it does. Never "
        "touches what is no run, nor a run that a process is working on.",
    )
    outputs.add_place(one)
    one.add_argument("--unfinished", action="store_true", help="runs that were never finished")
    one.add_argument(
        "--older-than", type=kinds.whole, metavar="DAYS", help="runs begun more than DAYS days ago"
    )
    one.add_argument("--yes", action="store_true", help="do not ask")


def list_runs(options: argparse.Namespace) -> None:
    """A line per run."""
    from foedus.runs.listing import list_text

    print(list_text(options.out))


def show_run(options: argparse.Namespace) -> None:
    """What a run is, line by line."""
    from foedus.runs.listing import show_text

    print(show_text(options.run))


def clean_runs(options: argparse.Namespace) -> None:
    """Remove what the user names, after a question."""
    from foedus.runs import listing

    if not options.unfinished and options.older_than is None:
        raise FoedusError("runs clean: say which: --unfinished, --older-than DAYS, or both")
    if options.older_than is not None and options.older_than < 0:
        raise FoedusError(f"--older-than: found {options.older_than}, expected 0 or more")
    going = listing.removable(
        options.out, unfinished=options.unfinished, older_than=options.older_than
    )
    if not going:
        print(f"Nothing to remove in {options.out}.")
        return
    print("\n".join(map(listing.line_of, going)))
    if not options.yes and not _agreed(len(going)):
        print("Nothing was removed.")
        return
    for one in going:
        listing.remove(one)
    print(f"Removed {len(going)}.")


def _agreed(number: int) -> bool:
    if not sys.stdin.isatty():
        raise FoedusError("runs clean: nobody is there to ask; add --yes to remove without asking")
    return input(f"Remove {number} for good? [y/N] ").strip().lower() in {"y", "yes"}

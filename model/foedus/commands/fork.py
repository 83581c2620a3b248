"""`foedus fork`: one shared past, several futures."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from foedus.commands.compare import add_width, answer
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "fork",
        fork,
        summary="play one past into several futures, and set these against each other",
        description="Up to the month before --at all is as in SCENARIO; from then on drivers, "
        "shocks, charter and mechanisms are those of each scenario after --into. All futures are "
        "the same to the bit before the date. Writes a folder as `compare` does.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help="whose past is shared")
    parser.add_argument(
        "--at", required=True, type=month, metavar="DATE", help="month in which they part, YYYY-MM"
    )
    parser.add_argument(
        "--into", required=True, nargs="+", metavar="SCENARIO", help="whose futures are taken"
    )
    words.add_chance(parser)
    add_width(parser)
    words.add_out(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
    words.add_parameters(parser)
    words.add_threads(parser)


def fork(options: argparse.Namespace) -> None:
    """Lay out the futures, play, compare, write, print."""
    import foedus

    past, *into = (foedus.Scenario.load(each) for each in (options.scenario, *options.into))
    answer(options, lambda **how: foedus.fork(past, options.at, into, **how))


def month(text: str) -> str:
    """A month of a command line."""
    from foedus.files.faults import Misread
    from foedus.scenarios.language import months

    try:
        return months.month(text)
    except Misread as error:
        raise argparse.ArgumentTypeError(str(error)) from None

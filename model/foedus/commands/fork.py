"""`foedus fork`: one shared past, several futures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import asked, kinds
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

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
        "--at",
        required=True,
        type=kinds.month,
        metavar="DATE",
        help="month in which they part, YYYY-MM",
    )
    parser.add_argument(
        "--into", required=True, nargs="+", metavar="SCENARIO", help="whose futures are taken"
    )
    asked.add_comparison(parser)


def fork(options: argparse.Namespace) -> None:
    """Lay out the futures, play, compare, write, print."""
    import foedus
    from foedus.api.comparison import comparison_to_disk
    from foedus.studies.compare.text import print_contrasts

    comparison, place = comparison_to_disk(
        lambda **how: foedus.fork(
            options.scenario, options.at, options.into, case=options.case, **how
        ),
        options.out,
        figures=not options.no_figures,
        **asked.of_comparison(options),
    )
    print_contrasts(comparison.contrasts, place)

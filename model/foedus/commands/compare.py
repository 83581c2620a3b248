"""`foedus compare`: set scenarios against a base with common random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import asked
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "compare",
        compare,
        summary="set scenarios against a base, trial by trial, with common random numbers",
        description="Play scenarios with common random numbers (trials of the same number share "
        "all their draws) and say what differs from the first, how sure that is, and how many "
        "trials would settle what is open. Writes a folder with tables and figures.",
    )
    parser.add_argument("base", metavar="BASE", help="the scenario that the others are set against")
    parser.add_argument("others", metavar="SCENARIO", nargs="+", help="a scenario, or several")
    asked.add_comparison(parser)


def compare(options: argparse.Namespace) -> None:
    """Play, compare, write, print."""
    import foedus
    from foedus.api.comparison import comparison_to_disk
    from foedus.studies.compare.text import print_contrasts

    comparison, place = comparison_to_disk(
        lambda **how: foedus.compare(options.base, *options.others, case=options.case, **how),
        options.out,
        figures=not options.no_figures,
        **asked.of_comparison(options),
    )
    print_contrasts(comparison.contrasts, place)

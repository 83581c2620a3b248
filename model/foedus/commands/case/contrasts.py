"""`foedus contrasts`: play what the claims say moves what, and see whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared import outputs

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

FAILED = 1


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "contrasts",
        contrasts,
        summary="play the claims of the evidence as contrasts: what holds, what is too weak",
        description="Each claim that says what moves what is a pair of small scenarios and a "
        "measure. Plays all of them with common random numbers and prints claim by claim whether "
        "the difference has the sign of the claim, clearly, and whether its size is one that the "
        "claim codes; failures first. Sizes are the coder's priors, not figures of the articles.",
    )
    words.add_chance(parser)
    words.add_parameters(parser)
    words.add_case(parser)
    outputs.add_threads(parser)
    parser.add_argument("--only", metavar="CLAIM,...", help="these claims alone, by their ids")
    parser.add_argument("--csv", action="store_true", help="print the table as CSV, in full")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="put the table into the folder validation of the case and into its README",
    )
    parser.add_argument(
        "--strict", action="store_true", help="end with status 1 unless every contrast holds"
    )


def contrasts(options: argparse.Namespace) -> int:
    """Play the contrasts and print the table; the exit status."""
    from foedus import cases
    from foedus.validation.contrast_study import play_and_keep
    from foedus.validation.contrasts import table, text

    only = None if options.only is None else options.only.split(",")
    known, played = play_and_keep(
        cases.load(options.case),
        only,
        parameters=options.parameters,
        trials=options.trials,
        seed=options.seed,
        threads=options.threads,
        keep=options.keep,
    )
    if options.csv:
        print(table.csv_text(table.rows(known, played, whole=only is None)), end="")
    else:
        text.print_table(known, played)
    return FAILED if options.strict and any(each.verdict != "holds" for each in played) else 0

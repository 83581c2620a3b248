"""`foedus contrasts`: play what the claims say moves what, and see whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import Steps, say, telling

if TYPE_CHECKING:
    import argparse

    from foedus.cases import Case
    from foedus.commands.shared.options import Commands
    from foedus.validation.contrasts.reading import Contrasts

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
    words.add_threads(parser)
    parser.add_argument("--only", metavar="CLAIM,...", help="these claims alone, such as C054,C133")
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
    from foedus.errors import FoedusError
    from foedus.simulation.ensemble import check_size
    from foedus.validation.contrasts import playing, reading, table, text
    from foedus.validation.page import readme

    if options.keep and options.only:
        raise FoedusError("--keep: needs all contrasts, expected no --only with it")
    check_size(options.trials, options.seed)
    words.check_threads(options.threads)
    case = cases.load(options.case)
    known = reading.load(case)
    chosen = known.played
    if options.only is not None:
        chosen = known.only([claim.strip() for claim in options.only.split(",")])
    stage = playing.Stage(case, known, options.parameters)
    told = Steps("scenarios", len({arm.key for each in chosen for arm in each.arms}))
    with telling(options.trials):
        played = playing.play(
            stage,
            chosen,
            trials=options.trials,
            seed=options.seed,
            threads=options.threads,
            progress=told,
        )
    told.end()
    found = table.rows(known, played, whole=options.only is None)
    if options.csv:
        print(table.csv_text(found), end="")
    else:
        text.print_table(known, played)
    if options.keep:
        settings = {name: getattr(options, name) for name in ("parameters", "trials", "seed")}
        table.keep(case, known, found, settings)
        readme.refresh(case, "contrasts")
        say(f"kept: {case.path('validation', table.TABLE)}, {case.path('README.md')}")
    else:
        _compare_to_kept(case, known)
    return FAILED if options.strict and any(each.verdict != "holds" for each in played) else 0


def _compare_to_kept(case: Case, known: Contrasts) -> None:
    """Say whether the kept table is still one of these rules."""
    from foedus.validation.contrasts import table

    kept = case.path("validation", table.TABLE).is_file()
    if kept and (since := table.changed(case, known)):
        say(f"the kept table is older than {', '.join(since)}; --keep replaces it")

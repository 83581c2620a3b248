"""`foedus validate`: hold the model against the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.commands.shared import kinds, outputs
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

HARD_CHECK_FAILED: Final = 1


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "validate",
        validate,
        summary="hold the model against the record: patterns and scored hindcasts",
        description="Play the runs that the patterns of a case ask for, judge every pattern by its "
        "written rule, score hindcasts of the record against simple references, hold features "
        "of the record against replicated histories, and write one page with tables. What happened "
        "late in the record is forecast by the posterior that was fitted without it. The exit "
        "status is 1 if a hard check fails.",
    )
    parser.add_argument(
        "--trials",
        type=kinds.whole,
        metavar="N",
        help="trials of every run (2000; 200 with --reduced)",
    )
    words.add_seed(parser)
    words.add_parameters(parser)
    words.add_case(parser)
    parser.set_defaults(parameters="posterior")
    parser.add_argument(
        "--patterns-only", action="store_true", help="judge the patterns and score nothing"
    )
    parser.add_argument(
        "--rivals",
        action="store_true",
        help="fit rival theories with a small common budget and try them alike; some minutes more",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="put the tables into the folder validation of the case and their numbers into its "
        "README",
    )
    parser.add_argument(
        "--rest",
        action="store_true",
        help="only see whether every start stays where it is while nothing happens; the exit "
        "status is 1 if one does not",
    )
    parser.add_argument(
        "--reduced", action="store_true", help="little work, to see that everything works"
    )
    outputs.add_out(parser)


def validate(options: argparse.Namespace) -> int:
    """Judge the patterns, score the hindcasts, write page and tables; or see what is at rest."""
    from foedus import cases
    from foedus.figures.validation.predictive import draw_predictive
    from foedus.figures.validation.reliability import draw_reliability
    from foedus.validation import rest, study
    from foedus.validation.text import print_rest, print_verdicts

    asked = study.Asked(
        trials=options.trials,
        seed=options.seed,
        parameters=options.parameters,
        patterns_only=options.patterns_only,
        rivals=options.rivals,
        keep=options.keep,
        reduced=options.reduced,
    )
    case = cases.load(options.case)
    if options.rest:
        starts = rest.check(case, asked)
        print_rest(case, asked, starts)
        return 0 if all(start.at_rest for start in starts) else HARD_CHECK_FAILED
    drawings = study.Drawings(draw_reliability, draw_predictive)
    result = study.validate(case, asked, options.out, drawings)
    print_verdicts(result.verdicts)
    print(f"\nPage and tables: {result.folder}")
    if result.kept:
        print(f"Kept: {', '.join(map(str, result.kept))}")
    return 0 if result.sound else HARD_CHECK_FAILED

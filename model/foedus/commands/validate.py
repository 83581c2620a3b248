"""`foedus validate`: hold the model against the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.commands import options as words
from foedus.commands.playing import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from foedus.commands.options import Commands
    from foedus.validation.pattern_rules import Verdict

TRIALS: Final = 2000
REDUCED_TRIALS: Final = 200
HARD_CHECK_FAILED: Final = 1


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "validate",
        validate,
        summary="hold the model against the record: patterns and scored hindcasts",
        description="Play the runs that the patterns P01 to P28 ask for, judge every pattern by "
        "its written rule, score hindcasts of the record against simple references, and write one "
        "page with tables. The exit status is 1 if a hard check fails.",
    )
    parser.add_argument(
        "--trials",
        type=words.whole,
        metavar="N",
        help=f"trials of every run ({TRIALS}; {REDUCED_TRIALS} with --reduced)",
    )
    parser.add_argument(
        "--seed",
        type=words.whole,
        default=words.USUAL_SEED,
        metavar="S",
        help="seed of all chance (%(default)s)",
    )
    words.add_parameters(parser)
    parser.add_argument(
        "--reduced", action="store_true", help="few trials, to see that everything works"
    )
    words.add_out(parser)


def validate(options: argparse.Namespace) -> None:
    """Judge the patterns, score the hindcasts, write page and tables.

    Raises:
        SystemExit: A hard check fails; the status is 1.
    """
    from foedus.engines.ensemble import check_size
    from foedus.results.run_folder import check_writable
    from foedus.validation import outputs, page
    from foedus.validation.battery import run_battery
    from foedus.validation.bench import Bench
    from foedus.validation.explained import explanations

    usual = REDUCED_TRIALS if options.reduced else TRIALS
    trials = usual if options.trials is None else options.trials
    check_size(trials, options.seed)
    check_writable(options.out)
    bench = Bench(trials, options.seed, options.parameters, progress=_playing)
    verdicts = run_battery(bench)
    folder = outputs.new_folder(options.out, "validation")
    outputs.write_csv(
        folder / "patterns.csv", outputs.PATTERN_COLUMNS, outputs.pattern_rows(verdicts)
    )
    text = page.render(
        verdicts,
        lead=" ".join(page.summary(verdicts)),
        explained=explanations(),
        footer=_footer(options.parameters, trials, options.seed),
        reduced=options.reduced,
    )
    (folder / "validation.html").write_text(text, encoding="utf-8")
    _print(verdicts)
    print(f"\nPage and tables: {folder}")
    if any(verdict.rule.hard and not verdict.passed for verdict in verdicts):
        raise SystemExit(HARD_CHECK_FAILED)


def _playing(name: str) -> None:
    say(f"playing {name} ...")


def _footer(evidence_set: str, trials: int, seed: int) -> str:
    import foedus
    from foedus.results.provenance import code_revision

    return (
        f"parameters {evidence_set} | {trials:,} trials of every run, the first 1,000 kept month "
        f"by month | seed {seed} | foedus {foedus.__version__} | "
        f"code {code_revision() or 'unknown'}"
    )


def _print(verdicts: Sequence[Verdict]) -> None:
    """The verdicts as a table, failures with the check that failed most."""
    from rich.console import Console
    from rich.table import Table

    from foedus.validation.page import number, summary

    table = Table(box=None, pad_edge=False, header_style="")
    for head in ("", "Use", "", "Check nearest to failing", "Figure", "Margin"):
        table.add_column(head, justify="right" if head in {"Figure", "Margin"} else "left")
    for verdict in verdicts:
        weakest = verdict.weakest
        table.add_row(
            verdict.rule.id,
            "hard check" if verdict.rule.hard else verdict.rule.use,
            "passes" if verdict.passed else "FAILS",
            weakest.check.sentence,
            number(weakest.figure.value),
            number(weakest.margin),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print()
    for sentence in summary(verdicts):
        console.print(sentence)

"""`foedus validate`: hold the model against the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foedus.cases import Case
    from foedus.commands.shared.options import Commands
    from foedus.validation.hindcasts.rivals import Rival
    from foedus.validation.hindcasts.scorecard import Scorecard
    from foedus.validation.page.document import Section
    from foedus.validation.patterns.rules import Verdict

TRIALS: Final = 2000
REDUCED_TRIALS: Final = 200
DRAWS: Final = 80
REDUCED_DRAWS: Final = 10
REDUCED_HISTORIES: Final = 100
HARD_CHECK_FAILED: Final = 1
SPLITS: Final = ("episode", "member")


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
        "--reduced", action="store_true", help="little work, to see that everything works"
    )
    words.add_out(parser)


def validate(options: argparse.Namespace) -> None:
    """Judge the patterns, score the hindcasts, write page and tables.

    Raises:
        SystemExit: A hard check fails; the status is 1.
    """
    from foedus import cases
    from foedus.commands.shared.playing import compile_first
    from foedus.errors import FoedusError
    from foedus.runs.run_folder import check_writable
    from foedus.simulation.ensemble import check_size
    from foedus.statistics.scores import check_extra
    from foedus.validation.page import document as page
    from foedus.validation.page import outputs
    from foedus.validation.patterns.battery import figures_of, run_battery
    from foedus.validation.patterns.bench import Bench
    from foedus.validation.replicas.explained import explanations

    if options.keep and (options.reduced or options.patterns_only or not options.rivals):
        raise FoedusError("--keep: needs a full run with --rivals")
    if not options.patterns_only or options.rivals:
        check_extra()
    trials = _trials(options)
    check_size(trials, options.seed)
    check_writable(options.out)
    case = cases.load(options.case)
    figures_of(case)
    compile_first()
    verdicts = run_battery(Bench(case, trials, options.seed, options.parameters, progress=_playing))
    folder = outputs.new_folder(options.out, "validation")
    rows = outputs.pattern_rows(verdicts)
    outputs.write_csv(folder / "patterns.csv", outputs.PATTERN_COLUMNS, rows)
    sections: list[Section] = []
    if options.rivals:
        sections.append(_rivals(case, options, folder))
    if not options.patterns_only:
        sections += _hindcasts(case, options, trials, folder)
        sections.append(_replicas(case, options, folder))
    text = page.render(
        verdicts,
        lead=" ".join(page.summary(verdicts)),
        explained=explanations(case),
        footer=_footer(options, trials),
        sections=sections,
        reduced=options.reduced,
    )
    (folder / "validation.html").write_text(text, encoding="utf-8")
    _print(verdicts)
    print(f"\nPage and tables: {folder}")
    if options.keep:
        _keep(case, options, trials, folder)
    if any(verdict.rule.hard and not verdict.passed for verdict in verdicts):
        raise SystemExit(HARD_CHECK_FAILED)


def _trials(options: argparse.Namespace) -> int:
    """Trials of every run."""
    if options.trials is not None:
        return int(options.trials)
    return REDUCED_TRIALS if options.reduced else TRIALS


def _playing(name: str) -> None:
    say(f"playing {name} ...")


def _hindcasts(case: Case, options: argparse.Namespace, trials: int, folder: Path) -> list[Section]:
    """Score the splits, write their tables, make their sections."""
    from foedus.figures.validation.reliability import draw_reliability
    from foedus.validation.hindcasts import scorecard
    from foedus.validation.page import outputs, quantities, sections
    from foedus.validation.page.document import Picture
    from foedus.validation.patterns.bench import Bench

    frozen = case.frozen(options.parameters)
    bench = Bench(case, trials, options.seed, frozen, progress=_playing)
    card = scorecard.by_date(bench, frozen)
    levels, level_rows = sections.level_table(bench)
    cards = [card, *_folds(case, options)]
    outputs.write_csv(
        folder / "scores.csv",
        scorecard.SCORE_COLUMNS,
        (score.row() for each in cards for score in each.scores),
    )
    outputs.write_csv(
        folder / "forecasts.csv",
        scorecard.FORECAST_COLUMNS,
        (row for each in cards for row in each.rows()),
    )
    outputs.write_csv(
        folder / "quantities.csv",
        quantities.COLUMNS,
        quantities.quantities(case, [score.row() for score in card.scores]),
    )
    outputs.write_csv(folder / "levels.csv", tuple(level_rows[0]), level_rows)
    picture = Picture(
        draw_reliability(sections.reliability(card)), sections.reliability_caption(case)
    )
    made = [sections.score_section(case, card, frozen, levels, picture)]
    return made + [sections.fold_section(each) for each in cards[1:]]


def _folds(case: Case, options: argparse.Namespace) -> list[Scorecard]:
    """The leave-one-out splits, with the parameters reweighted for every fold."""
    from foedus.inference import record, targets
    from foedus.validation.hindcasts import one_step, scorecard

    draws = REDUCED_DRAWS if options.reduced else DRAWS
    say(f"leaving out one {' and one '.join(SPLITS)} at a time ...")
    stretches = record.stretches(
        case, targets.load(case), upto="all", parameters=options.parameters
    )
    splits = {split: scorecard.fold_of(split) for split in SPLITS}
    left = one_step.leave_out(stretches, splits, draws=draws, seed=options.seed)
    return [scorecard.by_fold(case, split, left[split].outcomes) for split in SPLITS]


def _replicas(case: Case, options: argparse.Namespace, folder: Path) -> Section:
    """Hold the record against replicated histories, write their table, make their section."""
    from foedus.figures.validation.predictive import draw_predictive
    from foedus.validation.page import outputs
    from foedus.validation.page import predictive as predictive_text
    from foedus.validation.page.document import Picture
    from foedus.validation.replicas import predictive

    histories = REDUCED_HISTORIES if options.reduced else predictive.HISTORIES
    frozen = case.frozen(options.parameters)
    plan = predictive.Plan(case, options.parameters, frozen, histories, options.seed)
    checks = predictive.check(plan, lambda name: say(f"replicating the record by {name} ..."))
    rows = [one.row() for one in checks]
    outputs.write_csv(folder / "predictive.csv", predictive.COLUMNS, rows)
    pictures = [
        Picture(draw_predictive(*predictive_text.drawn(rows, split)), words)
        for split, words in predictive_text.captions(case, rows).items()
    ]
    return predictive_text.section(case, rows, pictures)


def _rivals(case: Case, options: argparse.Namespace, folder: Path) -> Section:
    """Fit and try the rivals, write their tables, make their section."""
    from foedus.validation.hindcasts import rivals
    from foedus.validation.page import outputs, sections

    budget = rivals.REDUCED if options.reduced else rivals.Budget()
    tried = try_rivals(rivals.attempt, case, options.seed, budget)
    rows = rivals.rows(tried)
    outputs.write_csv(folder / "rivals.csv", rivals.RIVAL_COLUMNS, rows)
    by_pattern = rivals.pattern_rows(tried)
    outputs.write_csv(folder / "rival_patterns.csv", tuple(by_pattern[0]), by_pattern)
    return sections.rival_section(case, rows, by_pattern, budget)


def try_rivals(attempt: Callable[..., Rival], case: Case, seed: int, budget: object) -> list[Rival]:
    """The full model and every rival, in turn."""
    from foedus.validation.hindcasts.rivals import FULL, RIVALS

    tried = []
    for name in (FULL, *RIVALS):
        say(f"fitting and trying: {name.replace('_', ' ')} ...")
        tried.append(attempt(case, name, "prior", budget, seed))
    return tried


def _keep(case: Case, options: argparse.Namespace, trials: int, folder: Path) -> None:
    """Replace the kept tables by those of this run, and the README's numbers by theirs."""
    from foedus.validation.page import outputs, readme

    kept = case.path("validation")
    origin = {
        "parameters": options.parameters,
        "frozen": case.frozen(options.parameters),
        "trials": trials,
        "seed": options.seed,
    }
    outputs.keep(folder, kept, readme.TABLES, origin)
    page = case.path("README.md")
    text = readme.fill(case, page.read_text(encoding="utf-8"), readme.read(kept))
    page.write_text(text, encoding="utf-8")
    print(f"Kept: {kept}, {page}")


def _footer(options: argparse.Namespace, trials: int) -> str:
    import foedus
    from foedus.runs.provenance import code_revision

    revision = code_revision()
    code = str(revision.get("git") or revision.get("package"))[:12]
    return (
        f"parameters {options.parameters} | {trials:,} trials of every run, the first 1,000 kept "
        f"month by month | seed {options.seed} | foedus {foedus.__version__} | "
        f"code {code}"
    )


def _print(verdicts: Sequence[Verdict]) -> None:
    """The verdicts as a table, each with the check that failed most or is nearest to it."""
    from rich.table import Table

    from foedus.telling.console import console_of
    from foedus.validation.page.document import number, summary

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
    console = console_of()
    console.print(table)
    console.print()
    for sentence in summary(verdicts):
        console.print(sentence)

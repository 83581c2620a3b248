"""A validation from beginning to end: patterns, rivals, hindcasts, replicas, and one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import foedus
from foedus.errors import FoedusError
from foedus.inference import record, targets
from foedus.runs.provenance import code_revision
from foedus.runs.study import check_writable
from foedus.simulation.ensemble import check_size
from foedus.statistics.scores import check_extra
from foedus.telling.program import compile_first, say
from foedus.validation.hindcasts import one_step, rivals, scorecard
from foedus.validation.page import hindcasts, outputs, patterns, readme
from foedus.validation.page import predictive as predictive_text
from foedus.validation.patterns import battery
from foedus.validation.patterns.bench import Bench
from foedus.validation.replicas import predictive
from foedus.validation.replicas.explained import explanations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foedus.cases import Case
    from foedus.telling.document import Section
    from foedus.validation.hindcasts.rivals import Rival
    from foedus.validation.hindcasts.scorecard import Scorecard
    from foedus.validation.patterns.rules import Verdict

TRIALS: Final = 2000
REDUCED_TRIALS: Final = 200
DRAWS: Final = 80
REDUCED_DRAWS: Final = 10
REDUCED_HISTORIES: Final = 100
SPLITS: Final = ("episode", "member")


@dataclass(frozen=True)
class Asked:
    """What a validation shall do.

    Attributes:
        trials: Trials of every run; the usual number if None.
        seed: Seed of all chance.
        parameters: Where parameters come from.
        patterns_only: Judge the patterns and score nothing.
        rivals: Fit rival theories, too.
        keep: Put the tables into the case, and their numbers into its README.
        reduced: So little work that it only shows that everything works.
    """

    trials: int | None
    seed: int
    parameters: str
    patterns_only: bool = False
    rivals: bool = False
    keep: bool = False
    reduced: bool = False

    @property
    def all_trials(self) -> int:
        """Trials of every run."""
        usual = REDUCED_TRIALS if self.reduced else TRIALS
        return usual if self.trials is None else self.trials


@dataclass(frozen=True)
class Drawings:
    """What draws the figures of the page, as SVG.

    Attributes:
        reliability: How often forecasts came true.
        predictive: The record among replicated histories.
    """

    reliability: Callable[..., str]
    predictive: Callable[..., str]


@dataclass(frozen=True)
class Validated:
    """What came out.

    Attributes:
        verdicts: Of the patterns.
        folder: Page and tables.
        kept: Where tables were put for good; nothing unless that was asked for.
    """

    verdicts: Sequence[Verdict]
    folder: Path
    kept: tuple[Path, ...]

    @property
    def sound(self) -> bool:
        """Whether every hard check holds."""
        return all(one.passed or not one.rule.hard for one in self.verdicts)


def validate(case: Case, asked: Asked, out: Path, drawings: Drawings) -> Validated:
    """Judge the patterns, score the hindcasts, write page and tables.

    Args:
        case: The case.
        asked: What to do.
        out: Folder in which the validation's own folder is made.
        drawings: What draws.

    Raises:
        FoedusError: Options do not go together, a library is missing, or something cannot be read
            or written.
    """
    if asked.keep and (asked.reduced or asked.patterns_only or not asked.rivals):
        raise FoedusError("--keep: needs a full run with --rivals")
    if not asked.patterns_only or asked.rivals:
        check_extra()
    check_size(asked.all_trials, asked.seed)
    check_writable(out)
    battery.figures_of(case)
    compile_first()
    bench = Bench(case, asked.all_trials, asked.seed, asked.parameters, progress=_playing)
    verdicts = battery.run_battery(bench)
    folder = outputs.new_folder(out, "validation")
    rows = outputs.pattern_rows(verdicts)
    outputs.write_csv(folder / "patterns.csv", outputs.PATTERN_COLUMNS, rows)
    parts: list[Section] = []
    if asked.rivals:
        parts.append(_rivals(case, asked, folder))
    if not asked.patterns_only:
        parts += _hindcasts(case, asked, folder, drawings)
        parts.append(_replicas(case, asked, folder, drawings))
    text = patterns.render(
        verdicts,
        explained=explanations(case),
        footer=_footer(asked),
        sections=parts,
        reduced=asked.reduced,
    )
    (folder / "validation.html").write_text(text, encoding="utf-8")
    return Validated(verdicts, folder, _kept(case, asked, folder) if asked.keep else ())


def _playing(name: str) -> None:
    say(f"playing {name} ...")


def _hindcasts(case: Case, asked: Asked, folder: Path, drawings: Drawings) -> list[Section]:
    """Score the splits, write their tables, make their sections."""
    frozen = case.frozen(asked.parameters)
    bench = Bench(case, asked.all_trials, asked.seed, frozen, progress=_playing)
    card = scorecard.by_date(bench, frozen)
    levels = hindcasts.level_rows(bench)
    cards = [card, *_folds(case, asked)]
    rows = {each.split: [score.row() for score in each.scores] for each in cards}
    outputs.write_csv(
        folder / "scores.csv",
        scorecard.SCORE_COLUMNS,
        (row for of_split in rows.values() for row in of_split),
    )
    outputs.write_csv(
        folder / "forecasts.csv",
        scorecard.FORECAST_COLUMNS,
        (row for each in cards for row in each.rows()),
    )
    outputs.write_csv(
        folder / "quantities.csv",
        hindcasts.QUANTITY_COLUMNS,
        hindcasts.quantities(case, rows[card.split]),
    )
    outputs.write_csv(folder / "levels.csv", hindcasts.LEVEL_COLUMNS, levels)
    reliable = drawings.reliability(hindcasts.reliability(card))
    scored = hindcasts.score_section(case, rows.pop(card.split), frozen, levels, reliable)
    return [scored, *(hindcasts.fold_section(split, own) for split, own in rows.items())]


def _folds(case: Case, asked: Asked) -> list[Scorecard]:
    """The leave-one-out splits, with the parameters reweighted for every fold."""
    say(f"leaving out one {' and one '.join(SPLITS)} at a time ...")
    stretches = record.stretches(case, targets.load(case), upto="all", parameters=asked.parameters)
    splits = {split: scorecard.fold_of(split) for split in SPLITS}
    draws = REDUCED_DRAWS if asked.reduced else DRAWS
    left = one_step.leave_out(stretches, splits, draws=draws, seed=asked.seed)
    return [scorecard.by_fold(case, split, left[split].outcomes) for split in SPLITS]


def _replicas(case: Case, asked: Asked, folder: Path, drawings: Drawings) -> Section:
    """Hold the record against replicated histories, write their table, make their section."""
    histories = REDUCED_HISTORIES if asked.reduced else predictive.HISTORIES
    frozen = case.frozen(asked.parameters)
    plan = predictive.Plan(case, asked.parameters, frozen, histories, asked.seed)
    checks = predictive.check(plan, lambda name: say(f"replicating the record by {name} ..."))
    rows = [one.row() for one in checks]
    outputs.write_csv(folder / "predictive.csv", predictive.COLUMNS, rows)
    figures = {
        split: drawings.predictive(*predictive_text.drawn(rows, split))
        for split in predictive.SPLITS
        if predictive_text.of_model(rows, split)
    }
    return predictive_text.section(case, rows, figures)


def _rivals(case: Case, asked: Asked, folder: Path) -> Section:
    """Fit and try the rivals, write their tables, make their section."""
    budget = rivals.REDUCED if asked.reduced else rivals.Budget()
    tried = try_rivals(rivals.attempt, case, asked.seed, budget)
    rows = rivals.rows(tried)
    outputs.write_csv(folder / "rivals.csv", rivals.RIVAL_COLUMNS, rows)
    by_pattern = rivals.pattern_rows(tried)
    outputs.write_csv(folder / "rival_patterns.csv", tuple(by_pattern[0]), by_pattern)
    return hindcasts.rival_section(case, rows, by_pattern, budget)


def try_rivals(attempt: Callable[..., Rival], case: Case, seed: int, budget: object) -> list[Rival]:
    """The full model and every rival, in turn."""
    tried = []
    for name in (rivals.FULL, *rivals.RIVALS):
        say(f"fitting and trying: {name.replace('_', ' ')} ...")
        tried.append(attempt(case, name, "prior", budget, seed))
    return tried


def _kept(case: Case, asked: Asked, folder: Path) -> tuple[Path, ...]:
    """Replace the kept tables by those of this run, and the README's numbers by theirs."""
    kept = case.path("validation")
    origin = {
        "parameters": asked.parameters,
        "frozen": case.frozen(asked.parameters),
        "trials": asked.all_trials,
        "seed": asked.seed,
    }
    outputs.keep(folder, kept, readme.TABLES, origin)
    path = case.path("README.md")
    text = readme.fill(case, path.read_text(encoding="utf-8"), readme.read(kept))
    path.write_text(text, encoding="utf-8")
    return kept, path


def _footer(asked: Asked) -> str:
    revision = code_revision()
    code = str(revision.get("git") or revision.get("package"))[:12]
    return (
        f"parameters {asked.parameters} | {asked.all_trials:,} trials of every run, the first "
        f"1,000 kept month by month | seed {asked.seed} | foedus {foedus.__version__} | code {code}"
    )

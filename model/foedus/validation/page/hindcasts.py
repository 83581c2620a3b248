"""What a validation says of hindcasts: scores, reliability, levels, rival theories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.inference import targets
from foedus.statistics import scores
from foedus.telling.document import Block, Figure, Paragraph, Picture, Section, Strong, Table
from foedus.validation.hindcasts import cases as hindcast
from foedus.validation.hindcasts.scorecard import FREE, STEP, Scorecard
from foedus.validation.page.text import Row, cell, number, of, sentence, spread, true

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.statistics.scores import ReliabilityBin
    from foedus.validation.hindcasts.rivals import Budget
    from foedus.validation.patterns.bench import Bench

FORMS: Final = {"free": "free-running", "step": "one step ahead"}
SCORE_WORDS: Final = {"brier": "Brier", "bits": "bits", "rps": "RPS"}
KIND_WORDS: Final = {
    "request": "Was the bloc asked?",
    "answer": "Which answer?",
    "troops": "Were troops sent?",
    "status": "Active, frozen or gone at the end of the year?",
    "renewal": "Was membership renewed?",
    "act": "Was the act complied with?",
    "vote": "How was the vote at the UN?",
}
REFERENCES: Final = (
    *("uniform", "climatology", "climatology by type", "last value of the fit", "last value"),
    "patron decides",
)
SCORED: Final = (
    "Parameters: {frozen}. Free-running forecasts know the start of the last stretch, the drivers "
    "and what struck the members; one step ahead also knows every recorded decision before the "
    "case. Less is better. Intervals hold nine tenths of resamples of whole episodes. The last "
    "column is the reference's score less the model's: above 0 the model is better."
)
RELIABILITY: Final = (
    "How probable the outcome that is best for the bloc was called (asked, sent, active, complied, "
    "with the patron), and how often it came. Grey: where nine tenths of right forecasts would "
    "lie. Hollow diamonds lie outside. Numbers are cases; they hang together."
)


def form_of(model: str) -> str:
    """A form of the model in words."""
    return model.removeprefix("foedus, ")


def score_section(
    case: Case, rows: Sequence[Row], frozen: str, levels: Sequence[Row], reliable: str
) -> Section:
    """All scores of the split `test`, a table for each kind of case.

    Args:
        case: The case.
        rows: Scores of the split.
        frozen: The parameters that forecast.
        levels: Scores of levels, from `level_rows`.
        reliable: The figure of reliability, an SVG drawing.
    """
    seen = "These parameters were chosen with this period in view: no test, a description."
    notes: list[Block] = [] if case.innocent(frozen) else [Paragraph(seen)]
    figure = Figure("reliability", sentence(case.since), RELIABILITY, (("", Picture(reliable)),))
    blocks: tuple[Block, ...] = (
        Paragraph(SCORED.format(frozen=frozen)),
        Paragraph(comparisons(rows)),
        *notes,
        figure,
        *kind_tables(rows),
        level_table(levels),
    )
    return Section(f"Hindcast {case.since}", blocks)


def fold_section(split: str, rows: Sequence[Row]) -> Section:
    """Scores of a leave-one-out split."""
    text = (
        f"Every {split} is forecast one step ahead by parameters that did not learn from it, over "
        "the whole record; its earlier decisions remain history."
    )
    words = (Paragraph(text), Paragraph(comparisons(rows)))
    blocks: tuple[Block, ...] = (*words, *kind_tables(rows))
    return Section(f"Leaving out one {split}", blocks)


def comparisons(rows: Sequence[Row]) -> str:
    """In how many comparisons with a reference the model is better or worse, in a sentence."""
    own = [row for row in rows if row["score"] == "bits" and row["gain"] != ""]
    worse = [row for row in own if of(row, "gain_high") < 0.0]
    better = [row for row in own if of(row, "gain_low") > 0.0]
    names = "; ".join(
        f"{row['forecaster']} on {row['kind']} ({form_of(row['model'])})" for row in worse
    )
    means = [row for row in own if of(row, "gain") < 0.0]
    return (
        f"In {len(own)} comparisons in bits (both forms of the model, every kind of case, every "
        f"reference) the model is better beyond the interval in {len(better)}, worse beyond it in "
        f"{len(worse)}{f': {names}' if worse else ''}; on the mean alone it is worse in "
        f"{len(means)}."
    )


def kind_tables(rows: Sequence[Row]) -> list[Table]:
    """A table for each kind of case and form of the model, a forecaster per row."""
    return [
        _kind_table([r for r in rows if r["kind"] == kind], kind, model)
        for kind in hindcast.CATEGORIES
        for model in (FREE, STEP)
        if any((row["kind"], row["forecaster"]) == (kind, model) for row in rows)
    ]


def _kind_table(rows: Sequence[Row], kind: str, model: str) -> Table:
    own = [row for row in rows if model in {row["forecaster"], row["model"]}]
    kinds = list(dict.fromkeys(row["score"] for row in own))
    by_name = {(row["forecaster"], row["score"]): row for row in own}
    cells = [
        (
            name,
            *(spread(by_name[name, score], "mean", "low", "high") for score in kinds),
            spread(by_name[name, "bits"], "gain", "gain_low", "gain_high"),
        )
        for name in dict.fromkeys(row["forecaster"] for row in own)
    ]
    title = (
        f"{KIND_WORDS[kind]} {own[0]['cases']} cases in {own[0]['episodes']} episodes, "
        f"{form_of(model)}"
    )
    heads = ("Forecaster", *(SCORE_WORDS[score] for score in kinds), "Bits more than the model")
    return Table(title, heads, tuple(cells))


def split_table(rows: Sequence[Row], models: tuple[str, ...]) -> Table:
    """Kinds of cases down, forecasters across; mean bits, with the interval for the model."""
    cells = []
    for kind in dict.fromkeys(row["kind"] for row in rows):
        own = {row["forecaster"]: row for row in rows if row["kind"] == kind}
        first = next(iter(own.values()))
        forms = [spread(own[m], "mean", "low", "high") if m in own else "" for m in models]
        means = [cell(own[name], "mean") for name in REFERENCES]
        cells.append((kind, str(first["cases"]), str(first["episodes"]), *forms, *means))
    heads = ("Cases", "n", "Episodes", *map(form_of, models), *REFERENCES)
    return Table("Mean score in bits", heads, tuple(cells))


def rival_blocks(rows: Sequence[Row]) -> tuple[Paragraph, Table]:
    """Rivals beside the full model, and in which respect they are ahead of it."""
    full, *rivals = rows
    ahead = [
        f"{theory(row)} ({words}, by {-of(row, f'{form}_gain'):.2f} bits"
        f"{'' if of(row, f'{form}_gain_high') >= 0 else ', beyond the interval'})"
        for row in rivals
        for form, words in FORMS.items()
        if of(row, f"{form}_gain") < 0.0
    ]
    more = [theory(row) for row in rivals if int(row["patterns"]) > int(full["patterns"])]
    cells = [
        (
            theory(row),
            str(row["failing"]),
            str(row["patterns"]),
            cell(row, "fit_log_likelihood", 1),
            *(
                text
                for form in FORMS
                for text in (
                    spread(row, f"{form}_bits", f"{form}_low", f"{form}_high"),
                    spread(row, f"{form}_gain", f"{form}_gain_low", f"{form}_gain_high"),
                )
            ),
        )
        for row in rows
    ]
    heads = ("Theory", "Fails", "Patterns", "Fit", "Free-running", "more", "One step ahead", "more")
    words = (
        Strong("Rivals that score better than the full model on the mean:"),
        f" {'; '.join(ahead) or 'none'}. ",
        Strong("Rivals that pass more patterns:"),
        f" {', '.join(more) or 'none'}.",
    )
    title = "Mean bits over kinds of cases (less is better), and more than the full model"
    return Paragraph(words), Table(title, heads, tuple(cells), words=2)


def rival_section(
    case: Case, rows: Sequence[Row], by_pattern: Sequence[Row], budget: Budget
) -> Section:
    """Rivals side by side: patterns and scores."""
    text, table = rival_blocks(rows)
    fitted = (
        f"Every theory was fitted alike: {budget.draws} prior draws were heard on the record "
        f"{case.before} and the best {budget.kept} kept; {budget.trials} trials of every run. This "
        "is less than the shipped posterior had, for all of them."
    )
    return Section("Rival theories", (text, Paragraph(fitted), table, _by_pattern(by_pattern)))


def theory(row: Row) -> str:
    """Name of a rival."""
    return str(row["rival"]).replace("_", " ")


def _by_pattern(rows: Sequence[Row]) -> Table:
    """Theories down, patterns across."""
    patterns = list(dict.fromkeys(row["pattern"] for row in rows))
    passed = {(theory(row), row["pattern"]): true(row, "passed") for row in rows}
    cells = tuple(
        (name, *("✓" if passed[name, pattern] else "✗" for pattern in patterns))
        for name in dict.fromkeys(map(theory, rows))
    )
    heads = ("Theory", *(pattern.removeprefix("P") for pattern in patterns))
    return Table("Patterns that each passes", heads, cells, dense=True)


def reliability(card: Scorecard) -> dict[str, tuple[ReliabilityBin, ...]]:
    """Bins for both forms of the model: every case's last category, which is best for the bloc."""
    bins = {}
    for model in (FREE, STEP):
        given = card.forecasts.get(model, {})
        own = [case for case in card.cases if case.target.id in given and case.kind != "troops"]
        if own:
            probability = np.array([given[case.target.id][-1] for case in own])
            happened = np.array([case.outcome == len(case.categories) - 1 for case in own])
            bins[form_of(model)] = scores.reliability(probability, happened)
    return bins


def level_rows(bench: Bench) -> list[dict[str, Any]]:
    """Coded participation of the split `test` against free-running draws, and two references."""
    known = targets.select(targets.load(bench.case), kind="participation")
    fit = [target for target in known if target.split == "fit"]
    tested = [target for target in known if target.split == "test"]
    truth = np.array([target.level for target in tested])
    drawn = [
        hindcast.levels(target, bench[hindcast.stretch_of(bench.case, target)]) for target in tested
    ]
    weights = scores.resamples([target.episode for target in tested])
    given = {
        FREE: np.array(drawn),
        "climatology": np.tile([target.level for target in fit], (truth.size, 1)),
        "last value of the fit": np.array([[_last(fit, target)] for target in tested]),
    }
    rows = []
    for name, draws in given.items():
        score = scores.interval(scores.crps(draws, truth), weights)
        inside = [
            scores.coverage(draws, truth, level) if draws.shape[1] > 1 else ""
            for level in (0.5, 0.9)
        ]
        values = (name, truth.size, score.mean, score.low, score.high, *inside)
        rows.append(dict(zip(LEVEL_COLUMNS, values, strict=True)))
    return rows


LEVEL_COLUMNS: Final = ("forecaster", "cases", "crps", "low", "high", "inside_50", "inside_90")


def _last(fit: Sequence[targets.Target], target: targets.Target) -> float:
    """The member's last reading of the split `fit`; the mean of all where there is none."""
    own = [each for each in fit if each.member == target.member]
    if not own:
        return float(np.mean([each.level for each in fit]))
    return max(own, key=lambda each: each.date).level


def level_table(rows: Sequence[Row]) -> Table:
    """How well levels were forecast."""
    cells = tuple(
        (
            row["forecaster"],
            str(row["cases"]),
            spread(row, "crps", "low", "high"),
            cell(row, "inside_50"),
            cell(row, "inside_90"),
        )
        for row in rows
    )
    heads = ("Forecaster", "n", "CRPS", "Inside 50 %", "Inside 90 %")
    return Table("Coded participation of members", heads, cells)


QUANTITY_COLUMNS: Final = ("quantity", "status", "score", "note")
ABOUT: Final = {
    "request": "Requests to the bloc",
    "answer": "Answers to requests",
    "troops": "Troops sent",
    "status": "Status of members",
    "act": "Acts of membership",
    "vote": "Votes at the UN",
}
BETTER: Final = "validated"
"""Better than every reference beyond the interval."""
LIKE: Final = "not told apart from simple forecasts"
WORSE: Final = "worse than a simple forecast"
NONE: Final = "not validated"


def quantities(case: Case, scores: Sequence[Row]) -> list[dict[str, str]]:
    """A row for every quantity: how its free-running hindcast of the split `test` fares."""
    rows = []
    for kind, about in ABOUT.items():
        own = [
            row
            for row in scores
            if (row["split"], row["score"], row["kind"]) == ("date", "bits", kind)
        ]
        if not own:
            continue
        model = next(row for row in own if row["forecaster"] == FREE)
        gains = {row["forecaster"]: row for row in own if row["model"] == FREE}
        worse = [name for name, row in gains.items() if float(row["gain_high"]) < 0.0]
        better = all(float(row["gain_low"]) > 0.0 for row in gains.values())
        like = [
            name for name in gains if name not in worse and float(gains[name]["gain_low"]) <= 0.0
        ]
        note = f"{model['cases']} cases in {model['episodes']} episodes {case.since}"
        note += f"; beaten by {', '.join(worse)}" if worse else ""
        note += f"; not told apart from {', '.join(like)}" if like else ""
        rows.append(
            {
                "quantity": about,
                "status": WORSE if worse else BETTER if better else LIKE,
                "score": f"{number(float(model['mean']), 2)} bits",
                "note": note,
            }
        )
    return rows + [
        {"quantity": name, "status": NONE, "score": "", "note": why}
        for name, why in case.unscored.items()
    ]

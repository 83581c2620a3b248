"""What follows the patterns on the page of a validation: scores, reliability, levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.inference import targets
from foedus.statistics import scores
from foedus.validation.hindcasts import cases as hindcast
from foedus.validation.hindcasts.scorecard import FREE, STEP
from foedus.validation.page.document import Section, Table, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foedus.cases import Case
    from foedus.statistics.scores import Interval, ReliabilityBin
    from foedus.validation.hindcasts.rivals import Budget
    from foedus.validation.hindcasts.scorecard import Score, Scorecard
    from foedus.validation.page.document import Picture
    from foedus.validation.patterns.bench import Bench

FORMS: Final = {"free_gain": "free-running", "step_gain": "one step ahead"}
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


def between(found: Interval) -> str:
    """A mean with its interval."""
    return f"{number(found.mean)} ({number(found.low)} to {number(found.high)})"


RELIABILITY_CAPTION: Final = (
    "{since}: how probable the outcome that is best for the bloc was called (asked, sent, "
    "active, complied, with the patron), and how often it came. Grey: where nine tenths of right "
    "forecasts would lie. Hollow diamonds lie outside. Numbers are cases; they hang together."
)


def reliability_caption(case: Case) -> str:
    """What the figure of reliability shows."""
    return RELIABILITY_CAPTION.format(since=f"{case.since[0].upper()}{case.since[1:]}")


def score_section(
    case: Case, card: Scorecard, frozen: str, levels: Table, picture: Picture
) -> Section:
    """All scores of the split `test`, a table for each kind of case."""
    texts: tuple[str, ...] = (
        f"Parameters: {frozen}. Free-running forecasts know the start of the last stretch, the "
        "drivers and what struck the members; one step ahead also knows every recorded decision "
        "before the case. Less is better. Intervals hold nine tenths of resamples of whole "
        "episodes. The last column is the reference's score less the model's: above 0 the model is "
        "better.",
        _verdict(card),
    )
    if not case.innocent(frozen):
        texts += ("These parameters were chosen with this period in view: no test, a description.",)
    return Section(f"Hindcast {case.since}", texts, (*_kind_tables(card), levels), (picture,))


def fold_section(card: Scorecard) -> Section:
    """Scores of a leave-one-out split."""
    text = (
        f"Every {card.split} is forecast one step ahead by parameters that did not learn from it, "
        "over the whole record; its earlier decisions remain history."
    )
    return Section(
        f"Leaving out one {card.split}", (text, _verdict(card)), tuple(_kind_tables(card))
    )


def _kind_tables(card: Scorecard) -> list[Table]:
    return [
        _kind_table(card, kind, model)
        for kind in hindcast.CATEGORIES
        for model in (FREE, STEP)
        if any(s.kind == kind and s.forecaster == model for s in card.scores)
    ]


def _verdict(card: Scorecard) -> str:
    """Where a reference beats the model, said first."""
    own = [s for s in card.scores if s.score == "bits" and s.gain is not None]
    beaten = [s for s in own if s.gain is not None and s.gain.high < 0.0]
    better = [s for s in own if s.gain is not None and s.gain.low > 0.0]
    names = "; ".join(f"{s.forecaster} on {s.kind} ({s.model})" for s in beaten)
    return (
        f"References that beat the model beyond their interval: {names or 'none'}. The model beats "
        f"its reference beyond the interval in {len(better)} of {len(own)} comparisons in bits."
    )


def rival_section(
    case: Case,
    rows: Sequence[Mapping[str, Any]],
    by_pattern: Sequence[Mapping[str, Any]],
    budget: Budget,
) -> Section:
    """Rivals side by side: patterns and scores."""
    full = rows[0]
    better = [
        f"{_name(row)} ({FORMS[column]}, {number(-float(row[column]))} bits)"
        for row in rows[1:]
        for column in FORMS
        if float(row[column]) < 0.0
    ]
    more = [_name(row) for row in rows[1:] if row["patterns"] > full["patterns"]]
    texts = (
        f"Rivals that score better than the full model on the mean: {'; '.join(better) or 'none'}. "
        f"Rivals that pass more patterns: {', '.join(more) or 'none'}.",
        f"Every theory was fitted alike: {budget.draws} prior draws were heard on the record "
        f"{case.before} and the best {budget.kept} kept; {budget.trials} trials of every run. This "
        "is less than the shipped posterior had, for all of them.",
    )
    scores_table = Table(
        f"Mean bits over kinds of cases {case.since} (less is better), and more than the full "
        "model",
        ("Theory", "Patterns", "Fit", "Free-running", "more", "One step", "more"),
        tuple(
            (
                _name(row),
                str(row["patterns"]),
                number(float(row["fit_log_likelihood"]), 1),
                _range(row, "free_bits", "free"),
                _range(row, "free_gain", "free_gain"),
                _range(row, "step_bits", "step"),
                _range(row, "step_gain", "step_gain"),
            )
            for row in rows
        ),
    )
    return Section("Rival theories", texts, (scores_table, _by_pattern(by_pattern)))


def _name(row: Mapping[str, Any]) -> str:
    return str(row["rival"]).replace("_", " ")


def _range(row: Mapping[str, Any], mean: str, ends: str) -> str:
    if row[mean] == "":
        return ""
    low, high = (number(float(row[f"{ends}_{end}"])) for end in ("low", "high"))
    return f"{number(float(row[mean]))} ({low} to {high})"


def _by_pattern(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Theories down, patterns across; a dash where one fails."""
    patterns = list(dict.fromkeys(row["pattern"] for row in rows))
    names = list(dict.fromkeys(row["rival"] for row in rows))
    passed = {(row["rival"], row["pattern"]): row["passed"] for row in rows}
    cells = tuple(
        (name.replace("_", " "), *("✓" if passed[name, each] else "✗" for each in patterns))
        for name in names
    )
    heads = ("Theory", *(each.removeprefix("P") for each in patterns))
    return Table("Patterns that each passes", heads, cells, close=True)


def _kind_table(card: Scorecard, kind: str, model: str) -> Table:
    own = [s for s in card.scores if s.kind == kind and model in {s.forecaster, s.model}]
    names = list(dict.fromkeys(s.forecaster for s in own))
    kinds = list(dict.fromkeys(s.score for s in own))
    first = own[0]

    def cell(name: str, score: str) -> Score:
        return next(s for s in own if s.forecaster == name and s.score == score)

    rows = []
    for name in names:
        cells = [between(cell(name, score).mean) for score in kinds]
        gain = cell(name, "bits").gain
        rows.append((name, *cells, "" if gain is None else between(gain)))
    heads = ("Forecaster", *(SCORE_WORDS[score] for score in kinds), "Bits more than the model")
    form = model.removeprefix("foedus, ")
    title = f"{KIND_WORDS[kind]} {first.cases} cases in {first.episodes} episodes, {form}."
    return Table(title, heads, tuple(rows))


def reliability(card: Scorecard) -> dict[str, tuple[ReliabilityBin, ...]]:
    """Bins for both forms of the model: every case's last category, which is best for the bloc."""
    found = {}
    for model in (FREE, STEP):
        given = card.forecasts.get(model, {})
        own = [case for case in card.cases if case.target.id in given and case.kind != "troops"]
        if own:
            probability = np.array([given[case.target.id][-1] for case in own])
            happened = np.array([case.outcome == len(case.categories) - 1 for case in own])
            found[model.removeprefix("foedus, ")] = scores.reliability(probability, happened)
    return found


def level_table(bench: Bench) -> tuple[Table, list[dict[str, object]]]:
    """Coded participation of the split `test` against free-running draws, and two references."""
    known = targets.select(targets.load(bench.case), kind="participation")
    fit = np.array([each.level for each in known if each.split == "fit"])
    tested = [each for each in known if each.split == "test"]
    truth = np.array([each.level for each in tested])
    drawn = np.array(
        [hindcast.levels(each, bench[hindcast.stretch_of(bench.case, each)]) for each in tested]
    )
    last = np.array([[_last(known, each)] for each in tested])
    weights = scores.resamples([each.episode for each in tested])
    given = {
        FREE: drawn,
        "climatology": np.tile(fit, (truth.size, 1)),
        "last value of the fit": last,
    }
    rows: list[tuple[str, ...]] = []
    table: list[dict[str, object]] = []
    for name, draws in given.items():
        found = scores.interval(scores.crps(draws, truth), weights)
        covered = {level: scores.coverage(draws, truth, level) for level in (0.5, 0.9)}
        point = draws.shape[1] == 1
        shares = ("", "") if point else tuple(number(covered[x], 2) for x in (0.5, 0.9))
        rows.append((name, between(found), *shares))
        table.append(
            {"forecaster": name, "cases": truth.size, "crps": found.mean, "low": found.low,
             "high": found.high, "inside_50": "" if point else covered[0.5],
             "inside_90": "" if point else covered[0.9]}
        )  # fmt: skip
    heads = ("Forecaster", "CRPS", "Inside 50 %", "Inside 90 %")
    title = f"Coded participation of members, {truth.size} readings."
    return Table(title, heads, tuple(rows)), table


def _last(known: Sequence[targets.Target], target: targets.Target) -> float:
    """The member's last reading of the split `fit`; the mean of all where there is none."""
    fit = [each for each in known if each.split == "fit"]
    own = [each for each in fit if each.member == target.member]
    if not own:
        return float(np.mean([each.level for each in fit]))
    return max(own, key=lambda each: each.date).level

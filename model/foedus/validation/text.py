"""What commands about a case print: verdicts, what is at rest, forecasts and their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from foedus.statistics.scores import LEVEL
from foedus.telling.console import console_of
from foedus.telling.words import joined
from foedus.validation import rest
from foedus.validation.page.outputs import pattern_rows
from foedus.validation.page.patterns import summary
from foedus.validation.page.text import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foedus.cases import Case
    from foedus.validation.forecasts.questions import Question
    from foedus.validation.forecasts.resolutions import Report
    from foedus.validation.patterns.rules import Verdict
    from foedus.validation.rest import Drift, Start
    from foedus.validation.study import Asked


def print_verdicts(verdicts: Sequence[Verdict]) -> None:
    """Print verdicts as a table, each with the check that failed most or is nearest to it."""
    table = _table(
        ("", "Use", "", "Check nearest to failing", "Figure", "Margin"), {"Figure", "Margin"}
    )
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
    for sentence in summary(pattern_rows(verdicts)):
        console.print(sentence)


def print_rest(case: Case, asked: Asked, found: Sequence[Start]) -> None:
    """Print what moves from every start of a case while nothing happens."""
    heads = ("Start", "Chance", "Moves most", "By", "At most", "")
    checks = _table(heads, {"By", "At most"})
    movers = _table(("Start", "What moves by itself", "Moves most", "By"), {"By"})
    for start in found:
        for chance, drift, limit in (
            ("without", start.without_chance, rest.WITHOUT_CHANCE),
            ("with, means", start.of_means, rest.OF_MEANS),
        ):
            verdict = "at rest" if drift.size <= limit else "MOVES"
            checks.add_row(
                *(start.date, chance, _what(drift, 4), f"{drift.size:.4f}", f"{limit:g}", verdict)
            )
        for mover, drift in start.by_mover:
            movers.add_row(start.date, mover.name, _what(drift, 3), f"{drift.size:.3f}")
    console = console_of()
    console.print(
        f"{case.title}, parameters {asked.parameters}: drivers stay as they are at the start, and "
        f"nothing strikes anybody for {rest.MONTHS} months; {asked.all_trials:,} trials, seed "
        f"{asked.seed}.\n"
    )
    console.print(checks)
    console.print("\nOff in these checks, as they move by themselves; how far, one at a time:\n")
    console.print(movers)


def _what(drift: Drift, digits: int) -> str:
    """What moved most, if anything did that shows."""
    return drift.what if round(drift.size, digits) > 0.0 else "nothing"


def forecasts_text(questions: Sequence[Question], forecasts: dict[str, Any]) -> str:
    """Forecasts that have just been issued, a line per question, and what they were mixed from."""
    asked = {each.id: each for each in questions}
    lines = [
        f"{100 * each['probability']:5.1f} %  {asked[each['id']].text}"
        for each in forecasts["forecasts"]
    ]
    return "\n".join([*lines, "", f"{mixture_words(forecasts['mixture'])} Not certainties."])


def mixture_words(weights: dict[str, float]) -> str:
    """What scenario frequencies were mixed from, in a sentence.

    Example:
        >>> mixture_words({"baseline": 0.7, "storm": 0.3})
        'Scenario frequencies, mixed from baseline (70 %) and storm (30 %).'
    """
    parts = [f"{name} ({100 * weight:g} %)" for name, weight in weights.items()]
    return f"Scenario frequencies, mixed from {joined(parts)}."


def print_scores(report: Report) -> None:
    """Print the scores of resolved questions."""
    console = console_of(soft_wrap=True)
    heads = ("Question", "Forecast", "Outcome", "Brier", "Bits")
    table = _table(heads, {"Forecast", "Brier", "Bits"})
    for each in report.scored:
        table.add_row(
            each.question.id,
            f"{100 * each.probability:.1f} %",
            each.resolution.outcome,
            f"{each.brier:.3f}",
            f"{each.bits:.2f}",
        )
    console.print(table)
    console.print()
    for name, (brier, bits) in report.means.items():
        console.print(f"Mean of {name}: Brier {brier:.3f}, {bits:.2f} bits (less is better)")
    for name, gain in report.gains.items():
        console.print(
            f"Brier of {name} less that of foedus: {gain.mean:.3f} ({gain.low:.3f} to "
            f"{gain.high:.3f} in {100 * LEVEL:.0f} % of resamples of questions)"
        )
    counts = f"{len(report.scored)} resolved, {len(report.open)} open, {len(report.void)} void"
    console.print(f"Questions: {counts}. Few questions say little.")


def _table(heads: tuple[str, ...], numbers: set[str]) -> Table:
    """A table without lines; columns of numbers stand to the right."""
    table = Table(box=None, pad_edge=False, header_style="")
    for head in heads:
        table.add_column(head, justify="right" if head in numbers else "left")
    return table

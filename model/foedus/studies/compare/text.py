"""A comparison as text: what differs, how sure that is, and what pairing was worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from rich.text import Text

from foedus.dictionary.recording import COMPONENTS
from foedus.studies.compare.contrasts import labels_of
from foedus.telling.console import plain_text, say, section, tell, text_table
from foedus.telling.difference import QUESTION, VITALITY, clear_ones
from foedus.telling.numbers import UNITS, percent, trials, value
from foedus.telling.words import COMPONENT_TITLES, FACTORS, joined, month_words

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.studies.compare.contrasts import Contrast, Contrasts
    from foedus.telling.difference import Difference, Measure

MOST_ROWS: Final = 16
"""Differences of members that a terminal shows; all of them are in the table."""


def print_contrasts(found: Contrasts, place: str | None = None) -> None:
    """Print a comparison to standard output."""
    tell(lambda console: render(found, console), "Comparison", place)


def contrasts_text(found: Contrasts) -> str:
    """The same without colours; equal for equal comparisons."""
    return plain_text(lambda console: render(found, console))


def render(comparison: Contrasts, console: Console) -> None:
    """Print the whole comparison on a console."""
    titles = joined([f"«{label}»" for label in labels_of(comparison.scenarios)])
    console.print(Text(titles, style="bold"))
    console.print(
        f"{month_words(comparison.dates[0])} to {month_words(comparison.dates[-1])}; "
        f"{trials(comparison.trials)} of each scenario with common random numbers, seed "
        f"{comparison.seed}, parameter set {comparison.evidence_set}",
        markup=False,
    )
    if comparison.fork is not None:
        month = month_words(comparison.dates[comparison.fork - 1])
        console.print(f"One past up to {month}.", markup=False)
    if comparison.widening is not None:
        say(widening_words(comparison), console)
    for contrast in comparison.contrasts:
        console.print()
        say(f"{contrast.find('cohesion').sentence()}.", console)
        _alliance(contrast, console)
        _members(contrast, console)
        _questions(contrast, console)
        console.print()
        say(f"{pairing_words(contrast)}.", console)
    console.print()
    say(LEGEND, console)


LEGEND: Final = (
    "Base, Scenario: means over the trials. Difference: mean, with its 90 % interval, of scenario "
    "minus base, trial by trial: trials of the same number share all their random numbers. Lower: "
    "% of trials in which the scenario is lower. A measure is called lower or higher only if its "
    "difference is larger than the smallest that matters ("
    f"{UNITS['level'].smallest:g} of a level, {100 * UNITS['event'].smallest:g} percentage point "
    f"of a share, {UNITS['count'].smallest:g} per trial of a count) and is discovered at a false "
    "discovery rate of 10 % over all measures of the comparison: at most one in ten discoveries is "
    "expected to be chance. The number of trials said to settle a difference would do so four "
    "times in five if the difference is as estimated. Intervals cover the number of trials, not "
    "the error of the model."
)


def pairing_words(contrast: Contrast) -> str:
    """What pairing is worth, for cohesion at the end."""
    end = contrast.find("cohesion")
    if math.isinf(end.gain):
        return "Common random numbers: cohesion differs by the same amount in every trial"
    if math.isnan(end.gain):
        return "Common random numbers: the difference in cohesion does not vary"
    worth = int(float(f"{end.gain * end.trials:.2g}"))
    return (
        "Common random numbers make the variance of the difference in cohesion at the end "
        f"{ratio_words(end)} times smaller than unpaired seeds would ({end.trials:,} paired trials "
        f"are worth about {worth:,})"
    )


def ratio_words(difference: Difference) -> str:
    """How many times less a difference varies with common random numbers.

    Two digits below ten, whole numbers beyond.
    """
    gain = difference.gain
    return f"{gain:.1f}" if gain < 10.0 else f"{gain:,.0f}"


def widening_words(found: Contrasts) -> str:
    """How trials were added."""
    grown = found.widening
    if grown is None:
        return ""
    words = f"The 90 % interval of {grown.measure.words} is {grown.width:.2g} wide"
    if not grown.reached:
        return (
            f"{words} with {grown.trials:,} trials, the most that are played; {grown.asked:g} was "
            "asked for."
        )
    if grown.trials == grown.started:
        return f"{words} with {trials(grown.trials)}; {grown.asked:g} was asked for."
    return (
        f"{words}; {grown.asked:g} was asked for, and {grown.trials - grown.started:,} trials were "
        f"added to {grown.started:,}. The first {grown.started:,} are unchanged."
    )


def difference_cells(difference: Difference) -> list[str]:
    """Base, scenario, difference with interval, share of trials in which it is lower, verdict."""
    kind = difference.measure.kind
    means = [value(mean, kind) for mean in (difference.base, difference.other)]
    return [*means, difference.range, percent(difference.below.share), difference.words]


def _alliance(contrast: Contrast, console: Console) -> None:
    """Cohesion at every horizon; at the last its factors, what stands apart, and what is left."""
    last = max(one.month for one in contrast.measures)
    rows = [
        one
        for one in contrast.differences
        if one.measure.metric == "cohesion"
        or (one.measure.month == last and _is_component(one.measure))
    ]
    rows.sort(key=lambda one: one.measure.metric != "cohesion")
    labels = [
        f"Cohesion, {month_words(one.measure.date)}"
        if one.measure.metric == "cohesion"
        else _title(one.measure.metric)
        for one in rows
    ]
    title = "Cohesion, 0 to 1; at the end its factors, and what stands apart"
    _rows(title, rows, labels, console)
    ends = [contrast.find(name) for name in VITALITY]
    labels = [one.measure.title for one in ends]
    _rows("The alliance at the end: % of trials", ends, labels, console)


def _title(metric: str) -> str:
    """Factors stand under cohesion, what stands apart beside it."""
    title = COMPONENT_TITLES[metric]
    return f"  {title.lower()}" if metric in FACTORS else title


def _is_component(measure: Measure) -> bool:
    return measure.subject is None and measure.metric in COMPONENTS


def _members(contrast: Contrast, console: Console) -> None:
    """What differs in members at the end, the largest first."""
    clear = [
        one
        for one in clear_ones(contrast.differences)
        if one.measure.subject and one.measure.metric != QUESTION
    ]
    for kind, title in (
        ("level", "Members at the end: levels that differ, 0 to 1"),
        ("event", "Members by the end: events that differ, % of trials"),
    ):
        rows = [one for one in clear if one.measure.kind == kind]
        shown = rows[:MOST_ROWS]
        more = f" ({len(rows) - len(shown)} more in the table)" if len(rows) > len(shown) else ""
        _rows(f"{title}{more}", shown, [one.measure.title for one in shown], console)


def _questions(contrast: Contrast, console: Console) -> None:
    rows = [one for one in contrast.differences if one.measure.metric == QUESTION]
    labels = [one.measure.title for one in rows]
    _rows("Questions that both ask: % of trials in which it came true", rows, labels, console)


def _rows(title: str, rows: list[Difference], labels: list[str], console: Console) -> None:
    if not rows:
        return
    grid = text_table("")
    for head in ("Base", "Scenario", "Difference", "Lower"):
        grid.add_column(head, justify="right", no_wrap=True)
    grid.add_column("Verdict")
    for one, label in zip(rows, labels, strict=True):
        grid.add_row(label, *difference_cells(one))
    section(title, grid, console)

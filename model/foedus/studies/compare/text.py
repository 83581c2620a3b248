"""A comparison as text: what differs, how sure that is, and what same luck was worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from rich.text import Text

from foedus.scenarios.language.quantities import COMPONENTS
from foedus.studies.compare.measures import QUESTION, lower_title
from foedus.studies.compare.paired import needed_words
from foedus.telling.console import plain_text, say, section, tell, text_table
from foedus.telling.words import COMPONENT_TITLES, joined, month_words, percent

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.studies.compare.contrasts import Contrast, Contrasts
    from foedus.studies.compare.measures import Measure
    from foedus.studies.compare.paired import Difference

MOST_ROWS: Final = 16
"""Differences of members that a terminal shows; all of them are in the table."""

SMALLEST: Final = 0.0005
"""Difference of a level or a frequency that is shown at all: less would print as nothing."""

SAID: Final = frozenset({"lower", "higher"})


def clearly_different(one: Difference) -> bool:
    """Whether a difference is called lower or higher, and is large enough to be shown."""
    return one.verdict in SAID and abs(one.mean) >= SMALLEST


def print_contrasts(found: Contrasts, place: str | None = None) -> None:
    """Print a comparison to standard output."""
    tell(lambda console: render(found, console), "Comparison", place)


def contrasts_text(found: Contrasts) -> str:
    """The same without colours; equal for equal comparisons."""
    return plain_text(lambda console: render(found, console))


def render(found: Contrasts, console: Console) -> None:
    """Say it all on a console."""
    titles = joined([f"«{one.title}»" for one in found.scenarios])
    console.print(Text(titles, style="bold"))
    console.print(
        f"{month_words(found.dates[0])} to {month_words(found.dates[-1])}; {found.trials:,} trials "
        f"each with the same luck, seed {found.seed}, parameters {found.evidence_set}",
        markup=False,
    )
    if found.fork is not None:
        console.print(f"One past up to {month_words(found.dates[found.fork - 1])}.", markup=False)
    if found.widening is not None:
        say(widening_words(found), console)
    for contrast in found.contrasts:
        console.print()
        say(f"{headline(contrast)}.", console)
        _alliance(contrast, console)
        _members(contrast, console)
        _questions(contrast, console)
        console.print()
        say(f"{luck_words(contrast)}.", console)
    console.print()
    say(
        "Difference: mean over the trials, with its 90 % interval, of a scenario minus the one it "
        "is set against, trial by trial. Lower: % of trials in which it is lower. Not "
        f"distinguishable: at {found.trials:,} trials; about so many would settle it four times "
        "in five, if the difference is as estimated. Verdicts take all "
        f"{len(found.contrasts[0].differences)} measures of a comparison together: of those called "
        "lower or higher, one in ten at most is expected to be chance. Intervals cover the number "
        "of trials, not the error of the model.",
        console,
    )


def headline(contrast: Contrast) -> str:
    """What the scenario does to cohesion, in a sentence."""
    end = contrast.find("cohesion")
    date = month_words(end.measure.date)
    who = f"«{contrast.other.title}» against «{contrast.base.title}»"
    if end.verdict not in SAID:
        return f"{who}: cohesion in {date} is {end.words}"
    share = end.below if end.verdict == "lower" else end.above
    return (
        f"{who}: cohesion in {date} is {end.verdict} by {abs(end.mean):.3f} on average, and "
        f"{end.verdict} in {percent(share.share)} % of trials"
    )


def luck_words(contrast: Contrast) -> str:
    """What pairing is worth, for cohesion at the end."""
    end = contrast.find("cohesion")
    if math.isinf(end.gain):
        return "Same luck: cohesion differs by the same amount in every trial"
    if math.isnan(end.gain):
        return "Same luck: cohesion at the end does not vary"
    worth = int(float(f"{end.gain * end.trials:.2g}"))
    return (
        f"Same luck: the variance of the difference in cohesion at the end is {ratio_words(end)} "
        f"times smaller than with unpaired seeds ({end.trials:,} paired trials are worth "
        f"about {worth:,})"
    )


def ratio_words(one: Difference) -> str:
    """How many times less a difference varies under the same luck.

    Two digits below ten, whole numbers beyond.
    """
    return f"{one.gain:.1f}" if one.gain < 10.0 else f"{one.gain:,.0f}"


def widening_words(found: Contrasts) -> str:
    """How trials were added."""
    grown = found.widening
    if grown is None:
        return ""
    words = f"The 90 % interval of {grown.measure.label} is {grown.width:.2g} wide"
    if not grown.reached:
        return (
            f"{words} at {grown.trials:,} trials, the most that are played; {grown.asked:g} was "
            "asked for."
        )
    if grown.trials == grown.started:
        return f"{words} at {grown.trials:,} trials; {grown.asked:g} was asked for."
    return (
        f"{words}; {grown.asked:g} was asked for, and {grown.trials - grown.started:,} trials were "
        f"added to {grown.started:,}. The first {grown.started:,} are as they were."
    )


def difference_cells(one: Difference) -> list[str]:
    """Base, other, difference with interval, share of trials lower, verdict."""
    unit = 100.0 if one.measure.kind == "event" else 1.0
    digits = 3 if one.measure.kind == "level" else 1
    ends = f"({signed(unit * one.low, digits)} to {signed(unit * one.high, digits)})"
    shown = f"{signed(unit * one.mean, digits)} {ends}"
    levels = [f"{unit * each:.{digits - 1}f}" for each in (one.base, one.other)]
    return [*levels, shown, percent(one.below.share), _short(one)]


def _short(one: Difference) -> str:
    """The verdict for a narrow column."""
    if one.verdict == "same":
        return "the same"
    if one.verdict != "not distinguishable":
        return one.words
    return f"not distinguishable; {needed_words(one)}"


def signed(value: float, digits: int) -> str:
    """A difference with its sign; nothing has none.

    Example:
        >>> signed(-0.0512, 3), signed(0.0001, 3), signed(-0.0001, 3)
        ('-0.051', '0.000', '0.000')
    """
    if math.isnan(value):
        return "-"
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0.0 else text


def _alliance(contrast: Contrast, console: Console) -> None:
    """Cohesion at every horizon, and its components at the last."""
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
        else f"  {COMPONENT_TITLES[one.measure.metric].lower()}"
        for one in rows
    ]
    _rows("Cohesion, 0 to 1, and its components at the end", rows, labels, console)


def _is_component(measure: Measure) -> bool:
    return measure.subject is None and measure.metric in COMPONENTS


def _members(contrast: Contrast, console: Console) -> None:
    """What clearly differs in members at the end, the largest first."""
    last = max(one.month for one in contrast.measures)
    found = [
        one
        for one in contrast.differences
        if one.measure.subject and one.measure.metric != QUESTION and one.measure.month == last
    ]
    clear = sorted((one for one in found if one.verdict in SAID), key=_size)
    levels = [one for one in clear if one.measure.kind == "level"]
    events = [one for one in clear if one.measure.kind == "event"]
    # With the same luck a difference may be certain and still be nothing.
    for rows, title in (
        (levels, "Members at the end: levels that clearly differ, 0 to 1"),
        (events, "Members by the end: events that clearly differ, % of trials"),
    ):
        shown = [one for one in rows if abs(one.mean) >= SMALLEST][:MOST_ROWS]
        more = f" ({len(rows) - len(shown)} more in the table)" if len(rows) > len(shown) else ""
        labels = [f"{one.measure.subject}  {lower_title(one.measure.metric)}" for one in shown]
        _rows(f"{title}{more}", shown, labels, console)


def _size(one: Difference) -> float:
    return -abs(one.mean)


def _questions(contrast: Contrast, console: Console) -> None:
    found = [one for one in contrast.differences if one.measure.metric == QUESTION]
    labels = [str(one.measure.subject).replace("-", " ") for one in found]
    _rows("Questions that both ask: % of trials in which it came true", found, labels, console)


def _rows(title: str, rows: list[Difference], labels: list[str], console: Console) -> None:
    if not rows:
        return
    grid = text_table("")
    for head in ("Base", "Here", "Difference", "Lower"):
        grid.add_column(head, justify="right", no_wrap=True)
    grid.add_column("Verdict")
    for one, label in zip(rows, labels, strict=True):
        grid.add_row(label, *difference_cells(one))
    section(title, grid, console)

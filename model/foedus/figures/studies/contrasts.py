"""Figures of a comparison: a forest of differences, and how they open over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from foedus.dictionary.recording import COMPONENTS
from foedus.figures.run.cohesion import bands, fan_legend
from foedus.figures.style import (
    COLUMNS,
    marks,
    page,
    panel_size,
    panel_title,
    panels,
    save,
    styled,
    time_axis,
    years,
)
from foedus.studies.compare.contrasts import Contrast, Contrasts, labels_of
from foedus.studies.compare.trials import FAN_SERIES
from foedus.telling.difference import QUESTION, Difference
from foedus.telling.numbers import trials
from foedus.telling.palette import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION
from foedus.telling.words import COMPONENT_TITLES, Mark, joined, month_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.scenarios.resolved import ResolvedScenario

COLOURS: Final = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
SHAPES: Final = ("o", "s", "D", "^", "v", "P")
"""Colours and shapes by scenario, so that no one needs to tell colours apart."""

MOST_DRAWN: Final = len(COLOURS)
"""Scenarios that one figure holds."""

MEMBER_LEVELS: Final = ("participation", "reliance")
MOST_QUESTIONS: Final = 14
LETTERS: Final = 26
MOST_TICKS: Final = 5
MOST_NAMED: Final = 2
"""Scenarios whose differences a title can hold in full."""


def draw_contrasts(contrasts: Contrasts, folder: Path) -> None:
    """Draw every figure as ``NAME.png`` and ``NAME.svg`` into a folder that exists."""
    with styled():
        for name, draw in FIGURES.items():
            save(draw(contrasts), folder, name, contrasts.provenance)


def forest_figure(contrasts: Contrasts) -> Figure:
    """Differences at the end with their intervals: alliance, members, questions."""
    shown = contrasts.contrasts[:MOST_DRAWN]
    date = month_words(contrasts.dates[-1])
    note = (
        f"Mean difference in {date}, scenario minus base, trial by trial with common random "
        f"numbers (trials of the same number share all draws), and its 90 % interval over "
        f"{trials(contrasts.trials)}; filled where the two differ. {_left_out(contrasts)}"
    )
    columns = [_alliance(shown[0]), _members(shown[0]), _questions(shown[0])]
    columns = [column for column in columns if column]
    rows = max(len(column) for column in columns)
    height = 2.3 + 0.16 * rows * (1.2 + 0.7 * len(shown))
    figure = page(
        (11.69, min(16.0, max(4.2, height))),
        _title(contrasts),
        note,
        contrasts.provenance,
        _legend(contrasts),
    )
    titles = {"level": "Difference (levels from 0 to 1)", "event": "Difference (percentage points)"}
    heads = ("The alliance", "Members", "Questions: came true")
    for ax, column, head in zip(
        np.atleast_1d(figure.subplots(1, len(columns))), columns, heads, strict=False
    ):
        _forest(ax, shown, column, rows)
        ax.set_title(head)
        ax.set_xlabel(titles[column[0].measure.kind])
    return figure


def difference_figure(contrasts: Contrasts) -> Figure:
    """How the difference opens over time, with a line at zero."""
    shown = contrasts.contrasts[:MOST_DRAWN]
    note = (
        "Differences trial by trial with common random numbers: median and middle 50 % and 90 % of "
        f"trials; above the line at zero the scenario is higher. {_left_out(contrasts)}"
    )
    one = len(shown) == 1
    parts = (
        [(shown[0], n, COMPONENT_TITLES[name]) for n, name in enumerate(FAN_SERIES)]
        if one
        else [(contrast, 0, _pair(contrasts, contrast)) for contrast in shown]
    )
    figure = page(
        panel_size(len(parts)), _title(contrasts), note, contrasts.provenance, fan_legend()
    )
    label = "Difference (0 to 1)" if one else "Difference in cohesion"
    columns = 2 if len(parts) in {2, 4} else COLUMNS
    grid = panels(figure, contrasts.dates, len(parts), label, columns)
    for ax, (contrast, place, title) in zip(grid, parts, strict=True):
        bands(ax, contrasts.dates, contrast.fan[:, place])
        ax.axhline(0.0, color=INK, linewidth=0.9, zorder=1.7)
        panel_title(ax, title)
        if contrasts.fork is not None:
            mark = Mark(contrasts.fork, "the futures part")
            marks(ax, [mark], contrasts.dates, labels=True)
    return figure


def cohesion_levels_figure(contrasts: Contrasts) -> Figure:
    """Cohesion itself, scenario over scenario; to be read after the differences."""
    shown = contrasts.scenarios[:MOST_DRAWN]
    note = (
        "Median over the trials, with the middle 90 % of trials shaded. Bands overlap where trials "
        "differ more from each other than scenarios do; the figure of differences is without that."
    )
    legend = [
        Line2D(
            [], [], color=COLOURS[n], marker=SHAPES[n], markersize=4.5, label=_name(contrasts, one)
        )
        for n, one in enumerate(shown)
    ]
    figure = page((11.0, 5.2), _title(contrasts), note, contrasts.provenance, legend)
    ax = figure.subplots()
    time = years(contrasts.dates)
    for n in range(len(shown)):
        low, _, median, _, high = contrasts.levels[n].T
        ax.fill_between(time, low, high, color=COLOURS[n], alpha=0.12, linewidth=0)
        every = max(1, len(time) // 8)
        ax.plot(
            time,
            median,
            color=COLOURS[n],
            linewidth=1.8,
            marker=SHAPES[n],
            markersize=4.5,
            markevery=(n, every),
        )
    time_axis(ax, contrasts.dates)
    ax.set_ylabel("Cohesion (0 to 1)")
    if contrasts.fork is not None:
        marks(ax, [Mark(contrasts.fork, "the futures part")], contrasts.dates, labels=True)
    return figure


def _forest(ax: Axes, shown: Sequence[Contrast], column: Sequence[Difference], rows: int) -> None:
    """One row per measure, one dot per scenario."""
    unit = 100.0 if column[0].measure.kind == "event" else 1.0
    step = 0.72 / max(len(shown), 2)
    for n, wanted in enumerate(column):
        for c, contrast in enumerate(shown):
            one = next((d for d in contrast.differences if d.measure == wanted.measure), None)
            if one is None:
                continue
            height = n + step * (c - (len(shown) - 1) / 2)
            colour = COLOURS[c]
            ax.plot([unit * one.low, unit * one.high], [height] * 2, color=colour, linewidth=1.6)
            ax.plot(
                unit * one.mean,
                height,
                SHAPES[c],
                color=colour,
                markersize=4.5,
                markerfacecolor=colour if one.clear else "white",
            )
    ax.axvline(0.0, color=INK, linewidth=0.9, zorder=0.9)
    ax.set_yticks(range(len(column)), [_label(one) for one in column])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.set_ylim(rows - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(MOST_TICKS))


def _label(one: Difference) -> str:
    measure = one.measure
    if measure.metric == "cohesion":
        return f"Cohesion, {month_words(measure.date)}"
    return "\n".join(wrap(measure.title, LETTERS, max_lines=2, placeholder=" ..."))


def _alliance(contrast: Contrast) -> list[Difference]:
    """Cohesion at every horizon; its factors, and what stands apart, at the end."""
    every = [one for one in contrast.differences if one.measure.metric == "cohesion"]
    return [*every, *(contrast.find(name) for name in COMPONENTS)]


def _members(contrast: Contrast) -> list[Difference]:
    """Levels of members at the end, those that differ in any trial."""
    members = dict.fromkeys(one.subject for one in contrast.measures if one.metric == "engagement")
    levels = [contrast.find(name, code) for code in members for name in MEMBER_LEVELS]
    return [one for one in levels if one.verdict != "the same"] or levels[:1]


def _questions(contrast: Contrast) -> list[Difference]:
    questions = [one for one in contrast.differences if one.measure.metric == QUESTION]
    return questions[:MOST_QUESTIONS]


def _title(contrasts: Contrasts) -> str:
    ends = [one.find("cohesion") for one in contrasts.contrasts]
    if len(ends) <= MOST_NAMED:
        return f"{'. '.join(end.sentence() for end in ends)}."
    date = month_words(contrasts.dates[-1])
    if contrasts.fork is not None:
        return (
            f"One past, {len(contrasts.scenarios)} futures: cohesion in {date}, each against each."
        )
    counts = {word: sum(end.verdict == word for end in ends) for word in ("lower", "higher")}
    counted = [f"{word} in {number}" for word, number in counts.items() if number]
    return (
        f"Cohesion in {date} against «{labels_of(contrasts.scenarios)[0]}»: "
        f"{joined(counted) if counted else 'different in none'} of {len(ends)} scenarios."
    )


def _legend(contrasts: Contrasts) -> list[Line2D]:
    shown = contrasts.contrasts[:MOST_DRAWN]
    if len(shown) == 1:
        return []
    return [
        Line2D(
            [],
            [],
            color=COLOURS[c],
            marker=SHAPES[c],
            markersize=4.5,
            label=_pair(contrasts, contrast),
        )
        for c, contrast in enumerate(shown)
    ]


def _pair(contrasts: Contrasts, contrast: Contrast) -> str:
    """Who is set against whom; against whom only if that is not always the same."""
    other = _name(contrasts, contrast.other)
    if len({each.base.name for each in contrasts.contrasts}) == 1:
        return other
    return f"{other} against {_name(contrasts, contrast.base)}"


def _name(contrasts: Contrasts, scenario: ResolvedScenario) -> str:
    """Name of a scenario; of a future without the date at which it parts, which is marked."""
    if contrasts.fork is None:
        return scenario.name
    return scenario.name.removesuffix(f"-from-{contrasts.dates[contrasts.fork]}")


def _left_out(contrasts: Contrasts) -> str:
    rest = len(contrasts.contrasts) - MOST_DRAWN
    return f"{rest} more in the tables." if rest > 0 else ""


FIGURES: Final[Mapping[str, Callable[[Contrasts], Figure]]] = {
    "forest": forest_figure,
    "difference": difference_figure,
    "cohesion": cohesion_levels_figure,
}
"""All figures of a comparison, by name."""

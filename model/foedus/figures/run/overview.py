"""One page with the whole answer: for a wall, a briefing or an appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.figures.run.cohesion import cohesion_fan, fan_legend
from foedus.figures.run.members import status_bars, status_legend
from foedus.figures.style import PAGE, fitted, mark_share, marks, page
from foedus.runs.provenance import provenance
from foedus.telling.headlines import cohesion_headline, comparison_headline
from foedus.telling.numbers import level_range, percent, share
from foedus.telling.palette import FAINT, INK
from foedus.telling.words import COMPONENT_TITLES, Titles, month_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

QUESTION_WIDTH, QUESTIONS_HEIGHT = 2.9, 2.8
"""Room for the words of a question, and for all questions, in inches."""

TEXT_WIDTH = 130.0
"""Room for the questions, in units of the axis, which ends at 100."""

QUESTION_POINTS, QUESTION_SPACING = 7.0, 1.05

FEWEST_ROWS, MOST_QUESTIONS = 4, 10
"""Rows that are left room for, and questions that the page has room for."""


def overview_figure(ensemble: Ensemble, summary: Summary) -> Figure:
    """An A4 page, landscape: cohesion, status at the end, questions and key numbers."""
    note = (
        f"{summary.scenario_title}. {summary.alliance_title}, "
        f"{month_words(summary.dates[0])} to {month_words(summary.dates[-1])}. Shares are scenario "
        "frequencies: how often something happens in this model under this scenario."
    )
    title = comparison_headline(summary) or cohesion_headline(summary)
    figure = page(PAGE, f"{title}.", note, provenance(ensemble))
    grid = figure.add_gridspec(2, 2, width_ratios=(1.35, 1.0), height_ratios=(1.0, 1.05))
    _cohesion(figure.add_subplot(grid[0, 0]), ensemble, summary)
    bars = status_bars(figure.add_subplot(grid[0, 1]), summary)
    bars.set_title(f"Status in {month_words(summary.dates[-1])}")
    bars.legend(handles=status_legend(), loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    questions(figure.add_subplot(grid[1, 0]), summary)
    key_numbers(figure.add_subplot(grid[1, 1]), summary)
    return figure


def _cohesion(ax: Axes, ensemble: Ensemble, summary: Summary) -> None:
    cohesion_fan(ax, ensemble, summary)
    ax.set_title("Cohesion over time")
    ax.legend(handles=fan_legend(), loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    marks(ax, Titles(ensemble).marks(), ensemble.dates, labels=True)


def questions(ax: Axes, summary: Summary) -> Axes:
    """How often each question came true, with its interval; the questions stand on the left."""
    shown = summary.questions[:MOST_QUESTIONS]
    left_out = len(summary.questions) - len(shown)
    more = f"; {left_out} more in the tables" if left_out else ""
    ax.set_title(f"Questions: share of trials, with 90 % intervals{more}")
    for n, one in enumerate(shown):
        height = QUESTIONS_HEIGHT / max(len(shown), FEWEST_ROWS)
        text, points = fitted(one.text, QUESTION_WIDTH, height, QUESTION_POINTS)
        ax.text(
            *(-TEXT_WIDTH, n, text),
            va="center",
            fontsize=points,
            linespacing=QUESTION_SPACING,
            color=INK,
        )
        mark_share(ax, n, one.came_true, 100.0)
    ax.set_xlim(-TEXT_WIDTH, 100.0)
    ax.set_ylim(max(len(shown), FEWEST_ROWS) - 0.5, -0.5)
    ax.set_xticks(range(0, 101, 20))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_bounds(0.0, 100.0)
    ax.set_xlabel("Share of trials (%)", x=(TEXT_WIDTH + 50.0) / (TEXT_WIDTH + 100.0))
    if not shown:
        ax.text(-TEXT_WIDTH, 0.0, "The scenario asks no questions.", va="center", color=FAINT)
    return ax


def key_numbers(ax: Axes, summary: Summary) -> Axes:
    """A short table of what the rest of the page does not show."""
    last = summary.milestones[-1]
    rows = [
        (f"Cohesion, {month_words(one.date)}", one.bands["cohesion"]) for one in summary.milestones
    ]
    rows += [
        (f"{title}, {month_words(last.date)}", last.bands[name])
        for name, title in COMPONENT_TITLES.items()
        if name != "cohesion"
    ]
    lines = [(label, level_range(levels)) for label, levels in rows]
    lines += [
        (
            f"Alive, zombie, dead in {month_words(last.date)} (% of trials)",
            ", ".join(percent(one.share) for one in summary.vitality.values()),
        ),
        (
            f"Troops sent by the bloc or {summary.patron_title}",
            share(summary.deployments),
        ),
        ("Variance of cohesion: from parameters", f"{percent(summary.epistemic.share)} %"),
        (
            "Troops against a member; expulsions",
            f"{summary.force_between_members}; {summary.expulsions}",
        ),
    ]
    ax.set_title("Key numbers (levels: median, middle 90 % of trials)")
    ax.set_axis_off()
    for n, (label, value) in enumerate(lines):
        height = 1.0 - (n + 0.6) / len(lines)
        ax.text(0.0, height, label, transform=ax.transAxes, va="center", color=INK)
        ax.text(1.0, height, value, transform=ax.transAxes, va="center", ha="right", color=INK)
    return ax

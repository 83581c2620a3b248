"""Small multiples, a member each: status, engagement and reliance, alignment over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from foedus.dictionary.vocabulary import ACTIVE, STATUS_NAMES
from foedus.figures.run.cohesion import fan, fan_legend
from foedus.figures.style import marks, marks_note, page, panel_size, panel_title, panels, years
from foedus.runs.provenance import provenance
from foedus.statistics.quantiles import histogram_quantiles
from foedus.telling.headlines import alignment_headline, engagement_headline, status_headline
from foedus.telling.numbers import percent
from foedus.telling.palette import BLUE, INK, PALE, PARTNER_COLOURS, STATUS_COLOURS, VERMILLION
from foedus.telling.words import Titles

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

type Dashes = tuple[float, tuple[float, ...]]

LINES: Final[dict[str, tuple[str, Dashes]]] = {
    "participation": (VERMILLION, (0.0, (4.0, 2.0))),
    "reliance": (INK, (0.0, (4.0, 1.5, 1.0, 1.5))),
}
"""Colours and dashes of medians that are drawn across the fans."""

ROOM = 0.07
"""Smallest share of a bar in which its number has room."""


def _multiples(
    ensemble: Ensemble,
    headline: str,
    note: str,
    label: str,
    legend: Sequence[Artist],
    draw: Callable[[Axes, int], object],
) -> Figure:
    """A page with a panel per member; `draw` is given its axes and its place."""
    titles, dates = Titles(ensemble), ensemble.dates
    dotted, count = titles.marks(), len(ensemble.members)
    words = f"{note}{marks_note(dotted, dates)}"
    figure = page(panel_size(count), f"{headline}.", words, provenance(ensemble), legend)
    for place, ax in enumerate(panels(figure, dates, count, label)):
        draw(ax, place)
        marks(ax, dotted, dates)
        panel_title(ax, titles.member_titles[place])
    return figure


def alignment_figure(ensemble: Ensemble, _: Summary) -> Figure:
    """Stacked mean shares of patron, partners and self-reliance for each member."""
    titles, partners = Titles(ensemble), len(ensemble.partners)
    # The patron at the bottom, where changes are easiest to read; self-reliance on top.
    order = [partners, *range(partners), partners + 1]
    colours = [BLUE, *(PARTNER_COLOURS[n % len(PARTNER_COLOURS)] for n in range(partners)), PALE]
    names = [titles.pole_title(titles.poles()[place]) for place in order]

    def draw(ax: Axes, place: int) -> None:
        stack = 100.0 * ensemble.alignment[:, place][:, order].T
        ax.stackplot(years(ensemble.dates), stack, colors=colours, edgecolor="white", linewidth=0.4)
        ax.set_ylim(0.0, 100.0)

    return _multiples(
        ensemble,
        alignment_headline(ensemble),
        "Share of a member's security ties with the patron, with each partner, and of "
        "self-reliance: mean over the trials.",
        "Share of security ties (%)",
        [Patch(color=colour, label=one) for colour, one in zip(colours, names, strict=True)],
        draw,
    )


def engagement_figure(ensemble: Ensemble, _: Summary) -> Figure:
    """A fan of engagement for each member, with medians of participation and reliance across it.

    A member that is frozen or out at the start owes no acts, so a line of participation would say
    nothing of it.
    """
    titles = Titles(ensemble)
    median, *bands = fan_legend()
    median.set_label("Engagement: median")
    lines = [
        Line2D([], [], color=colour, linestyle=dashes, label=f"{name.capitalize()}: median")
        for name, (colour, dashes) in LINES.items()
    ]
    series = [(each.name, each.member) for each in ensemble.series]

    def draw(ax: Axes, place: int) -> None:
        code = ensemble.members[place]
        fan(ax, ensemble, "engagement", code)
        for name, (colour, dashes) in LINES.items():
            if name == "participation" and titles.start_status(place) != ACTIVE:
                continue
            counts = ensemble.histograms[:, series.index((name, code))]
            level = histogram_quantiles(counts, (0.5,))[:, 0]
            ax.plot(years(ensemble.dates), level, color=colour, linewidth=1.4, linestyle=dashes)

    return _multiples(
        ensemble,
        engagement_headline(ensemble),
        "Engagement: willingness to act as a member. Participation: share of the acts of "
        "membership complied with, for members active at the start. Reliance: how far its security "
        "policy counts on the alliance.",
        "Level (0 to 1)",
        [median, *bands, *lines],
        draw,
    )


def status_figure(ensemble: Ensemble, summary: Summary) -> Figure:
    """Stacked shares of trials by status for each member, month by month."""
    shares = 100.0 * ensemble.status_counts / ensemble.trials

    def draw(ax: Axes, place: int) -> None:
        stack = [shares[:, place, STATUS_NAMES.index(name)] for name in STATUS_COLOURS]
        colours = list(STATUS_COLOURS.values())
        ax.stackplot(years(ensemble.dates), stack, colors=colours, linewidth=0)
        ax.set_ylim(0.0, 100.0)

    return _multiples(
        ensemble,
        status_headline(summary),
        "Share of trials in which a member is active, frozen or out, month by month.",
        "Share of trials (%)",
        status_legend(),
        draw,
    )


def status_bars(ax: Axes, summary: Summary) -> Axes:
    """Status at the end: a bar per member, cut by share of trials."""
    titles = [member.title for member in summary.members]
    left = [0.0] * len(titles)
    for name, colour in STATUS_COLOURS.items():
        shares = [member.end_status[name].share for member in summary.members]
        widths = [100.0 * share for share in shares]
        bars = ax.barh(titles, widths, left=left, color=colour, height=0.72)
        words = [f"{percent(share)} %" if share >= ROOM else "" for share in shares]
        ink = "black" if name == "frozen" else "white"
        ax.bar_label(bars, words, label_type="center", color=ink, fontsize=8.0)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    ax.invert_yaxis()
    ax.set_xlim(0.0, 100.0)
    ax.set_xlabel("Share of trials (%)")
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    return ax


def status_legend() -> list[Artist]:
    """What the colours mean."""
    return [Patch(color=colour, label=name) for name, colour in STATUS_COLOURS.items()]

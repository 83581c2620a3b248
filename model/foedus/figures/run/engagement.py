"""Engagement and participation of each member, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from foedus.dictionary.vocabulary import ACTIVE
from foedus.figures.run.cohesion import fan, fan_legend
from foedus.figures.style import marks, marks_note, page, panel_size, panel_title, panels, years
from foedus.runs.provenance import provenance
from foedus.statistics.quantiles import histogram_quantiles
from foedus.telling.cast import Cast
from foedus.telling.headlines import engagement_headline
from foedus.telling.palette import VERMILLION

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary


def engagement_figure(ensemble: Ensemble, _: Summary) -> Figure:
    """A fan of engagement for each member, with the median of participation across it.

    A member that is frozen or out at the start owes no acts, so a line would say nothing of it.
    """
    cast, dates = Cast(ensemble), ensemble.dates
    found = cast.marks()
    note = (
        "Engagement: willingness to act as a member. Participation: share of the acts of "
        "membership complied with, for members active at the start."
        f"{marks_note(found, dates)}"
    )
    title = f"{engagement_headline(ensemble)}."
    count = len(ensemble.members)
    figure = page(panel_size(count), title, note, provenance(ensemble), _legend())
    for n, ax in enumerate(panels(figure, dates, count, "Level (0 to 1)")):
        code = ensemble.members[n]
        fan(ax, ensemble, "engagement", code)
        if cast.start_status(n) == ACTIVE:
            _participation(ax, ensemble, code)
        marks(ax, found, dates)
        panel_title(ax, cast.member_titles[n])
    return figure


def _legend() -> list[Artist]:
    median, *bands = fan_legend()
    median.set_label("Engagement: median")
    line = Line2D([], [], color=VERMILLION, linestyle="--", label="Participation: median")
    return [median, *bands, line]


def _participation(ax: Axes, ensemble: Ensemble, code: str) -> None:
    place = [(one.name, one.member) for one in ensemble.series].index(("participation", code))
    median = histogram_quantiles(ensemble.histograms[:, place], (0.5,))[:, 0]
    ax.plot(years(ensemble.dates), median, color=VERMILLION, linewidth=1.3, linestyle="--")

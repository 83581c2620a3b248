"""Where each member's security ties point: patron, partners or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Patch

from foedus.figures.style import marks, marks_note, page, panel_size, panel_title, panels, years
from foedus.runs.provenance import provenance
from foedus.telling.cast import Cast
from foedus.telling.headlines import alignment_headline
from foedus.telling.palette import BLUE, PALE, PARTNER_COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary


def alignment_figure(ensemble: Ensemble, _: Summary) -> Figure:
    """Stacked mean shares of patron, partners and self-reliance for each member."""
    cast, dates = Cast(ensemble), ensemble.dates
    found = cast.marks()
    note = (
        "Share of a member's security ties with the patron, with each partner, and of "
        f"self-reliance: mean over the trials.{marks_note(found, dates)}"
    )
    title = f"{alignment_headline(ensemble)}."
    partners = len(ensemble.partners)
    # The patron at the bottom, where changes are easiest to read; self-reliance on top.
    order = [partners, *range(partners), partners + 1]
    colours = [BLUE, *(PARTNER_COLOURS[n % len(PARTNER_COLOURS)] for n in range(partners)), PALE]
    titles = [cast.pole_title(cast.poles()[place]) for place in order]
    legend = [Patch(color=colour, label=one) for colour, one in zip(colours, titles, strict=True)]
    count = len(ensemble.members)
    figure = page(panel_size(count), title, note, provenance(ensemble), legend)
    for n, ax in enumerate(panels(figure, dates, count, "Share of security ties (%)")):
        stack = 100.0 * ensemble.alignment[:, n][:, order].T
        ax.stackplot(years(dates), stack, colors=colours, edgecolor="white", linewidth=0.4)
        ax.set_ylim(0.0, 100.0)
        marks(ax, found, dates)
        panel_title(ax, cast.member_titles[n])
    return figure

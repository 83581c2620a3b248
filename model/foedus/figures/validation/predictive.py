"""Predictive checks: the record among replicated histories, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from foedus.figures.style import SMALL_POINTS, as_svg, styled
from foedus.telling.palette import BLUE, FAINT, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

type Row = Mapping[str, object]

ROW: Final = 0.27
"""Height of a row, in inches."""
GREY: Final = "#A8A8A8"
LIFT: Final = 0.2
"""How far the prior lies below the posterior, in rows."""


def draw_predictive(
    rows: Mapping[str, tuple[Sequence[Row], Sequence[Row]]],
    beside: Mapping[tuple[str, str], tuple[str, bool]],
) -> str:
    """One panel per form and one row per feature, as SVG.

    Args:
        rows: Rows by the model and by the prior, by form; rows of `predictive.COLUMNS`.
        beside: What stands beside a row and whether it is extreme, by form and feature.
    """
    names = list(dict.fromkeys(str(row["feature"]) for own, _ in rows.values() for row in own))
    words = {str(row["feature"]): str(row["words"]) for own, _ in rows.values() for row in own}
    with styled():
        figure = Figure(figsize=(11.0, 0.9 + ROW * len(names)), layout="constrained")
        axes = figure.subplots(1, len(rows), squeeze=False, sharey=True)[0]
        for ax, (form, (own, prior)) in zip(axes, rows.items(), strict=True):
            ax.set_title(form[0].upper() + form[1:])
            ax.set(xlim=(-0.03, 1.55), ylim=(len(names) - 0.4, -0.6))
            ax.set_xticks([])
            ax.grid(visible=False)
            ax.spines["bottom"].set_visible(False)
            before = {str(row["feature"]): row for row in prior}
            for row in own:
                name = str(row["feature"])
                words_beside, extreme = beside[form, name]
                _row(ax, names.index(name), row, before.get(name), words_beside, extreme=extreme)
        axes[0].set_yticks(range(len(names)), [words[name] for name in names])
        for ax in axes:
            ax.tick_params(axis="y", length=0)
        return as_svg(figure)


def _row(ax: Axes, place: int, row: Row, prior: Row | None, words: str, *, extreme: bool) -> None:
    """A feature on a scale of its own, which holds all that is drawn."""
    ends = [_of(each, name) for each in (row, prior) if each is not None
            for name in ("low_90", "high_90")]  # fmt: skip
    low, high = min(*ends, _of(row, "observed")), max(*ends, _of(row, "observed"))
    width = (high - low) or 1.0

    def at(value: float) -> float:
        return (value - low) / width if high > low else 0.5

    ax.plot([0, 1], [place, place], color="#EDEDED", linewidth=0.6, zorder=0)
    for each, y, colour, size in ((row, place, BLUE, 1.0), (prior, place + LIFT, GREY, 0.7)):
        if each is None:
            continue
        for level, thick in ((90, 1.3), (50, 4.2)):
            span = [at(_of(each, f"{end}_{level}")) for end in ("low", "high")]
            ax.plot(span, [y, y], color=colour, linewidth=thick * size, zorder=2,
                    solid_capstyle="butt")  # fmt: skip
        middle = at(_of(each, "median"))
        ax.plot([middle] * 2, [y - 0.16 * size, y + 0.16 * size], color=colour, linewidth=1.2,
                zorder=2)  # fmt: skip
    ax.plot(at(_of(row, "observed")), place, marker="D", markersize=5.2, zorder=4,
            color=VERMILLION if extreme else INK, markeredgewidth=1.4,
            markerfacecolor="white" if extreme else INK)  # fmt: skip
    ax.text(1.06, place, words, va="center", fontsize=SMALL_POINTS,
            color=VERMILLION if extreme else FAINT)  # fmt: skip


def _of(row: Row, name: str) -> float:
    return float(str(row[name]))

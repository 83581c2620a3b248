"""What the record has taught: prior and posterior of every fitted parameter, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from foedus.figures.style import DOTS_PER_INCH, styled
from foedus.inference.prior import Prior
from foedus.parameters import posterior, registry
from foedus.telling.palette import BLUE, FAINT, INK, PALE, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from foedus.cases import Case
    from foedus.parameters.posterior import Posterior

COLOURS: Final = {"fit": BLUE, "all": VERMILLION}
DASHES: Final[dict[str, Literal["-", "--"]]] = {"fit": "--", "all": "-"}
"""By how much of the record a posterior rests on."""
ACROSS: Final = 4
BINS: Final = 24


def draw_all_learning(case: Case, folder: Path) -> None:
    """Draw what the posteriors in a folder have learnt, beside them."""
    there = [name for name in case.posteriors if (folder / f"{name}.parquet").is_file()]
    learnt = {name: posterior.load(name, case, folder) for name in there}
    draw_learning(case, learnt, folder / "learning.png")


def draw_learning(case: Case, posteriors: Mapping[str, Posterior], path: Path) -> None:
    """Draw the figure into a PNG file.

    Args:
        case: The case.
        posteriors: Posteriors by name; a parameter that one did not fit is absent from its curves.
        path: The file.
    """
    names = sorted({name for each in posteriors.values() for name in each.names})
    down = -(-len(names) // ACROSS)
    with styled():
        figure = Figure(figsize=(11.0, 1.2 + 1.9 * down), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(
            "What the record teaches about the parameters that it can move",
            x=0.01,
            ha="left",
            fontsize=13.0,
            fontweight="bold",
            color=INK,
        )
        for place, name in enumerate(names):
            ax = figure.add_subplot(down, ACROSS, place + 1)
            _panel(ax, case, name, posteriors)
        handles = [Line2D([], [], color=PALE, linewidth=6.0, label="prior")]
        given = {"fit": f"the record {case.before}", "all": "the whole record"}
        for name in posteriors:
            upto = case.posteriors[name]
            label = f"posterior given {given[upto]}"
            handles.append(Line2D([], [], color=COLOURS[upto], linestyle=DASHES[upto], label=label))
        figure.legend(handles=handles, loc="outside lower left", ncols=3)
        figure.savefig(path, dpi=DOTS_PER_INCH, metadata={"Software": "foedus"})


def _panel(ax: Axes, case: Case, name: str, posteriors: Mapping[str, Posterior]) -> None:
    """Densities of one parameter, on the prior's range."""
    prior = Prior.of((name,), case)
    low, mode, high = float(prior.low[0]), float(prior.mode[0]), float(prior.high[0])
    peak = 2.0 / (high - low)
    ax.fill([low, mode, high], [0.0, peak, 0.0], color=PALE, linewidth=0.0)
    edges = np.linspace(low, high, BINS + 1)
    for key, each in posteriors.items():
        if name in each.names:
            density, _ = np.histogram(each.draws[:, each.names.index(name)], edges, density=True)
            # Three neighbours at a time: a thousand draws leave a ragged edge.
            smooth = np.convolve(np.pad(density, 1, mode="edge"), np.ones(3) / 3.0, mode="valid")
            middle = 0.5 * (edges[1:] + edges[:-1])
            ax.plot(
                middle,
                smooth,
                color=COLOURS[case.posteriors[key]],
                linestyle=DASHES[case.posteriors[key]],
                linewidth=1.6,
            )
    known = registry.load(case).get(name)
    ax.set_title(name.replace("_", " "), fontsize=9.0)
    ax.set_xlabel(known.unit if known is not None else "", fontsize=7.5, color=FAINT)
    ax.set_xlim(low, high)
    ax.set_ylim(bottom=0.0)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.tick_params(colors=FAINT)
    ax.spines["left"].set_visible(False)

"""Figures of a run, as PNG and SVG. Nothing else in the package draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foedus.figures.run.answers import answers_figure
from foedus.figures.run.cohesion import cohesion_figure
from foedus.figures.run.members import alignment_figure, engagement_figure, status_figure
from foedus.figures.run.overview import overview_figure
from foedus.figures.style import save, styled
from foedus.runs.provenance import provenance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

FIGURES: Final[Mapping[str, Callable[[Ensemble, Summary], Figure]]] = {
    "overview": overview_figure,
    "cohesion": cohesion_figure,
    "engagement": engagement_figure,
    "status": status_figure,
    "answers": answers_figure,
    "alignment": alignment_figure,
}


def draw_all(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
    """Draw every figure as ``NAME.png`` and ``NAME.svg`` into a folder that exists.

    Equal ensembles give equal bytes with the same versions of the libraries.
    """
    origin = provenance(ensemble)
    with styled():
        for name, draw in FIGURES.items():
            save(draw(ensemble, summary), folder, name, origin)

"""The figures of a result, drawn when they are asked for by name: ``run.plot.cohesion()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.files.faults import did_you_mean, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matplotlib.figure import Figure


class Plots:
    """Figures by name; each is a method without arguments that returns a Matplotlib figure.

    Args:
        names: Names of the figures there are.
        draw: Draws one of them.
    """

    def __init__(self, names: Iterable[str], draw: Callable[[str], Figure]) -> None:
        self._names, self._draw = tuple(names), draw

    def __getattr__(self, name: str) -> Callable[[], Figure]:
        """The method that draws a figure."""
        known = {each.replace("-", "_"): each for each in self._names}
        if name not in known:
            near = did_you_mean(name, known)
            raise AttributeError(f"no figure «{name}», expected one of {one_of(known)}{near}")
        return lambda: self._draw(known[name])

    def __dir__(self) -> list[str]:
        return [each.replace("-", "_") for each in self._names]

    def __repr__(self) -> str:
        return f"<figures: {', '.join(dir(self)) or 'none'}>"


def drawn[**P](
    table: Mapping[str, Callable[P, Figure]], name: str, *args: P.args, **kw: P.kwargs
) -> Figure:
    """One figure in the style of all others, ready for a notebook or `savefig`."""
    from matplotlib import pyplot as plt

    from foedus.figures.style import styled

    with styled():
        figure = table[name](*args, **kw)
    # A notebook shows the value of a cell; a figure that pyplot knows would be shown twice.
    plt.close(figure)
    return figure

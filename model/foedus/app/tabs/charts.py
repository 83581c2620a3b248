"""Which series can be shown over time, and their charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from foedus.dictionary.recording import FOLLOWED
from foedus.drawings import fan
from foedus.simulation.compiled.worker import series_of
from foedus.telling.palette import BLUE
from foedus.telling.words import marks_of, titles_of

if TYPE_CHECKING:
    from foedus.app.ensembles import Fans
    from foedus.app.live import LiveModel
    from foedus.app.session import Ghost, Session

type Wanted = tuple[str, str | None]

SMALLEST: Final = 5
"""Fewest tenths that a chart shows, lest a flutter look like a fall."""

USUAL: Final[Wanted] = ("cohesion", None)
BLOC_TITLES: Final = {row.name: row.title for row in FOLLOWED if not row.is_members}
MEMBER_TITLES: Final = {row.name: row.title.lower() for row in FOLLOWED if row.is_members}
"""What series are called, alone and after a member's name."""


def series_titles(model: LiveModel) -> dict[str, Wanted]:
    """All that can be followed over time, by its title."""
    names = titles_of(model.setup.scenario)
    series = {}
    for each in series_of(model.setup):
        if each.member is None:
            title = BLOC_TITLES[each.name]
        else:
            title = f"{names[each.member]}: {MEMBER_TITLES[each.name]}"
        series[title] = (each.name, each.member)
    return series


def series_of_choice(session: Session, titles: dict[str, Wanted]) -> Wanted:
    """What the visitor has chosen, if this scenario has it."""
    chosen: Wanted = session.series.value
    return chosen if chosen in titles.values() else USUAL


def fan_of(
    model: LiveModel,
    series: Wanted,
    title: str,
    fans: Fans | None,
    ghost: Ghost | None,
    *,
    colour: str = BLUE,
    scale: tuple[float, float] | None = None,
) -> fan.Chart:
    """The chart of one series: this trial, what it was before, and what many trials do."""
    names = [(each.name, each.member) for each in series_of(model.setup)]
    curves = []
    if ghost is not None and series in names and len(ghost.rows[0]) == len(names):
        rows = ghost.rows[: len(model.setup.scenario.dates)]
        was = [row[names.index(series)] for row in rows]
        curves.append(fan.Curve(f"before ({ghost.label})", was, fan.GHOST, "4 3"))
    if series in names:
        curves.append(fan.Curve("this trial", model.path(*series)))
    bands = fans.of(*series) if fans is not None and series in fans.series else []
    low, high = scale or reach([*(list(curve.values) for curve in curves), *bands])
    return fan.Chart(
        title=title,
        dates=model.setup.scenario.dates,
        bands=bands,
        curves=curves,
        marks=[(mark.month, mark.label) for mark in marks_of(model.setup.scenario)],
        low=low,
        high=high,
        colour=colour,
        note=f"{fans.trials} trials" if fans is not None else "",
    )


def reach(rows: Sequence[Sequence[float]]) -> tuple[float, float]:
    """A piece of the scale from 0 to 1, in tenths, that holds all values and is not too small.

    Example:
        >>> reach([[0.55, 0.61], [0.42]])
        (0.3, 0.8)
    """
    values = [value for row in rows for value in row]
    low = max(0, math.floor(10 * min(values, default=0.0)) - 1)
    high = min(10, math.ceil(10 * max(values, default=1.0)) + 1)
    while high - low < SMALLEST:
        low, high = max(0, low - 1), min(10, high + 1)
    return low / 10, high / 10

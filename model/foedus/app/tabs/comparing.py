"""The second tab: two scenarios side by side, with common random numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final

import solara
from mesa.visualization.utils import update_counter

from foedus.app import states
from foedus.app.ensembles import Pair, play_pair
from foedus.app.live import LiveModel, Settings
from foedus.app.offered import OFFERED, counterpart
from foedus.app.session import Session, use_answer, waiting
from foedus.app.tabs import tables
from foedus.app.tabs.charts import fan_of, reach, series_of_choice, series_titles
from foedus.app.tabs.shown import panel, show
from foedus.drawings import atlas, fan, region_map
from foedus.telling.palette import BLUE, GREEN

EXPLANATION = (
    "Both are played with common random numbers: trials of the same number share all their draws, "
    "so that what differs is due to the scenario."
)
APART = (
    "These two cover other months or other members, so their trials cannot be paired: read each "
    "chart for itself."
)
SMALLEST: Final = 0.06
"""Least that a chart of differences reaches to either side, so that no noise fills it."""


@solara.component
def Comparison(session: Session, model: LiveModel) -> None:
    """Two scenarios: maps of the same trial, fans of many trials, and their paired difference."""
    update_counter.get()
    first = replace(model.settings, trial=0)
    others = {one.title: one.name for one in OFFERED}
    known = {name: title for title, name in others.items()}
    chosen = session.other.value or counterpart(first.scenario)
    second = Settings(chosen, seed=first.seed)
    answer = use_answer(play_pair if model.built else None, first, second)
    if not model.built:
        show(tables.alarm(model.error or ""))
        return
    twin = _twin(replace(second, trial=model.settings.trial), model.month, session)
    with solara.Div(classes=["pair"]):
        levers = " with levers moved" if first.levers else ""
        show(tables.named("A", f"{known[first.scenario]}{levers}", "as set on the left"))
        solara.Select(
            "B, to compare with",
            value=known[chosen],
            values=list(others),
            on_value=lambda title: session.other.set(others[title]),
        )
    show(tables.notice(EXPLANATION, "explanation"))
    if answer.error or twin.error:
        show(tables.alarm(answer.error or twin.error or ""))
        return
    with solara.Div(classes=["panels"]):
        Fans(session, model, twin, answer.value)
        Maps(session, model, twin)
    show(tables.notice(region_map.NOTICE, "boundaries"))


def _twin(settings: Settings, month: int, session: Session) -> LiveModel:
    """The same trial of the other scenario, in the same month."""
    known = session.twin
    if known is None or known.settings != settings or known.month > month:
        known = LiveModel(lambda: settings)
    while known.built and known.running and known.month < month:
        known.step()
    session.twin = known
    return known


@solara.component
def Maps(session: Session, model: LiveModel, twin: LiveModel) -> None:
    """Two maps of the same month."""
    update_counter.get()
    drawn = atlas.load(model.setup.scenario.alliance.name)
    if drawn is None or not twin.built:
        return
    with Cells():
        for name, one in (("A", model), ("B", twin)):
            with solara.Div(classes=["panel"]):
                words = f"cohesion {one.cohesion:.2f} in this trial"
                show(tables.named(name, tables.month_of(one), words))
                if name == "A":
                    show(region_map.outlines(drawn))
                shown = states.map_of(one, drawn, session.choice.value, testid=f"map-{name}")
                show(shown)


def Cells() -> Any:
    """Several cells of the grid that a component stands in."""
    return solara.Div(classes=["cells"])


@solara.component
def Fans(session: Session, model: LiveModel, twin: LiveModel, pair: Pair | None) -> None:
    """Fans of both, their difference, and the difference in numbers."""
    update_counter.get()
    titles = series_titles(model)
    series = series_of_choice(session, titles)
    title = next(each for each, value in titles.items() if value == series)
    scale = None
    if pair is not None:
        scale = reach([*pair.first.of(*series), *second_of(pair, series)])
    with Cells():
        for name, one, colour in (("A", model, BLUE), ("B", twin, GREEN)):
            fans = None if pair is None else (pair.first if name == "A" else pair.second)
            with solara.Div(classes=["panel"]):
                chart_title = f"{name}: {title}"
                drawn = fan_of(one, series, chart_title, fans, None, colour=colour, scale=scale)
                show(fan.draw(drawn, f"fan-{name}"))
        if pair is None:
            panel(tables.notice(waiting(), "pair-pending"))
        elif pair.difference is None:
            panel(tables.notice(APART, "apart"))
        else:
            panel(difference_of(pair, series, title))
            with solara.Div(classes=["panel"]):
                rows = tables.differences(pair.rows)
                show(rows)


def second_of(pair: Pair, series: tuple[str, str | None]) -> list[list[float]]:
    """The bands of a series in the second scenario; none if nobody there has it."""
    return pair.second.of(*series) if series in pair.second.series else []


def difference_of(pair: Pair, series: tuple[str, str | None], title: str) -> str:
    """The chart of B minus A."""
    if pair.difference is None:
        raise ValueError("these two cannot be paired")
    bands = pair.difference[:, pair.first.series.index(series)]
    far = either_side(float(abs(bands).max()))
    chart = fan.Chart(
        title=f"B minus A: {title}",
        dates=pair.first.dates,
        bands=bands.tolist(),
        low=-far,
        high=far,
        colour="#444444",
        note=f"{pair.first.trials} pairs",
    )
    return fan.draw(chart, "difference")


def either_side(largest: float) -> float:
    """How far the scale of a difference goes: holds the largest, and halves to whole hundredths.

    Example:
        >>> [either_side(each) for each in (0.0, 0.06, 0.061, 0.12)]
        [0.06, 0.06, 0.1, 0.2]
    """
    return SMALLEST if largest <= SMALLEST else math.ceil(10.0 * largest) / 10.0

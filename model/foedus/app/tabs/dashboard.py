"""The three tabs: the live trial, two scenarios side by side, and why a trial went as it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import solara
import solara.lab
from mesa.visualization.utils import update_counter

from foedus.app import states
from foedus.app.ensembles import play
from foedus.app.log import TrialLog
from foedus.app.session import Session, use_answer, waiting
from foedus.app.tabs import charts, tables
from foedus.app.tabs.comparing import Comparison
from foedus.app.tabs.explaining import Explaining
from foedus.app.tabs.shown import panel, show
from foedus.drawings import atlas, fan, region_map

if TYPE_CHECKING:
    from foedus.app.live import LiveModel

TABS: Final = ("Live trial", "Compare two scenarios", "Explain decisions")
OVER: Final = "The trial has ended. Press Reset to play it again, or «Next trial» for another one."


def dashboard_for(session: Session) -> Callable[[LiveModel], None]:
    """The component that Mesa's page shows below its bar, for one visitor."""

    @solara.component
    def Dashboard(model: LiveModel) -> None:
        with solara.lab.Tabs(value=session.tab, lazy=True, align="left"):
            with solara.lab.Tab(TABS[0]):
                Trial(session, model)
            with solara.lab.Tab(TABS[1]):
                Comparison(session, model)
            with solara.lab.Tab(TABS[2]):
                Explaining(session, model)

    return Dashboard  # type: ignore[no-any-return]


@solara.component
def Trial(session: Session, model: LiveModel) -> None:
    """The first tab."""
    update_counter.get()
    if model.error:
        show(tables.alarm(model.error))
    if model.built:
        Panels(session, model)


@solara.component
def Panels(session: Session, model: LiveModel) -> None:
    """The trial in pictures and numbers."""
    update_counter.get()
    if not model.running and not model.error:
        show(tables.notice(OVER, "over"))
    show(tables.headline(model))
    with solara.Div(classes=["panels"]):
        with solara.Div(classes=["panel"]):
            Region(session, model)
        with solara.Div(classes=["panel"]):
            Fan(session, model)
        panel(states.network_of(model))
        panel(tables.members(model))
        with solara.Div(classes=["panel", "wide"]):
            Log(session, model)


@solara.component
def Region(session: Session, model: LiveModel) -> None:
    """The map and the choice of its colours."""
    update_counter.get()
    drawn = atlas.load(model.setup.scenario.alliance.name)
    solara.ToggleButtonsSingle(
        value=session.choice.value,
        values=list(states.CHOICES),
        on_value=session.choice.set,
        dense=True,
    )
    if drawn is None:
        show(tables.notice("There is no map of this alliance.", "no-map"))
        return
    show(region_map.outlines(drawn))
    show(states.map_of(model, drawn, session.choice.value))
    show(tables.notice(region_map.NOTICE, "boundaries"))


@solara.component
def Fan(session: Session, model: LiveModel) -> None:
    """The live trial over what many trials do."""
    update_counter.get()
    # Many trials are the same whichever of them is watched.
    answer = use_answer(play, replace(model.settings, trial=0))
    titles = charts.series_titles(model)
    series = charts.series_of_choice(session, titles)
    title = next(each for each, value in titles.items() if value == series)
    solara.Select(
        "Shown over time",
        value=title,
        values=list(titles),
        on_value=lambda chosen: session.series.set(titles[chosen]),
        dense=True,
    )
    chart = charts.fan_of(model, series, title, answer.value, session.ghost.value)
    show(fan.draw(chart))
    if answer.error:
        show(tables.alarm(answer.error, "fan-error"))
    elif answer.value is None:
        show(tables.notice(waiting(), "fan-pending"))


@solara.component
def Log(session: Session, model: LiveModel) -> None:
    """What happened, newest first."""
    update_counter.get()
    solara.Checkbox(label="Show what happens every year", value=session.routine)
    lines = TrialLog(model.setup.scenario).lines(model.log)
    if not session.routine.value:
        lines = [line for line in lines if not line.routine]
    show(tables.log(lines))

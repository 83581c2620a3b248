"""The visitor's settings: scenario, levers, seed and trial."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import solara

from foedus.app import levers
from foedus.app.live import MOST_TRIAL, check_seed, setup_of
from foedus.app.offered import OFFERED
from foedus.app.tabs.shown import show
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from foedus.app.levers import Slider
    from foedus.app.session import Session


@solara.component
def SettingsCard(session: Session) -> None:
    """Scenario, levers and chance; a change plays the trial anew to the month that was reached."""
    settings = session.settings.value
    with solara.Card("Scenario", classes=["settings"]):
        titles = {one.name: one.title for one in OFFERED}
        names = {title: name for name, title in titles.items()}

        def choose(title: str) -> None:
            label = f"«{titles[settings.scenario]}»"
            session.change(replace(settings, scenario=names[title], levers=()), label)

        solara.Select(
            "Scenario to play",
            value=titles[settings.scenario],
            values=list(names),
            on_value=choose,
        )
        narrative = next(one.narrative for one in OFFERED if one.name == settings.scenario)
        file = Path(settings.scenario).name
        show(
            "<details><summary>What it assumes</summary>"
            f"<p>{escape(narrative)}</p><p>File: {escape(file)}</p></details>"
        )
        Levers(session)
        Chance(session)


@solara.component
def Levers(session: Session) -> None:
    """What can be moved in this scenario, each with its value, unit and sources."""
    settings = session.settings.value
    more, set_more = solara.use_state(False)  # noqa: FBT003 - Solara's way
    try:
        scenario = setup_of(settings.scenario).scenario
    except FoedusError:
        # The model says what is wrong.
        return
    values = dict(settings.levers)
    named, others = levers.own(scenario), levers.outside(scenario)
    # War and resolve of the patron are what most people want to move.
    first = named or others[:2]
    for slider in first:
        MoveLever(session, slider, values.get(slider.key, slider.default)).key(slider.key)
    solara.Button(
        "Fewer levers" if more else "More levers",
        on_click=lambda: set_more(not more),
        text=True,
        small=True,
    )
    if more:
        for slider in others:
            if slider not in first:
                MoveLever(session, slider, values.get(slider.key, slider.default)).key(slider.key)
    if values:
        solara.Button(
            "Undo all levers",
            on_click=lambda: session.change(replace(settings, levers=()), "with levers"),
            text=True,
            small=True,
        )


@solara.component
def MoveLever(session: Session, slider: Slider, value: Any) -> None:
    """One lever."""
    message, set_said = solara.use_state("")

    def move(to: Any) -> None:
        if not slider.choices and abs(to - value) < 0.5 * slider.step:
            # The slider itself rounded the value that it was given.
            return
        try:
            moved = session.settings.peek().with_lever(slider.key, to, slider.default)
            setup_of(moved.scenario, moved.levers)
        except FoedusError as error:
            set_said(str(error))
            return
        set_said("")
        session.change(moved, f"{slider.title} {slider.shown(value)}")

    tip = escape(slider.tip)
    with solara.Div(classes=["lever"]):
        show(
            f'<details title="{tip}"><summary><span>{escape(slider.title)}</span> '
            f'<output data-testid="value-{escape(slider.key)}">{escape(slider.shown(value))}'
            f"</output></summary><p>{tip}</p></details>"
        )
        if slider.choices:
            solara.Select(slider.title, value=value, values=list(slider.choices), on_value=move)
        else:
            solara.SliderFloat(
                slider.title,
                value=float(value),
                min=slider.low,
                max=slider.high,
                step=slider.step,
                on_value=move,
                thumb_label=False,
            )
        if message:
            solara.Error(message)


@solara.component
def Chance(session: Session) -> None:
    """Seed and trial: the same two give the same trial."""
    settings = session.settings.value
    message, set_said = solara.use_state("")

    def sow(typed: str) -> None:
        try:
            seed = check_seed(typed)
        except FoedusError as error:
            set_said(str(error))
            return
        set_said("")
        session.change(replace(settings, seed=seed), f"seed {settings.seed}")

    def take(trial: int) -> None:
        number = min(MOST_TRIAL, max(0, trial))
        session.change(replace(settings, trial=number), f"trial {settings.trial}")

    solara.InputText(
        "Seed of all chance", value=str(settings.seed), on_value=sow, error=message or False
    )
    with solara.Row(gap="8px", style="align-items:center"):
        show(f'<span data-testid="trial">Trial {settings.trial}</span>')
        solara.Button("Next trial", on_click=lambda: take(settings.trial + 1), small=True)
        solara.Button(
            "Previous trial",
            on_click=lambda: take(settings.trial - 1),
            small=True,
            text=True,
            disabled=settings.trial == 0,
        )

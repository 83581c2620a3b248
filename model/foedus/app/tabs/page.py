"""What a visitor sees: Mesa's page, our settings below its controls, our tabs in its middle."""

from __future__ import annotations

import solara
from mesa.visualization import SolaraViz

from foedus.app.offered import OFFERED, offer
from foedus.app.session import Session
from foedus.app.tabs.dashboard import dashboard_for
from foedus.app.tabs.sidebar import SettingsCard

TITLE = "foedus: how an alliance holds together"

if not OFFERED:
    offer()


@solara.component
def Page() -> None:
    """One visitor's page; every visitor has a model of their own."""
    session = solara.use_memo(lambda: Session.begin(OFFERED[0].name), [])
    dashboard = solara.use_memo(lambda: dashboard_for(session), [])
    solara.Title("foedus")
    SolaraViz(
        session.model,
        components=[(dashboard, 0)],
        # Reset builds the model from what the visitor has set, whenever that was.
        model_params={"settings": session.settings.peek, "from_reset": True},
        name=TITLE,
        play_interval=session.pace,
    )
    with solara.Sidebar():
        SettingsCard(session)

"""HTML of ours on the page; every name in it has been escaped."""

from __future__ import annotations

import solara


def show(html: str) -> None:
    """Put it where the component stands."""
    solara.HTML(unsafe_innerHTML=html)


def panel(html: str) -> None:
    """Put it into a panel of its own."""
    with solara.Div(classes=["panel"]):
        show(html)

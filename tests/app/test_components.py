"""The page's components without a browser: what they ask, and what they show."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import ipyvuetify
import pytest
import solara

from conftest import scenario_file
from foedus.app import levers, offered
from foedus.app.ensembles import HELPER
from foedus.app.live import setup_of
from foedus.app.tabs.page import Page

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def at_once(work: Callable[..., Any], *about: object) -> "Future[Any]":
    """The helper's answer without the helper."""
    future: Future[Any] = Future()
    try:
        future.set_result(work(*about))
    except Exception as error:  # noqa: BLE001 - as a process would hand it over
        future.set_exception(error)
    return future


class Rendered:
    """The page as a tree of widgets."""

    def __init__(self) -> None:
        _, self.tree = solara.render(solara.AppLayout(children=[Page()]), handle_error=False)

    def press(self, label: str) -> None:
        found = [
            each
            for each in self.tree.find(ipyvuetify.Btn).widgets
            if any(child == label for child in each.children)
        ]
        found[0].click()

    def tab(self, number: int) -> None:
        self.tree.find(ipyvuetify.Tabs).widgets[-1].v_model = number

    def shown(self) -> str:
        texts = (each.unsafe_innerHTML for each in self.tree.find(solara.widgets.HTML).widgets)
        return "\n".join(text or "" for text in texts)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rendered]:
    monkeypatch.setattr(HELPER, "ask", at_once)
    path = scenario_file(
        "levers:\n"
        "  - {name: the-war, text: How much of it there is, on: drivers.war, range: [0.5, 1.5]}\n"
        "  - {name: council, text: How it decides, on: charter.decision_rule}\n"
    )
    before = list(offered.OFFERED)
    offered.offer((str(path),))
    yield Rendered()
    offered.OFFERED[:] = before


def test_all_tabs_show_the_same_trial(page: Rendered) -> None:
    assert 'data-month="0"' in page.shown()
    page.press("Step")
    page.press("Step")
    shown = page.shown()
    assert 'data-month="2"' in shown
    assert "400 trials: median" in shown
    assert "The war" in shown
    page.tab(1)
    shown = page.shown()
    assert 'data-testid="map-A"' in shown
    assert 'data-testid="difference"' in shown
    page.tab(2)
    assert "No such decision so far" in page.shown() or 'data-testid="sentence"' in page.shown()


def test_levers_and_luck_are_moved_and_undone(page: Rendered) -> None:
    (war,) = [each for each in page.tree.find(ipyvuetify.Slider).widgets if each.label == "The war"]
    war.v_model = 0.5
    assert 'data-testid="value-the-war">0.50' in page.shown()
    page.press("Undo all levers")
    assert 'data-testid="value-the-war">1.00' in page.shown()
    others = levers.outside(setup_of(offered.OFFERED[0].name).scenario)
    assert others[-1].title not in page.shown()
    page.press("More levers")
    assert others[-1].title in page.shown()
    page.press("Next trial")
    assert "Trial 1" in page.shown()
    page.press("Previous trial")
    assert "Trial 0" in page.shown()

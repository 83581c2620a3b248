"""The scenarios that the page offers: the bundled ones, and files the server was started with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foedus.app.live import setup_of
from foedus.data import USUAL_SCENARIO
from foedus.scenarios.resolve import bundled_scenarios


@dataclass(frozen=True)
class Offer:
    """A scenario that can be picked; `span` is its first month and its number of months."""

    name: str
    title: str
    narrative: str
    span: tuple[str, int]


OFFERED: Final[list[Offer]] = []
"""What this server offers, in the order of the list; `offer` fills it before the first visit."""


def offer(files: tuple[str, ...] = ()) -> None:
    """Offer the bundled scenarios and some files.

    Args:
        files: Names or paths; they come first.

    Raises:
        FoedusError: One of them is not valid.
    """
    first = [name for name in (USUAL_SCENARIO,) if not files]
    names = dict.fromkeys((*files, *first, *bundled_scenarios()))
    first_start = setup_of(next(iter(names))).scenario.start
    found: dict[str, Offer] = {}
    for name in names:
        scenario = setup_of(name).scenario
        # Two scenarios of one title could not be told apart.
        title = scenario.title if scenario.title not in found else f"{scenario.title} ({name})"
        span = (scenario.start, scenario.horizon)
        found[title] = Offer(name, title, scenario.scenario.narrative, span)
    # Those that begin with the first one come first; histories follow.
    OFFERED[:] = sorted(found.values(), key=lambda one: one.span[0] != first_start)


def counterpart(name: str) -> str:
    """A scenario to compare another with: the next one that covers the same months, if any."""
    span = next(one.span for one in OFFERED if one.name == name)
    others = [one for one in OFFERED if one.name != name]
    return next(
        (one.name for one in others if one.span == span), others[0].name if others else name
    )

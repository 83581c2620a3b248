"""The scenarios that the page offers: the bundled ones, and files the server was started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from foedus.app.live import setup_of
from foedus.data import USUAL_SCENARIO
from foedus.scenarios.labels import distinct
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


def offer(given: tuple[str, ...] = ()) -> None:
    """Offer the bundled scenarios and some files.

    Args:
        given: Names or paths; they come first.

    Raises:
        FoedusError: One of them is not valid.
    """
    first = [name for name in (USUAL_SCENARIO,) if not given]
    names = dict.fromkeys((*given, *first, *bundled_scenarios()))
    first_start = setup_of(next(iter(names))).scenario.start
    scenarios = [setup_of(name).scenario for name in names]
    files = [Path(name) for name in names]
    # In a list, two scenarios of one title could not be told apart.
    titles = distinct(
        [one.title for one in scenarios],
        [one.name for one in scenarios],
        [file.name for file in files],
        [file.absolute().parent.name for file in files],
    )
    offers = [
        Offer(name, title, one.scenario.narrative, (one.start, one.horizon))
        for name, title, one in zip(names, titles, scenarios, strict=True)
    ]
    # Those that begin with the first one come first; histories follow.
    OFFERED[:] = sorted(offers, key=lambda one: one.span[0] != first_start)


def counterpart(name: str) -> str:
    """A scenario to compare another with: the next one that covers the same months, if any."""
    span = next(one.span for one in OFFERED if one.name == name)
    others = [one for one in OFFERED if one.name != name]
    return next(
        (one.name for one in others if one.span == span), others[0].name if others else name
    )

"""The library as text: every scenario against the one it shares with others, and history apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from rich.text import Text

from foedus.studies.library.factors import PARTS, TOGETHER
from foedus.telling.console import plain_text, say, section, tell, text_table
from foedus.telling.numbers import NONE, UNITS, count, percent, share, trials
from foedus.telling.words import COMPONENT_TITLES, month_words

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.studies.library.study import Entry, Family, Library

MARKS: Final = {"cannot be told apart": " ?", "too small to matter": " ~"}
"""What stands behind a difference that is not one, by verdict."""


def print_library(library: Library, place: str | None = None) -> None:
    """Print it to standard output."""
    tell(lambda console: render(library, console), "Library", place)


def library_text(library: Library) -> str:
    """The same without colours; equal for equal libraries."""
    return plain_text(lambda console: render(library, console))


def render(library: Library, console: Console) -> None:
    """Say it all on a console."""
    origin = library.provenance
    console.print(Text("The library of scenarios", style="bold"))
    console.print(
        f"{trials(origin.trials)} of each scenario with common random numbers (trials of the same "
        f"number share all their draws), seed {origin.seed}, parameter set {origin.evidence_set}",
        markup=False,
    )
    for family in library.families:
        _family(family, console)
        _factors(family, console)
    if library.alone:
        _alone(library.alone, console)
    console.print()
    say(LEGEND, console)


LEGEND: Final = (
    "Difference: mean over the trials of cohesion at the end, scenario minus the one at the top, "
    "with its 90 % interval; ? where these trials cannot tell it from none, ~ where it is too "
    f"small to matter ({UNITS['level'].smallest:g} or less). Troops: % of trials in which troops "
    "are sent to a member. Lost: members active at the start that are frozen or out at the end, "
    "mean number per trial. Left: % of trials in which a member that starts frozen has left. "
    "Scenario frequencies: how often something happens in this model under this scenario. A clear "
    "order says that there were trials enough, not that the model is right."
)


def _family(family: Family, console: Console) -> None:
    grid = text_table("Scenario")
    for head in ("Difference", "Troops", "Lost", "Left"):
        grid.add_column(head, justify="right", no_wrap=head == "Difference")
    active, frozen = _members_that_start(family.root)
    for entry in (family.root, *family.others):
        difference = "-"
        if entry is not family.root:
            cohesion = entry.difference("cohesion")
            difference = f"{cohesion.range}{MARKS.get(cohesion.verdict, '')}"
        lost = sum(1.0 - entry.mean("active", code) for code in active)
        left = sum(entry.mean("left", code) for code in frozen)
        troops = percent(entry.mean("troops_sent"))
        grid.add_row(entry.title, difference, troops, count(lost), percent(left))
    end = month_words(family.root.panel.dates[-1])
    section(f"Against «{family.root.title}» in {end}", grid, console)
    for entry in family.others:
        say(f"{entry.difference('cohesion').sentence()}.", console)


def _factors(family: Family, console: Console) -> None:
    """How much of the variance of cohesion each factor carries."""
    found = family.factors
    grid = text_table("")
    for head in ("Between scenarios", "All trials"):
        grid.add_column(head, justify="right", no_wrap=True)
    for name, title in FACTOR_TITLES.items():
        shares = (found.scenarios[name], found.trials[name])
        grid.add_row(title, *(NONE if math.isnan(one) else f"{100.0 * one:.0f}" for one in shares))
    section("Share of the variance of cohesion at the end by factor, %", grid, console)
    say(FACTORS_LEGEND, console)


FACTOR_TITLES: Final = {
    **{name: COMPONENT_TITLES[name] for name in PARTS},
    TOGETHER: "How they go together",
}

FACTORS_LEGEND: Final = (
    "Shapley values of the product of the five, in covariance with cohesion; shares add to 100, "
    "and one below 0 works against the others. Membership: share of the roster of the test that is "
    "still active. How they go together: how much more the answers are than the product of the "
    "means, for members and crises differ."
)


def _members_that_start(root: Entry) -> tuple[list[str], list[str]]:
    """Members that start active, and that start frozen."""
    status = root.scenario.initial_status
    active = [code for code, word in status.items() if word == "active"]
    return active, [code for code, word in status.items() if word == "frozen"]


def _alone(entries: tuple[Entry, ...], console: Console) -> None:
    grid = text_table("History played again")
    grid.add_column("Came true (%)", justify="right", no_wrap=True)
    for entry in entries:
        grid.add_row(Text(entry.title, style="bold"), "")
        for measure, came_true in entry.questions():
            grid.add_row(f"  {entry.texts[str(measure.subject)]}", share(came_true, mark=""))
    section("Scenarios that stand alone", grid, console)

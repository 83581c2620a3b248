"""The library as text: every scenario against the one it shares with others, and history apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from foedus.studies.compare.text import signed
from foedus.telling.console import plain_text, say, section, tell, text_table
from foedus.telling.words import month_words, percent

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.studies.library.study import Entry, Family, Library

SAID: Final = frozenset({"lower", "higher"})

OPEN: Final = "?"
"""Mark of a difference that the trials cannot tell from none."""


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
        f"{origin.trials:,} trials each with the same luck, seed {origin.seed}, parameters "
        f"{origin.evidence_set}",
        markup=False,
    )
    for family in library.families:
        _family(family, console)
    if library.alone:
        _alone(library.alone, console)
    console.print()
    say(
        "Difference: mean over the trials of cohesion at the end, scenario minus the one that all "
        f"share; {OPEN} where these trials cannot tell it from none. Lower: % of trials in which "
        "it is lower. Troops: % of trials in which troops were sent to a member. Not active: "
        "states that were active at the start and are frozen or out at the end, per 100 trials. "
        "Left: % of trials in which a state that starts frozen has left. Scenario frequencies: "
        "how often it happens in this model under this scenario. That an order is clear says that "
        "there were trials enough, not that the model is right.",
        console,
    )


def _family(family: Family, console: Console) -> None:
    grid = text_table("Scenario")
    for head in ("Difference", "Lower", "Troops", "Not active", "Left"):
        grid.add_column(head, justify="right")
    active, frozen = _cast(family.root)
    for entry in (family.root, *family.others):
        change, lower = "-", "-"
        if entry is not family.root:
            found = entry.difference("cohesion")
            mark = "" if found.verdict in SAID or found.verdict == "same" else f" {OPEN}"
            change, lower = f"{signed(found.mean, 3)}{mark}", percent(found.below.share)
        lost = sum(1.0 - entry.mean("active", code) for code in active)
        left = sum(entry.mean("left", code) for code in frozen)
        troops = percent(entry.mean("troops_sent"))
        grid.add_row(entry.title, change, lower, troops, f"{100.0 * lost:.1f}", percent(left))
    end = month_words(family.root.panel.dates[-1])
    cohesion = family.root.mean("cohesion")
    title = f"Against «{family.root.title}» in {end}, where cohesion is {cohesion:.2f} on average"
    section(title, grid, console)


def _cast(root: Entry) -> tuple[list[str], list[str]]:
    """Members that start active, and that start frozen."""
    status = root.scenario.initial_status
    active = [code for code, word in status.items() if word == "active"]
    return active, [code for code, word in status.items() if word == "frozen"]


def _alone(entries: tuple[Entry, ...], console: Console) -> None:
    grid = text_table("History played again")
    grid.add_column("Came true (%)", justify="right")
    for entry in entries:
        grid.add_row(Text(entry.title, style="bold"), "")
        for measure, share in entry.questions():
            grid.add_row(f"  {entry.texts[str(measure.subject)]}", percent(share))
    section("Scenarios that stand alone", grid, console)

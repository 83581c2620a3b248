"""Scenarios as text: which there are, and in what two of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from foedus.scenarios.describe.differences import differences
from foedus.scenarios.language import months
from foedus.scenarios.loading import traced
from foedus.scenarios.resolve import parent_of
from foedus.telling.console import columns_text, console_of

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.scenarios.resolved import ResolvedScenario


def overview(case: Case) -> str:
    """The scenarios of a case, or the bundled ones, a line each: name, dates, parent and title.

    Raises:
        FoedusError: One of them is not valid.
    """
    rows = [("scenario", "dates", "extends", "title")]
    for reference in case.scenarios():
        _, resolved = traced(reference, case)
        end = months.after(resolved.start, resolved.horizon)
        parent = parent_of(reference)
        dates, extends = f"{resolved.start} – {end}", parent.stem if parent else ""
        rows.append((resolved.name, dates, extends, resolved.title))
    return columns_text(rows)


def print_differences(
    one: ResolvedScenario, other: ResolvedScenario, names: tuple[str, str], *, table: bool = True
) -> None:
    """Print in what two scenarios differ.

    Args:
        one: The first scenario.
        other: The second.
        names: What the user called them.
        table: Whether a table of both follows upon the sentences.
    """
    differing = differences(one, other)
    console = console_of(soft_wrap=True)
    if not differing:
        console.print(f"{names[0]} and {names[1]} say the same")
        return
    for each in differing:
        console.print(f"- {each.sentence}")
    if table:
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        grid.add_column("", no_wrap=True)
        for head in (one.name, other.name):
            grid.add_column(head, overflow="fold")
        for each in differing:
            grid.add_row(each.what, each.one, each.other)
        console.print()
        console_of(soft_wrap=False).print(grid)

"""Text on a console: tables and paragraphs, the same in a terminal, a pipe and a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDEST = 100
"""Columns beyond which lines are too long to read."""

FILE_WIDTH = 88
"""Columns of a text file."""

INDENT = 2


def console_of(**options: Any) -> Console:
    """A console on which text is text: no markup, no emoji codes, no guessed colours.

    Args:
        options: What else `rich.console.Console` takes.
    """
    return Console(markup=False, emoji=False, highlight=False, **options)


def terminal() -> Console:
    """Standard output, no wider than can be read."""
    console = console_of()
    console.width = min(console.width, WIDEST)
    return console


def plain_text(render: Callable[[Console], None], width: int = FILE_WIDTH) -> str:
    """What is rendered, without colours; the same whatever the terminal."""
    console = console_of(
        file=io.StringIO(),
        width=width,
        color_system=None,
        force_terminal=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        render(console)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def tell(
    render: Callable[[Console], None],
    label: str = "",
    place: str | None = None,
    written: str = "",
) -> None:
    """Render to standard output; into a pipe goes what a text file says.

    Args:
        render: Says it all on a console.
        label: What lies at `place`.
        place: A path to end with; none if None.
        written: What the text file says, if it is at hand; rendered if empty.
    """
    console = terminal()
    if console.is_terminal:
        render(console)
    else:
        console.file.write(written or plain_text(render))
    if place is not None:
        console.print()
        console.print(Text(f"{label}: {place}", style="bold"), soft_wrap=True)


def say(text: str, console: Console) -> None:
    """A paragraph, indented; without the spaces that rich adds at the end of lines."""
    lines = Text(text).wrap(console, console.width - INDENT)
    for line in lines:
        console.print(Text(f"{'':{INDENT}}{line.plain.rstrip()}"))


def text_table(first: str) -> Table:
    """A table without lines but one under its head.

    Args:
        first: Head of the first column.
    """
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    grid.add_column(first, overflow="fold")
    return grid


def columns_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows of words under each other; the first row is the head.

    Example:
        >>> print(columns_text([("RUN", "SEED"), ("baseline", "1")]))
        RUN       SEED
        baseline  1
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def section(title: str, grid: Table, console: Console) -> None:
    """A table under its title."""
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(grid, (0, 0, 0, INDENT)))

"""Text on a console: tables and paragraphs, the same in a terminal, a pipe and a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

WIDEST = 100
"""Columns beyond which lines are too long to read."""

INDENT = 2


def terminal() -> Console:
    """Standard output, no wider than can be read."""
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    return console


def plain_text(render: Callable[[Console], None], width: int) -> str:
    """What is rendered, without colours; the same whatever the terminal."""
    console = Console(
        file=io.StringIO(),
        width=width,
        color_system=None,
        force_terminal=False,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        render(console)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


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
    grid.add_column(first)
    return grid


def section(title: str, grid: Table, console: Console) -> None:
    """A table under its title."""
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(grid, (0, 0, 0, INDENT)))

"""What a notebook shows of an object: its answer in a few lines, never the object itself.

Everything that a person wrote is escaped, so that a title is text and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

LONGEST: Final = 200
"""Characters of a `repr`."""

ROWS: Final = 12
"""Rows of a table in a notebook; the rest is counted."""


def short(text: str, most: int = LONGEST) -> str:
    r"""A text on one line of printable characters, cut to 200.

    Example:
        >>> short("one\ntwo")
        'one two'
        >>> len(short("x" * 300))
        200
    """
    line = " ".join(text.split())
    line = "".join(letter if letter.isprintable() else "�" for letter in line)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def card(
    title: str,
    sentences: Iterable[str] = (),
    head: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
) -> str:
    """HTML of a title, a few sentences and a small table.

    Args:
        title: Of the object.
        sentences: What it says, a paragraph each.
        head: Heads of the columns; none for no table.
        rows: Cells, a list per row; only the first twelve are shown.

    Example:
        >>> card("<b>", ["1 < 2"])
        '<div><p><strong>&lt;b&gt;</strong></p><p>1 &lt; 2</p></div>'
    """
    parts = [f"<p><strong>{_text(title)}</strong></p>"]
    parts += [f"<p>{_text(sentence)}</p>" for sentence in sentences if sentence]
    if rows:
        parts.append(f"<table><thead><tr>{_cells(head, 'th')}</tr></thead><tbody>")
        parts += [f"<tr>{_cells(row, 'td')}</tr>" for row in rows[:ROWS]]
        parts.append("</tbody></table>")
        if len(rows) > ROWS:
            parts.append(f"<p>… and {len(rows) - ROWS:,} more rows</p>")
    return f"<div>{''.join(parts)}</div>"


def _cells(texts: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{_text(text)}</{tag}>" for text in texts)


def _text(text: str) -> str:
    return escape(short(text, 2 * LONGEST))

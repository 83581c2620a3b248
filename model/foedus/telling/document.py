"""Documents: sections of paragraphs, lists, tables and figures, written as HTML or as Markdown.

Whatever a person wrote is text: it is escaped, and nothing in it is markup. What stands out, code
and pictures say so by their type.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

STYLE: Final = Path(__file__).with_name("document.css")
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


class Strong(str):
    """Text that stands out."""

    __slots__ = ()


class Code(str):
    """Text as a computer takes it."""

    __slots__ = ()


class Drawing(str):
    """An SVG drawing of ours that becomes part of the page."""

    __slots__ = ()


class Picture(str):
    """An SVG drawing whose identifiers are its own; the page shows it as an image."""

    __slots__ = ()


type Text = str | tuple[str, ...]
"""Text, or pieces of it of several types."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `style` is ``note`` for the small print."""

    text: Text
    style: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: Text


@dataclass(frozen=True)
class Listing:
    """A list, of numbered items or not."""

    items: tuple[Text, ...]
    numbered: bool = False
    style: str = ""


@dataclass(frozen=True)
class Terms:
    """Terms, each with what it stands for."""

    items: tuple[tuple[Text, Text], ...]
    style: str = ""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        title: What it shows; the same for those who hear it read.
        heads: Of the columns; empty for a table of facts, one per row.
        rows: Cells, of which the first names the row.
        words: So many columns from the left hold words, the others numbers.
        dense: Whether it has many narrow columns.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    words: int = 1
    dense: bool = False


@dataclass(frozen=True)
class Figure:
    """Panels with a title and a note on how to read them.

    Attributes:
        name: Unique in the page.
        title: What is to be seen.
        note: How to read it.
        panels: What each panel is of, and its drawing; a single panel needs no name.
    """

    name: str
    title: str
    note: str
    panels: tuple[tuple[str, Drawing | Picture], ...]


@dataclass(frozen=True)
class Pre:
    """Lines as they are, such as a command."""

    text: str


type Block = Paragraph | Heading | Listing | Terms | Table | Figure | Pre


@dataclass(frozen=True)
class Section:
    """A part of a document; `short` is what the contents call it, and its name in the page."""

    title: str
    blocks: tuple[Block, ...]
    short: str = ""


@dataclass(frozen=True)
class Document:
    """A whole page."""

    title: str
    heading: str
    kicker: str
    lead: str
    sections: tuple[Section, ...]
    footer: str


def html(document: Document) -> str:
    """The document as one self-contained page: no request leaves it, and no script runs in it."""
    contents = "".join(
        f'<li><a href="#{_id(section)}">{_html(section.short)}</a></li>\n'
        for section in document.sections
        if section.short
    )
    nav = f'<nav aria-label="Contents"><ul>\n{contents}</ul></nav>\n' if contents else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{escape(document.title)}</title>\n"
        f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n<header>\n"
        f'<p class="kicker">{_html(document.kicker)}</p>\n<h1>{_html(document.heading)}</h1>\n'
        f"<p>{_html(document.lead)}</p>\n{nav}</header>\n<main>\n"
        f"{''.join(map(_section, document.sections))}</main>\n"
        f"<footer>{_html(document.footer)}</footer>\n</body>\n</html>\n"
    )


def _id(section: Section) -> str:
    return "-".join((section.short or section.title).lower().split())


def _section(section: Section) -> str:
    name = _id(section)
    blocks = "".join(f"{_block(block)}\n" for block in section.blocks)
    return (
        f'<section id="{name}" aria-labelledby="{name}-title">\n'
        f'<h2 id="{name}-title">{_html(section.title)}</h2>\n{blocks}</section>\n'
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p{_class(block.style)}>{_html(block.text)}</p>"
        case Heading():
            return f"<h3>{_html(block.text)}</h3>"
        case Pre():
            return f"<pre><code>{escape(block.text)}</code></pre>"
        case Listing():
            tag = "ol" if block.numbered else "ul"
            items = "".join(f"<li>{_html(item)}</li>\n" for item in block.items)
            return f"<{tag}{_class(block.style)}>\n{items}</{tag}>"
        case Terms():
            pairs = "".join(f"<dt>{_html(a)}</dt><dd>{_html(b)}</dd>\n" for a, b in block.items)
            return f"<dl{_class(block.style)}>\n{pairs}</dl>"
        case Table():
            return _table(block)
        case Figure():
            return _figure(block)


def _class(*names: str) -> str:
    given = " ".join(name for name in names if name)
    return f' class="{given}"' if given else ""


def _table(table: Table) -> str:
    def kind(place: int) -> str:
        return _class("number" if place >= table.words else "")

    heads = "".join(
        f'<th scope="col"{kind(n)}>{_html(head)}</th>' for n, head in enumerate(table.heads)
    )
    head = f"<caption>{_html(table.title)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
    rows = "".join(
        f'<tr><th scope="row">{_html(first)}</th>'
        + "".join(f"<td{kind(n)}>{_html(cell)}</td>" for n, cell in enumerate(rest, 1))
        + "</tr>\n"
        for first, *rest in table.rows
    )
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(table.title)}">\n'
        f"<table{_class('dense' if table.dense else '')}>\n{head if table.heads else ''}"
        f"<tbody>\n{rows}</tbody>\n</table>\n</div>"
    )


def _figure(figure: Figure) -> str:
    panels = "".join(
        '<div class="panel">'
        + (f'<p class="panel-title">{_html(name)}</p>' if name else "")
        + (_image(drawn, figure) if isinstance(drawn, Picture) else drawn)
        + "</div>\n"
        for name, drawn in figure.panels
    )
    return (
        f'<figure id="chart-{figure.name}">\n<figcaption><strong>{_html(figure.title)}</strong> '
        f'{_html(figure.note)}</figcaption>\n<div class="chart">\n{panels}</div>\n</figure>'
    )


def _image(drawn: Picture, figure: Figure) -> str:
    data = base64.b64encode(drawn.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(figure.note)}">'


def _html(text: Text) -> str:
    """Text for HTML, in which a per cent sign stays with its number."""
    if isinstance(text, tuple):
        return "".join(map(_html, text))
    if isinstance(text, Drawing):
        return str(text)
    written = escape(text.replace(" %", "\u00a0%"))
    if isinstance(text, Code):
        return f"<code>{written}</code>"
    return f"<strong>{written}</strong>" if isinstance(text, Strong) else written


def markdown(blocks: Sequence[Paragraph | Listing | Table]) -> str:
    """Paragraphs, lists and tables as Markdown; a table's title is left to what stands above it."""
    return "\n\n".join(map(_markdown_block, blocks))


def _markdown_block(block: Paragraph | Listing | Table) -> str:
    match block:
        case Paragraph():
            return _markdown(block.text)
        case Listing():
            return "\n".join(f"- {_markdown(item)}" for item in block.items)
        case Table():
            lines = [block.heads, ("---",) * len(block.heads), *block.rows]
            return "\n".join(f"| {' | '.join(map(_markdown, line))} |" for line in lines)


def _markdown(text: Text) -> str:
    if isinstance(text, tuple):
        return "".join(map(_markdown, text))
    if isinstance(text, Code):
        return f"`{text}`"
    return f"**{text}**" if isinstance(text, Strong) else str(text)

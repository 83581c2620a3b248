"""The numbers in the README of a case: made from the kept tables, never typed.

A block stands between two comments, ``<!-- NAME -->`` and ``<!-- end of NAME -->``. The tables lie
in the folder ``validation`` of the case; `fill` writes the blocks anew, and a test holds the file
to them.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foedus.errors import FoedusError
from foedus.telling.document import Listing, Paragraph, Strong, Table, markdown
from foedus.validation.contrasts import text as contrasts
from foedus.validation.hindcasts.scorecard import FREE, STEP
from foedus.validation.page import hindcasts, patterns, predictive
from foedus.validation.page.text import Row, of
from foedus.validation.replicas.explained import explanations

if TYPE_CHECKING:
    from foedus.cases import Case

type Tables = Mapping[str, Any]
type Blocks = list[Paragraph | Listing | Table] | str
"""What stands in a block, as a document or as Markdown already."""

TABLES: Final = (
    *("patterns", "scores", "levels", "rivals", "rival_patterns", "quantities", "predictive"),
)
ORIGIN: Final = "origin.json"
_BLOCK: Final = re.compile(r"( *)<!-- ([a-z]+) -->\n(.*?)<!-- end of \2 -->", re.DOTALL)


def read(folder: Path) -> dict[str, Any]:
    """The kept tables by name, and what they come from under ``origin``.

    Raises:
        FoedusError: One is missing.
    """
    tables: dict[str, Any] = {}
    try:
        for name in TABLES:
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                tables[name] = list(csv.DictReader(file))
        tables["origin"] = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FoedusError(f"{folder}: kept tables cannot be read: {error}") from error
    return tables


def refresh(case: Case, *names: str) -> None:
    """Write some blocks of the README of a case anew, if there is a README."""
    page = case.path("README.md")
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        page.write_text(fill(case, text, {}, only=names), encoding="utf-8")


def fill(case: Case, text: str, tables: Tables, only: Collection[str] | None = None) -> str:
    """A text with its blocks written anew.

    Args:
        case: The case.
        text: Of its README.
        tables: What `read` returns.
        only: Names of the blocks to write anew; all of them if None.

    Raises:
        FoedusError: A block has a name that is not known.
    """

    def block(match: re.Match[str]) -> str:
        indent, name = match[1], match[2]
        if name not in BLOCKS:
            raise FoedusError(f"README: there is no block «{name}»; known are {', '.join(BLOCKS)}")
        if only is not None and name not in only:
            return match[0]
        blocks = BLOCKS[name](case, tables)
        lines = (blocks if isinstance(blocks, str) else markdown(blocks)).splitlines()
        filled = "\n".join(f"{indent}{line}" if line else "" for line in lines)
        return f"{indent}<!-- {name} -->\n{filled}\n{indent}<!-- end of {name} -->"

    return _BLOCK.sub(block, text)


def _summary(case: Case, tables: Tables) -> Blocks:
    origin = tables["origin"]
    made = (
        f"Parameters `{origin['parameters']}` for the patterns and `{origin['frozen']}` for what "
        f"happened {case.since}; {origin['trials']:,} trials of every run, seed {origin['seed']}, "
        f"foedus {origin['foedus']}; made on {origin['date']}."
    )
    first, *rest = patterns.summary(tables["patterns"])
    return [Paragraph(made), Paragraph((Strong(first), f" {' '.join(rest)}"))]


def _failures(case: Case, tables: Tables) -> Blocks:
    why = explanations(case)
    failed = patterns.failed(tables["patterns"])
    items = [(Strong(f"{name}."), f" {why.get(name, 'Not explained.')}") for name in failed]
    return [Listing(tuple(items))]


def _bits(tables: Tables, split: str) -> list[Row]:
    return [row for row in tables["scores"] if row["split"] == split and row["score"] == "bits"]


def _folds(tables: Tables) -> Blocks:
    return [
        block
        for split in ("episode", "member")
        for block in (
            Paragraph(f"Leaving out one {split} at a time:"),
            hindcasts.split_table(_bits(tables, split), (STEP,)),
        )
    ]


def _walk(tables: Tables) -> Blocks:
    """Whether the second reason to abandon the model is there already."""
    full = tables["rivals"][0]
    (row,) = (rival for rival in tables["rivals"] if rival["rival"] == "random_walk")
    if all(of(row, f"{form}_gain_low") > 0.0 for form in hindcasts.FORMS):
        words = "On the record it scores worse than the full model beyond the interval in both."
        return [Paragraph(words)]
    already = "On the record, at the small budget of the rivals, this is so already:"
    rest = (
        f" its scores cannot be told apart from the full model's, and it passes {row['patterns']} "
        f"patterns where the full model passes {full['patterns']}. What the rules of "
        "reliance and engagement add has not been shown by these data."
    )
    return [Paragraph((Strong(already), rest))]


BLOCKS: Final[Mapping[str, Callable[[Case, Any], Blocks]]] = {
    "summary": _summary,
    "patterns": lambda _, tables: [patterns.nearest_to_failing(tables["patterns"])],
    "contrasts": lambda case, _: contrasts.block(case),
    "failures": _failures,
    "hindcast": lambda _, tables: [hindcasts.split_table(_bits(tables, "date"), (FREE, STEP))],
    "against": lambda _, tables: [Paragraph(hindcasts.comparisons(_bits(tables, "date")))],
    "folds": lambda _, tables: _folds(tables),
    "levels": lambda _, tables: [hindcasts.level_table(tables["levels"])],
    "predictive": lambda case, tables: predictive.block(case, tables["predictive"]),
    "rivals": lambda _, tables: list(hindcasts.rival_blocks(tables["rivals"])),
    "walk": lambda _, tables: _walk(tables),
}

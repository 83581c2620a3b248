"""The numbers in the README of a case: made from the kept tables, never typed.

A block stands between two comments, ``<!-- NAME -->`` and ``<!-- end of NAME -->``. The tables lie
in the folder ``validation`` of the case; `fill` writes the blocks anew, and a test holds the file
to them.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from foedus.errors import FoedusError
from foedus.validation.contrasts import text as contrasts
from foedus.validation.hindcasts.scorecard import FREE, STEP
from foedus.validation.page.document import number
from foedus.validation.page.predictive import listed
from foedus.validation.replicas.explained import explanations

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from foedus.cases import Case

    type Row = Mapping[str, str]
    type Tables = Mapping[str, list[dict[str, str]]]

TABLES: Final = (
    *("patterns", "scores", "levels", "rivals", "rival_patterns", "quantities", "predictive"),
)
ORIGIN: Final = "origin.json"
_BLOCK: Final = re.compile(r"( *)<!-- ([a-z]+) -->\n(.*?)<!-- end of \2 -->", re.DOTALL)
REFERENCES: Final = (
    *("uniform", "climatology", "climatology by type", "last value of the fit", "last value"),
    "patron decides",
)


def read(folder: Path) -> dict[str, Any]:
    """The kept tables by name, and what they come from under ``origin``.

    Raises:
        FoedusError: One is missing.
    """
    found: dict[str, Any] = {}
    try:
        for name in TABLES:
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                found[name] = list(csv.DictReader(file))
        found["origin"] = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FoedusError(f"{folder}: kept tables cannot be read: {error}") from error
    return found


def refresh(case: Case, *names: str) -> None:
    """Write some blocks of the README of a case anew, if there is a README."""
    page = case.path("README.md")
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        page.write_text(fill(case, text, {}, only=names), encoding="utf-8")


def fill(
    case: Case, text: str, tables: Mapping[str, Any], only: Collection[str] | None = None
) -> str:
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
        text = BLOCKS[name](case, tables)
        return f"{indent}<!-- {name} -->\n{text}\n{indent}<!-- end of {name} -->"

    return _BLOCK.sub(block, text)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _range(row: Row, mean: str, low: str, high: str) -> str:
    if row[mean] == "":
        return ""
    ends = f"{number(float(row[low]), 2)} to {number(float(row[high]), 2)}"
    return f"{number(float(row[mean]), 2)} ({ends})"


def _verdicts(tables: Tables) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in tables["patterns"]:
        found[row["pattern"]].append(row)
    return found


def _origin(case: Case, tables: Mapping[str, Any]) -> str:
    origin = tables["origin"]
    return (
        f"Parameters `{origin['parameters']}` for the patterns and `{origin['frozen']}` for what "
        f"happened {case.since}; {origin['trials']:,} trials of every run, seed {origin['seed']}, "
        f"foedus {origin['foedus']}; made on {origin['date']}."
    )


def _summary(case: Case, tables: Mapping[str, Any]) -> str:
    verdicts = _verdicts(tables)
    passed = [name for name, rows in verdicts.items() if rows[0]["passed"] == "True"]
    failed = [name for name in verdicts if name not in passed]
    held = [name for name, rows in verdicts.items() if rows[0]["use"] == "hold-out"]
    hard = [name for name, rows in verdicts.items() if rows[0]["hard"] == "True"]
    return (
        f"{_origin(case, tables)}\n\n"
        f"**{len(passed)} of {len(verdicts)} patterns pass.** Of the {len(held)} hold-outs "
        f"{sum(name in passed for name in held)} pass. Of the {len(hard)} hard checks "
        f"{sum(name in passed for name in hard)} hold in every trial. Failing: "
        f"{', '.join(failed) or 'none'}."
    )


def _patterns(tables: Tables) -> str:
    rows = []
    for name, checks in _verdicts(tables).items():
        broken = [row for row in checks if row["check_passed"] != "True"]
        worst = min(broken or checks, key=lambda r: float(r["margin"]) / (float(r["error"]) or 1.0))
        rows.append(
            (
                name,
                "passes" if checks[0]["passed"] == "True" else "**fails**",
                "hard check" if checks[0]["hard"] == "True" else checks[0]["use"],
                checks[0]["seen"],
                worst["check"],
                number(float(worst["value"])),
                number(float(worst["margin"])),
            )
        )
    heads = ("Pattern", "", "Use", "Seen", "Nearest to failing", "Figure", "Margin")
    return _table(heads, rows)


def _failures(case: Case, tables: Tables) -> str:
    why = explanations(case)
    failed = [name for name, rows in _verdicts(tables).items() if rows[0]["passed"] != "True"]
    return "\n".join(f"- **{name}.** {why.get(name, 'Not explained.')}" for name in failed)


def _bits(tables: Tables, split: str) -> list[Row]:
    return [row for row in tables["scores"] if row["split"] == split and row["score"] == "bits"]


def _hindcast(tables: Tables) -> str:
    return _split_table(_bits(tables, "date"), (FREE, STEP))


def _split_table(found: list[Row], models: tuple[str, ...]) -> str:
    """Kinds of cases down, forecasters across; mean bits, with the interval for the model."""
    rows = []
    for kind in dict.fromkeys(row["kind"] for row in found):
        own = [row for row in found if row["kind"] == kind]
        first = own[0]
        cells = [kind, first["cases"], first["episodes"]]
        for model in models:
            told = [row for row in own if row["forecaster"] == model]
            cells.append(_range(told[0], "mean", "low", "high") if told else "")
        means = {row["forecaster"]: float(row["mean"]) for row in own}
        cells += [number(means[name], 2) for name in REFERENCES]
        rows.append(tuple(cells))
    heads = ("Cases", "n", "Episodes", *(model.removeprefix("foedus, ") for model in models))
    return _table((*heads, *REFERENCES), rows)


def _against(tables: Tables) -> str:
    own = [row for row in _bits(tables, "date") if row["gain"] != ""]
    worse = [row for row in own if float(row["gain_high"]) < 0.0]
    better = [row for row in own if float(row["gain_low"]) > 0.0]
    names = "; ".join(
        f"{row['forecaster']} on {row['kind']} ({row['model'].removeprefix('foedus, ')})"
        for row in worse
    )
    means = [row for row in own if float(row["gain"]) < 0.0]
    return (
        f"In {len(own)} comparisons in bits (both forms of the model, every kind of case, every "
        f"reference) the model is better beyond the interval in {len(better)}, worse beyond it in "
        f"{len(worse)}{f': {names}' if worse else ''}; on the mean alone it is worse in "
        f"{len(means)}."
    )


def _folds(tables: Tables) -> str:
    parts = []
    for split in ("episode", "member"):
        parts.append(f"Leaving out one {split} at a time:\n")
        parts.append(_split_table(_bits(tables, split), (STEP,)) + "\n")
    return "\n".join(parts).rstrip()


def _levels(tables: Tables) -> str:
    rows = [
        (
            row["forecaster"],
            row["cases"],
            _range(row, "crps", "low", "high"),
            *(number(float(row[x]), 2) if row[x] else "" for x in ("inside_50", "inside_90")),
        )
        for row in tables["levels"]
    ]
    return _table(("Forecaster", "n", "CRPS", "Inside 50 %", "Inside 90 %"), rows)


def _rivals(tables: Tables) -> str:
    full = tables["rivals"][0]
    ahead = [
        f"{row['rival'].replace('_', ' ')} ({form}, by {-float(row[f'{key}_gain']):.2f} bits"
        f"{'' if float(row[f'{key}_gain_high']) >= 0 else ', beyond the interval'})"
        for row in tables["rivals"][1:]
        for key, form in (("free", "free-running"), ("step", "one step ahead"))
        if float(row[f"{key}_gain"]) < 0.0
    ]
    more = [
        row["rival"].replace("_", " ")
        for row in tables["rivals"][1:]
        if int(row["patterns"]) > int(full["patterns"])
    ]
    rows = [
        (
            row["rival"].replace("_", " "),
            row["patterns"],
            row["failing"],
            _range(row, "free_bits", "free_low", "free_high"),
            _range(row, "free_gain", "free_gain_low", "free_gain_high"),
            _range(row, "step_bits", "step_low", "step_high"),
            _range(row, "step_gain", "step_gain_low", "step_gain_high"),
        )
        for row in tables["rivals"]
    ]
    heads = ("Theory", "Patterns", "Fails", "Free-running", "more", "One step ahead", "more")
    return (
        f"**Rivals that score better than the full model on the mean:** "
        f"{'; '.join(ahead) or 'none'}. **Rivals that pass more patterns:** "
        f"{', '.join(more) or 'none'}.\n\n{_table(heads, rows)}"
    )


def _walk(tables: Tables) -> str:
    """Whether the second reason to abandon the model is there already."""
    (row,) = (each for each in tables["rivals"] if each["rival"] == "random_walk")
    ahead = [float(row[f"{key}_gain_low"]) > 0.0 for key in ("free", "step")]
    if all(ahead):
        return "   On the record it scores worse than the full model beyond the interval in both."
    return (
        "   **On the record, at the small budget of the rivals, this is so already:** its scores "
        "cannot be told\n   apart from the full model's, and it passes "
        f"{row['patterns']} patterns where the full model passes {tables['rivals'][0]['patterns']}."
        "\n   What the rules of engagement add has not been shown by these data."
    )


BLOCKS: Final[Mapping[str, Callable[[Case, Any], str]]] = {
    "summary": _summary,
    "patterns": lambda _, tables: _patterns(tables),
    "failures": _failures,
    "hindcast": lambda _, tables: _hindcast(tables),
    "against": lambda _, tables: _against(tables),
    "folds": lambda _, tables: _folds(tables),
    "levels": lambda _, tables: _levels(tables),
    "predictive": lambda case, tables: listed(case, tables["predictive"]),
    "rivals": lambda _, tables: _rivals(tables),
    "walk": lambda _, tables: _walk(tables),
    "contrasts": lambda case, _: contrasts.block(case),
}

"""Predictive checks for a reader: on the page of a validation, and in the README of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.validation.page.document import Section, Table, number
from foedus.validation.replicas.explained import surprises
from foedus.validation.replicas.predictive import (
    EXTREME,
    FREE,
    PRIOR,
    SPLITS,
    STEP,
    split_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foedus.cases import Case
    from foedus.validation.page.document import Picture

    type Row = Mapping[str, object]

HEADS: Final = ("Feature", "Record", "90 % of replicas", "p", "of the prior", "p", "p one step")
SHOWN: Final = ("all", "test")
"""Splits whose features are all listed in the README; the table has every one."""
YEARS: Final = "year of"
"""Beginning of the words of features that are dates."""


def extreme(row: Row) -> bool:
    """Whether a row's probability is extreme."""
    return not EXTREME <= _float(row, "p") <= 1.0 - EXTREME


def _float(row: Row, name: str) -> float:
    return float(str(row[name]))


def value(row: Row, name: str) -> str:
    """A number of a row, a date as a year."""
    found = _float(row, name)
    if str(row["words"]).startswith(YEARS):
        return f"{int(found)}"
    return number(found, 2)


def between(row: Row, level: int) -> str:
    """An interval of a row."""
    return f"{value(row, f'low_{level}')} to {value(row, f'high_{level}')}"


def probability(row: Row | None) -> str:
    """A row's probability, bold where extreme; empty without a row."""
    if row is None:
        return ""
    text = number(_float(row, "p"), 2)
    text = "< .01" if _float(row, "p") < 0.005 else "> .99" if _float(row, "p") > 0.995 else text
    return f"**{text}**" if extreme(row) else text


def of_model(rows: Sequence[Row], split: str) -> list[Row]:
    """Rows of a split by the parameters that were fitted, not by the prior."""
    own = [row for row in rows if row["split"] == split]
    return [row for row in own if row["role"] != PRIOR] or own


def lead(case: Case, rows: Sequence[Row]) -> str:
    """How many features are extreme, of how many, by split and form."""
    parts = []
    for split, words in split_words(case).items():
        own = of_model(rows, split)
        if not own:
            continue
        counts = []
        for form in (FREE, STEP):
            of_form = [row for row in own if row["form"] == form]
            counts.append(f"{sum(map(extreme, of_form))} of {len(of_form)} {form}")
        counts[0] = counts[0].replace(FREE, f"features {FREE}")
        name = f"{words} (`{own[0]['parameters']}`, {own[0]['role']})"
        parts.append(f"{name} {' and '.join(counts)}")
    return f"Extreme, with p below {EXTREME:g} or above {1 - EXTREME:g}: {'; '.join(parts)}."


def surprising(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Features that are extreme under fitted parameters, with the rows in which they are."""
    found: dict[str, list[Row]] = {}
    for split in SPLITS:
        for row in of_model(rows, split):
            if row["role"] != PRIOR and extreme(row):
                found.setdefault(str(row["feature"]), []).append(row)
    return list(found.items())


def where(case: Case, rows: Sequence[Row]) -> str:
    """In which splits and forms a feature is extreme, with the record and 90 % of replicas."""
    parts = []
    for split, words in split_words(case).items():
        own = [row for row in rows if row["split"] == split]
        said = [
            f"{row['form']} {value(row, 'observed')} on record, {between(row, 90)} in replicas"
            for row in own
        ]
        if said:
            parts.append(f"{words}: {'; '.join(said)}")
    return ". ".join(f"{part[0].upper()}{part[1:]}" for part in parts)


def listed(case: Case, rows: Sequence[Row]) -> str:
    """The block of the README."""
    why = surprises(case)
    lines = [lead(case, rows), ""]
    lines += [
        f"- **{name}** ({found[0]['words']}). {_sentence(where(case, found))} "
        f"{why.get(name, 'Not explained.')}"
        for name, found in surprising(rows)
    ]
    for split in SHOWN:
        own = of_model(rows, split)
        if own:
            title = f"{split_words(case)[split]}, `{own[0]['parameters']}`, {own[0]['role']}:"
            lines += ["", f"{title[0].upper()}{title[1:]}", "", _markdown(rows, split)]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _markdown(rows: Sequence[Row], split: str) -> str:
    lines = [HEADS, ("---",) * len(HEADS), *cells(rows, split)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cells(rows: Sequence[Row], split: str) -> list[tuple[str, ...]]:
    """Features of a split down; the record, replicas by the model and by the prior across."""
    own = of_model(rows, split)
    prior = {
        row["feature"]: row
        for row in rows
        if row["split"] == split and row["role"] == PRIOR and row["form"] == FREE
    }
    step = {row["feature"]: row for row in own if row["form"] == STEP}
    found: list[tuple[str, ...]] = []
    for row in own:
        if row["form"] != FREE:
            continue
        before = prior.get(row["feature"])
        found.append(
            (
                f"{row['words']}{' (fitted)' if str(row['fitted']) == 'True' else ''}",
                value(row, "observed"),
                between(row, 90),
                probability(row),
                "" if before is None else between(before, 90),
                probability(before),
                probability(step.get(row["feature"])),
            )
        )
    return found


CAPTION: Final = (
    "{split}, parameters {parameters}, {role}. Thick bar: half of the replicas; thin bar: nine "
    "tenths; tick: median; grey below: the prior. Diamond: the record, hollow and vermillion where "
    "p is extreme. Every row has a scale of its own; beside it the record, the ends of nine tenths "
    "of the replicas, and p."
)

READING: Final = (
    "For every feature the value on record stands among those of replicated histories. p is the "
    "probability that a replica shows more, ties counted half: near 0 or 1 the model seldom makes "
    "such a history, near a half it often does, which proves little. A fitted feature is close to "
    "what the likelihood heard; in sample p tends to a half. Features hang together, and one in "
    "ten extreme is no surprise.",
    "Free-running replicas start each historical scenario anew from the coded states, with the "
    "incidents of the record; one step ahead every decision is drawn anew given the record before "
    "it. Grey in the figures, and the columns so named: replicas by the prior.",
)


def section(case: Case, rows: Sequence[Row], pictures: Sequence[Picture]) -> Section:
    """The section of the page."""
    why = surprises(case)
    table = Table(
        "Extreme features",
        ("Feature", "Where", "Why"),
        tuple(
            (str(found[0]["words"]), _sentence(where(case, found)), why.get(name, "Not explained."))
            for name, found in surprising(rows)
        ),
        words=3,
    )
    return Section(
        "Predictive checks",
        (_plain(lead(case, rows)), *READING),
        (table, *(_numbers(case, rows, split) for split in SPLITS if of_model(rows, split))),
        tuple(pictures),
    )


def _numbers(case: Case, rows: Sequence[Row], split: str) -> Table:
    own = of_model(rows, split)[0]
    title = f"{split_words(case)[split]}, parameters {own['parameters']}, {own['role']}"
    found = tuple(tuple(map(_plain, line)) for line in cells(rows, split))
    return Table(_sentence(title), HEADS, found)


def _plain(text: str) -> str:
    """Markdown's marks left out."""
    return text.replace("**", "").replace("`", "")


def drawn(
    rows: Sequence[Row], split: str
) -> tuple[
    dict[str, tuple[list[Row], list[Row]]],
    dict[tuple[str, str], tuple[str, bool]],
]:
    """What a figure of a split shows.

    Returns:
        Rows by the model and by the prior, by form; and, by form and feature, what stands beside a
        row and whether it is extreme.
    """
    own = of_model(rows, split)
    prior = [row for row in rows if row["split"] == split and row["role"] == PRIOR]
    forms = {form: (_of_form(own, form), _of_form(prior, form)) for form in (FREE, STEP)}
    beside = {
        (str(row["form"]), str(row["feature"])): (
            f"{value(row, 'observed')} ({between(row, 90)}), p {_plain(probability(row))}",
            extreme(row),
        )
        for row in own
    }
    return forms, beside


def _of_form(rows: Sequence[Row], form: str) -> list[Row]:
    return [row for row in rows if row["form"] == form]


def captions(case: Case, rows: Sequence[Row]) -> dict[str, str]:
    """What the figure of each split shows."""
    found = {}
    for split, words in split_words(case).items():
        for row in of_model(rows, split)[:1]:
            name = f"{words[0].upper()}{words[1:]}"
            found[split] = CAPTION.format(
                split=name, parameters=row["parameters"], role=row["role"]
            )
    return found

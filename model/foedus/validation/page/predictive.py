"""What a validation says of predictive checks, on its page and in the README of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from foedus.telling.document import (
    Figure,
    Listing,
    Paragraph,
    Picture,
    Section,
    Strong,
    Table,
    Text,
)
from foedus.validation.page.text import Row, number, of, sentence, true
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
    from foedus.cases import Case

HEADS: Final = ("Feature", "Record", "90 % of replicas", "p", "of the prior", "p", "p one step")
SHOWN: Final = ("all", "test")
"""Splits whose features are all listed in the README; the table has every one."""
YEARS: Final = "year of"
"""Beginning of the words of features that are dates."""
CAPTION: Final = (
    "{title}. Thick bar: half of the replicas; thin bar: nine tenths; tick: median; grey below: "
    "the prior. Diamond: the record, hollow and vermillion where p is extreme. Every row has a "
    "scale of its own; beside it the record, the ends of nine tenths of the replicas, and p."
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


def extreme(row: Row) -> bool:
    """Whether a row's probability is extreme."""
    return not EXTREME <= of(row, "p") <= 1.0 - EXTREME


def value(row: Row, name: str) -> str:
    """A number of a row, a date as a year."""
    given = of(row, name)
    return f"{int(given)}" if str(row["words"]).startswith(YEARS) else number(given, 2)


def between(row: Row, level: int) -> str:
    """An interval of a row."""
    return f"{value(row, f'low_{level}')} to {value(row, f'high_{level}')}"


def probability(row: Row | None) -> str:
    """A row's probability, strong where extreme; empty without a row."""
    if row is None:
        return ""
    p = of(row, "p")
    text = "< .01" if p < 0.005 else "> .99" if p > 0.995 else number(p, 2)
    return Strong(text) if extreme(row) else text


def of_model(rows: Sequence[Row], split: str) -> list[Row]:
    """Rows of a split by the parameters that were fitted, not by the prior."""
    own = [row for row in rows if row["split"] == split]
    return [row for row in own if row["role"] != PRIOR] or own


def lead(case: Case, rows: Sequence[Row]) -> str:
    """How many features are extreme, of how many, by split and form."""
    parts = []
    for split, words in split_words(case).items():
        own = of_model(rows, split)
        if own:
            free, step = ([row for row in own if row["form"] == form] for form in (FREE, STEP))
            parts.append(
                f"{words} ({own[0]['parameters']}, {own[0]['role']}) {sum(map(extreme, free))} of "
                f"{len(free)} features {FREE} and {sum(map(extreme, step))} of {len(step)} {STEP}"
            )
    return f"Extreme, with p below {EXTREME:g} or above {1 - EXTREME:g}: {'; '.join(parts)}."


def surprising(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Features that are extreme under fitted parameters, with the rows in which they are."""
    by_feature: dict[str, list[Row]] = {}
    for split in SPLITS:
        for row in of_model(rows, split):
            if row["role"] != PRIOR and extreme(row):
                by_feature.setdefault(str(row["feature"]), []).append(row)
    return list(by_feature.items())


def _where(case: Case, rows: Sequence[Row]) -> str:
    """In which splits and forms a feature is extreme, with the record and 90 % of replicas."""
    sentences = []
    for split, words in split_words(case).items():
        forms = [
            f"{row['form']} {value(row, 'observed')} on record, {between(row, 90)} in replicas"
            for row in rows
            if row["split"] == split
        ]
        if forms:
            sentences.append(sentence(f"{words}: {'; '.join(forms)}"))
    return " ".join(sentences)


def extremes(case: Case, rows: Sequence[Row]) -> Listing:
    """The features that are extreme, where, and why."""
    why = surprises(case)
    items: list[Text] = [
        (
            Strong(name),
            f" ({own[0]['words']}). {_where(case, own)} {why.get(name, 'Not explained.')}",
        )
        for name, own in surprising(rows)
    ]
    return Listing(tuple(items))


def block(case: Case, rows: Sequence[Row]) -> list[Paragraph | Listing | Table]:
    """What the README says."""
    blocks: list[Paragraph | Listing | Table] = [Paragraph(lead(case, rows)), extremes(case, rows)]
    for split in SHOWN:
        if of_model(rows, split):
            table = _table(case, rows, split)
            blocks += [Paragraph(f"{table.title}:"), table]
    return blocks


def section(case: Case, rows: Sequence[Row], drawings: Mapping[str, str]) -> Section:
    """The section of the page; `drawings` are SVG figures by split."""
    figures = [
        Figure(f"predictive-{split}", f"Features, {split_words(case)[split]}", note, (panel,))
        for split, drawn in drawings.items()
        for note in (CAPTION.format(title=_title(case, rows, split)),)
        for panel in (("", Picture(drawn)),)
    ]
    return Section(
        "Predictive checks",
        (
            Paragraph(lead(case, rows)),
            *map(Paragraph, READING),
            *figures,
            extremes(case, rows),
            *(_table(case, rows, split) for split in SPLITS if of_model(rows, split)),
        ),
    )


def _title(case: Case, rows: Sequence[Row], split: str) -> str:
    own = of_model(rows, split)[0]
    words = split_words(case)[split]
    return f"{words[0].upper()}{words[1:]}, parameters {own['parameters']}, {own['role']}"


def _table(case: Case, rows: Sequence[Row], split: str) -> Table:
    """Features of a split down; the record, replicas by the model and by the prior across."""
    own = of_model(rows, split)
    prior, step = (
        {row["feature"]: row for row in among if row["form"] == form}
        for among, form in ((prior_rows(rows, split), FREE), (own, STEP))
    )
    cells = tuple(
        (
            f"{row['words']}{' (fitted)' if true(row, 'fitted') else ''}",
            value(row, "observed"),
            between(row, 90),
            probability(row),
            "" if before is None else between(before, 90),
            probability(before),
            probability(step.get(row["feature"])),
        )
        for row in own
        if row["form"] == FREE
        for before in (prior.get(row["feature"]),)
    )
    return Table(_title(case, rows, split), HEADS, cells)


def prior_rows(rows: Sequence[Row], split: str) -> list[Row]:
    """Rows of a split by the prior."""
    return [row for row in rows if row["split"] == split and row["role"] == PRIOR]


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
    own, prior = of_model(rows, split), prior_rows(rows, split)
    forms = {
        form: (
            [row for row in own if row["form"] == form],
            [row for row in prior if row["form"] == form],
        )
        for form in (FREE, STEP)
    }
    beside = {
        (str(row["form"]), str(row["feature"])): (
            f"{value(row, 'observed')} ({between(row, 90)}), p {probability(row)}",
            extreme(row),
        )
        for row in own
    }
    return forms, beside

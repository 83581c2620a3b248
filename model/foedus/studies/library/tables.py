"""The library as one tidy table: a row for each scenario, measure and scenario compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from foedus.dictionary.recording import LEVEL
from foedus.runs.tables.columns import numbers, table
from foedus.studies.compare.measures import meaning
from foedus.studies.compare.tables import INTERVAL, floats, texts
from foedus.telling.difference import QUESTION, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from foedus.studies.library.study import Entry, Library
    from foedus.telling.difference import Difference


class Row(NamedTuple):
    """A measure of a scenario, by itself or against another."""

    entry: Entry
    measure: Measure
    mean: float
    against: str = ""
    found: Difference | None = None


def library_table(library: Library) -> pa.Table:
    """The tidy table.

    Every measure of a scenario stands in a row of its own with an empty `against`; its differences
    from the root of the family, and from the parent where that is another, in rows that name these.
    """
    rows = [row for entry in library.entries for row in _rows(entry, library)]
    found = [row.found for row in rows]
    columns = [
        texts("scenario", [row.entry.name for row in rows], "Name of the scenario"),
        texts("title", [row.entry.title for row in rows], "The scenario in words"),
        texts(
            "against",
            [row.against for row in rows],
            "Name of the scenario it is compared with; empty for the scenario by itself",
        ),
        texts("metric", [row.measure.metric for row in rows], "What is measured"),
        texts(
            "subject",
            [row.measure.subject or "" for row in rows],
            "Code of the member, or id of the question; empty for the alliance",
        ),
        texts("date", [row.measure.date for row in rows], "Read at, or up to", "YYYY-MM"),
        texts("kind", [row.measure.kind for row in rows], "level from 0 to 1, event, or count"),
        texts("meaning", [_meaning(row) for row in rows], "What it says; of a question, its text"),
        numbers("trials", np.array([row.entry.panel.trials for row in rows]), "Trials", "count"),
        floats("mean", [row.mean for row in rows], "Mean over the trials; of an event, its share"),
        floats("difference", [_of(one, "mean") for one in found], "Mean paired difference"),
        floats("low", [_of(one, "low") for one in found], f"Lower end, {INTERVAL}"),
        floats("high", [_of(one, "high") for one in found], f"Upper end, {INTERVAL}"),
        floats(
            "share_lower",
            [np.nan if one is None else one.below.share for one in found],
            "Share of trials in which it is lower",
            LEVEL,
        ),
        floats(
            "share_higher",
            [np.nan if one is None else one.above.share for one in found],
            "Share of trials in which it is higher",
            LEVEL,
        ),
        texts("verdict", [one.verdict if one else "" for one in found], "What can be said"),
    ]
    return table(columns, "Scenarios of the library side by side, with common random numbers.")


def _rows(entry: Entry, library: Library) -> Iterator[Row]:
    means = entry.panel.values.mean(axis=0)
    for measure, mean in zip(entry.panel.measures, means, strict=True):
        yield Row(entry, measure, float(mean))
    root = next((one.root.name for one in library.families if entry in one.others), "")
    for against, differences in ((root, entry.against_root), (entry.parent, entry.against_parent)):
        for one in differences:
            yield Row(entry, one.measure, one.other, str(against), one)


def _meaning(row: Row) -> str:
    if row.measure.metric == QUESTION:
        return row.entry.texts[str(row.measure.subject)]
    return meaning(row.measure)


def _of(found: Difference | None, name: str) -> float:
    return np.nan if found is None else float(getattr(found, name))

"""Tidy tables of a comparison: one row per measure, and one per month of every fan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.dictionary.recording import LEVEL, MONTHS
from foedus.runs.tables.arrow import array
from foedus.runs.tables.columns import Column, numbers, table, words
from foedus.statistics.quantiles import FAN
from foedus.studies.compare.measures import meaning
from foedus.studies.compare.trials import FAN_SERIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from foedus.studies.compare.contrasts import Contrast, Contrasts
    from foedus.telling.difference import Difference, Measure

INTERVAL = "90 % interval of the finite number of trials"


def differences_table(found: Contrasts) -> pa.Table:
    """One row per pair of scenarios and measure."""
    rows = [(one, each) for one in found.contrasts for each in one.differences]
    every = [each for _, each in rows]
    columns = [
        texts("base", [one.base.name for one, _ in rows], "What is compared with"),
        texts("scenario", [one.other.name for one, _ in rows], "What is compared"),
        *measure_columns([each.measure for each in every]),
        floats("base_mean", [each.base for each in every], "Mean in the base"),
        floats("scenario_mean", [each.other for each in every], "Mean in the scenario"),
        floats("difference", [each.mean for each in every], "Mean paired difference"),
        floats("low", [each.low for each in every], f"Lower end, {INTERVAL}"),
        floats("high", [each.high for each in every], f"Upper end, {INTERVAL}"),
        floats("median", [each.spread.median for each in every], "Median of the differences"),
        floats("q05", [each.spread.low for each in every], "5 % quantile of the differences"),
        floats("q95", [each.spread.high for each in every], "95 % quantile of the differences"),
        *_shares(every),
        floats("p_value", [each.chance for each in every], "Two-sided, of no mean difference"),
        texts("verdict", [each.verdict for each in every], "What can be said"),
        texts("sentence", [each.sentence() for each in every], "The difference in a sentence"),
        floats(
            "trials_needed",
            [np.nan if each.needed is None else each.needed for each in every],
            "Trials that would settle an open verdict four times in five",
            "count",
        ),
        floats(
            "variance_ratio",
            [each.gain for each in every],
            "Variance of the mean difference with unpaired seeds over that with paired ones",
        ),
    ]
    return table(columns, f"One row per pair of scenarios and measure; {found.trials} trials.")


def fans_table(found: Contrasts) -> pa.Table:
    """One row per pair of scenarios, month and series: quantiles of the paired differences."""
    months, series = len(found.dates), len(FAN_SERIES)
    month, one = (axis.reshape(-1) for axis in np.indices((months, series)))
    pairs = len(found.contrasts)
    columns = [
        texts("base", _repeated([c.base.name for c in found.contrasts], month.size), "Base"),
        texts("scenario", _repeated([c.other.name for c in found.contrasts], month.size), "Other"),
        numbers("month", np.tile(month, pairs).astype(np.int32), "0 is the start", MONTHS),
        texts("date", [found.dates[m] for m in month] * pairs, "Calendar month", "YYYY-MM"),
        texts("series", [FAN_SERIES[s] for s in one] * pairs, "What is measured"),
    ]
    for q, probability in enumerate(FAN):
        values = np.concatenate([_quantile(contrast, q) for contrast in found.contrasts])
        meant = f"Quantile {probability} of the differences, trial by trial"
        columns.append(numbers(f"q{100 * probability:02.0f}", values, meant, LEVEL))
    return table(columns, "One row per pair of scenarios, month and series.")


def measure_columns(measures: Sequence[Measure]) -> list[Column]:
    """The columns that say what is measured."""
    return [
        texts("metric", [one.metric for one in measures], "What is measured"),
        texts(
            "subject",
            [one.subject or "" for one in measures],
            "Code of the member, or id of the question; empty for the alliance",
        ),
        numbers("month", np.array([one.month for one in measures], np.int32), "Read at", MONTHS),
        texts("date", [one.date for one in measures], "The same month", "YYYY-MM"),
        texts("kind", [one.kind for one in measures], "level from 0 to 1, event, or count"),
        texts("meaning", [meaning(one) for one in measures], "What it says"),
    ]


def texts(name: str, values: Sequence[str], meant: str, unit: str = "") -> Column:
    """A column of words, of which many are the same."""
    known = list(dict.fromkeys(values))
    places = {word: place for place, word in enumerate(known)}
    return words(name, np.array([places[word] for word in values]), known, meant, unit)


def floats(name: str, values: Sequence[Any] | NDArray[Any], meant: str, unit: str = "") -> Column:
    """A column of numbers, empty where there is none."""
    cells = np.array(values, dtype=np.float64)
    return Column(name, array(cells, missing=np.isnan(cells)), meant, unit)


def _shares(every: Sequence[Difference]) -> list[Column]:
    columns = []
    for name, word in (("below", "lower"), ("above", "higher")):
        found = [getattr(each, name) for each in every]
        shares, lows, highs = zip(*((f.share, f.low, f.high) for f in found), strict=True)
        meant = f"Share of trials in which the scenario is {word} than the base"
        columns += [
            floats(f"share_{word}", shares, meant, LEVEL),
            floats(f"share_{word}_low", lows, f"Lower end, {INTERVAL}", LEVEL),
            floats(f"share_{word}_high", highs, f"Upper end, {INTERVAL}", LEVEL),
        ]
    return columns


def _repeated(names: Sequence[str], times: int) -> list[str]:
    return [name for name in names for _ in range(times)]


def _quantile(contrast: Contrast, q: int) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = contrast.fan[..., q].reshape(-1)
    return values

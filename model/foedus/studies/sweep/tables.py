"""Tidy tables of a sweep: one row per point and measure, and one per point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.runs.tables.columns import Column, numbers, table
from foedus.statistics.quantiles import FAN
from foedus.studies.compare.tables import INTERVAL, floats, measure_columns, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from foedus.scenarios.language.choices import SettingValue
    from foedus.studies.sweep.study import Sweep

KEYS = frozenset(
    {"point", "metric", "subject", "month", "date", "kind", "meaning", "mean", "low", "high"}
)
"""Names of columns that a factor of the same name must not hide."""


def results_table(found: Sweep) -> pa.Table:
    """One row per point that did not fail and measure."""
    points = [n for n in range(len(found.plan.points)) if n not in found.errors]
    count = len(found.measures)
    point = np.repeat(np.array(points, dtype=np.int32), count)
    of_scenario = "of the paired change from the scenario as written"
    columns = [
        numbers("point", point, "Number of the point", "number"),
        *factor_columns(found, points, count),
        *measure_columns(list(found.measures) * len(points)),
        _values("mean", found, points, "Mean over the trials"),
        _values("low", found, points, f"Lower end, {INTERVAL}"),
        _values("high", found, points, f"Upper end, {INTERVAL}"),
        _values("change", found, points, f"Mean {of_scenario}"),
        _values("change_low", found, points, f"Lower end, 90 % interval {of_scenario}"),
        _values("change_high", found, points, f"Upper end, 90 % interval {of_scenario}"),
        texts(
            "verdict",
            [found.verdict(n, m) for n in points for m in range(count)],
            "What can be said of the change",
        ),
    ]
    for q, probability in enumerate(FAN):
        values = found.quantiles[points][..., q].reshape(-1)
        meant = f"Quantile {probability} over the trials"
        columns.append(floats(f"q{100 * probability:02.0f}", values, meant))
    return table(
        columns,
        f"One row per point and measure; {found.trials} trials per point, seed {found.seed}, "
        "common random numbers at all points.",
    )


def points_table(found: Sweep) -> pa.Table:
    """One row per point: its factors, and what was wrong if it failed."""
    points = list(range(len(found.plan.points)))
    columns = [
        numbers("point", np.array(points, dtype=np.int32), "Number of the point", "number"),
        *factor_columns(found, points, 1),
        texts("error", [found.errors.get(n, "") for n in points], "Why it failed; empty if not"),
    ]
    return table(columns, f"One row per point of a {found.plan.design} design.")


def factor_columns(found: Sweep, points: Sequence[int], times: int) -> list[Column]:
    """One column per factor, of numbers or else of words; empty where nothing is set."""
    columns = []
    for name in found.plan.factors:
        values = [found.plan.points[n].get(name) for n in points for _ in range(times)]
        title = f"factor_{name}" if name in KEYS else name
        meant = f"What is set for {name}; empty where it is as written"
        if all(value is None or is_number(value) for value in values):
            cells = [np.nan if value is None else value for value in values]
            columns.append(floats(title, cells, meant))
        else:
            words = ["" if value is None else str(value) for value in values]
            columns.append(texts(title, words, meant))
    return columns


def is_number(value: SettingValue) -> bool:
    """Whether a value is a number; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _values(name: str, found: Sweep, points: Sequence[int], meant: str) -> Column:
    values: np.ndarray[Any, Any] = found.values[name][list(points)].reshape(-1)
    return floats(name, values, meant)

"""What reports say is validated."""

from __future__ import annotations

from typing import Any

from conftest import CSTO
from foedus.validation.hindcasts.scorecard import FREE
from foedus.validation.page.hindcasts import (
    ABOUT,
    BETTER,
    LIKE,
    NONE,
    QUANTITY_COLUMNS,
    WORSE,
    quantities,
)


def rows(low: float, high: float) -> list[dict[str, Any]]:
    """Scores of every kind; the first of two references loses by an interval that is given."""
    found: list[dict[str, Any]] = []
    for kind in ABOUT:
        shared = {"split": "date", "score": "bits", "kind": kind, "cases": 9, "episodes": 3}
        found.append(shared | {"forecaster": FREE, "model": "", "mean": 0.5})
        for name, ends in (("uniform", (low, high)), ("climatology", (0.1, 0.3))):
            gains = {"gain_low": ends[0], "gain_high": ends[1]}
            found.append(shared | gains | {"forecaster": name, "model": FREE, "mean": 1.0})
    return found


def status(low: float, high: float) -> set[str]:
    return {row["status"] for row in quantities(CSTO, rows(low, high))[: len(ABOUT)]}


def test_a_quantity_is_validated_if_it_beats_every_reference_beyond_the_interval() -> None:
    assert status(0.1, 0.2) == {BETTER}
    assert status(-0.1, 0.2) == {LIKE}
    assert status(-0.2, -0.1) == {WORSE}


def test_what_the_record_does_not_show_is_not_validated() -> None:
    found = quantities(CSTO, rows(0.1, 0.2))
    assert tuple(found[0]) == QUANTITY_COLUMNS
    assert {row["status"] for row in found[len(ABOUT) :]} == {NONE}
    assert "uniform" in quantities(CSTO, rows(-0.2, -0.1))[0]["note"]

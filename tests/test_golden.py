"""Have the numbers changed? Yearly means of the bundled scenarios against a readable table.

If they changed on purpose, rewrite the table and say so in the changelog:

    .venv/bin/python tests/test_golden.py

The table holds means over 200 trials of seed 1, compared to 1e-9. A failure says which series of
which scenario moved first, and by how much.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import pytest

from foedus.simulation.ensemble import run_ensemble
from worlds import bundled

TABLE: Final = Path(__file__).parent / "golden" / "yearly_means.csv"
SCENARIOS: Final = ("baseline", "prolonged-ukraine-war", "taliban-spillover")
TRIALS: Final = 200
SEED: Final = 1
TOLERANCE: Final = 1e-9
ADVICE: Final = (
    "If this was meant, run `.venv/bin/python tests/test_golden.py` and add a line to "
    "CHANGELOG.md under 'Changed numbers'."
)


def measured(name: str) -> dict[tuple[str, str], dict[str, float]]:
    """Yearly means by scenario and month, and by series."""
    found = run_ensemble(bundled(name), trials=TRIALS, seed=SEED, sample=TRIALS)
    labels = [f"{each.member} {each.name}" if each.member else each.name for each in found.series]
    means = found.sample.mean(axis=0)
    table = {}
    for month in range(0, found.sample.shape[1], 12):
        row = dict(zip(labels, means[month].tolist(), strict=True))
        for i, code in enumerate(found.members):
            out, frozen, _ = found.status_counts[month, i] / TRIALS
            row |= {f"{code} out": float(out), f"{code} frozen": float(frozen)}
            row |= {f"{code} aligned": float(found.alignment[month, i, -2])}
        table[name, found.dates[month]] = row
    return table


def stored() -> dict[tuple[str, str], dict[str, float]]:
    """The table as it was written; rows are series, as in `rewrite`."""
    table: dict[tuple[str, str], dict[str, float]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            scenario, series = line.pop("scenario"), line.pop("series")
            for date, value in line.items():
                table.setdefault((scenario, date), {})[series] = float(value)
    return table


def rewrite() -> None:
    """Write the table anew: a row a series, a column a year."""
    tables = {name: measured(name) for name in SCENARIOS}
    dates = [date for _, date in next(iter(tables.values()))]
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["scenario", "series", *dates])
        for name, table in tables.items():
            for series in table[name, dates[0]]:
                values = (f"{table[name, date][series]:.12f}" for date in dates)
                writer.writerow([name, series, *values])


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_numbers_are_those_of_the_golden_table(name: str) -> None:
    now = measured(name)
    then = {key: row for key, row in stored().items() if key[0] == name}
    assert now.keys() == then.keys(), ADVICE
    moved = []
    for key, row in now.items():
        assert row.keys() == then[key].keys(), ADVICE
        moved += [
            f"{key[1]} {series}: was {then[key][series]:.9f}, is {value:.9f}"
            for series, value in row.items()
            if abs(value - then[key][series]) > TOLERANCE
        ]
    assert not moved, f"{name}: {len(moved)} numbers moved, first {moved[0]}. {ADVICE}"


if __name__ == "__main__":
    rewrite()
    print(f"{TABLE}: written. Add a line to CHANGELOG.md under 'Changed numbers'.")  # noqa: T201

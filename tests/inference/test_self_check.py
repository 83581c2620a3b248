"""The check of the inference by records that the model has played itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conftest import CSTO
from foedus.inference import record, self_check, targets
from foedus.inference.prior import Prior
from foedus.inference.record_filter import RecordFilter
from foedus.simulation.ensemble import run_ensemble

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = CSTO.path("posterior")


def test_ranks_of_an_honest_inference_lie_in_the_bands_and_others_do_not() -> None:
    """Evenly spread ranks are honest; ranks at both ends are those of one too sure of itself."""
    even = (np.arange(100)[:, None] + 0.5) / 100
    sure = np.where(even < 0.5, 0.02, 0.98)
    found = self_check.summarise(("honest", "sure"), np.hstack([even, sure]))
    honest, overconfident = found["parameters"]
    assert honest["inside_bands"]
    assert honest["counts"] == [20] * 5
    assert honest["coverage_50"] == pytest.approx(0.5, abs=0.02)
    assert not overconfident["inside_bands"]
    assert overconfident["coverage_90"] == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("name", CSTO.history.self_check)
def test_a_played_record_is_one_that_the_filter_can_follow_to_the_end(name: str) -> None:
    number = CSTO.history.stretches.index(name)
    one = record.stretches(CSTO, targets.load(), upto="fit")[number]
    played = run_ensemble(one.setup, trials=8, seed=3, sample=8)
    truths = Prior.of().draw(3, 4)
    names = [each.name for each in one.setup.uncertain]
    places = [names.index(name) for name in Prior.of().names]
    assert np.array_equal(played.quantities[:, places], truths)
    for trial in range(0, 8, 2):
        made = self_check.played_record(one, played, trial, seed=1)
        assert len(made.rows) > 0
        assert (np.diff(made.rows["month"]) >= 0).all()
        held = RecordFilter(made.setup, made.rows, particles=4, slip=record.SLIP)
        heard = held.hear(1, made.setup.draw_quantities(1, np.arange(4)))
        assert np.isfinite(heard.log_likelihood)
        assert heard.reached == pytest.approx(1.0)


@pytest.mark.slow
def test_the_command_checks_itself(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "posterior-2019.json", tmp_path)
    words = ("calibrate", "--self-check", "2", "--reduced", "--out", str(tmp_path))
    command = [sys.executable, "-m", "foedus", *words]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads((tmp_path / "self-check.json").read_text(encoding="utf-8"))
    assert found["replicates"] == 2
    assert len(found["parameters"]) == 10
    assert all(sum(row["counts"]) == 2 for row in found["parameters"])
    assert "2 synthetic records" in said


def test_the_table_that_is_shipped_is_one_of_honest_ranks_or_says_so() -> None:
    found = json.loads((SHIPPED / "self-check.json").read_text(encoding="utf-8"))
    low, high = found["band"]
    for row in found["parameters"]:
        assert sum(row["counts"]) == found["replicates"]
        assert row["inside_bands"] == all(low <= count <= high for count in row["counts"])

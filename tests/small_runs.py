"""Small real runs, each played once a process, for tests of what comes after the engine."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from conftest import scenario_file
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.simulation.outcome import Ensemble

MEMBERS = {
    "ARM": "Armenia",
    "BLR": "Belarus",
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan",
    "TJK": "Tajikistan",
}
QUESTIONS = (
    "{id: armenia-out, text: Armenia has formally left by the end of 2027., "
    "when: status of ARM is out, by: 2027-12}",
    "{id: troops-sent, text: The bloc sends troops to a member before November 2031., "
    "when: deployments >= 1, by: 2031-10}",
    "{id: cohesion-below-a-third, text: Cohesion is below 0.33 in November 2031., "
    "when: cohesion < 0.33, at: 2031-11}",
    "{id: all-gone, text: No member but the patron is active in November 2031., "
    "when: members active < 1, at: 2031-11}",
)


TITLE = "The war lasts until 2030 and the south stays restless"
FIVE_YEARS = f"""\
drivers: {{war: {{2026-11: 1.0, 2030-02: 1.0, 2030-03: 0.0}}}}
shocks:
  - {{name: taliban-lose-the-north, date: 2028-05, on: threat.afghan-raids, size: 3.0}}
questions: [{", ".join(QUESTIONS)}]
"""


@cache
def _scenario(horizon: int) -> Path:
    """A war that ends and a shock, or as many months of the baseline as are wanted."""
    body = FIVE_YEARS if horizon == 60 else f"horizon: {horizon}\n"
    path = scenario_file(body, name="war-until-2030")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("A variant", TITLE), encoding="utf-8")
    return path


@cache
def _played(trials: int, seed: int, horizon: int) -> Ensemble:
    return run_ensemble(load_setup(_scenario(horizon)), trials=trials, seed=seed)


def small_run(trials: int = 400, seed: int = 1, horizon: int = 60) -> Ensemble:
    """A run of the made-up scenario `war-until-2030`.

    Returns:
        An ensemble in whose arrays the caller may change whatever it likes.
    """
    played = _played(trials, seed, horizon)
    arrays: dict[str, Any] = {
        name: value.copy() for name, value in vars(played).items() if isinstance(value, np.ndarray)
    }
    return replace(played, **arrays)

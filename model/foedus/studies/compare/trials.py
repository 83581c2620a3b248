"""Playing scenarios for a comparison: every measure of every trial, in little memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.dictionary.recording import COMPONENTS
from foedus.simulation.ensemble import run_ensemble
from foedus.studies.compare.measures import Panel, panel_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foedus.simulation.world import Setup

FAN_SERIES: Final = ("cohesion", *COMPONENTS)
"""What is followed month by month: the leading series of every trial."""

FAN_TRIALS: Final = 10_000
"""Trials of which the months are kept for fans; quantiles of more would look the same."""

CHUNK: Final = 2_000
"""Trials that are held in full at a time, about 16 kB each."""


@dataclass(frozen=True)
class Trials:
    """What is kept of the trials of one scenario.

    Attributes:
        setup: What was played.
        panel: Every measure of every trial.
        paths: Cohesion, its factors and what stands apart month by month, of the first trials;
            float32, shape ``(trial, month + 1, 9)``.
    """

    setup: Setup
    panel: Panel
    paths: NDArray[np.float32]

    def and_then(self, later: Trials) -> Trials:
        """These trials and those that follow them."""
        paths = np.concatenate([self.paths, later.paths[: FAN_TRIALS - len(self.paths)]])
        return Trials(self.setup, self.panel.and_then(later.panel), paths)


def play_trials(
    setup: Setup,
    *,
    trials: int,
    seed: int,
    first: int = 0,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Trials:
    """Play trials of a scenario and keep what a comparison needs.

    Args:
        setup: The scenario, laid out in memory.
        trials: Number of trials.
        seed: Seed of all chance.
        first: Number of the first trial, even.
        threads: Number of threads; as many as there are cores if None.
        progress: Called with the number of trials done in each step.
    """
    found: Trials | None = None
    for start in range(first, first + trials, CHUNK):
        count = min(CHUNK, first + trials - start)
        ensemble = run_ensemble(
            setup,
            trials=count,
            seed=seed,
            threads=threads,
            first=start,
            sample=count,
            events=False,
        )
        kept = ensemble.sample[:FAN_TRIALS, :, : len(FAN_SERIES)].astype(np.float32)
        part = Trials(setup, panel_of(ensemble), kept)
        found = part if found is None else found.and_then(part)
        if progress is not None:
            progress(count)
    if found is None:
        raise ValueError("no trials to play")
    return found

"""Timing on a busy machine: engines take turns, and ratios of medians are what counts."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOISY: Final = 1.3
"""Ratio of median to minimum from which a figure says more about the machine than about us."""


@dataclass
class Timing:
    """Seconds for one unit of work, round by round.

    Attributes:
        units: Units of work in a round, such as trials.
        wall: Seconds on the clock for a unit; shape ``(round,)``.
        cpu: Seconds of this process's processor time for a unit.
    """

    units: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Median seconds on the clock for a unit."""
        return statistics.median(self.wall)

    @property
    def least(self) -> float:
        """Least seconds on the clock for a unit."""
        return min(self.wall)

    @property
    def work(self) -> float:
        """Median processor time for a unit, which other programs disturb less."""
        return statistics.median(self.cpu)

    @property
    def noisy(self) -> bool:
        """Whether the machine was too busy for this figure to mean much."""
        return self.median > NOISY * self.least


def interleave(
    jobs: Mapping[str, tuple[int, Callable[[], object]]], rounds: int
) -> dict[str, Timing]:
    """Time all jobs in turns, once unmeasured and then round by round.

    Args:
        jobs: Units of work and what does them, by name.
        rounds: Number of measured rounds.
    """
    timings = {name: Timing(units) for name, (units, _) in jobs.items()}
    for number in range(rounds + 1):
        for name, (units, job) in jobs.items():
            wall, cpu = time.perf_counter(), time.process_time()
            job()
            if number > 0:
                timings[name].wall.append((time.perf_counter() - wall) / units)
                timings[name].cpu.append((time.process_time() - cpu) / units)
    return timings

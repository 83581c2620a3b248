"""The prior of the inference: independent triangles, one per parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from foedus.parameters import registry
from foedus.simulation.distributions import triangular
from foedus.simulation.tape import quantity_uniforms

if TYPE_CHECKING:
    from foedus.cases import Case


@dataclass(frozen=True)
class Prior:
    """Triangular densities.

    Attributes:
        names: The parameters.
        low: Least values; shape ``(parameter,)``.
        mode: Likeliest values.
        high: Greatest values.
    """

    names: tuple[str, ...]
    low: NDArray[np.float64]
    mode: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, names: Sequence[str] | None = None, case: Case | None = None) -> Prior:
        """The prior of some parameters of a case; of all that are uncertain if None."""
        known = {each.name: each.triple("prior") for each in registry.load(case).parameters}
        chosen = names or [name for name, triple in known.items() if not triple.known]
        low, mode, high = np.array([known[name] for name in chosen]).T
        return cls(tuple(chosen), low, mode, high)

    def draw(self, seed: int, sets: int) -> NDArray[np.float64]:
        """Draws; shape ``(set, parameter)``. The same as a run's under the same seed."""
        uniform = quantity_uniforms(seed, np.arange(sets, dtype=np.int64), list(self.names))
        return triangular(uniform, self.low, self.mode, self.high)

    def log_density(self, thetas: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logarithm of the density, minus infinity outside; shape ``(set,)``."""
        rising = (thetas - self.low) / np.maximum(self.mode - self.low, 1e-300)
        falling = (self.high - thetas) / np.maximum(self.high - self.mode, 1e-300)
        side = np.where(thetas < self.mode, rising, falling)
        inside = (thetas > self.low) & (thetas < self.high)
        with np.errstate(divide="ignore", invalid="ignore"):
            densities = np.log(2.0 * side / (self.high - self.low))
        total: NDArray[np.float64] = np.where(inside, densities, -np.inf).sum(axis=1)
        return total

    @property
    def deviation(self) -> NDArray[np.float64]:
        """Standard deviations."""
        a, c, b = self.low, self.mode, self.high
        spread: NDArray[np.float64] = np.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18)
        return spread

    @property
    def mean(self) -> NDArray[np.float64]:
        """Means."""
        middle: NDArray[np.float64] = (self.low + self.mode + self.high) / 3.0
        return middle

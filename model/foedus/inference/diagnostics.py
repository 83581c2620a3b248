"""Whether the walkers have seen the posterior, and what it knows that the prior did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foedus.inference.prior import Prior
    from foedus.inference.sampling import Chain

LEAST_CONTRACTION: Final = 0.1
LEAST_SHIFT: Final = 0.25
"""A parameter counts as moved if the record takes this share off its standard deviation, or moves
its mean by this share of it."""


@dataclass(frozen=True)
class Diagnostics:
    """Summaries of a walk after its burn-in.

    Attributes:
        names: Parameters.
        acceptance: Share of moves that were accepted.
        autocorrelation: Integrated autocorrelation time in steps, by parameter.
        effective: Effective number of draws, by parameter.
        r_hat: Split R-hat over halves of the walkers and of the steps, by parameter.
        mean: Posterior means.
        deviation: Posterior standard deviations.
        quantiles: Posterior 5, 50 and 95 per cent; shape ``(3, parameter)``.
        prior_mean: Prior means.
        prior_deviation: Prior standard deviations.
    """

    names: tuple[str, ...]
    acceptance: float
    autocorrelation: NDArray[np.float64]
    effective: NDArray[np.float64]
    r_hat: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    prior_mean: NDArray[np.float64]
    prior_deviation: NDArray[np.float64]

    @property
    def contraction(self) -> NDArray[np.float64]:
        """Share of the prior's standard deviation that the record has taken away."""
        less: NDArray[np.float64] = 1.0 - self.deviation / self.prior_deviation
        return less

    @property
    def shift(self) -> NDArray[np.float64]:
        """Move of the mean, in prior standard deviations."""
        moved: NDArray[np.float64] = (self.mean - self.prior_mean) / self.prior_deviation
        return moved

    def not_moved(self) -> list[str]:
        """Fitted parameters that the record leaves where they were."""
        still = (self.contraction < LEAST_CONTRACTION) & (np.abs(self.shift) < LEAST_SHIFT)
        return [name for name, one in zip(self.names, still, strict=True) if one]

    def summary(self) -> dict[str, float]:
        """The walk as a whole, worst parameter first in mind."""
        return {
            "acceptance": round(self.acceptance, 3),
            "longest_autocorrelation_steps": round(float(self.autocorrelation.max()), 1),
            "least_effective_draws": round(float(self.effective.min())),
            "worst_r_hat": round(float(self.r_hat.max()), 3),
        }

    def table(self) -> list[dict[str, Any]]:
        """One row a parameter."""
        rows = []
        for q, name in enumerate(self.names):
            low, middle, high = self.quantiles[:, q]
            numbers = {
                "mean": self.mean[q],
                "deviation": self.deviation[q],
                "low_5": low,
                "median": middle,
                "high_95": high,
                "prior_mean": self.prior_mean[q],
                "prior_deviation": self.prior_deviation[q],
                "contraction": self.contraction[q],
                "shift": self.shift[q],
                "effective_draws": self.effective[q],
                "r_hat": self.r_hat[q],
            }
            rows.append({"name": name} | {key: round(float(x), 4) for key, x in numbers.items()})
        return rows


def diagnose(chain: Chain, prior: Prior, *, burn_in: int) -> Diagnostics:
    """Diagnose a walk."""
    import emcee

    places = chain.places[burn_in + 1 :]
    steps, walkers, size = places.shape
    times = np.array(
        [
            float(emcee.autocorr.integrated_time(places[:, :, [q]], quiet=True, tol=0)[0])
            for q in range(size)
        ]
    )
    times = np.maximum(1.0, np.nan_to_num(times, nan=float(steps)))
    every = places.reshape(-1, size)
    return Diagnostics(
        names=prior.names,
        acceptance=float(chain.moved.mean() / max(1, chain.steps)),
        autocorrelation=times,
        effective=steps * walkers / times,
        r_hat=np.array([split_r_hat(places[:, :, q]) for q in range(size)]),
        mean=every.mean(axis=0),
        deviation=every.std(axis=0),
        quantiles=np.quantile(every, (0.05, 0.5, 0.95), axis=0),
        prior_mean=prior.mean,
        prior_deviation=prior.deviation,
    )


def split_r_hat(values: NDArray[np.float64]) -> float:
    """Gelman and Rubin's ratio over four groups: halves of the steps by halves of the walkers.

    Walkers move by each other, so that single ones are no independent chains; a ratio over halves
    asks whether early and late steps, and one half of the walkers and the other, tell the same.

    Args:
        values: Shape ``(step, walker)``.
    """
    steps, walkers = values.shape
    halves = [values[: steps // 2], values[steps - steps // 2 :]]
    groups = [
        half[:, part].ravel()
        for half in halves
        for part in (slice(None, walkers // 2), slice(walkers // 2, 2 * (walkers // 2)))
    ]
    within = float(np.mean([group.var(ddof=1) for group in groups]))
    between = float(np.var([group.mean() for group in groups], ddof=1))
    return float(np.sqrt(1.0 + between / within)) if within > 0.0 else 1.0

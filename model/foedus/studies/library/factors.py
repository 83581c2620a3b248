"""How much of the variance of cohesion each of its factors carries, over the library.

Cohesion is a product of five numbers: the share of the roster that is still active; the means of
agreement, means and acting over those who are; and how much more the answers are than the product
of these means, which says how the factors go together among members and crises. How far each number
moves the product away from where it is on average is its Shapley value, the mean over all orders in
which they could have moved. The share of a factor is the covariance of that with cohesion over the
variance of cohesion. The shares add to 1; one is below 0 if it works against the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.telling.words import FACTORS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from foedus.studies.compare.measures import Panel

    type Floats = NDArray[np.float64]

MEMBERSHIP: Final = "membership"
TOGETHER: Final = "together"
PARTS: Final = (*FACTORS, MEMBERSHIP)
"""What is multiplied; cohesion is more than that by a fifth number, `TOGETHER`."""


@dataclass(frozen=True)
class FactorShares:
    """Shares of the variance of cohesion at the end, by factor; NaN if it does not vary.

    Attributes:
        scenarios: Of the variance of its means between scenarios.
        trials: Of its variance over all trials of all scenarios.
    """

    scenarios: Mapping[str, float]
    trials: Mapping[str, float]


def factor_shares(scenarios: Sequence[tuple[Panel, Collection[str]]]) -> FactorShares:
    """Shares over some scenarios.

    Args:
        scenarios: Of one family, so that start and end are the same: for each its trials, and the
            members by whose answers cohesion is measured.
    """
    rows = [_levels(*scenario) for scenario in scenarios]
    means = np.array([row.mean(axis=0) for row in rows])
    return FactorShares(variance_shares(means), variance_shares(np.concatenate(rows)))


def variance_shares(levels: Floats) -> dict[str, float]:
    """Shares of the variance of cohesion.

    Args:
        levels: Cohesion, then the levels of `PARTS`; shape ``(observation, 5)``.
    """
    cohesion, parts = levels[:, 0], levels[:, 1:]
    names = (*PARTS, TOGETHER)
    variance = float(cohesion.var())
    # Sums of equal numbers are not always exact.
    if not variance > np.finfo(float).eps * float(np.square(cohesion).mean()):
        return dict.fromkeys(names, np.nan)
    product = parts.prod(axis=1)
    # Where nothing is left there is nothing that could go together.
    together = np.divide(cohesion, product, out=np.ones_like(product), where=product > 0.0)
    moved = shapley_values(np.column_stack([parts, together]))
    away = cohesion - cohesion.mean()
    shares = (away[:, None] * moved).mean(axis=0) / variance
    return dict(zip(names, shares.tolist(), strict=True))


def shapley_values(parts: Floats) -> Floats:
    """How far each part moves a product away from that of the means, averaged over all orders.

    Args:
        parts: What is multiplied; shape ``(observation, part)``.

    Returns:
        The same shape; rows add to the product less the product of the means.
    """
    count = parts.shape[1]
    means = np.broadcast_to(parts.mean(axis=0), parts.shape)
    found = np.zeros_like(parts)
    for part in range(count):
        others = [one for one in range(count) if one != part]
        for size in range(count):
            for moved in combinations(others, size):
                others_now = [parts[:, o] if o in moved else means[:, o] for o in others]
                step = np.prod(others_now, axis=0) * (parts[:, part] - means[:, part])
                found[:, part] += step / (count * comb(count - 1, size))
    return found


def _levels(panel: Panel, test_roster: Collection[str]) -> Floats:
    """Cohesion and what is multiplied, at the end of every trial; shape ``(trial, 5)``."""
    end = panel.dates[-1]
    at_the_end = {(one.metric, one.subject): one for one in panel.measures if one.date == end}
    levels = panel.columns([at_the_end[name, None] for name in ("cohesion", *FACTORS)])
    roster = [code for code in panel.members if code in test_roster]
    active = panel.columns([at_the_end["active", code] for code in roster]).mean(axis=1)
    return np.column_stack([levels, active])

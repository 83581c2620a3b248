"""The course of every driver, month by month, from the scenario alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from foedus.scenarios.drivers import kind_of, names
from foedus.scenarios.language import months

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario


def paths(resolved: ResolvedScenario) -> NDArray[np.float64]:
    """Values of all drivers from the scenario alone, without what triggers add.

    Piecewise linear between the months of the scenario file, constant before the first and after
    the last. A shock adds its size from its month on, halved with every half-life. The sum is held
    within the driver's range.

    Returns:
        In each driver's own unit; shape ``(month + 1, driver)``, drivers in the order of `names`.
    """
    drivers = names(resolved.roster)
    kinds = [kind_of(name) for name in drivers]
    time = np.arange(resolved.horizon + 1)
    values = np.empty((time.size, len(drivers)))
    for index, name in enumerate(drivers):
        path = resolved.scenario.drivers.get(name)
        values[:, index] = _path(path, resolved.start, time) if path else kinds[index].default
    for shock in resolved.driver_shocks:
        since = time[shock.month :] - shock.month
        kept = 0.5 ** (since / shock.half_life) if shock.half_life is not None else 1.0
        values[shock.month :, shock.driver] += shock.size * kept
    return np.clip(values, [kind.low for kind in kinds], [kind.high for kind in kinds])


def _path(path: dict[str, float], start: str, time: NDArray[np.int64]) -> NDArray[np.float64]:
    """A path at each month; its dates may lie outside the scenario's."""
    known = sorted(path)
    origin = months.count(start)
    knots = [months.count(date) - origin for date in known]
    return np.interp(time, knots, [path[date] for date in known])

"""Reading an ensemble for a pattern: figures with their Monte Carlo error, events, series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import EventKind

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble

type Floats = NDArray[np.float64]


class Figure(NamedTuple):
    """A number worked out from trials.

    Attributes:
        value: The number; NaN where no trial bears on it.
        error: Its Monte Carlo standard error; 0 for a count that must hold in every trial.
    """

    value: float
    error: float = 0.0

    def less(self, other: Figure) -> Figure:
        """The difference of two figures; the error is an upper bound where both share trials."""
        return Figure(self.value - other.value, math.hypot(self.error, other.error))


def mean(values: Any) -> Figure:
    """The mean of independent trials; NaN of none."""
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0:
        return Figure(math.nan, math.nan)
    spread = float(sample.std(ddof=1)) if sample.size > 1 else math.nan
    return Figure(float(sample.mean()), spread / math.sqrt(sample.size))


def share(successes: float, of: float) -> Figure:
    """A share of trials or cases."""
    if of <= 0:
        return Figure(math.nan, math.nan)
    value = successes / of
    return Figure(value, math.sqrt(value * (1.0 - value) / of))


def of_member(ensemble: Ensemble, name: str, code: str) -> Any:
    """One member's column of the outcomes; shape ``(trial,)``."""
    return ensemble.outcomes[name][:, ensemble.members.index(code)]


def drawn(ensemble: Ensemble, name: str) -> Floats:
    """A drawn quantity, trial by trial; shape ``(trial,)``."""
    column = ensemble.quantities[:, ensemble.quantity_names.index(name)]
    return np.asarray(np.repeat(column, 2)[: ensemble.trials], dtype=np.float64)


def events(ensemble: Ensemble, kind: EventKind) -> NDArray[Any]:
    """The kept events of one kind."""
    log = ensemble.events
    return np.asarray(log[log["kind"] == kind.value])


def followed(ensemble: Ensemble, name: str, code: str | None = None) -> Floats:
    """A series of the kept trials; shape ``(trial, month + 1)``."""
    for place, series in enumerate(ensemble.series):
        if series.name == name and series.member == code:
            return np.asarray(ensemble.sample[:, :, place])
    raise KeyError(name)


def month_of(ensemble: Ensemble, date: str) -> int:
    """The month of a date, from the start."""
    return ensemble.dates.index(date)


def steps(series: Floats, log: NDArray[Any]) -> Floats:
    """Change of a followed series in the month of each of some events."""
    trial, month = log["trial"], log["month"]
    return np.asarray(series[trial, month] - series[trial, month - 1])

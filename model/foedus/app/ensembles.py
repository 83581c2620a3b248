"""Many trials for the page, played in another process so that the page never waits.

A thread that computes would starve the thread that plays: the pause button took seconds. A process
of its own leaves the page its core. Equal settings are played once, for all visitors.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from foedus.app.live import Settings, setup_of
from foedus.simulation.ensemble import available_cores, run_ensemble
from foedus.statistics.quantiles import FAN, histogram_quantiles
from foedus.studies.compare.paired import comparable, differences

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.difference import Difference

TRIALS: Final = 400
"""Trials of an ensemble on the page: enough for a fan, and ready in about a second."""

KEPT: Final = 48
"""Ensembles that the server remembers."""


@dataclass(frozen=True)
class Fans:
    """What many trials of one scenario did.

    Attributes:
        trials: How many.
        dates: Months, ``YYYY-MM``.
        series: Name and member of what was followed.
        bands: 5th, 25th, 50th, 75th and 95th percentile; shape ``(month + 1, series, 5)``.
        statuses: Share of trials in which each member is out, frozen, active; shape
            ``(month + 1, member, 3)``.
    """

    trials: int
    dates: tuple[str, ...]
    series: tuple[tuple[str, str | None], ...]
    bands: NDArray[np.float64]
    statuses: NDArray[np.float64]

    def of(self, name: str, member: str | None = None) -> list[list[float]]:
        """The bands of one series."""
        bands: list[list[float]] = self.bands[:, self.series.index((name, member))].tolist()
        return bands


def play(settings: Settings, trials: int = TRIALS) -> Fans:
    """Play many trials and keep their fans; runs in the helper."""
    ensemble = _run(settings, trials)
    return fans_of(ensemble)


def fans_of(ensemble: Ensemble) -> Fans:
    """The fans of an ensemble."""
    return Fans(
        trials=ensemble.trials,
        dates=ensemble.dates,
        series=tuple((each.name, each.member) for each in ensemble.series),
        bands=histogram_quantiles(ensemble.histograms, FAN),
        statuses=ensemble.status_counts / ensemble.trials,
    )


@dataclass(frozen=True)
class Pair:
    """Two scenarios with common random numbers.

    Attributes:
        first: Fans of the first.
        second: Fans of the second.
        difference: Quantiles of second minus first over pairs of trials; shape
            ``(month + 1, series, 5)``; None if months or members differ.
        rows: What differs at the end, measure by measure.
    """

    first: Fans
    second: Fans
    difference: NDArray[np.float64] | None
    rows: tuple[Difference, ...]


def play_pair(first: Settings, second: Settings, trials: int = TRIALS) -> Pair:
    """Play two scenarios with common random numbers; runs in the helper."""
    a, b = (_run(each, trials, sample=trials) for each in (first, second))
    alike = comparable(a, b) and a.dates == b.dates and a.series == b.series
    gap = np.quantile(b.sample - a.sample, FAN, axis=0) if alike else None
    last = a.dates[-1]
    rows = [each for each in differences(a, b) if each.measure.date == last] if alike else []
    return Pair(
        first=fans_of(a),
        second=fans_of(b),
        difference=None if gap is None else np.moveaxis(gap, 0, -1),
        rows=tuple(rows),
    )


def _run(settings: Settings, trials: int, sample: int = 0) -> Ensemble:
    setup = setup_of(settings.scenario, settings.levers)
    # One core is left to the page.
    threads = max(1, available_cores() - 1)
    return run_ensemble(
        setup, trials=trials, seed=settings.seed, threads=threads, sample=sample, events=False
    )


class Helper:
    """One process that computes, and what it has computed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._found: dict[object, Future[object]] = {}

    def ask[R](self, work: Callable[..., R], *about: object) -> Future[R]:
        """Have something computed, or take what is there; never waits.

        Args:
            work: A function of a module.
            about: Its arguments, which can be hashed.
        """
        key = (work.__qualname__, *about)
        with self._lock:
            known = self._found.get(key)
            if known is None or _failed(known):
                if self._pool is None:
                    self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin)
                known = self._pool.submit(work, *about)
                self._found[key] = known
                while len(self._found) > KEPT:
                    del self._found[next(iter(self._found))]
            return known  # type: ignore[return-value]

    def close(self) -> None:
        """End the process, whatever it does."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            processes = list((getattr(pool, "_processes", None) or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()


def _failed(known: Future[object]) -> bool:
    return known.done() and (known.cancelled() or known.exception() is not None)


def _begin() -> None:
    """The helper yields to the page, and a Ctrl-C is the server's to deal with."""
    import signal  # noqa: PLC0415 - of the helper alone

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)


HELPER: Final = Helper()
"""The helper of this server; starts when it is first asked."""

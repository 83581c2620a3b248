"""A sweep: every point of a design with common random numbers, in pieces that can be resumed."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from foedus.errors import FoedusError
from foedus.simulation.ensemble import available_cores, run_ensemble
from foedus.statistics.clustered import value_intervals
from foedus.statistics.quantiles import FAN, LEVEL
from foedus.studies.compare.measures import panel_of
from foedus.studies.compare.paired import judged, paired_changes
from foedus.telling.difference import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator

    from numpy.typing import NDArray

    from foedus.simulation.world import Setup
    from foedus.studies.compare.measures import Panel
    from foedus.studies.sweep.design import Plan
    from foedus.studies.sweep.points import Layout
    from foedus.telling.difference import Measure, Verdict

WORTH_A_PIECE: Final = 1_000
"""Trials after which what is done is written down: a tenth of a second of work or so."""

CHUNK: Final = 2_000
"""Trials of a point that are held in full at a time."""

STATISTICS: Final = ("mean", "low", "high", "change", "change_low", "change_high", "verdict")
"""What is kept of every measure of a point, beside its quantiles."""


@dataclass(frozen=True)
class Sweep:
    """What came out at every point.

    Attributes:
        plan: The points.
        measures: What was measured.
        values: Mean with its 90 % interval; the same of the paired change from the scenario as
            written, and the place of its verdict in `VERDICTS`; by name, shape
            ``(point, measure)``, NaN where a point failed.
        quantiles: Quantiles over the trials; shape ``(point, measure, 5)``.
        errors: What was wrong with the points that failed, by number.
        trials: Trials a point.
        seed: Seed of all chance, the same at every point.
    """

    plan: Plan
    measures: tuple[Measure, ...]
    values: dict[str, NDArray[np.float64]]
    quantiles: NDArray[np.float64]
    errors: dict[int, str]
    trials: int
    seed: int

    def verdict(self, point: int, m: int) -> Verdict:
        """What can be said of a measure at a point that did not fail."""
        return VERDICTS[int(self.values["verdict"][point, m])]


class Pieces(Protocol):
    """Where finished pieces are kept: an unfinished folder (`runs.storage`), or memory."""

    def finished(self) -> dict[str, dict[str, Any]]:
        """Records of the pieces that are there, by name."""

    def read(self, piece: str) -> dict[str, NDArray[Any]]:
        """The arrays of a piece."""

    def write(self, piece: str, arrays: dict[str, NDArray[Any]], **record: Any) -> object:
        """Keep a piece with what is to be known of it."""

    def discard(self) -> None:
        """Remove all of them."""


class InMemory:
    """Pieces that last as long as the process."""

    def __init__(self) -> None:
        self._pieces: dict[str, tuple[dict[str, NDArray[Any]], dict[str, Any]]] = {}

    def finished(self) -> dict[str, dict[str, Any]]:
        """Records of the pieces that are there, by name."""
        return {name: about for name, (_, about) in self._pieces.items()}

    def read(self, piece: str) -> dict[str, NDArray[Any]]:
        """The arrays of a piece."""
        return self._pieces[piece][0]

    def write(self, piece: str, arrays: dict[str, NDArray[Any]], **record: Any) -> None:
        """Keep a piece with what is to be known of it."""
        self._pieces[piece] = arrays, record

    def discard(self) -> None:
        """Remove all of them."""
        self._pieces.clear()


def play_point(setup: Setup, trials: int, seed: int) -> Panel:
    """All measures of all trials of a point, on one thread."""
    panel: Panel | None = None
    for first in range(0, trials, CHUNK):
        count = min(CHUNK, trials - first)
        ensemble = run_ensemble(
            setup, trials=count, seed=seed, threads=1, first=first, sample=count, events=False
        )
        part = panel_of(ensemble)
        panel = part if panel is None else panel.and_then(part)
    if panel is None:
        raise ValueError("no trials to play")
    return panel


def pieces_of(points: int, trials: int) -> list[tuple[int, int]]:
    """First point and number of points of every piece.

    Example:
        >>> pieces_of(5, 500)
        [(0, 2), (2, 2), (4, 1)]
    """
    size = max(1, WORTH_A_PIECE // trials)
    return [(first, min(size, points - first)) for first in range(0, points, size)]


def play_sweep(
    layout: Layout,
    plan: Plan,
    work: Pieces,
    *,
    trials: int,
    seed: int,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sweep:
    """Play the points that are not finished yet, and gather all of them.

    Args:
        layout: Lays out the points.
        plan: The points.
        work: Where finished pieces are, and are written.
        trials: Trials a point.
        seed: Seed of all chance.
        threads: Number of threads; as many as there are cores if None.
        progress: Called with the number of points that were done.

    Raises:
        FoedusError: Every point failed.
    """
    base = play_point(layout.base, trials, seed)
    done = work.finished()
    pieces = pieces_of(len(plan.points), trials)
    for first, count in pieces:
        if piece_name(first) in done and progress is not None:
            progress(count)
    todo = [piece for piece in pieces if piece_name(piece[0]) not in done]
    with closing(_played(layout, plan, base, todo, threads)) as played:
        for (first, count), arrays, errors in played:
            told = {str(key): text for key, text in errors.items()}
            work.write(piece_name(first), arrays, errors=told)
            if progress is not None:
                progress(count)
    return _gather(plan, work, base, pieces, trials, seed)


def piece_name(first: int) -> str:
    """Name of the piece that begins with a point.

    Example:
        >>> piece_name(12)
        '000012'
    """
    return f"{first:06d}"


type Piece = tuple[tuple[int, int], dict[str, NDArray[Any]], dict[int, str]]


def _played(
    layout: Layout,
    plan: Plan,
    base: Panel,
    todo: Collection[tuple[int, int]],
    threads: int | None,
) -> Generator[Piece, None, None]:
    """Pieces in order, a few ahead of whoever asks for them; each point on one thread."""
    waiting, count = deque(todo), threads or available_cores()

    def play(piece: tuple[int, int]) -> Piece:
        return _play_piece(layout, plan, base, piece)

    with ThreadPoolExecutor(count) as pool:
        running = deque(pool.submit(play, waiting.popleft()) for _ in range(min(count, len(todo))))
        try:
            while running:
                found = running.popleft().result()
                if waiting:
                    running.append(pool.submit(play, waiting.popleft()))
                yield found
        finally:
            pool.shutdown(cancel_futures=True)


def _play_piece(layout: Layout, plan: Plan, base: Panel, piece: tuple[int, int]) -> Piece:
    """Play some points; one that fails leaves NaN and its error."""
    first, count = piece
    shape = (count, len(base.measures))
    arrays = {name: np.full(shape, np.nan) for name in STATISTICS}
    arrays["quantiles"] = np.full((*shape, len(FAN)), np.nan)
    errors: dict[int, str] = {}
    for n in range(count):
        try:
            setup = layout.setup(plan.points[first + n])
        except FoedusError as error:
            errors[first + n] = str(error)
            continue
        panel = play_point(setup, base.trials, base.seed)
        values = panel.columns(base.measures)
        for name, found in _statistics(base, values).items():
            arrays[name][n] = found
    return piece, arrays, errors


def _statistics(base: Panel, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Mean, interval and quantiles of every measure, and the paired change from the base."""
    events = np.array([one.kind == "event" for one in base.measures])
    mean, low, high = value_intervals(values, events, LEVEL)
    changes = paired_changes(base.values, values, events)
    verdicts = [VERDICTS.index(verdict) for verdict, _ in judged(base.measures, changes)]
    found = (mean, low, high, changes.mean, changes.low, changes.high, np.array(verdicts))
    quantiles = np.quantile(values, FAN, axis=0).T
    return {**dict(zip(STATISTICS, found, strict=True)), "quantiles": quantiles}


def _gather(
    plan: Plan,
    work: Pieces,
    base: Panel,
    pieces: list[tuple[int, int]],
    trials: int,
    seed: int,
) -> Sweep:
    records = work.finished()
    parts = [work.read(piece_name(first)) for first, _ in pieces]
    errors = {
        int(key): text
        for first, _ in pieces
        for key, text in records[piece_name(first)]["errors"].items()
    }
    if len(errors) == len(plan.points):
        # There is nothing to go on with.
        work.discard()
        raise FoedusError(f"sweep: every point failed; the first: {errors[0]}")
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Sweep(
        plan=plan,
        measures=base.measures,
        values={name: joined[name] for name in STATISTICS},
        quantiles=joined["quantiles"],
        errors=errors,
        trials=trials,
        seed=seed,
    )

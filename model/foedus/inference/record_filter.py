"""A particle filter over the record: how probable a history is, one recorded decision at a time.

Several copies of a world, the particles, live through history together. Wherever the record knows
a decision, each takes down how probable its rule had made the recorded outcome, and goes on with
that outcome (`recorded`). The mean of these probabilities over the particles is the forecast one
step ahead, given all that was on record before; the product of the means is the likelihood of the
record. Particles that made the record improbable give way to copies of the others, so that what
the record does not show (trust, fear, engagement) is inferred from what it does.

Source:
    The bootstrap filter of Gordon, Salmond and Smith (T-gordon1993); systematic resampling after
    Kitagawa (T-kitagawa1996); that the estimated likelihood is unbiased, so that a sampler may use
    it as if it were exact: Andrieu and Roberts (T-andrieu2009).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from foedus.dictionary import recording
from foedus.dictionary.recording import BLOC_SERIES, MEMBER_SERIES
from foedus.dictionary.vocabulary import MONTHS_PER_YEAR
from foedus.rules import month, start
from foedus.rules.membership import diplomacy
from foedus.simulation.compiled import cache
from foedus.simulation.compiled.kernel import OPTIONS, fill, hashed
from foedus.simulation.compiled.recorded import OUTCOMES, RECORDED_TAPE_TYPE, silence

if TYPE_CHECKING:
    from foedus.simulation.world import Setup

DECISION: Final = 0
ROLL_CALL: Final = 1
READING: Final = 2
ORDER: Final = 3
"""Kinds of rows: a decision, a UN vote, a level read with error, a level's fall since a month."""

ROW_TYPE: Final = np.dtype(
    [
        *((name, "i8") for name in ("month", "kind", "purpose", "actor", "other", "allowed")),
        *((name, "i8") for name in ("outcomes", "member", "column", "since", "counted")),
        *((name, "f8") for name in ("value", "error")),
    ]
)
"""A line of the record as the filter sees it; lines are sorted by month."""

RESAMPLING: Final = 101
"""Purpose of the draws that decide which particles are copied."""

_begin: Any = start.begin
_advance: Any = month.advance
_write_series: Any = recording.write_series
_vote_on: Any = diplomacy.vote_on


def column_of(member: int, name: str) -> int:
    """Place of a member's series in a row of all series."""
    return len(BLOC_SERIES) + len(MEMBER_SERIES) * member + MEMBER_SERIES.index(name)


@register_jitable(**OPTIONS)
def log_normal(gap: float, error: float) -> float:
    """Logarithm of a normal density."""
    return -0.5 * (gap / error) * (gap / error) - math.log(error) - 0.9189385332046727


@register_jitable(**OPTIONS)
def decision_gain(entry: Any, outcomes: int, slip: float) -> float:
    """Log-probability of what is on record, which is misread with probability `slip`."""
    allowed, share = 0, 0.0
    for k in range(outcomes):
        if (entry.allowed >> k) & 1 == 1:
            allowed += 1
            share += entry.chance[k] if entry.reached == 1 else 0.0
    return math.log((1.0 - slip) * share + slip * allowed / outcomes)


@register_jitable(**OPTIONS)
def absorb(log_weights: Any, gains: Any, counted: int) -> float:
    """Multiply weights by gains and make them add to 1; the logarithm of their sum if it counts."""
    best = -np.inf
    for j in range(log_weights.size):
        log_weights[j] += gains[j]
        best = max(best, log_weights[j])
    total = 0.0
    for j in range(log_weights.size):
        total += math.exp(log_weights[j] - best)
    evidence = best + math.log(total)
    for j in range(log_weights.size):
        log_weights[j] -= evidence
    return evidence if counted == 1 else 0.0


@register_jitable(**OPTIONS)
def resample(
    uniform: float, log_weights: Any, copies: Any, worlds: Any, parameters: Any, notes: Any
) -> None:
    """Replace particles of little weight by copies of others where weights have become uneven."""
    size = log_weights.size
    squares = 0.0
    for j in range(size):
        squares += math.exp(2.0 * log_weights[j])
    if squares * size <= 2.0:
        return
    below, taken = 0.0, 0
    for j in range(size):
        below += math.exp(log_weights[j])
        copies[j] = 0
        while taken < size and (taken + uniform) / size < below:
            copies[j] += 1
            taken += 1
    copies[size - 1] += size - taken
    spare = 0
    for j in range(size):
        while copies[j] > 1:
            while copies[spare] != 0:
                spare += 1
            worlds[spare] = worlds[j]
            parameters[spare] = parameters[j]
            notes[spare, :] = notes[j, :]
            copies[spare] = 1
            copies[j] -= 1
    for j in range(size):
        log_weights[j] = -math.log(size)


def _run_filter(
    seed: Any,
    slip: float,
    counted_from: int,
    start_month: int,
    template: Any,
    worlds: Any,
    words: Any,
    parameter_template: Any,
    parameters: Any,
    own: Any,
    tapes: Any,
    paths: Any,
    values: Any,
    places: Any,
    rows: Any,
    series: Any,
    notes: Any,
    log_weights: Any,
    gains: Any,
    copies: Any,
    forecasts: Any,
) -> float:
    """Live through the record; fills `forecasts` (shape ``(row, outcome)``, or mean and deviation).

    Returns:
        Estimated log-likelihood of the rows that count, and of nothing else having happened from
        the month `counted_from` on.
    """
    size, likelihood, ahead = worlds.size, 0.0, 0
    for j in range(size):
        worlds[j] = template[0]
        parameters[j] = parameter_template[0]
        fill(words[j], own[j], values[j], places)
        tapes[j].seed, tapes[j].trial = seed, np.uint64(j)
        log_weights[j] = -math.log(size)
    for t in range(paths.shape[0]):
        first = ahead
        while ahead < rows.size and rows[ahead].month == t:
            ahead += 1
        for j in range(size):
            w, p, u = worlds[j], parameters[j], tapes[j]
            live(w, p, u, t, start_month, paths, rows, first, ahead)
            _write_series(w, series[j])
            gains[j] = u.log_silent
        if t > 0:
            likelihood += absorb(log_weights, gains, 1 if t >= counted_from else 0)
        place = 0
        for r in range(first, ahead):
            row = rows[r]
            for j in range(size):
                weight = math.exp(log_weights[j])
                if row.kind <= ROLL_CALL:
                    entry = tapes[j].entries[place]
                    gains[j] = decision_gain(entry, row.outcomes, slip)
                    for k in range(row.outcomes):
                        forecasts[r, k] += weight * entry.chance[k] * entry.reached
                    forecasts[r, OUTCOMES] += weight * entry.reached
                else:
                    level = series[j, row.column]
                    forecasts[r, 0] += weight * level
                    forecasts[r, 1] += weight * level * level
                    gains[j] = log_normal(row.value - level, row.error)
                    if row.kind == ORDER:
                        fall = notes[j, row.since] - level
                        gains[j] = -math.log1p(math.exp(-1.702 * fall / row.error))
                    notes[j, row.other] = level
                if row.counted == 0:
                    gains[j] = 0.0
            if row.kind <= ROLL_CALL:
                place += 1
            likelihood += absorb(log_weights, gains, row.counted)
        if ahead > first:
            address = (np.uint64(t) << np.uint64(32)) | np.uint64(RESAMPLING)
            uniform = hashed(seed, np.uint64(size), address, np.uint64(0))
            resample(uniform, log_weights, copies, worlds, parameters, notes)
    return likelihood


@register_jitable(**OPTIONS)
def live(
    w: Any, p: Any, u: Any, t: int, start_month: int, paths: Any, rows: Any, first: int, ahead: int
) -> None:
    """One month of one particle, held to the record; votes on record are cast at its end."""
    w.month = t
    w.month_of_year = (start_month - 1 + t) % MONTHS_PER_YEAR + 1
    u.month, u.recorded, u.log_silent = np.uint64(t), 0, 0.0
    for d in range(w.n_drivers):
        w.drivers[d].path = paths[t, d]
    for r in range(first, ahead):
        if rows[r].kind <= ROLL_CALL:
            entry = u.entries[u.recorded]
            entry.purpose, entry.actor, entry.other = rows[r].purpose, rows[r].actor, rows[r].other
            entry.allowed, entry.reached = rows[r].allowed, 0
            u.recorded += 1
    if t == 0:
        _begin(w, p)
        return
    _advance(w, p, u)
    for r in range(first, ahead):
        if rows[r].kind == ROLL_CALL:
            _vote_on(w.members[rows[r].member], rows[r].column, rows[r].other, w, p, u)


def _compile[F: Callable[..., float]](function: F) -> F:
    """Compile, and keep the code where the sources' digest says, so that it is never stale."""
    settings: Any = numba.config
    usual = settings.CACHE_DIR
    settings.CACHE_DIR = str(cache.folder())
    try:
        compiled: F = numba.njit(nogil=True, cache=True, **OPTIONS)(function)
    finally:
        settings.CACHE_DIR = usual
    return compiled


_filter = _compile(_run_filter)


@dataclass(frozen=True)
class Hearing:
    """What a filter made of a stretch of the record.

    Attributes:
        log_likelihood: Estimated log-likelihood.
        forecasts: Probabilities of all outcomes of each decision, given the record before it; of a
            level or a fall of one, the mean and the standard deviation in the first two columns.
            Shape ``(row, outcome)``.
        reached: Weight of the particles that came to each decision; 1 unless the row is misplaced.
    """

    log_likelihood: float
    forecasts: NDArray[np.float64]
    reached: NDArray[np.float64]


class RecordFilter:
    """The buffers of one thread for one stretch of the record.

    Args:
        setup: A scenario whose incidents are on record, laid out in memory.
        rows: The record in it, of `ROW_TYPE`, sorted by month.
        particles: Number of particles.
        slip: Probability that a decision was misread.
        counted_from: First month in which silence counts as evidence.
    """

    def __init__(
        self,
        setup: Setup,
        rows: NDArray[Any],
        *,
        particles: int,
        slip: float,
        counted_from: int = 1,
    ) -> None:
        self.setup, self.rows = setup, rows
        self.particles, self.slip, self.counted_from = particles, slip, counted_from
        self.template = setup.world.copy()
        self.template["n_roll_calls"] = 0  # those on record are cast instead
        self.template["n_questions"] = 0
        self.worlds = np.zeros(particles, dtype=setup.world.dtype)
        self.parameters = np.zeros(particles, dtype=setup.parameters.dtype)
        self.tapes = np.zeros(particles, dtype=RECORDED_TAPE_TYPE)
        self.tapes["silence"] = silence()
        self.places = np.array([(each.word, each.twin) for each in setup.uncertain], dtype=np.int64)
        width = len(BLOC_SERIES) + len(MEMBER_SERIES) * len(setup.scenario.members)
        self.series = np.zeros((particles, width))
        self.notes = np.zeros((particles, max(1, rows.size)))
        self.log_weights, self.gains = np.zeros(particles), np.zeros(particles)
        self.copies = np.zeros(particles, dtype=np.int64)

    def hear(self, seed: int, values: NDArray[np.float64]) -> Hearing:
        """Live through the record with the given numbers.

        Args:
            seed: Seed of the particles' draws.
            values: Values of all uncertain numbers of the set-up; shape ``(particle, number)``.
        """
        forecasts = np.zeros((self.rows.size, OUTCOMES + 1))
        likelihood = _filter(
            np.uint64(seed),
            self.slip,
            self.counted_from,
            self.setup.start_month,
            self.template,
            self.worlds,
            self.worlds.view("f8").reshape(self.particles, -1),
            self.setup.parameters,
            self.parameters,
            self.parameters.view("f8").reshape(self.particles, -1),
            self.tapes,
            self.setup.paths,
            np.ascontiguousarray(values),
            self.places,
            self.rows,
            self.series,
            self.notes,
            self.log_weights,
            self.gains,
            self.copies,
            forecasts,
        )
        reached = forecasts[:, OUTCOMES].copy()
        level = self.rows["kind"] >= READING
        reached[level] = 1.0
        mean, square = forecasts[level, 0], forecasts[level, 1]
        forecasts[level, 1] = np.sqrt(np.maximum(0.0, square - mean * mean))
        return Hearing(float(likelihood), forecasts[:, :OUTCOMES], reached)

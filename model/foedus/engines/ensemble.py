"""Many trials of one scenario, on several threads.

Trials are worked off in blocks. Each block has buffers of its own, and what is counted over trials
is counted in integers, so that neither the size of a block nor the number of threads changes a bit.
"""

from __future__ import annotations

import os
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.engines import records
from foedus.engines.outcome import BINS, Ensemble, Series
from foedus.engines.world import Setup
from foedus.errors import FoedusError
from foedus.rules.recording import BLOC_SERIES, MEMBER_SERIES
from foedus.rules.vocabulary import ACT_NAMES, ANSWER_NAMES, CHANNEL_NAMES, STATUS_NAMES
from foedus.scenarios.quantities import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

MOST_TRIALS: Final = 1_000_000
MOST_SEED: Final = 2**63 - 1
SAMPLE: Final = 100
"""Trials that are kept in full."""
BLOCK: Final = 250
"""Trials that a thread takes on at a time."""
USUAL_MILESTONES: Final = (0, 12, 36, 60)
EVENTS_A_MONTH: Final = 16
"""Events a month for which a kept trial has room at first; a block that needs more is run again."""

COUNTS: Final = (
    "deployments",
    "force_between_members",
    "expulsions",
    "requests_bloc",
    "requests_bilateral",
    "unasked",
    "events_lost",
)
MEMBER_MONTHS: Final = ("first_freeze", "exit", "first_return", "first_notice")
MEMBER_LEVELS: Final = (
    "participation_start",
    "participation_end",
    "engagement_end",
    "trust_bloc_end",
    "trust_patron_end",
    "arms_dependence_end",
    "loyalty_end",
    "fear_end",
)

EVENT_TYPE: Final = np.dtype(
    [(name, "i8") for name in ("trial", "month", "kind", "actor", "other", "threat", "code")]
    + [("value", "f8"), ("chance", "f8")]
)


def outcome_type(members: int) -> np.dtype[Any]:
    """Record of what is kept of every trial."""
    columns: list[tuple[Any, ...]] = [
        (name, "f8") for name in ("cohesion_start", "cohesion_end", "frustration_end")
    ]
    columns += [(name, "i8") for name in COUNTS]
    whole = ("status", *MEMBER_MONTHS, "best_answer", "regime_changes")
    columns += [(name, "i8", (members,)) for name in whole]
    columns += [(name, "f8", (members,)) for name in MEMBER_LEVELS]
    columns.append(("first_lapse", "i8", (members, len(ACT_NAMES))))
    return np.dtype(columns)


@dataclass
class Tally:
    """What is counted over trials; tallies add up exactly."""

    histograms: NDArray[np.int32]
    shares: NDArray[np.int64]
    statuses: NDArray[np.int64]
    requests: NDArray[np.int64]

    @classmethod
    def blank(cls, setup: Setup, series: int) -> Tally:
        """A tally of no trials."""
        months = setup.paths.shape[0]
        members, partners = len(setup.scenario.members), len(setup.scenario.partners)
        threats = len(setup.scenario.threats)
        return cls(
            np.zeros((months, series, BINS), dtype=np.int32),
            np.zeros((months, members, partners + 2), dtype=np.int64),
            np.zeros((months, members, len(STATUS_NAMES)), dtype=np.int64),
            np.zeros((members, threats, len(CHANNEL_NAMES), len(ANSWER_NAMES)), dtype=np.int64),
        )

    def add(self, other: Tally) -> None:
        """Add another tally in place."""
        self.histograms += other.histograms
        self.shares += other.shares
        self.statuses += other.statuses
        self.requests += other.requests


@dataclass(frozen=True)
class Block:
    """Consecutive trials and what became of them."""

    first: int
    outcomes: NDArray[Any]
    milestones: NDArray[np.float64]
    questions: NDArray[np.bool_]
    quantities: NDArray[np.float64]
    sample: NDArray[np.float64]
    events: NDArray[Any]


def series_of(setup: Setup) -> tuple[Series, ...]:
    """What is followed month by month, in axis order."""
    bloc = [Series(name) for name in BLOC_SERIES]
    own = [Series(name, code) for code in setup.scenario.members for name in MEMBER_SERIES]
    return (*bloc, *own)


def milestone_months(horizon: int) -> tuple[int, ...]:
    """Months for which cohesion is kept of every trial; the horizon is always the last."""
    inside = [month for month in USUAL_MILESTONES if month < horizon]
    return (*inside, horizon)


class Worker:
    """Buffers of one thread, and the call of the kernel on them."""

    def __init__(self, setup: Setup, seed: int) -> None:
        self.setup = setup
        self.seed = seed
        self.world = setup.world.copy()
        self.parameters = setup.parameters.copy()
        self.tape = np.zeros(1, dtype=records.TAPE_TYPE)
        self.places = np.array(
            [(each.word, each.twin) for each in setup.uncertain], dtype=np.int64
        ).reshape(-1, 2)
        self.milestones = np.array(milestone_months(setup.scenario.horizon), dtype=np.int64)
        self.series = len(series_of(setup))
        self.tally = Tally.blank(setup, self.series)

    def run(self, first: int, count: int, sampled: int) -> Block:
        """Run trials ``first`` to ``first + count - 1``, the first `sampled` of them in full."""
        from foedus.engines.kernel import run_block  # noqa: PLC0415 - the compiler loads slowly

        setup, months = self.setup, self.setup.paths.shape[0]
        sets = np.arange(first // 2, (first + count - 1) // 2 + 1)
        block = Block(
            first=first,
            outcomes=np.zeros(count, dtype=outcome_type(len(setup.scenario.members))),
            milestones=np.zeros((count, self.milestones.size, 1 + len(COMPONENTS))),
            questions=np.zeros((count, len(setup.scenario.questions)), dtype=np.bool_),
            quantities=setup.draw_quantities(self.seed, sets),
            sample=np.zeros((sampled, months, self.series)),
            events=np.zeros(sampled * months * EVENTS_A_MONTH, dtype=EVENT_TYPE),
        )
        own = Tally.blank(setup, self.series) if sampled else self.tally
        kept = self._call(run_block, block, own)
        if kept > block.events.size:
            block = Block(**{**vars(block), "events": np.zeros(kept, dtype=EVENT_TYPE)})
            block.outcomes[:] = np.zeros(1, dtype=block.outcomes.dtype)
            own = Tally.blank(setup, self.series)
            kept = self._call(run_block, block, own)
        if own is not self.tally:
            self.tally.add(own)
        return Block(**{**vars(block), "events": block.events[:kept]})

    def _call(self, run_block: Callable[..., int], block: Block, tally: Tally) -> int:
        setup = self.setup
        return run_block(
            block.first,
            np.uint64(self.seed),
            setup.start_month,
            setup.world,
            self.world,
            setup.parameters,
            self.parameters,
            self.world.view("f8"),
            self.parameters.view("f8"),
            self.tape,
            setup.paths,
            block.quantities,
            self.places,
            self.milestones,
            block.outcomes,
            block.milestones,
            block.questions,
            tally.histograms,
            tally.shares,
            tally.statuses,
            tally.requests,
            block.sample,
            block.events,
        )


def run_ensemble(
    setup: Setup,
    *,
    trials: int,
    seed: int,
    threads: int | None = None,
    block: int = BLOCK,
    sample: int = SAMPLE,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Run many trials of a scenario.

    Args:
        setup: The scenario, laid out in memory.
        trials: Number of trials, from 1 to 1,000,000.
        seed: Seed of the tapes and of the drawn quantities, from 0 to 2**63 - 1.
        threads: Number of threads; as many as there are cores if None.
        block: Trials in a block; changes nothing but the time it takes.
        sample: Trials that are kept in full.
        progress: Called with the number of trials done after every block.

    Raises:
        FoedusError: The number of trials or the seed is out of range.
    """
    check_size(trials, seed)
    started = time.perf_counter()
    sample = min(sample, trials)
    threads = threads or available_cores()
    blocks, tally = _work_off(setup, seed, trials, block, sample, threads, progress)
    return _assemble(setup, blocks, tally, trials, seed, time.perf_counter() - started)


def check_size(trials: int, seed: int) -> None:
    """Refuse a number of trials or a seed that cannot be run.

    Raises:
        FoedusError: One of them is out of range.
    """
    if not 1 <= trials <= MOST_TRIALS:
        raise FoedusError(f"trials: found {trials}, expected from 1 to {MOST_TRIALS:,}")
    if not 0 <= seed <= MOST_SEED:
        raise FoedusError(f"seed: found {seed}, expected from 0 to {MOST_SEED}")


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _spans(trials: int, block: int, sample: int) -> Iterator[tuple[int, int, int]]:
    """First trial, number and kept number of each block."""
    for first in range(0, trials, block):
        count = min(block, trials - first)
        yield first, count, max(0, min(count, sample - first))


def _work_off(
    setup: Setup,
    seed: int,
    trials: int,
    block: int,
    sample: int,
    threads: int,
    progress: Callable[[int], None] | None,
) -> tuple[list[Block], Tally]:
    """Run all blocks; an interruption waits for the blocks under way only."""
    spans = list(_spans(trials, block, sample))
    idle = [Worker(setup, seed) for _ in range(min(threads, len(spans)))]
    workers = list(idle)
    # The first block alone, so that only one thread ever compiles.
    blocks = [idle[0].run(*spans[0])]
    done, todo, running = spans[0][1], deque(spans[1:]), dict[Future[Block], Worker]()
    with ThreadPoolExecutor(len(workers)) as pool:
        try:
            while todo or running:
                while todo and idle:
                    worker = idle.pop()
                    running[pool.submit(worker.run, *todo.popleft())] = worker
                if progress is not None:
                    progress(done)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    blocks.append(future.result())
                    done += blocks[-1].outcomes.size
                    idle.append(running.pop(future))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if progress is not None:
        progress(trials)
    tally = workers[0].tally
    for worker in workers[1:]:
        tally.add(worker.tally)
    return sorted(blocks, key=lambda each: each.first), tally


def _assemble(
    setup: Setup, blocks: list[Block], tally: Tally, trials: int, seed: int, seconds: float
) -> Ensemble:
    from foedus.engines.kernel import FIXED_POINT  # noqa: PLC0415 - loaded by now

    scenario = setup.scenario
    # A block that starts with an odd trial shares its first set with the block before.
    quantities = [each.quantities[each.first % 2 :] for each in blocks]
    return Ensemble(
        scenario=scenario,
        seed=seed,
        trials=trials,
        evidence_set=setup.evidence_set,
        members=scenario.members,
        partners=scenario.partners,
        threats=scenario.threats,
        dates=scenario.dates,
        series=series_of(setup),
        histograms=tally.histograms,
        alignment=tally.shares / FIXED_POINT / trials,
        status_counts=tally.statuses,
        request_counts=tally.requests,
        outcomes=np.concatenate([each.outcomes for each in blocks]),
        milestones=np.concatenate([each.milestones for each in blocks]),
        milestone_months=milestone_months(scenario.horizon),
        questions=np.concatenate([each.questions for each in blocks]),
        sample=np.concatenate([each.sample for each in blocks]),
        events=np.concatenate([each.events for each in blocks]),
        quantity_names=tuple(each.name for each in setup.uncertain),
        quantities=np.concatenate(quantities),
        timings={"trials": seconds},
    )

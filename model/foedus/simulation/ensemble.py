"""Many trials of one scenario, on several threads.

Trials are worked off in blocks, and blocks are joined to chunks. Each thread has buffers of its
own, and what is counted over trials is counted in integers, so that neither the size of a block or
chunk nor the number of threads changes a bit.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from queue import SimpleQueue
from threading import Event, Lock, Semaphore, Thread
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from foedus.errors import FoedusError
from foedus.simulation.chunks import Block, Chunk, Tally, join
from foedus.simulation.compiled.worker import Worker, milestone_months, series_of
from foedus.simulation.outcome import FIXED_POINT, Ensemble
from foedus.simulation.world import Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foedus.simulation.chunks import Span

MOST_TRIALS: Final = 100_000_000
MOST_SEED: Final = 2**63 - 1
SAMPLE: Final = 100
"""Trials that are kept in full."""
BLOCK: Final = 100
"""Trials that a thread takes on at a time."""
WAITING: Final = 8
"""Blocks a thread that may be done before the caller has seen them."""


def run_ensemble(
    setup: Setup,
    *,
    trials: int,
    seed: int,
    threads: int | None = None,
    block: int = BLOCK,
    sample: int = SAMPLE,
    first: int = 0,
    events: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Run many trials of a scenario and hold all of them in memory, about 4 kB each.

    Args:
        setup: The scenario, laid out in memory.
        trials: Number of trials, from 1 to 100,000,000.
        seed: Seed of the tapes and of the drawn quantities, from 0 to 2**63 - 1.
        threads: Number of threads; as many as there are cores if None.
        block: Trials in a block; changes nothing but the time it takes.
        sample: Trials that are kept in full.
        first: Number of the first trial; trial `n` is the same whatever the first.
        events: Whether the events of the trials kept in full are kept with their months.
        progress: Called with the number of trials done after every block.

    Raises:
        FoedusError: The number of trials or the seed is out of range.
    """
    check_size(trials, seed)
    started = time.perf_counter()
    (chunk,) = run_chunks(
        setup,
        [(first, trials)],
        seed=seed,
        threads=threads,
        block=block,
        sample=first + sample,
        events=events,
        progress=progress,
    )
    return assemble(setup, chunk, seed=seed, seconds=time.perf_counter() - started)


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


def run_chunks(
    setup: Setup,
    spans: Sequence[Span],
    *,
    seed: int,
    threads: int | None = None,
    block: int = BLOCK,
    sample: int = SAMPLE,
    events: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Chunk]:
    """Work off spans of trials, and yield each as a chunk when its last trial is done.

    Threads go on while the caller deals with a chunk. An interruption, or a caller who stops
    asking, waits for the blocks under way only.

    Args:
        setup: The scenario, laid out in memory.
        spans: First trial and number of trials of each chunk.
        seed: Seed of the tapes and of the drawn quantities.
        threads: Number of threads; as many as there are cores if None.
        block: Trials in a block; changes nothing but the time it takes.
        sample: Trials that are kept in full, counted from the very first.
        events: Whether the events of the trials kept in full are kept with their months.
        progress: Called with the number of trials done after every block.
    """
    tasks = [
        _Task(place, *rest)
        for place, span in enumerate(spans)
        for rest in _blocks(span, block, sample)
    ]
    if not tasks:
        return
    threads = min(threads or available_cores(), len(tasks))
    crew = _Crew([Worker(setup, seed, events=events) for _ in range(threads)], tasks)
    missing = Counter(task.place for task in tasks)
    blocks: dict[int, list[Block]] = {place: [] for place in missing}
    done = 0
    with crew:
        for task, result in crew:
            blocks[task.place].append(result)
            done += task.trials
            if progress is not None:
                progress(done)
            missing[task.place] -= 1
            if not missing[task.place]:
                yield join(blocks.pop(task.place), crew.tallies.pop(task.place))


class _Task(NamedTuple):
    """A block to be run: its chunk, first trial, number and kept number of trials."""

    place: int
    first: int
    trials: int
    sampled: int


def _blocks(span: Span, block: int, sample: int) -> Iterator[tuple[int, int, int]]:
    """First trial, number and kept number of each block of a span."""
    start, total = span
    for first in range(start, start + total, block):
        count = min(block, start + total - first)
        yield first, count, max(0, min(count, sample - first))


class _Crew:
    """Threads that take on tasks in order, each with buffers of its own."""

    def __init__(self, workers: list[Worker], tasks: list[_Task]) -> None:
        self.tallies: dict[int, list[Tally]] = {}
        self._workers = workers
        self._tasks = iter(tasks)
        self._left = len(tasks)
        self._lock, self._stop = Lock(), Event()
        self._results = SimpleQueue[tuple[_Task, Block | BaseException]]()
        # Threads wait for a caller who is slower than they, so that memory stays bounded.
        self._room = Semaphore(WAITING * len(workers))
        self._threads = [
            Thread(target=self._labour, args=(worker,), daemon=True) for worker in self._workers
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for _thread in self._threads:
            self._room.release()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def __iter__(self) -> Iterator[tuple[_Task, Block]]:
        # Whatever must be compiled is compiled here, where it can be interrupted.
        _ = self._workers[0].kernel
        for thread in self._threads:
            thread.start()
        for _ in range(self._left):
            task, result = self._results.get()
            self._room.release()
            if isinstance(result, BaseException):
                raise result
            yield task, result

    def _labour(self, worker: Worker) -> None:
        while True:
            self._room.acquire()
            with self._lock:
                task = None if self._stop.is_set() else next(self._tasks, None)
            if task is None:
                return
            try:
                result: Block | BaseException = self._run(worker, task)
            except BaseException as fault:  # noqa: BLE001 - raised anew where it can be seen
                result = fault
            self._results.put((task, result))

    def _run(self, worker: Worker, task: _Task) -> Block:
        """Run a task; a worker that comes to another chunk begins another tally."""
        if worker.place != task.place:
            worker.place, worker.tally = task.place, worker.blank()
            with self._lock:
                self.tallies.setdefault(task.place, []).append(worker.tally)
        return worker.run(task.first, task.trials, task.sampled)


def assemble(
    setup: Setup, chunk: Chunk, *, seed: int, seconds: float, trials: int | None = None
) -> Ensemble:
    """The ensemble of a chunk.

    Args:
        setup: The scenario, laid out in memory.
        chunk: All trials.
        seed: Seed of the run.
        seconds: How long the trials took.
        trials: Number of trials that were counted, if the chunk does not hold them one by one.
    """
    scenario, block, tally = setup.scenario, chunk.block, chunk.tally
    trials = trials or block.outcomes.size
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
        means=tally.sums / FIXED_POINT / trials,
        alignment=tally.shares / FIXED_POINT / trials,
        status_counts=tally.statuses,
        request_counts=tally.requests,
        outcomes=block.outcomes,
        milestones=block.milestones,
        milestone_months=milestone_months(scenario.horizon),
        questions=block.questions,
        sample=block.sample,
        events=block.events,
        quantity_names=tuple(each.name for each in setup.uncertain),
        quantities=block.quantities,
        timings={"trials": seconds},
        rules=setup.rules.records,
        case=setup.case.name,
    )

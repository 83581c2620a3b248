"""The ensemble spread over a Dask cluster: a chunk is a task, and its result a few megabytes.

Workers need this package, of the same code, and nothing else: no shared folder, no scenario files.
A task whose worker dies is given to another by the scheduler, and as chance is addressed by trial,
it gives the same bits there. Whatever becomes of the scheduler, chunks that came back are kept.
"""

from __future__ import annotations

import logging
import pickle
import signal
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, Final, Self

from foedus.errors import FoedusError
from foedus.simulation.chunks import pack
from foedus.simulation.compiled import cache
from foedus.simulation.ensemble import available_cores, run_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from numpy.typing import NDArray

    from foedus.simulation.chunks import Chunk, Span
    from foedus.simulation.world import Setup

AHEAD: Final = 2
"""Tasks a core that are with the cluster at a time; more would only fill its memory."""
PATIENCE: Final = 60.0
"""Seconds to wait for a scheduler, and for its first worker."""
GLANCE: Final = 2.0
"""Seconds between two looks at whether the scheduler is still there."""
DEATHS: Final = 3
"""Times that a chunk is given out anew after the scheduler has given it up."""


class Cluster:
    """An engine on the workers of a Dask scheduler.

    Use as a context, which it leaves with the workers that it started.
    """

    title = "compiled ensemble, dask"

    def __init__(self, scheduler: str | None = None, workers: int | None = None) -> None:
        """Say where the work is to be done.

        Args:
            scheduler: Address of a scheduler that runs, such as ``tcp://10.0.0.1:8786``, or a file
                that it wrote for `--scheduler-file`; None to start one here.
            workers: Processes to start here, if there is no scheduler; one a core if None.
        """
        self.scheduler = scheduler
        self.workers = workers or available_cores()
        self._client: Any = None
        self._cluster: Any = None

    def __enter__(self) -> Self:
        distributed = _distributed()
        _hush()
        try:
            if self.scheduler is None:
                with _children_deaf_to_interrupts():
                    self._cluster = distributed.LocalCluster(
                        n_workers=self.workers,
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                    )
            self._client = _connect(distributed, self._cluster or self.scheduler)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (TimeoutError, OSError, ValueError) as fault:
            self.__exit__()
            where = self.scheduler or "a local cluster"
            raise FoedusError(
                f"{where}: found no scheduler with workers there within {PATIENCE:.0f} seconds "
                f"({str(fault) or type(fault).__name__})"
            ) from None
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._client, self._cluster):
            if each is not None:
                each.close()

    def __call__(
        self,
        setup: Setup,
        todo: Sequence[Span],
        *,
        seed: int,
        sample: int,
        keep: Callable[[Chunk], dict[str, NDArray[Any]]],
        progress: Callable[[int], None] | None,
    ) -> Generator[tuple[Span, bytes], None, None]:
        """Work off spans of trials, and yield what is kept of each, packed, in any order.

        Raises:
            FoedusError: The scheduler is gone, the code of a worker is another, or a chunk has
                killed several workers.
        """
        order = pickle.dumps((cache.digest(), setup, seed, sample, keep))
        waiting, done = list(reversed(todo)), 0
        running: dict[Any, Span] = {}
        deaths: dict[Span, int] = {}
        try:
            while waiting or running:
                while waiting and len(running) < AHEAD * max(1, self._cores()):
                    span = waiting.pop()
                    running[self._client.submit(run_order, order, span, pure=False)] = span
                for future in self._finished(list(running)):
                    span = running.pop(future)
                    content = self._result(future, span, deaths)
                    if content is None:
                        waiting.append(span)
                        continue
                    done += span[1]
                    if progress is not None:
                        progress(done)
                    yield span, content
        finally:
            # With the scheduler gone there is nobody left to cancel anything.
            if self._client.status == "running":
                self._client.cancel(list(running))

    def _cores(self) -> int:
        try:
            return sum(self._client.ncores().values())
        except OSError:
            raise self._gone() from None

    def _finished(self, futures: list[Any]) -> list[Any]:
        """Futures that came to an end; waits for one, as long as the scheduler is there."""
        distributed = _distributed()
        while True:
            try:
                ended = distributed.wait(futures, timeout=GLANCE, return_when="FIRST_COMPLETED")
            except TimeoutError:
                self._check()
                continue
            except distributed.client.CancelledError:
                raise self._gone() from None
            return [each for each in futures if each in ended.done]

    def _result(self, future: Any, span: Span, deaths: dict[Span, int]) -> bytes | None:
        """What a task gave back; None if it is to be given out anew."""
        distributed = _distributed()
        try:
            content: bytes = future.result(timeout=PATIENCE)
        except distributed.KilledWorker:
            deaths[span] = deaths.get(span, 0) + 1
            if deaths[span] > DEATHS:
                raise FoedusError(
                    f"the workers that took on the chunk from trial {span[0]:,} died again and "
                    "again; they may lack memory"
                ) from None
            return None
        except (TimeoutError, OSError, distributed.client.CancelledError):
            self._check()
            raise self._gone() from None
        finally:
            future.release()
        return content

    def _check(self) -> None:
        if self._client.status != "running":
            raise self._gone()

    def _gone(self) -> FoedusError:
        return FoedusError(f"{self.scheduler or 'the local scheduler'}: the connection was lost")


def run_order(order: bytes, span: Span) -> bytes:
    """Work off one chunk; this is what a worker does.

    Args:
        order: Pickled digest of the code, scenario, seed, kept trials and what to keep.
        span: First trial and number of trials.

    Raises:
        FoedusError: The worker has other code than whoever gave the order.
    """
    digest, setup, seed, sample, keep = _read(order)
    if digest != cache.digest():
        raise FoedusError(
            "a worker has another version of the model's code, or of NumPy or Numba, than this "
            "process; results would not be the same"
        )
    (chunk,) = run_chunks(setup, [span], seed=seed, threads=1, sample=sample)
    return pack(keep(chunk))


@lru_cache(maxsize=2)
def _read(order: bytes) -> Any:
    return pickle.loads(order)


def _connect(distributed: Any, where: Any) -> Any:
    """A client of a scheduler, a cluster, or a scheduler's file."""
    if isinstance(where, str) and where.endswith(".json"):
        return distributed.Client(scheduler_file=where, timeout=PATIENCE)
    return distributed.Client(where, timeout=PATIENCE)


@contextmanager
def _children_deaf_to_interrupts() -> Iterator[None]:
    """Start workers that Ctrl-C does not reach, though a terminal sends it to all; they are ended.

    Threads and processes that are started meanwhile inherit that the signal is held back; for this
    thread it is only delayed. The tracker of `multiprocessing` lets it through again when it
    starts, so it must be there before.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hush() -> None:
    """Keep the library's traces off the terminal; what matters is said in a line of our own."""
    for name in tuple(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado"}:
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise FoedusError(
            "--engine dask: needs the extra «distributed»; install it with "
            "`pip install 'foedus[distributed]'`"
        ) from None
    return distributed

"""What runs the chunks of a run: threads of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from foedus.errors import FoedusError
from foedus.runs.run_folder import ENGINE
from foedus.simulation.ensemble import run_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from numpy.typing import NDArray

    from foedus.simulation.chunks import Chunk, Span
    from foedus.simulation.world import Setup

type Arrays = dict[str, NDArray[Any]]
type Progress = Callable[[int], None]


class Engine(Protocol):
    """Works off chunks in any order, and hands over what is kept of each."""

    title: str

    def __enter__(self) -> Self:
        """Get ready."""

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""

    def __call__(
        self,
        setup: Setup,
        todo: Sequence[Span],
        *,
        seed: int,
        sample: int,
        keep: Callable[[Chunk], Arrays],
        progress: Progress | None,
    ) -> Generator[tuple[Span, Arrays | bytes], None, None]:
        """Run; what is handed over may be packed already."""


class Threads:
    """The engine of one machine."""

    title = ENGINE

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(
        self,
        setup: Setup,
        todo: Sequence[Span],
        *,
        seed: int,
        sample: int,
        keep: Callable[[Chunk], Arrays],
        progress: Progress | None,
    ) -> Generator[tuple[Span, Arrays | bytes], None, None]:
        """Run on threads of this process."""
        chunks = run_chunks(
            setup, todo, seed=seed, threads=self.threads, sample=sample, progress=progress
        )
        with closing(cast("Generator[Chunk, None, None]", chunks)):
            for chunk in chunks:
                yield chunk.span, keep(chunk)


def engine_of(
    name: str, *, threads: int | None, scheduler: str | None, workers: int | None
) -> Engine:
    """The engine that a command asks for.

    Args:
        name: ``threads`` or ``dask``.
        threads: Number of threads; as many as there are cores if None.
        scheduler: Address or file of a Dask scheduler that runs.
        workers: Dask workers to start on this machine.

    Raises:
        FoedusError: The options do not go together, or a number is out of range.
    """
    check_threads(threads)
    if name == "dask":
        from foedus.simulation.dask_engine import Cluster  # noqa: PLC0415 - loads Dask

        if scheduler is not None and workers is not None:
            raise FoedusError("--workers: are started here; with --scheduler they are its own")
        if threads is not None:
            raise FoedusError("--threads: a worker of a cluster has one; say --workers")
        if workers is not None and workers < 1:
            raise FoedusError(f"--workers: found {workers}, expected 1 or more")
        return Cluster(scheduler, workers)
    for option, value in (("scheduler", scheduler), ("workers", workers)):
        if value is not None:
            raise FoedusError(f"--{option}: belongs to --engine dask")
    return Threads(threads)


def check_threads(threads: int | None) -> None:
    """Refuse a number of threads that cannot be.

    Raises:
        FoedusError: It is less than 1.
    """
    if threads is not None and threads < 1:
        raise FoedusError(f"--threads: found {threads}, expected 1 or more")

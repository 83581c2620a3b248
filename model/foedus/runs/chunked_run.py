"""A run that is worked off in chunks: begun, taken up again after any end, and finished.

What is asked for stands in the state of its unfinished folder, with the scenario in full, so that a
resumed run depends on nothing but that folder and the code. Every chunk that is done is a piece on
disk, and the finished tables are those of a run that was never interrupted, to the bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, cast

from foedus.errors import FoedusError
from foedus.runs.memory import give_back_what_is_freed
from foedus.runs.provenance import SCHEMA_VERSION, Provenance, provenance_of
from foedus.runs.run_folder import (
    ENGINE,
    Draw,
    RunFolder,
    finished_folder,
    now_utc,
    run_name,
    write_manifest,
    write_texts,
)
from foedus.runs.streaming import streamed
from foedus.runs.unfinished import Unfinished
from foedus.simulation.chunks import Chunk, Span, arrays_of, chunk_of, spans
from foedus.simulation.compiled import cache
from foedus.simulation.ensemble import SAMPLE, check_size, run_chunks
from foedus.simulation.loading import load_setup
from foedus.telling.summary import Summary, summarize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup
    from foedus.telling.difference import Difference

KIND: Final = "run"
OWN: Final = "run"
PARENT: Final = "parent"

type Arrays = dict[str, NDArray[Any]]
type Progress = Callable[[int], None]
type Against = Callable[[Ensemble, Ensemble], tuple[Difference, ...]]
"""Compares an ensemble with that of the scenario that it extends."""


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


@dataclass(frozen=True)
class Request:
    """What decides a run, besides the scenario; all but `chunk` and `figures` its numbers, too."""

    trials: int
    seed: int
    evidence_set: str
    chunk: int
    figures: bool


class ChunkedRun:
    """A run on its way.

    Attributes:
        request: What was asked for.
        setup: The scenario, laid out in memory.
        parent: The scenario that it extends, if their trials can be paired.
        origin: Provenance of the run.
        work: Its unfinished folder, which this process owns.
    """

    def __init__(
        self,
        request: Request,
        setup: Setup,
        parent: Setup | None,
        work: Unfinished,
        origin: Provenance,
    ) -> None:
        self.request = request
        self.setup = setup
        self.parent = parent
        self.work = work
        self.origin = origin
        self.records: dict[str, dict[str, Any]] = work.finished()
        self._held: dict[str, Arrays] = {}

    @property
    def spans(self) -> list[Span]:
        """First trial and number of trials of each chunk."""
        return spans(self.request.trials, self.request.chunk)

    @property
    def pieces(self) -> list[str]:
        """Names of all pieces that the run is made of."""
        parts = (OWN,) if self.parent is None else (OWN, PARENT)
        return [_piece(part, span) for part in parts for span in self.spans]

    def finished_trials(self) -> int:
        """Trials that need not be run again, those of the parent included."""
        return sum(int(self.records[name]["trials"]) for name in self.records)

    def all_trials(self) -> int:
        """Trials of the run and of its parent."""
        return self.request.trials * (1 if self.parent is None else 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.work.release()

    def work_off(self, engine: Engine, progress: Progress | None = None) -> None:
        """Run all chunks that are not finished yet.

        Args:
            engine: What runs them; it may be another one each time.
            progress: Called with the number of trials done, of the run and of its parent.

        Raises:
            FoedusError: A piece cannot be written.
        """
        if len(self.spans) > 1:
            give_back_what_is_freed()
        for part, setup in ((OWN, self.setup), (PARENT, self.parent)):
            if setup is not None:
                self._work_off(part, setup, engine, progress)

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of the run in order; all must be finished."""
        for span in self.spans:
            yield chunk_of(self._read(_piece(OWN, span)))

    def finish(
        self, *, draw: Draw | None = None, against: Against | None = None, engine: str = ENGINE
    ) -> tuple[Summary, RunFolder]:
        """Write the run folder, and remove the unfinished one.

        Args:
            draw: Draws the figures; none if None.
            against: Compares the run with its parent.
            engine: What computed the run.

        Raises:
            FoedusError: It cannot be written; nothing that was finished is lost.
        """
        told: list[Summary] = []

        def fill(folder: Path) -> None:
            (folder / "tables").mkdir()
            ensemble = streamed(
                self.setup,
                self.chunks(),
                trials=self.request.trials,
                seed=self.request.seed,
                scratch=folder.parent,
                tables=folder / "tables",
            )
            parent = None if against is None else self._parent(folder.parent)
            told.append(
                summarize(ensemble, against(ensemble, parent) if against and parent else ())
            )
            write_texts(folder, ensemble, told[0], draw)
            write_manifest(
                folder,
                self.origin,
                datetime.fromisoformat(self.work.state["created"]),
                engine=engine,
                timings={"trials": sum(float(each["seconds"]) for each in self.records.values())},
                more={"sources": cache.digest(), "chunks": self._chunk_list()},
            )

        place = self.work.finish(fill)
        return told[0], finished_folder(place)

    def _parent(self, scratch: Path) -> Ensemble | None:
        """The trials of the parent; what tables alone would need is not written."""
        if self.parent is None:
            return None
        chunks = (chunk_of(self._read(_piece(PARENT, span))) for span in self.spans)
        request = self.request
        return streamed(
            self.parent, chunks, trials=request.trials, seed=request.seed, scratch=scratch
        )

    def _work_off(self, part: str, setup: Setup, engine: Engine, progress: Progress | None) -> None:
        names = {span: _piece(part, span) for span in self.spans}
        todo = [span for span, name in names.items() if name not in self.records]
        before, clock = self.finished_trials(), time.perf_counter()
        done = engine(
            setup,
            todo,
            seed=self.request.seed,
            sample=SAMPLE if part == OWN else 0,
            keep=arrays_of,
            progress=progress and (lambda trials: progress(before + trials)),
        )
        # Closed here and now, so that a second Ctrl-C meets no generator that nobody listens to.
        with closing(done):
            for span, kept in done:
                seconds, clock = time.perf_counter() - clock, time.perf_counter()
                first, trials = span
                record = {"first": first, "trials": trials, "seconds": round(seconds, 3)}
                # A run of one chunk has nothing to lose that it does not make again in a moment.
                if len(names) == 1 and not isinstance(kept, bytes):
                    self._held[names[span]] = kept
                else:
                    record |= self.work.write(names[span], kept, **record)
                self.records[names[span]] = record

    def _read(self, piece: str) -> Arrays:
        return self._held[piece] if piece in self._held else self.work.read(piece)

    def _chunk_list(self) -> list[dict[str, Any]]:
        return [{"status": "finished", **self.records[_piece(OWN, span)]} for span in self.spans]


def begin_run(
    request: Request,
    setup: Setup,
    parent: Setup | None,
    out: Path | str,
    *,
    now: datetime | None = None,
) -> ChunkedRun:
    """Begin a run in a new folder ``<UTC time>-<scenario>-<hash>.unfinished`` inside `out`.

    Args:
        request: What is asked for.
        setup: The scenario, laid out in memory.
        parent: The scenario that it extends, for a comparison; None for none.
        out: Where runs lie; made if absent. A path, or an address for fsspec.
        now: When the run begins; the present if None.

    Raises:
        FoedusError: A number is out of range, or the folder cannot be made or written.
    """
    check_size(request.trials, request.seed)
    spans(request.trials, request.chunk)
    made = now or now_utc()
    origin = provenance_of(setup, request.trials, request.seed)
    parent = parent if parent is not None and _pairs(setup, parent) else None
    state = {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "created": made.isoformat(timespec="seconds"),
        "run": asdict(origin),
        "request": asdict(request),
        "sources": cache.digest(),
        "scenario": setup.scenario.to_yaml(),
        "parent": None if parent is None else parent.scenario.to_yaml(),
    }
    work = Unfinished.begin(out, run_name(origin, made), state)
    try:
        return ChunkedRun(request, setup, parent, work, origin)
    except BaseException:
        work.discard()
        raise


def resume_run(path: Path | str) -> ChunkedRun:
    """Take up an unfinished run.

    Args:
        path: Its folder, with or without ``.unfinished`` at the end of its name.

    Raises:
        FoedusError: There is none, another process is at it, or the code has changed since, so that
            its other chunks would not fit those that are finished.
    """
    work = Unfinished.open(path, KIND)
    try:
        return _resumed(work)
    except BaseException:
        work.release()
        raise


def _resumed(work: Unfinished) -> ChunkedRun:
    state = work.state
    try:
        request = Request(**state["request"])
        texts: Mapping[str, str | None] = {name: state[name] for name in ("scenario", "parent")}
        begun, sources = Provenance(**state["run"]), state["sources"]
    except (KeyError, TypeError):
        raise FoedusError(f"{work.path}/state.json: was written by another version") from None
    if sources != cache.digest():
        raise FoedusError(
            f"{work.path}: was begun by another version of the model's code, or of NumPy or Numba, "
            "and can only be resumed with that one; or begin anew"
        )
    setups = {
        name: None if text is None else _setup(text, request.evidence_set)
        for name, text in texts.items()
    }
    setup = setups["scenario"]
    if setup is None:
        raise FoedusError(f"{work.path}/state.json: found no scenario")
    origin = provenance_of(setup, request.trials, request.seed)
    if origin != begun:
        raise FoedusError(
            f"{work.path}: the alliance or the parameters have changed since it was begun; "
            "finished chunks would not fit, so begin anew"
        )
    return ChunkedRun(request, setup, setups["parent"], work, origin)


def _setup(text: str, evidence_set: str) -> Setup:
    with TemporaryDirectory(prefix="foedus-") as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load_setup(path, evidence_set)


def _pairs(setup: Setup, parent: Setup) -> bool:
    """Whether trials of a scenario and its parent share members and months, and can be paired."""
    one, other = setup.scenario, parent.scenario
    return (one.members, one.dates) == (other.members, other.dates)


def _piece(part: str, span: Span) -> str:
    return f"{part}-{span[0]:012d}"

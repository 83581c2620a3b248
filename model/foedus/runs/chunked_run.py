"""A run that is worked off in chunks: begun, taken up again after any end, and finished.

What is asked for stands in the state of its unfinished folder, with the scenario in full, so that a
resumed run depends on nothing but that folder and the code. Every chunk that is done is a piece on
disk, and the finished tables are those of a run that was never interrupted, to the bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from foedus import cases
from foedus.errors import FoedusError, NotShownError
from foedus.runs import study
from foedus.runs.provenance import Provenance, identity_of, provenance_of
from foedus.runs.records import Request, RunState
from foedus.runs.run_folder import (
    ENGINE,
    Draw,
    RunFolder,
    finished_folder,
    rounded,
    shown_by,
    write_scenario,
)
from foedus.runs.storage.memory import give_back_what_is_freed
from foedus.runs.streaming import streamed
from foedus.runs.study import Contents
from foedus.simulation.chunks import Chunk, Span, arrays_of, chunk_of, spans
from foedus.simulation.ensemble import SAMPLE, check_size
from foedus.simulation.loading import setup_of
from foedus.telling.summary import Summary, summarize

if TYPE_CHECKING:
    from datetime import datetime

    from foedus.runs.engines import Arrays, Engine
    from foedus.runs.storage.unfinished import Unfinished
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup
    from foedus.telling.difference import Difference

KIND: Final = "run"
OWN: Final = "run"
PARENT: Final = "parent"

type Against = Callable[[Ensemble, Ensemble], tuple[Difference, ...]]
"""Compares an ensemble with that of the scenario that it extends."""


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
        work.expected = self.pieces

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

    def __exit__(self, *fault: object) -> None:
        self.work.__exit__(*fault)

    def work_off(self, engine: Engine, progress: Callable[[int], None] | None = None) -> None:
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
            NotShownError: It is complete, but could not be summed up; see also `Unfinished.finish`.
        """
        summaries: list[Summary] = []

        def fill(folder: Path) -> Contents:
            (folder / "tables").mkdir()
            ensemble = streamed(
                self.setup,
                self.chunks(),
                trials=self.request.trials,
                seed=self.request.seed,
                run=self.origin.label,
                scratch=folder.parent,
                tables=folder / "tables",
            )
            write_scenario(folder, ensemble.scenario)

            def sum_up() -> Summary:
                parent = None if against is None else self._parent(folder.parent)
                differences = against(ensemble, parent) if against and parent else ()
                summaries.append(summarize(ensemble, differences))
                return summaries[-1]

            about = {
                "engine": engine,
                "timings": rounded({"trials": sum(self._seconds())}),
                "chunks": self._chunk_list(),
            }
            return Contents(shown_by(ensemble, sum_up, draw), about)

        place = study.finish(self.work, fill)
        if not summaries:
            raise NotShownError("there is no answer to print")
        return summaries[-1], finished_folder(place)

    def _seconds(self) -> Iterator[float]:
        """Seconds that each chunk took."""
        return (float(record["seconds"]) for record in self.records.values())

    def _parent(self, scratch: Path) -> Ensemble | None:
        """The trials of the parent; what tables alone would need is not written."""
        if self.parent is None:
            return None
        chunks = (chunk_of(self._read(_piece(PARENT, span))) for span in self.spans)
        request = self.request
        return streamed(
            self.parent, chunks, trials=request.trials, seed=request.seed, scratch=scratch
        )

    def _work_off(
        self, part: str, setup: Setup, engine: Engine, progress: Callable[[int], None] | None
    ) -> None:
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
    origin = provenance_of(setup, request.trials, request.seed)
    parent = parent if parent is not None and _pairs(setup, parent) else None
    work = study.begin(
        out,
        KIND,
        origin,
        identity=identity_of(setup, *([] if parent is None else [parent])),
        case=setup.case.reference,
        now=now,
        request=request.model_dump(),
        scenario=setup.scenario.to_yaml(),
        parent=None if parent is None else parent.scenario.to_yaml(),
    )
    try:
        return ChunkedRun(request, setup, parent, work, origin)
    except BaseException:
        work.discard()
        raise


def resume_run(path: Path | str) -> ChunkedRun | None:
    """Take up an unfinished run; None if nothing is left to do.

    Args:
        path: Its folder, with or without ``.unfinished`` at the end of its name.

    Raises:
        FoedusError: As for `study.take_up`.
    """
    return study.take_up(path, KIND, RunState, _resumed)


def _resumed(work: Unfinished, state: RunState) -> ChunkedRun:
    request = state.request
    check_size(request.trials, request.seed)
    case = cases.load(state.case)
    setup, *parents = (
        setup_of(text, request.evidence_set, case)
        for text in (state.scenario, state.parent)
        if text is not None
    )
    changes = identity_of(setup, *parents).input_changes(state.identity)
    study.refuse_changes(work, changes)
    origin = provenance_of(setup, request.trials, request.seed)
    if origin != state.run:
        raise FoedusError(
            f"{work.path}/state.json: contradicts itself, for «run» is not what «request» and "
            "«scenario» make; begin anew"
        )
    return ChunkedRun(request, setup, parents[0] if parents else None, work, origin)


def _pairs(setup: Setup, parent: Setup) -> bool:
    """Whether trials of a scenario and its parent share members and months, and can be paired."""
    one, other = setup.scenario, parent.scenario
    return (one.members, one.dates) == (other.members, other.dates)


def _piece(part: str, span: Span) -> str:
    return f"{part}-{span[0]:012d}"

"""Runs that are worked off on the disk, chunk by chunk, however many trials they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.errors import FoedusError
from foedus.runs.chunked_run import KIND, begin_run, resume_run
from foedus.runs.run_list import unfinished_in
from foedus.runs.study import say_pieces_there
from foedus.simulation.ensemble import check_size
from foedus.studies.compare.paired import against_parent
from foedus.telling.program import compile_first, progress_of, say, watched

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.api.scenario import Scenario
    from foedus.runs.chunked_run import ChunkedRun
    from foedus.runs.engines import Engine
    from foedus.runs.records import Request
    from foedus.runs.run_folder import Draw, RunFolder
    from foedus.telling.summary import Summary


def begin(scenario: Scenario, out: Path | str, request: Request) -> ChunkedRun:
    """Begin a run in a folder of its own.

    Args:
        scenario: What is played; the scenario that it extends is played with it, if any is.
        out: Folder in which the run's own folder is made, or an address for fsspec.
        request: What else was asked for.

    Raises:
        FoedusError: A number is out of range, or the folder cannot be made.
    """
    check_size(request.trials, request.seed)
    parent, parameters = scenario.parent, request.evidence_set
    other = None if parent is None else parent.setup(parameters)
    return begin_run(request, scenario.setup(parameters), other, out)


def resume(path: str, out: str, *, expected: dict[str, int]) -> ChunkedRun | None:
    """Take up a run that was interrupted; None if nothing is left to do.

    Args:
        path: Its unfinished folder; empty for the only one in `out`.
        out: Where runs lie.
        expected: Trials or seed that the user expects of it.

    Raises:
        FoedusError: There is none, or not one alone, or it was asked for otherwise, or it cannot be
            gone on with.
    """
    if not path:
        there = unfinished_in(out, KIND)
        if len(there) != 1:
            raise FoedusError(
                f"--resume: expected one unfinished run in {out}, or the name of one; found "
                f"{'; '.join(there) if there else 'none'}"
            )
        path = there[0]
    run = resume_run(path)
    if run is None:
        return None
    for name, asked in expected.items():
        if asked != (was := getattr(run.request, name)):
            run.work.release()
            raise FoedusError(f"--{name}: found {asked}, but the run to go on with has {was}")
    say_pieces_there(run.work, len(run.records))
    return run


def complete(run: ChunkedRun, engine: Engine) -> tuple[Summary, RunFolder]:
    """Play what is missing of a run, write its folder, and draw its figures if they are wanted.

    Args:
        run: What was begun or taken up.
        engine: What plays the trials.

    Raises:
        FoedusError: It cannot be written; chunks that were finished are kept.
    """
    compile_first()
    trials = run.all_trials()
    with run, progress_of("trials", trials, shown=watched()) as progress, engine:
        run.work_off(engine, progress.reach)
        progress.end()
        return run.finish(
            draw=_draw(run),
            against=None if run.parent is None else against_parent,
            engine=engine.title,
        )


def _draw(run: ChunkedRun) -> Draw | None:
    """What draws the figures, if they are wanted."""
    if not run.request.figures:
        return None
    say("drawing the figures ...")
    from foedus.figures import draw_all

    return draw_all

"""`foedus run`: play a scenario many times, write the run, print the answer; or go on with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import page_step, program, say, telling
from foedus.commands.shared.resuming import nothing_left, pieces_there
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands
    from foedus.runs.chunked_run import Against, ChunkedRun, Engine
    from foedus.runs.run_folder import Draw
    from foedus.simulation.world import Setup

ONLY: Final = ""
"""What `--resume` means without a name: the one unfinished run that there is."""


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "run",
        run,
        summary="play a scenario many times and write what came out",
        description="Play a scenario many times and write a run folder with tables and figures.",
    )
    words.add_scenario(parser, optional=True)
    words.add_chance(parser)
    words.add_place(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
    words.add_parameters(parser)
    words.add_threads(parser)
    parser.add_argument(
        "--engine",
        choices=("threads", "dask"),
        default="threads",
        help="threads of this process, or the workers of a Dask cluster (%(default)s)",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler that runs, or its .json file"
    )
    parser.add_argument(
        "--workers", type=words.whole, metavar="N", help="Dask workers to start on this machine"
    )
    parser.add_argument(
        "--chunk",
        type=words.whole,
        metavar="N",
        help="trials that are kept as soon as they are done; changes no result (10000)",
    )
    parser.add_argument(
        "--resume",
        nargs="?",
        const=ONLY,
        metavar="RUN",
        help="go on with an unfinished run, as it was asked for; without RUN the only one in --out",
    )


def run(options: argparse.Namespace) -> None:
    """Play a scenario, or go on with it; write the run, print the answer."""
    from foedus.commands.shared.run_answer import print_report

    engine = _engine(options)
    with _chosen(options) as unfinished:
        if nothing_left(unfinished.work):
            return
        with telling(unfinished.all_trials()) as progress, engine:
            unfinished.work_off(engine, progress)
        summary, written = unfinished.finish(
            draw=_draw(unfinished), against=_against(unfinished), engine=engine.title
        )
    print_report(summary, written, _next_step(options.scenario), program(), page_step())


def _engine(options: argparse.Namespace) -> Engine:
    """What runs the trials."""
    words.check_threads(options.threads)
    elsewhere = [name for name in ("scheduler", "workers") if getattr(options, name) is not None]
    if options.engine == "dask":
        from foedus.simulation.dask_engine import Cluster

        if len(elsewhere) > 1:
            raise FoedusError("--workers: are started here; with --scheduler they are its own")
        if options.threads is not None:
            raise FoedusError("--threads: a worker of a cluster has one; say --workers")
        if options.workers is not None and options.workers < 1:
            raise FoedusError(f"--workers: found {options.workers}, expected 1 or more")
        return Cluster(options.scheduler, options.workers)
    if elsewhere:
        raise FoedusError(f"--{elsewhere[0]}: belongs to --engine dask")
    from foedus.runs.chunked_run import Threads

    return Threads(options.threads)


def _chosen(options: argparse.Namespace) -> ChunkedRun:
    """The run that the user asks for, new or unfinished."""
    if (options.scenario is None) == (options.resume is None):
        raise FoedusError("run: give either a scenario or --resume (see `foedus run --help`)")
    return _begun(options) if options.resume is None else _resumed(options)


def _begun(options: argparse.Namespace) -> ChunkedRun:
    from foedus.runs.chunked_run import begin_run
    from foedus.runs.records import Request
    from foedus.simulation.chunks import CHUNK
    from foedus.simulation.ensemble import check_size
    from foedus.simulation.loading import load_setup

    check_size(options.trials, options.seed)
    request = Request(
        trials=options.trials,
        seed=options.seed,
        evidence_set=options.parameters,
        chunk=CHUNK if options.chunk is None else options.chunk,
        figures=not options.no_figures,
    )
    setup = load_setup(options.scenario, options.parameters)
    return begin_run(request, setup, _parent(options), options.out)


def _parent(options: argparse.Namespace) -> Setup | None:
    """The scenario that this one extends, if it extends any."""
    from foedus.scenarios.resolve import parent_of
    from foedus.simulation.loading import load_setup

    path = parent_of(options.scenario)
    return None if path is None else load_setup(str(path), options.parameters)


def _resumed(options: argparse.Namespace) -> ChunkedRun:
    from foedus.runs.chunked_run import KIND, resume_run
    from foedus.runs.run_list import unfinished_in

    path = options.resume
    if path == ONLY:
        found = unfinished_in(options.out, KIND)
        if len(found) != 1:
            names = "; ".join(found) if found else "none"
            raise FoedusError(
                f"--resume: expected one unfinished run in {options.out}, or the name "
                f"of one; found {names}"
            )
        path = found[0]
    run = resume_run(path)
    for name, usual in (("trials", words.USUAL_TRIALS), ("seed", words.USUAL_SEED)):
        asked, was = getattr(options, name), getattr(run.request, name)
        if asked not in {was, usual}:
            run.work.release()
            raise FoedusError(f"--{name}: found {asked}, but the run to go on with has {was}")
    say(pieces_there(run.work, len(run.records)))
    return run


def _draw(run: ChunkedRun) -> Draw | None:
    """What draws the figures, if they are wanted."""
    if not run.request.figures:
        return None
    say("drawing the figures ...")
    from foedus.figures import draw_all

    return draw_all


def _against(run: ChunkedRun) -> Against | None:
    """What compares the run with its parent, if it has one."""
    if run.parent is None:
        return None
    from foedus.studies.compare.paired import against_parent

    return against_parent


def _next_step(scenario: str | None) -> str:
    """The command that shows where a scenario's numbers come from."""
    from foedus.scenarios.resolve import bundled_name

    name = None if scenario is None else bundled_name(scenario)
    return f"{program()} evidence" if name is None else f"{program()} evidence {name}"

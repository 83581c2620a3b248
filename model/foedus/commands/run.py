"""`foedus run`: play a scenario many times, write the run, print the answer; or go on with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.commands.shared import asked, kinds, outputs
from foedus.commands.shared import options as words
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

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
    outputs.add_place(parser)
    outputs.add_no_figures(parser)
    words.add_parameters(parser)
    words.add_case(parser)
    outputs.add_threads(parser)
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
        "--workers", type=kinds.whole, metavar="N", help="Dask workers to start on this machine"
    )
    parser.add_argument(
        "--chunk",
        type=kinds.whole,
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
    from foedus.api import stored
    from foedus.api.scenario import Scenario
    from foedus.runs.engines import engine_of
    from foedus.telling.run_answer import print_report

    engine = engine_of(
        options.engine,
        threads=options.threads,
        scheduler=options.scheduler,
        workers=options.workers,
    )
    if (options.scenario is None) == (options.resume is None):
        raise FoedusError("run: give either a scenario or --resume (see `foedus run --help`)")
    if options.resume is not None:
        usual = {"trials": words.USUAL_TRIALS, "seed": words.USUAL_SEED}
        given = {name: getattr(options, name) for name in usual}
        expected = {name: value for name, value in given.items() if value != usual[name]}
        begun = stored.resume(options.resume, options.out, expected=expected)
    else:
        begun = stored.begin(
            Scenario.load(options.scenario, case=options.case),
            options.out,
            asked.request(options, chunk=options.chunk),
        )
    if begun is not None:
        print_report(*stored.complete(begun, engine), asked.evidence_step(options))

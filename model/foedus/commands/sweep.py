"""`foedus sweep`: play the design of a scenario file, point by point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import asked, kinds, outputs
from foedus.commands.shared import options as words
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "sweep",
        sweep,
        summary="vary factors of a scenario over a grid, a list or a design",
        description="Play the points of the section `sweep:` of a scenario file, each with as many "
        "trials and common random numbers, and write one tidy table and figures. A point that "
        "fails is recorded, and the rest goes on. An interrupted sweep goes on with --resume.",
    )
    parser.add_argument("scenario", metavar="FILE", nargs="?", help="a scenario with `sweep:`")
    parser.add_argument("--trials", type=kinds.whole, metavar="N", help="trials per point")
    words.add_seed(parser, "seed of all chance, the same at every point")
    parser.add_argument(
        "--metric", default="cohesion", metavar="NAME", help="what figures show (%(default)s)"
    )
    parser.add_argument(
        "--threshold", type=float, metavar="X", help="value of the metric to mark in heat maps"
    )
    parser.add_argument(
        "--resume",
        type=kinds.folder,
        metavar="FOLDER",
        help="go on with an interrupted sweep, with its options",
    )
    outputs.add_out(parser)
    outputs.add_no_figures(parser)
    words.add_parameters(parser)
    words.add_case(parser)
    outputs.add_threads(parser)


def sweep(options: argparse.Namespace) -> None:
    """Play, gather, write, print."""
    from foedus.api.scenario import Scenario
    from foedus.api.sweep import resume_sweep, sweep_to_disk
    from foedus.studies.sweep.text import print_sweep

    if (options.scenario is None) == (options.resume is None):
        raise FoedusError("sweep: expected a scenario file, or --resume FOLDER")
    if options.resume is not None:
        done = resume_sweep(options.resume, threads=options.threads)
    else:
        done = sweep_to_disk(
            Scenario.load(options.scenario, case=options.case),
            options.out,
            trials=options.trials,
            asked=lambda trials: asked.request(options, trials=trials),
            metric=options.metric,
            threshold=options.threshold,
            threads=options.threads,
        )
    if done is not None:
        swept, place = done
        print_sweep(swept.result, swept.scenario.title, swept.measure, place)

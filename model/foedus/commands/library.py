"""`foedus library`: play every bundled scenario and set them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import Steps, say, telling

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from foedus.commands.shared.options import Commands
    from foedus.studies.library.study import Library


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "library",
        library,
        summary="play every bundled scenario and set them side by side",
        description="Play every scenario that comes with the package, with common random numbers. "
        "Writes a folder with one page that compares all scenarios of one start (PNG and SVG), a "
        "page for "
        "history played again, and one tidy table of all differences (Parquet and CSV).",
    )
    words.add_chance(parser)
    words.add_out(parser)
    parser.add_argument("--no-figures", action="store_true", help="table and text only; faster")
    words.add_parameters(parser)
    words.add_threads(parser)


def library(options: argparse.Namespace) -> None:
    """Play the library, write it, print the order."""
    from foedus.runs.run_folder import check_writable
    from foedus.scenarios.resolve import bundled_scenarios
    from foedus.studies.library.folder import check_library, play_bundled, write_library
    from foedus.studies.library.text import print_library

    check_library(options.trials, options.seed)
    words.check_threads(options.threads)
    check_writable(options.out)
    told = Steps("scenarios", len(bundled_scenarios()))
    with telling(options.trials):
        played = play_bundled(
            trials=options.trials,
            seed=options.seed,
            parameter_set=options.parameters,
            threads=options.threads,
            progress=told,
        )
    told.end()
    print_library(played, write_library(played, options.out, draw=_draw(options)))


def _draw(options: argparse.Namespace) -> Callable[[Library, Path], None] | None:
    """What draws the pages, if they are wanted."""
    if options.no_figures:
        return None
    say("drawing the pages ...")
    from foedus.figures.studies.library import draw_library

    return draw_library

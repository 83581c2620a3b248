"""`foedus library`: play every bundled scenario and set them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import Steps, say, telling

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from foedus.commands.shared.options import Commands
    from foedus.simulation.outcome import Ensemble
    from foedus.studies.library.study import Library

MOST_TRIALS: Final = 20_000
"""Trials of each scenario beyond which the library does not fit: some 50 kB a trial of all."""


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
    from foedus.errors import FoedusError
    from foedus.runs.run_folder import check_writable
    from foedus.scenarios.resolve import bundled_scenarios
    from foedus.simulation.ensemble import check_size, run_ensemble
    from foedus.simulation.loading import load_setup
    from foedus.studies.library.study import play_library
    from foedus.studies.library.text import print_library

    check_size(options.trials, options.seed)
    if options.trials > MOST_TRIALS:
        raise FoedusError(f"--trials: found {options.trials:,}, expected {MOST_TRIALS:,} at most")
    words.check_threads(options.threads)
    check_writable(options.out)
    names = bundled_scenarios()
    told = Steps("scenarios", len(names))

    def one(name: str) -> Ensemble:
        ensemble = run_ensemble(
            load_setup(name, options.parameters),
            trials=options.trials,
            seed=options.seed,
            threads=options.threads,
            sample=0,
        )
        told(1)
        return ensemble

    with telling(options.trials):
        played = play_library(names, one)
    told.end()
    print_library(played, _write(played, options))


def _write(played: Library, options: argparse.Namespace) -> str:
    from foedus.studies.folders import write_folder
    from foedus.studies.library.tables import library_table
    from foedus.studies.library.text import library_text

    draw = None
    if not options.no_figures:
        say("drawing the pages ...")
        from foedus.figures.studies.library import draw_library

        def draw(folder: Path) -> None:
            draw_library(played, folder)

    found = library_table(played)
    return write_folder(
        options.out,
        "library",
        played.provenance,
        scenario="all",
        scenarios=[entry.scenario for entry in played.entries],
        tables={"library": found, "library.csv": found},
        text=library_text(played),
        draw=draw,
    )

"""`foedus compare`: set scenarios against a base with common random numbers."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import Steps, compile_first, say

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.commands.shared.options import Commands
    from foedus.simulation.world import Setup
    from foedus.studies.compare.contrasts import Contrasts


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "compare",
        compare,
        summary="set scenarios against a base, trial by trial, with common random numbers",
        description="Play scenarios with common random numbers (trials of the same number share "
        "all their draws) and say what differs from the first, how sure that is, and how many "
        "trials would settle what is open. Writes a folder with tables and figures.",
    )
    parser.add_argument("base", metavar="BASE", help="the scenario that the others are set against")
    parser.add_argument("others", metavar="SCENARIO", nargs="+", help="a scenario, or several")
    words.add_chance(parser)
    add_width(parser)
    words.add_out(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
    words.add_parameters(parser)
    words.add_threads(parser)


def add_width(parser: argparse.ArgumentParser) -> None:
    """Trials until an interval is narrow enough."""
    parser.add_argument(
        "--until-width",
        type=width,
        metavar="W",
        help="add trials until the widest 90 %% interval of --metric is W wide or less",
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        help="which interval: cohesion (the usual), participation[ABC], frozen[ABC]@2029-11 and so "
        "on; at the last month unless a date is given",
    )


def compare(options: argparse.Namespace) -> None:
    """Play, compare, write, print."""
    from foedus.simulation.loading import load_setup

    references = (options.base, *options.others)
    setups = [load_setup(each, options.parameters) for each in references]
    contrast_and_write(setups, options, kind="compare")


def contrast_and_write(
    setups: list[Setup],
    options: argparse.Namespace,
    *,
    kind: str,
    every_pair: bool = False,
    fork: int | None = None,
) -> None:
    """What `compare` and `fork` share: play, compare, write a folder, print the answer."""
    from foedus.errors import FoedusError
    from foedus.runs.run_folder import check_writable
    from foedus.simulation.ensemble import check_size
    from foedus.studies.compare.contrasts import Wanted, check_setups, contrast_all
    from foedus.studies.compare.text import print_contrasts
    from foedus.studies.compare.trials import Trials, play_trials

    check_size(options.trials, options.seed)
    words.check_threads(options.threads)
    check_setups(setups)
    check_writable(options.out)
    if options.metric and options.until_width is None:
        raise FoedusError("--metric: expected together with --until-width W")
    wanted = None
    if options.until_width is not None:
        wanted = Wanted(options.until_width, options.metric or "cohesion")
    compile_first()
    told = Steps("trials", None if wanted else len(setups) * options.trials)

    def play(setup: Setup, first: int, trials: int) -> Trials:
        return play_trials(
            setup,
            trials=trials,
            seed=options.seed,
            first=first,
            threads=options.threads,
            progress=told,
        )

    found = contrast_all(
        setups,
        play,
        seed=options.seed,
        trials=options.trials,
        wanted=wanted,
        every_pair=every_pair,
        fork=fork,
    )
    told.end()
    place = _write(found, options.out, kind, figures=not options.no_figures)
    print_contrasts(found, place)


def width(text: str) -> float:
    """A width of an interval: a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        from foedus.files.faults import printable

        raise argparse.ArgumentTypeError(f"expected a number above 0, found «{printable(text)}»")
    return number


def _write(found: Contrasts, out: Path, kind: str, *, figures: bool) -> str:
    from foedus.studies.compare.tables import differences_table, fans_table
    from foedus.studies.compare.text import contrasts_text
    from foedus.studies.folders import write_folder

    draw = None
    if figures:
        say("drawing the figures ...")
        from foedus.figures.studies.contrasts import draw_contrasts

        def draw(folder: Path) -> None:
            draw_contrasts(found, folder)

    return write_folder(
        out,
        kind,
        found.provenance,
        scenario=found.base.name,
        scenarios=found.scenarios,
        tables={"differences": differences_table(found), "fans": fans_table(found)},
        text=contrasts_text(found),
        draw=draw,
    )

"""`foedus compare`: set scenarios against a base with common random numbers."""

from __future__ import annotations

import argparse
import math
import sys
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import compile_first, say
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.api.comparison import Comparison
    from foedus.commands.shared.options import Commands


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
    import foedus
    from foedus.studies.compare.contrasts import check_setups

    scenarios = [foedus.Scenario.load(each) for each in (options.base, *options.others)]
    check_setups([each.setup(options.parameters) for each in scenarios])
    answer(options, lambda **how: foedus.compare(*scenarios, **how))


def answer(options: argparse.Namespace, play: Callable[..., Comparison]) -> None:
    """What `compare` and `fork` share: play, compare, write a folder, print the answer."""
    from foedus.runs.run_folder import check_writable
    from foedus.simulation.ensemble import check_size
    from foedus.studies.compare.text import print_contrasts

    check_size(options.trials, options.seed)
    words.check_threads(options.threads)
    check_writable(options.out)
    if options.metric and options.until_width is None:
        raise FoedusError("--metric: expected together with --until-width W")
    compile_first()
    comparison = play(
        trials=options.trials,
        seed=options.seed,
        parameter_set=options.parameters,
        until_width=options.until_width,
        metric=options.metric or "cohesion",
        threads=options.threads,
        progress=sys.stderr.isatty(),
    )
    if not options.no_figures:
        say("drawing the figures ...")
    place = comparison.save(options.out, figures=not options.no_figures)
    print_contrasts(comparison.contrasts, str(place))


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

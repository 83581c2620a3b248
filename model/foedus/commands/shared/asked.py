"""What several commands ask for alike, and how the Python interface takes it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from foedus.commands.shared import kinds, outputs
from foedus.commands.shared import options as words
from foedus.data import USUAL_CASE
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.runs.records import Request


def request(options: argparse.Namespace, **more: int | None) -> Request:
    """What decides a study besides its scenarios.

    Args:
        options: Seed, parameters and figures, and trials.
        more: Further fields, or fields instead; None for the usual value.
    """
    from foedus.runs.records import Request

    given = {name: value for name, value in more.items() if value is not None}
    return Request(
        **{"trials": options.trials, **given},
        seed=options.seed,
        evidence_set=options.parameters,
        figures=not options.no_figures,
    )


def add_comparison(parser: argparse.ArgumentParser) -> None:
    """What every comparison of scenarios can be asked for."""
    words.add_chance(parser)
    parser.add_argument(
        "--until-width",
        type=kinds.width,
        metavar="W",
        help="add trials until the widest 90 %% interval of --metric is W wide or less",
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        help="which interval: cohesion (the usual), participation[ABC], frozen[ABC]@2029-11 and so "
        "on; at the last month unless a date is given",
    )
    outputs.add_out(parser)
    outputs.add_no_figures(parser)
    words.add_parameters(parser)
    words.add_case(parser)
    outputs.add_threads(parser)


def of_comparison(options: argparse.Namespace) -> dict[str, Any]:
    """What `add_comparison` has read, as the Python interface takes it."""
    if options.metric and options.until_width is None:
        raise FoedusError("--metric: expected together with --until-width W")
    return {
        "trials": options.trials,
        "seed": options.seed,
        "parameter_set": options.parameters,
        "until_width": options.until_width,
        "metric": options.metric or "cohesion",
        "threads": options.threads,
    }


def evidence_step(options: argparse.Namespace) -> str:
    """The command that shows where a scenario's numbers come from."""
    from foedus.scenarios.resolve import bundled_name

    usual = options.case == USUAL_CASE
    case = "" if usual else f" --case {shlex.quote(options.case)}"
    name = bundled_name(options.scenario) if options.scenario and usual else None
    return f"evidence{f' {name}' if name else ''}{case}"

"""Words on the command line that several commands share."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.data import USUAL_CASE
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.runs.records import Request

    type Commands = argparse._SubParsersAction[argparse.ArgumentParser]

USUAL_TRIALS = 1000
USUAL_SEED = 1


def add_command(
    commands: Commands,
    name: str,
    command: Callable[[argparse.Namespace], int | None],
    *,
    summary: str,
    description: str,
) -> argparse.ArgumentParser:
    """Offer a command.

    Args:
        commands: What `cli` offers.
        name: The word that calls it.
        command: What it does with the options; it may return an exit status.
        summary: One line for the list of commands.
        description: What its own help says.
    """
    parser = commands.add_parser(name, help=summary, description=description)
    parser.set_defaults(command=command)
    return parser


def add_scenario(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """The scenario to play."""
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        nargs="?" if optional else None,
        help="a scenario file, or a bundled one's name",
    )


def add_chance(parser: argparse.ArgumentParser) -> None:
    """How often to play, and with what luck."""
    parser.add_argument(
        "--trials",
        type=whole,
        default=USUAL_TRIALS,
        metavar="N",
        help="number of trials (%(default)s)",
    )
    add_seed(parser)


def add_seed(parser: argparse.ArgumentParser, meaning: str = "seed of all chance") -> None:
    """With what luck to play."""
    parser.add_argument(
        "--seed", type=whole, default=USUAL_SEED, metavar="S", help=f"{meaning} (%(default)s)"
    )


def add_no_figures(parser: argparse.ArgumentParser) -> None:
    """Whether to draw."""
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")


def add_comparison(parser: argparse.ArgumentParser) -> None:
    """What every comparison of scenarios can be asked for."""
    add_chance(parser)
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
    add_out(parser)
    add_no_figures(parser)
    add_parameters(parser)
    add_case(parser)
    add_threads(parser)


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


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """Where the parameters come from."""
    from foedus.parameters.names import USUAL_SET

    parser.add_argument(
        "--parameters",
        type=parameter_set,
        default=USUAL_SET,
        metavar="SET",
        help="where the parameters come from: intervals by hand, from the articles and the dated "
        "record (record) or the articles alone (corpus); the wide intervals that inference starts "
        "from (prior); what it learnt from the whole record (posterior), or from the record up to "
        "a year (posterior-YEAR) (%(default)s)",
    )


def add_case(parser: argparse.ArgumentParser) -> None:
    """Which case, by name or by its folder."""
    parser.add_argument(
        "--case",
        default=USUAL_CASE,
        metavar="CASE",
        help="the case: its name, or a folder with a case.yaml (%(default)s)",
    )


def add_case_of_run(parser: argparse.ArgumentParser) -> None:
    """Which case, where a run knows its own."""
    parser.add_argument(
        "--case", metavar="CASE", help="the folder of the run's case, if that has been moved"
    )


def evidence_step(options: argparse.Namespace) -> str:
    """The command that shows where a scenario's numbers come from."""
    import shlex

    from foedus.scenarios.resolve import bundled_name

    usual = options.case == USUAL_CASE
    case = "" if usual else f" --case {shlex.quote(options.case)}"
    name = bundled_name(options.scenario) if options.scenario and usual else None
    return f"evidence{f' {name}' if name else ''}{case}"


def add_threads(parser: argparse.ArgumentParser) -> None:
    """How many threads to use."""
    parser.add_argument(
        "--threads", type=whole, metavar="N", help="threads to use (as many as there are cores)"
    )


def add_out(parser: argparse.ArgumentParser) -> None:
    """Where results go."""
    parser.add_argument(
        "--out",
        type=folder,
        default=Path("runs"),
        metavar="DIR",
        help="folder in which the run's own folder is made (%(default)s)",
    )


def add_place(parser: argparse.ArgumentParser) -> None:
    """Where runs go, which may be elsewhere."""
    parser.add_argument(
        "--out",
        type=place,
        default="runs",
        metavar="DIR",
        help="folder in which the run's own folder is made, or an address for fsspec such as "
        "s3://bucket/runs (%(default)s)",
    )


def whole(text: str) -> int:
    """A whole number of at most 20 digits."""
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text) is None:
        from foedus.files.faults import printable

        raise argparse.ArgumentTypeError(f"expected a whole number, found «{printable(text)}»")
    return int(text)


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


def month(text: str) -> str:
    """A month of a command line."""
    from foedus.files.faults import Misread
    from foedus.scenarios.language import months

    try:
        return months.month(text)
    except Misread as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parameter_set(text: str) -> str:
    """The name of a set of parameters."""
    from foedus.files.faults import printable
    from foedus.parameters.names import PARAMETER_SETS, is_set

    if not is_set(text):
        raise argparse.ArgumentTypeError(
            f"found «{printable(text)}», expected one of {', '.join(PARAMETER_SETS)}"
        )
    return text


def folder(text: str) -> Path:
    """A folder; an empty name, as of a variable that is not set, is a mistake."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"expected the name of a folder, found «{text}»")
    return Path(text)


def place(text: str) -> str:
    """A folder, or an address such as ``s3://bucket/runs``."""
    return text if "://" in text else str(folder(text))

"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import kinds
from foedus.data import USUAL_CASE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    type Commands = argparse._SubParsersAction[argparse.ArgumentParser]

USUAL_TRIALS, USUAL_SEED = 1000, 1


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
        type=kinds.whole,
        default=USUAL_TRIALS,
        metavar="N",
        help="number of trials (%(default)s)",
    )
    add_seed(parser)


def add_seed(parser: argparse.ArgumentParser, meaning: str = "seed of all chance") -> None:
    """With what luck to play."""
    parser.add_argument(
        "--seed", type=kinds.whole, default=USUAL_SEED, metavar="S", help=f"{meaning} (%(default)s)"
    )


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """Where the parameters come from."""
    from foedus.parameters.names import USUAL_SET

    parser.add_argument(
        "--parameters",
        type=kinds.parameter_set,
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

"""Words on the command line that several commands share."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.data import USUAL_CASE
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Callable

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
    parser.add_argument(
        "--seed",
        type=whole,
        default=USUAL_SEED,
        metavar="S",
        help="seed of all chance (%(default)s)",
    )


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


def check_threads(threads: int | None) -> None:
    """Refuse a number of threads that cannot be.

    Raises:
        FoedusError: It is less than one.
    """
    if threads is not None and threads < 1:
        raise FoedusError(f"--threads: found {threads}, expected 1 or more")


def whole(text: str) -> int:
    """A whole number of at most 20 digits."""
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text) is None:
        from foedus.files.faults import printable

        raise argparse.ArgumentTypeError(f"expected a whole number, found «{printable(text)}»")
    return int(text)


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

"""`foedus scenario names`: every name that a scenario may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.data import USUAL_SCENARIO

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(actions: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        actions,
        "names",
        names,
        summary="every name that a scenario may use: parameters, drivers, conditions and so on",
        description="Every name that a scenario file may use, by kind: members, partners, threats, "
        "drivers, parameters, quantities, mechanisms, what conditions may speak of, and how "
        "addresses are written.",
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        nargs="?",
        default=USUAL_SCENARIO,
        help="a scenario file, or a bundled one's name (%(default)s)",
    )
    words.add_case(parser)


def names(options: argparse.Namespace) -> None:
    """Print the names that a scenario may use, a kind per paragraph."""
    from foedus import cases
    from foedus.scenarios.describe.names import names_of
    from foedus.scenarios.loading import traced

    _, resolved = traced(options.scenario, cases.load(options.case))
    for kind, every in names_of(resolved, resolved.ranges).items():
        print(f"{kind}:")
        print("\n".join(f"  {name}" for name in every))

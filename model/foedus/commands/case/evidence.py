"""`foedus evidence`: what a number rests on, and what a claim feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "evidence",
        show,
        summary="show what a number rests on, what a claim feeds, or all of it",
        description="Without a name: how much of the evidence feeds the model, and which claims do "
        "not, with the reason. With the name of a parameter, a quantity of the alliance (also for "
        "one member: trust_patron[CODE]) or a scenario, or with a scenario file: its sources. With "
        "the id of a claim, an event or a pattern: what it says and feeds. With a grade, A, B, C "
        "or judgement: the numbers of that grade.",
    )
    words.add_case(parser)
    parser.add_argument("name", metavar="NAME", nargs="?", help="a name, a file, an id or a grade")


def show(options: argparse.Namespace) -> None:
    """Print sources, uses or coverage."""
    from foedus import cases
    from foedus.scenarios.describe.citations import answer

    print(answer(options.name, cases.load(options.case)))

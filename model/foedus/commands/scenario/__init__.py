"""`foedus scenario`: list, check, show, compare and begin scenario files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.scenario import check, diff, listing, names, new, schema, show

if TYPE_CHECKING:
    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = commands.add_parser(
        "scenario",
        help="list, check, show, compare or begin scenario files",
        description="Work with scenario files; the README of the folder `scenarios` explains them.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for action in (listing, check, show, diff, schema, new, names):
        action.add(actions)

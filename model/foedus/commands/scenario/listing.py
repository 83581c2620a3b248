"""`foedus scenario list`: the scenarios there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(actions: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        actions,
        "list",
        show_list,
        summary="the scenarios of the case or the bundled ones, one line each",
        description="The scenarios of the case, or the bundled ones: name, dates, parent, title.",
    )
    words.add_case(parser)


def show_list(options: argparse.Namespace) -> None:
    """Print the scenarios of a case."""
    from foedus import cases
    from foedus.telling.scenarios import overview

    print(overview(cases.load(options.case)))

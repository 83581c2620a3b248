"""`foedus scenario show`: a scenario with all that it inherits."""

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
        "show",
        show,
        summary="a scenario with all that it inherits, and where each value comes from",
        description="A scenario with all that it inherits, as a file of its own that gives the "
        "same results. A comment behind each value says from which file and line it comes.",
    )
    words.add_scenario(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--plain", action="store_true", help="without the comments")
    how.add_argument("--words", action="store_true", help="as sentences instead of a file")
    parser.add_argument(
        "--all",
        action="store_true",
        help="with every parameter of the registry and every number of the alliance",
    )
    words.add_case(parser)


def show(options: argparse.Namespace) -> None:
    """Print a resolved scenario."""
    from foedus import cases
    from foedus.parameters import registry
    from foedus.scenarios.describe.courses import story
    from foedus.scenarios.describe.shown import Shown
    from foedus.scenarios.loading import traced

    case = cases.load(options.case)
    root, resolved = traced(options.scenario, case)
    if options.words:
        print("\n".join(story(resolved)))
        return
    every = registry.load(case) if options.all else None
    print(Shown(resolved, root, registry=every, origins=not options.plain).text(), end="")

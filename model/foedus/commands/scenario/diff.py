"""`foedus scenario diff`: in what two scenarios differ."""

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
        "diff",
        diff,
        summary="in what two scenarios differ, in words and as a table",
        description="In what two scenarios differ, with all that they inherit: in words, and as a "
        "table of both.",
    )
    parser.add_argument("one", metavar="A", help="a scenario file, or a bundled one's name")
    parser.add_argument("other", metavar="B", help="another")
    parser.add_argument("--words", action="store_true", help="without the table")
    words.add_case(parser)


def diff(options: argparse.Namespace) -> None:
    """Print in what two scenarios differ."""
    from foedus import cases
    from foedus.scenarios.loading import traced
    from foedus.telling.scenarios import print_differences

    case = cases.load(options.case)
    (_, one), (_, other) = (traced(each, case) for each in (options.one, options.other))
    print_differences(one, other, (options.one, options.other), table=not options.words)

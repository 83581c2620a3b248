"""`foedus scenario new`: begin a scenario file."""

from __future__ import annotations

from pathlib import Path
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
        "new",
        new,
        summary="begin a scenario file, with comments that explain it",
        description="Write NAME.yaml into the working directory: a scenario with comments that "
        "passes every check.",
    )
    parser.add_argument("name", metavar="NAME", help="small letters, digits and hyphens")
    parser.add_argument("--title", default="A new scenario", help="one line for people")
    parser.add_argument(
        "--extends", default=USUAL_SCENARIO, metavar="PARENT", help="what it extends (%(default)s)"
    )
    words.add_case(parser)


def new(options: argparse.Namespace) -> None:
    """Write a scenario to begin with."""
    from foedus import cases
    from foedus.scenarios.describe.starter import starter, write_starter
    from foedus.scenarios.loading import traced

    traced(options.extends, cases.load(options.case))
    path = Path(f"{options.name}.yaml")
    write_starter(path, starter(options.name, options.title, options.extends))
    print(f"wrote {path}; check it with `foedus scenario check {path}`")

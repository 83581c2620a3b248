"""`foedus library`: play every scenario of a case and set them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import asked, outputs
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "library",
        library,
        summary="play every bundled scenario and set them side by side",
        description="Play every scenario that comes with the package, or with a case, with common "
        "random numbers. Writes a folder with one page that compares all scenarios of one start "
        "(PNG and SVG), a page for history played again, and one tidy table of all differences "
        "(Parquet and CSV).",
    )
    words.add_chance(parser)
    outputs.add_out(parser)
    outputs.add_no_figures(parser)
    words.add_parameters(parser)
    words.add_case(parser)
    outputs.add_threads(parser)


def library(options: argparse.Namespace) -> None:
    """Play the library, write it, print the order."""
    from foedus.api.library import library_to_disk
    from foedus.studies.library.text import print_library

    played, place = library_to_disk(
        options.out, asked.request(options), case=options.case, threads=options.threads
    )
    print_library(played, place)

"""`foedus scenario schema`: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(actions: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        actions,
        "schema",
        schema,
        summary="the JSON Schema of scenario files, for editors",
        description="The JSON Schema (2020-12) of scenario files. An editor with the YAML language "
        "server completes and checks a file whose first line is "
        "«# yaml-language-server: $schema=scenario.schema.json».",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there")
    words.add_case(parser)


def schema(options: argparse.Namespace) -> None:
    """Print or write the JSON Schema."""
    from foedus import cases
    from foedus.files.text_files import write_text
    from foedus.scenarios.describe.json_schema import schema_text

    text = schema_text(cases.load(options.case))
    if options.out is None:
        print(text, end="")
        return
    write_text(options.out, text)
    print(f"wrote {options.out}")

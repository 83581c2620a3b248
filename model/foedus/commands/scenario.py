"""`foedus scenario`: list, check, show, compare and begin scenario files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.data import USUAL_SCENARIO
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foedus.commands.shared.options import Commands
    from foedus.files.yaml_reader import Node
    from foedus.scenarios.describe.notes import Note
    from foedus.scenarios.resolved import ResolvedScenario


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = commands.add_parser(
        "scenario",
        help="list, check, show, compare or begin scenario files",
        description="Work with scenario files; the README of the folder `scenarios` explains them.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_list(actions)
    _add_check(actions)
    _add_show(actions)
    _add_diff(actions)
    _add_schema(actions)
    _add_new(actions)
    _add_names(actions)


def _add_list(actions: Commands) -> None:
    words.add_command(
        actions,
        "list",
        show_list,
        summary="the bundled scenarios, one line each",
        description="The bundled scenarios: name, dates, parent and title.",
    )


def _add_check(actions: Commands) -> None:
    parser = words.add_command(
        actions,
        "check",
        check,
        summary="say what is wrong with scenario files, or hardly meant",
        description="Check scenario files with their parents and alliances. Faults are told with "
        "the line that is meant, and end with exit status 2. Notes are told of what is allowed and "
        "hardly meant: triggers that cannot fire, dates outside the run, claims that contradict, "
        "and whatever makes no difference in a hundred trials.",
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="scenario files, or bundled ones' names"
    )
    parser.add_argument(
        "--strict", action="store_true", help="end with exit status 2 for notes as well"
    )
    parser.add_argument(
        "--quick", action="store_true", help="play no trials to find out what makes no difference"
    )


def _add_show(actions: Commands) -> None:
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


def _add_diff(actions: Commands) -> None:
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


def _add_schema(actions: Commands) -> None:
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


def _add_new(actions: Commands) -> None:
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


def _add_names(actions: Commands) -> None:
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


def names(options: argparse.Namespace) -> None:
    """Print the names that a scenario may use, a kind per paragraph."""
    from foedus.parameters import registry
    from foedus.scenarios.describe.names import names_of

    _, resolved = _traced(options.scenario)
    for kind, every in names_of(resolved, registry.load().ranges).items():
        print(f"{kind}:")
        print("\n".join(f"  {name}" for name in every))


def _traced(reference: str) -> tuple[Node, ResolvedScenario]:
    """A scenario with the places of its values; citations are looked up."""
    from foedus import evidence
    from foedus.parameters import registry
    from foedus.scenarios.resolve import trace

    known = registry.load().ranges
    return trace(reference, parameters=known, evidence_ids=evidence.load().ids)


def show_list(_options: argparse.Namespace) -> None:
    """Print the bundled scenarios."""
    from foedus.scenarios.language import months
    from foedus.scenarios.resolve import bundled_scenarios, parent_of

    rows = []
    for name in bundled_scenarios():
        _, resolved = _traced(name)
        end = months.after(resolved.start, resolved.horizon)
        parent = parent_of(name)
        dates, extends = f"{resolved.start} – {end}", parent.stem if parent else ""
        rows.append((name, dates, extends, resolved.title))
    _print_columns(("scenario", "dates", "extends", "title"), rows)


def _print_columns(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def check(options: argparse.Namespace) -> None:
    """Check files; tell all faults and notes before ending."""
    faulty = noted = 0
    for reference in options.files:
        try:
            notes = _notes(reference, quick=options.quick)
        except FoedusError as error:
            faulty += 1
            print(_faults(error), file=sys.stderr)
            continue
        noted += bool(notes)
        _tell(notes)
        print(f"{reference}: valid" + (f", {_count(len(notes), 'note')}" if notes else ""))
    sys.stdout.flush()
    if faulty:
        raise FoedusError(f"{faulty} of {_count(len(options.files), 'scenario')} not valid")
    if noted and options.strict:
        raise FoedusError(f"{noted} of {_count(len(options.files), 'scenario')} with notes")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _faults(error: FoedusError) -> str:
    from foedus.files.faults import FileError
    from foedus.files.snippets import explained

    return explained(error) if isinstance(error, FileError) else str(error)


def _notes(reference: str, *, quick: bool) -> list[Note]:
    from foedus import evidence
    from foedus.scenarios.describe.notes import Notes
    from foedus.scenarios.resolve import lineage, path_of
    from foedus.studies.sweep.design_notes import design_notes

    root, resolved = _traced(reference)
    notes = Notes(root, resolved, evidence.load(), lineage(reference)).all()
    notes += design_notes(root, resolved, path_of(reference).parent)
    if not quick:
        from foedus.commands.shared.playing import compile_first
        from foedus.studies.check.unused_keys import idle

        compile_first()
        known = {note.place for note in notes}
        notes += [note for note in idle(reference) if note.place not in known]
    return sorted(notes)


def _tell(notes: Iterable[Note]) -> None:
    from foedus.files.snippets import snippet

    for note in notes:
        key = f"{note.key}: " if note.key else ""
        print("\n".join([f"{note.place}: note: {key}{note.message}", *snippet(note.place)]))


def show(options: argparse.Namespace) -> None:
    """Print a resolved scenario."""
    from foedus.parameters import registry
    from foedus.scenarios.describe.courses import story
    from foedus.scenarios.describe.shown import Shown

    root, resolved = _traced(options.scenario)
    if options.words:
        print("\n".join(story(resolved)))
        return
    every = registry.load() if options.all else None
    print(Shown(resolved, root, registry=every, origins=not options.plain).text(), end="")


def diff(options: argparse.Namespace) -> None:
    """Print in what two scenarios differ."""
    from foedus.scenarios.describe.differences import differences

    (_, one), (_, other) = _traced(options.one), _traced(options.other)
    found = differences(one, other)
    if not found:
        print(f"{options.one} and {options.other} say the same")
        return
    for each in found:
        print(f"- {each.sentence}")
    if not options.words:
        print()
        _print_table(one.name, other.name, [(each.what, each.one, each.other) for each in found])


def _print_table(one: str, other: str, rows: list[tuple[str, str, str]]) -> None:
    from rich import box
    from rich.table import Table

    from foedus.telling.console import console_of

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for head in (one, other):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console_of(soft_wrap=False).print(table)


def schema(options: argparse.Namespace) -> None:
    """Print or write the JSON Schema."""
    import json

    from foedus.parameters import registry
    from foedus.scenarios.describe.json_schema import json_schema

    text = json.dumps(json_schema(registry.load().ranges), indent=2, ensure_ascii=False) + "\n"
    if options.out is None:
        print(text, end="")
        return
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FoedusError(f"{options.out}: cannot be written: {reason}") from error
    print(f"wrote {options.out}")


def new(options: argparse.Namespace) -> None:
    """Write a scenario to begin with."""
    from foedus.scenarios.describe.starter import starter, write_starter

    _traced(options.extends)
    path = Path(f"{options.name}.yaml")
    write_starter(path, starter(options.name, options.title, options.extends))
    print(f"wrote {path}; check it with `foedus scenario check {path}`")

"""`foedus runs`: what runs there are, what one of them is, and which of them can go."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import program
from foedus.commands.shared.resuming import RESUMABLE
from foedus.errors import FoedusError
from foedus.files.faults import PATH_SHOWN, printable

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from foedus.commands.shared.options import Commands
    from foedus.runs.run_list import Listed

KILO = 1000.0


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "runs",
        lambda _: parser.print_help(),
        summary="list, show and clear away runs",
        description="What runs there are, finished and unfinished, and which of them can go.",
    )
    inner = parser.add_subparsers(title="what to do", metavar="WHAT")
    one = words.add_command(
        inner,
        "list",
        list_runs,
        summary="all runs in a folder",
        description="All runs in a folder.",
    )
    words.add_place(one)
    one = words.add_command(
        inner,
        "show",
        show_run,
        summary="one run: what was asked for, and what is there",
        description="One run: what was asked for, by which code, and which chunks are there.",
    )
    one.add_argument("run", metavar="RUN", type=words.place, help="folder of a run")
    one = words.add_command(
        inner,
        "clean",
        clean_runs,
        summary="remove unfinished or old runs",
        description="Remove unfinished runs, or runs begun long ago. Asks before it does. Never "
        "touches what is no run, nor a run that a process is working on.",
    )
    words.add_place(one)
    one.add_argument("--unfinished", action="store_true", help="runs that were never finished")
    one.add_argument(
        "--older-than", type=words.whole, metavar="DAYS", help="runs begun more than DAYS days ago"
    )
    one.add_argument("--yes", action="store_true", help="do not ask")


def list_runs(options: argparse.Namespace) -> None:
    """A line a run."""
    from foedus.runs.run_list import listed

    found = list(listed(options.out))
    if not found:
        print(f"No runs in {options.out}.")
        return
    rows = [("RUN", "WHAT", "TRIALS", "SEED", "STATE", "SIZE"), *(_row(one) for one in found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def show_run(options: argparse.Namespace) -> None:
    """What a run is, line by line."""
    from foedus.runs.run_list import find

    one = find(options.run)
    print(f"{printable(one.name, PATH_SHOWN)}: {_state(one)}")
    for title, content in (*_facts(one), ("size", _size(one))):
        fact = f"{title.replace('_', ' ')}: {content}"
        print(f"  {printable(fact, PATH_SHOWN)}")
    for line in _chunk_lines(one):
        print(f"  {line}")
    if one.standing == "unfinished" and one.kind in RESUMABLE:
        print(f"Go on with: {program()} {one.kind} --resume {shlex.quote(one.place)}")
    elif one.standing == "unfinished":
        print("Nothing of it is kept; `runs clean --unfinished` removes it.")


def _facts(one: Listed) -> list[tuple[str, object]]:
    """What manifest or state say of a run, title by title."""
    from dataclasses import asdict

    from foedus.runs.records import Manifest

    about = one.about
    if about is None:
        return []
    request = (about.model_extra or {}).get("request")
    facts = {"begun": about.created, **asdict(about.run)}
    facts |= request if isinstance(request, dict) else {}
    if isinstance(about, Manifest):
        facts |= {**about.code, **about.versions, "engine": about.engine}
    return [(title, value) for title, value in facts.items() if value != ""]


def clean_runs(options: argparse.Namespace) -> None:
    """Remove what the user names, after a question."""
    from foedus.runs.run_list import listed
    from foedus.runs.store import store
    from foedus.runs.unfinished import Unfinished, mendable

    if not options.unfinished and options.older_than is None:
        raise FoedusError("runs clean: say which: --unfinished, --older-than DAYS, or both")
    if options.older_than is not None and options.older_than < 0:
        raise FoedusError(f"--older-than: found {options.older_than}, expected 0 or more")
    going = [one for one in listed(options.out) if _meant(one, options)]
    if not going:
        print(f"Nothing to remove in {options.out}.")
        return
    for one in going:
        print(f"{printable(one.place, PATH_SHOWN)} ({_state(one)}, {_size(one)})")
    if not options.yes and not _agreed(len(going)):
        print("Nothing was removed.")
        return
    for one in going:
        with mendable(one.place, "remove"):
            if one.standing == "unfinished":
                # With its lock, so that nobody takes it up meanwhile.
                Unfinished.open(one.place, one.kind).discard()
            else:
                store(one.place).remove()
    print(f"Removed {len(going)}.")


def _meant(one: Listed, options: argparse.Namespace) -> bool:
    """Whether a run is one of those to be removed; both conditions must hold if both are given."""
    kept = {"in use", "cannot be read", "damaged"}
    if one.standing in kept or (options.unfinished and one.standing == "whole"):
        return False
    if options.older_than is None:
        return True
    from foedus.runs.run_folder import now_utc

    begun = one.created
    return begun is not None and now_utc() - begun > timedelta(days=options.older_than)


def _agreed(number: int) -> bool:
    if not sys.stdin.isatty():
        raise FoedusError("runs clean: nobody is there to ask; add --yes to remove without asking")
    return input(f"Remove {number} for good? [y/N] ").strip().lower() in {"y", "yes"}


def _row(one: Listed) -> tuple[str, ...]:
    numbers = (one.about.run.trials, one.about.run.seed) if one.about else ()
    trials, seed = (f"{number:,}" for number in numbers) if numbers else ("", "")
    cells = (one.name, one.kind, trials, seed, _state(one), _size(one))
    return tuple(printable(cell, PATH_SHOWN) for cell in cells)


def _state(one: Listed) -> str:
    if one.standing not in {"unfinished", "in use"}:
        return one.standing
    chunks = "chunk" if one.pieces == 1 else "chunks"
    return f"{one.standing}, {one.pieces} {chunks} done"


def _chunk_lines(one: Listed) -> list[str]:
    """A line a chunk: finished, or damaged."""
    from foedus.runs.records import Manifest
    from foedus.runs.run_list import piece_records

    if isinstance(one.about, Manifest):
        chunks = one.about.chunks
        return [f"chunk from trial {each.first:,}: {each.trials:,} trials" for each in chunks]
    if one.about is None:
        return []
    return [
        f"{name}: {'damaged; will be made again' if record is None else 'finished'}"
        for name, record in piece_records(one).items()
    ]


def _size(one: Listed) -> str:
    """Size on disk in words; empty where it takes long to find out."""
    from pathlib import Path

    from foedus.runs.store import remote

    if remote(one.place):
        return ""
    size = float(sum(_bytes(path) for path in Path(one.place).rglob("*")))
    for unit in ("B", "kB", "MB"):
        if size < KILO:
            return f"{size:.0f} {unit}"
        size /= KILO
    return f"{size:.1f} GB"


def _bytes(path: Path) -> int:
    """Size of a file; none of what is no file, or has just gone."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0

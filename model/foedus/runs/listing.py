"""A folder of runs as text, what one of them is, and which of them can go."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foedus.files.faults import PATH_SHOWN, printable
from foedus.runs.records import Manifest
from foedus.runs.run_list import find, listed, piece_records
from foedus.runs.storage.store import remote, store
from foedus.runs.storage.unfinished import Unfinished, mendable
from foedus.runs.study import RESUMABLE, now_utc
from foedus.telling.console import columns_text
from foedus.telling.program import program

if TYPE_CHECKING:
    from foedus.runs.run_list import Listed

KILO: Final = 1000.0

STAYING: Final = frozenset({"in use", "cannot be read", "damaged"})
"""Standings of runs that are never cleared away."""


def list_text(place: Path | str) -> str:
    """All runs in a folder, a line each.

    Raises:
        FoedusError: The folder cannot be read.
    """
    rows = [_row(one) for one in listed(place)]
    if not rows:
        return f"No runs in {place}."
    return columns_text([("RUN", "WHAT", "TRIALS", "SEED", "STATE", "SIZE"), *rows])


def show_text(path: Path | str) -> str:
    """One run: what was asked for, by which code, and which chunks are there.

    Raises:
        FoedusError: There is none.
    """
    one = find(path)
    lines = [f"{printable(one.name, PATH_SHOWN)}: {_state(one)}"]
    for title, content in (*_facts(one), ("size", _size(one))):
        fact = f"{title.replace('_', ' ')}: {content}"
        lines.append(f"  {printable(fact, PATH_SHOWN)}")
    lines += [f"  {line}" for line in _chunk_lines(one)]
    if one.standing == "unfinished" and one.kind in RESUMABLE:
        lines.append(f"Go on with: {program()} {one.kind} --resume {shlex.quote(one.place)}")
    elif one.standing == "unfinished":
        lines.append("Nothing of it is kept; `runs clean --unfinished` removes it.")
    return "\n".join(lines)


def removable(place: Path | str, *, unfinished: bool, older_than: int | None) -> list[Listed]:
    """Runs that can go.

    Args:
        place: Folder of the runs.
        unfinished: Only such as were never finished.
        older_than: Only such as were begun more than so many days ago; any if None. Both conditions
            must hold if both are given.

    Raises:
        FoedusError: The folder cannot be read.
    """
    going = []
    for one in listed(place):
        if one.standing in STAYING or (unfinished and one.standing == "whole"):
            continue
        begun = one.created
        if older_than is None or (
            begun is not None and now_utc() - begun > timedelta(days=older_than)
        ):
            going.append(one)
    return going


def line_of(one: Listed) -> str:
    """Where a run lies, and what it is, in a line."""
    return f"{printable(one.place, PATH_SHOWN)} ({_state(one)}, {_size(one)})"


def remove(one: Listed) -> None:
    """Remove a run for good.

    Raises:
        FoedusError: It cannot be removed, or a process is at it.
    """
    with mendable(one.place, "remove"):
        if one.standing == "unfinished":
            # With its lock, so that nobody takes it up meanwhile.
            Unfinished.open(one.place, one.kind).discard()
        else:
            store(one.place).remove()


def _facts(one: Listed) -> list[tuple[str, object]]:
    """What manifest or state say of a run, title by title."""
    about = one.about
    if about is None:
        return []
    request = (about.model_extra or {}).get("request")
    facts = {"begun": about.created, **asdict(about.run)}
    facts |= request if isinstance(request, dict) else {}
    if isinstance(about, Manifest):
        facts |= {**about.code, **about.versions, "engine": about.engine}
    return [(title, value) for title, value in facts.items() if value not in ("", {})]


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
    """A line per chunk: finished, or damaged."""
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

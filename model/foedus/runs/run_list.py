"""What lies in a folder of runs, complete or unfinished; what is neither is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from foedus.errors import FoedusError
from foedus.runs.records import DamagedError, Manifest, Record, read
from foedus.runs.storage.locks import LOCK, in_use
from foedus.runs.storage.seals import unseal
from foedus.runs.storage.store import LocalStore, remote, store
from foedus.runs.storage.unfinished import (
    MANIFEST,
    PIECES,
    STATE,
    SUFFIX,
    WHOLE,
    mendable,
    sealed_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foedus.runs.storage.store import RemoteStore

type Standing = Literal[
    "whole", "unfinished", "in use", "without a state", "damaged", "cannot be read"
]

NAME: Final = re.compile(r"\d{8}T\d{6}Z-.+")
"""Names that runs have."""


@dataclass(frozen=True)
class Listed:
    """A run, or another study, in a folder of runs.

    Attributes:
        place: Where it lies.
        name: Of its folder, without ``.unfinished``.
        standing: Whether it is whole; unfinished; just worked on; an empty shell whose state was
            not written any more; with a manifest or state that is not what was written, or is of
            another version; or closed to us.
        kind: Such as ``run`` or ``sweep``.
        about: Its manifest or its state; None if there is none that can be used.
        pieces: Number of pieces that are there, whole or not.
        fault: What is wrong with its manifest or state, in one line; empty if nothing is.
    """

    place: str
    name: str
    standing: Standing
    kind: str = ""
    about: Record | None = None
    pieces: int = 0
    fault: str = ""

    @property
    def created(self) -> datetime | None:
        """When it was begun, by the clock of that machine; None if nothing says so."""
        if self.about is None:
            return None
        made = self.about.created
        return made if made.tzinfo else made.replace(tzinfo=UTC)


def listed(place: Path | str) -> Iterator[Listed]:
    """All runs and other studies directly in a folder, by name; anything else is passed over.

    Raises:
        FoedusError: The folder cannot be read.
    """
    where = store(place)
    with mendable(place, "read"):
        names = where.names()
    for name in names:
        found = look(where.under(name), name)
        if found is not None:
            yield found


def look(folder: LocalStore | RemoteStore, name: str) -> Listed | None:
    """A folder, if it is one of ours."""
    try:
        return _look(folder, name)
    except OSError:
        ours = NAME.fullmatch(name) is not None
        return Listed(str(folder), name.removesuffix(SUFFIX), "cannot be read") if ours else None


def _look(folder: LocalStore | RemoteStore, name: str) -> Listed | None:
    if isinstance(folder, LocalStore) and (not folder.path.is_dir() or folder.path.is_symlink()):
        return None
    unfinished = name.endswith(SUFFIX)
    file, title = STATE if unfinished else MANIFEST, name.removesuffix(SUFFIX)
    try:
        content = folder.read(file)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        shell = unfinished and NAME.fullmatch(title) and _nothing_else(folder)
        return Listed(str(folder), title, "without a state") if shell else None
    path = f"{folder}/{file}"
    try:
        about = read(Record if unfinished else Manifest, content, path)
    except DamagedError as fault:
        # Under a name that is none of ours it is none of our business.
        ours = NAME.fullmatch(title) is not None
        return Listed(str(folder), title, "damaged", fault=str(fault)) if ours else None
    if not unfinished:
        return Listed(str(folder), name, "whole", about.kind, about)
    busy = isinstance(folder, LocalStore) and in_use(folder.path)
    pieces = len(folder.under(PIECES).names())
    return Listed(str(folder), title, "in use" if busy else "unfinished", about.kind, about, pieces)


def _nothing_else(folder: LocalStore | RemoteStore) -> bool:
    return set(folder.names()) <= {LOCK, PIECES, WHOLE, STATE}


def find(path: Path | str) -> Listed:
    """A run by its folder, with or without ``.unfinished``.

    Raises:
        FoedusError: There is none, or it cannot be read.
    """
    text = str(path).rstrip("/")
    for each in (text, f"{text}{SUFFIX}"):
        name = each.rpartition("/")[2] if remote(each) else Path(each).resolve().name
        with mendable(path, "read"):
            found = _look(store(each), name)
        if found is not None and found.fault:
            raise FoedusError(found.fault)
        if found is not None:
            return found
    raise FoedusError(f"{path}: found no run there")


def unfinished_in(place: Path | str, kind: str) -> list[str]:
    """Folders of unfinished work of a kind that nobody is at."""
    return [
        each.place for each in listed(place) if each.kind == kind and each.standing == "unfinished"
    ]


def piece_records(one: Listed) -> dict[str, dict[str, Any] | None]:
    """Records of the pieces of unfinished work; None for those that are damaged.

    Raises:
        FoedusError: They cannot be read.
    """
    folder = store(one.place)
    pieces = folder.under(PIECES)
    with mendable(one.place, "read"):
        state = folder.read(STATE)
        found = {
            name: unseal(sealed_name(state, name), pieces.read(name)) for name in pieces.names()
        }
    return {name: None if each is None else each[0] for name, each in found.items()}

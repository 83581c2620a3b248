"""What lies in a folder of runs: whole ones, unfinished ones; what is neither is left alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from foedus.errors import FoedusError
from foedus.runs.locks import LOCK, in_use
from foedus.runs.seals import unseal
from foedus.runs.store import LocalStore, remote, store
from foedus.runs.unfinished import MANIFEST, PIECES, STATE, SUFFIX, WHOLE, mendable, read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foedus.runs.store import RemoteStore

type Standing = Literal["whole", "unfinished", "in use", "without a state", "cannot be read"]

NAME: Final = re.compile(r"\d{8}T\d{6}Z-.+")
"""Names that runs have."""


@dataclass(frozen=True)
class Listed:
    """A run, or another study, in a folder of runs.

    Attributes:
        place: Where it lies.
        name: Of its folder, without ``.unfinished``.
        standing: Whether it is whole; unfinished; just worked on; an empty shell whose state was
            not written any more; or closed to us.
        kind: Such as ``run`` or ``sweep``.
        about: Its manifest or its state.
        pieces: Number of pieces that are there, whole or not.
    """

    place: str
    name: str
    standing: Standing
    kind: str
    about: dict[str, Any]
    pieces: int = 0

    @property
    def created(self) -> datetime | None:
        """When it was begun, by the clock of that machine; None if nothing says so."""
        try:
            made = datetime.fromisoformat(self.about["created"])
        except (KeyError, TypeError, ValueError):
            return None
        return made if made.tzinfo else made.replace(tzinfo=UTC)

    def asked(self, what: str) -> Any:
        """A number of the run, such as ``trials``; None if nothing says it."""
        run = self.about.get("run")
        return run.get(what) if isinstance(run, dict) else None


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
        title = name.removesuffix(SUFFIX)
        return Listed(str(folder), title, "cannot be read", "", {}) if ours else None


def _look(folder: LocalStore | RemoteStore, name: str) -> Listed | None:
    if isinstance(folder, LocalStore) and (not folder.path.is_dir() or folder.path.is_symlink()):
        return None
    if not name.endswith(SUFFIX):
        manifest = _json(folder, MANIFEST)
        ours = manifest is not None and "schema_version" in manifest and _says(manifest)
        kind = str((manifest or {}).get("kind", "run"))
        return Listed(str(folder), name, "whole", kind, manifest or {}) if ours else None
    state, title = read_state(folder), name.removesuffix(SUFFIX)
    if state is None:
        shell = NAME.fullmatch(title) and set(folder.names()) <= {LOCK, PIECES, WHOLE, STATE}
        return Listed(str(folder), title, "without a state", "", {}) if shell else None
    busy = isinstance(folder, LocalStore) and in_use(folder.path)
    pieces = len(folder.under(PIECES).names())
    standing: Standing = "in use" if busy else "unfinished"
    return Listed(str(folder), title, standing, str(state["kind"]), state, pieces)


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
    pieces = store(one.place).under(PIECES)
    with mendable(one.place, "read"):
        found = {name: unseal(name, pieces.read(name)) for name in pieces.names()}
    return {name: None if each is None else each[0] for name, each in found.items()}


def _says(manifest: dict[str, Any]) -> bool:
    """Whether what a manifest says is of the kind that manifests say."""
    return all(isinstance(manifest.get(key), dict) for key in ("files", "run"))


def _json(folder: LocalStore | RemoteStore, name: str) -> dict[str, Any] | None:
    try:
        content = json.loads(folder.read(name))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return content if isinstance(content, dict) else None

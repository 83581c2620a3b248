"""Work that is not finished yet: a folder whose pieces are whole, and whose state is plain.

``NAME.unfinished/`` holds ``state.json`` (what was asked for), ``pieces/`` (what is done) and, in
the last step, ``whole/``, which becomes ``NAME``. Every piece has its digest in its first line, so
that a piece that was cut short, or changed, is found out and made again. On this machine a lock
keeps a second process away; it goes with its process, however that ends.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from foedus.errors import FoedusError
from foedus.files.atomic import sync
from foedus.runs import locks
from foedus.runs.seals import seal, unseal
from foedus.runs.store import LocalStore, RemoteStore, files, remote, store
from foedus.simulation.chunks import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

SUFFIX: Final = ".unfinished"
STATE: Final = "state.json"
PIECES: Final = "pieces"
WHOLE: Final = "whole"
MANIFEST: Final = "manifest.json"

DAMAGED: Final = frozenset({errno.ENOENT, errno.EISDIR, errno.EIO})
"""What the system says of a piece that is not there, is no file, or lies on a broken disk."""

SAME_NAME: Final = 1000
"""Most works with one name that are told apart by a number."""


class Unfinished:
    """A folder of unfinished work that this process owns.

    Use as a context: the lock is given back at the end. What is on disk stays until `finish` or
    `discard`.

    Attributes:
        place: The folder that holds it.
        name: Name that the finished folder will have.
        state: What was asked for, as JSON knows it.
    """

    def __init__(self, place: LocalStore | RemoteStore, name: str, state: dict[str, Any]) -> None:
        self.place = place
        self.name = name
        self.state = state
        self._folder = place.under(f"{name}{SUFFIX}")
        self._pieces = self._folder.under(PIECES)
        self._lock: int | None = None

    @classmethod
    def begin(cls, place: Path | str, name: str, state: Mapping[str, Any]) -> Unfinished:
        """Make a folder for new work.

        Args:
            place: Folder in which the finished folder shall lie, or an address for fsspec.
            name: Of the finished folder; a number is added if it is taken.
            state: What is needed to go on later; anything that JSON can hold.

        Raises:
            FoedusError: The folder cannot be made or written.
        """
        where = store(place)
        with mendable(place):
            work = cls(where, _reserve(where, name), dict(state))
            try:
                work._acquire()
                work._folder.write(STATE, _json(work.state))
                work._make_room()
            except BaseException:
                work.discard()
                raise
        return work

    @classmethod
    def open(cls, path: Path | str, kind: str) -> Unfinished:
        """Take up the work in a folder.

        Args:
            path: The folder, with or without ``.unfinished`` at the end of its name.
            kind: Value that its state must have under ``kind``.

        Raises:
            FoedusError: It is not there, is of another kind, cannot be read, or another process is
                at it.
        """
        where, name = _split(path)
        folder = where.under(f"{name}{SUFFIX}")
        with mendable(path, "read"):
            state = read_state(folder)
            if state is None and STATE in folder.names():
                raise FoedusError(
                    f"{folder}/{STATE}: is damaged, and nothing else says what was asked for; "
                    "remove the folder and begin anew"
                )
        if state is None:
            raise FoedusError(f"{path}: found no unfinished {kind} there")
        if state["kind"] != kind:
            raise FoedusError(f"{path}: found an unfinished {state['kind']}, expected a {kind}")
        work = cls(where, name, state)
        with mendable(path):
            work._acquire()
            work._make_room()
        return work

    @property
    def path(self) -> str:
        """The folder, as the user would name it."""
        return str(self._folder)

    @property
    def whole(self) -> str:
        """The finished folder that it will be, as the user would name it."""
        return str(self.place.under(self.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def write(
        self, piece: str, arrays: Mapping[str, NDArray[Any]] | bytes, **record: Any
    ) -> dict[str, Any]:
        """Keep a piece for good.

        Args:
            piece: Its name.
            arrays: What it holds, or the same packed (`foedus.simulation.chunks.pack`).
            record: What else its first line shall say.

        Returns:
            Its whole record: `record`, number of bytes and digest.

        Raises:
            FoedusError: It cannot be written.
        """
        payload = arrays if isinstance(arrays, bytes) else pack(arrays)
        sealed = seal(piece, payload, **record)
        with mendable(self.path):
            self._pieces.write(piece, sealed)
        head: dict[str, Any] = json.loads(sealed[: sealed.index(b"\n")])
        return head

    def read(self, piece: str) -> dict[str, NDArray[Any]]:
        """What a piece holds.

        Raises:
            FoedusError: It is not whole, or cannot be read.
        """
        with mendable(self.path, "read"):
            found = self._unsealed(piece)
        if found is None:
            raise FoedusError(f"{self.path}/{PIECES}/{piece}: is damaged; resume to make it again")
        return unpack(found[1])

    def names(self) -> list[str]:
        """Names of all pieces that are there, whole or damaged.

        Raises:
            FoedusError: They cannot be read.
        """
        with mendable(self.path, "read"):
            return self._pieces.names()

    def finished(self) -> dict[str, dict[str, Any]]:
        """Records of all pieces that are whole, by name; those that are not are removed.

        Raises:
            FoedusError: They cannot be read, or removed.
        """
        records = {}
        with mendable(self.path, "read"):
            for name in self._pieces.names():
                found = self._unsealed(name)
                if found is None:
                    self._pieces.remove(name)
                else:
                    records[name] = found[0]
        return records

    def finish(self, fill: Callable[[Path], None]) -> str:
        """Fill the finished folder, put it in its place, and remove the unfinished one.

        If something else has taken its name meanwhile, its name gets a number.

        Args:
            fill: Writes all files into a folder that exists, its ``manifest.json`` last.

        Returns:
            Where it lies.

        Raises:
            FoedusError: It cannot be written; the pieces remain.
        """
        with mendable(self.path):
            if isinstance(self._folder, LocalStore):
                place = str(_fill_and_rename(self._folder.path, fill))
            else:
                place = self.whole
                _fill_and_send(self.place.under(self.name), fill)
        # It is whole; whatever keeps the rest from going must not make that a failure.
        with suppress(OSError):
            self.discard()
        return place

    def is_whole(self) -> bool:
        """Whether the finished folder is there, as after an end between its last two steps.

        A folder that only has the name of this one does not count.
        """
        folder = self.place.under(self.name)
        with mendable(str(folder), "read"):
            if MANIFEST not in folder.names():
                return False
            said = _object(folder.read(MANIFEST))
        return said is not None and all(
            said.get(key) == self.state.get(key) for key in ("created", "run")
        )

    def discard(self) -> None:
        """Remove the folder and all that is in it, what it is about last."""
        for name in (PIECES, WHOLE, locks.LOCK, STATE, ""):
            self._folder.remove(name)
        self.release()

    def release(self) -> None:
        """Let other processes have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _unsealed(self, piece: str) -> tuple[dict[str, Any], bytes] | None:
        try:
            return unseal(piece, self._pieces.read(piece))
        except OSError as fault:
            if fault.errno in DAMAGED:
                return None
            raise

    def _make_room(self) -> None:
        """Make the folder of the pieces, where there are folders."""
        if isinstance(self._pieces, LocalStore):
            self._pieces.path.mkdir(exist_ok=True)

    def _acquire(self) -> None:
        """Lock the folder; elsewhere than here, two processes write equal pieces and do no harm."""
        if isinstance(self._folder, LocalStore):
            self._lock = locks.acquire(self._folder.path)


def read_state(folder: LocalStore | RemoteStore) -> dict[str, Any] | None:
    """State of a folder of unfinished work; None if it is none.

    Raises:
        OSError: It cannot be read.
    """
    try:
        state = _object(folder.read(STATE))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return state if state is not None and isinstance(state.get("kind"), str) else None


@contextmanager
def mendable(place: Path | str, deed: str = "write") -> Iterator[None]:
    """Turn the system's refusals into one line for the user.

    Args:
        place: Where the work lies.
        deed: What was tried with it.
    """
    try:
        yield
    except FileExistsError as fault:
        raise FoedusError(
            f"{fault.filename or place}: cannot hold results, for it is a file; name a folder"
        ) from fault
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else str(fault)
        raise FoedusError(f"{place}: cannot {deed} the run: {reason}") from fault


def _fill_and_rename(folder: Path, fill: Callable[[Path], None]) -> Path:
    whole = folder / WHOLE
    LocalStore(whole).remove()
    whole.mkdir()
    fill(whole)
    for name in files(whole):
        handle = os.open(whole / name, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    place = _rename(whole, folder.with_name(folder.name.removesuffix(SUFFIX)))
    sync(folder.parent)
    return place


def _rename(whole: Path, wanted: Path) -> Path:
    """Give a folder the name that is wanted, or the first free of ``NAME-2`` and so on."""
    for name in _numbered(wanted.name):
        place = wanted.with_name(name)
        try:
            return whole.rename(place)
        except OSError as fault:
            if fault.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
                raise
    raise FoedusError(f"{wanted}: exists already, and so do all its numbered names")


def _fill_and_send(place: LocalStore | RemoteStore, fill: Callable[[Path], None]) -> None:
    """Fill a folder here, and send its files; a folder elsewhere is whole with its manifest."""
    with tempfile.TemporaryDirectory(prefix="foedus-") as here:
        fill(Path(here))
        names = sorted(files(Path(here)), key=lambda name: name == MANIFEST)
        for name in names:
            place.write(name, (Path(here) / name).read_bytes())


def _reserve(place: LocalStore | RemoteStore, wanted: str) -> str:
    """The wanted name, or the first free of ``NAME-2``, ``NAME-3`` and so on, made ours."""
    taken = set(place.names())
    for name in _numbered(wanted):
        if {name, f"{name}{SUFFIX}"} & taken:
            continue
        if isinstance(place, LocalStore):
            place.path.mkdir(parents=True, exist_ok=True)
            try:
                place.under(f"{name}{SUFFIX}").path.mkdir()
            except FileExistsError:
                continue
            if os.path.lexists(place.path / name):
                place.under(f"{name}{SUFFIX}").path.rmdir()
                continue
        return name
    raise FoedusError(f"{place}/{wanted}: exists already, and so do all its numbered names")


def _numbered(name: str) -> Iterator[str]:
    """A name, and the same with numbers."""
    yield name
    yield from (f"{name}-{number}" for number in range(2, SAME_NAME))


def _split(path: Path | str) -> tuple[LocalStore | RemoteStore, str]:
    """The folder that holds unfinished work, and the work's name."""
    if remote(path):
        parent, _, last = str(path).rstrip("/").rpartition("/")
        return store(parent), last.removesuffix(SUFFIX)
    absolute = Path(path)
    return LocalStore(absolute.parent), absolute.name.removesuffix(SUFFIX)


def _object(content: bytes) -> dict[str, Any] | None:
    """What a file of JSON says, if it says a mapping."""
    try:
        said = json.loads(content)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()

"""Work that is not finished yet: a folder whose pieces are whole, and whose state is plain.

``NAME.unfinished/`` holds ``state.json`` (what was asked for), ``pieces/`` (what is done) and, in
the last step, ``whole/``, which becomes ``NAME``. Every piece has its digest in its first line,
made over its content, its name and all of ``state.json``. So a piece that was cut short or changed,
or that another run, another seed, other chunks or other code made, is found out and made again. On
this machine a lock keeps a second process away; it goes with its process, however that ends.
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
from foedus.runs.provenance import SCHEMA_VERSION, sha256
from foedus.runs.records import DamagedError, plain
from foedus.runs.storage import ledger, locks
from foedus.runs.storage.seals import seal, unseal
from foedus.runs.storage.store import LocalStore, RemoteStore, files, remote, store
from foedus.simulation.chunks import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

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
        content: Of ``state.json``: what was asked for.
        expected: Names of all pieces that it will be made of, as far as they are known.
        refused: Number of pieces that were found and did not belong here.
    """

    def __init__(self, place: LocalStore | RemoteStore, name: str, content: bytes) -> None:
        self.place = place
        self.name = name
        self.content = content
        self.expected: Collection[str] = ()
        self.refused = 0
        self._lock = locks.Lock()

    @property
    def state(self) -> dict[str, Any]:
        """What was asked for, as JSON knows it."""
        state: dict[str, Any] = json.loads(self.content)
        return state

    @property
    def kind(self) -> str:
        """What it is: ``run``, ``sweep``, or an analysis that is not kept in pieces."""
        return str(self.state["kind"])

    @property
    def _folder(self) -> LocalStore | RemoteStore:
        return self.place.under(f"{self.name}{SUFFIX}")

    @property
    def _pieces(self) -> LocalStore | RemoteStore:
        return self._folder.under(PIECES)

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
        work = cls(store(place), name, _json({"schema_version": SCHEMA_VERSION, **state}))
        ledger.note_work(work)
        with mendable(place):
            try:
                work._reserve()
                work._acquire()
                work._folder.write(STATE, work.content)
                work._make_room()
            except BaseException:
                work.abandon()
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
            try:
                content = folder.read(STATE)
            except (FileNotFoundError, NotADirectoryError):
                raise FoedusError(f"{path}: found no unfinished {kind} there") from None
        found = kind_of(content, f"{folder}/{STATE}")
        if found != kind:
            raise FoedusError(f"{path}: found an unfinished {found}, expected a {kind}")
        work = cls(where, name, content)
        with mendable(path):
            work._acquire()
            ledger.note_work(work)
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

    def __exit__(self, kind: object, *_: object) -> None:
        # Whoever keeps the ledger of a command that failed says what is kept, and lets go then.
        if kind is None or not ledger.is_kept():
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
        sealed = seal(self._sealed_name(piece), payload, **record)
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
        """Records of the pieces that are whole and of this work; others are removed and counted.

        Raises:
            FoedusError: They cannot be read, or removed.
        """
        records = {}
        with mendable(self.path, "read"):
            for name in self._pieces.names():
                found = self._unsealed(name)
                if found is None:
                    self._pieces.remove(name)
                    self.refused += 1
                else:
                    records[name] = found[0]
        return records

    def finish(self, fill: Callable[[Path], str | None]) -> str:
        """Fill the finished folder, put it in its place, and remove the unfinished one.

        If something else has taken its name meanwhile, its name gets a number.

        Args:
            fill: Writes all files into a folder that exists; returns what could not be drawn or
                told of a result that is complete otherwise, in words.

        Returns:
            Where it lies.

        Raises:
            FoedusError: It cannot be written; the pieces remain.
            NotShownError: It is complete, but could not all be drawn, and nobody keeps a ledger.
        """
        with mendable(self.path):
            if isinstance(self._folder, LocalStore):
                place, shortcoming = _fill_and_rename(self._folder.path, fill)
            else:
                place = self.whole
                shortcoming = _fill_and_send(self.place.under(self.name), fill)
        # Noted first: an interruption from here on must still name the result.
        try:
            ledger.note_result(place, shortcoming)
        finally:
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
            try:
                said = plain(folder.read(MANIFEST), MANIFEST)
            except DamagedError:
                return False
        state = self.state
        return all(said.get(key) == state.get(key) for key in ("kind", "created", "run"))

    def discard(self) -> None:
        """Remove the folder and all that is in it, what it is about last."""
        for name in (PIECES, WHOLE, locks.LOCK, STATE, ""):
            self._folder.remove(name)
        self.release()

    def abandon(self) -> None:
        """Remove what has been begun of a folder that perhaps was not made yet."""
        folder = self._folder
        if self._lock.is_held or not isinstance(folder, LocalStore):
            self.discard()
            return
        # Not locked yet, so nothing is in it; what holds something is somebody else's.
        with suppress(OSError):
            if set(folder.names()) <= {locks.LOCK} and not locks.in_use(folder.path):
                self.discard()
        self.release()

    def release(self) -> None:
        """Release the lock."""
        ledger.forget_work(self)
        self._lock.release()

    def _sealed_name(self, piece: str) -> str:
        return sealed_name(self.content, piece)

    def _unsealed(self, piece: str) -> tuple[dict[str, Any], bytes] | None:
        try:
            return unseal(self._sealed_name(piece), self._pieces.read(piece))
        except OSError as fault:
            if fault.errno in DAMAGED:
                return None
            raise

    def _reserve(self) -> None:
        """Take the wanted name, or the first free of ``NAME-2``, ``NAME-3`` and so on."""
        taken = set(self.place.names())
        for name in _numbered(self.name):
            if {name, f"{name}{SUFFIX}"} & taken:
                continue
            # From here on an interruption finds the folder by this name.
            self.name = name
            if isinstance(self.place, LocalStore):
                self.place.path.mkdir(parents=True, exist_ok=True)
                folder = self.place.path / f"{name}{SUFFIX}"
                try:
                    folder.mkdir()
                except FileExistsError:
                    continue
                if os.path.lexists(self.place.path / name):
                    folder.rmdir()
                    continue
            return
        raise FoedusError(
            f"{self.place}/{self.name}: exists already, and so do all its numbered names"
        )

    def _make_room(self) -> None:
        """Make the folder of the pieces, where there are folders."""
        if isinstance(self._pieces, LocalStore):
            self._pieces.path.mkdir(exist_ok=True)

    def _acquire(self) -> None:
        """Lock the folder; elsewhere than here, two processes write equal pieces and do no harm."""
        if isinstance(self._folder, LocalStore):
            self._lock.acquire(self._folder.path)


def kind_of(content: bytes, path: str) -> str:
    """Kind of the work that a state speaks of.

    Raises:
        DamagedError: It is not whole, or of another format.
    """
    kind = plain(content, path).get("kind")
    if not isinstance(kind, str):
        raise DamagedError(f"{path}: is damaged: «kind»: expected a word")
    return kind


def sealed_name(state: bytes, piece: str) -> str:
    """The name under which a piece is sealed: its own, in the work that has this state."""
    return f"{sha256(state)}/{piece}"


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


def _fill_and_rename(folder: Path, fill: Callable[[Path], str | None]) -> tuple[str, str | None]:
    """Fill a folder beside the pieces and give it its name; its path, and what is lacking."""
    whole = folder / WHOLE
    LocalStore(whole).remove()
    whole.mkdir()
    shortcoming = fill(whole)
    for name in files(whole):
        handle = os.open(whole / name, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    place = _rename(whole, folder.with_name(folder.name.removesuffix(SUFFIX)))
    sync(folder.parent)
    return str(place), shortcoming


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


def _fill_and_send(
    place: LocalStore | RemoteStore, fill: Callable[[Path], str | None]
) -> str | None:
    """Fill a folder here, and send its files; a folder elsewhere is whole with its manifest."""
    with tempfile.TemporaryDirectory(prefix="foedus-") as here:
        shortcoming = fill(Path(here))
        names = sorted(files(Path(here)), key=lambda name: name == MANIFEST)
        for name in names:
            place.write(name, (Path(here) / name).read_bytes())
    return shortcoming


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


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode(errors="replace")

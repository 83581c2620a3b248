"""Work that is not finished yet: a folder whose pieces are whole, and whose state is plain.

``NAME.unfinished/`` holds ``state.json`` (what was asked for), ``pieces/`` (what is done) and, in
the last step, ``whole/``, which becomes ``NAME``. Every piece has its digest in its first line, so
that a piece that was cut short, or changed, is found out and made again. On this machine a lock
keeps a second process away; it goes with its process, however that ends.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from foedus.engines.chunks import pack, unpack
from foedus.errors import FoedusError
from foedus.results.provenance import sha256
from foedus.results.store import LocalStore, RemoteStore, files, remote, store, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

SUFFIX: Final = ".unfinished"
STATE: Final = "state.json"
PIECES: Final = "pieces"
WHOLE: Final = "whole"
LOCK: Final = "lock"
MANIFEST: Final = "manifest.json"

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
                if isinstance(work._pieces, LocalStore):
                    work._pieces.path.mkdir()
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
            FoedusError: It is not there, is of another kind, or another process is at it.
        """
        where, name = _split(path)
        state = read_state(where.under(f"{name}{SUFFIX}"))
        if state is None:
            raise FoedusError(f"{path}: found no unfinished {kind} there")
        if state.get("kind") != kind:
            raise FoedusError(f"{path}: found an unfinished {state.get('kind')}, expected a {kind}")
        work = cls(where, name, state)
        with mendable(path):
            work._acquire()
        return work

    @property
    def path(self) -> str:
        """The folder, as the user would name it."""
        return str(self._folder)

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
            arrays: What it holds, or the same packed (`foedus.engines.chunks.pack`).
            record: What else its first line shall say.

        Returns:
            Its whole record: `record`, number of bytes and digest.

        Raises:
            FoedusError: It cannot be written.
        """
        payload = arrays if isinstance(arrays, bytes) else pack(arrays)
        with mendable(self.path):
            self._pieces.write(piece, seal(payload, **record))
        return {**record, "bytes": len(payload), "sha256": sha256(payload)}

    def read(self, piece: str) -> dict[str, NDArray[Any]]:
        """What a piece holds.

        Raises:
            FoedusError: It is not whole.
        """
        found = self._unsealed(piece)
        if found is None:
            raise FoedusError(f"{self.path}/{PIECES}/{piece}: is damaged; resume to make it again")
        return unpack(found[1])

    def names(self) -> list[str]:
        """Names of all pieces that are there, whole or damaged."""
        return self._pieces.names()

    def finished(self) -> dict[str, dict[str, Any]]:
        """Records of all pieces that are whole, by name; those that are not are removed."""
        records = {}
        for name in self.names():
            found = self._unsealed(name)
            if found is None:
                self._pieces.remove(name)
            else:
                records[name] = found[0]
        return records

    def finish(self, fill: Callable[[Path], None]) -> str:
        """Fill the finished folder, put it in its place, and remove the unfinished one.

        Args:
            fill: Writes all files into a folder that exists, its ``manifest.json`` last.

        Returns:
            Where it lies.

        Raises:
            FoedusError: It cannot be written; the pieces remain.
        """
        with mendable(self.path):
            if isinstance(self._folder, LocalStore):
                _fill_and_rename(self._folder.path, fill)
            else:
                _fill_and_send(self.place.under(self.name), fill)
            self.discard()
        return str(self.place.under(self.name))

    def is_whole(self) -> bool:
        """Whether the finished folder is there, as after an end between its last two steps."""
        return MANIFEST in self.place.under(self.name).names()

    def discard(self) -> None:
        """Remove the folder and all that is in it, what it is about last."""
        for name in (PIECES, WHOLE, LOCK, STATE, ""):
            self._folder.remove(name)
        self.release()

    def release(self) -> None:
        """Let other processes have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _unsealed(self, piece: str) -> tuple[dict[str, Any], bytes] | None:
        try:
            return unseal(self._pieces.read(piece))
        except FileNotFoundError:
            return None

    def _acquire(self) -> None:
        """Lock the folder; elsewhere than here, two processes write equal pieces and do no harm."""
        if not isinstance(self._folder, LocalStore):
            return
        handle = os.open(self._folder.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise FoedusError(f"{self.path}: another process is working on it") from None
        except OSError as fault:
            os.close(handle)
            if fault.errno not in {errno.ENOLCK, errno.ENOTSUP}:
                raise
            return
        self._lock = handle
        if not (self._folder.path / LOCK).exists():
            raise FoedusError(f"{self.path}: another process has just finished it")


def seal(payload: bytes, **record: Any) -> bytes:
    """A file that knows whether it is whole: a line of JSON with the digest, then the payload."""
    head = {**record, "bytes": len(payload), "sha256": sha256(payload)}
    return json.dumps(head, sort_keys=True).encode() + b"\n" + payload


def unseal(content: bytes) -> tuple[dict[str, Any], bytes] | None:
    """Record and payload of a sealed file; None if it is not whole.

    Example:
        >>> unseal(seal(b"all", first=0))[1], unseal(seal(b"all", first=0)[:-1])
        (b'all', None)
    """
    line, _, payload = content.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        return None
    if not isinstance(head, dict) or head.get("sha256") != sha256(payload):
        return None
    return head, payload


def read_state(folder: LocalStore | RemoteStore) -> dict[str, Any] | None:
    """State of a folder of unfinished work; None if it is none."""
    try:
        state = json.loads(folder.read(STATE))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and "kind" in state else None


def in_use(folder: Path) -> bool:
    """Whether another process works in a folder of unfinished work on this machine."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


@contextmanager
def mendable(place: Path | str) -> Iterator[None]:
    """Turn the system's refusals into one line for the user."""
    try:
        yield
    except FileExistsError as fault:
        raise FoedusError(
            f"{fault.filename or place}: cannot hold results, for it is a file; name a folder"
        ) from fault
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise FoedusError(f"{place}: cannot write the run: {reason}") from fault


def _fill_and_rename(folder: Path, fill: Callable[[Path], None]) -> None:
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
    whole.rename(folder.with_name(folder.name.removesuffix(SUFFIX)))
    sync(folder.parent)


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
    for number in range(1, SAME_NAME):
        name = wanted if number == 1 else f"{wanted}-{number}"
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


def _split(path: Path | str) -> tuple[LocalStore | RemoteStore, str]:
    """The folder that holds unfinished work, and the work's name."""
    if remote(path):
        parent, _, last = str(path).rstrip("/").rpartition("/")
        return store(parent), last.removesuffix(SUFFIX)
    absolute = Path(path)
    return LocalStore(absolute.parent), absolute.name.removesuffix(SUFFIX)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()

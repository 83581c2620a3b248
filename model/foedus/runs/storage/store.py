"""Folders in which files appear whole or not at all: on this machine, or anywhere fsspec can reach.

`LocalStore` writes beside the place and renames. Object stores need no such care, as an object that
is not sent to its end is not there; whatever else fsspec speaks to is renamed like a local file.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from foedus.errors import FoedusError
from foedus.files.atomic import HALF, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator


class Store(Protocol):
    """A folder, as far as unfinished work needs it; names are relative, with slashes."""

    def under(self, name: str) -> Store:
        """A folder inside this one; it need not exist."""

    def names(self) -> list[str]:
        """Names of everything directly inside, sorted; half-written files are not there."""

    def read(self, name: str) -> bytes:
        """Content of a file.

        Raises:
            FileNotFoundError: There is none.
        """

    def write(self, name: str, content: bytes) -> None:
        """Write a file: whatever happens, it is afterwards whole, or as it was before."""

    def remove(self, name: str = "") -> None:
        """Remove a file or folder, or all of this one; nothing happens if it is not there."""


class LocalStore:
    """A folder on this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def under(self, name: str) -> LocalStore:
        """A folder inside this one; it need not exist."""
        return LocalStore(self.path / name)

    def names(self) -> list[str]:
        """Names of everything directly inside, sorted."""
        if not self.path.is_dir():
            return []
        names = (each.name for each in self.path.iterdir())
        return sorted(name for name in names if not name.endswith(HALF))

    def read(self, name: str) -> bytes:
        """Content of a file."""
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole."""
        write_whole(self.path / name, content)

    def remove(self, name: str = "") -> None:
        """Remove a file or folder, or all of this one; nothing happens if it is not there."""
        place = self.path / name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


class RemoteStore:
    """A folder that fsspec reaches, such as ``s3://bucket/runs`` or ``memory://runs``."""

    def __init__(self, url: str, system: Any = None) -> None:
        self.url = url.rstrip("/")
        self.system = system or _system(url)

    def __str__(self) -> str:
        return self.url

    def under(self, name: str) -> RemoteStore:
        """A folder inside this one; it need not exist."""
        return RemoteStore(f"{self.url}/{name}", self.system)

    def names(self) -> list[str]:
        """Names of everything directly inside, sorted."""
        self.system.invalidate_cache()
        try:
            with _reached(self.url):
                found = self.system.ls(self.url, detail=False)
        except FileNotFoundError:
            return []
        names = {str(path).rstrip("/").rpartition("/")[2] for path in found}
        return sorted(name for name in names if name and not name.endswith(HALF))

    def read(self, name: str) -> bytes:
        """Content of a file."""
        with _reached(self.url):
            return bytes(self.system.cat_file(f"{self.url}/{name}"))

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole."""
        with _reached(self.url):
            self.system.pipe_file(f"{self.url}/{name}", content)

    def remove(self, name: str = "") -> None:
        """Remove a file or folder, or all of this one; nothing happens if it is not there."""
        place = f"{self.url}/{name}".rstrip("/")
        self.system.invalidate_cache()
        with _reached(self.url):
            if self.system.exists(place):
                self.system.rm(place, recursive=True)


def store(place: Path | str) -> LocalStore | RemoteStore:
    """The store of a path, or of an address with a scheme such as ``s3://bucket/runs``."""
    return RemoteStore(str(place)) if remote(place) else LocalStore(Path(place))


def remote(place: Path | str) -> bool:
    """Whether a place is an address and no path.

    Example:
        >>> remote("s3://bucket/runs"), remote("runs"), remote(Path("s3:/bucket"))
        (True, False, False)
    """
    return "://" in str(place)


def files(folder: Path) -> Iterator[str]:
    """Names of all files below a folder, relative, with slashes, sorted."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    yield from sorted(found)


@contextmanager
def _reached(url: str) -> Iterator[None]:
    """Make every complaint of a service an `OSError`, as those of a disk are."""
    try:
        yield
    except (OSError, KeyboardInterrupt):
        raise
    except Exception as fault:
        raise OSError(f"{url}: {fault}") from fault


def _system(url: str) -> Any:
    try:
        import fsspec  # noqa: PLC0415 - only for those who write elsewhere
    except ImportError:
        raise FoedusError(
            f"{url}: needs the extra «distributed»; install it with "
            "`pip install 'foedus[distributed]'`"
        ) from None
    try:
        system, _ = fsspec.core.url_to_fs(url)
    except ImportError as fault:
        raise FoedusError(f"{url}: cannot be reached: {fault}") from None
    except ValueError as fault:
        raise FoedusError(f"{url}: no such kind of place: {fault}") from None
    return system


def fetch(place: str, folder: Path) -> Path:
    """A folder of files as one on this machine: itself, or its files copied here.

    Args:
        place: A path, or an address for fsspec.
        folder: Where files from elsewhere go; it must not exist.
    """
    if not remote(place):
        return Path(place)
    there = RemoteStore(place)
    there.system.get(there.url, str(folder), recursive=True)
    return folder

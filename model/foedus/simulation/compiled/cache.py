"""Where compiled code is kept, so that an edited rule never runs from a stale copy.

A cache that looks only at the file of one function misses edits elsewhere. The folder here is named
after a digest of all the sources that the kernel is made of, so an edit anywhere among them means a
new folder; old ones are removed after a while.
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import os
import shutil
import stat
import sys
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: Final = ("dictionary", "rules", "simulation")
KEPT: Final = 6
"""Versions of the sources whose compiled code is kept."""


@lru_cache(maxsize=1)
def digest() -> str:
    """Digest of the sources from which the kernel is compiled, and of the compiler's version."""
    package = Path(__file__).parents[2]
    content = sha256(f"numba {version('numba')} numpy {version('numpy')}".encode())
    for folder in SOURCES:
        for path in sorted((package / folder).rglob("*.py")):
            content.update(path.relative_to(package).as_posix().encode())
            content.update(path.read_bytes())
    return content.hexdigest()[:16]


def folder() -> Path:
    """Folder of the compiled code of these sources; created if need be.

    ``FOEDUS_CACHE`` overrides the user's cache folder. Where neither can be written, the system's
    temporary folder serves. Code in it is run, so a folder is taken only if it belongs to this user
    and nobody else can write to it; failing that, a private one that lasts as long as the process.
    """
    home = os.environ.get("FOEDUS_CACHE")
    usual = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(home) if home else Path(usual) / "foedus"
    # Links on the way to a folder that the user names are the user's; in the shared one they may
    # be anybody's.
    shared = Path(gettempdir()) / f"foedus-cache-{os.geteuid()}"
    for candidate in (Path(os.path.realpath(root)), shared):
        place = candidate / digest()
        try:
            candidate.parent.mkdir(parents=True, exist_ok=True)
            for each in (candidate, place):
                with suppress(FileExistsError):
                    each.mkdir(mode=0o700)
            if strangers := next((each for each in (candidate, place) if not _own(each)), None):
                _warn(strangers)
                continue
            os.utime(place)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            _prune(candidate, place)
            return place
    return _private()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time make a file, on this machine; where nothing can be locked, all."""
    with ExitStack() as stack:
        with suppress(OSError):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            handle = os.open(path.with_name(f".{path.name}.lock"), flags, 0o600)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read_own(path: Path) -> bytes:
    """Content of a file that belongs to this user, and that nobody else can have written.

    Raises:
        OSError: There is none, it cannot be read, or it is somebody else's.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or not _only_ours(about):
            raise PermissionError(errno.EPERM, "is not only ours to write", str(path))
        return file.read()


def _own(place: Path) -> bool:
    """Whether a path is a folder, and no link to one, that only this user can write to."""
    about = place.lstat()
    return stat.S_ISDIR(about.st_mode) and _only_ours(about)


def _only_ours(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@cache
def _warn(place: Path) -> None:
    """Say once which folder is not taken."""
    sys.stderr.write(
        f"foedus: {place}: is no folder that you alone can write to, so no compiled code is taken "
        "from it (see «More than one machine» in runs/README.md)\n"
    )


@cache
def _private() -> Path:
    """A folder of this process alone, removed at its end."""
    place = Path(mkdtemp(prefix="foedus-cache-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def _prune(root: Path, own: Path) -> None:
    """Remove all but the versions used last; one's own stays, however old a clock makes it."""
    versions = [path for path in root.iterdir() if path.is_dir() and len(path.name) == 16]
    versions.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [each for each in versions if each != own][KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)

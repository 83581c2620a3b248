"""What can go wrong with long work, done to the real command; for the tests of resuming."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import command
from command import LONG_ENOUGH, ROOT, foedus, start_python, wait_until

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
PR_CAPBSET_DROP = 24

HOOKS = Path(__file__).with_name("hooks")
PATH = os.pathsep.join([str(ROOT / "model"), str(HOOKS)])
"""Where processes find the package, and what is done to them from inside."""

RUN = ("run", "prolonged-ukraine-war", "--trials", 1600, "--no-figures")
IN_CHUNKS = (*RUN, "--chunk", 50)
RUN_PIECES = 64
"""As many chunks of the scenario as of its parent; each is smaller than the largest table."""


def whole(*words: object) -> dict[str, bytes]:
    """All files that a command writes when nothing happens to it."""
    with TemporaryDirectory(prefix="foedus-") as out:
        done = foedus(*words, "--out", out)
        assert done.returncode == 0, done.stderr
        (folder,) = Path(out).iterdir()
        return contents(folder)


@cache
def run_reference() -> dict[str, bytes]:
    """All files of `RUN` when nothing happens: on threads, in a single chunk."""
    return whole(*RUN)


def start(
    *words: object,
    before: Callable[[], object] | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start the command and let it run; `before` is done in its process before it begins."""
    places = {"PYTHONPATH": PATH, **(env or {})}
    return start_python("-m", "foedus", *words, before=before, env=places)


def ended(running: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait for the end of a process, and say what it printed."""
    return running.communicate(timeout=LONG_ENOUGH)


def kill(running: subprocess.Popen[str], how: signal.Signals = signal.SIGKILL) -> tuple[str, str]:
    """End a process, and say what it printed."""
    running.send_signal(how)
    return ended(running)


def unfinished(out: Path) -> Path:
    """The one unfinished folder."""
    (folder,) = out.glob("*.unfinished")
    return folder


def pieces(out: Path) -> list[Path]:
    """All pieces that are there."""
    return sorted(path for path in out.glob("*.unfinished/pieces/*") if path.name[0] != ".")


def wait_for(happened: Callable[[], object], running: subprocess.Popen[str]) -> bool:
    """Wait until something happened; False if the process ended before."""
    return wait_until(happened, running)


def wait_for_pieces(least: int, out: Path, running: subprocess.Popen[str]) -> None:
    """Wait until so many pieces are there."""
    assert wait_for(lambda: len(pieces(out)) >= least, running), ended(running)


def killed_with_pieces(words: Sequence[object], out: Path, least: int) -> None:
    """Start the command and kill it when so many pieces are done."""
    running = start(*words)
    wait_for_pieces(least, out, running)
    kill(running)
    assert len(pieces(out)) >= least
    assert list(out.glob("*.unfinished"))


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the manifest, which tells the time."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def assert_same(reference: dict[str, bytes], folder: Path) -> None:
    """A folder is whole, with the very bytes of one to which nothing happened."""
    found = contents(folder)
    assert (folder / "manifest.json").is_file()
    assert found.keys() == reference.keys()
    for name, content in reference.items():
        assert found[name] == content, f"{name}: bytes differ"


def assert_same_as(reference: dict[str, bytes], out: Path) -> None:
    """Nothing but one whole folder is left, with the very bytes of an uninterrupted run."""
    (folder,) = out.iterdir()
    assert_same(reference, folder)


def assert_refused(running: subprocess.Popen[str], *said: str) -> str:
    """A process ends with status 2 and one line, with these words in it; gives that line."""
    stdout, stderr = ended(running)
    lines = [line for line in stderr.splitlines() if " are there; going on " not in line]
    assert (running.returncode, stdout, len(lines)) == (2, "", 1), stderr
    for words in said:
        assert words in lines[0]
    return lines[0]


def resumed(out: Path, command: str = "run") -> subprocess.CompletedProcess[str]:
    """Go on with the one unfinished folder, to the end."""
    done = foedus(command, "--resume", unfinished(out))
    assert done.returncode == 0, done.stderr
    return done


def no_file_beyond(size: int) -> Callable[[], object]:
    """A disk on which no file can grow beyond a number of bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def without_privilege() -> None:
    """Let file permissions count for root, too: the process can no longer override them."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for power in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if libc.prctl(PR_CAPBSET_DROP, power, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


@contextmanager
def permissions(folder: Path, mode: int) -> Iterator[None]:
    """Give a folder other permissions for a while."""
    folder.chmod(mode)
    try:
        yield
    finally:
        folder.chmod(0o755)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Callable[[str], object]]:
    """A file system of some size, and what gives it another; skips where none can be mounted."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    before = command.count()
    try:
        yield lambda other: subprocess.run(
            ["mount", "-o", f"remount,size={other}", str(place)], check=True
        )
    finally:
        # What still works there would keep the file system busy.
        command.end_all(since=before)
        subprocess.run(["umount", str(place)], check=True)


class Clock:
    """The clock of processes that are started with `env`; right until it is set."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.env = {"FOEDUS_TEST_CLOCK": str(file)}
        self._say("")

    def stand_in(self, year: int) -> None:
        """Stop at the beginning of a year."""
        self._say(f"={datetime(year, 1, 1, tzinfo=UTC).timestamp()}")

    def run_in(self, year: int) -> None:
        """Be at the beginning of a year now, and go on."""
        self._say(str(datetime(year, 1, 1, tzinfo=UTC).timestamp() - time.time()))

    def _say(self, text: str) -> None:
        _say(self.file, text)


class Pace:
    """How many pieces a process that is started with `env` may finish before it waits.

    So nothing depends on who is faster, the work or the test that waits for its moment.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.env = {"FOEDUS_TEST_PIECES": str(file)}
        self.go_on()

    def reach(
        self,
        number: int,
        out: Path,
        start: Callable[[Mapping[str, str]], subprocess.Popen[str]],
    ) -> subprocess.Popen[str]:
        """Start work with `env`, and wait until it waits with so many pieces."""
        _say(self.file, str(number))
        running = start(self.env)
        wait_for_pieces(number, out, running)
        return running

    def go_to(self, number: int, out: Path, running: subprocess.Popen[str]) -> None:
        """Let it work on, to a larger number of pieces."""
        _say(self.file, str(number))
        wait_for_pieces(number, out, running)

    def go_on(self) -> None:
        """Let it work to the end."""
        _say(self.file, "")

    def interrupt(self, running: subprocess.Popen[str]) -> tuple[str, str]:
        """Send Ctrl-C, and say what it printed before it ended."""
        running.send_signal(signal.SIGINT)
        self.go_on()
        return ended(running)


def _say(file: Path, text: str) -> None:
    half = file.with_suffix(".half")
    half.write_text(text, encoding="ascii")
    half.replace(file)


def killed_at(event: str, ending: str, number: int = 1) -> dict[str, str]:
    """Environment of a process that dies right before a step (see `hooks/sitecustomize.py`)."""
    return {"FOEDUS_TEST_KILLED_AT": f"{event} {ending} {number}"}

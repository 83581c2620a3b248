"""What can go wrong with a long run, done to the real command; for the tests of resuming."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from command import ROOT, foedus

CAP_DAC_OVERRIDE = 1
PR_CAPBSET_DROP = 24

LONG_ENOUGH = 120.0
"""Seconds within which anything that is waited for has happened on a busy machine."""


def start(
    *words: object, before: Callable[[], object] | None = None, **env: str
) -> subprocess.Popen[str]:
    """Start the command and let it run; `before` is done in its process before it begins."""
    return subprocess.Popen(
        [sys.executable, "-m", "foedus", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model"), **env},
        preexec_fn=before,  # noqa: PLW1509 - tests have no threads of their own
    )


def unfinished(out: Path) -> Path:
    """The one unfinished folder."""
    (folder,) = out.glob("*.unfinished")
    return folder


def pieces(out: Path) -> list[Path]:
    """All pieces that are there."""
    return sorted(path for path in out.glob("*.unfinished/pieces/*") if path.name[0] != ".")


def wait_for(happened: Callable[[], object], running: subprocess.Popen[str]) -> bool:
    """Wait until something happened; False if the process ended before."""
    end = time.monotonic() + LONG_ENOUGH
    while not happened():
        if running.poll() is not None:
            return False
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)
    return True


def kill(running: subprocess.Popen[str], how: signal.Signals = signal.SIGKILL) -> tuple[str, str]:
    """End a process, and say what it printed."""
    running.send_signal(how)
    return running.communicate(timeout=LONG_ENOUGH)


def killed_with_pieces(words: Sequence[object], out: Path, least: int) -> None:
    """Start the command and kill it when so many pieces are done."""
    running = start(*words)
    assert wait_for(lambda: len(pieces(out)) >= least, running), running.communicate()
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


def assert_same_as(reference: dict[str, bytes], out: Path) -> None:
    """Nothing but one whole folder is left, with the very bytes of an uninterrupted run."""
    (folder,) = out.iterdir()
    found = contents(folder)
    assert (folder / "manifest.json").is_file()
    assert found.keys() == reference.keys()
    for name, content in reference.items():
        assert found[name] == content, f"{name}: bytes differ"


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
        if libc.prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")

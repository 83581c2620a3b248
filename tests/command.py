"""The command as people call it: inside the test's own process, or in a process of its own.

Most tests are about words, files and exit codes, and start no process: `foedus` calls the command's
entry point and gives what a shell would have seen. `foedus_process` is for those that are about the
process itself; whatever it and `start` begin, the fixture `_no_process_outlives_its_test` ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any
from unittest.mock import patch

from foedus import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "model" / "foedus" / "__main__.py"

LONG_ENOUGH = 900.0
"""Seconds within which anything that is waited for has happened on a very busy machine."""

_running: list[subprocess.Popen[Any]] = []


def foedus(*words: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, as `python -m foedus` would run it.

    Args:
        words: Its arguments.
        cwd: The working directory; the checkout's root if None.
        env: Variables of the environment that it sees beside those of the tests.
    """
    arguments = [str(word) for word in words]
    with ExitStack() as stack:
        out, err = (stack.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(2))
        stack.enter_context(patch.object(sys, "argv", [str(PROGRAM), *arguments]))
        stack.enter_context(patch.dict(os.environ, env))
        stack.enter_context(chdir(cwd or ROOT))
        stack.enter_context(_same_signals())
        with redirect_stdout(out), redirect_stderr(err):
            status = _status(arguments)
        return subprocess.CompletedProcess(arguments, status, _text(out), _text(err))


def _status(arguments: Sequence[str]) -> int:
    """The exit status of the command, which may end itself; 1, as Python has it, after a bug."""
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - a test that looks at the status must see the traceback
        traceback.print_exc()
        return 1


@contextmanager
def _same_signals() -> Iterator[None]:
    """Give signals the meaning back that they had, whatever happens inside."""
    meant = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in meant.items():
            signal.signal(each, handler)


def _text(stream: IO[str]) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def foedus_process(
    *words: object, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return python("-m", "foedus", *words, cwd=cwd, **env)


def python(*words: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the checkout's package, or on that of another `PYTHONPATH`, to its end."""
    running = start_python(*words, cwd=cwd, env=env)
    stdout, stderr = running.communicate(timeout=LONG_ENOUGH)
    return subprocess.CompletedProcess(running.args, running.returncode, stdout, stderr)


def start_python(
    *words: object,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    before: Callable[[], object] | None = None,
    **streams: Any,
) -> subprocess.Popen[str]:
    """Start Python and let it run; `before` is done in its process before it begins."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    running = subprocess.Popen(
        [sys.executable, *map(str, words)],
        text=True,
        cwd=cwd or ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model"), **(env or {})},
        preexec_fn=before,  # noqa: PLW1509 - tests have no threads of their own
        **pipes,
    )
    _running.append(running)
    return running


def wait_until(
    happened: Callable[[], object], running: subprocess.Popen[Any] | None = None
) -> bool:
    """Wait until something happened; False if the process on which it depends ended before."""
    end = time.monotonic() + LONG_ENOUGH
    while not happened():
        if running is not None and running.poll() is not None:
            return bool(happened())
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)
    return True


def end_all(since: int = 0) -> list[str]:
    """Kill what was started after `since` others and still runs; gives what that was."""
    left = []
    for running in _running[since:]:
        if running.poll() is None:
            left.append(str(running.args))
            running.kill()
        running.communicate(timeout=LONG_ENOUGH)
    del _running[since:]
    return left


def count() -> int:
    """How many processes were started so far."""
    return len(_running)

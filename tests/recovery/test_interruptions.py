"""Ctrl-C, SIGTERM and SIGHUP at every step: nothing is left, or what is left is told and whole."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command import LONG_ENOUGH, ROOT
from faults import assert_same_as, contents
from foedus import cli
from foedus.commands.shared.signals import AGAIN, Heard
from foedus.files import atomic
from foedus.runs import chunked_run, run_folder, study
from foedus.runs.storage import locks, unfinished
from foedus.runs.storage.store import LocalStore
from foedus.runs.storage.unfinished import Unfinished

RUN = ("run", "taliban-spillover", "--trials", "12", "--chunk", "4", "--no-figures")

STEPS: tuple[tuple[Any, str], ...] = (
    (Unfinished, "_reserve"),
    (Path, "mkdir"),
    (locks.Lock, "acquire"),
    (LocalStore, "write"),
    (Unfinished, "_make_room"),
    (chunked_run.ChunkedRun, "__init__"),
    (chunked_run.ChunkedRun, "work_off"),
    (Unfinished, "write"),
    (chunked_run, "streamed"),
    (run_folder, "report_text"),
    (study, "write_whole"),
    (unfinished, "_rename"),
    (Unfinished, "discard"),
    (Unfinished, "release"),
    (os, "fsync"),
)
"""Functions through which a run goes, in the order of their first call."""


def stop_at(place: Any, name: str, number: int, *, after: bool) -> Callable[..., Any]:
    """What interrupts the nth call of a function, before it or after it."""
    true, left = getattr(place, name), number

    def call(*words: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if not left and not after:
            raise KeyboardInterrupt
        found = true(*words, **more)
        if not left:
            raise KeyboardInterrupt
        return found

    return call


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All files of the run when nothing happens to it."""
    out = tmp_path_factory.mktemp("reference")
    assert cli.main([*RUN, "--out", str(out)]) == 0
    (folder,) = out.iterdir()
    return contents(folder)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [1, 2, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_an_interruption_leaves_nothing_or_tells_what_it_leaves(
    place: Any,
    name: str,
    number: int,
    after: bool,
    reference: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(place, name, stop_at(place, name, number, after=after))
        status = cli.main([*RUN, "--out", str(tmp_path)])
    captured = capsys.readouterr()
    if status == 0:
        # There were fewer calls, or it was too late to matter.
        assert_same_as(reference, tmp_path)
        return
    assert status in {1, 130}
    assert "Traceback" not in captured.err
    line = captured.err.rstrip("\n").splitlines()[-1]
    left = [path for path in tmp_path.iterdir() if path.is_dir()]
    for path in left:
        assert path.name in line, (line, left)
    found = re.search(r"go on with `([^`]+)`", line)
    if found is not None:
        command = found[1].split(" -m foedus ")[-1].removeprefix("foedus ")
        assert cli.main(shlex.split(command)) == 0
    if left:
        assert_same_as(reference, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("at", ["state", "piece"])
def test_every_signal_that_ends_a_process_is_heeded(
    number: signal.Signals, at: str, tmp_path: Path
) -> None:
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from foedus import cli\n"
        "from foedus.runs.storage.unfinished import Unfinished\n"
        "place, nth = ('_make_room', 1) if sys.argv.pop(1) == 'state' else ('write', 3)\n"
        "number, true = int(sys.argv.pop(1)), getattr(Unfinished, place)\n"
        "def call(*words, **more):\n"
        "    global nth\n"
        "    found, nth = true(*words, **more), nth - 1\n"
        "    if not nth:\n"
        "        os.kill(os.getpid(), number)\n"
        "    return found\n"
        "setattr(Unfinished, place, call)\n"
        "sys.exit(cli.main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, at, str(int(number)), *RUN, "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
        timeout=LONG_ENOUGH,
    )
    assert done.returncode == 128 + number, done.stderr
    assert "Traceback" not in done.stderr
    if at == "state":
        assert list(tmp_path.iterdir()) == []
    else:
        (folder,) = tmp_path.iterdir()
        assert "3 of 6 chunks are kept; go on with" in done.stderr
        assert folder.name in done.stderr


def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    mine = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        Heard().listen()
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
        for number, handler in mine.items():
            signal.signal(number, handler)


def test_a_signal_soon_after_another_says_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("foedus.commands.shared.signals.time.monotonic", lambda: now)
    heard = Heard()
    with pytest.raises(KeyboardInterrupt):
        heard.hear(signal.SIGTERM, None)
    heard.hear(signal.SIGINT, None)
    assert heard.number == signal.SIGTERM
    now += AGAIN
    with pytest.raises(KeyboardInterrupt):
        heard.hear(signal.SIGINT, None)
    heard.close()
    now += AGAIN
    heard.hear(signal.SIGINT, None)


def test_half_written_files_do_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", stop_at(os, "fsync", 1, after=True))
    with pytest.raises(KeyboardInterrupt):
        atomic.write_whole(tmp_path / "a", b"new")
    assert list(tmp_path.iterdir()) == []

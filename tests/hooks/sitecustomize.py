"""What a test does to a process from inside; loaded by Python as it starts, from its path.

`CLOCK` names a file with the time: ``=SECONDS`` for a clock that stands, ``SECONDS`` for one that
is so much ahead (behind, if negative), nothing for the right time. `KILLED_AT` names the step at
which the process kills itself: an audit event, the end of the path that it is about, and a number,
1 for the first such event. `PIECES` names a file with the number of pieces that a process may
name; before the next one it waits until the file says more, or nothing.
"""

import os
import signal
import sys
import time
from pathlib import Path

CLOCK = "FOEDUS_TEST_CLOCK"
KILLED_AT = "FOEDUS_TEST_KILLED_AT"
PIECES = "FOEDUS_TEST_PIECES"


def set_clock(path: Path) -> None:
    """Let a file say what time it is."""
    right = time.time

    def told() -> float:
        said = path.read_text(encoding="ascii")
        return float(said[1:]) if said.startswith("=") else right() + float(said or 0)

    time.time = told


def kill_at(event: str, ending: str, number: int) -> None:
    """Kill this process, without warning, right before it does something for the nth time."""
    left = number

    def watch(found: str, about: tuple[object, ...]) -> None:
        nonlocal left
        if found == event and about and str(about[0]).endswith(ending):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def wait_after(path: Path) -> None:
    """Name as many pieces as a file says, and wait."""
    done = 0

    def watch(found: str, about: tuple[object, ...]) -> None:
        nonlocal done
        if found == "os.rename" and "/pieces/" in str(about[0]):
            while (most := path.read_text(encoding="ascii")) and done >= int(most):
                time.sleep(0.005)
            done += 1

    sys.addaudithook(watch)


if CLOCK in os.environ:
    set_clock(Path(os.environ[CLOCK]))
if KILLED_AT in os.environ:
    event, ending, number = os.environ[KILLED_AT].split()
    kill_at(event, ending, int(number))
if PIECES in os.environ:
    wait_after(Path(os.environ[PIECES]))

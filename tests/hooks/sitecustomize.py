"""What a test does to a process from inside; loaded by Python as it starts, from its path.

`CLOCK` names a file with the time: ``=SECONDS`` for a clock that stands, ``SECONDS`` for one that
is so much ahead (behind, if negative), nothing for the right time. `KILLED_AT` names the step at
which the process kills itself: an audit event, the end of the path that it is about, and a number,
1 for the first such event.
"""

import os
import signal
import sys
import time
from pathlib import Path

CLOCK = "FOEDUS_TEST_CLOCK"
KILLED_AT = "FOEDUS_TEST_KILLED_AT"


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


if CLOCK in os.environ:
    set_clock(Path(os.environ[CLOCK]))
if KILLED_AT in os.environ:
    event, ending, number = os.environ[KILLED_AT].split()
    kill_at(event, ending, int(number))

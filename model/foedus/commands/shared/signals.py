"""Ctrl-C and its like: each ends a command in the same orderly way."""

from __future__ import annotations

import signal
import threading
import time
from typing import Final

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals with which a person or a system asks a process to end."""

AGAIN: Final = 1.0
"""Seconds after a signal in which more of them say nothing new."""


class Heard:
    """Which signal ended a command.

    Attributes:
        number: Of the signal; that of Ctrl-C if none has come, as when a caller interrupts.
    """

    def __init__(self) -> None:
        self.number: int = signal.SIGINT
        self._last: float | None = None
        self._closed = False
        self._listening: list[signal.Signals] = []

    def listen(self) -> None:
        """Let each of them interrupt this process.

        A signal that the caller ignores stays ignored, as a shell does it for work in the
        background, and `nohup`.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        for number in ENDING:
            if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
                signal.signal(number, self.hear)
                self._listening.append(number)

    def close(self) -> None:
        """Take no more of them: the command is about to say what is kept, and to end."""
        self._closed = True
        for number in self._listening:
            # Python gives other handlers back to the system before it ends, which would kill it.
            signal.signal(number, signal.SIG_IGN)

    def hear(self, number: int, _: object) -> None:
        """Interrupt what is going on, unless it is being interrupted already.

        Raises:
            KeyboardInterrupt: Always but then.
        """
        now = time.monotonic()
        if self._closed or (self._last is not None and now - self._last < AGAIN):
            return
        self._last, self.number = now, number
        raise KeyboardInterrupt

"""The command `foedus`: reads what the user wrote, calls a command, says what went wrong."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import foedus
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

USER_ERROR = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
REFUSALS: Final = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
    }
)
"""What the system says of a disk that is full or broken, or closed to the user; never a bug."""

OFFERED: Final = {
    "run": "run",
    "rerun": "rerun",
    "runs": "runs",
    "compare": "compare",
    "fork": "fork",
    "sweep": "sweep",
    "scenario": "scenario",
    "report": "report",
    "explain": "explain",
    "app": "app",
    "library": "library",
    "evidence": "case.evidence",
    "validate": "case.validate",
    "forecast": "case.forecast",
    "score": "case.score",
    "calibrate": "case.calibrate",
}
"""Module of `commands` by command, in the order of the help."""


class Parser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        quoted = re.sub(r"(?<!\w)'([^']*)'(?!\w)", r"«\1»", message)
        raise FoedusError(f"{quoted} (see `{self.prog} --help`)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point.

    Args:
        arguments: The command line without the program's name; the process's own if None.

    Returns:
        Exit status: 0, 1 if a check did not hold, 2 for what the user can mend, 130 after Ctrl-C. A
        bug keeps its traceback.
    """
    try:
        options = parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments)
        command: Callable[[argparse.Namespace], int | None] = options.command
        status = command(options)
        sys.stdout.flush()
    except FoedusError as error:
        print(f"foedus: {_words(error)}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt as stop:
        if arguments is None:
            # This process is about to end; a second Ctrl-C would only break into its farewell.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(f"\nfoedus: {stop if str(stop) else 'interrupted'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to complain to.
        _abandon_output()
        return BROKEN_PIPE
    except Exception as error:
        # Libraries that call us back wrap whatever goes through them, Ctrl-C as well.
        if isinstance(error.__cause__, KeyboardInterrupt):
            print("\nfoedus: interrupted", file=sys.stderr)
            return INTERRUPTED
        if not isinstance(error, OSError) or error.errno not in REFUSALS:
            raise
        _abandon_output()
        where = error.filename or "cannot go on"
        print(f"foedus: {where}: {os.strerror(error.errno)}", file=sys.stderr)
        return USER_ERROR
    return status or 0


def _abandon_output() -> None:
    """Let what is still to be printed go nowhere, for at the end Python would try it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _words(error: FoedusError) -> str:
    """What went wrong: on a terminal with the lines of the files that are meant."""
    from foedus.files.faults import FileError

    if not isinstance(error, FileError) or not sys.stderr.isatty():
        return str(error)
    from foedus.files.snippets import explained

    return explained(error)


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """What reads a command line.

    Args:
        words: The command line; where it begins with a command, that one alone is offered, so that
            no other need be loaded.
    """
    parser = Parser(
        prog="foedus", description="Scenarios of how a military alliance holds together."
    )
    parser.add_argument("--version", action="version", version=f"foedus {foedus.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in words[:1] if words[:1] and words[0] in OFFERED else OFFERED:
        import_module(f"foedus.commands.{OFFERED[name]}").add(commands)
    return parser

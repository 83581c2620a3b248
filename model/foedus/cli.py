"""The command `foedus`: reads what the user wrote, calls a command, says what went wrong."""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import foedus
from foedus.commands.shared import streams
from foedus.commands.shared.signals import Heard
from foedus.errors import FoedusError, NotShownError
from foedus.runs.storage import ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOT_SHOWN: Final = 1
USER_ERROR: Final = 2
BROKEN_PIPE: Final = 141
REFUSALS: Final = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EBADF,
    }
)
"""What the system says of a disk that is full or broken, or closed; never a bug."""

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
    "contrasts": "case.contrasts",
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
        Exit status: 0; 1 if a check did not hold, or a result is complete but could not be shown or
        drawn in full; 2 for what the user can mend; 128 and the number of the signal that ended it,
        such as 130 after Ctrl-C; 141 if nobody reads the output. A bug keeps its traceback.
    """
    streams.prepare()
    heard = Heard()
    with ledger.kept() as made:
        try:
            if arguments is None:
                heard.listen()
            status = _carry_out(arguments)
        except BaseException as fault:
            heard.close()
            ended = _ended(fault, heard, made)
            if ended is None:
                raise
            status, words = ended
            _last_words(words, made)
        else:
            if made.shortcomings:
                status = NOT_SHOWN
                _last_words("; ".join(made.shortcomings), made)
        return status


def _carry_out(arguments: Sequence[str] | None) -> int:
    """Carry out a command; its exit status."""
    try:
        options = parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments)
        command: Callable[[argparse.Namespace], int | None] = options.command
        return command(options) or 0
    finally:
        # What cannot be printed must be known before anybody believes that it was.
        sys.stdout.flush()


def _ended(fault: BaseException, heard: Heard, made: ledger.Ledger) -> tuple[int, str] | None:
    """Exit status and words for what ended a command; None for a bug."""
    # Libraries that call us back wrap whatever goes through them, Ctrl-C as well.
    if isinstance(fault, KeyboardInterrupt) or isinstance(fault.__cause__, KeyboardInterrupt):
        return 128 + heard.number, "interrupted"
    if isinstance(fault, BrokenPipeError):
        # Whoever read our output has gone.
        streams.abandon_output()
        return BROKEN_PIPE, "nobody reads the output" if made.results else ""
    if isinstance(fault, NotShownError):
        return NOT_SHOWN, str(fault)
    if isinstance(fault, FoedusError):
        return USER_ERROR, _words(fault)
    if isinstance(fault, OSError) and fault.errno in REFUSALS:
        streams.abandon_output()
        return USER_ERROR, f"{fault.filename or 'cannot go on'}: {os.strerror(fault.errno)}"
    if made.results and isinstance(fault, Exception):
        from foedus.runs.study import reason_of

        return NOT_SHOWN, f"the answer could not be printed in full: {reason_of(fault)}"
    return None


def _last_words(words: str, made: ledger.Ledger) -> None:
    """Say on one line what ended a command, what of its work is kept, and what is complete."""
    from foedus.runs.study import what_is_kept

    kept = [what_is_kept(work) for work in (*made.works,)]
    complete = [f"the result is complete: {place}" for place in made.results if place not in words]
    line = "; ".join(each for each in (words, *kept, *complete) if each)
    if line:
        head = "\n" if words == "interrupted" else ""
        with suppress(OSError):
            print(f"{head}foedus: {line}", file=sys.stderr, flush=True)


def _words(error: FoedusError) -> str:
    """What went wrong: on a terminal with the lines of the files that are meant."""
    if not sys.stderr.isatty():
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

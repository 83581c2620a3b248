"""Work that can be taken up again: what is said of it after any end, and what is left of it."""

from __future__ import annotations

import shlex
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from foedus.commands.shared.playing import program, say
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foedus.runs.unfinished import Unfinished

RESUMABLE: Final = ("run", "sweep")
"""Kinds of work that are kept piece by piece."""


def nothing_left(work: Unfinished) -> bool:
    """Whether work taken up again is whole already; if so, its remains are removed."""
    from foedus.runs.unfinished import mendable

    if not work.is_whole():
        return False
    with mendable(work.path, "remove"):
        work.discard()
    say(f"{work.name} is whole; nothing was left to do")
    return True


@contextmanager
def refused(work: Unfinished) -> Iterator[None]:
    """Let go of work that cannot be gone on with, and leave it as it is."""
    try:
        yield
    except FoedusError:
        work.release()
        raise


def pieces_there(work: Unfinished, finished: int) -> str:
    """How far work is that is taken up again, and what of it does not belong there."""
    strange = (
        f"; {work.refused} more, damaged or of another run, will be made again"
        if work.refused
        else ""
    )
    there = f"{finished} of {len(work.expected)} chunks are there"
    return f"{there}; going on with the rest{strange}"


def what_is_kept(work: Unfinished) -> str:
    """What is kept of work that did not come to its end, and how to go on with it.

    Work of which nothing is done yet leaves nothing. It is nobody's from then on.
    """
    how = f"go on with `{program()} {work.kind} --resume {shlex.quote(work.path)}`"
    try:
        if work.is_whole():
            with suppress(OSError):
                work.discard()
            return f"{work.whole} is whole"
        if work.kind not in RESUMABLE:
            work.abandon()
            return ""
        there = set(work.names())
        done = len(there & set(work.expected) if work.expected else there)
        if not done:
            work.abandon()
            return "nothing was finished yet, and nothing is kept"
    except (FoedusError, OSError):
        # The folder is closed to us at present; what is in it stays.
        return f"what was finished is kept; {how}"
    finally:
        work.release()
    of = f" of {len(work.expected):,}" if work.expected else ""
    return f"{done:,}{of} chunks are kept; {how}"

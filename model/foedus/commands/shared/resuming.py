"""Work that can be taken up again: what is said of it after any end, and what is left of it."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from foedus.commands.shared.playing import program, say
from foedus.errors import FoedusError, Interrupted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from foedus.runs.unfinished import Unfinished


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
def resumable(work: Unfinished, command: str, pieces: Collection[str]) -> Iterator[None]:
    """Say after any end how to go on; work of which nothing is done yet leaves nothing.

    Args:
        work: What is worked on.
        command: The command that goes on with it, ``run`` or ``sweep``.
        pieces: Names of all pieces that it is made of.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; {_kept(work, command, pieces)}") from None
    except FoedusError as fault:
        raise FoedusError(f"{fault}; {_kept(work, command, pieces)}") from fault


def _kept(work: Unfinished, command: str, pieces: Collection[str]) -> str:
    how = f"go on with `{program()} {command} --resume {shlex.quote(work.path)}`"
    try:
        if work.is_whole():
            return f"{work.whole} is whole"
        done = len(set(work.names()) & set(pieces))
        if not done:
            work.discard()
            return "nothing was finished yet, and nothing is kept"
    except (FoedusError, OSError):
        # The folder is closed to us at present; what is in it stays.
        return f"what was finished is kept; {how}"
    return f"{done:,} of {len(pieces):,} chunks are kept; {how}"

"""What a command has made so far, so that its last words can name it whatever went wrong.

Results that are complete stay complete: a figure that cannot be drawn, a full disk, a closed stream
or Ctrl-C after that make them less shown, not less there. Work that is unfinished is listed from
before its folder is made until the folder is gone, so that no moment exists in which an
interruption leaves a folder of which nobody hears.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from foedus.errors import NotShownError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Ledger:
    """What one command has made.

    Attributes:
        results: Where its complete results lie.
        shortcomings: What could not be shown or drawn of them, in words.
        works: Work that is unfinished (`storage.unfinished.Unfinished`, which notes itself).
    """

    results: list[str] = field(default_factory=list)
    shortcomings: list[str] = field(default_factory=list)
    works: list[Any] = field(default_factory=list)


_open: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


@contextmanager
def kept() -> Iterator[Ledger]:
    """Keep a ledger of all that is made meanwhile."""
    ledger = Ledger()
    before = _open.set(ledger)
    try:
        yield ledger
    finally:
        _open.reset(before)


def is_kept() -> bool:
    """Whether somebody keeps a ledger, and will see to unfinished work."""
    return _open.get() is not None


def note_work(work: object) -> None:
    """Note work that is about to begin."""
    ledger = _open.get()
    if ledger is not None and work not in ledger.works:
        ledger.works.append(work)


def forget_work(work: object) -> None:
    """Note that work is finished, gone, or left to others."""
    ledger = _open.get()
    if ledger is not None and work in ledger.works:
        ledger.works.remove(work)


def note_result(place: Path | str, shortcoming: str | None = None) -> None:
    """Note a result that is complete.

    Args:
        place: Where it lies.
        shortcoming: What could not be drawn or written beside its tables; None if all could.

    Raises:
        NotShownError: Something could not, and nobody keeps a ledger who would say so.
    """
    ledger = _open.get()
    if ledger is not None:
        ledger.results.append(str(place))
        ledger.shortcomings += [] if shortcoming is None else [shortcoming]
    elif shortcoming is not None:
        raise NotShownError(f"{shortcoming}; the result is complete: {place}")

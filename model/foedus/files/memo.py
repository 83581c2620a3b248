"""What has been worked out once, and what tells whether files have changed since then."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from pathlib import Path
from threading import Lock


def own_copies[**P, R](size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember what a function returned; whoever changes a result changes only their own.

    What is read from a file is remembered by the file's content, so that an edited file is read
    anew at once, whatever its date says.

    Args:
        size: The number of results to keep; the one that was not asked for longest goes first.

    Returns:
        A decorator for functions of hashable positional arguments, whose results can be pickled
        and depend on the arguments alone. Errors are not remembered.

    Example:
        >>> @own_copies(size=2)
        ... def letters(word):
        ...     print("spelling", word)
        ...     return list(word)
        >>> letters("ab").append("c")
        spelling ab
        >>> letters("ab")
        ['a', 'b']
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        kept: OrderedDict[Hashable, bytes] = OrderedDict()
        lock = Lock()

        @wraps(function)
        def remembered(*arguments: P.args, **named: P.kwargs) -> R:
            key = (arguments, tuple(named.items()))
            with lock:
                content = kept.get(key)
                if content is not None:
                    kept.move_to_end(key)
            if content is not None:
                copy: R = pickle.loads(content)
                return copy
            result = function(*arguments, **named)
            content = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
            with lock:
                kept[key] = content
                while len(kept) > size:
                    kept.popitem(last=False)
            return result

        return remembered

    return decorate


type Stamp = tuple[tuple[str, int, int], ...]


def stamp(paths: Iterable[Path]) -> Stamp:
    """Path, time of the last change in nanoseconds and size in bytes of each file.

    Two equal stamps mean that what was read from the files may be used again; a missing file
    counts as one of time and size -1.
    """
    return tuple(_of(path) for path in paths)


def _of(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), status.st_mtime_ns, status.st_size

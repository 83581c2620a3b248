"""Rules whose text follows from a table of the data dictionary.

Where a rule does the same with every row of a table, such as writing each outcome down, its text is
made of the rows, so that none can be forgotten. What comes out is a rule like any other: plain
Python, shown in tracebacks, and compiled as it stands.
"""

import linecache
from collections.abc import Callable, Iterable
from typing import Any

from foedus.dictionary.marks import rule


def rule_from(head: str, meaning: str, lines: Iterable[str], **names: object) -> Callable[..., Any]:
    """A rule of some lines.

    Args:
        head: Its name and parameters, with types.
        meaning: Its docstring.
        lines: Its body, indented from the left margin.
        names: What else it speaks of, by name.

    Example:
        >>> twice = rule_from("twice(x: float) -> float", "Twice a number.", ["return 2.0 * x"])
        >>> twice(1.5)
        3.0
    """
    body = "".join(f"    {line}\n" for line in (f'"""{meaning}"""', *lines))
    text = f"def {head}:\n{body}"
    name = head.partition("(")[0]
    path = f"<table of {name}>"
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    scope: dict[str, Any] = {"__name__": __name__, **names}
    exec(compile(text, path, "exec"), scope)
    made: Callable[..., Any] = rule(scope[name])
    return made

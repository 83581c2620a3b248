"""The mark of a rule: text that runs as plain Python and can be compiled as it stands.

Rules know nothing of a compiler. `RULES` lets the ensemble compile every marked function, so that
there is one text of the science and two ways to run it.
"""

from collections.abc import Callable

RULES: list[Callable[..., object]] = []
"""All marked functions, in the order of their definition."""


def rule[F: Callable[..., object]](function: F) -> F:
    """Mark a function as part of the science; it stays a plain function."""
    RULES.append(function)
    return function

"""The evidence behind every number: what it says, and whether it is in order.

`load` reads the evidence of a case, `known_ids` only which ids there are, `coverage` says which
claim feeds what, and `show` renders all this for people.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from foedus.evidence.ids import known_ids

if TYPE_CHECKING:
    from foedus.evidence.coverage import Coverage, cover, load_unused
    from foedus.evidence.library import Evidence, load

__all__ = ["Coverage", "Evidence", "cover", "known_ids", "load", "load_unused"]


_ROOMS = {"Coverage": "coverage", "cover": "coverage", "load_unused": "coverage"}


def __getattr__(name: str) -> Any:
    """Load the records and their models only for who asks for them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS.get(name, 'library')}"), name)

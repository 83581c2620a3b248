"""The evidence behind every number: what it says, and whether it is in order.

`load` reads the evidence of a case, `coverage` says which claim feeds what, and `show` renders all
this for people.
"""

from foedus.evidence.coverage import Coverage, cover, load_unused
from foedus.evidence.library import Evidence, load

__all__ = ["Coverage", "Evidence", "cover", "load", "load_unused"]

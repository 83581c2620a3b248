"""Names of the sets of parameters, apart from all that loads slowly."""

from typing import Final

EVIDENCE_SETS: Final = ("corpus", "record")
"""The articles alone, and the articles with the dated record."""

WHOLE: Final = "posterior"
"""What all of a case's record teaches."""

PARAMETER_SETS: Final = ("record", "corpus", "prior", WHOLE, f"{WHOLE}-YEAR")
"""What the parameters of a run may be drawn from: intervals by hand under one of the evidence sets;
the wide prior of the inference; one of its posteriors, that of the whole record or that of the
record up to some year, which the case chooses."""

USUAL_SET: Final = "record"


def is_posterior(name: str) -> bool:
    """Whether a set of parameters is a posterior.

    Example:
        >>> is_posterior("posterior-1999"), is_posterior("prior")
        (True, False)
    """
    return name == WHOLE or name.startswith(f"{WHOLE}-")


def is_set(name: str) -> bool:
    """Whether a set of parameters may be called so; a case need not have it."""
    year = name.removeprefix(f"{WHOLE}-")
    return name in PARAMETER_SETS[:-1] or (name != year and year.isdecimal() and len(year) == 4)

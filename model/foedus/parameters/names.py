"""Names of the sets of parameters, apart from all that loads slowly."""

from typing import Final

EVIDENCE_SETS: Final = ("corpus", "record")
"""The five articles alone, and the articles with the dated record."""

POSTERIORS: Final = ("posterior-2019", "posterior")
"""What the record before 2020 teaches, and what all of it does."""

PARAMETER_SETS: Final = ("record", "corpus", "prior", *POSTERIORS)
"""What the parameters of a run may be drawn from: intervals by hand under one of the evidence sets;
the wide prior of the inference; one of its posteriors."""

USUAL_SET: Final = "record"

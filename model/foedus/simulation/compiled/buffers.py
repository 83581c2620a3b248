"""The arrays of a call of the kernel: one table, for whoever calls and for whoever compiles."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Buffers(NamedTuple):
    """The arrays of a call, in the order in which the machine code takes them.

    Each is annotated with its type, or with the name of its record, and its number of axes; from
    these `kernel.machine_code` makes the code that unpacks a call.
    """

    template: Annotated[NDArray[np.float64], "f8", 1]
    """The world at the start, as words."""
    world: Annotated[NDArray[Any], "world", 1]
    parameter_template: Annotated[NDArray[Any], "parameters", 1]
    parameters: Annotated[NDArray[Any], "parameters", 1]
    words: Annotated[NDArray[np.float64], "f8", 1]
    own: Annotated[NDArray[np.float64], "f8", 1]
    tape: Annotated[NDArray[Any], "tape", 1]
    row: Annotated[NDArray[np.float64], "f8", 1]
    paths: Annotated[NDArray[np.float64], "f8", 2]
    values: Annotated[NDArray[np.float64], "f8", 2]
    places: Annotated[NDArray[np.int64], "i8", 2]
    milestone_months: Annotated[NDArray[np.int64], "i8", 1]
    outcomes: Annotated[NDArray[Any], "outcome", 1]
    milestones: Annotated[NDArray[np.float64], "f8", 3]
    questions: Annotated[NDArray[np.bool_], "?", 2]
    histograms: Annotated[NDArray[np.int32], "i4", 3]
    sums: Annotated[NDArray[np.int64], "i8", 2]
    shares: Annotated[NDArray[np.int64], "i8", 3]
    statuses: Annotated[NDArray[np.int64], "i8", 3]
    requests: Annotated[NDArray[np.int64], "i8", 4]
    sample: Annotated[NDArray[np.float64], "f8", 3]
    events: Annotated[NDArray[Any], "event", 1]

"""An uncertain number as a low, a most likely and a high value."""

from typing import NamedTuple


class Triple(NamedTuple):
    """An uncertain number: a triangular distribution, or a known number if all three are equal.

    Attributes:
        low: The least it can be.
        mode: The most likely value.
        high: The most it can be.
    """

    low: float
    mode: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is only one value it can have."""
        return self.low == self.high

    @property
    def written(self) -> float | list[float]:
        """The shortest form that reads as the same triple."""
        return self.mode if self.known else list(self)

"""An uncertain number: a low, a most likely and a high value, and how it is spread between them."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

type Shape = Literal["triangular", "uniform", "normal"]
type Written = float | list[float] | dict[str, list[float] | dict[str, float]]


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
    def shape(self) -> Shape:
        """The family of its distribution."""
        return "triangular"

    @property
    def sd(self) -> float:
        """Standard deviation of the normal distribution that it is cut from; 0 for others."""
        return 0.0

    @property
    def written(self) -> Written:
        """The shortest form that reads as the same triple."""
        return self.mode if self.known else list(self)


class _Shaped(Triple):
    """A triple that is spread otherwise; unlike one with the same three values."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.written == other.written

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.shape, self.sd, *self))


class Uniform(_Shaped):
    """A number as likely anywhere between two values; its middle stands for the mode."""

    __slots__ = ()
    keys: ClassVar = ("low", "high")

    def __new__(cls, low: float, high: float) -> Uniform:
        """Between two values."""
        return super().__new__(cls, low, low + 0.5 * (high - low), high)

    def __getnewargs__(self) -> tuple[float, ...]:
        """What a copy is made of."""
        return self.low, self.high

    @property
    def shape(self) -> Shape:
        """The family of its distribution."""
        return "uniform"

    @property
    def written(self) -> Written:
        """As a file says it."""
        return {"uniform": [self.low, self.high]}


class Normal(_Shaped):
    """A normal distribution that is cut at two values.

    The mean is that of the whole distribution, which is also the most likely value of what is left.
    """

    keys: ClassVar = ("mean", "sd", "low", "high")

    def __new__(cls, mean: float, sd: float, low: float, high: float) -> Normal:
        """With a mean between two values."""
        made = super().__new__(cls, low, mean, high)
        made._sd = sd
        return made

    _sd: float

    def __getnewargs__(self) -> tuple[float, ...]:
        """What a copy is made of."""
        return self.mode, self.sd, self.low, self.high

    @property
    def shape(self) -> Shape:
        """The family of its distribution."""
        return "normal"

    @property
    def sd(self) -> float:
        """Standard deviation before it is cut."""
        return self._sd

    @property
    def written(self) -> Written:
        """As a file says it."""
        return {"normal": dict(zip(self.keys, self.__getnewargs__(), strict=True))}

"""The section `sweep:` of a scenario: which factors are varied, and how the points are chosen."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from foedus.files.faults import Misread
from foedus.files.models import Closed, Number, Text
from foedus.scenarios.language.choices import Value

type Design = Literal["grid", "list", "csv", "latin-hypercube", "sobol"]

MOST_POINTS = 100_000

_NEEDS: dict[str, tuple[str, ...]] = {
    "grid": ("factors",),
    "list": ("rows",),
    "csv": ("file",),
    "latin-hypercube": ("factors", "points"),
    "sobol": ("factors", "points"),
}
"""Keys that a design takes beside `trials`."""

_ALL_KEYS = ("factors", "rows", "file", "points")


class FactorEntry(Closed):
    """The values of one factor: listed, or between two ends."""

    values: Annotated[tuple[Value, ...], Field(min_length=1)] | None = None
    """The values, for a grid."""
    range: tuple[Number, Number] | None = None
    """Least and greatest value; those of the lever or uncertainty, if absent."""
    steps: Annotated[int, Strict(), Field(ge=2, le=1000)] | None = None
    """Number of values from end to end, for a grid."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.values is not None and (self.range is not None or self.steps is not None):
            raise Misread("expected either «values», or «range» and «steps»")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise Misread(
                f"found range [{self.range[0]:g}, {self.range[1]:g}], expected low < high"
            )
        return self


class SweepEntry(Closed):
    """A design of points, each of which sets some factors; a child of the scenario has its own."""

    design: Design
    """How points are chosen."""
    factors: dict[str, FactorEntry] = Field(default={})
    """What is varied: levers, uncertainties or addresses, such as `parameters.war_drain`."""
    rows: tuple[Annotated[dict[str, Value], Field(min_length=1)], ...] = ()
    """The points of a list, each with the values of its factors."""
    file: Text | None = None
    """The points of a CSV file with a column per factor; a path relative to this file."""
    points: Annotated[int, Strict(), Field(ge=2, le=MOST_POINTS)] | None = None
    """Number of points of a Latin hypercube or a Sobol sequence."""
    trials: Annotated[int, Strict(), Field(ge=2, le=1_000_000)] = 200
    """Trials per point; all points share their random numbers."""

    @model_validator(mode="after")
    def _keys_of_the_design(self) -> Self:
        needed = _NEEDS[self.design]
        for key in _ALL_KEYS:
            given = bool(getattr(self, key))
            if key in needed and not given:
                raise Misread(f"a {self.design} design expects «{key}»")
            if given and key not in needed:
                raise Misread(f"a {self.design} design takes no «{key}»")
        spaced = self.design in {"latin-hypercube", "sobol"}
        for name, factor in self.factors.items():
            if spaced and (factor.values is not None or factor.steps is not None):
                raise Misread(f"factor «{name}»: a {self.design} design takes a range only")
        return self

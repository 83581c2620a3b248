"""What every section of a file has in common: unknown keys are refused, and values are strict."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, Strict

type Text = Annotated[str, Field(min_length=1)]
type Number = Annotated[float, Strict()]


class Closed(BaseModel):
    """Refuses unknown keys, infinities and later changes; takes its documentation from strings."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    def but(self, **changes: object) -> Self:
        """A copy with some keys of the file changed, checked like a new one."""
        return type(self).model_validate(self.model_dump(by_alias=True) | changes)

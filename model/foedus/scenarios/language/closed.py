"""What every section of a file has in common: unknown keys are refused, and values are strict."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, Strict

type Text = Annotated[str, Field(min_length=1)]
type Number = Annotated[float, Strict()]


class Closed(BaseModel):
    """Refuses unknown keys, infinities and later changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def but(self, **changes: object) -> Self:
        """A copy with some keys of the file changed, checked like a new one."""
        return type(self).model_validate(self.model_dump(by_alias=True) | changes)


def documentation(model: type[BaseModel]) -> dict[str, str]:
    """What the strings below the fields of a section say, by the names of the fields.

    Pydantic can read them, too, but does it whenever a section is imported, and a run needs none.
    """
    found = {}
    for owner in reversed(model.__mro__):
        if issubclass(owner, BaseModel) and owner is not BaseModel:
            (section,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
            body = section.body if isinstance(section, ast.ClassDef) else []
            for field, below in pairwise(body):
                match field, below:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ):
                        found[name] = inspect.cleandoc(text)
    return found

"""What the sections of all files have in common: no unknown keys, and strict values."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

from foedus.files import characters
from foedus.files.faults import Misread

NAME_PATTERN: Final = r"^[a-z][a-z0-9-]*$"
CODE_PATTERN: Final = r"^[A-Z]{3}$"
DATED: Final = "<months>"
"""Under this name, which no file holds, the entries by month of a section are gathered."""


def _line(text: str) -> str:
    """A text as one line: its line breaks count as spaces, as in folded YAML.

    Raises:
        Misread: There is nothing to be seen of it.
    """
    if characters.is_blank(text):
        raise Misread("found text that shows nothing, expected text")
    return " ".join(text.split("\n")).strip() if "\n" in text else text


type Text = Annotated[str, Field(min_length=1), AfterValidator(_line)]
"""Text on one line, with something to be seen of it."""
type Number = Annotated[float, Strict()]
type Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=80)]
type Code = Annotated[str, Field(pattern=CODE_PATTERN)]


class Closed(BaseModel):
    """Refuses unknown keys, infinities and later changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def but(self, **changes: object) -> Self:
        """A copy with some keys of the file changed, checked like a new one."""
        return type(self).model_validate(self.model_dump(by_alias=True) | changes)


@cache
def documentation(model: type[BaseModel]) -> dict[str, str]:
    """What the strings below the fields of a section say, by the names of the fields.

    Pydantic can read them, too, but does it whenever a section is imported, and a run needs none.
    """
    texts = {}
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
                        texts[name] = inspect.cleandoc(text)
    return texts

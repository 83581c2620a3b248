"""What the file of contrasts of a case may hold: names, types and ranges of its keys.

The words of the scenarios in it are those of a scenario file, and are checked as such when an arm
is laid out.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, Strict

from foedus.files.faults import Misread, found
from foedus.files.models import Closed, Code, Name, Number, Text

MEMBER: Final = "MEMBER"
"""Stands in a measure for each of its members in turn."""


def _sections(value: object) -> object:
    if not isinstance(value, dict):
        raise Misread(f"found {found(value)}, expected sections of a scenario, such as drivers")
    return value


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


type Sections = Annotated[dict[str, Any], BeforeValidator(_sections)]
type Wordings = Annotated[tuple[Text, ...], BeforeValidator(_several), Field(min_length=1)]


class Size(Closed):
    """How the model's difference is brought to what the claim codes."""

    per: Annotated[Number, Field(gt=0)] = 1.0
    """What the difference is divided by, such as the years that the change lasts."""


class ContrastEntry(Closed):
    """A pair of small scenarios that differ in what a claim names, and what must answer to it."""

    claim: Text
    """Id of the claim."""
    change: Text
    """What differs between the scenarios, in a few words."""
    world: Name
    """The world that both scenarios depart from, one of `worlds`."""
    both: Sections = Field(default={})
    """What both scenarios say beyond their world, such as an incident that strikes in both."""
    start: Sections = Field(default={}, alias="from")
    """What the first scenario alone says; nothing if left out."""
    to: Sections = Field(default={})
    """What the second scenario alone says."""
    measure: Wordings
    """An observable of the scenario language (`trust of ARM`), or a condition (`status of ARM is
    out`) or several, of which any counts; MEMBER stands for each of `members`."""
    members: tuple[Code, ...] = ()
    """For whom MEMBER stands: a level is their mean, a condition holds if it does of any."""
    month: Annotated[int, Strict(), Field(ge=1, le=600)]
    """Months after the start at which an observable is read, or up to which a condition may come
    true."""
    sign: Literal["higher", "lower"]
    """What the claim says of the measure in the second scenario."""
    size: Size | None = None
    """How to bring the difference to the size that the claim codes; left out, it codes none in the
    unit of the measure."""
    why: Text
    """How the contrast follows from the claim."""
    failure: Text | None = None
    """Why it fails, in one line, of a contrast that does."""


class ContrastFile(Closed):
    """The contrasts of a case, and the claims that cannot be made one."""

    worlds: Annotated[dict[Name, Sections], Field(min_length=1)]
    """Scenarios to depart from, by name: whole, or extending another by name."""
    contrasts: tuple[ContrastEntry, ...]
    """The contrasts, one a claim."""
    no_contrast: dict[str, Text] = Field(default={})
    """Why a claim cannot be made a contrast, by its id."""

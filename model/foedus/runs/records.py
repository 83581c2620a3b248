"""What `manifest.json` and `state.json` must say: checked once on reading, typed from then on."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from foedus.data import USUAL_CASE
from foedus.errors import FoedusError
from foedus.files.faults import printable
from foedus.files.validation import in_words
from foedus.runs.provenance import SCHEMA_VERSION, Identity, Provenance
from foedus.simulation.chunks import CHUNK

LONGEST: Final = 60
"""Letters of a value that is quoted in a message."""

DEEPEST: Final = 40
"""Levels of nesting that no file of ours reaches."""


class DamagedError(FoedusError):
    """A file of ours does not say what it must."""


def _inside(name: str) -> str:
    if not name or name.startswith("/") or ".." in name.split("/"):
        raise ValueError("expected the name of a file inside the folder")
    return name


def _sound(origin: Provenance) -> Provenance:
    if origin.trials < 1 or origin.seed < 0 or origin.horizon < 1:
        raise ValueError("expected one trial and one month or more, and a seed of 0 or more")
    return origin


type Count = Annotated[int, Field(ge=0)]
type Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
type FileName = Annotated[str, AfterValidator(_inside)]


class Record(BaseModel):
    """What both files say.

    Attributes:
        case: Where the case lies, as `foedus.cases.load` takes it.
    """

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, allow_inf_nan=False)
    kind: str = "run"
    created: datetime
    run: Annotated[Provenance, AfterValidator(_sound)]
    digest: Digest
    identity: Identity
    case: str = USUAL_CASE

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.digest != self.run.digest:
            raise ValueError("«digest» is not that of «run»")
        return self


class ChunkRecord(BaseModel):
    """A chunk of a run that is complete."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    first: Count
    trials: Count


class Manifest(Record):
    """What a complete result was made from, with the digest of every other file."""

    engine: str = ""
    versions: dict[str, str]
    code: dict[str, str | bool]
    chunks: tuple[ChunkRecord, ...] = ()
    files: dict[FileName, Digest]


class Request(BaseModel):
    """What decides a study, besides scenarios; all but `chunk` and `figures` its numbers, too."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    trials: int
    seed: int
    evidence_set: str
    chunk: int = CHUNK
    figures: bool


class RunState(Record):
    """What an unfinished run was asked for."""

    request: Request
    scenario: str
    parent: str | None


class PlanRecord(BaseModel):
    """The points of a sweep."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    design: str
    factors: tuple[str, ...]
    points: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]


class SweepState(Record):
    """What an unfinished sweep was asked for."""

    request: Request
    scenario: str
    metric: str
    threshold: float | None
    design: str
    plan: PlanRecord


def read[R: BaseModel](kind: type[R], content: bytes, path: str) -> R:
    """What a file of ours says.

    Args:
        kind: What it must say.
        content: Of the file.
        path: Of the file, as messages name it.

    Raises:
        DamagedError: It says something else, or is of another format; in one line.
    """
    plain(content, path)
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        about = f"«{printable(where)}»: " if where else ""
        raise DamagedError(f"{path}: is damaged: {about}{in_words(fault)}") from None


def plain(content: bytes, path: str) -> dict[str, Any]:
    """A mapping of JSON, by the format that this version reads.

    Raises:
        DamagedError: It is none, or holds what is in no file of ours, or is of another format.
    """
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise DamagedError(f"{path}: is damaged: it is not whole JSON") from None
    if not isinstance(said, dict):
        raise DamagedError(f"{path}: is damaged: expected a mapping")
    _check(said, path)
    found = said.get("schema_version")
    if found != SCHEMA_VERSION or isinstance(found, bool):
        quoted = printable(json.dumps(found))[:LONGEST]
        raise DamagedError(
            f"{path}: was written by another version of foedus, in format {quoted}; this version "
            f"reads format {SCHEMA_VERSION}"
        )
    return said


def _check(said: object, path: str, depth: int = 0) -> None:
    """Refuse what would break a terminal, a sum or the stack of whoever uses it."""
    if depth > DEEPEST:
        raise DamagedError(f"{path}: is damaged: nested deeper than {DEEPEST} levels")
    if isinstance(said, dict):
        for key, value in said.items():
            _check(key, path, depth + 1)
            _check(value, path, depth + 1)
    elif isinstance(said, list):
        for value in said:
            _check(value, path, depth + 1)
    elif isinstance(said, float) and not math.isfinite(said):
        raise DamagedError(f"{path}: is damaged: found a number that is not finite")
    elif isinstance(said, str) and any(
        "\ud800" <= letter <= "\udfff" or (letter < " " and letter not in "\n\t") for letter in said
    ):
        raise DamagedError(f"{path}: is damaged: found a control character, or half a letter")

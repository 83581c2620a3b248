"""The parameters of the rules: meaning, interval, evidence and grade, by evidence set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from foedus.data import calibration_folder
from foedus.errors import FoedusError
from foedus.parameters.names import EVIDENCE_SETS
from foedus.parameters.triple import Triple

if TYPE_CHECKING:
    from pathlib import Path


class Citations(BaseModel):
    """Evidence ids by evidence set."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    corpus: tuple[str, ...] = ()
    record: tuple[str, ...] = ()


class Parameter(BaseModel):
    """One parameter."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    meaning: str
    unit: str
    range: tuple[float, float]
    corpus: Triple
    record: Triple | None = None
    prior: Triple | None = None
    grade: Literal["A", "B", "C", "judgement"]
    evidence: Citations
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Parameter:
        low, high = self.range
        for which in (*EVIDENCE_SETS, "prior"):
            triple = self.triple(which)
            if not low <= triple.low <= triple.mode <= triple.high <= high:
                message = (
                    f"{self.name}: expected {low} <= low <= mode <= high <= {high} for the "
                    f"set {which}, found {list(triple)}"
                )
                raise ValueError(message)
        if self.grade != "judgement" and not self.cited("record"):
            message = f"{self.name}: grade {self.grade} needs evidence, found none"
            raise ValueError(message)
        return self

    def triple(self, which: str) -> Triple:
        """Distribution under a set of parameters.

        Under an evidence set it is the corpus's where the record adds nothing. The prior of the
        inference spans both, with the mode of the corpus, unless it has a triple of its own.

        Args:
            which: One of `names.PARAMETER_SETS`. What a posterior was not fitted for is drawn from
                the record's interval where the posterior knows the whole record, and else from the
                prior, which owes nothing to what came after 2019.
        """
        record = self.record or self.corpus
        if which == "corpus":
            return self.corpus
        if which in {"record", "posterior"}:
            return record
        low, high = min(self.corpus.low, record.low), max(self.corpus.high, record.high)
        return self.prior or Triple(low, self.corpus.mode, high)

    def cited(self, evidence_set: str) -> tuple[str, ...]:
        """Evidence ids under an evidence set; the record set includes the corpus."""
        if evidence_set == "corpus":
            return self.evidence.corpus
        return self.evidence.corpus + self.evidence.record


@dataclass(frozen=True)
class Registry:
    """All parameters, in the order of their file."""

    parameters: tuple[Parameter, ...]

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Allowed range by name."""
        return {parameter.name: parameter.range for parameter in self.parameters}

    def get(self, name: str) -> Parameter | None:
        """The parameter of that name, if there is one."""
        return next((each for each in self.parameters if each.name == name), None)


@lru_cache(maxsize=4)
def load(path: Path | None = None) -> Registry:
    """Read the registry.

    Args:
        path: A registry file; the bundled one if None.

    Raises:
        FoedusError: The file cannot be read or breaks a rule; all faults are named.
    """
    path = path or calibration_folder() / "parameters.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), loader)
        parameters = TypeAdapter(tuple[Parameter, ...]).validate_python(entries)
    except (OSError, yaml.YAMLError) as error:
        raise FoedusError(f"{path}: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise FoedusError(f"{path}: {faults}") from error
    names = [parameter.name for parameter in parameters]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FoedusError(f"{path}: parameters listed twice: {', '.join(twice)}")
    return Registry(parameters)

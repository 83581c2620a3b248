"""The parameters of the rules: meaning, interval, evidence and grade, by evidence set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from foedus import cases
from foedus.errors import FoedusError
from foedus.files.stamps import stamp
from foedus.parameters.names import EVIDENCE_SETS
from foedus.parameters.triple import Triple

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.files.stamps import Stamp


FILE: Final = "parameters.yaml"


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
                prior, which owes nothing to what came later.
        """
        record = self.record or self.corpus
        if which == "corpus":
            return self.corpus
        if which in {"record", "posterior"}:
            return record
        low, high = min(self.corpus.low, record.low), max(self.corpus.high, record.high)
        return self.prior or Triple(low, self.corpus.mode, high)

    def taken_from(self, case: str) -> Parameter:
        """The parameter in another case, where nothing is known of it: a judgement."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        note = f"Taken over from the case «{case}»."
        return Parameter(**(given | {"grade": "judgement", "evidence": Citations(), "note": note}))

    def cited(self, evidence_set: str) -> tuple[str, ...]:
        """Evidence ids under an evidence set; the record set includes the corpus."""
        if evidence_set == "corpus":
            return self.evidence.corpus
        return self.evidence.corpus + self.evidence.record


@dataclass(frozen=True)
class Registry:
    """All parameters, in the order of their file, and the case that they are those of."""

    parameters: tuple[Parameter, ...]
    case: Case

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Allowed range by name."""
        return {parameter.name: parameter.range for parameter in self.parameters}

    def get(self, name: str) -> Parameter | None:
        """The parameter of that name, if there is one."""
        return next((each for each in self.parameters if each.name == name), None)


def load(case: Case | None = None) -> Registry:
    """Read the registry of a case.

    Args:
        case: The case; the usual one if None.

    Returns:
        The parameters that the case lists. One that extends another case has that one's parameters
        too, in its order and as judgements: their evidence is that of the other case.

    Raises:
        FoedusError: The file cannot be read or breaks a rule; all faults are named.
    """
    case = case or cases.load()
    return _load(case, stamp([case.path(FILE)]))


@lru_cache(maxsize=16)
def _load(case: Case, _: Stamp) -> Registry:
    own = _read(case)
    if case.extends is None:
        return Registry(own, case)
    parent = cases.load(case.parent)
    by_name = {each.name: each for each in own}
    taken = load(parent).parameters
    listed = {each.name for each in taken}
    return Registry(
        tuple(by_name.get(each.name) or each.taken_from(parent.name) for each in taken)
        + tuple(each for each in own if each.name not in listed),
        case,
    )


def _read(case: Case) -> tuple[Parameter, ...]:
    """The parameters that a case's own file lists."""
    path = case.path(FILE)
    if case.extends is not None and not path.exists():
        return ()
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
    return parameters

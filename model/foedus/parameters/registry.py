"""The parameters of the rules: meaning, interval, evidence and grade, by evidence set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, model_validator

from foedus import cases
from foedus.files.entries import read_entries, refuse_repeated
from foedus.files.faults import Faults, Misread
from foedus.files.memo import Stamp, stamp
from foedus.files.models import Closed
from foedus.parameters.names import EVIDENCE_SETS
from foedus.parameters.triple import Triple

if TYPE_CHECKING:
    from foedus.cases import Case


FILE: Final = "parameters.yaml"


class Citations(Closed):
    """Evidence ids by evidence set."""

    corpus: tuple[str, ...] = ()
    record: tuple[str, ...] = ()


class Parameter(Closed):
    """One parameter."""

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
                raise Misread(
                    f"found {list(triple)} for the set {which}, expected "
                    f"{low} <= low <= mode <= high <= {high}"
                )
        if self.grade != "judgement" and not self.cited("record"):
            raise Misread(f"found no evidence, expected some for the grade {self.grade}")
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
    faults = Faults()
    entries = read_entries(path, Parameter, faults, by="name")
    refuse_repeated(entries, faults, "name")
    faults.check()
    return tuple(entry.whole for entry in entries)

"""The pass rules of the patterns: read from ``patterns.yaml`` of a case, applied to figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from foedus import evidence
from foedus.errors import FoedusError
from foedus.files.entries import Entry, read_entries, refuse_repeated
from foedus.files.faults import Faults, Misread, did_you_mean, found, printable, unknown
from foedus.files.models import Closed, Number, Text
from foedus.files.yaml_reader import YES_OR_NO

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.validation.patterns.reading import Figure

type Seen = Literal["tuned", "looked", "construction", "cited", "no"]
"""What was known of the model when a rule was written."""

RELATIONS: Final = ("above", "at_least", "below", "at_most", "equals", "between")
JUDGEMENT: Final = "judgement"
ALL_RUNS: Final = "all"


class CheckEntry(Closed):
    """What a figure is held to, as the file says it."""

    figure: Text
    """Name of the figure."""
    rests_on: Text
    """Evidence id of the threshold, or `judgement`."""
    above: Number | None = None
    """A threshold that the figure must exceed."""
    at_least: Number | None = None
    """The least that it may be."""
    below: Number | None = None
    """A threshold that it must stay under."""
    at_most: Number | None = None
    """The most that it may be."""
    equals: Number | None = None
    """What it must be."""
    between: tuple[Number, Number] | None = None
    """The least and the most that it may be."""

    @model_validator(mode="after")
    def _one_relation(self) -> CheckEntry:
        given = [name for name in RELATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            words = " and ".join(given) or "nothing"
            raise Misread(f"found {words}, expected one of {', '.join(RELATIONS)}")
        if self.between is not None and not self.between[0] < self.between[1]:
            raise Misread(f"found {list(self.between)}, expected two ascending numbers")
        return self

    def check(self) -> Check:
        """The check."""
        relation = next(name for name in RELATIONS if getattr(self, name) is not None)
        edges = getattr(self, relation)
        threshold = edges if isinstance(edges, tuple) else (float(edges),)
        return Check(self.figure, relation, tuple(map(float, threshold)), self.rests_on)


def _runs(given: object) -> tuple[str, ...]:
    if given == ALL_RUNS:
        return ()
    if not isinstance(given, tuple) or not given or not all(isinstance(x, str) for x in given):
        raise Misread(f"found {found(given)}, expected {ALL_RUNS} or a list of scenarios")
    return given


class RuleEntry(Closed):
    """How a pattern is judged, as the file says it."""

    id: Text
    """Of the pattern, as in the evidence."""
    runs: Annotated[tuple[str, ...], BeforeValidator(_runs)]
    """Runs that it looks at, or `all` that the others need."""
    seen: Seen
    """What was known of the model when the rule was written."""
    hard: bool = False
    """Whether it must hold in every trial."""
    checks: Annotated[tuple[CheckEntry, ...], Field(min_length=1)]
    """All must hold."""


@dataclass(frozen=True)
class Check:
    """What one figure is held to.

    Attributes:
        figure: Name of the figure.
        relation: One of `RELATIONS`.
        threshold: The number, or the two ends of ``between``.
        rests_on: Evidence id of the threshold, or ``judgement``.
    """

    figure: str
    relation: str
    threshold: tuple[float, ...]
    rests_on: str

    def margin(self, value: float) -> float:
        """Distance from failing, in the figure's unit; negative if it fails."""
        edge = self.threshold[0]
        if self.relation in {"above", "at_least"}:
            return value - edge
        if self.relation in {"below", "at_most"}:
            return edge - value
        if self.relation == "equals":
            return -abs(value - edge)
        return min(value - edge, self.threshold[1] - value)

    def holds(self, value: float) -> bool:
        """Whether a figure passes; one that could not be worked out does not."""
        if math.isnan(value):
            return False
        margin = self.margin(value)
        return margin > 0.0 if self.relation in {"above", "below"} else margin >= 0.0

    @property
    def sentence(self) -> str:
        """The check in words."""
        words = {"at_least": "at least", "at_most": "at most", "equals": "exactly"}
        ends = " and ".join(f"{edge:g}".replace("-", "−") for edge in self.threshold)
        return f"{self.figure}: {words.get(self.relation, self.relation)} {ends}"


@dataclass(frozen=True)
class PatternRule:
    """How one pattern is judged.

    Attributes:
        id: Of the pattern, as in the evidence.
        statement: What the record shows.
        use: ``fit``, ``hold-out`` or ``check``.
        seen: What was known of the model when the rule was written; one of `Seen`.
        hard: Whether it must hold in every trial.
        runs: Runs that it looks at; empty for all that the others need.
        checks: All must hold.
    """

    id: str
    statement: str
    use: str
    seen: str
    hard: bool
    runs: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Finding:
    """One check, applied.

    Attributes:
        check: The check.
        figure: What came out.
    """

    check: Check
    figure: Figure

    @property
    def passed(self) -> bool:
        """Whether it holds."""
        return self.check.holds(self.figure.value)

    @property
    def margin(self) -> float:
        """Distance from failing; negative if it fails."""
        return self.check.margin(self.figure.value)


@dataclass(frozen=True)
class Verdict:
    """One pattern, judged."""

    rule: PatternRule
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether all checks hold."""
        return all(finding.passed for finding in self.findings)

    @property
    def weakest(self) -> Finding:
        """The check nearest to failing, or failing most, in standard errors where there are any."""

        def slack(finding: Finding) -> tuple[bool, float]:
            scale = finding.figure.error or 1.0
            known = not math.isnan(finding.margin)
            return finding.passed, finding.margin / scale if known else -math.inf

        return min(self.findings, key=slack)


def judge(rule: PatternRule, figures: Mapping[str, Figure]) -> Verdict:
    """Apply a pattern's rule.

    Raises:
        FoedusError: A check names a figure that was not worked out.
    """
    for check in rule.checks:
        if check.figure not in figures:
            raise FoedusError(
                f"patterns.yaml: {rule.id}: {unknown('figure', check.figure, list(figures))}"
            )
    return Verdict(rule, tuple(Finding(each, figures[each.figure]) for each in rule.checks))


def load(case: Case, path: Path | None = None) -> tuple[PatternRule, ...]:
    """Read the rules, one for every pattern of the evidence, in its order.

    Args:
        case: The case.
        path: The rules, if not the case's own file.

    Raises:
        FoedusError: A rule is missing, given twice, malformed or rests on nothing; all are named.
    """
    path = path or case.path("patterns.yaml")
    known, faults = evidence.load(case), Faults()
    patterns = {pattern.id: pattern for pattern in known.patterns}
    entries = read_entries(path, RuleEntry, faults, words=YES_OR_NO)
    refuse_repeated(entries, faults, "id")
    for entry in entries:
        _check(entry, list(patterns), known, faults)
    faults.check()
    rules = {entry.name: entry.whole for entry in entries}
    missing = [name for name in patterns if name not in rules]
    if missing:
        raise FoedusError(f"{path}: there is no rule for {', '.join(missing)}")
    return tuple(
        PatternRule(
            id=pattern.id,
            statement=pattern.statement,
            use=pattern.use,
            seen=rule.seen,
            hard=rule.hard,
            runs=rule.runs,
            checks=tuple(check.check() for check in rule.checks),
        )
        for pattern in known.patterns
        for rule in (rules[pattern.id],)
    )


def _check(
    entry: Entry[RuleEntry], patterns: list[str], known: evidence.Evidence, faults: Faults
) -> None:
    """Note what a rule names that does not exist."""
    if entry.name not in patterns:
        entry.fault(faults, "id", unknown("pattern", entry.name, patterns))
    if entry.value is None:
        return
    for check in entry.value.checks:
        ground = check.rests_on
        if ground != JUDGEMENT and ground not in known.ids:
            near = did_you_mean(ground, known.ids)
            entry.fault(faults, "checks", f"there is no evidence «{printable(ground)}»{near}")

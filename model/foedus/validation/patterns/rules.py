"""The pass rules of the patterns: read from ``patterns.yaml`` of a case, applied to figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foedus import evidence
from foedus.errors import FoedusError
from foedus.evidence.tables import Row, nearest, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foedus.cases import Case
    from foedus.validation.patterns.reading import Figure

RELATIONS: Final = ("above", "at_least", "below", "at_most", "equals", "between")
SEEN: Final = ("tuned", "looked", "construction", "cited", "no")
JUDGEMENT: Final = "judgement"
ALL_RUNS: Final = "all"


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
        seen: What was known of the model when the rule was written; one of `SEEN`.
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
                f"patterns.yaml: {rule.id}: there is no figure «{check.figure}»"
                f"{nearest(check.figure, figures)}"
            )
    return Verdict(rule, tuple(Finding(each, figures[each.figure]) for each in rule.checks))


def load(case: Case, path: Path | None = None) -> tuple[PatternRule, ...]:
    """Read the rules, one for every pattern of the evidence, in its order.

    Args:
        case: The case.
        path: The rules, if not the case's own file.

    Raises:
        FoedusError: A rule is missing, doubled, malformed or rests on nothing; all are named.
    """
    path = path or case.path("patterns.yaml")
    known = evidence.load(case)
    faults: list[str] = []
    rules: dict[str, PatternRule] = {}
    for row in read_rows(path, ("id", "runs", "seen", "checks"), ("hard",), faults):
        rule = _rule(row, known)
        if rule.id in rules:
            row.fault(f"{rule.id} has two rules")
        rules[rule.id] = rule
    faults += [f"{path.name}: no rule for {x.id}" for x in known.patterns if x.id not in rules]
    if faults:
        raise FoedusError("; ".join(faults))
    return tuple(rules[each.id] for each in known.patterns)


def _rule(row: Row, known: evidence.Evidence) -> PatternRule:
    patterns = {each.id: each for each in known.patterns}
    name = row.choice("id", patterns)
    runs, hard, checks = (row.cells.get(key) for key in ("runs", "hard", "checks"))
    if runs != ALL_RUNS and not _texts(runs):
        row.fault(f"runs: found {runs}, expected {ALL_RUNS} or a list of scenarios")
    if hard not in {None, True, False}:
        row.fault(f"hard: found {hard}, expected true or false")
    if not isinstance(checks, list) or not checks:
        row.fault(f"checks: found {checks}, expected a list of checks")
    made = [_check(each, known, row) for each in (checks if isinstance(checks, list) else [])]
    pattern = patterns.get(name)
    return PatternRule(
        id=name,
        statement=pattern.statement if pattern else "",
        use=pattern.use if pattern else "",
        seen=row.choice("seen", SEEN),
        hard=hard is True,
        runs=tuple(runs) if isinstance(runs, list) else (),
        checks=tuple(each for each in made if each is not None),
    )


def _texts(given: object) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(x, str) for x in given)


def _check(given: object, known: evidence.Evidence, row: Row) -> Check | None:
    """One check; a fault and nothing if it cannot be read."""
    keys = set(given) if isinstance(given, dict) else set()
    relations = [key for key in RELATIONS if key in keys]
    if (
        not isinstance(given, dict)
        or len(relations) != 1
        or keys
        != {
            "figure",
            "rests_on",
            relations[0],
        }
    ):
        row.fault(f"found {given}, expected figure, rests_on and one of {', '.join(RELATIONS)}")
        return None
    ground, relation = str(given["rests_on"]), relations[0]
    if ground != JUDGEMENT and ground not in known.ids:
        row.fault(f"there is no evidence «{ground}»{nearest(ground, known.ids)}")
    edges = given[relation] if isinstance(given[relation], list) else [given[relation]]
    wanted = 2 if relation == "between" else 1
    numbers = [float(x) for x in edges if isinstance(x, int | float) and not isinstance(x, bool)]
    if len(numbers) != wanted or len(edges) != wanted or numbers != sorted(set(numbers)):
        noun = "two ascending numbers" if wanted == 2 else "a number"
        row.fault(f"{relation}: found {given[relation]}, expected {noun}")
        return None
    return Check(str(given["figure"]), relation, tuple(numbers), ground)

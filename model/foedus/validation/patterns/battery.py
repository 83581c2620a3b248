"""The pattern battery: every pattern of the record, judged on simulated runs by its rule.

What works out the figures of a pattern is code of the case: a function that is given the runs that
the rule names and returns a `Figure` by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from foedus.cases import FILE, Case
from foedus.errors import FoedusError
from foedus.files.faults import one_of
from foedus.validation.patterns.rules import PatternRule, Verdict, judge, load

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.validation.patterns.bench import Bench
    from foedus.validation.patterns.reading import Figure

type WorkOut = Callable[[Mapping[str, Ensemble]], dict[str, Figure]]


def figures_of(case: Case) -> Mapping[str, WorkOut]:
    """What works out the figures of each pattern of a case, by the pattern's id.

    Raises:
        FoedusError: The case's code has none, or not one for every pattern.
    """
    known: Mapping[str, WorkOut] = getattr(case.module(), "PATTERNS", {})
    missing = [rule.id for rule in load(case) if rule.id not in known]
    if missing:
        raise FoedusError(
            f"{case.path(FILE)}: code: «{case.code}» works out no figures of {one_of(missing)}; "
            "expected PATTERNS, a function for every pattern by its id"
        )
    return known


def runs_needed(rules: tuple[PatternRule, ...]) -> tuple[str, ...]:
    """The runs that any of the rules names, each once, in order."""
    return tuple(dict.fromkeys(name for rule in rules for name in rule.runs))


def run_battery(bench: Bench) -> tuple[Verdict, ...]:
    """Judge every pattern of the bench's case.

    Raises:
        FoedusError: A rule is not valid, a pattern has no code, or its code works out no figure
            that its rule asks for.
    """
    rules, figures = load(bench.case), figures_of(bench.case)
    runs = {name: bench[name] for name in runs_needed(rules)}
    return tuple(
        judge(rule, figures[rule.id]({name: runs[name] for name in rule.runs} or runs))
        for rule in rules
    )

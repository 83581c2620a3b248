"""A scenario of a case: found by name, checked against the case, with some of its levers set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foedus import cases, evidence
from foedus.parameters import registry
from foedus.scenarios.language.choices import Setting
from foedus.scenarios.resolve import resolve, trace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foedus.cases import Case
    from foedus.files.yaml_reader import Node
    from foedus.scenarios.resolved import ResolvedScenario

__all__ = ["Setting", "knowledge", "traced", "with_settings"]


def knowledge(case: Case | None = None) -> dict[str, Any]:
    """What a scenario of a case is checked against, as `resolve` and its like take it."""
    return {
        "parameters": registry.load(case).ranges,
        "evidence_ids": evidence.known_ids(case),
    }


def traced(reference: str | Path, case: Case | None = None) -> tuple[Node, ResolvedScenario]:
    """A scenario of a case, with the document in which every value knows its place.

    Args:
        reference: A scenario file, or the name of a scenario of the case or of a bundled one.
        case: Whose parameters and evidence it may name; the usual case if None.

    Raises:
        FoedusError: As for `resolve`.
    """
    return trace(cases.load(case).scenario(reference), **knowledge(case))


def with_settings(
    reference: str | Path,
    settings: Mapping[str, object] | None = None,
    case: Case | None = None,
) -> ResolvedScenario:
    """Load a scenario and set something in it.

    Args:
        reference: A scenario file, or the name of a scenario of the case or of a bundled one.
        settings: Values by the name of a lever or uncertainty of the scenario, or by address:
            ``drivers.war`` (a number multiplies the path as written; a mapping of months to values
            replaces it), ``drivers.war.delay`` (months by which the path comes later),
            ``parameters.war_drain``, ``quantities.trust_patron[ARM]``, ``shocks.NAME.size``,
            ``decisions.NAME.date``, ``charter.decision_rule``, ``mechanisms.no_veto``.
        case: Whose parameters and evidence it may name; the usual case if None.

    Returns:
        The scenario, as if its file had said so, and without the levers that were set; the scenario
        itself if every value is what it has already.

    Raises:
        FoedusError: The scenario is not valid, a name is unknown, or a value is not allowed.
    """
    return resolve(cases.load(case).scenario(reference), **knowledge(case), settings=settings)

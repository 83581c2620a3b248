"""A scenario with some of its levers and uncertainties set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus import evidence
from foedus.parameters import registry
from foedus.scenarios.language.choices import Setting
from foedus.scenarios.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foedus.cases import Case
    from foedus.scenarios.resolved import ResolvedScenario

__all__ = ["Setting", "with_settings"]


def with_settings(
    reference: str | Path,
    settings: Mapping[str, object] | None = None,
    case: Case | None = None,
) -> ResolvedScenario:
    """Load a scenario and set something in it.

    Args:
        reference: A scenario file, or the name of a bundled one.
        settings: Values by the name of a lever or uncertainty of the scenario, or by address:
            ``drivers.war`` (a number multiplies the path as written; a mapping of months to values
            replaces it), ``drivers.war.delay`` (months by which the path comes later),
            ``parameters.war_drain``, ``quantities.trust_patron[ARM]``, ``shocks.NAME.size``,
            ``charter.decision_rule``, ``mechanisms.no_veto``.

        case: Whose parameters and evidence it may name; the usual case if None.

    Returns:
        The scenario, as if its file had said so, and without the levers that were set; the scenario
        itself if every value is what it has already.

    Raises:
        FoedusError: The scenario is not valid, a name is unknown, or a value is not allowed.
    """
    return resolve(
        reference,
        parameters=registry.load(case).ranges,
        evidence_ids=evidence.known_ids(case),
        settings=settings,
    )

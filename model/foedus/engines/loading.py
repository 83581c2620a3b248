"""From a scenario's name or file to the memory that the engines start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus import evidence
from foedus.engines.world import build
from foedus.parameters import registry
from foedus.scenarios.resolve import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.engines.world import Setup


def load_setup(scenario: str | Path, evidence_set: str = "record") -> Setup:
    """Read, resolve and lay out a scenario.

    Args:
        scenario: A scenario file, or the name of a bundled one.
        evidence_set: ``record`` or ``corpus``.

    Raises:
        FoedusError: The scenario, its alliance or the registry is not valid, or cites evidence that
            does not exist.
    """
    known = registry.load()
    resolved = resolve(scenario, parameters=known.ranges, evidence_ids=evidence.load().ids)
    return build(resolved, known, evidence_set)

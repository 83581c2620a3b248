"""From a scenario's name or file to the memory that the engines start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.parameters import registry
from foedus.scenarios.loading import with_settings
from foedus.simulation.world import build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foedus.cases import Case
    from foedus.simulation.world import Setup


def load_setup(
    scenario: str | Path,
    evidence_set: str = "record",
    settings: Mapping[str, object] | None = None,
    case: Case | None = None,
) -> Setup:
    """Read, resolve and lay out a scenario.

    Args:
        scenario: A scenario file, or the name of a bundled one.
        evidence_set: the set of parameters, one of `parameters.names.PARAMETER_SETS`.
        settings: Values of levers and uncertainties, as in `scenarios.settings`.
        case: Whose parameters they are, and whose evidence may be cited; the usual case if None.

    Raises:
        FoedusError: The scenario, its alliance or the registry is not valid, or cites evidence that
            does not exist; or a setting is.
    """
    return build(with_settings(scenario, settings, case), registry.load(case), evidence_set)

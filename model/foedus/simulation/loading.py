"""From a scenario's name or file to the memory that the engines start from."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from foedus.parameters import registry
from foedus.scenarios.loading import with_settings
from foedus.simulation.world import build

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        scenario: A scenario file, or the name of a scenario of the case or of a bundled one.
        evidence_set: The set of parameters, one of `parameters.names.PARAMETER_SETS`.
        settings: Values of levers and uncertainties, as in `scenarios.settings`.
        case: Whose parameters they are, and whose evidence may be cited; the usual case if None.

    Raises:
        FoedusError: The scenario, its alliance or the registry is not valid, or cites evidence that
            does not exist; or a setting is.
    """
    return build(with_settings(scenario, settings, case), registry.load(case), evidence_set)


def setup_of(
    text: str, evidence_set: str = "record", case: Case | None = None, name: str = "scenario"
) -> Setup:
    """Lay out a scenario that is given as the text of a file, and checked like any other.

    Args:
        text: YAML that inherits nothing.
        evidence_set: As for `load_setup`, like `case`.
        case: Whose parameters they are.
        name: Of the file, for messages.

    Raises:
        FoedusError: As for `load_setup`.
    """
    with TemporaryDirectory(prefix="foedus-") as folder:
        path = Path(folder) / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return load_setup(path, evidence_set, case=case)

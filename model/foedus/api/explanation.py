"""Why a trial went as it did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foedus.api.running import Run
from foedus.api.scenario import Scenario, scenario_of
from foedus.errors import FoedusError
from foedus.parameters.names import USUAL_SET
from foedus.studies.explain import study

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.studies.explain.decisions import Explanation


def explain(
    of: Run | Scenario | str | Path,
    *,
    trial: int = 0,
    seed: int | None = None,
    parameter_set: str | None = None,
    case: str | Path | Case | None = None,
    changes: bool = False,
) -> Explanation:
    """All decisions of one trial, with the reasons as the model weighed them.

    With custom rules, reasons come from the rules whose names end in ``_reasons`` and the like; one
    that replaces a whole decision decides here as it did in the run, for reasons that are its own.

    Args:
        of: A run; or a scenario, its name or its path.
        trial: Number of the trial, from 0; a run need not have been so long.
        seed: Seed of all chance, from 0 to 2**63 - 1; a run has its own, else 1.
        parameter_set: Where parameters come from; a run has its own, else ``record``.
        case: Case of a scenario that is given by name or path; a run has its own.
        changes: Whether to look for what would have flipped each decision; takes a few seconds.

    Returns:
        The decisions in order, with `len`, indexing and iteration; each has a ``sentence``, its
        ``terms`` and the ``options`` with their chances.

    Raises:
        FoedusError: The scenario is not valid, a number is out of range, or a run was given a seed
            or a parameter set of its own.
    """
    if isinstance(of, Run):
        for name, given in (("seed", seed), ("parameter_set", parameter_set), ("case", case)):
            if given is not None:
                raise FoedusError(f"{name}: found {given}, but the run has its own")
        setup, seed = of.setup, of.seed
    else:
        setup = scenario_of(of, case).setup(parameter_set or USUAL_SET)
    return study.explain(setup, seed=1 if seed is None else seed, trial=trial, changes=changes)

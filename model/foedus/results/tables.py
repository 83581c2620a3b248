"""All tables of a run, by name. Each is a function from an ensemble to an Arrow table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.results import month_tables, sample_tables, trial_tables
from foedus.results.columns import write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pyarrow as pa

    from foedus.engines.outcome import Ensemble

TABLES: Final[Mapping[str, Callable[[Ensemble], pa.Table]]] = {
    "trials": trial_tables.trials,
    "members": trial_tables.members,
    "months": month_tables.months,
    "status": month_tables.status,
    "alignment": month_tables.alignment,
    "requests": month_tables.requests,
    "questions": trial_tables.questions,
    "quantities": trial_tables.quantities,
    "events": sample_tables.events,
    "decisions": sample_tables.decisions,
    "trajectories": sample_tables.trajectories,
}


def write_tables(ensemble: Ensemble, folder: Path) -> None:
    """Write every table as ``NAME.parquet`` into a folder that exists.

    The bytes depend on the ensemble and on the version of pyarrow, never on the time.
    """
    for name, make in TABLES.items():
        write_parquet(make(ensemble), folder / f"{name}.parquet")

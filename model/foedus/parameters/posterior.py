"""Posterior draws of parameters, kept as a small Parquet file that a run draws from jointly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from foedus import cases
from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.files.memo import Stamp, stamp

if TYPE_CHECKING:
    from foedus.cases import Case


@dataclass(frozen=True)
class Posterior:
    """Joint draws.

    Attributes:
        names: Parameters, the columns.
        draws: Shape ``(draw, parameter)``.
    """

    names: tuple[str, ...]
    draws: NDArray[np.float64]


def load(name: str, case: Case | None = None, folder: Path | None = None) -> Posterior:
    """Read a posterior.

    Args:
        name: One of `Case.posteriors`.
        case: Its case; the usual one if None.
        folder: Where its file lies; the case's own folder of posteriors if None.

    Raises:
        FoedusError: There is no such file, or it cannot be read.
    """
    case = case or cases.load()
    if name not in case.posteriors:
        raise FoedusError(
            f"--parameters: found {name}; the posteriors of the case «{case.name}» are "
            f"{' and '.join(case.posteriors)}"
        )
    path = (folder or case.path("posterior")) / f"{name}.parquet"
    return _load(name, path, stamp([path]))


@lru_cache(maxsize=4)
def _load(name: str, path: Path, _: Stamp) -> Posterior:
    import pyarrow as pa  # noqa: PLC0415 - needed for a posterior alone
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.read_table(path)
        columns = [table[column].to_numpy() for column in table.column_names]
        draws = np.column_stack(columns).astype(np.float64)
    except (OSError, ValueError, TypeError, pa.ArrowException) as error:
        raise FoedusError(
            f"--parameters {name}: {path} cannot be read ({type(error).__name__}); "
            "«foedus calibrate» makes it"
        ) from error
    if not draws.size or not np.isfinite(draws).all():
        raise FoedusError(
            f"--parameters {name}: {path} is damaged: expected draws that are finite numbers"
        )
    return Posterior(tuple(table.column_names), draws)


def write(path: Path, names: Sequence[str], draws: NDArray[np.float64]) -> None:
    """Write a posterior, the whole file or nothing."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: draws[:, q] for q, name in enumerate(names)}
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    write_whole(path, buffer.getvalue().to_pybytes())

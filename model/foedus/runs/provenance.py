"""Where a result comes from: what was run, with what, by which code."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

import foedus
from foedus.telling.numbers import trials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup

SCHEMA_VERSION = 1
"""Of the manifest and of the tables; it grows when a reader would have to change."""

PACKAGE = Path(foedus.__file__).resolve().parent

FIRST_SETS = 50
"""Parameter sets whose drawn values stand for all: those of the first hundred trials."""

GIT_SECONDS = 10
"""Longest wait for git; a result is worth more than its revision."""


@dataclass(frozen=True)
class Provenance:
    """All that decides the numbers of a run, except the machine."""

    scenario: str
    scenario_digest: str
    quantities_digest: str
    evidence_set: str
    seed: int
    trials: int
    horizon: int
    foedus: str

    @property
    def digest(self) -> str:
        """SHA-256 of the rest: two runs that share it must have equal tables."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode())

    @property
    def line(self) -> str:
        """What stands in the margin of every figure and under every report."""
        return (
            f"scenario {self.scenario}  |  seed {self.seed}  |  {trials(self.trials)}  |  "
            f"parameters {self.evidence_set}  |  foedus {self.foedus}"
        )


def provenance(ensemble: Ensemble) -> Provenance:
    """Provenance of an ensemble."""
    return Provenance(
        scenario=ensemble.scenario.name,
        scenario_digest=ensemble.scenario.digest(),
        quantities_digest=quantities_digest(ensemble.quantity_names, ensemble.quantities),
        evidence_set=ensemble.evidence_set,
        seed=ensemble.seed,
        trials=ensemble.trials,
        horizon=len(ensemble.dates) - 1,
        foedus=foedus.__version__,
    )


def provenance_of(setup: Setup, trials: int, seed: int) -> Provenance:
    """Provenance of an ensemble that is yet to be run."""
    sets = np.arange(min((trials + 1) // 2, FIRST_SETS))
    names = tuple(each.name for each in setup.uncertain)
    return Provenance(
        scenario=setup.scenario.name,
        scenario_digest=setup.scenario.digest(),
        quantities_digest=quantities_digest(names, setup.draw_quantities(seed, sets)),
        evidence_set=setup.evidence_set,
        seed=seed,
        trials=trials,
        horizon=setup.scenario.horizon,
        foedus=foedus.__version__,
    )


def quantities_digest(names: Sequence[str], values: NDArray[np.float64]) -> str:
    """SHA-256 over names and first values of the drawn quantities, the same on every machine.

    Args:
        names: Of the quantities.
        values: Drawn values; shape ``(parameter set, quantity)``. Sets from the 51st on are left
            out, so that the digest is known before a long run begins; a change in what the
            quantities are drawn from shows in the first sets, too.
    """
    digest = hashlib.sha256("\n".join(names).encode())
    digest.update(np.ascontiguousarray(values[:FIRST_SETS], dtype="<f8").tobytes())
    return digest.hexdigest()


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def versions() -> dict[str, str]:
    """Versions of what computes and writes the results."""
    return {
        "foedus": foedus.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": version("numba"),
        "pyarrow": pa.__version__,
        "platform": platform.platform(),
    }


def code_revision(package: Path = PACKAGE) -> dict[str, str | bool]:
    """Revision of the code: from git in a checkout of it, else the version of the package.

    A package installed into an environment that lies in somebody's own repository is not taken for
    a checkout: git must know the package's files.

    Args:
        package: Folder of the package.

    Returns:
        ``git`` and ``dirty`` (whether files of the package differ from that revision), or
        ``package``.
    """
    head = _git(package, "rev-parse", "--verify", "HEAD")
    known = _git(package, "ls-files", "--error-unmatch", "__init__.py")
    if head is None or known is None:
        return {"package": foedus.__version__}
    changes = _git(package, "status", "--porcelain", "--", ".")
    return {"git": head, "dirty": changes != ""}


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints, or None if it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

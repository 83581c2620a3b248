"""Where a result comes from: what was run, with what, by which code."""

from __future__ import annotations

import ctypes
import hashlib
import json
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

import foedus
from foedus.data import USUAL_CASE
from foedus.telling.numbers import trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup

SCHEMA_VERSION: Final = 2
"""Of the manifest and of the tables; it grows when a reader would have to change."""

PACKAGE: Final = Path(foedus.__file__).resolve().parent

CODE: Final = (
    "dictionary",
    "files",
    "parameters",
    "rules",
    "runs",
    "scenarios",
    "simulation",
    "statistics",
    "studies",
)
"""Rooms of the package whose code shapes numbers; the others print, draw or ask."""

FIRST_SETS: Final = 50
"""Parameter sets whose drawn values stand for all: those of the first hundred trials."""

GIT_SECONDS: Final = 10
"""Longest wait for git; a result is worth more than its revision."""


@dataclass(frozen=True)
class Provenance:
    """All that decides the numbers of a run, except the machine.

    Attributes:
        rules: SHA-256 of every custom rule by the name of the one that it replaces.
        case: Name of the case of the parameters.
    """

    scenario: str
    scenario_digest: str
    quantities_digest: str
    evidence_set: str
    seed: int
    trials: int
    horizon: int
    foedus: str
    rules: dict[str, str] = field(default_factory=dict)
    case: str = USUAL_CASE

    @property
    def plain(self) -> dict[str, Any]:
        """What a manifest says; of rules and case only if they are not the usual ones."""
        usual = {"rules": {}, "case": USUAL_CASE}
        return {name: value for name, value in asdict(self).items() if value != usual.get(name)}

    @property
    def digest(self) -> str:
        """SHA-256 of the rest: two runs that share it must have equal tables."""
        return sha256(json.dumps(self.plain, sort_keys=True).encode())

    @property
    def label(self) -> str:
        """What tells the run from others in the name of its folder and in its tables."""
        return self.digest[:8]

    @property
    def line(self) -> str:
        """What stands in the margin of every figure and under every report."""
        custom = f"  |  custom rules {', '.join(self.rules)}" if self.rules else ""
        case = "" if self.case == USUAL_CASE else f" of {self.case}"
        return (
            f"scenario {self.scenario}  |  seed {self.seed}  |  {trials(self.trials)}  |  "
            f"parameters {self.evidence_set}{case}  |  foedus {self.foedus}{custom}"
        )


@dataclass(frozen=True)
class Identity:
    """All that shapes numbers: two results that share it are equal to the bit.

    Attributes:
        code: Digest by room of the package, and by name of a user's own rule.
        libraries: Versions of what computes.
        inputs: Digest by part of what the simulation starts from.
    """

    code: dict[str, str]
    libraries: dict[str, str]
    inputs: dict[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode())

    def code_changes(self, before: Identity) -> list[str]:
        """Which code and libraries are not what they were, in words."""
        rooms = _differing(before.code, self.code)
        libraries = [
            f"{name} {before.libraries.get(name, 'none')} then, {self.libraries.get(name)} now"
            for name in _differing(before.libraries, self.libraries)
        ]
        return [*(f"the code of {room}" for room in rooms), *libraries]

    def input_changes(self, before: Identity) -> list[str]:
        """Which inputs are not what they were, in words."""
        return [f"the {name}" for name in _differing(before.inputs, self.inputs)]


def identity_of(*setups: Setup, rules: Mapping[str, str] | None = None) -> Identity:
    """Identity of results of these scenarios, by the code and the libraries of now.

    Args:
        setups: Scenarios laid out in memory; the first is what was asked for.
        rules: Digest by name of rules of the user that replace those of the package.
    """
    inputs: dict[str, str] = {}
    named = {one.replaces: one.sha256 for setup in setups for one in setup.rules.records}
    for number, setup in enumerate(setups):
        whose = "" if number == 0 else f" of scenario {number + 1}, {setup.scenario.name}"
        inputs |= {f"{name}{whose}": digest for name, digest in _inputs(setup).items()}
    libraries = {"numpy": np.__version__, "numba": version("numba")}
    return Identity(code_digests() | named | dict(rules or {}), libraries, inputs)


@lru_cache(maxsize=1)
def code_digests() -> dict[str, str]:
    """Digest of the sources by room of the package."""
    digests = {}
    for room in CODE:
        content = hashlib.sha256()
        for path in sorted((PACKAGE / room).rglob("*.py")):
            content.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
            content.update(path.read_bytes())
        digests[f"{room}/"] = content.hexdigest()[:16]
    return digests


def _inputs(setup: Setup) -> dict[str, str]:
    """Digest by part of what the simulation of a scenario starts from."""
    parts = {
        "scenario or its alliance": setup.scenario.digest().encode(),
        "start of the alliance": setup.world.tobytes(),
        "driver paths": setup.paths.tobytes(),
        "parameters": setup.parameters.tobytes(),
        "distributions": repr(setup.uncertain).encode(),
    }
    if setup.joint is not None:
        parts["posterior"] = setup.joint.draws.tobytes() + repr(setup.joint.columns).encode()
    return {name: sha256(content)[:16] for name, content in parts.items()}


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]


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
        rules={one.replaces: one.sha256 for one in ensemble.rules},
        case=ensemble.case,
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
        rules={one.replaces: one.sha256 for one in setup.rules.records},
        case=setup.case.name,
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
        **machine(),
    }


def machine() -> dict[str, str]:
    """Processor, and the variant of the linear algebra that NumPy has chosen for it."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - whatever runs trials has loaded it

    library = ctypes.CDLL(import_module("numpy._core._multiarray_umath").__file__)
    try:
        name = library.scipy_openblas_get_corename64_
        name.restype = ctypes.c_char_p
        algebra = f"OpenBLAS {name().decode()}"
    except AttributeError:
        algebra = "unknown"
    return {"processor": llvm.get_host_cpu_name(), "algebra": algebra}


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

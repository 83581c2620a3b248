"""Tables are the same bytes on every processor: nothing in them goes through a matrix product.

Libraries of linear algebra pick a kernel by the processor, and each adds up in an order of its
own; so does NumPy with its vector instructions. Both can be told to pick another here.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from command import ROOT

PACKAGE: Final = ROOT / "model" / "foedus"
PLAY: Final = """
import hashlib
from pathlib import Path
from tempfile import mkdtemp
from foedus.runs.tables.catalogue import write_tables
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
folder = Path(mkdtemp())
loaded = load_setup("baseline")
write_tables(run_ensemble(loaded, trials=300, seed=9), folder, "a-run")
for path in sorted(folder.iterdir()):
    print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""
PROCESSORS: Final = {
    "an old one": {"OPENBLAS_CORETYPE": "Prescott"},
    "one of 2008": {"OPENBLAS_CORETYPE": "Nehalem"},
    "one of 2013": {"OPENBLAS_CORETYPE": "Haswell"},
    "one without vectors": {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"},
}
"""Settings under which numbers are worked out as on another processor."""


def tables(**settings: str) -> str:
    """Digests of all tables of a small run, played in a process with some settings."""
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PLAY],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.fixture(scope="module")
def here() -> str:
    return tables()


@pytest.mark.slow
@pytest.mark.parametrize("processor", PROCESSORS)
def test_tables_are_the_same_bytes_on_another_processor(here: str, processor: str) -> None:
    assert here.count("\n") == 11
    assert tables(**PROCESSORS[processor]) == here


PRODUCTS: Final = frozenset({"dot", "vdot", "inner", "matmul", "einsum", "tensordot", "linalg"})


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_module_multiplies_matrices(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)), node.lineno
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert not (node.value.id == "np" and node.attr in PRODUCTS), node.lineno

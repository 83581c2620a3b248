"""The rules through other compilers: C gives the same bits, and graphics processors take them."""

import os
import re
import shutil

import pytest

from command import ROOT, python

BENCHMARKS = ROOT / "model" / "benchmarks"

COMPARE = """
import pathlib, sys
from c_kernel import CKernel, build
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup

setup = load_setup(sys.argv[1])
ends, histograms = CKernel(build(setup.room, pathlib.Path(sys.argv[2])), setup, seed=3).run(0, 60)
run = run_ensemble(setup, trials=60, seed=3, sample=0)
print("ends", (ends == run.outcomes["cohesion_end"]).all(), ends.size)
print("months", (histograms == run.histograms).all(), histograms.sum())
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="there is no C compiler")
@pytest.mark.parametrize("scenario", ["prolonged-ukraine-war", "taliban-spillover"])
def test_the_rules_in_c_give_the_same_bits(scenario: str, tmp_path: object) -> None:
    paths = os.pathsep.join([str(ROOT / "model"), str(BENCHMARKS)])
    done = python("-c", COMPARE, scenario, tmp_path, PYTHONPATH=paths)
    assert done.returncode == 0, done.stderr
    ends, months = done.stdout.splitlines()
    assert ends == "ends True 60"
    assert re.fullmatch(r"months True \d{5,}", months)


@pytest.fixture(scope="module")
def checked() -> str:
    """What the check of graphics processors says, whether or not there is one."""
    done = python(BENCHMARKS / "gpu_check.py", "--time", "--trials", "2000")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
def test_the_ensemble_compiles_for_graphics_processors(checked: str, architecture: str) -> None:
    found = re.search(rf"{architecture}: compiled, ([\d.]+) MB of PTX", checked)
    assert found, checked
    assert float(found[1]) > 0.5  # all rules are in it


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
def test_the_translated_rules_compile_and_link(checked: str, architecture: str) -> None:
    if "nvcc is not found" in checked:
        pytest.skip("NVIDIA's compiler is not here; the ensemble's kernel was compiled without it")
    found = re.search(
        rf"{architecture}: compiled, (\d+) registers, (\d+) bytes of stack.*; ([\d,]+) trials fit",
        checked,
    )
    assert found, checked
    assert int(found[1]) <= 255
    assert int(found[3].replace(",", "")) > 100_000
    assert "no device" in checked or "trials a second" in checked

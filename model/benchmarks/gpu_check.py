"""Do the rules compile for graphics processors? ``.venv/bin/python model/benchmarks/gpu_check.py``.

One trial is one thread. The rules take two ways: as Numba compiles them, through the LLVM that is
installed with it, which needs nothing else; and as `c_translator` translates them, through
NVIDIA's compiler, where there is one. No device is needed but for ``--time``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import gpu_llvm
import gpu_nvcc
import numpy as np
from c_kernel import Job

from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup

if TYPE_CHECKING:
    from foedus.simulation.world import Setup

ARCHITECTURES: Final = ("sm_80", "sm_90")
DEVICE_BYTES: Final = 80_000_000_000
SEED: Final = 1
TIGHT: Final = 1e-12
CHECKED: Final = 2_000
"""Trials whose ends are held against the ensemble's before anything is timed."""

ABSENT: Final = (
    "nvcc is not found (PATH, CUDA_HOME, or the packages nvidia-cuda-nvcc and"
    " nvidia-cuda-runtime): registers, stack and spills are not known here"
)


def main() -> int:
    """Compile, report, and time where that is asked for; 1 if a compiler refuses or ends differ."""
    options = _parser().parse_args()
    setup = load_setup(options.scenario)
    architectures = tuple(options.architectures)
    size = bytes_of(setup)
    print(f"records of a trial: {size:,} bytes\n")
    try:
        by_llvm(setup, architectures)
        if gpu_nvcc.compiler() is None:
            print(ABSENT)
            return 0
        with TemporaryDirectory() as folder:
            library = by_nvcc(setup, architectures, Path(folder), size)
            return on_device(setup, library, options.trials) if options.time else 0
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1


def bytes_of(setup: Setup) -> int:
    """Memory that a trial takes on a device, besides its thread's stack, in bytes."""
    drawn = 8 * len(setup.uncertain) // 2  # two trials share each set
    return setup.world.nbytes + setup.parameters.nbytes + drawn + 8


def by_llvm(setup: Setup, architectures: tuple[str, ...]) -> None:
    """Compile the ensemble's own kernel to PTX, and say what it comes to."""
    found = gpu_llvm.assembled(setup, architectures)
    print("the ensemble's kernel, by Numba's LLVM:")
    for name, made in found.items():
        size = len(made.text) / 1e6
        print(f"  {name}: compiled, {size:.1f} MB of PTX, {made.stack} bytes of stack before ptxas")
    print(f"  left to the device's own library: {', '.join(made.needs)}\n")


def by_nvcc(setup: Setup, architectures: tuple[str, ...], folder: Path, size: int) -> Path:
    """Compile and link the translated rules, and say what a thread takes."""
    library, found = gpu_nvcc.build(setup.room, folder, architectures)
    print("the translated rules, by nvcc, linked into a program:")
    for name, made in found.items():
        fit = DEVICE_BYTES // (size + made.stack)
        print(
            f"  {name}: compiled, {made.registers} registers, {made.stack} bytes of stack,"
            f" {made.spilt} bytes spilt; {fit:,} trials fit into 80 GB,"
            f" {made.resident} run at a time on a multiprocessor"
        )
    return library


def on_device(setup: Setup, library: Path, trials: int) -> int:
    """Hold the device's ends against the ensemble's, then time it."""
    try:
        device = gpu_nvcc.Device(library)
    except RuntimeError as error:
        print(f"\nno device, so nothing was timed: {error}")
        return 0
    job = Job.of(setup, SEED, 0, CHECKED)
    device.play(job)
    ends = run_ensemble(setup, trials=CHECKED, seed=SEED, sample=0).outcomes["cohesion_end"]
    gaps = np.abs(job.ends - ends)
    print(f"\n{device.name}: ends differ from the ensemble's by at most {gaps.max():g}")
    if gaps.max() > TIGHT:
        print(f"{(gaps > TIGHT).sum()} of {CHECKED} trials differ; nothing was timed")
        return 1
    whole, inside = [], []
    for _ in range(5):
        job, begun = Job.of(setup, SEED, 0, trials), time.perf_counter()
        inside.append(device.play(job))
        whole.append(time.perf_counter() - begun)
    for what, seconds in {"kernel alone": inside, "with draws and copies": whole}.items():
        middle, least = statistics.median(seconds), min(seconds)
        print(f"  {what}: {trials / middle:,.0f} trials a second, at best {trials / least:,.0f}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gpu_check", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--scenario", default="prolonged-ukraine-war")
    parser.add_argument("--architectures", nargs="+", choices=ARCHITECTURES, default=ARCHITECTURES)
    parser.add_argument("--time", action="store_true", help="run it too, where there is a device")
    parser.add_argument("--trials", type=int, default=200_000, help="how many to time")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""The translated rules as a CUDA program, where NVIDIA's compiler is found."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from c_kernel import Job, source

if TYPE_CHECKING:
    from foedus.simulation import memory_layout as records

DEVICE: Final = Path(__file__).with_name("device.cu")
"""The kernel of one trial a thread, and what the host does for it."""

OPTIONS: Final = (
    *("-std=c++17", "-O3", "-fmad=false", "-shared", "-Xcompiler", "-fPIC", "-Xptxas", "-v"),
    "--diag-suppress=177",
)
"""No contraction: results must equal the ensemble's. 177: some rules are never called."""

REPORT: Final = re.compile(
    r"entry function '[^']*trials[^']*' for '(?P<name>\w+)'.*?"
    r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores,"
    r" (?P<loads>\d+) bytes spill loads.*?Used (?P<registers>\d+) registers",
    re.DOTALL,
)
"""What `ptxas` says of the kernel, for each architecture."""

REGISTERS: Final = 65_536
"""Of a multiprocessor, of which a warp of 32 threads takes a multiple of 256."""

WARPS: Final = 64
"""That a multiprocessor can have in flight, if registers allow it."""


class Compiled(NamedTuple):
    """What the compiler says of the kernel for one architecture; bytes are of one thread."""

    registers: int
    stack: int
    spilt: int

    @property
    def resident(self) -> int:
        """Threads that fit on a multiprocessor at a time by registers, in blocks of two warps."""
        of_a_warp = -(-32 * self.registers // 256) * 256
        return min(WARPS, REGISTERS // of_a_warp) // 2 * 64


def compiler() -> str | None:
    """NVIDIA's compiler, on the path, by ``CUDA_HOME``, or among Python's packages."""
    home = os.environ.get("CUDA_HOME")
    places = [Path(home) / "bin" / "nvcc"] if home else []
    packages = importlib.util.find_spec("nvidia")
    for folder in (packages.submodule_search_locations or []) if packages else []:
        places += sorted(Path(folder).glob("cu*/bin/nvcc"))
    return shutil.which("nvcc") or next((str(each) for each in places if each.is_file()), None)


def build(
    room: records.Room, folder: Path, architectures: tuple[str, ...]
) -> tuple[Path, dict[str, Compiled]]:
    """Translate and compile the whole program.

    Args:
        room: What the records have room for.
        folder: Where to leave it.
        architectures: Such as ``sm_90``.

    Returns:
        The library, and what the compiler says of its kernel by architecture.

    Raises:
        RuntimeError: There is no compiler, it refuses the text, or it says nothing of the kernel.
    """
    found = compiler()
    if found is None:
        raise RuntimeError("nvcc is not found")
    text, library = folder / "trials.cu", folder / "trials.so"
    text.write_text(source(room) + DEVICE.read_text(encoding="utf-8"), encoding="utf-8")
    codes = [f"arch={each.replace('sm', 'compute')},code={each}" for each in architectures]
    targets = [word for each in codes for word in ("-gencode", each)]
    done = subprocess.run(
        [found, *OPTIONS, *targets, str(text), "-o", str(library)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode:
        raise RuntimeError(f"{found}: {said[-2000:]}")
    reports = {each["name"]: _compiled(each) for each in REPORT.finditer(said)}
    if set(reports) != set(architectures):
        raise RuntimeError(f"{found} says nothing of the kernel: {said[-2000:]}")
    return library, reports


def _compiled(report: re.Match[str]) -> Compiled:
    spilt = int(report["stores"]) + int(report["loads"])
    return Compiled(int(report["registers"]), int(report["stack"]), spilt)


class Device:
    """The program on the first graphics processor of this machine.

    Raises:
        RuntimeError: There is none, with the reason.
    """

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.run_on_device.restype = ctypes.c_char_p
        said = ctypes.create_string_buffer(256)
        there = self._library.device_name(said, ctypes.c_size_t(len(said)))
        self.name = said.value.decode()
        if not there:
            raise RuntimeError(self.name)

    def play(self, job: Job) -> float:
        """Play the trials of a job; its results are left in it.

        Returns:
            Seconds that the kernel took.

        Raises:
            RuntimeError: The device refuses, with the reason.
        """
        arrays = job.arrays()
        words = job.words(arrays)
        sizes = np.array([each.nbytes for each in arrays], dtype=np.uint64)
        seconds = ctypes.c_float()
        fault = self._library.run_on_device(
            *(ctypes.c_void_p(each.ctypes.data) for each in (words, sizes)), ctypes.byref(seconds)
        )
        if fault:
            raise RuntimeError(fault.decode())
        return seconds.value

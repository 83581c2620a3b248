"""The compiled kernel without its compiler: machine code that is kept on disk and loaded by itself.

Loading the compiler takes longer than a thousand trials. So its work is kept, one file for each
layout of records, processor and version of the sources, and LLVM's loader alone puts it back.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from foedus.files.atomic import write_whole
from foedus.simulation.compiled import cache
from foedus.simulation.rule_book import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from foedus.simulation.compiled.buffers import Buffers
    from foedus.simulation.rule_book import RuleBook

SUFFIX: Final = ".kernel"
DEBUGGING: Final = ("NUMBA_BOUNDSCHECK", "NUMBA_DISABLE_JIT", "NUMBA_DEBUGINFO")
"""Settings under which the compiler itself stays in charge, so that a fault has a traceback."""

ABSENT: Final = (
    "NRT_Allocate",
    "NRT_Free",
    "NRT_MemInfo_alloc",
    "NRT_MemInfo_alloc_aligned",
    "NRT_MemInfo_call_dtor",
    "NRT_decref",
    "NRT_incref",
    "numba_do_raise",
    "numba_gil_ensure",
    "numba_gil_release",
    "numba_runtime_build_excinfo_struct",
    "numba_unpickle",
)
"""What the code names for errors and allocation. It does neither, so a trap stands for them all."""

TRAP: Final = """
declare void @llvm.trap()
define void @foedus_trap() {
  call void @llvm.trap()
  unreachable
}
"""


type Kernel = Callable[[int, int, int, Buffers], int]

_lock = Lock()
_loaded: dict[tuple[str, ...], Kernel] = {}
_engine: list[Any] = []


def kernel_for(types: Mapping[str, np.dtype[Any]], rules: RuleBook = SHIPPED) -> Kernel:
    """The kernel for records of some layout: from memory, from disk, or compiled now.

    Args:
        types: Layouts by name: ``world``, ``parameters``, ``tape``, ``outcome``, ``event``.
        rules: What is compiled.

    Raises:
        FoedusError: A custom rule cannot be compiled.

    Returns:
        A function of first trial, seed, month of the year of month 0, and buffers; several threads
        may call it at a time, each with buffers of its own. It returns the number of events.
    """
    key = (*map(str, types.values()), rules.digest)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _interpreted(rules) if _debugging() else _native(types, rules)
        return _loaded[key]


def is_warm() -> bool:
    """Whether a kernel of these sources has been compiled and kept before."""
    return any(cache.folder().glob(f"*{SUFFIX}"))


def _debugging() -> bool:
    return any(os.environ.get(name, "0") not in {"", "0"} for name in DEBUGGING)


def _interpreted(rules: RuleBook) -> Kernel:
    """The kernel under the compiler's own care."""
    import numba  # noqa: PLC0415 - the compiler loads slowly

    from foedus.simulation.compiled import kernel  # noqa: PLC0415

    run: Callable[..., int] = numba.njit(nogil=True, **kernel.OPTIONS)(kernel.block_of(rules))

    def call(first: int, seed: int, start_month: int, buffers: Buffers) -> int:
        return run(first, np.uint64(seed), start_month, *buffers)

    return call


def _native(types: Mapping[str, np.dtype[Any]], rules: RuleBook) -> Kernel:
    """The kernel as machine code."""
    path = cache.folder() / f"{_key(types, rules)}{SUFFIX}"
    kept = _read(path)
    if kept is None:
        with cache.alone(path):
            # Whoever was here before has compiled it.
            kept = _read(path) or _compiled(types, rules, path)
    address = _link(*kept)
    function = ctypes.CFUNCTYPE(
        ctypes.c_int64,
        ctypes.c_int64,
        ctypes.c_uint64,
        ctypes.c_int64,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )(address)

    def call(first: int, seed: int, start_month: int, buffers: Buffers) -> int:
        arrays: tuple[NDArray[Any], ...] = buffers
        if not all(array.flags.c_contiguous for array in arrays):
            raise ValueError("machine code takes contiguous arrays only")
        places = np.array([array.ctypes.data for array in arrays], dtype=np.uint64)
        lengths = np.array([n for array in arrays for n in array.shape], dtype=np.int64)
        # The global lock is free during the call.
        return int(function(first, seed, start_month, places.ctypes.data, lengths.ctypes.data))

    return call


def _compiled(types: Mapping[str, np.dtype[Any]], rules: RuleBook, path: Path) -> tuple[bytes, str]:
    """Machine code and the name of its function, kept for the next time."""
    from foedus.simulation.compiled.kernel import machine_code  # noqa: PLC0415 - the compiler loads slowly

    made = machine_code(types, rules)
    _write(path, *made)
    return made


def _key(types: Mapping[str, np.dtype[Any]], rules: RuleBook) -> str:
    """Digest of all that decides the machine code, beside the sources that name the folder."""
    machine = [
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        llvm.get_process_triple(),
        llvmlite.__version__,
    ]
    layouts = [f"{name}: {kind}" for name, kind in types.items()]
    text = "\n".join([*machine, *layouts, *([f"rules: {rules.digest}"] if rules.custom else [])])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(path: Path) -> tuple[bytes, str] | None:
    """Machine code and the name of its function; None if there is none, or none to be trusted."""
    try:
        head, _, code = cache.read_own(path).partition(b"\n")
        said = json.loads(head)
        whole = hashlib.sha256(code).hexdigest() == said["sha256"]
        return (code, str(said["name"])) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, code: bytes, name: str) -> None:
    """Keep machine code for the next time; not being able to is no fault."""
    head = json.dumps({"name": name, "sha256": hashlib.sha256(code).hexdigest()})
    with suppress(OSError):
        write_whole(path, head.encode() + b"\n" + code, mode=0o600)


def _link(code: bytes, name: str) -> int:
    """Put machine code into memory for the life of the process; its function's address."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(TRAP), machine)
    _engine.append(engine)
    engine.finalize_object()
    trap = engine.get_function_address("foedus_trap")
    for symbol in ABSENT:
        if not llvm.address_of_symbol(symbol):
            llvm.add_symbol(symbol, trap)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return int(engine.get_function_address(name))

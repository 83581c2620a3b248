"""The ensemble's kernel for graphics processors, by the compiler that is here anyway.

Numba compiles `kernel.run_block` for this processor; its LLVM knows NVIDIA's processors too. So its
intermediate code is given a kernel of one trial a thread and turned into PTX, their assembly, with
no toolkit and no device. Nothing runs it: the program that could be run is that of `gpu_nvcc`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest import mock

import llvmlite.binding as llvm
import numba

from foedus.simulation.compiled import kernel, worker
from foedus.simulation.compiled.buffers import Buffers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from foedus.simulation.world import Setup

TRIPLE: Final = "nvptx64-nvidia-cuda"
FEATURES: Final = "+ptx78"
"""The version of PTX that knows both architectures."""

MATHS: Final = {"exp": "__nv_exp", "log": "__nv_log", "pow": "__nv_pow"}
"""Functions that NVIDIA's own library adds when a device loads the code."""

OWN: Final = frozenset(
    [
        *("world", "parameters", "words", "own", "tape", "row", "values"),
        *("outcomes", "milestones", "questions"),
    ]
)
"""Buffers of which every thread has its own; the others are the same for all."""

PLACES: Final = ("ctaid", "ntid", "tid")


class Assembly(NamedTuple):
    """What became of the kernel for one architecture."""

    text: str
    needs: tuple[str, ...]

    @property
    def stack(self) -> int:
        """Bytes of a thread's own memory that it asks for, over all functions."""
        return sum(map(int, re.findall(r"__local_depot\d+\[(\d+)\]", self.text)))


def assembled(setup: Setup, architectures: tuple[str, ...]) -> dict[str, Assembly]:
    """PTX of a kernel of one trial a thread, by architecture.

    Raises:
        RuntimeError: The code is invalid, or it needs something that no device has.
    """
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = llvm.parse_assembly(_kernel_text(setup))
    module.verify()
    _keep_only_kernel(module)
    machines = {each: _machine(each) for each in architectures}
    usual = llvm.create_pipeline_tuning_options()
    builder = llvm.create_pass_builder(next(iter(machines.values())), usual)
    builder.getModulePassManager().run(module, builder)
    needs = sorted(each.name for each in module.functions if each.is_declaration)
    needs = [name for name in needs if not name.startswith("llvm.")]
    if missing := set(needs) - set(MATHS.values()):
        raise RuntimeError(f"the kernel calls what no device has: {', '.join(sorted(missing))}")
    return {
        name: Assembly(machine.emit_assembly(module), tuple(needs))
        for name, machine in machines.items()
    }


def _machine(architecture: str) -> Any:
    target = llvm.Target.from_triple(TRIPLE)
    return target.create_target_machine(cpu=architecture, features=FEATURES, opt=3)


def _keep_only_kernel(module: Any) -> None:
    """Only the kernel is seen from outside, so that what it does not need can go."""
    for number, each in enumerate([*module.functions, *module.global_variables]):
        if not each.is_declaration and each.name != "trials":
            each.linkage = "internal"
            each.name = f"f{number}"


def _kernel_text(setup: Setup) -> str:
    """Numba's code for `run_block`, made fit for a device, and a kernel that calls it."""
    buffers = _buffers(setup)
    type_of: Any = numba.typeof
    arrays = [type_of(each) for each in buffers]
    signature = (numba.int64, numba.uint64, numba.int64, *arrays)
    compiled: Any = numba.njit(signature, **kernel.OPTIONS)(kernel.run_block)
    (result,) = compiled.overloads.values()
    text = compiled.inspect_llvm(compiled.signatures[0])
    text = re.sub(r"target datalayout = .*\n", "", text)
    text = re.sub(r"target triple = .*", f'target triple = "{TRIPLE}"', text)
    # Nobody owns an array on a device, so there is nothing to count.
    counted = r"(define [^\n]*@NRT_(?:inc|dec)ref\(ptr)[^\n]*\{.*?\n\}"
    text = re.sub(counted, r"\1 %unused) {\n  ret void\n}", text, flags=re.DOTALL)
    for name, there in MATHS.items():
        text = text.replace(f"@llvm.{name}.f64(", f"@{there}(")
    text = text.replace("@sqrt(", "@llvm.sqrt.f64(")
    return text + "\n".join(_kernel(result.fndesc.llvm_func_name, buffers))


def _buffers(setup: Setup) -> Buffers:
    """The buffers of one trial; months are not counted, and no path is kept."""
    taken: list[Buffers] = []

    def take(_first: int, _seed: int, _start_month: int, buffers: Buffers) -> int:
        taken.append(buffers)
        return 0

    one = worker.Worker(setup, seed=1, events=False)
    one.tally.histograms = one.tally.histograms[:0]
    with mock.patch.object(worker, "kernel_for", return_value=take):
        one.run(0, 1, 0)
    return taken[0]


def _kernel(called: str, buffers: Buffers) -> Iterator[str]:
    """A kernel that plays one trial a thread: each has its share of the buffers in `OWN`."""
    given = ", ".join(f"ptr %{name}" for name in Buffers._fields)
    given = f"i64 %count, i64 %first, i64 %seed, i64 %start, {given}"
    yield f"define ptx_kernel void @trials({given}) {{"
    for place in PLACES:
        yield f"  %{place} = call i32 @llvm.nvvm.read.ptx.sreg.{place}.x()"
        yield f"  %{place}64 = zext i32 %{place} to i64"
    yield "  %before = mul i64 %ctaid64, %ntid64"
    yield "  %thread = add i64 %before, %tid64"
    yield "  %inside = icmp slt i64 %thread, %count"
    yield "  br i1 %inside, label %play, label %done"
    yield "play:"
    yield "  %trial = add i64 %first, %thread"
    yield "  %returned = alloca i64"
    yield "  %fault = alloca ptr"
    words = ["ptr %returned", "ptr %fault", "i64 %trial", "i64 %seed", "i64 %start"]
    for name, array in buffers._asdict().items():
        yield f"  %skip_{name} = mul i64 %thread, {array.nbytes if name in OWN else 0}"
        yield f"  %my_{name} = getelementptr i8, ptr %{name}, i64 %skip_{name}"
        words += _array(f"%my_{name}", array)
    yield f"  %status = call i32 @{called}({', '.join(words)})"
    yield "  br label %done"
    yield "done:\n  ret void\n}"
    yield from (f"declare i32 @llvm.nvvm.read.ptx.sreg.{place}.x()" for place in PLACES)


def _array(data: str, array: NDArray[Any]) -> list[str]:
    """An array as compiled code takes it: owner, parent, sizes, place, shape and strides."""
    sizes = [array.size, array.itemsize]
    spans = [*array.shape, *array.strides]
    owner = ["ptr null", "ptr null"]
    return [*owner, *(f"i64 {n}" for n in sizes), f"ptr {data}", *(f"i64 {n}" for n in spans)]

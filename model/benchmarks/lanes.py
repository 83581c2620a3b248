"""What lanes of trials could gain at most, before anybody writes them.

The operations on which a trial spends most are counted in its C translation and timed apart, one
number after the other and in lanes that the compiler vectorises. Trials part ways at every branch
and read records that lie apart, so that real lanes would gain less on these; what they would gain
on the plain arithmetic between them is not in it.
"""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import peers
from c_kernel import FRAME, OPTIONS, CKernel, compiler, source
from timing import Timing, interleave

from foedus.simulation.loading import load_setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.simulation.world import Setup

SOURCE: Final = Path(__file__).with_name("lanes.c")
NUMBERS: Final = 1_024
"""Numbers in a call: they stay in the first cache."""

REPEATED: Final = 2_000
TRIALS: Final = 500

OPERATIONS: Final = {"exps": "exp", "logs": "log", "square_roots": "sqrt", "draws": "draw"}
WAYS: Final = {
    "one by one": (*OPTIONS, "-fno-tree-vectorize"),
    "in lanes": (*OPTIONS, "-ffast-math", "-fopenmp-simd", "-lmvec", "-lm"),
}
"""Lanes of exp and log come from glibc's vector library, which differs in last bits."""

COUNTED: Final = """
static int64_t n_exp, n_log, n_sqrt, n_draw;
#define exp(x) (n_exp++, exp(x))
#define log(x) (n_log++, log(x))
#define sqrt(x) (n_sqrt++, sqrt(x))
"""
TOLD: Final = """
void counts(int64_t *into) {
    into[0] = n_exp; into[1] = n_log; into[2] = n_sqrt; into[3] = n_draw;
}
"""


def run(scenario: str, rounds: int) -> dict[str, Any]:
    """Count, time in turns, and bound the gain."""
    if compiler() is None:
        raise RuntimeError("there is no C compiler")
    setup = load_setup(scenario)
    with TemporaryDirectory() as folder:
        counts = count(setup, Path(folder))
        jobs = _jobs(Path(folder))
        jobs["trial"] = (2_000, lambda: peers.block(setup, 2_000))
        timings = interleave(jobs, rounds)
    found = {
        name: {
            "a_trial": counts[name],
            **{way: round(1e9 * timings[f"{name}, {way}"].work, 2) for way in WAYS},
        }
        for name in counts
    }
    saved = sum(
        each["a_trial"] * (each["one by one"] - each["in lanes"]) for each in found.values()
    )
    trial = 1e9 * timings["trial"].work
    _print(found, timings, saved / trial)
    return {"operations": found, "trial_us": round(trial / 1e3, 1), "bound": saved / trial}


def count(setup: Setup, folder: Path) -> dict[str, float]:
    """How often a trial does each operation."""
    text = source(setup.room).replace("#define BINS", f"{COUNTED}#define BINS", 1)
    text = (
        text.replace("    uint64_t k0 = u->seed", "    n_draw++; uint64_t k0 = u->seed", 1) + TOLD
    )
    library = _compiled(text, folder / "counted", OPTIONS)
    CKernel(library, setup, peers.SEED).run(0, TRIALS)
    into = np.zeros(len(OPERATIONS), dtype=np.int64)
    library.counts(ctypes.c_void_p(into.ctypes.data))
    return {
        name: float(each) / TRIALS for name, each in zip(OPERATIONS, into.tolist(), strict=True)
    }


def _jobs(folder: Path) -> dict[str, tuple[int, Callable[[], object]]]:
    head = FRAME.read_text(encoding="utf-8")
    tape = "typedef struct { uint64_t seed, trial, month; } Tape;\n#define RULE static\n"
    start = head.index("RULE inline uint64_t turn")
    draw = tape + head[start : head.index("typedef struct {\n    double at")]
    text = SOURCE.read_text(encoding="utf-8").replace("/* DRAW */", draw)
    given, made = np.linspace(0.1, 2.0, NUMBERS), np.zeros(NUMBERS)
    jobs: dict[str, tuple[int, Callable[[], object]]] = {}
    for number, (way, options) in enumerate(WAYS.items()):
        library = _compiled(text, folder / f"lanes{number}", options)
        for name in OPERATIONS:
            call = getattr(library, name)

            def work(call: Any = call) -> None:
                places = (ctypes.c_void_p(each.ctypes.data) for each in (given, made))
                call(*places, ctypes.c_int64(NUMBERS), ctypes.c_int64(REPEATED))

            jobs[f"{name}, {way}"] = (REPEATED * NUMBERS, work)
    return jobs


def _compiled(text: str, place: Path, options: tuple[str, ...]) -> ctypes.CDLL:
    path, library = place.with_suffix(".c"), place.with_suffix(".so")
    path.write_text(text, encoding="utf-8")
    command = [str(compiler()), "-w", str(path), "-o", str(library), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{path.name}: {done.stderr[:2000]}")
    return ctypes.CDLL(str(library))


def _print(found: dict[str, dict[str, float]], timings: dict[str, Timing], bound: float) -> None:
    print(f"\n{'operation':<16}{'a trial':>10}{'ns each':>10}{'in lanes':>10}")
    for name, each in found.items():
        times = f"{each['one by one']:>10.1f}{each['in lanes']:>10.1f}"
        print(f"{OPERATIONS[name]:<16}{each['a_trial']:>10,.0f}{times}")
    trial = 1e6 * timings["trial"].work
    print(f"on these, lanes would save at most {bound:.0%} of {trial:.0f} us a trial")

"""Machine code on disk: taken only if it is whole, and equal to what the compiler runs itself."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from command import LONG_ENOUGH, python
from foedus.simulation.compiled import cache, native
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.rule_book import SHIPPED
from foedus.simulation.world import Setup

CODE = b"\x7fELF and so on\n\x00"


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    native._write(tmp_path / "a.kernel", CODE, "entry")
    assert native._read(tmp_path / "a.kernel") == (CODE, "entry")
    assert [path.name for path in tmp_path.iterdir()] == ["a.kernel"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "absent"])
def test_damaged_code_is_never_run(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "a.kernel"
    native._write(path, CODE, "entry")
    whole = path.read_bytes()
    damaged = {"cut": whole[:-1], "flipped": whole[:-1] + b"\x01", "empty": b"", "other": b"[]\n"}
    path.unlink()
    if damage in damaged:
        path.write_bytes(damaged[damage])
    assert native._read(path) is None


def test_a_folder_that_takes_nothing_is_no_fault(tmp_path: Path) -> None:
    native._write(tmp_path / "no" / "such" / "a.kernel", CODE, "entry")
    assert list(tmp_path.iterdir()) == []


def test_one_compiles_while_others_wait_for_it(tmp_path: Path) -> None:
    """A run that starts while another compiles takes what that one made."""
    path = tmp_path / "a.kernel"
    inside, leave = Event(), Event()

    def first() -> None:
        with cache.alone(path):
            inside.set()
            assert leave.wait(LONG_ENOUGH)
            native._write(path, CODE, "entry")

    def second() -> tuple[bytes, str] | None:
        with cache.alone(path):
            return native._read(path)

    with ThreadPoolExecutor(2) as pool:
        writer = pool.submit(first)
        assert inside.wait(LONG_ENOUGH)
        reader = pool.submit(second)
        assert not wait([reader], timeout=0.2).done
        leave.set()
        writer.result(LONG_ENOUGH)
        assert reader.result(LONG_ENOUGH) == (CODE, "entry")


def test_where_nothing_can_be_locked_everybody_compiles(tmp_path: Path) -> None:
    with cache.alone(tmp_path / "no" / "such" / "a.kernel"):
        assert list(tmp_path.iterdir()) == []


def test_each_layout_of_records_has_code_of_its_own() -> None:
    plain = {"world": np.dtype([("month", "i8")])}
    wider = {"world": np.dtype([("month", "i8"), ("war", "f8")])}
    assert native._key(plain, SHIPPED) != native._key(wider, SHIPPED)
    assert native._key(plain, SHIPPED) == native._key(dict(plain), SHIPPED)


def test_a_warm_run_loads_no_compiler(baseline: Setup, tmp_path: Path) -> None:
    run_ensemble(baseline, trials=2, seed=1)
    code = (
        "import sys; from foedus.cli import main; "
        f"status = main('run baseline --trials 4 --no-figures --out {tmp_path}'.split()); "
        "print('compiler:', 'numba' in sys.modules); sys.exit(status)"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "compiler: False"
    assert "compiling" not in done.stderr


@pytest.mark.slow
def test_no_rule_reaches_beyond_its_arrays(baseline: Setup, tmp_path: Path) -> None:
    """The compiler checks every index, and finds the same numbers as the machine code."""
    code = (
        "import json, sys; from foedus.simulation.ensemble import run_ensemble\n"
        "from foedus.simulation.loading import load_setup\n"
        "run = run_ensemble(load_setup('baseline'), trials=6, seed=1)\n"
        "print(json.dumps(run.outcomes['cohesion_end'].tolist()), 'numba' in sys.modules)"
    )
    done = python("-c", code, NUMBA_BOUNDSCHECK="1", FOEDUS_CACHE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    ends, _, compiled = done.stdout.rpartition(" ")
    assert compiled.strip() == "True"
    native_ends = run_ensemble(baseline, trials=6, seed=1).outcomes["cohesion_end"]
    assert json.loads(ends) == native_ends.tolist()

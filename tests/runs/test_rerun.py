"""Does repeating a run verify it, and name the first cell that differs?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command import foedus
from foedus.runs.verify import first_deviation


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    done = foedus("run", "baseline", "--trials", 60, "--no-figures", "--out", out)
    assert done.returncode == 0, done.stderr
    (folder,) = out.iterdir()
    return folder


def test_a_run_repeats_to_the_bit(run: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    done = foedus("rerun", run, "--threads", 1)
    assert done.returncode == 0, done.stderr
    assert "Same model code" in done.stdout
    assert "All 11 tables are the same, to the bit." in done.stdout
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_the_first_difference_is_named(run: Path, tmp_path: Path) -> None:
    """One cell of trial 17 is changed, and one of a month; the manifest is made to agree."""
    folder = tmp_path / run.name
    shutil.copytree(run, folder)
    _change(folder / "tables" / "trials.parquet", "cohesion_end", 17, 0.5)
    _change(folder / "tables" / "months.parquet", "mean", 1000, 0.25)
    done = foedus("rerun", folder)
    assert done.returncode == 1, done.stderr
    assert "tables/trials.parquet: is not the file that the manifest describes" in done.stdout
    first = next(line for line in done.stdout.splitlines() if line.startswith("First difference"))
    assert "trials, row 17, trial 17, column cohesion_end: was 0.5, now 0." in first
    assert "And: months, row 1000, month" in done.stdout
    assert "2 of 11 tables differ, though neither code nor data have changed." in done.stdout


@pytest.mark.slow
def test_a_damaged_table_is_named(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / run.name
    shutil.copytree(run, folder)
    table = folder / "tables" / "trials.parquet"
    table.write_bytes(table.read_bytes()[:-100])
    done = foedus("rerun", folder)
    assert done.returncode == 1, done.stderr
    assert "tables/trials.parquet: is not the file that the manifest describes" in done.stdout
    assert "First difference: trials: was 'damaged (" in done.stdout
    assert "1 of 11 tables differ, though neither code nor data have changed." in done.stdout


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_any_damage_to_a_table_is_a_difference(at: int, bit: int, cut: bool) -> None:
    with TemporaryDirectory() as folder:
        was, now = Path(folder) / "was", Path(folder) / "now"
        now.write_bytes(TABLE)
        content = bytearray(TABLE)
        content[at % len(content)] ^= 1 << bit
        was.write_bytes(content[: at % len(content)] if cut else content)
        found = first_deviation("t", was, now)
    # A flip may hit what means nothing, such as a statistic or the name of the writer.
    assert found is not None or not cut


@pytest.mark.slow
def test_other_code_and_other_parameters_are_told(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / run.name
    shutil.copytree(run, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["identity"]["code"]["scenarios/"] = "0" * 16
    manifest["identity"]["libraries"]["numpy"] = "1.0"
    manifest["identity"]["inputs"]["driver paths"] = "0" * 16
    manifest["versions"]["processor"] = "pdp-11"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = foedus("rerun", folder)
    assert done.returncode == 0, done.stderr
    assert "Other model code than then: the code of scenarios/; numpy 1.0 then" in done.stdout
    assert "Other data than then: the driver paths." in done.stdout
    assert "which should change nothing: processor pdp-11 then, " in done.stdout


def test_what_is_no_whole_run_is_refused(run: Path, tmp_path: Path) -> None:
    done = foedus("rerun", tmp_path)
    assert done.returncode == 2
    assert "found no run there" in done.stderr
    assert done.stderr.count("\n") == 1


def _change(path: Path, column: str, row: int, value: float) -> None:
    content = pq.read_table(path)
    cells = content[column].to_numpy().copy()
    cells[row] = value
    place = content.schema.get_field_index(column)
    pq.write_table(content.set_column(place, content.schema.field(place), pa.array(cells)), path)


def _made() -> bytes:
    """A small table as it lies on disk."""
    sink = pa.BufferOutputStream()
    levels = np.linspace(0.0, 1.0, 40)
    pq.write_table(pa.table({"trial": list(range(40)), "x": levels}), sink, compression="zstd")
    return bytes(sink.getvalue())


TABLE = _made()


def _table(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("trials", "name", "levels", "line"),
    [
        (3, "x", [0.5, 1.0, np.nan], None),
        (3, "x", [0.5, 1.5, 3.0], "row 1, trial 1, column x: was 1.0, now 1.5"),
        (2, "x", [0.5, 1.0], "row 2, trial 2, column trial: was 2, now 'nothing'"),
        (4, "x", [0.5, 1.0, np.nan, 0], "row 3, trial 3, column trial: was 'nothing', now 3"),
        (3, "y", [0.5, 1.0, np.nan], "row 0, column x: was 'x', now 'nothing'"),
        (3, "x", [0.5, None, np.nan], "row 1, trial 1, column x: was 1.0, now None"),
    ],
)
def test_two_tables_are_compared_cell_by_cell(
    trials: int, name: str, levels: list[float], line: str | None, tmp_path: Path
) -> None:
    was = _table(tmp_path / "was", trial=[0, 1, 2], x=[0.5, 1.0, np.nan])
    now = _table(tmp_path / "now", **{"trial": list(range(trials)), name: levels})
    found = first_deviation("t", was, now)
    assert (None if found is None else found.line) == (line and f"t, {line}")

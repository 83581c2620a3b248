"""Is a run on disk whole or not there at all, and does it say what it was made from?"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foedus.errors import FoedusError, NotShownError
from foedus.runs import provenance, run_folder
from foedus.runs.run_folder import read_manifest, write_run
from foedus.runs.verify import damaged_files
from small_runs import small_run

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return small_run(trials=400)


def test_a_run_on_disk_is_whole_and_described(ensemble: Ensemble, tmp_path: Path) -> None:
    written = write_run(ensemble, tmp_path / "runs", now=datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
    manifest = json.loads((written.path / "manifest.json").read_text())
    assert written.path.name == f"20261122T180000Z-war-until-2030-{manifest['digest'][:8]}"
    assert set(manifest["files"]) == set(written.files) - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((written.path / name).read_bytes()).hexdigest() == digest
    assert manifest["created"] == "2026-11-22T18:00:00+00:00"
    assert {"python", "numpy", "numba", "foedus", "platform"} <= set(manifest["versions"])
    assert manifest["run"]["seed"] == ensemble.seed
    assert str(tmp_path) not in (written.path / "manifest.json").read_text()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [written.path.name]


def test_the_time_changes_the_manifest_only(ensemble: Ensemble, tmp_path: Path) -> None:
    early, late = (
        write_run(ensemble, tmp_path, now=datetime(year, 1, 1, tzinfo=UTC)) for year in (2026, 2027)
    )
    assert early.files == late.files
    for name in early.files:
        same = (early.path / name).read_bytes() == (late.path / name).read_bytes()
        assert same == (name != "manifest.json"), name


def test_two_runs_in_one_second_are_kept_apart(ensemble: Ensemble, tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = (write_run(ensemble, tmp_path, now=now) for _ in range(2))
    assert second.path.name == f"{first.path.name}-2"


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("no ink"),
        KeyboardInterrupt(),
        OSError(28, "No space left on device"),
        MemoryError(),
        FoedusError("no ink"),
    ],
)
def test_a_figure_that_cannot_be_drawn_leaves_a_complete_run(
    fault: BaseException, ensemble: Ensemble, tmp_path: Path
) -> None:
    def draw(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
        (folder / "half.png").write_bytes(b"half")
        raise fault

    with pytest.raises(NotShownError) as raised:
        write_run(ensemble, tmp_path, draw=draw)
    (folder,) = tmp_path.iterdir()
    assert str(raised.value).startswith("the figures could not be written: ")
    assert str(raised.value).endswith(f"the result is complete: {folder}")
    manifest = read_manifest(folder)
    assert {"scenario.yaml", "summary.txt", "tables/trials.parquet"} <= set(manifest.files)
    assert damaged_files(folder, manifest.files) == []
    assert not list(folder.rglob("half.png"))


@pytest.mark.parametrize("fault", [RuntimeError("no ink"), KeyboardInterrupt()])
def test_tables_that_cannot_be_written_leave_nothing(
    fault: BaseException, ensemble: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(run_folder, "write_scenario", fail)
    with pytest.raises(type(fault)):
        write_run(ensemble, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_while_a_run_is_written_it_is_not_there(ensemble: Ensemble, tmp_path: Path) -> None:
    seen: list[str] = []

    def draw(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
        seen.extend(path.name for path in tmp_path.iterdir())
        # What a query over all runs would read.
        assert not list(tmp_path.glob("*/tables/*.parquet"))

    write_run(ensemble, tmp_path, draw=draw)
    assert len(seen) == 1
    assert seen[0].endswith(".unfinished")


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_file_where_the_folder_should_be_is_one_clear_line(
    place: str, ensemble: Ensemble, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FoedusError, match="taken") as raised:
        write_run(ensemble, tmp_path / place)
    assert "\n" not in str(raised.value)


def test_a_full_disk_is_one_clear_line(
    ensemble: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_folder, "write_tables", full)
    with pytest.raises(FoedusError, match="cannot write the run: No space left on device"):
        write_run(ensemble, tmp_path)


def _git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_the_revision_of_a_checkout_knows_changes(tmp_path: Path) -> None:
    package = tmp_path / "model" / "foedus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    _git(tmp_path, "init")
    assert "package" in provenance.code_revision(package)
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-m", "first")
    clean = provenance.code_revision(package)
    assert clean["dirty"] is False
    assert len(str(clean["git"])) == 40
    (tmp_path / "notes.txt").write_text("not code")
    assert provenance.code_revision(package) == clean
    (package / "__init__.py").write_text("changed = True\n")
    assert provenance.code_revision(package)["dirty"] is True


def test_an_installed_package_inside_somebodys_repository_is_no_checkout(tmp_path: Path) -> None:
    package = tmp_path / ".venv" / "foedus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (tmp_path / "paper.tex").write_text("")
    _git(tmp_path, "init")
    _git(tmp_path, "add", "paper.tex")
    _git(tmp_path, "commit", "-m", "a paper")
    assert set(provenance.code_revision(package)) == {"package"}


def test_the_digest_of_a_run_follows_what_decides_its_numbers(ensemble: Ensemble) -> None:
    digest = provenance.provenance(ensemble).digest
    assert provenance.provenance(small_run(trials=400)).digest == digest
    changed = (
        replace(ensemble, seed=2),
        replace(ensemble, evidence_set="corpus"),
        replace(ensemble, quantities=ensemble.quantities + 1e-12),
    )
    assert all(provenance.provenance(one).digest != digest for one in changed)


def test_results_load_nothing_slow() -> None:
    code = (
        "import sys, foedus.runs.run_folder\n"
        "slow = {'matplotlib', 'mesa', 'pandas', 'scipy', 'seaborn'} & set(sys.modules)\n"
        "sys.exit(f'loaded {slow}' if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(provenance.PACKAGE.parent), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr

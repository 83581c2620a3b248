"""What `foedus runs` lists, shows and removes; and that it never touches anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from command import foedus
from faults import ended, permissions, start, without_privilege
from foedus.runs.provenance import identity_of, provenance
from foedus.runs.run_folder import write_run
from foedus.runs.storage.unfinished import Unfinished
from foedus.runs.study import about_study
from small_runs import small_run

OLD = datetime(2001, 2, 3, tzinfo=UTC)
ORIGIN = replace(provenance(small_run(trials=40)), trials=4000)
STATE = about_study("run", ORIGIN, identity_of(), OLD)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A whole run of today, an old one, one that stopped half way, and things that are no runs."""
    ensemble = small_run(trials=40)
    write_run(ensemble, tmp_path)
    write_run(ensemble, tmp_path, now=OLD)
    with Unfinished.begin(tmp_path, "20010203T000000Z-half-0000", STATE) as work:
        for name in ("run-0", "run-1"):
            work.write(name, {"levels": np.zeros(3)})
        (Path(work.path) / "pieces" / "run-1").write_bytes(b"cut")
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "thesis.unfinished").mkdir()
    (tmp_path / "thesis.unfinished" / "chapter.tex").write_text("mine")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.json").write_text('{"app": "another program"}')
    return tmp_path


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def test_list_names_runs_only(out: Path) -> None:
    done = foedus("runs", "list", "--out", out)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert "unfinished, 2 chunks done" in next(line for line in lines if "half" in line)
    assert sum(" whole " in line for line in lines) == 2
    assert "thesis" not in done.stdout


def test_show_says_which_chunks_are_there_and_how_to_go_on(out: Path) -> None:
    done = foedus("runs", "show", out / "20010203T000000Z-half-0000")
    assert done.returncode == 0, done.stderr
    assert "run-0: finished" in done.stdout
    assert "run-1: damaged; will be made again" in done.stdout
    assert "foedus run --resume " in done.stdout
    assert "trials: 4000" in done.stdout
    (whole,) = (path for path in out.glob("2001*") if "half" not in path.name)
    assert "seed: " in foedus("runs", "show", whole).stdout
    missing = foedus("runs", "show", out / "nothing")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


def test_work_that_is_not_kept_piece_by_piece_has_nothing_to_go_on_with(out: Path) -> None:
    with Unfinished.begin(
        out, "20010203T000000Z-compare-0000", STATE | {"kind": "compare"}
    ) as work:
        path = work.path
    shown = foedus("runs", "show", path).stdout
    assert "--resume" not in shown
    assert "Nothing of it is kept" in shown
    done = foedus("rerun", path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "found compare, expected a run" in done.stderr


def test_clean_removes_what_was_named_and_nothing_else(out: Path) -> None:
    before = names(out)
    assert foedus("runs", "clean", "--out", out).returncode == 2
    asked = foedus("runs", "clean", "--unfinished", "--out", out)
    assert (asked.returncode, "--yes" in asked.stderr) == (2, True)
    assert names(out) == before
    done = foedus("runs", "clean", "--unfinished", "--yes", "--out", out)
    assert done.returncode == 0, done.stderr
    assert before - names(out) == {"20010203T000000Z-half-0000.unfinished"}
    done = foedus("runs", "clean", "--older-than", 30, "--yes", "--out", out)
    assert done.returncode == 0, done.stderr
    left = names(out)
    assert {"README.md", "thesis.unfinished", "data"} < left
    assert len(left) == 4
    assert not any(name.startswith("2001") for name in left)


def test_clean_leaves_a_run_that_somebody_works_on(out: Path) -> None:
    with Unfinished.open(out / "20010203T000000Z-half-0000", "run"):
        done = foedus("runs", "clean", "--unfinished", "--yes", "--out", out)
        assert "Nothing to remove" in done.stdout
        assert "in use" in foedus("runs", "list", "--out", out).stdout
    assert any("half" in name for name in names(out))


def test_what_cannot_be_read_is_said_and_left(out: Path) -> None:
    half = out / "20010203T000000Z-half-0000.unfinished"
    before = names(out)

    def tried(*words: object) -> tuple[int, str, str]:
        running = start("runs", *words, before=without_privilege)
        return (*ended(running), running.returncode)[::-1]

    with permissions(half / "pieces", 0):
        status, stderr, listed = tried("list", "--out", out)
        assert (status, stderr) == (0, "")
        assert "cannot be read" in next(line for line in listed.splitlines() if "half" in line)
        status, stderr, _ = tried("show", half)
        assert (status, stderr.count("\n")) == (2, 1)
        assert "cannot read the run: Permission denied" in stderr
        assert "Nothing to remove" in tried("clean", "--unfinished", "--yes", "--out", out)[2]
    with permissions(half / "pieces", 0o555):
        status, stderr, _ = tried("clean", "--unfinished", "--yes", "--out", out)
        assert (status, stderr.count("\n")) == (2, 1)
        assert "cannot remove the run: Permission denied" in stderr
    with permissions(out, 0):
        status, stderr, _ = tried("list", "--out", out)
        assert (status, stderr.count("\n")) == (2, 1)
    assert names(out) == before
    assert len(list((half / "pieces").iterdir())) == 2


def test_a_manifest_of_something_else_is_no_run(out: Path) -> None:
    (out / "data" / "manifest.json").write_text('{"schema_version": 1, "files": 3, "run": []}')
    assert "data" not in foedus("runs", "list", "--out", out).stdout
    done = foedus("runs", "show", out / "data")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)

"""The command as people use it: in a process of its own, with what it prints and how it exits."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command import LONG_ENOUGH, ROOT, foedus, foedus_process, python
from conftest import setup_of
from foedus.cli import main
from foedus.runs import listing
from foedus.simulation.compiled import cache
from foedus.simulation.ensemble import run_ensemble
from foedus.telling.program import page_step

HEAVY = ("mesa", "pandas", "seaborn", "matplotlib", "scipy.stats")
"""What a run without figures must not load: each costs a second or more."""


def test_a_run_answers_and_writes_a_folder(tmp_path: Path) -> None:
    words = ("run", "prolonged-ukraine-war", "--trials", 60, "--no-figures", "--out", tmp_path)
    done = foedus_process(*words)
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    assert str(folder) in done.stdout
    for heading in ("Cohesion", "Armenia", "Questions", "60 trials", "Scenario frequencies"):
        assert heading in done.stdout
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run"]["trials"] == 60
    assert str(ROOT) not in (folder / "manifest.json").read_text(encoding="utf-8")
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert set(manifest["files"]) | {"manifest.json"} == written


def test_ctrl_c_that_a_library_wraps_is_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = ValueError("Error calling function")

    def stopped(_: object) -> None:
        raise fault

    monkeypatch.setattr(listing, "listed", stopped)
    with pytest.raises(ValueError, match="Error calling function"):
        main(["runs", "list"])
    fault.__cause__ = KeyboardInterrupt()
    assert main(["runs", "list"]) == 130
    assert capsys.readouterr().err == "\nfoedus: interrupted\n"


def test_the_same_run_twice_gives_the_same_tables(tmp_path: Path) -> None:
    digests = []
    for name, threads in (("one", 1), ("two", 2)):
        out = tmp_path / name
        done = foedus(
            *("run", "baseline", "--trials", 300, "--seed", 7, "--no-figures"),
            *("--threads", threads, "--out", out),
        )
        assert done.returncode == 0, done.stderr
        (folder,) = out.iterdir()
        digests.append(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"])
    assert digests[0] == digests[1]


def test_a_resolved_scenario_runs_again_to_the_same_result(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    words = ("--trials", 40, "--no-figures")
    assert foedus("run", "taliban-spillover", *words, "--out", first).returncode == 0
    (folder,) = first.iterdir()
    assert foedus("run", folder / "scenario.yaml", *words, "--out", second).returncode == 0
    (again,) = second.iterdir()
    tables = [
        {path.name: path.read_bytes() for path in (run / "tables").iterdir()}
        for run in (folder, again)
    ]
    assert tables[0] == tables[1]


def test_a_run_without_figures_loads_nothing_slow(tmp_path: Path) -> None:
    code = (
        "import sys; from foedus.cli import main; "
        f"status = main('run baseline --trials 20 --no-figures --out {tmp_path}'.split()); "
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules]); sys.exit(status)"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_help_loads_next_to_nothing() -> None:
    code = (
        "import sys; from foedus.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "print('loaded:', [n for n in ('numpy', 'numba', 'pydantic', 'yaml') if n in sys.modules])"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert "usage: foedus" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.slow
def test_figures_are_drawn_unless_they_are_declined(tmp_path: Path) -> None:
    done = foedus("run", "baseline", "--trials", 40, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    names = {path.name for path in (folder / "figures").iterdir()}
    assert {name.rpartition(".")[2] for name in names} == {"png", "svg"}
    assert len(names) >= 12


def test_output_may_be_cut_off_by_its_reader(tmp_path: Path) -> None:
    """`foedus evidence | head -1` ends quietly."""
    done = subprocess.run(
        f"{sys.executable} -m foedus evidence | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.count("\n") == 1


def test_output_may_find_no_room(tmp_path: Path) -> None:
    """What the terminal is redirected to is full; what was run is there all the same."""
    words = ("run", "baseline", "--trials", "4", "--no-figures", "--out", str(tmp_path))
    with Path("/dev/full").open("w") as full:
        for command in (words, ("runs", "list", "--out", str(tmp_path))):
            done = subprocess.run(
                [sys.executable, "-m", "foedus", *command],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
            )
            assert done.returncode == 2, done.stderr
            assert "foedus: cannot go on: No space left on device" in done.stderr
            assert "Traceback" not in done.stderr
    (folder,) = tmp_path.iterdir()
    assert (folder / "manifest.json").is_file()


@pytest.mark.parametrize("own", [False, True])
def test_the_next_step_can_be_pasted(own: bool, tmp_path: Path) -> None:
    program = tmp_path / "my bin" / "foedus"
    program.parent.mkdir()
    code = "import sys; from foedus.cli import main; sys.exit(main())"
    program.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
    program.chmod(0o755)
    scenario = "baseline"
    if own:
        scenario = str(tmp_path / "own.yaml")
        text = 'name: own\ntitle: Own\nextends: baseline\nsources: ["a letter"]\n'
        Path(scenario).write_text(text, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "model"), "PATH": "/usr/bin:/bin"}
    words = ["./my bin/foedus", "run", scenario, "--trials", "20", "--no-figures"]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH,
        check=True,
        cwd=tmp_path,
        env=env,
    )
    last = done.stdout.splitlines()[-1]
    expected = "'./my bin/foedus' evidence" + ("" if own else " baseline")
    assert last.removeprefix("Next: ").partition("   (")[0] == expected
    again = subprocess.run(
        expected, shell=True, capture_output=True, text=True, check=True, cwd=tmp_path, env=env
    )
    assert ("feed nothing" if own else "rests on") in again.stdout


@pytest.mark.slow
def test_an_edited_rule_never_runs_from_a_stale_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule is edited twice, there and back; each time the answer is that of the text as it is."""
    run_ensemble(setup_of("baseline"), trials=1, seed=1)  # so that something is kept
    # What is covered of a copy says nothing about the package.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    package = tmp_path / "model"
    shutil.copytree(ROOT / "model", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("scenarios", "calibration"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    # What is kept of the text as it is may well be taken, as a user's would be.
    shutil.copytree(cache.folder(), tmp_path / "cache" / cache.folder().name)
    rule = package / "foedus" / "rules" / "patron.py"
    original = rule.read_text(encoding="utf-8")
    edited = original.replace("left = 1.0 - p.war_drain", "left = 0.9 - p.war_drain")
    assert edited != original
    answers = []
    for text in (original, edited, original):
        rule.write_text(text, encoding="utf-8")
        answers.append(capacity_by_both_engines(tmp_path))
    for compiled, plain in answers:
        assert compiled == plain
    assert answers[0] == answers[2] != answers[1]


def capacity_by_both_engines(root: Path) -> list[float]:
    """The patron's capacity after two months, compiled and in plain Python."""
    code = (
        "from foedus.dictionary.recording import BLOC_SERIES\n"
        "from foedus.simulation.loading import load_setup\n"
        "from foedus.simulation.ensemble import run_ensemble\n"
        "from foedus.simulation.mesa.alliance_model import AllianceModel\n"
        "setup = load_setup('baseline')\n"
        "run = run_ensemble(setup, trials=1, seed=1)\n"
        "model = AllianceModel.from_setup(setup, seed=1, trial=0)\n"
        "model.step(); model.step()\n"
        "place = BLOC_SERIES.index('capacity')\n"
        "print([float(run.sample[0, 2, place]), model.series()[place]])"
    )
    places = {"PYTHONPATH": str(root / "model"), "FOEDUS_CACHE": str(root / "cache")}
    done = python("-c", code, cwd=root, **places)
    assert done.returncode == 0, done.stderr
    compiled, plain = json.loads(done.stdout)
    return [compiled, plain]


def test_a_scenario_is_set_against_its_parent(tmp_path: Path) -> None:
    done = foedus(
        *("run", "prolonged-ukraine-war", "--trials", 200, "--no-figures", "--out", tmp_path)
    )
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert re.search(
        r"Cohesion in Nov 2031 is 0\.\d+ lower in «[^»]+» than in «[^»]+» \(90 %", told
    )
    done = foedus("run", "baseline", "--trials", 50, "--no-figures", "--out", tmp_path)
    assert "than in «" not in done.stdout


@pytest.mark.parametrize(("installed", "expected"), [(False, "make app"), (True, "foedus app")])
def test_a_checkout_without_the_page_is_told_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool, expected: str
) -> None:
    (tmp_path / "Makefile").touch()
    monkeypatch.setattr(sys, "argv", [str(tmp_path / ".venv" / "bin" / "foedus")])
    found = importlib.util.find_spec("json") if installed else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: found)
    assert page_step() == expected
    (tmp_path / "Makefile").unlink()
    assert page_step() == "foedus app"

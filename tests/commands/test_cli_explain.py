"""`foedus explain` as people call it."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import foedus


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    done = foedus("run", "baseline", "--trials", 6, "--no-figures", "--out", out)
    assert done.returncode == 0, done.stderr
    return next(out.iterdir())


def test_a_trial_of_a_run_is_explained(run: Path) -> None:
    done = foedus("explain", run, "--trial", 2, "--all")
    assert done.returncode == 0, done.stderr
    assert "Trial 2 of baseline, seed 1" in done.stdout
    assert "complied with an act of membership" in " ".join(done.stdout.split())
    assert "--decision" in done.stdout


def test_one_decision_in_full_with_its_figure(run: Path, tmp_path: Path) -> None:
    picture = tmp_path / "why.svg"
    done = foedus("explain", run, "--trial", 2, "--all", "--decision", 0, "--figure", picture)
    assert done.returncode == 0, done.stderr
    assert "sum" in done.stdout
    assert "What would have changed it" in done.stdout
    assert "Sum" in picture.read_text(encoding="utf-8")


def test_a_scenario_is_explained_with_a_seed() -> None:
    done = foedus("explain", "baseline", "--seed", 4, "--member", "kaz")
    assert done.returncode == 0, done.stderr
    assert "seed 4" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--trial", 6), "--trial: found 6, expected from 0 to 5"),
        (("--trial", -1), "--trial: found -1, expected from 0 to 5"),
        (("--decision", 100_000), "--decision: found 100000, expected from 0 to"),
        (("--member", "KAX"), "KAZ"),
        (("--seed", 2), "--seed: found 2, but the run"),
        (("--parameters", "corpus"), "--parameters: found corpus, but the run"),
        (("--figure", "x.png"), "--figure: expected --decision K"),
        (("--decision", 0, "--figure", "x.gif"), "expected a name ending in .png or .svg"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Path, words: tuple[object, ...], said: str
) -> None:
    done = foedus("explain", run, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    done = foedus("explain", tmp_path)
    assert done.returncode == 2
    assert "expected the folder of a run" in done.stderr


def test_a_run_of_another_model_is_not_explained(run: Path) -> None:
    scenario = run / "scenario.yaml"
    kept = scenario.read_text(encoding="utf-8")
    try:
        scenario.write_text(
            f"{kept}\nparameters: {{answer_value: [2.0, 2.5, 3.0]}}\n", encoding="utf-8"
        )
        done = foedus("explain", run, "--trial", 1)
    finally:
        scenario.write_text(kept, encoding="utf-8")
    assert done.returncode == 2
    assert "another version" in done.stderr

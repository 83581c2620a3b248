"""The Python interface: the examples of the documentation, and that it agrees with the commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import foedus as fd
from foedus import cli
from foedus.simulation.loading import load_setup

WAR = {"war": {"2027-01": 1.0}}
HOSTILE = "<script>alert(1)</script> & [/x] $2 \u0416"


@pytest.fixture(scope="module")
def base() -> fd.Scenario:
    return fd.Scenario.load("baseline")


@pytest.fixture(scope="module")
def run(base: fd.Scenario) -> fd.Run:
    return fd.run(base, trials=20, seed=1)


@pytest.fixture(scope="module")
def comparison(base: fd.Scenario) -> fd.Comparison:
    return fd.compare(base, base.but(drivers=WAR), trials=40, seed=1)


@pytest.fixture(scope="module")
def grid(base: fd.Scenario) -> fd.Sweep:
    return fd.sweep(base, {"drivers.war": [0, 0.5, 1]}, trials=20)


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys; before = set(sys.modules); import foedus; print(set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in eval(done.stdout)}
    assert not loaded & {"numpy", "pydantic", "yaml", "pandas", "mesa", "pyarrow", "numba"}
    assert "foedus.api" not in done.stdout


def test_every_public_name_is_there_and_the_stub_has_the_same() -> None:
    stub = Path(str(fd.__file__)).with_suffix(".pyi").read_text(encoding="utf-8")
    exported = {line.rpartition(" ")[2] for line in stub.splitlines() if line.startswith("from")}
    assert exported == set(fd.__all__)
    for name in fd.__all__:
        assert getattr(fd, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(fd, "nothing")  # noqa: B009


def test_a_run_has_the_tables_that_the_command_writes(
    run: fd.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = run.save(tmp_path / "python", figures=False)
    command = ["run", "baseline", "--trials", "20", "--no-figures", "--out", str(tmp_path / "cli")]
    assert cli.main(command) == 0
    (written,) = (tmp_path / "cli").iterdir()
    assert _files(saved) == _files(written)
    assert _manifest(saved) == _manifest(written)
    frame = run.frame("members")
    pd.testing.assert_frame_equal(frame, pd.read_parquet(written / "tables" / "members.parquet"))
    capsys.readouterr()


def test_a_child_is_set_against_its_parent_as_the_command_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = fd.run("prolonged-ukraine-war", trials=20, seed=1)
    assert run.summary.against is not None
    saved = run.save(tmp_path / "python", figures=False)
    command = ["run", "prolonged-ukraine-war", "--trials", "20", "--no-figures"]
    assert cli.main([*command, "--out", str(tmp_path / "cli")]) == 0
    (written,) = (tmp_path / "cli").iterdir()
    assert _files(saved) == _files(written)
    capsys.readouterr()


def test_a_comparison_is_the_one_that_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("baseline", "prolonged-ukraine-war")
    comparison = fd.compare(*names, trials=20, seed=2)
    saved = comparison.save(tmp_path / "python", figures=False)
    command = ["compare", *names, "--trials", "20", "--seed", "2", "--no-figures"]
    assert cli.main([*command, "--out", str(tmp_path / "cli")]) == 0
    (written,) = (tmp_path / "cli").iterdir()
    assert _files(saved) == _files(written)
    frame, clear = comparison.frame(), comparison.clear()
    assert len(clear) < len(frame)
    assert set(clear["verdict"]) <= {"lower", "higher"}
    assert comparison.sentence().rstrip(".") in " ".join(capsys.readouterr().out.split())


def test_a_sweep_is_the_one_that_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "swept.yaml"
    design = "{design: grid, factors: {drivers.war: {values: [0, 1]}}, trials: 20}"
    path.write_text(f"name: swept\ntitle: S\nextends: baseline\nsweep: {design}\n")
    saved = fd.sweep(path).save(tmp_path / "python", figures=False)
    assert cli.main(["sweep", str(path), "--no-figures", "--out", str(tmp_path / "cli")]) == 0
    (written,) = (tmp_path / "cli").iterdir()
    assert _files(saved) == _files(written)
    again = fd.sweep(path, {"drivers.war": [0, 1]}, trials=20).save(
        tmp_path / "again", figures=False
    )
    assert _files(saved) == _files(again)
    capsys.readouterr()


def test_figures_are_drawn_by_name_and_a_wrong_name_finds_the_nearest(
    run: fd.Run, comparison: fd.Comparison, grid: fd.Sweep
) -> None:
    for plots, name in ((run.plot, "cohesion"), (comparison.plot, "forest"), (grid.plot, "lines")):
        assert name in dir(plots)
        assert getattr(plots, name)().axes
    with pytest.raises(AttributeError, match="did you mean «cohesion»"):
        run.plot.cohesoin()


def test_an_explanation_is_a_sequence_of_decisions(run: fd.Run) -> None:
    why = fd.explain(run, trial=3)
    assert len(list(why)) == len(why) > 100
    assert why[2].number == 2
    assert [one.number for one in why[1:3]] == [1, 2]
    ends = why[0].waterfall()
    assert ends[-1].end == pytest.approx(why[0].total)
    assert why.cohesion_end == run.ensemble.outcomes["cohesion_end"][3]
    assert fd.explain("baseline", trial=3, seed=1) == why
    with pytest.raises(fd.FoedusError, match="seed: found 2, but the run has its own"):
        fd.explain(run, seed=2)


def test_a_changed_copy_is_checked_like_a_file_and_leaves_the_original(base: fd.Scenario) -> None:
    digest = base.resolved.digest()
    war = base.but(drivers=WAR)
    assert war.resolved.scenario.drivers["war"] == {"2027-01": 1.0}
    assert war.parent is base
    assert base.resolved.digest() == digest
    assert base.but(drivers={"war": {"2027-01": 0.5}}).name != war.name
    assert base.but(drivers=WAR, name="mine", title="Mine.").name == "mine"
    assert base.but({"war-intensity": 0.5}).resolved.digest() != digest
    assert base.but({"drivers.war": np.float64(0.5)}, horizon=np.int64(24)).horizon == 24


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"driver": {}}, "baseline.but: driver: unknown key.*did you mean «drivers»"),
        ({"drivers": {"waar": {"2027-01": 1}}}, "baseline.but: drivers.waar:.*did you mean «war»"),
        ({"drivers": {"war": {"2027-13": 1}}}, "drivers.war.2027-13: .*expected a month"),
        ({"drivers": {"war": {"2027-01": float("nan")}}}, "drivers.war.2027-01: .*finite number"),
        ({"drivers": {"war": {"2027-01": 9}}}, "drivers.war"),
        ({"parameters": {"war_dran": 1}}, "parameters.war_dran: .*did you mean «war_drain»"),
        ({"horizon": "60"}, "horizon: found text «60»"),
        ({"horizon": object()}, "horizon: found object"),
        ({"name": "no spaces"}, "name"),
        ({"title": "a\u202eb"}, "title: found U.202E"),
        ({"title": "a\x1b[31m"}, "title: found"),
        ({}, "expected something to change"),
    ],
)
def test_a_wrong_change_is_refused_with_its_key(
    base: fd.Scenario, sections: dict[str, object], told: str
) -> None:
    with pytest.raises(fd.FoedusError, match=told):
        base.but(**sections)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: fd.run("basline"), "did you mean «baseline»"),
        (lambda: fd.run(3), "expected a Scenario, a name or a path, found 3"),  # type: ignore[arg-type]
        (lambda: fd.run("baseline", trials=0), "trials: found 0"),
        (lambda: fd.run("baseline", seed=-1), "seed: found -1"),
        (lambda: fd.run("baseline", threads=0), "threads: found 0"),
        (lambda: fd.run("baseline", parameter_set="recrod"), "parameter_set: found text «recrod»"),
        (lambda: fd.compare("baseline"), "expected two scenarios or more"),
        (lambda: fd.compare("baseline", "baseline"), "named twice"),
        (lambda: fd.compare("baseline", "prolonged-ukraine-war", until_width=-1), "until_width"),
        (lambda: fd.sweep("baseline"), "expected factors"),
        (lambda: fd.sweep("baseline", {"drivers.wr": [0, 1]}), "did you mean «war»"),
        (lambda: fd.sweep("baseline", {"drivers.war": []}), "drivers.war"),
        (lambda: fd.sweep("baseline", {"drivers.war": [0, 1]}, design="gird"), "design"),
        (lambda: fd.explain("baseline", trial=-1), "trial: found -1"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(call: object, told: str) -> None:
    with pytest.raises(fd.FoedusError, match=told) as caught:
        call()  # type: ignore[operator]
    assert "\n" not in str(caught.value)


def test_a_cell_shows_the_answer_and_not_the_data(
    base: fd.Scenario, run: fd.Run, comparison: fd.Comparison, grid: fd.Sweep
) -> None:
    long = base.but(title=f"{HOSTILE} {'x' * 80}", name="n" * 60)
    hostile = fd.run(long, trials=4)
    against = fd.compare(base, long, trials=4)
    swept = fd.sweep(long, {"drivers.war": [0, 1]}, trials=4)
    shown = [base, run, comparison, grid, fd.explain(run), run.ensemble, load_setup("baseline")]
    shown += [long, hostile, against, swept, fd.explain(hostile), hostile.ensemble, hostile.setup]
    for each in shown:
        assert len(repr(each)) <= 200
        html = each._repr_html_()  # type: ignore[attr-defined]
        assert len(html) < 10_000
        assert "<script>" not in html
    assert "Kazakhstan" in run._repr_html_()
    assert "&lt;script&gt;" in hostile._repr_html_()


def test_python_is_silent_unless_progress_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foedus.telling.program.SECONDS", 0.0)
    fd.run("baseline", trials=200)
    assert capsys.readouterr() == ("", "")
    fd.run("baseline", trials=200, progress=True)
    out, error = capsys.readouterr()
    assert not out
    assert error.startswith("\r")
    assert error.endswith("200 of 200 trials\n")


def test_ctrl_c_stops_a_run_as_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrapped(*_: object, **__: object) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as stop:
            raise RuntimeError("in the compiler") from stop

    monkeypatch.setattr("foedus.api.running.run_ensemble", wrapped)
    with pytest.raises(KeyboardInterrupt):
        fd.run("baseline", trials=2)


def _files(folder: Path) -> dict[str, bytes]:
    """Everything that a folder holds but its manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def _manifest(folder: Path) -> object:
    """A manifest without what clocks say."""
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for chunk in content["chunks"]:
        del chunk["seconds"]
    return {key: value for key, value in content.items() if key not in {"created", "timings"}}

"""A case is a folder: the bundled one, a made-up one, and ones that are not valid."""

from __future__ import annotations

import csv
import json
import runpy
import shutil
from pathlib import Path

import pytest

import foedus as fd
from command import ROOT
from conftest import CSTO, TESTS
from foedus import cases, cli, evidence
from foedus.errors import FoedusError
from foedus.inference.study import Settings
from foedus.parameters import posterior, registry
from foedus.report.validated import NONE_VALIDATED
from foedus.runs.chunked_run import ChunkedRun
from foedus.runs.run_folder import read_manifest
from foedus.simulation.loading import load_setup
from foedus.validation.patterns.battery import figures_of

HANSE = TESTS / "cases" / "hanse"


@pytest.fixture(scope="module")
def hanse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the made-up case with the alliance that it names."""
    tests = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(TESTS / "alliances", tests / "alliances")
    return Path(shutil.copytree(HANSE, tests / "cases" / "hanse"))


@pytest.mark.parametrize("case", ["csto", HANSE], ids=str)
def test_a_run_knows_the_ids_of_all_evidence_and_no_others(case: str | Path) -> None:
    chosen = cases.load(case)
    assert evidence.known_ids(chosen) == evidence.load(chosen).ids


# --- Which case ----------------------------------------------------------------------------------


def test_a_case_goes_by_its_name_its_folder_and_its_file() -> None:
    assert cases.load() is cases.load("csto") is cases.load(ROOT / "calibration")
    assert cases.load(HANSE) is cases.load(HANSE / cases.FILE)
    assert cases.load(HANSE).name == "hanse"


def test_a_case_that_was_changed_is_read_again(hanse: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(hanse, tmp_path / "hanse"))
    assert cases.load(copy).title == "League of Trading Towns"
    path = copy / cases.FILE
    path.write_text(path.read_text(encoding="utf-8").replace("League", "Union"), encoding="utf-8")
    assert cases.load(copy).title == "Union of Trading Towns"


def test_a_case_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["evidence"], ["validate"], ["calibrate"], ["forecast", "questions.yaml"]):
        assert cli.main([*command, "--case", "cst"]) == 2
        message = capsys.readouterr().err
        assert "there is no case «cst»" in message
        assert "did you mean «csto»?" in message


FAULTS = {
    "unknown key": (
        "title: League",
        "titel: League",
        r"case.yaml:3.*titel: unknown key.*mean «title»",
    ),
    "missing key": ("name: hanse\n", "", "name: missing, expected: what"),
    "code": ("[LUB, HAM", "[Lübeck, HAM", r"case.yaml:8.*evidence.states\[1\]"),
    "month": ("tested_from: 1401-01", "tested_from: 1401", r"case.yaml:14.*history.tested_from"),
    "one stretch": ("[history-1390, history-1400]", "[history-1390]", r"history.stretches"),
    "stretch": ("self_check: [history-1390]", "self_check: [history-1400]", "expected one of"),
    "no mapping": ("name: hanse\n", "- name\n", "case.yaml"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_case_is_refused_with_line_and_key(
    hanse: Path, tmp_path: Path, fault: str
) -> None:
    old, new, words = FAULTS[fault]
    path = tmp_path / cases.FILE
    text = (hanse / cases.FILE).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FoedusError, match=words):
        cases.load(tmp_path)


def test_code_that_cannot_be_imported_or_lacks_a_pattern_is_refused(
    hanse: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(hanse, tmp_path / "cases" / "hanse"))
    code = copy / "towns.py"
    code.write_text("PATTERNS = {'P01': print}\n", encoding="utf-8")
    with pytest.raises(FoedusError, match=r"«towns.py» works out no figures of P02"):
        figures_of(cases.load(copy))
    code.write_text("import nowhere\n", encoding="utf-8")
    with pytest.raises(FoedusError, match=r"«towns.py» cannot be imported: .*nowhere"):
        figures_of(cases.load(copy))
    code.unlink()
    with pytest.raises(FoedusError, match="cannot be imported"):
        figures_of(cases.load(copy))


def test_the_split_and_the_posteriors_follow_from_one_month() -> None:
    assert (CSTO.held_out, CSTO.before, CSTO.since) == (
        "posterior-2019",
        "before 2020",
        "from 2020 on",
    )
    assert cases.load(HANSE).held_out == "posterior-1400"
    later = CSTO.model_copy(
        update={"history": CSTO.history.model_copy(update={"tested_from": "2020-07"})}
    )
    assert (later.held_out, later.since) == ("posterior-2020", "from 2020-07 on")


def test_a_case_that_extends_another_takes_over_what_it_does_not_list() -> None:
    taken, own = registry.load(CSTO), registry.load(cases.load(HANSE))
    assert list(own.ranges) == list(taken.ranges)
    drain, other = own.get("war_drain"), own.get("ask_base")
    assert drain is not None
    assert drain.cited("record") == ("C001",)
    assert other is not None
    assert (other.grade, other.cited("record")) == ("judgement", ())


def test_a_posterior_that_the_case_does_not_have_is_refused() -> None:
    with pytest.raises(FoedusError, match=r"found posterior-2007; .*csto.* are posterior-2019 and"):
        load_setup("baseline", "posterior-2007")


# --- The made-up case, by its files alone --------------------------------------------------------


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_evidence_of_a_made_up_case_is_told(
    hanse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["evidence", "--case", str(hanse)]) == 0
    assert "claims                              1       1" in capsys.readouterr().out
    for name, words in {
        "E003": "Hamburg loses its cogs again.",
        "war_drain": "Ships of the patron",
        "next-years": "rests on 1 piece of evidence",
        "trust_patron[HAM]": "HAM [0.5, 0.6, 0.7]",
    }.items():
        assert cli.main(["evidence", name, "--case", str(hanse)]) == 0
        assert words in " ".join(capsys.readouterr().out.split())
    assert cli.main(["evidence", "E070", "--case", str(hanse)]) == 2


@pytest.mark.slow
def test_a_made_up_case_is_fitted_validated_forecast_and_scored(
    hanse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--case", str(hanse)]
    assert cli.main(["calibrate", *named, "--reduced"]) == 0
    for name in ("posterior-1400", "posterior"):
        manifest = json.loads((hanse / "posterior" / f"{name}.manifest.json").read_text("utf-8"))
        assert {"hanse.yaml", "history-1390.yaml", "votes.csv"} <= set(manifest["rests_on"])

    out = tmp_path / "runs"
    small = ["--reduced", "--trials", "20", "--out", str(out)]
    assert cli.main(["validate", *named, *small]) == 0
    (folder,) = out.iterdir()
    assert {row["pattern"] for row in rows(folder / "patterns.csv")} == {"P01", "P02"}
    assert {row["member"] for row in rows(folder / "forecasts.csv")} <= {"HAM", "RIG"}
    assert "Trust" in {row["quantity"] for row in rows(folder / "quantities.csv")}
    page = (folder / "validation.html").read_text(encoding="utf-8")
    assert "Hindcast from 1401 on" in page
    assert "2020 on" not in page

    questions = hanse / "questions" / "1403.yaml"
    assert cli.main(["forecast", str(questions), *named, "--trials", "20"]) == 0
    stored = json.loads(questions.with_name("1403.forecasts.json").read_text(encoding="utf-8"))
    assert stored["mixture"] == {"next-years": 0.7, "pirates": 0.3}
    assert {"hanse.yaml", "pirates.yaml", "next-years.yaml"} <= set(stored["inputs"])
    capsys.readouterr()
    resolutions = questions.with_name("resolutions.yaml")
    # An answer is dated on or after the day of the forecast, which is today.
    answers = resolutions.read_text(encoding="utf-8").replace("1405-01-06", stored["issued"])
    resolutions.write_text(answers, encoding="utf-8")
    assert cli.main(["score", str(questions), str(resolutions)]) == 0
    assert "1 resolved, 0 open, 0 void" in capsys.readouterr().out


# --- The scripts of the bundled case -------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("patterns.py", "of 28 patterns pass."),
        ("hindcast.py", "foedus, one step ahead"),
    ],
)
def test_a_script_of_the_calibration_says_what_the_platform_finds(
    script: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [script, "4", "1"])
    runpy.run_path(str(ROOT / "calibration" / script), run_name="__main__")
    assert words in capsys.readouterr().out


@pytest.mark.slow
def test_the_script_that_fits_leaves_a_posterior_and_tells_what_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = runpy.run_path(str(ROOT / "calibration" / "fit.py"))
    script["main"](
        tmp_path,
        Settings(
            sets=20, screening_particles=2, parameters=2, particles=2, walkers=6, steps=4,
            burn_in=1, draws=4,
        ),
    )  # fmt: skip
    assert (tmp_path / "posterior-2019.parquet").is_file()
    learnt = posterior.load("posterior-2019", CSTO, tmp_path)
    told = capsys.readouterr().out
    assert all(f"{name} " in told for name in learnt.names)
    assert "prior_mean" in told


# --- Whatever plays a scenario of a case ---------------------------------------------------------


@pytest.fixture(scope="module")
def played(hanse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a scenario that only the made-up case has."""
    out = tmp_path_factory.mktemp("played")
    words = ["run", "next-years", "--case", str(hanse), "--trials", "6", "--no-figures"]
    assert cli.main([*words, "--out", str(out)]) == 0
    (run,) = out.iterdir()
    return run


def test_a_run_knows_its_case(played: Path, hanse: Path) -> None:
    manifest = read_manifest(played)
    assert (manifest.case, manifest.run.case) == (str(hanse), "hanse")
    assert manifest.run.label in played.name


def test_a_run_of_another_case_is_repeated_explained_and_reported(
    played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["rerun", str(played)]) == 0
    assert "the same, to the bit" in capsys.readouterr().out
    assert cli.main(["explain", str(played), "--trial", "1", "--member", "ham"]) == 0
    page = tmp_path / "page.html"
    assert cli.main(["report", str(played), "--out", str(page)]) == 0
    # What is known of the validation is that of the case, too.
    assert NONE_VALIDATED in page.read_text(encoding="utf-8")


def test_the_parameters_of_a_run_are_those_of_its_case(hanse: Path, tmp_path: Path) -> None:
    run = fd.run("next-years", case=hanse, trials=6, seed=1)
    assert run.setup.case.name == "hanse"
    drain = next(one for one in run.setup.uncertain if one.name == "war_drain")
    assert drain[1:4] == (0.05, 0.1, 0.2)
    saved = read_manifest(run.save(tmp_path, figures=False))
    assert (saved.case, saved.run.case) == (str(hanse), "hanse")
    assert len(fd.explain(run, trial=1)) == len(
        fd.explain("next-years", case=hanse, trial=1, seed=1)
    )


def test_scenarios_of_a_case_are_compared_forked_swept_and_listed(
    hanse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "swept.yaml"
    path.write_text(
        f"name: swept\ntitle: Swept\nextends: {hanse / 'scenarios' / 'next-years.yaml'}\n"
        "sources: [C001]\nsweep: {design: list, trials: 4, rows: [{parameters.war_drain: 0.2}]}\n",
        encoding="utf-8",
    )
    small = ["--case", str(hanse), "--no-figures", "--out", str(tmp_path / "runs")]
    for words, kind in (
        (["compare", "next-years", "pirates"], "compare"),
        (["fork", "next-years", "--at", "1403-06", "--into", "next-years", "pirates"], "fork"),
        (["sweep", str(path)], "sweep"),
        (["library"], "library"),
    ):
        assert cli.main([*words, "--trials", "4", *small]) == 0, words
        (folder,) = (tmp_path / "runs").glob(f"*-{kind}-*")
        manifest = read_manifest(folder)
        assert (manifest.kind, manifest.case, manifest.run.case) == (kind, str(hanse), "hanse")
    assert "Pirates everywhere" in capsys.readouterr().out
    assert cli.main(["scenario", "check", str(path), "--quick", "--case", str(hanse)]) == 0
    assert cli.main(["scenario", "list", "--case", str(hanse)]) == 0
    assert "next-years" in capsys.readouterr().out
    # The usual case has no such scenario.
    assert cli.main(["run", "next-years", "--out", str(tmp_path)]) == 2
    assert "«next-years»" in capsys.readouterr().err


def test_a_run_whose_case_has_gone_says_where_it_lay(
    played: Path, hanse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(played, tmp_path / played.name))
    path = folder / "manifest.json"
    gone = tmp_path / "gone"
    path.write_text(path.read_text("utf-8").replace(str(hanse), str(gone)), encoding="utf-8")
    assert cli.main(["explain", str(folder)]) == 2
    assert f"there is no case «{gone}»"[:40] in capsys.readouterr().err
    assert cli.main(["explain", str(folder), "--case", str(hanse)]) == 0
    assert cli.main(["explain", str(folder), "--case", "csto"]) == 2
    assert "is a run of «hanse»" in capsys.readouterr().err


def test_an_unfinished_run_goes_on_with_its_case(
    played: Path, hanse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    words = ["run", "next-years", "--case", str(hanse), "--trials", "6", "--no-figures"]
    with monkeypatch.context() as patch:
        patch.setattr(ChunkedRun, "finish", stop)
        assert cli.main([*words, "--chunk", "4", "--out", str(tmp_path)]) == 130
    assert cli.main(["run", "--resume", "--out", str(tmp_path)]) == 0
    (again,) = tmp_path.iterdir()
    for table in (played / "tables").iterdir():
        assert (again / "tables" / table.name).read_bytes() == table.read_bytes()

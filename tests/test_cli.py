"""The command as people use it: in a process of its own, with what it prints and how it exits."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foedus import cli

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("mesa", "pandas", "seaborn", "matplotlib", "scipy.stats")
"""What a run without figures must not load: each costs a second or more."""


def foedus(*words: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command and give it two minutes."""
    return subprocess.run(
        [sys.executable, "-m", "foedus", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd or ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model"), **env},
    )


def test_a_run_answers_and_writes_a_folder(tmp_path: Path) -> None:
    done = foedus("run", "prolonged-ukraine-war", "--trials", 60, "--no-figures", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    assert str(folder) in done.stdout
    for words in ("Cohesion", "Armenia", "Questions", "60 trials", "Scenario frequencies"):
        assert words in done.stdout
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run"]["trials"] == 60
    assert str(ROOT) not in (folder / "manifest.json").read_text(encoding="utf-8")
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert set(manifest["files"]) | {"manifest.json"} == written


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
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_help_loads_next_to_nothing() -> None:
    code = (
        "import sys; from foedus.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "print('loaded:', [n for n in ('numpy', 'numba', 'pydantic', 'yaml') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
    )
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


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command was refused in one clear line."""
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("foedus: ")
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "no-such-scenario"], ["no-such-scenario", "baseline"]),
        (["run", "prolonged-ukrain-war"], ["did you mean", "prolonged-ukraine-war"]),
        (["run", "missing/file.yaml"], ["missing/file.yaml"]),
        (["run", "baseline", "--trials", "-5"], ["trials", "-5", "from 1"]),
        (["run", "baseline", "--trials", "0"], ["trials", "1"]),
        (["run", "baseline", "--trials", "99999999999"], ["1,000,000"]),
        (["run", "baseline", "--trials", "9" * 5000], ["whole number"]),
        (["run", "baseline", "--trials", "many"], ["whole number", "many"]),
        (["run", "baseline", "--trials", "1e3"], ["whole number"]),
        (["run", "baseline", "--seed", "-1"], ["seed", "-1"]),
        (["run", "baseline", "--seed", str(2**64)], ["seed"]),
        (["run", "baseline", "--threads", "0"], ["--threads"]),
        (["run", "baseline", "--evidence", "guesses"], ["«guesses»", "«corpus»", "«record»"]),
        (["run", "baseline", "--figurs"], ["--figurs"]),
        (["run"], ["SCENARIO"]),
        (["runn"], ["runn"]),
        ([], ["COMMAND"]),
        (["run", "baseline", "--out", ""], ["--out", "folder"]),
        (["run", "baseline", "--trials", "it's"], ["«it's»"]),
        (["evidence", "warr_drain"], ["«warr_drain»", "did you mean «war_drain»"]),
        (["evidence", "trust_patron[RUS]"], ["«RUS»", "ARM, BLR, KAZ"]),
        (["evidence", "trust_patron[ARM,CHN]"], ["trust_patron[MEMBER]"]),
        (["evidence", "war_drain[ARM]"], ["«war_drain» has no keys"]),
        (["evidence", "baseline.ARM"], ["«baseline» has no keys"]),
        (["evidence", "fit[ARM,CHI]"], ["«CHI»", "did you mean «CHN»"]),
        (["evidence", "nowhere/news.yaml"], ["nowhere/news.yaml"]),
        (["evidence", "a\x1b[31mb"], ["expected a parameter"]),
    ],
)
def test_a_wrong_command_line_is_refused_in_one_line(words: list[str], expected: list[str]) -> None:
    refused(foedus(*words), *expected)


BROKEN = {
    "unknown-key": ("driver: {war: 1}\n", ["driver", "drivers"]),
    "wrong-type": ("horizon: long\n", ["horizon", "long"]),
    "out-of-range": ("drivers: {war: {2026-11: 7}}\n", ["war", "7"]),
    "unknown-member": (
        "questions:\n  - {id: a, text: A., when: status of ARX is out, by: 2027-12}\n",
        ["ARX", "ARM"],
    ),
    "duplicate-key": ("horizon: 60\nhorizon: 61\n", ["horizon", "twice"]),
    "unknown-source": ("sources: [C103, C1O4]\n", [":4:17:", "«C1O4»", "did you mean «C1"]),
    "driver-after-the-end": (
        "drivers: {war: {2039-01: 0.5}}\n",
        [":4:11:", "drivers.war", "2031-11"],
    ),
    "broken-yaml": ("drivers: {war: [1, 2\n", ["variant.yaml"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scenario_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    body, words = BROKEN[name]
    path = tmp_path / "variant.yaml"
    path.write_text(f"name: variant\ntitle: V\nextends: baseline\n{body}", encoding="utf-8")
    done = foedus("run", path, "--no-figures", "--out", tmp_path / "runs")
    refused(done, "variant.yaml:", *words)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00", b"- a list\n"])
def test_a_file_that_is_no_scenario_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    refused(foedus("run", path), "odd.yaml")


def test_a_folder_that_cannot_hold_runs_is_refused_before_the_run(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("in the way", encoding="utf-8")
    done = foedus("run", "baseline", "--no-figures", "--out", in_the_way)
    refused(done, str(in_the_way))
    refused(foedus("run", "baseline", "--no-figures", "--out", "/proc/nowhere"), "/proc/nowhere")
    assert in_the_way.read_text(encoding="utf-8") == "in the way"


@pytest.mark.slow
def test_an_interrupted_run_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "foedus", "run", "baseline", "--trials", "1000000"),
            *("--no-figures", "--out", str(tmp_path)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
    )
    time.sleep(8)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    assert stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_output_may_be_cut_off_by_its_reader(tmp_path: Path) -> None:
    """`foedus evidence | head -1` ends quietly."""
    done = subprocess.run(
        f"{sys.executable} -m foedus evidence | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model")},
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("war_drain", ["C103", "Grade: A"]),
        ("trust_patron", ["ARM", "C120"]),
        ("trust_patron[ARM]", ["ARM", "C120"]),
        ("trust_patron.ARM", ["ARM", "C120"]),
        ("tie[TJK,KGZ]", ["KGZ,TJK ["]),
        ("fit[ARM]", ["ARM,CHN", "ARM,EUR"]),
        ("fit", ["ARM,CHN", "more, as in fit[ARM]"]),
        ("C103", ["feeds", "war_drain"]),
        ("c103", ["feeds", "war_drain"]),
        ("d-arm-arms", ["D-ARM-arms"]),
        ("judgement", ["grade judgement", "parameters", "quantities", "trust_patron"]),
        ("A", ["grade A", "parameters", "war_drain"]),
        ("scenarios/taliban-spillover.yaml", ["taliban-spillover", "E108", "question kyrgyz"]),
        ("E070", ["2022-09-13"]),
        ("baseline", ["rests on"]),
        ("C115", ["misdated"]),
    ],
)
def test_evidence_tells_sources_and_uses(
    name: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["evidence", name]) == 0
    told = capsys.readouterr().out
    for word in words:
        assert word in told


@pytest.mark.parametrize("name", ["trust_patron[ARM]", "trust_patron.ARM"])
def test_the_value_of_one_member_comes_alone(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evidence", name]) == 0
    values = re.search(r"At [\d-]+: (.*?)\. ", " ".join(capsys.readouterr().out.split()))
    assert values is not None
    assert re.fullmatch(r"ARM \[[\d., ]+\]", values[1])


def test_every_number_has_one_grade(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    for grade in ("A", "b", "C", "judgement"):
        assert cli.main(["evidence", grade]) == 0
        told += re.findall(r"^  ([a-z_]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert len(set(told)) == len(told)
    assert cli.main(["evidence"]) == 0
    (line,) = re.findall(r"^by grade: (.*)$", capsys.readouterr().out, re.MULTILINE)
    assert sum(map(int, re.findall(r"\d+", line))) == len(told)


def test_codes_of_confidence_are_explained_where_they_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, shown in (("E070", True), ("trust_patron", True), ("C103", False), ("A", False)):
        assert cli.main(["evidence", name]) == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last.startswith("[V] ") == shown, name
        assert len(last) <= 100


def test_the_evidence_of_a_scenario_of_ones_own_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "news.yaml"
    text = "name: news\ntitle: News\nextends: baseline\nsources: [C131, {}]\n"
    path.write_text(text.format('"https://example.org/a"'), encoding="utf-8")
    assert cli.main(["evidence", str(path)]) == 0
    told = capsys.readouterr().out
    for words in ("news", "News.", "  C131  ", "https://example.org/a  (not an id", "question "):
        assert words in told
    path.write_text(text.format("C999"), encoding="utf-8")
    assert cli.main(["evidence", str(path)]) == 2
    assert "«C999» is not in the evidence" in capsys.readouterr().err


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
        words, capture_output=True, text=True, timeout=120, check=True, cwd=tmp_path, env=env
    )
    last = done.stdout.splitlines()[-1]
    expected = "'./my bin/foedus' evidence" + ("" if own else " baseline")
    assert last.removeprefix("Next: ").partition("   (")[0] == expected
    again = subprocess.run(
        expected, shell=True, capture_output=True, text=True, check=True, cwd=tmp_path, env=env
    )
    assert ("feed nothing" if own else "rests on") in again.stdout


def test_the_coverage_of_the_evidence_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evidence"]) == 0
    told = capsys.readouterr().out
    assert "claims" in told
    assert re.search(r"by grade: parameters A \d+, B \d+, C \d+, judgement \d+; quant", told)
    assert re.search(r"^documents .* 5 .*cited by \d+ records", told, re.MULTILINE)
    assert not re.search(r"^(documents|sources) +\d+ +0\b", told, re.MULTILINE)
    assert "feed nothing" in told
    assert "no reason given" not in told
    assert "out of order" not in told


@pytest.mark.slow
def test_an_edited_rule_never_runs_from_a_stale_cache(tmp_path: Path) -> None:
    """A rule is edited twice, there and back; each time the answer is that of the text as it is."""
    package = tmp_path / "model"
    shutil.copytree(ROOT / "model", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("scenarios", "calibration"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
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
        "from foedus.cli import load_setup\n"
        "from foedus.engines.ensemble import run_ensemble\n"
        "from foedus.engines.alliance_model import AllianceModel\n"
        "setup = load_setup('baseline')\n"
        "run = run_ensemble(setup, trials=1, seed=1)\n"
        "model = AllianceModel.from_setup(setup, seed=1, trial=0)\n"
        "model.step(); model.step()\n"
        "print([float(run.sample[0, 2, 7]), model.series()[7]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": str(root / "model"),
            "FOEDUS_CACHE": str(root / "cache"),
        },
    )
    assert done.returncode == 0, done.stderr
    compiled, plain = json.loads(done.stdout)
    return [compiled, plain]


def test_a_scenario_is_set_against_its_parent_with_the_same_luck(tmp_path: Path) -> None:
    done = foedus(
        *("run", "prolonged-ukraine-war", "--trials", 200, "--no-figures", "--out", tmp_path)
    )
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert re.search(r"Cohesion ends lower than in «[^»]+» with the same luck in \d+ %", told)
    done = foedus("run", "baseline", "--trials", 50, "--no-figures", "--out", tmp_path)
    assert "with the same luck" not in done.stdout

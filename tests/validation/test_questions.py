"""Questions about the true future: read, forecast, stored, scored with made-up resolutions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from command import ROOT, foedus
from conftest import CSTO
from foedus.cli import main
from foedus.dictionary.vocabulary import ATTEND_SUMMIT, EventKind
from foedus.errors import FoedusError
from foedus.runs.provenance import sha256
from foedus.validation.forecasts import questions, resolutions
from made_runs import TRIALS, happened, made, member

SHIPPED = ROOT / "calibration" / "questions" / "2026-11.yaml"

TWO = """\
- id: out
  text: Armenia is out by the end of 2027.
  when: status of ARM is out
  by: 2027-12
  resolution: The depositary says so.
  status_quo: "no"
- id: summit
  text: Kazakhstan attends the summit of 2027.
  when: act attend_summit of KAZ
  at: 2027-11
  resolution: The list of participants names its president.
  status_quo: "yes"
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.yaml"
    path.write_text(TWO, encoding="utf-8")
    return path


def store(path: Path, out: float, summit: float) -> None:
    forecasts = [{"id": "out", "probability": out}, {"id": "summit", "probability": summit}]
    content: dict[str, Any] = {
        "questions_sha256": sha256(path.read_bytes()),
        "issued": "2026-11-25",
        "forecasts": forecasts,
    }
    questions.write(path, content | {"sha256": questions.digest(content)})


def resolve(path: Path, text: str) -> Path:
    told = path.with_name("told.yaml")
    told.write_text(text, encoding="utf-8")
    return told


LATER = "2030-01-01"
TODAY = "2026-11-30"
OUT_NO = '- {id: out, outcome: "no", date: 2028-01-02, source: made up}\n'
SUMMIT_NO = '- {id: summit, outcome: "no", date: 2027-12-01, source: made up}\n'


def test_there_are_twenty_shipped_questions_that_resolve_later() -> None:
    asked = questions.load(SHIPPED)
    assert len(asked) >= 20
    assert all((each.by or each.at or "") > "2026-11" for each in asked)
    assert sum(part.weight for part in questions.mixture(CSTO)) == pytest.approx(1.0)


def test_the_shipped_forecasts_are_intact_and_complete() -> None:
    stored = resolutions.load_forecasts(SHIPPED)
    assert [each["id"] for each in stored["forecasts"]] == [x.id for x in questions.load(SHIPPED)]
    assert all(0.0 <= each["probability"] <= 1.0 for each in stored["forecasts"])
    assert sum(stored["mixture"].values()) == pytest.approx(1.0)
    assert {"posterior.parquet", "csto.yaml", "parameters.yaml"} <= set(stored["inputs"])


def test_frequencies_come_from_answers_and_from_the_log(two: Path) -> None:
    asked = questions.load(two)
    run = made()
    run.scenario.questions = (SimpleNamespace(id="older"), SimpleNamespace(id="out"))
    run.questions = np.array([[n % 2 == 0, n < 10] for n in range(TRIALS)])
    fields = {"actor": member("KAZ"), "act": ATTEND_SUMMIT, "complied": 1}
    happened(run, EventKind.ACT, range(30), month=12, **fields)
    happened(run, EventKind.ACT, month=24, **fields)
    found = questions.frequencies(run, asked)
    assert found["out"][0] == 10 / TRIALS
    assert found["summit"][0] == 30 / TRIALS
    assert found["out"][1] == pytest.approx((0.25 * 0.75 / TRIALS) ** 0.5)


def test_a_withdrawal_is_a_freeze_or_an_exit_in_time(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(
        TWO.partition("- id: summit")[0].replace("status of ARM is out", "withdrawal of KAZ"),
        encoding="utf-8",
    )
    run = made()
    run.scenario.questions = ()
    run.outcomes["first_freeze"][:4, member("KAZ")] = 13
    run.outcomes["first_freeze"][4:8, member("KAZ")] = 14
    run.outcomes["exit"][2:6, member("KAZ")] = 12
    run.outcomes["exit"][:, member("ARM")] = 5
    assert questions.frequencies(run, questions.load(path))["out"][0] == 6 / TRIALS
    path.write_text(path.read_text(encoding="utf-8").replace("by: ", "at: "), encoding="utf-8")
    with pytest.raises(FoedusError, match="a withdrawal needs «by»"):
        questions.load(path)


@pytest.mark.slow
def test_every_shipped_question_can_be_asked_of_every_scenario() -> None:
    entries = questions.read(SHIPPED)
    asked = [entry.whole for entry in entries]
    for part in questions.mixture(CSTO):
        scenario = questions._asked(CSTO, part.scenario, entries)
        found = questions._play(CSTO, scenario, asked, "record", 4, 1)
        assert set(found) == {each.id for each in asked}


def test_scores_against_numbers_worked_out_by_hand(two: Path) -> None:
    store(two, 0.2, 0.7)
    report = resolutions.score(two, resolve(two, OUT_NO + SUMMIT_NO), LATER)
    assert [each.brier for each in report.scored] == pytest.approx([0.04, 0.49])
    assert report.means["foedus"][0] == pytest.approx(0.265)
    assert report.means["even odds"] == pytest.approx((0.25, 1.0))
    assert report.means["status quo"][0] == pytest.approx((0.01 + 0.81) / 2)
    gain = report.gains["status quo"]
    assert gain.mean == pytest.approx(0.41 - 0.265)
    assert gain.low <= gain.mean <= gain.high
    assert report == resolutions.score(two, two.with_name("told.yaml"), LATER)


def test_void_and_open_questions_do_not_count(two: Path) -> None:
    store(two, 0.2, 0.7)
    void = SUMMIT_NO.replace('"no"', "void")
    report = resolutions.score(two, resolve(two, OUT_NO + void), LATER)
    assert (len(report.scored), report.open, report.void) == (1, (), ("summit",))
    report = resolutions.score(two, resolve(two, OUT_NO), LATER)
    assert (len(report.scored), report.open, report.void) == (1, ("summit",), ())
    with pytest.raises(FoedusError, match="no question is resolved"):
        resolutions.score(two, resolve(two, void), LATER)


def test_stored_forecasts_are_not_overwritten_and_mending_them_shows(two: Path) -> None:
    store(two, 0.2, 0.7)
    with pytest.raises(FoedusError, match="not overwritten"):
        store(two, 0.1, 0.9)
    path = questions.forecasts_path(two)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["forecasts"][0]["probability"] = 0.0
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(FoedusError, match="was changed after it was issued"):
        resolutions.load_forecasts(two)


def test_mending_the_questions_shows(two: Path) -> None:
    store(two, 0.2, 0.7)
    two.write_text(TWO.replace("2027-12", "2028-12"), encoding="utf-8")
    with pytest.raises(FoedusError, match="was changed after the forecasts"):
        resolutions.load_forecasts(two)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  by: 2027-12\n", "", "expected either «by» or «at»"),
        ("by: 2027-12", "by: 2027-13", "expected a month"),
        ("attend_summit", "attend_sumit", "did you mean «attend_summit»"),
        ("act attend_summit of KAZ", "act of KAZ", "expected act ACT of MEMBER"),
        ("act attend_summit of KAZ", "vote condemnation of KAZ is nay", "expected one of"),
        ("id: summit", "id: out", "given twice, first in line 1"),
        ('status_quo: "no"', "status_quo: perhaps", "perhaps"),
        ("resolution: The depositary says so.", "resolution: ''", "expected text"),
    ],
)
def test_faulty_questions_are_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in TWO
    path = tmp_path / "two.yaml"
    path.write_text(TWO.replace(old, new), encoding="utf-8")
    with pytest.raises(FoedusError, match=complaint):
        questions.load(path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (OUT_NO.replace("id: out", "id: outt"), "did you mean «out»"),
        (OUT_NO + OUT_NO, "given twice"),
        (OUT_NO.replace('"no"', "maybe"), "maybe"),
        (OUT_NO.replace("2028-01-02", "soon"), "date"),
        (OUT_NO.replace(", source: made up", ""), "source"),
    ],
)
def test_faulty_resolutions_are_refused(two: Path, text: str, complaint: str) -> None:
    store(two, 0.2, 0.7)
    with pytest.raises(FoedusError, match=complaint):
        resolutions.score(two, resolve(two, text), LATER)


def test_the_command_scores_made_up_resolutions(two: Path) -> None:
    store(two, 0.2, 0.7)
    told = re.sub(r"20\d\d-\d\d-\d\d", TODAY, OUT_NO + SUMMIT_NO)
    done = foedus("score", two, resolve(two, told))
    assert done.returncode == 0, done.stderr
    assert "Mean of foedus: Brier 0.265" in done.stdout
    assert "2 resolved, 0 open, 0 void" in done.stdout


def test_the_command_refuses_what_is_not_there(two: Path) -> None:
    done = foedus("score", two, two.with_name("none.yaml"))
    assert done.returncode == 2
    assert f"there are no forecasts of these questions yet; `foedus forecast {two}`" in done.stderr
    assert done.stderr.startswith("foedus: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_command_forecasts_questions_once(two: Path) -> None:
    done = foedus("forecast", two, "--trials", 40)
    assert done.returncode == 0, done.stderr
    assert re.search(r"mixed from [a-z-]+ \(\d+ %\)", done.stdout)
    assert "{" not in done.stdout
    stored = resolutions.load_forecasts(two)
    assert [each["id"] for each in stored["forecasts"]] == ["out", "summit"]
    assert 0.5 < stored["forecasts"][1]["probability"] <= 1.0
    assert stored["inputs"] == questions.inputs(CSTO, "record")
    assert all(len(digest) == 64 for digest in stored["inputs"].values())
    again = foedus("forecast", two, "--trials", 40)
    assert again.returncode == 2
    assert "already" in again.stderr


@pytest.mark.parametrize(
    ("when", "date", "words"),
    [
        ("withdrawal of KAZ", "by: 2035-12", ["two.yaml:4:", "found 2035-12", "within the run"]),
        ("withdrawal of KAZ", "by: 2025-12", ["two.yaml:4:", "found 2025-12", "within the run"]),
        ("withdrawal of MDA", "by: 2028-12", ["two.yaml:3:", "unknown member «MDA»"]),
        ("withdrawal of RUS", "by: 2028-12", ["two.yaml:3:", "the patron RUS"]),
        ("withdrawal of UZB", "by: 2028-12", ["two.yaml:3:", "UZB is out at the start"]),
        ("withdrawal of CHN", "by: 2028-12", ["two.yaml:3:", "unknown member «CHN»"]),
        ("act attend_summit of MDA", "at: 2027-11", ["two.yaml:3:", "unknown member «MDA»"]),
        ("act attend_summit of RUS", "at: 2027-11", ["two.yaml:3:", "the patron RUS"]),
        ("act attend_summit of KAZ", "at: 2037-11", ["two.yaml:4:", "found 2037-11"]),
        ("act attend_summit of KAZ", "at: 2027-06", ["two.yaml:4:", "expected 2027-11"]),
        ("vote condemnation of MDA is abstention", "at: 2027-03", ["two.yaml:3:", "MDA"]),
        ("status of KAZ is out", "by: 2035-12", ["two.yaml:4:", "found 2035-12"]),
        ("status of KAZ is out", "by: 2029-02-30", ["two.yaml:4:", "found the day"]),
        ("status of KAZ is out", "by: 2027/03", ["two.yaml:4:", "did you mean 2027-03?"]),
        ("status of KAZ is out", "by: March 2027", ["two.yaml:4:", "did you mean 2027-03?"]),
        ("members in >= 99", "by: 2028-12", ["two.yaml:3:", "never true"]),
        ("members in >= 1", "by: 2028-12", ["two.yaml:3:", "always true"]),
        ("status of MDA is out", "by: 2028-12", ["two.yaml:3:", "unknown member «MDA»"]),
        ("“cohesion” < 0.5", "by: 2028-12", ["two.yaml:3:", "curly quotes"]),
        ("cohesion < 0,5", "by: 2028-12", ["two.yaml:3:", "decimal comma"]),
        ("status of KAZ is not active", "by: 2028-12", ["two.yaml:3:", "there is no «not»"]),
    ],
)
def test_what_no_run_can_answer_is_refused_in_the_users_own_file(
    tmp_path: Path, when: str, date: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        f"- id: q\n  text: It happens.\n  when: {when}\n  {date}\n"
        "  resolution: They say so.\n  status_quo: no\n",
        encoding="utf-8",
    )
    assert main(["forecast", str(path), "--trials", "2"]) == 2
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert len(lines) == 1, lines
    for word in words:
        assert word in lines[0]
    assert not questions.forecasts_path(path).exists()


@pytest.mark.parametrize("word", ["yes", "no", "void", '"no"', "'yes'"])
def test_answers_need_no_quotes(two: Path, word: str) -> None:
    store(two, 0.2, 0.7)
    text = SUMMIT_NO + f"- {{id: out, outcome: {word}, date: 2028-01-02, source: made up}}\n"
    report = resolutions.score(two, resolve(two, text), LATER)
    found = {each.question.id: each.resolution.outcome for each in report.scored}
    assert found.get("out", "void") == word.strip("'\"")


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2029-02-30", "2029-02 has 28 days"),
        ("2029-13-45", "months 01 to 12"),
        ("2027/03", "expected a day such as"),
        ("March 2027", "expected a day such as"),
        ("2026-11-24", "from 2026-11-25, when the forecasts were issued"),
        ("2030-01-02", "to 2030-01-01, today"),
        ("٢٠٢٩-٠١-٠١", "expected a day such as"),
    ],
)
def test_no_question_is_resolved_at_an_impossible_time(two: Path, date: str, words: str) -> None:
    store(two, 0.2, 0.7)
    told = resolve(two, f"- {{id: out, outcome: yes, date: {date}, source: made up}}\n")
    with pytest.raises(FoedusError) as caught:
        resolutions.score(two, told, LATER)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{told}:1:")
    assert words in line

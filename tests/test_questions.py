"""Questions about the true future: read, forecast, stored, scored with made-up resolutions."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from command import ROOT, foedus
from conftest import CSTO
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
    fields = {"actor": member("KAZ"), "code": ATTEND_SUMMIT + 10}
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
    with pytest.raises(FoedusError, match="a withdrawal needs by"):
        questions.load(path)


@pytest.mark.slow
def test_every_shipped_question_can_be_asked_of_every_scenario() -> None:
    asked = questions.load(SHIPPED)
    for part in questions.mixture(CSTO):
        found = questions._play(CSTO, part.scenario, asked, "record", 4, 1)
        assert set(found) == {each.id for each in asked}


def test_scores_against_numbers_worked_out_by_hand(two: Path) -> None:
    store(two, 0.2, 0.7)
    report = resolutions.score(two, resolve(two, OUT_NO + SUMMIT_NO))
    assert [each.brier for each in report.scored] == pytest.approx([0.04, 0.49])
    assert report.means["foedus"][0] == pytest.approx(0.265)
    assert report.means["even odds"] == pytest.approx((0.25, 1.0))
    assert report.means["status quo"][0] == pytest.approx((0.01 + 0.81) / 2)
    gain = report.gains["status quo"]
    assert gain.mean == pytest.approx(0.41 - 0.265)
    assert gain.low <= gain.mean <= gain.high
    assert report == resolutions.score(two, two.with_name("told.yaml"))


def test_void_and_open_questions_do_not_count(two: Path) -> None:
    store(two, 0.2, 0.7)
    void = SUMMIT_NO.replace('"no"', "void")
    report = resolutions.score(two, resolve(two, OUT_NO + void))
    assert (len(report.scored), report.open, report.void) == (1, (), ("summit",))
    report = resolutions.score(two, resolve(two, OUT_NO))
    assert (len(report.scored), report.open, report.void) == (1, ("summit",), ())
    with pytest.raises(FoedusError, match="no question is resolved"):
        resolutions.score(two, resolve(two, void))


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
        ("  by: 2027-12\n", "", "expected either by or at"),
        ("by: 2027-12", "by: 2027-13", "expected a month"),
        ("attend_summit", "attend_sumit", "nearest: attend_summit"),
        ("act attend_summit of KAZ", "act of KAZ", "expected act ACT of MEMBER"),
        ("act attend_summit of KAZ", "vote condemnation of KAZ is nay", "expected one of"),
        ("id: summit", "id: out", "two questions are called out"),
        ('status_quo: "no"', "status_quo: perhaps", "perhaps"),
        ("resolution: The depositary says so.", "resolution: ''", "is empty"),
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
        (OUT_NO.replace("id: out", "id: outt"), "nearest: out"),
        (OUT_NO + OUT_NO, "resolved twice"),
        (OUT_NO.replace('"no"', "maybe"), "maybe"),
        (OUT_NO.replace("2028-01-02", "soon"), "date"),
        (OUT_NO.replace(", source: made up", ""), "source"),
    ],
)
def test_faulty_resolutions_are_refused(two: Path, text: str, complaint: str) -> None:
    store(two, 0.2, 0.7)
    with pytest.raises(FoedusError, match=complaint):
        resolutions.score(two, resolve(two, text))


def test_the_command_scores_made_up_resolutions(two: Path) -> None:
    store(two, 0.2, 0.7)
    done = foedus("score", two, resolve(two, OUT_NO + SUMMIT_NO))
    assert done.returncode == 0, done.stderr
    assert "Mean of foedus: Brier 0.265" in done.stdout
    assert "2 resolved, 0 open, 0 void" in done.stdout


def test_the_command_refuses_what_is_not_there(two: Path) -> None:
    done = foedus("score", two, two.with_name("none.yaml"))
    assert done.returncode == 2
    assert done.stderr.startswith("foedus: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_command_forecasts_questions_once(two: Path) -> None:
    done = foedus("forecast", two, "--trials", 40)
    assert done.returncode == 0, done.stderr
    stored = resolutions.load_forecasts(two)
    assert [each["id"] for each in stored["forecasts"]] == ["out", "summit"]
    assert 0.5 < stored["forecasts"][1]["probability"] <= 1.0
    assert stored["inputs"] == questions.inputs(CSTO, "record")
    assert all(len(digest) == 64 for digest in stored["inputs"].values())
    again = foedus("forecast", two, "--trials", 40)
    assert again.returncode == 2
    assert "already" in again.stderr

"""Mistakes that analysts make in their first scenario: each is told in a line that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foedus.cli import main

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "name: first\ntitle: A first try\nextends: baseline\n"


def check(folder: Path, body: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path = folder / "first.yaml"
    path.write_text(HEAD + body, encoding="utf-8")
    status = main(["scenario", "check", "--quick", str(path)])
    captured = capsys.readouterr()
    return status, captured.err if status else captured.out


def question(when: str) -> str:
    return f"questions:\n  - {{id: q, text: It happens., when: '{when}', at: 2030-01}}\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("drivers: {war: {2027-06: 0,5}}", ["first.yaml:4:", "a decimal comma", "0.5"]),
        ("drivers: {war: {2027-06: '0,5'}}", ["a decimal comma"]),
        ("drivers: {war: {2027-06: 50%}}", ["a percentage"]),
        ("drivers: {war: {2027/03: 0.5}}", ["did you mean 2027-03?"]),
        ("drivers: {war: {March 2027: 0.5}}", ["did you mean 2027-03?"]),
        ("drivers: {“war”: {2027-06: 0.5}}", ["did you mean «war»?", "curly quotes"]),
        (question("“cohesion” < 0.5"), ["first.yaml:5:", "curly quotes"]),
        (question("cohesion < “0.5”"), ["curly quotes"]),
        (question("status of KAZ is not active"), ["there is no «not»"]),
        (question("status of KAZ != active"), ["there is no «not»"]),
        (question("not cohesion < 0.5"), ["there is no «not»"]),
        (question("cohesion < 0.5 and war > 0.1"), ["without «and» and «or»"]),
        (question("cohesion ≤ 0.5"), ["write <= for ≤"]),
        (question("cohesion = 0.5"), ["write == for ="]),
        (question("cohesion < ٠.٥"), ["other signs than - and 0 to 9: 0.5"]),
        (question("cohesion < 1_000"), ["expected a number"]),
        (question("cohesion < nan"), ["not a finite number"]),
        (
            "questions: [{id: q, text: “Oil falls, war ends”, when: cohesion < 0.5, at: 2030-01}]",
            ["unknown key", "curly quotes"],
        ),
        ("parameters: {no_such: 1}", ["`foedus scenario names` lists names"]),
    ],
)
def test_a_mistake_is_told_with_what_to_write_instead(
    tmp_path: Path, body: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = check(tmp_path, body + "\n", capsys)
    assert status == 2
    for word in words:
        assert word in told
    assert "Traceback" not in told


@pytest.mark.parametrize("dates", ["start: 2028-01", "start: 2029-01\nhorizon: 12"])
def test_an_inherited_question_outside_new_dates_is_blamed_on_the_dates(
    tmp_path: Path, dates: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = check(tmp_path, dates + "\n", capsys)
    assert status == 2
    assert f"{tmp_path / 'first.yaml'}:4:1: questions[armenia-out].by is inherited" in told
    assert "«questions: []»" in told
    assert check(tmp_path, dates + "\nquestions: []\nshocks: []\n", capsys)[0] == 0


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (
            "shocks: [{name: a, date: 2027-03, on: incident.azerbaijan.KAZ, size: 0.5}]",
            "shocks[a].on: azerbaijan never strikes KAZ by itself: its rate there is 0",
        ),
        ("narrative: “What happens.”", "narrative: the curly quotes around it are part"),
        (question("members in >= 99"), "the event comes never true"),
    ],
)
def test_what_is_hardly_meant_is_noted(
    tmp_path: Path, body: str, note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = check(tmp_path, body + "\n", capsys)
    assert status == 0
    assert note in told


def test_names_that_messages_cut_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "names"]) == 0
    listed = capsys.readouterr().out
    for word in ("KAZ  Kazakhstan", "war_drain", "trust_patron[member]", "afghan-raids"):
        assert word in listed
    for kind in ("members:", "parameters:", "quantities:", "conditions:", "addresses:"):
        assert f"\n{kind}\n" in f"\n{listed}"

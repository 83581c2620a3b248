"""Targets: all there, in agreement with the evidence, and refused with file and line if wrong."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from conftest import CSTO
from foedus import evidence
from foedus.errors import FoedusError
from foedus.inference import targets

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = CSTO.path("targets")
EVERY = targets.load()


def test_counts_are_those_of_the_record() -> None:
    counts = Counter(target.kind for target in EVERY)
    assert counts["answers"] == 9
    assert counts["requests"] == 9
    assert counts["votes"] == 17 * 5
    assert counts["member_years"] == 189
    assert set(counts) == set(targets.KINDS)


def test_answers_and_requests_are_those_of_the_evidence() -> None:
    answers = {each.id[3:]: each for each in EVERY if each.kind == "answers"}
    for request in evidence.load().requests:
        target = answers[request.id]
        assert int(target.outcome) == request.answer
        assert target.member == request.requester
        assert str(request.date.first)[:4] == target.date[:4]


def test_votes_are_those_of_the_evidence() -> None:
    words = {"N": "with the patron", "A": "abstention", "X": "abstention"}
    words |= {"Y": "against the patron", "?": "not found"}
    votes = {each.id: each for each in evidence.load().votes}
    for target in targets.select(EVERY, kind="votes"):
        vote = votes[target.evidence[0]]
        assert target.outcome == words[vote.votes[target.member]]
        assert target.date == str(vote.date)[:7]


def test_every_member_year_is_there_once_and_three_left_in_1999() -> None:
    years = targets.select(EVERY, kind="member_years")
    assert len({(each.member, each.date) for each in years}) == len(years)
    left = {(each.member, each.date[:4]) for each in years if each.outcome == "left"}
    assert left == {("AZE", "1999"), ("GEO", "1999"), ("UZB", "1999"), ("UZB", "2012")}


def test_the_split_is_by_date_alone() -> None:
    for target in EVERY:
        assert (target.date >= "2020-01") == (target.split == "test")


def spoilt(tmp_path: Path, kind: str, old: str, new: str) -> Path:
    folder = tmp_path / "targets"
    shutil.copytree(FOLDER, folder)
    path = folder / f"{kind}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("kind", "old", "new", "found"),
    [
        (
            "answers",
            "R1 E010",
            "R1 E0100",
            ["answers.csv:2:1: [TA-R1].evidence", "«E0100»", "did you"],
        ),
        (
            "answers",
            "afghan-raids,3,fit",
            "afghan-raids,3,test",
            ["[TA-R1].split: found «test»", "expected «fit»"],
        ),
        (
            "answers",
            "afghan-raids,3,fit",
            "afghan-raids,7,fit",
            ["[TA-R1].outcome: unknown outcome «7»", "expected one of 0"],
        ),
        ("requests", "1999-08,KGZ", "1999-08,KGX", ["member: found «KGX»", "mean «KGZ»"]),
        ("requests", "1999-08,KGZ", "1999,KGZ", ["date: found text «1999», expected a month"]),
        (
            "votes",
            "confidence",
            "confidense",
            ["votes.csv:1:1", "unknown column «confidense»", "mean «confidence»"],
        ),
        (
            "participation",
            ",0.7,",
            ",1.7,",
            ["outcome: found «1.7», expected a number from 0 to 1"],
        ),
        (
            "answers",
            "TA-R2",
            "TA-R1",
            ["answers.csv:3:1: [TA-R1].id: given twice, first in line 2"],
        ),
    ],
)
def test_a_wrong_row_is_named(
    tmp_path: Path, kind: str, old: str, new: str, found: list[str]
) -> None:
    with pytest.raises(FoedusError) as refusal:
        targets.load(folder=spoilt(tmp_path, kind, old, new))
    for words in found:
        assert words in str(refusal.value)

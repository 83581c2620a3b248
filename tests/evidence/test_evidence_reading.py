"""Is every disorder of the evidence caught as it is read, and is a date as wide as written?"""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CSTO
from foedus.errors import FoedusError
from foedus.evidence import load
from foedus.evidence.dates import parse_span
from foedus.evidence.records import KINDS

FOLDER = CSTO.path("evidence")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "evidence"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Change the first `old` in a file of the copy to `new`."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# Disorder is caught


FAULTS: dict[str, tuple[str, str, str, str]] = {
    "id taken": ("claims.csv", "C002,", "C001,", r"claims.csv, line 3 \(C001\): the id is taken"),
    "id taken elsewhere": ("sources.csv", "HSC,", "A1,", r"\(A1\): the id is taken by anchors"),
    "form of an id": ("claims.csv", "C002,", "X02,", r"\(X02\): «id» is X02"),
    "order": ("claims.csv", "0.15,0.2,0.3", "0.15,0.4,0.3", r"\(C001\).*ascend"),
    "number": ("claims.csv", "0.15,0.2,0.3", "0.15,some,0.3", r"\(C001\): «mode» is some"),
    "not a number": ("claims.csv", "0.15,0.2,0.3", "nan,0.2,0.3", r"«low» is nan"),
    "no number": ("claims.csv", "0.15,0.2,0.3", "0.15,,0.3", r"«mode» is empty"),
    "range": ("claims.csv", "0.15,0.2,0.3", "0.15,0.2,1.3", r"\(C001\): a level lies from 0 to 1"),
    "document": ("claims.csv", "C001,SCHULZ21", "C001,SCHULZ22", r"nearest: SCHULZ21"),
    "scale": ("claims.csv", "level,level", "level,lewel", r"«scale» is lewel; allowed are level"),
    "direction": ("claims.csv", "level,level", "up,level", r"«direction» is up; allowed are \+"),
    "too many cells": ("claims.csv", "C001,", "C001,,", r"\(C001\): has 11 cells"),
    "column": ("claims.csv", "informs", "infoms", r"column «informs» is missing"),
    "unknown column": ("claims.csv", "informs", "infoms", r"column «infoms»; nearest: informs"),
    "date": ("events.csv", "1992-05-15", "1992-15-05", r"\(E001\): «date».*no day"),
    "backward date": ("events.csv", "1992/1999", "1999/1992", r"\(E002\): «date».*before it"),
    "word as date": ("events.csv", "1992/1999", "long ago", r"\(E002\): «date».*is no date"),
    "answer": ("events.csv", "CIS,5,", "CIS,6,", r"\(E002\): «answer» is 6.*from 0 to 5"),
    "confidence": ("events.csv", "JT01,V", "JT01,W", r"\(E002\): «confidence» has W"),
    "no confidence": ("events.csv", "JT01,V", "JT01,", r"\(E002\): «confidence» has no code"),
    "state": ("events.csv", "RUS UZB KAZ", "RUS UZZ KAZ", r"\(E002\): «actors» has UZZ"),
    "source": ("events.csv", "NS95 JT01", "NS95 JT1", r"\(E002\).*cites JT1,.*nearest: .*JT01"),
    "no source": ("events.csv", "NS95 JT01", "", r"\(E002\): names no source"),
    "kind": ("events.csv", "intervention", "inversion", r"\(E002\): «kind» is inversion"),
    "threat": ("events.csv", ",domestic,", ",demotic,", r"\(E002\): «threat» is demotic"),
    "vote": ("votes.csv", ",N,N,A,X,X,", ",N,N,B,X,X,", r"\(V01\): «KAZ» is B; allowed are N, A"),
    "event of a request": ("requests.yaml", "[E010]", "[E910]", r"\(R1\): «events» cites E910"),
    "lag": ("requests.yaml", "[1, 2]", "[2, 1]", r"\(R1\): «lag_months» runs from 2 down to 1"),
    "answer to a request": ("requests.yaml", "answer: 3", "answer: yes", r"«answer» is True"),
    "claim": ("contradictions.yaml", "C023", "E023", r"\(K1\): «claims» cites E023"),
    "share": ("polls.yaml", "0.31", "31", r"\(O1\).*share from 0 to 1, not 31"),
    "covariate": ("covariates.csv", "D-ARM-arms,ARM", "D-ARM-arms,BLR", r"starts with D-BLR-"),
    "half a range": ("covariates.csv", ",0.6,0.9,", ",0.6,,", r"«low» and «high» go together"),
    "strength": ("patterns.yaml", "strength: B", "strength: E", r"\(P01\): «strength» is E"),
    "rate": ("anchors.yaml", "value: 0.745", "value: 74.5", r"\(A1\).*not at 74.5"),
    "no value": ("anchors.yaml", "value: 0.745, ", "", r"\(A1\): wants either"),
    "unknown key": ("anchors.yaml", "value: 0.745", "valeu: 0.745", r"«valeu»; nearest: value"),
    "repeated key": ("polls.yaml", "date: 2018-08", "id: O2", r"\(O2\): key «id» stands twice"),
    "no YAML": ("polls.yaml", "- id: O2", "- id: [O2", r"polls.yaml, line \d+: is not valid YAML"),
    "no list": ("rules_of_the_organisation.yaml", "- {id: G1,", "x: 1\n- {id: G1,", r"not valid"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(copy: Path, fault: str) -> None:
    file, old, new, words = FAULTS[fault]
    replace(copy, file, old, new)
    with pytest.raises(FoedusError, match=words) as caught:
        load(folder=copy)
    assert file in str(caught.value)


def test_all_faults_are_named_at_once(copy: Path) -> None:
    replace(copy, "claims.csv", "0.15,0.2,0.3", "0.15,0.4,0.3")
    replace(copy, "events.csv", "CIS,5,", "CIS,6,")
    replace(copy, "polls.yaml", "0.31", "31")
    with pytest.raises(FoedusError, match="has 3 faults") as caught:
        load(folder=copy)
    assert [line.split(",")[0] for line in str(caught.value).splitlines()[1:]] == [
        "  claims.csv",
        "  events.csv",
        "  polls.yaml",
    ]


def test_an_empty_statement_is_a_fault(copy: Path) -> None:
    statement = next(claim.statement for claim in load().claims if "," not in claim.statement)
    replace(copy, "claims.csv", statement, "")
    with pytest.raises(FoedusError, match="«statement» is empty"):
        load(folder=copy)


@pytest.mark.parametrize("file", [kind.file for kind in KINDS])
def test_a_missing_file_is_named_alone(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(FoedusError, match=rf"has 1 fault\n  {file}: cannot be read"):
        load(folder=copy)


@pytest.mark.parametrize("file", ["votes.csv", "polls.yaml"])
def test_an_empty_file_is_named(copy: Path, file: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    (copy / file).write_text(text.splitlines()[0] if file == "votes.csv" else "[]")
    with pytest.raises(FoedusError, match=rf"{file}: holds no rows"):
        load(folder=copy)


# Dates


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1999", "1999-01-01", "1999-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-22", "2024-02-22", "2024-02-22"),
        ("1992-1999", "1992-01-01", "1999-12-31"),
        ("2005-05/2005-12", "2005-05-01", "2005-12-31"),
        ("2008~", "2008-01-01", "2008-12-31"),
    ],
)
def test_dates_are_as_wide_as_written(text: str, first: str, last: str) -> None:
    span = parse_span(text)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)
    assert span.approximate == text.endswith("~")


@given(st.dates(), st.dates())
def test_a_range_is_refused_just_when_it_runs_backwards(first: date, last: date) -> None:
    text = f"{first}/{last}"
    if first <= last:
        assert parse_span(text).last == last
    else:
        with pytest.raises(ValueError, match="before it starts"):
            parse_span(text)


@pytest.mark.parametrize("text", ["", "99", "1999-13", "2023-02-29", "1999/", "May 1999", "1999-4"])
def test_other_words_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match="is no d"):
        parse_span(text)

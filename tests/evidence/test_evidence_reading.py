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
    "id taken": ("claims.csv", "C002,", "C001,", r":3:1: \[C001\].id: given twice, .* line 2"),
    "id taken elsewhere": ("sources.csv", "HSC,", "A1,", r"\[A1\].id: given twice, .*anchors"),
    "form of an id": ("claims.csv", "C002,", "X02,", r"\[X02\].id: found «X02», expected an id"),
    "order": ("claims.csv", "0.15,0.2,0.3", "0.15,0.4,0.3", r"\[C001\].*ascend"),
    "number": ("claims.csv", "0.15,0.2,0.3", "0.15,some,0.3", r"\[C001\].mode: .*«some»"),
    "decimal comma": ("claims.csv", "0.15,0.2,0.3", '0.15,"0,2",0.3', r"mode: .*decimal comma"),
    "not a number": ("claims.csv", "0.15,0.2,0.3", "nan,0.2,0.3", r"\.low: .*«nan»"),
    "no number": ("claims.csv", "0.15,0.2,0.3", "0.15,,0.3", r"\.mode: found nothing"),
    "range": ("claims.csv", "0.15,0.2,0.3", "0.15,0.2,1.3", r"\[C001\]: a level lies from 0 to 1"),
    "document": ("claims.csv", "C001,SCHULZ21", "C001,SCHULZ22", r"did you mean «SCHULZ21»"),
    "scale": ("claims.csv", "level,level", "level,lewel", r"scale: found «lewel».*one of level"),
    "direction": ("claims.csv", "level,level", "up,level", r"direction: found «up».*one of \+"),
    "too many cells": ("claims.csv", "C001,", "C001,,", r":2:1: found 11 cells, expected 10"),
    "column": ("claims.csv", "informs", "infoms", r":1:1: column «informs» is missing"),
    "unknown column": ("claims.csv", "informs", "infoms", r"column «infoms».*mean «informs»"),
    "date": ("events.csv", "1992-05-15", "1992-15-05", r"\[E001\].date: .*no day"),
    "backward date": ("events.csv", "1992/1999", "1999/1992", r"\[E002\].date: .*before it"),
    "word as date": ("events.csv", "1992/1999", "long ago", r"\[E002\].date: .*is no date"),
    "answer": ("events.csv", "CIS,5,", "CIS,6,", r"\[E002\].answer: .*«6».*from 0 to 5"),
    "confidence": ("events.csv", "JT01,V", "JT01,W", r"\[E002\].confidence.*: found «W»"),
    "no confidence": ("events.csv", "JT01,V", "JT01,", r"\[E002\].confidence.*: found nothing"),
    "state": ("events.csv", "RUS UZB KAZ", "RUS UZZ KAZ", r"\[E002\].actors.*: found «UZZ»"),
    "source": ("events.csv", "NS95 JT01", "NS95 JT1", r"\[E002\].sources: .*«JT1».*mean «JT01»"),
    "no source": ("events.csv", "NS95 JT01", "", r"\[E002\]: names no source"),
    "kind": ("events.csv", "intervention", "inversion", r"kind: found «inversion».*intervention"),
    "threat": ("events.csv", ",domestic,", ",demotic,", r"\[E002\].threat: found «demotic»"),
    "control character": ("events.csv", "intervention", "inter\x1bvention", r"U\+001B \(escape\)"),
    "vote": ("votes.csv", ",N,N,A,X,X,", ",N,N,B,X,X,", r"\[V01\].votes.KAZ: found «B».*one of N"),
    "event of a request": ("requests.yaml", "[E010]", "[E910]", r"\[R1\].events: .*«E910»"),
    "lag": ("requests.yaml", "[1, 2]", "[2, 1]", r"\[R1\].lag_months: .*two ascending numbers"),
    "answer to a request": ("requests.yaml", "answer: 3", "answer: yes", "«yes», which YAML takes"),
    "claim": ("contradictions.yaml", "C023", "E023", r"\[K1\].claims: .*«E023»"),
    "share": ("polls.yaml", "0.31", "31", r"\[O1\].*share from 0 to 1, not 31"),
    "covariate": ("covariates.csv", "D-ARM-arms,ARM", "D-ARM-arms,BLR", r"starts with D-BLR-"),
    "half a range": ("covariates.csv", ",0.6,0.9,", ",0.6,,", r"«low» and «high» go together"),
    "strength": ("patterns.yaml", "strength: B", "strength: E", r"\[P01\].strength: found «E»"),
    "rate": ("anchors.yaml", "value: 0.745", "value: 74.5", r"\[A1\].*not at 74.5"),
    "no value": ("anchors.yaml", "value: 0.745, ", "", r"\[A1\]: wants either"),
    "unknown key": ("anchors.yaml", "value: 0.745", "valeu: 0.745", r"valeu: .*mean «value»"),
    "repeated key": ("polls.yaml", "date: 2018-08", "id: O2", r"id: given twice, first in line"),
    "no YAML": ("polls.yaml", "- id: O2", "- id: [O2", r"polls.yaml:\d+:\d+: not valid YAML"),
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
    with pytest.raises(FoedusError) as caught:
        load(folder=copy)
    places = [line.split(": ")[0].split(":") for line in str(caught.value).splitlines()]
    assert [(Path(file).name, int(line)) for file, line, _ in places] == [
        ("claims.csv", 2),
        ("events.csv", 3),
        ("polls.yaml", 3),
    ]


def test_an_empty_statement_is_a_fault(copy: Path) -> None:
    statement = next(claim.statement for claim in load().claims if "," not in claim.statement)
    replace(copy, "claims.csv", statement, "")
    with pytest.raises(FoedusError, match=r"statement: found nothing, expected text"):
        load(folder=copy)


@pytest.mark.parametrize("file", [kind.file for kind in KINDS])
def test_a_missing_file_is_named_alone(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(FoedusError, match=rf"{file}: cannot be read") as caught:
        load(folder=copy)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("file", ["votes.csv", "polls.yaml"])
def test_an_empty_file_is_named(copy: Path, file: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    (copy / file).write_text(text.splitlines()[0] if file == "votes.csv" else "[]")
    with pytest.raises(FoedusError, match=rf"{file}:1:1: expected (rows below|a list of entries)"):
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

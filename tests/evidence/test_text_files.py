"""One strict reader for everything a person hands in: numbers, dates, words, CSV and YAML."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import FoedusError
from foedus.files import csv_reader, dates, numbers, yaml_reader
from foedus.files.faults import Misread, found

if TYPE_CHECKING:
    from pathlib import Path


def rows(tmp_path: Path, content: bytes | str) -> object:
    path = tmp_path / "points.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return csv_reader.read(path).plain()


def refusal(tmp_path: Path, content: bytes | str) -> str:
    with pytest.raises(FoedusError) as caught:
        rows(tmp_path, content)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{tmp_path / 'points.csv'}:")
    return line


@pytest.mark.parametrize(
    "content",
    [
        "drivers.war,x\n0.5,a\n",
        "\ufeffdrivers.war,x\r\n0.5,a\r\n",
        "drivers.war,x\n0.5,a",
        "drivers.war,x\r\n\r\n0.5,a\r\n,\r\n",
        ' drivers.war ,"x"\n0.5 ,\u00a0a\n',
    ],
    ids=range(5),
)
def test_spreadsheets_may_write_csv_as_they_do(tmp_path: Path, content: str) -> None:
    assert rows(tmp_path, content) == ({"drivers.war": "0.5", "x": "a"},)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", [":1:1: the file is empty"]),
        ("\n\n", [":1:1: the file is empty"]),
        ("a,b\n", [":1:1", "expected rows below"]),
        ("a;b\n1;2\n", [":1:1", "semicolons", "expected commas"]),
        ("a\tb\n1\t2\n", [":1:1", "tabs"]),
        ("a,a\n1,2\n", [":1:1: a: given twice, as columns 1 and 2"]),
        ("a,,b\n1,2,3\n", [":1:1", "column 2 has no name"]),
        ("a,b,\n1,2,\n", [":1:1", "column 3 has no name"]),
        ("a,b\n\n1\n", [":3:1", "found 1 cells, expected 2: a, b"]),
        ("a,b\n0,5,1\n", [":2:1", "found 3 cells", "decimal comma"]),
        ('a,b\n"x\ny",1\n1\n', [":4:1", "found 1 cells"]),
        ('a,b\n"x,1\n', ["not valid CSV"]),
        ("a,b\n\x1b[2J,1\n", [":2:1: a: found U+001B (escape)"]),
        ("a,b\u202e\n1,1\n", [":1:1", "U+202E"]),
        ("a,b\n1,2\n".encode("utf-16"), [":1:1", "UTF-16", "save the file as UTF-8"]),
        (b"a,b\nM\xfcller,2\n", [":2:2", "0xfc", "not UTF-8"]),
    ],
    ids=range(16),
)
def test_what_is_no_such_file_is_refused_in_one_line(
    tmp_path: Path, content: bytes | str, words: list[str]
) -> None:
    line = refusal(tmp_path, content)
    for word in words:
        assert word in line


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0,5", "a decimal comma; decimals take a point: 0.5"),
        ("-1,25", "a decimal comma; decimals take a point: -1.25"),
        ("50%", "a percentage; shares run from 0 to 1: 0.5"),
        ("12,5 %", "a percentage; shares run from 0 to 1: 0.125"),
        ("1 000", "digits in groups"),
        ("1\u00a0000", "digits in groups"),
        ("1'000.5", "digits in groups"),
        ("1,234.5", "digits in groups"),
        ("1.234,5", "digits in groups"),
        ("1_000", "digits in groups"),
        ("٠.٥", "other signs than - and 0 to 9: 0.5"),
        ("１２", "other signs than - and 0 to 9: 12"),
        ("−5", "other signs than - and 0 to 9: -5"),
        ("NaN", "not a finite number"),
        ("inf", "not a finite number"),
        ("-Infinity", "not a finite number"),
        ("0.5\u00a0", "a space that is part of the text; without it: 0.5"),
    ],
)
def test_a_slip_in_a_number_is_named_and_never_taken_for_one(text: str, meant: str) -> None:
    assert numbers.number(text) is None
    assert meant in numbers.slip(text)
    assert meant in found(text)


@given(number=st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9))
def test_whatever_python_writes_is_read_back(number: float) -> None:
    assert numbers.number(repr(number)) == number
    assert numbers.slip(repr(number)) == ""


@given(text=st.text("0123456789.,-+eE_%' \u00a0٠１−naif", max_size=12))
def test_a_number_is_what_yaml_and_python_both_take_for_one(text: str) -> None:
    number = numbers.number(text)
    if number is not None:
        assert math.isinf(number) or number == float(text)
        assert text.isascii()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2027/03", "did you mean 2027-03?"),
        ("2027.3", "did you mean 2027-03?"),
        ("2027-3", "did you mean 2027-03?"),
        ("03/2027", "did you mean 2027-03?"),
        ("March 2027", "did you mean 2027-03?"),
        ("2027 mar", "did you mean 2027-03?"),
        ("2027-13", "months run from 01 to 12"),
        ("2027-00", "expected a month"),
        ("2029-02-30", "found the day"),
        ("2029-13-45", "found the day"),
        ("２０２７-０３", "expected a month"),
        ("2027-03\n", "expected a month"),
        ("", "expected a month"),
    ],
)
def test_a_date_that_is_no_month_says_what_was_meant(text: str, hint: str) -> None:
    with pytest.raises(Misread) as caught:
        dates.month(text)
    assert hint in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@given(day=st.dates())
def test_every_day_of_the_calendar_and_no_other_is_a_day(day: object) -> None:
    text = str(day)
    if "1000" <= text[:4] <= "2999":
        assert dates.day(text) == text
    with pytest.raises(Misread):
        dates.day(f"{text[:8]}32")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {b: 0,5}", "found «0,5», a decimal comma"),
        ("a: [0,1, 0,2, 0,5]", "found «0,1», a decimal comma"),
        ("a: {b: 0,5, c: 1}", "found «0,5», a decimal comma"),
        ("a: no", "found «no», which YAML takes for a truth value"),
        ("a: On", "found «On», which YAML takes for a truth value"),
        ("a: 08", "does not take «08» for what it says"),
        ("a: 1:30", "does not take «1:30»"),
        ("a: .NaN", "expected a finite number"),
        ("a: 1e999", "too large"),
        ("a: 1\na: 2", "given twice, first in line 1"),
        ("a:\u00a01\nb: 2", "non-breaking space"),
        ('a: "x\\x07"', "U+0007 (the bell) as character 2"),
        ('"a\\x1b": 1', "U+001B (escape)"),
        ('q: [{id: one, text: "x\\x07"}]', "q[one].text: found U+0007"),
        ('q: [1, {text: "x\\x07", name: two}]', "q[two].text: found U+0007"),
        ('q: [[1, "\\x07"]]', "q[1][2]: found U+0007"),
    ],
)
def test_yaml_that_says_something_else_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(FoedusError) as caught:
        yaml_reader.parse(text, "f.yaml")
    (line,) = str(caught.value).splitlines()
    assert words in line
    assert line.isprintable()


def test_words_that_a_file_means_as_words_need_no_quotes() -> None:
    words = yaml_reader.YES_OR_NO
    assert yaml_reader.parse("a: yes", "f", words).plain() == {"a": "yes"}
    assert yaml_reader.parse("a: [0,1]", "f").plain() == {"a": (0, 1)}
    with pytest.raises(FoedusError):
        yaml_reader.parse("a: on", "f", words)

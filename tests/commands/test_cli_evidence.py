"""What `foedus evidence` tells of names, records, grades and scenarios."""

import re
from pathlib import Path

import pytest

from foedus import cli


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

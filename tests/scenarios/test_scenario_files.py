"""Scenario and alliance files: what is refused, and in which words.

Every file in `broken/` has one fault, or a few. Its first lines say, for each line of the message,
which words that line must hold.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import TESTS
from foedus.errors import FoedusError
from foedus.files import text_files, yaml_reader
from foedus.scenarios.alliances.checks import load_alliance
from foedus.scenarios.language.quantities import KINDS
from foedus.scenarios.resolve import resolve

BROKEN = sorted((TESTS / "broken").glob("*.yaml"))
HANSE = TESTS / "alliances" / "hanse.yaml"
CALM = TESTS / "alliances" / "hanse-calm.yaml"
STORM = TESTS / "alliances" / "hanse-storm.yaml"
PARAMETERS = {"loss_aversion": (1.0, 5.0)}
EXPECTED = "# expected: "


def refusal(path: Path | str) -> list[str]:
    """The lines of the message with which a scenario is refused."""
    with pytest.raises(FoedusError) as caught:
        resolve(path, parameters=PARAMETERS)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_each_fault_is_one_line_with_its_place_and_the_words_to_mend_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix(EXPECTED) for line in text if line.startswith(EXPECTED)]
    assert expected, "say what is expected in the first lines of the file"
    lines = refusal(path)
    assert len(lines) == len(expected), lines
    for line, words in zip(lines, expected, strict=True):
        assert ".yaml" in line
        for word in words.split(" | "):
            assert word in line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["bad.yaml:1:1: the file is empty"]),
        (b"\xef\xbb\xbf", ["the file is empty"]),
        (b"---\n", ["the file is empty"]),
        (b"name: L\xfcbeck\n", ["bad.yaml:1", "0xfc", "not UTF-8"]),
        ("name: Lübeck\n".encode("utf-16"), ["bad.yaml:1:1", "UTF-16", "save the file as UTF-8"]),
        (b"name: a\x00b\n", ["bad.yaml:1:8", "U+0000"]),
        (b"[" * 500_000, ["bad.yaml:1:22", "nested deeper than 20 levels"]),
        (b"a: " + b"{b: " * 30 + b"1" + b"}" * 30, ["nested deeper than 20 levels"]),
        (b"# " + b"x" * text_files.MAX_BYTES, ["larger than 1,000,000 bytes"]),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_hostile_file_is_refused_in_one_line(
    tmp_path: Path, content: bytes, words: list[str]
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    (line,) = refusal(path)
    assert line.startswith(str(path))
    for word in words:
        assert word in line


def test_an_alias_is_never_expanded(tmp_path: Path) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path = tmp_path / "laughs.yaml"
    path.write_text("a0: &a0 [ha]\n" + "\n".join(levels), encoding="utf-8")
    (line,) = refusal(path)
    assert line.endswith("laughs.yaml:1:5: &a0: anchors are not allowed here")


def test_a_million_faults_are_not_all_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    drivers = ", ".join(f"d{number}: {{1395-06: 1}}" for number in range(40_000))
    path.write_text(
        f"name: many\ntitle: Many\nextends: {CALM}\ndrivers: {{{drivers}}}\n", encoding="utf-8"
    )
    assert len(refusal(path)) == 26


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("basline", ["unknown bundled scenario «basline»", "did you mean «baseline»?"]),
        ("no/such.yaml", ["no file «no/such.yaml»", "baseline"]),
        (str(TESTS / "alliances" / "hanse-strom.yaml"), ["did you mean «hanse-storm»?"]),
        (str(TESTS / "alliances"), ["is a folder, expected a YAML file"]),
        ("/dev/null", ["no ordinary file"]),
        ("a\x00b.yaml", ["a\\x00b.yaml"]),
        ("", ["folder"]),
    ],
)
def test_a_reference_to_nothing_says_what_there_is(reference: str, words: list[str]) -> None:
    (line,) = refusal(reference)
    for word in words:
        assert word in line


@pytest.mark.parametrize("path", [HANSE, STORM], ids=["alliance", "scenario"])
@given(data=st.data())
def test_a_mangled_file_is_refused_but_never_crashes(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 30))
    noise = data.draw(st.text(max_size=8) | st.sampled_from([":", "[", "{", "\n", "- ", "#", "0"]))
    mangled = text[:start] + noise + text[start + length :]
    with contextlib.suppress(FoedusError):
        root = yaml_reader.parse(mangled, "mangled.yaml")
        assert json.dumps(root.plain(), allow_nan=False)


def test_a_scenario_has_at_most_five_parents(tmp_path: Path) -> None:
    previous = str(CALM)
    for generation in range(6):
        path = tmp_path / f"g{generation}.yaml"
        text = f"name: g{generation}\ntitle: One of many\nextends: {previous}\n"
        path.write_text(text, encoding="utf-8")
        previous = path.name
    assert resolve(tmp_path / "g4.yaml", parameters={}).name == "g4"
    (line,) = refusal(path)
    chain = "g5.yaml -> g4.yaml -> g3.yaml -> g2.yaml -> g1.yaml -> g0.yaml -> hanse-calm.yaml"
    assert f"more than 5 parents: {chain}" in line


STRANGE: list[Any] = [
    None,
    True,
    -1,
    1e9,
    "",
    "x",
    "a\nb",
    [],
    {},
    [1, 2, 3],
    {"a": 1},
    [[]],
    {"HAM": {}},
]


def entries(value: Any) -> list[tuple[Any, Any]]:
    """Every mapping or list in a document with each of its keys or indices."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [pair for key in keys for pair in entries(value[key])]


@pytest.mark.parametrize("name", [HANSE.name, STORM.name])
@given(data=st.data())
def test_no_strange_value_crashes_the_checks(name: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        for path in (HANSE, CALM, STORM):
            Path(folder, path.name).write_bytes(path.read_bytes())
        document = json.loads(json.dumps(yaml_reader.read(Path(folder, name)).plain()))
        parent, key = data.draw(st.sampled_from(entries(document)))
        if data.draw(st.booleans()):
            parent[key] = data.draw(st.sampled_from(STRANGE))
        else:
            del parent[key]
        Path(folder, name).write_text(json.dumps(document), encoding="utf-8")
        with contextlib.suppress(FoedusError):
            assert resolve(Path(folder, STORM.name), parameters=PARAMETERS).name


def test_the_slow_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = yaml_reader.read(HANSE)
    monkeypatch.setattr(yaml_reader, "_LOADER", yaml.SafeLoader)
    assert yaml_reader.read(HANSE) == fast


def test_every_value_of_a_file_knows_its_place() -> None:
    root = yaml_reader.parse("a: 1\nlist:\n  - name: storm\n    size:   2.5\n", "f")
    assert root.plain() == {"a": 1, "list": ({"name": "storm", "size": 2.5},)}
    path = ("list", 0, "size")
    assert str(root.find(path).place) == "f:4:13"
    assert str(root.find(path).key_place) == "f:4:5"
    assert root.label(path) == "list[storm].size"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11", "2026-11"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-3", -3),
        ("~", None),
        ("True", True),
        ("NOR", "NOR"),
        ("y", "y"),
        ("'NO'", "NO"),
        ('"2026-11-01"', "2026-11-01"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_plain_values_mean_what_they_seem_to(text: str, value: object) -> None:
    root = yaml_reader.parse(f"key: {text}", "f")
    assert root.plain() == {"key": value}
    assert type(root.find(("key",)).value) is type(value)


ALLIANCE_FAULTS = [
    ("LUB, title", "LUBECK, title", ["patron.code", "three capital letters"]),
    ("{code: VIS, title: Visby}", "{code: HAM, title: Visby}", ["«HAM» is given twice", "line 7"]),
    ("{code: ENG, title", "{code: RIG, title", ["partners[RIG].code", "«RIG» is given twice"]),
    ("name: herring-quarrel", "name: pirates", ["threats[pirates].name", "given twice"]),
    ("between: [HAM, VIS]", "between: [HAM, HAM]", ["expected two members"]),
    ("between: [HAM, VIS]", "between: [HAM, VSI]", ["unknown member «VSI»", "«VIS»"]),
    ("between: [HAM, VIS]", "between: [HAM]", ["threats[herring-quarrel].between"]),
    (", between: [HAM, VIS]", "", ["threats[herring-quarrel]", "expected with kind intra"]),
    ("kind: militants", "kind: intra", ["threats[pirates]", "expected with kind intra"]),
    ("kind: militants", "kind: militant", ["did you mean «militants»?"]),
    ("notice_months: 6", "notice_months: -6", ["charter.notice_months", "at least 0"]),
    ("rule: unanimity", "rule: unanimous", ["charter.decision_rule", "unanimity, majority"]),
    ("act: pay_dues", "act: pay_due", ["did you mean «pay_dues»?"]),
    ("title: Dues, month: 1", "title: Dues, month: 13", ["calendar[1].month", "at most 12"]),
    ("act: send_troops, title: Summer fleet, month: 7, host: VIS",
     "act: send_troops, title: Summer fleet, month: 7, host: LUB", ["unknown member «LUB»"]),
    ("month: 7, host: VIS, focus: pirates}\n  - {act: attend",
     "month: 7, focus: pirates}\n  - {act: attend", ["host_drill asks the host alone"]),
    ("focus: pirates}\n  - {act: host", "focus: pirats}\n  - {act: host", ["«pirates»?"]),
    ("kind: condemnation", "kind: condamnation", ["votes[1].kind", "«condemnation»?"]),
    ("- name: fear\n", "- name: feer\n", ["unknown quantity «feer»", "«fear» is missing"]),
    ("- name: fear\n", "- name: loyalty\n", ["given 2 times", "«fear» is missing"]),
    ("of: [member, threat]", "of: [threat, member]", ["level].of", "expected [member, threat]"]),
    ("of: [patron]", "of: [member]", ["exhaustion].of", "expected [patron]"]),
    ("range: [0, 12]", "range: [0, 1000]", ["rate].range", "inside [0, 100]"]),
    ("range: [0, 12]", "range: [12, 0]", ["rate].range", "low < high"]),
    ("range: [0, 12]", "range: [0, 1]", ["rate].values.HAM.pirates", "expected from 0 to 1"]),
    ("grade: judgement", "grade: A", ["capability].sources", "found no sources"]),
    ("grade: judgement", "grade: D", ["capability].grade", "A, B, C, judgement"]),
    ("note: Made up.\n    values", "values", ["capability].sources", "judgement and a note"]),
    ("values: {HAM: 0.2,", "valeus: {HAM: 0.2,", ["valeus: unknown key", "«values»?"]),
    ("values: {HAM: 0.2,", "values: {HMA: 0.2,", ["values.HMA: unknown member", "«HAM»?"]),
    ("values: {HAM: 0.2, RIG: 0.1, VIS: 0.1}", "note: x", ["note: given twice"]),
    ("values: {HAM: 0.2, RIG: 0.1, VIS: 0.1}", "", ["expected either «values» or «dated_values»"]),
    ("values: {HAM: 0.2, RIG: 0.1, VIS: 0.1}", "values: 0.2", ["expected a mapping by member"]),
    ("values: {HAM: 0.2, RIG: 0.1, VIS: 0.1}", "values: {HAM: 0.2, VIS: 0.1}",
     ["capability", "no values for RIG"]),
    ("values: {HAM: 0.2, RIG: 0.1, VIS: 0.1}", "dated_values: {1390-01: {HAM: 1}}",
     ["dated_values", "constant in time"]),
    ("[0.4, 0.5, 0.6], RIG: [0.3", "[0.6, 0.5, 0.4], RIG: [0.3", ["low <= mode <= high"]),
    ("[0.4, 0.5, 0.6], RIG: [0.3", "[0.4, 0.5, 1.6], RIG: [0.3", ["expected from 0 to 1"]),
    ("1390-01: {HAM: [0.4", "1390-1: {HAM: [0.4", ["trust_bloc].dated_values.1390-1", "a month"]),
    ("1390-01: {HAM: [0.4", "1391-01: {HAM: [0.4", ["trust_bloc: no values for 1390-01"]),
    ("VIS: [.2, .3, .4]}, RIG: {VIS: .5}", "VIS: [.2, .3, .4]}, RIG: {HAM: .5}",
     ["tie].values.RIG.HAM", "each pair once"]),
    ("RIG: {VIS: .5}}", "RIG: {RIG: .5}}", ["tie].values.RIG.RIG", "two members"]),
    ("pay_dues: 0.3", "pay_duse: 0.3", ["unknown act «pay_duse»", "«pay_dues»?"]),
    ("      pay_dues: 13\n", "", ["discrimination", "no values for pay_dues"]),
    ("domestic: .5}", "unrest: .5}", ["unknown crisis «unrest»", "external, militants, domestic"]),
    ("{external: 1, militants: 1, domestic: .5}", "{external: 1, militants: 1}",
     ["test_weight", "no values for domestic"]),
    ("{external: 1, militants: 1, domestic: .5}", "{external: 0, militants: 0, domestic: 0}",
     ["test_weight].values", "found no weight above 0, expected at least one"]),
    ("{external: 1, militants: 1, domestic: .5}", "{external: -1, militants: 1, domestic: 1}",
     ["test_weight].values.external", "found -1, expected from 0 to 1"]),
    ("domestic: .6}", "domestic: 1.6}", ["test_severity].values.domestic", "from 0 to 1"]),
    ("month: 2}", "month: 2, once: often}", ["votes[1].once", "«often», expected true or false"]),
    ("month: 2}", "month: 2, once: 1}", ["votes[1].once", "found 1, expected true or false"]),
    ("month: 2}", "month: 2, onec: true}", ["votes[1].onec: unknown key", "«once»?"]),
    ("calendar:", "reference: {date: 1380-01, cohesion: 0.3}\ncalendar:",
     ["reference.date", "found 1380-01, expected 1390-01 or later"]),
    ("calendar:", "reference: {date: 1380-13, cohesion: 0.3}\ncalendar:", ["reference.date"]),
    ("calendar:", "reference: {date: 1395-01, cohesion: 0}\ncalendar:",
     ["reference.cohesion", "found 0, expected more than 0"]),
    ("calendar:", "reference: {date: 1395-01, cohesion: 1.2}\ncalendar:",
     ["reference.cohesion", "found 1.2, expected at most 1"]),
    ("calendar:", "reference: {date: 1395-01}\ncalendar:",
     ["reference.cohesion: missing, expected: mean cohesion"]),
    ("{HAM: active, RIG: frozen}",
     "{HAM: out, RIG: frozen}\nreference: {date: 1400-01, cohesion: 1}",
     ["reference.date", "expected a month in which somebody is active"]),
    ("1390-01: {HAM: active", "1390-00: {HAM: active", ["initial_status.1390-00", "a month"]),
    ("{HAM: active, RIG: frozen}", "{HAM: active, RIG: cold}", ["out, frozen, active"]),
    ("{HAM: active, RIG: frozen}", "{HAM: active, RGI: frozen}", ["unknown member «RGI»"]),
    ("{HAM: active, RIG: frozen}", "{}", ["initial_status.1400-01", "found nobody"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "words"), ALLIANCE_FAULTS, ids=lambda value: str(value)[:30]
)
def test_a_fault_of_an_alliance_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    text = HANSE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "hanse.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FoedusError) as caught:
        load_alliance(path)
    message = str(caught.value)
    assert all(re.match(rf"{re.escape(str(path))}:\d+:\d+: ", line) for line in message.split("\n"))
    for word in words:
        assert word in message


@pytest.mark.parametrize("name", KINDS)
def test_every_quantity_is_required(tmp_path: Path, name: str) -> None:
    text = HANSE.read_text(encoding="utf-8")
    entry = re.compile(rf"  - name: {name}\n(?:    .*\n)+")
    assert entry.search(text)
    path = tmp_path / "hanse.yaml"
    path.write_text(entry.sub("", text, count=1), encoding="utf-8")
    with pytest.raises(FoedusError, match=f"«{name}» is missing"):
        load_alliance(path)


def test_sources_are_looked_up_if_the_evidence_is_given(tmp_path: Path) -> None:
    path = tmp_path / "sourced.yaml"
    path.write_text(
        f"name: sourced\ntitle: Sourced\nextends: {CALM}\nsources: [E001, E02]\n", encoding="utf-8"
    )
    assert resolve(path, parameters={}, evidence_ids={"E001", "E02"}).scenario.sources
    with pytest.raises(FoedusError, match=r"sourced.yaml:4:17: sources: «E02» is not in the evid"):
        resolve(path, parameters={}, evidence_ids={"E001"})


def test_an_address_or_a_text_may_be_a_source_and_a_word_may_not(tmp_path: Path) -> None:
    path = tmp_path / "sourced.yaml"
    for source, allowed in (
        ("https://example.org/treaty", True),
        ("TASS of 3 September 2027", True),
        ("TASS", False),
        (" E001x ", False),
    ):
        text = f'name: sourced\ntitle: Sourced\nextends: {CALM}\nsources: [E001, "{source}"]\n'
        path.write_text(text, encoding="utf-8")
        if allowed:
            known = resolve(path, parameters={}, evidence_ids={"E001"})
            assert known.scenario.sources == ("E001", source)
            continue
        # A word that is near an id is told the id, any other what else a source may be.
        told = r"evidence; (did you mean «E001»|what it does not hold is an address, or a text)"
        with pytest.raises(FoedusError, match=told):
            resolve(path, parameters={}, evidence_ids={"E001"})

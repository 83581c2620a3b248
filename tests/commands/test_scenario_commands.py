"""`foedus scenario`: what it lists, checks, shows, compares and begins."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from command import foedus
from conftest import scenario_file
from foedus import evidence
from foedus.data import scenarios_folder
from foedus.files import yaml_reader
from foedus.parameters import registry
from foedus.scenarios.describe.json_schema import json_schema
from foedus.scenarios.describe.notes import Note, Notes
from foedus.scenarios.resolve import bundled_scenarios, trace
from foedus.studies.check.unused_keys import idle

RANGES = registry.load().ranges
BAD = "sources: [C103, C1O4]\ndrivers: {war: {2026-11: 7}}\n"


# --- list and check -------------------------------------------------------------------------------


def test_every_bundled_scenario_is_listed_on_one_line() -> None:
    done = foedus("scenario", "list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()[1:]
    assert [line.split()[0] for line in lines] == bundled_scenarios()


def test_check_tells_every_fault_of_every_file_with_its_line_and_ends_with_two() -> None:
    bad, good = scenario_file(BAD, "bad"), scenario_file("sources: [C103]\n", "good")
    done = foedus("scenario", "check", "--quick", bad, good, "no-such")
    assert done.returncode == 2
    assert done.stdout == f"{good}: valid\n"
    assert f"{bad}:4:17: sources: «C1O4»" in done.stderr
    assert "     4 | sources: [C103, C1O4]\n       |                 ^^^^\n" in done.stderr
    assert f"{bad}:5:26: drivers.war.2026-11: found 7" in done.stderr
    assert "unknown bundled scenario «no-such»" in done.stderr
    assert done.stderr.endswith("foedus: 2 of 3 scenarios not valid\n")


def test_notes_fail_a_check_only_if_it_is_strict() -> None:
    path = scenario_file("drivers: {war: {2028-01: 0.5}}\nsources: [C103]\n")
    done = foedus("scenario", "check", "--quick", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{path}:4:17: note: drivers.war.2028-01: 0.5 from the start, not" in done.stdout
    assert foedus("scenario", "check", "--quick", "--strict", path).returncode == 2


SWEPT = "sources: [C103]\nsweep:\n  design: grid\n  factors:\n    {}\n"


@pytest.mark.parametrize(
    ("factor", "told", "status"),
    [
        ("war-intensty: {values: [1.0]}", ":8:5: sweep: unknown factor «war-intensty»", 2),
        (
            "parameters.war_drain: {values: [7, 0.2, 0.3]}",
            ":8:5: note: sweep factor «parameters.war_drain»: points fail: found 7, expected",
            0,
        ),
        ("charter.decision_rule: {values: [majority, lot]}", "points fail: found text «lot»", 0),
        ("war-intensity: {values: [0.5, 1.0]}", ": valid\n", 0),
    ],
)
def test_check_tells_what_would_fail_in_a_sweep(factor: str, told: str, status: int) -> None:
    done = foedus("scenario", "check", "--quick", scenario_file(SWEPT.format(factor)))
    assert done.returncode == status
    assert told in done.stdout + done.stderr
    assert ("note" in done.stdout) == ("points fail" in told)


def notes_of(body: str, parent: str = "baseline") -> list[Note]:
    root, resolved = trace(scenario_file(body, parent=parent), parameters=RANGES)
    return Notes(root, resolved, evidence.load()).all()


def trigger(**keys: Any) -> str:
    entry = {"name": "t", "when": "cohesion < 0.4", "on": "war", "size": 0.1, "sources": ["C103"]}
    return f"sources: [C103]\ntriggers: [{json.dumps(entry | keys)}]\n"


def question(when: str, **keys: Any) -> str:
    entry = {"id": "q", "text": "Q.", "when": when, "by": "2028-01", **keys}
    return f"sources: [C103]\nquestions: [{json.dumps(entry)}]\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (trigger(when="cohesion < 0"), "the trigger comes never true: it stays between 0 and 1"),
        (trigger(when="members active > 7"), "comes never true: it stays between 1 and 7"),
        (trigger(when="cohesion >= 0"), "comes always true"),
        (trigger(until="fear of KAZ > 1"), "its end comes never true"),
        (trigger(when="cohesion == 0.5"), "hardly ever equal"),
        (trigger(for_months=61), "never fires: the run has 60 months"),
        (trigger(for_months=3, **{"from": "2031-10"}), "never fires: the run has 2 months"),
        (trigger(sources=[]), "cites no source"),
        (question("requests by KAZ >= 61"), "the event comes never true"),
        (question("war < 0.2", by="2027-06"), "between 0.3 and 1"),
        (question("cohesion < 0.5", for_months=20), "never so long"),
        (
            "sources: [C103]\ndrivers: {resolve: {2026-11: 1, 2040-01: 0.5}}\n",
            "2040-01 lies after the end of the run, 2031-11",
        ),
        (
            "sources: [C103]\ndrivers: {resolve: {2020-01: 1, 2021-01: 1, 2028-01: 0.5}}\n",
            "2020-01 lies before the start",
        ),
        ("sources: [C103]\ncharter: {2020-01: {notice_months: 3}}\n", "holds from there"),
        ("sources: [C023, C036]\n", "C023 and C036 disagree (K1:"),
        ("sources: [C115]\n", "C115 is disputed (K5:"),
        ("", "the scenario itself cites no sources"),
    ],
)
def test_what_is_hardly_meant_is_noted(body: str, words: str) -> None:
    notes = notes_of(body)
    assert len(notes) == 1, notes
    assert words in notes[0].message


@pytest.mark.parametrize(
    "body",
    [
        "sources: [C023, C036, K1]\n",
        "sources: [C023, C103]\n",
        trigger(when="cohesion < 0.6", for_months=60),
        trigger(when="war > 0.9", until="war < 0.5", repeat=True),
        question("best answer to anyone >= none"),
        "sources: [C103]\ndrivers: {resolve: {2026-11: 1.0, 2031-11: 0.5}}\n",
    ],
)
def test_what_may_be_meant_is_not_noted(body: str) -> None:
    assert notes_of(body) == []


def test_what_a_parent_says_is_not_noted_in_its_child() -> None:
    parent = scenario_file(trigger(when="cohesion < 0"), "parent")
    assert notes_of("sources: [C103]\n", str(parent)) == []


@pytest.mark.parametrize("name", bundled_scenarios())
def test_no_bundled_scenario_has_a_trigger_or_a_date_that_is_hardly_meant(name: str) -> None:
    root, resolved = trace(name, parameters=RANGES)
    notes = Notes(root, resolved, evidence.load()).all()
    assert [note for note in notes if "disputed" not in note.message] == []


def test_what_a_shorter_run_leaves_out_is_told() -> None:
    path = scenario_file("sources: [C103]\nhorizon: 12\n")
    done = foedus("scenario", "check", "--quick", path)
    assert f"{path}:5:1: note: horizon: the run ends in 2027-11, before these" in done.stdout
    assert "inherited questions: armenia-out, " in done.stdout
    path.write_text(f"{path.read_text(encoding='utf-8')}questions: []\n", encoding="utf-8")
    done = foedus("scenario", "check", "--quick", path)
    assert done.stdout == f"{path}: valid\n"


def test_what_makes_no_difference_is_found() -> None:
    path = scenario_file(
        "drivers:\n"
        "  war: {2026-11: 1.0, 2027-12: 1.0, 2029-01: 0.3}\n"
        "  resolve: {2026-11: 0.8}\n"
        "mechanisms: {no_observers: true}\n"
        "parameters:\n"
        "  observer_weight: 0.9\n"
        "  loss_aversion: 1.5\n"
        "quantities: {'trust_bloc[KAZ]': 0.9}\n"
        "charter: {2028-01: {decision_rule: unanimity}}\n"
        "triggers:\n"
        "  - {name: never, when: cohesion > 0.9, on: war, size: 1}\n"
        "  - {name: soon, when: cohesion > 0.01, on: resolve, size: -0.5}\n"
    )
    assert {note.key for note in idle(path)} == {
        "drivers.war",
        "parameters.observer_weight",
        "charter.2028-01",
        "triggers[never]",
    }


def test_a_restated_parent_makes_no_difference() -> None:
    body = "drivers: {war: {2026-11: 1.0, 2027-12: 1.0, 2029-01: 0.3}}\n"
    assert [note.key for note in idle(scenario_file(body))] == ["drivers.war"]


# --- show and diff --------------------------------------------------------------------------------


def test_show_says_from_which_file_and_line_each_value_comes() -> None:
    done = foedus("scenario", "show", "taliban-spillover")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    for name, key in (("baseline", "  war: "), ("taliban-spillover", "  threat.afghan-raids: ")):
        (line,) = (line for line in lines if line.startswith(key))
        source = (scenarios_folder() / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        number = next(n for n, text in enumerate(source, 1) if text.startswith(key))
        assert line.endswith(f"# {name}.yaml:{number}")
    assert any(line.startswith("  notice_months: 6  # csto.yaml:") for line in lines)
    assert "  no_veto: false  # usual" in lines


def test_show_in_words_tells_the_course_of_every_driver() -> None:
    done = foedus("scenario", "show", "--words", "prolonged-ukraine-war")
    assert "war: 1 throughout" in done.stdout.splitlines()
    assert any(line.startswith("Question russia-spent: capacity < 0.3 at") for line in
               done.stdout.splitlines())  # fmt: skip


def test_show_refuses_what_is_no_scenario_in_one_line() -> None:
    done = foedus("scenario", "show", "basline")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_diff_tells_in_words_and_as_a_table_what_is_inherited_too() -> None:
    child = scenario_file(
        "mechanisms: {2028-01: {no_veto: true}}\nparameters: {loss_aversion: 2}\n",
        parent="prolonged-ukraine-war",
    )
    done = foedus("scenario", "diff", "baseline", child)
    assert done.returncode == 0
    said, _, table = done.stdout.partition("\n\n")
    told = (
        "war: 1 to 2027-12, then down to 0.3 by 2029-01, then held to 2031-11; in variant 1",
        "mechanisms.2028-01.no_veto is –; in variant true.",
        "parameters.loss_aversion is as the evidence has it; in variant 2.",
        "questions.russia-spent comes new in variant: capacity < 0.3 at 2031-11.",
    )
    for words in told:
        assert f"- {words}" in said
    assert "drivers.war" in table
    assert "questions.russia-spent" in table


def test_diff_of_a_scenario_with_itself_is_empty() -> None:
    done = foedus("scenario", "diff", "baseline", scenarios_folder() / "baseline.yaml")
    assert done.returncode == 0
    assert "say the same" in done.stdout
    assert len(done.stdout.splitlines()) == 1


# --- schema and new -------------------------------------------------------------------------------


def plain(path: Path) -> Any:
    """A file as JSON has it."""
    return json.loads(json.dumps(yaml_reader.read(path).plain()))


def valid(content: Any) -> bool:
    schema = json_schema(RANGES)
    return bool(jsonschema.Draft202012Validator(schema).is_valid(content))


def test_the_schema_is_one_and_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    done = foedus("scenario", "schema", "--out", "s.json", cwd=tmp_path)
    assert done.returncode == 0
    schema = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert foedus("scenario", "schema").stdout == (tmp_path / "s.json").read_text(encoding="utf-8")
    assert foedus("scenario", "schema", "--out", tmp_path).returncode == 2


@pytest.mark.parametrize("name", [*bundled_scenarios(), "starter/scenario"])
def test_every_bundled_scenario_fits_the_schema(name: str) -> None:
    content = plain(scenarios_folder() / f"{name}.yaml")
    if name.startswith("starter"):
        content["name"] = "starter"
    schema = json_schema(RANGES)
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(content))
    assert errors == []


@pytest.mark.parametrize(
    "change",
    [
        {"driver": {}},
        {"horizon": "long"},
        {"horizon": 601},
        {"start": "2026"},
        {"drivers": {"wra": {"2026-11": 1}}},
        {"drivers": {"war": {"2026": 1}}},
        {"parameters": {"war_drian": 0.5}},
        {"parameters": {"war_drain": [1, 2]}},
        {"quantities": {"trust[ARM]": 0.5}},
        {"charter": {"2028-01": {"decision_rule": "dice"}}},
        {"charter": {"2028": {"decision_rule": "majority"}}},
        {"mechanisms": {"2028-01": {"no_vetos": True}}},
        {"triggers": [{"name": "t", "when": "cohesion < 0.5"}]},
        {"questions": [{"id": "q", "text": "Q."}]},
        {"levers": [{"name": "l", "text": "L."}]},
        {"extends": None, "alliance": None},
    ],
)
def test_the_schema_refuses_what_the_check_refuses(change: dict[str, Any]) -> None:
    content = {"name": "a", "title": "A", "alliance": "csto", "start": "2026-11", "horizon": 12}
    assert valid(content)
    assert not valid(content | change)


def test_a_child_needs_no_horizon_and_an_orphan_does() -> None:
    assert valid({"name": "a", "title": "A", "extends": "baseline"})
    assert not valid({"name": "a", "title": "A"})


def test_a_new_scenario_passes_the_strict_check_and_is_never_overwritten(tmp_path: Path) -> None:
    title = "It's: a treaty, [signed]"
    done = foedus("scenario", "new", "border-treaty", "--title", title, cwd=tmp_path)
    assert done.returncode == 0
    path = tmp_path / "border-treaty.yaml"
    written = path.read_text(encoding="utf-8")
    assert yaml_reader.read(path).text("title") == title
    assert written.startswith("# yaml-language-server: $schema=")
    checked = foedus("scenario", "check", "--strict", "--quick", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    again = foedus("scenario", "new", "border-treaty", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["Border Treaty"], "small letters"),
        (["../up"], "small letters"),
        (["baseline"], "bundled scenario"),
        (["x", "--extends", "basline"], "did you mean «baseline»"),
        ([], "NAME"),
    ],
)
def test_a_new_scenario_needs_a_name_and_a_parent(
    tmp_path: Path, arguments: list[str], word: str
) -> None:
    done = foedus("scenario", "new", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert word in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_everything_that_the_starter_comments_out_is_valid_too(tmp_path: Path) -> None:
    assert foedus("scenario", "new", "everything", cwd=tmp_path).returncode == 0
    path = tmp_path / "everything.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    sections = ["shocks", "triggers", "charter", "mechanisms", "parameters", "quantities", "levers"]
    keys = tuple(f"# {section}:" for section in sections)
    kept, inside = [], False
    for line in lines:
        inside = line.startswith(keys) or (inside and line.startswith("#   "))
        kept.append(line[2:] if inside else line)
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    root, resolved = trace(path, parameters=RANGES, evidence_ids=evidence.load().ids)
    assert set(sections) <= set(root.mapping())
    assert resolved.triggers
    assert resolved.changes

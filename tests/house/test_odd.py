"""Does the description of the model name what the model holds, with the registry's numbers?"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import get_type_hints

import pytest

from command import ROOT
from foedus.dictionary import agenda, state
from foedus.dictionary.parameters import Registered
from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    DECISION_RULE_NAMES,
    MECHANISM_NAMES,
    SHOCK_NAMES,
    THREAT_KIND_NAMES,
    Purpose,
)
from foedus.evidence import load as load_evidence
from foedus.parameters.registry import Parameter
from foedus.parameters.registry import load as load_registry
from foedus.parameters.triple import Triple

MODEL = ROOT / "model"
RULES = sorted(
    path for room in ("dictionary", "rules") for path in (MODEL / "foedus" / room).rglob("*.py")
)
ENTITIES = (
    state.Member,
    state.Threat,
    state.Partner,
    state.Patron,
    agenda.CalendarEntry,
    agenda.RollCall,
    agenda.Driver,
    agenda.Shock,
    agenda.Change,
    agenda.Trigger,
    agenda.Event,
)

ID = re.compile(
    r"""(?<![\w-])(?:
        C\d{3} | E\d{3} | [PV]\d{2} | [AGK]\d{1,2} | [RNO]\d{1,2}  # claims, events, the record
      | D-[A-Z]{3}-[a-z]+(?:-[a-z]+)* | T-[a-z]+\d*                # covariates, theory
      | [A-Z]{3}\d{2}[a-z]?                                        # sources
    )(?!\w)""",
    re.VERBOSE,
)
ROW = re.compile(r"`([a-z_]+)` \| (\[[^]]*\]) \| (A|B|C|judgement) \| (\[[^]]*\])?")
PURPOSE_ROW = re.compile(r"^\| `([A-Z_]+)` \| (\d+) \|", re.MULTILINE)


@lru_cache(maxsize=1)
def odd() -> str:
    return (MODEL / "ODD.md").read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def section(number: int) -> str:
    found = re.search(rf"^## {number} .*?(?=^## |\Z)", odd(), re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {number}"
    return found[0]


@lru_cache(maxsize=1)
def rows() -> dict[str, tuple[str, str, str]]:
    """Rows of the table of parameters: record triple, grade and corpus triple in text."""
    found = ROW.findall(section(9))
    assert len(found) == len({name for name, *_ in found}), "a parameter has two rows"
    return {name: (record, grade, corpus) for name, record, grade, corpus in found}


def written(triple: Triple) -> str:
    return f"[{', '.join(f'{value:g}' for value in triple)}]"


def test_every_purpose_has_its_number_and_no_other_is_listed() -> None:
    listed = [(name, int(number)) for name, number in PURPOSE_ROW.findall(section(5))]
    assert listed == [(purpose.name, purpose.value) for purpose in Purpose]


def test_the_table_of_parameters_is_complete() -> None:
    assert set(rows()) == set(get_type_hints(Registered))
    assert set(rows()) == {parameter.name for parameter in load_registry().parameters}


@pytest.mark.parametrize("parameter", load_registry().parameters, ids=lambda each: str(each.name))
def test_a_row_of_the_table_is_that_of_the_registry(parameter: Parameter) -> None:
    corpus = written(parameter.corpus) if parameter.record else ""
    expected = (written(parameter.triple("record")), parameter.grade, corpus)
    assert rows()[parameter.name] == expected


def test_the_parameters_are_counted() -> None:
    parameters = load_registry().parameters
    grades = Counter(parameter.grade for parameter in parameters)
    own = sum(parameter.record is not None for parameter in parameters)
    sentence = (
        f"There are {len(parameters)} parameters: {grades['A']} of grade A, {grades['B']} of grade"
        f" B, {grades['C']} of grade C and {grades['judgement']} of judgement; {own} have a triple"
        " of their own under `record`."
    )
    assert sentence in " ".join(section(9).split())


@pytest.mark.parametrize("name", sorted(get_type_hints(Registered)))
def test_every_parameter_stands_in_a_submodel(name: str) -> None:
    submodels = section(8) + section(6) + section(12)
    assert re.search(rf"(?<!\w){name}(?!\w)", submodels), f"no equation names {name}"


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.stem))
def test_every_module_of_rules_is_named(path: Path) -> None:
    name = path.stem
    if name == "__init__":
        return
    assert f"`{name}`" in odd() or f"`rules/{name}.py`" in odd()


@pytest.mark.parametrize("name", MECHANISM_NAMES)
def test_every_rival_is_explained(name: str) -> None:
    assert f"\n| `{name}` |" in section(12)


def test_the_acts_of_the_ladder_stand_in_their_order() -> None:
    places = [odd().index(f"`{name}`") for name in ACT_NAMES]
    assert places == sorted(places)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: str(entity.__name__))
def test_every_state_variable_is_listed(entity: type) -> None:
    missing = [name for name in get_type_hints(entity) if f"`{name}`" not in section(2)]
    assert missing == []


@pytest.mark.parametrize("words", [THREAT_KIND_NAMES, DECISION_RULE_NAMES, SHOCK_NAMES])
def test_words_of_the_scenario_files_are_used(words: tuple[str, ...]) -> None:
    text = odd().lower()
    assert [word for word in words if word.replace("_", " ") not in text.replace("_", " ")] == []


def test_patterns_have_the_use_that_their_file_gives() -> None:
    evidence = load_evidence()
    for use in ("fit", "hold-out", "check"):
        row = re.search(rf"^\| {use} \([^|]*\| ([^|]*)\|", section(1), re.MULTILINE)
        assert row
        expected = [each.id for each in evidence.patterns if each.use == use]
        assert row[1].strip().split(", ") == expected


def test_ids_in_the_description_exist() -> None:
    cited = set(ID.findall(odd()))
    assert len(cited) > 100
    assert sorted(cited - load_evidence().ids) == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.stem))
def test_ids_in_the_rules_exist(path: Path) -> None:
    cited = set(ID.findall(path.read_text(encoding="utf-8")))
    assert sorted(cited - load_evidence().ids) == []


@pytest.mark.parametrize(
    "text", ["C012", "(E070,", "T-snyder1984", "D-KAZ-un-distance", "AZT15", "K3.", "E074-E090"]
)
def test_ids_are_recognised(text: str) -> None:
    assert ID.search(text)


@pytest.mark.parametrize("text", ["2x64", "ODD+D", "TC012", "C12", "H200"])
def test_other_words_are_not_taken_for_ids(text: str) -> None:
    assert not ID.search(text)

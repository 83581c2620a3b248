"""Files are read and checked once for each content, and no caller can spoil what another gets."""

from __future__ import annotations

import ast
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import HANSE, setup_of
from foedus.data import scenarios_folder
from foedus.errors import FoedusError
from foedus.files import yaml_reader
from foedus.files.memo import own_copies
from foedus.scenarios.alliances.checks import load_alliance
from foedus.scenarios.resolve import lineage, parent_of

ALLIANCE = scenarios_folder() / "alliances" / "csto.yaml"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


def spoil(value: Any) -> None:
    """Empty every list and mapping that can be reached."""
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            spoil(inner)
    value.clear()


@given(st.lists(values, min_size=1) | st.dictionaries(st.text(max_size=5), values, min_size=1))
def test_what_one_caller_does_to_a_result_no_other_caller_sees(result: Any) -> None:
    written = repr(result)
    calls = []

    @own_copies(size=2)
    def read(name: str) -> Any:
        calls.append(name)
        return ast.literal_eval(written)

    for _ in range(3):
        got = read("a")
        assert repr(got) == written
        spoil(got)
    assert calls == ["a"]


def test_the_result_that_nobody_asked_for_longest_is_forgotten_first() -> None:
    calls = []

    @own_copies(size=2)
    def read(name: str) -> str:
        calls.append(name)
        return name.upper()

    assert [read(name) for name in "abacab"] == list("ABACAB")
    assert calls == ["a", "b", "c", "b"]


def test_an_error_is_not_remembered() -> None:
    answers = iter([ValueError("not yet"), "here"])

    @own_copies(size=2)
    def read(_: str) -> object:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    with pytest.raises(ValueError, match="not yet"):
        read("a")
    assert read("a") == "here"


def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts, from now on, how often each file is parsed."""
    counts: Counter[str] = Counter()
    parse = yaml_reader.parse

    def counted(text: str, file: str, *rest: Any) -> yaml_reader.Node:
        counts[Path(file).name] += 1
        return parse(text, file, *rest)

    monkeypatch.setattr(yaml_reader, "parse", counted)
    return counts


def copied(tmp_path: Path) -> Path:
    """A scenario, its parent and their alliance where nobody has read them yet."""
    (tmp_path / "hanse.yaml").write_bytes((HANSE.parent / "hanse.yaml").read_bytes())
    for path in HANSE.parent.glob("hanse-*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path / HANSE.name


def test_a_scenario_and_its_parent_are_parsed_once_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = copied(tmp_path)
    counts = parsed(monkeypatch)
    for _ in range(2):
        setup_of(scenario)
        parent = parent_of(scenario)
        assert parent is not None
        setup_of(parent)
    assert set(counts.values()) == {1}
    documents = {Path(node.place.file).name for node in lineage(scenario)}
    assert set(counts) == {"hanse.yaml", *documents}


def test_threads_that_read_at_once_get_the_same(tmp_path: Path) -> None:
    scenario = copied(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(lambda _: setup_of(scenario).scenario.digest(), range(16)))
    assert len(set(digests)) == 1


def test_a_spoilt_alliance_spoils_no_other() -> None:
    whole = load_alliance(ALLIANCE)
    taken = load_alliance(ALLIANCE)
    taken.quantities["test_weight"].tables[""].clear()
    taken.quantities.clear()
    for by_date in taken.file.initial_status.by_date.values():
        by_date.clear()
    taken.names.clear()
    again = load_alliance(ALLIANCE)
    assert again == whole
    assert again.quantities["test_weight"].tables[""]
    assert again.status_at("2026-11") == whole.status_at("2026-11") != {}


def test_a_spoilt_document_spoils_no_other() -> None:
    path = scenarios_folder() / "baseline.yaml"
    whole = yaml_reader.read(path).plain()
    taken = yaml_reader.read(path)
    spoil(taken.mapping())
    assert yaml_reader.read(path).plain() == whole != {}


def test_an_edited_file_is_read_anew_whatever_its_date_and_size_say(tmp_path: Path) -> None:
    scenario = copied(tmp_path)
    alliance = tmp_path / "hanse.yaml"
    assert load_alliance(alliance).title == setup_of(scenario).scenario.alliance.title
    for path, title in (
        (scenario, setup_of(scenario).scenario.title),
        (alliance, load_alliance(alliance).title),
    ):
        before = path.stat()
        text = path.read_text(encoding="utf-8")
        assert text.count(f"title: {title}\n") == 1
        path.write_text(text.replace(title, title.swapcase()), encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        setup = setup_of(scenario).scenario
        assert title.swapcase() in {setup.title, setup.alliance.title}


def test_a_mended_file_is_accepted_and_a_broken_one_refused_at_once(tmp_path: Path) -> None:
    scenario = copied(tmp_path)
    alliance = tmp_path / "hanse.yaml"
    sound = alliance.read_text(encoding="utf-8")
    for _ in range(2):
        setup_of(scenario)
        alliance.write_text(f"{sound}\nnonsense: 1\n", encoding="utf-8")
        with pytest.raises(FoedusError, match="nonsense"):
            setup_of(scenario)
        alliance.write_text(sound, encoding="utf-8")

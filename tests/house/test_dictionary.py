"""Each fact of the model stands in one table: is every row of it read, documented and in words?

The documents are written by hand and name every row, so that a row that goes missing, or comes
without a word in them, fails here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from command import ROOT
from foedus.dictionary import agenda
from foedus.dictionary.events import DETAILS
from foedus.dictionary.observables import Observable
from foedus.dictionary.phrases import PHRASES, READINGS, label, phrase_of
from foedus.dictionary.recording import FOLLOWED, OUTCOMES
from foedus.dictionary.vocabulary import Answer, EventKind, Provision
from foedus.simulation.memory_layout import EVENT_TYPE, Room, world_type
from foedus.studies.explain.kinds import KINDS
from foedus.telling.difference import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable

CODE: Final = re.compile(r"`([^`]+)`")


def section(path: str, heading: str) -> str:
    """The text below a heading, up to the next."""
    text = (ROOT / path).read_text(encoding="utf-8")
    start = text.index(f"{heading}\n") + len(heading)
    following = re.search(r"^#+ ", text[start:], re.MULTILINE)
    return text[start : start + following.start()] if following else text[start:]


def listed(heading: str) -> list[str]:
    """Names in the first column of the tables of a section of the file about runs."""
    rows = re.findall(r"^\| (`[^|]*) \|", section("runs/README.md", heading), re.MULTILINE)
    return [name for row in rows for name in CODE.findall(row)]


def lower(kinds: Iterable[EventKind | Answer | Provision]) -> list[str]:
    return [kind.name.lower() for kind in kinds]


TABLES: Final = {
    "### Outcomes of a trial": [row.name for row in OUTCOMES],
    "### Levels by month": [row.name for row in FOLLOWED],
    "### Events": lower(EventKind),
    "### Details of events": [row.name for row in DETAILS],
    "### Answers": lower(Answer),
    "### Rules and mechanisms": lower(Provision),
}
ROWS: Final = [(heading, row) for heading, rows in TABLES.items() for row in range(len(rows))]


def agree(heading: str, rows: list[str]) -> bool:
    """Whether a table has just the rows that the file about runs names."""
    return sorted(listed(heading)) == sorted(rows)


@pytest.mark.parametrize("heading", TABLES)
def test_the_document_names_every_row_and_no_other(heading: str) -> None:
    assert sorted(listed(heading)) == sorted(TABLES[heading])


@pytest.mark.parametrize(("heading", "row"), ROWS)
def test_a_row_that_goes_missing_is_missed(heading: str, row: int) -> None:
    rows = TABLES[heading]
    assert not agree(heading, rows[:row] + rows[row + 1 :])


def test_conditions_are_documented_in_the_words_of_their_table() -> None:
    text = section("scenarios/README.md", "## Conditions")
    spoken = " ".join(CODE.findall(text))
    for observable in Observable:
        head = re.split(r" [A-Z]", observable.words)[0]
        assert re.search(rf"\b{re.escape(head)}\b", spoken), observable.words
    assert len(Observable) == 47, "append, never renumber; and say so in scenarios/README.md"


@pytest.mark.parametrize("observable", Observable)
def test_an_observable_is_read_where_its_name_says(observable: Observable) -> None:
    if observable.start is None or "members" not in observable.words:
        assert observable.name.lower() in observable.reads or observable is Observable.REQUESTS
    assert observable.compared


@pytest.mark.parametrize("row", [*OUTCOMES, *FOLLOWED], ids=lambda row: row.name)
def test_what_is_written_down_is_read_where_its_name_says(row: object) -> None:
    name, reads = row.name, row.reads  # type: ignore[attr-defined]
    field = reads.rpartition(".")[2]
    base = re.sub(r"_(start|end)$", "", name)
    assert field in {base, f"first_{base}", f"overall_{base}"}
    described = world_type(Room())
    holder = described["members"].base if reads.startswith("me.") else described
    if reads.startswith("w.patron."):
        holder = described["patron"]
    assert field in (holder.names or ())


def test_details_are_the_fields_of_an_event_that_not_all_kinds_have() -> None:
    common = {"kind", "actor", "other", "threat", "value", "chance"}
    assert set(EVENT_TYPE.names or ()) == common | {row.name for row in DETAILS}
    assert set(agenda.Event.__annotations__) == set(EVENT_TYPE.names or ())


@pytest.mark.parametrize("provision", Provision)
def test_a_provision_is_a_field_of_the_world(provision: Provision) -> None:
    assert provision.name.lower() in (world_type(Room()).names or ())
    assert provision.title


def test_every_kind_of_event_and_every_outcome_has_its_words() -> None:
    assert set(READINGS) == set(EventKind)
    told = set()
    for kind, reading in READINGS.items():
        details = {row.name for row in DETAILS if kind in row.kinds}
        assert not reading.detail or reading.detail in details, kind
        for code in reading.codes:
            assert phrase_of(reading.kind, code).now, (kind, code)
            told.add((reading.kind, code))
        own = next((row.words for row in DETAILS if row.name == reading.detail), None)
        assert own is None or len(own) == len(reading.codes)
    for decision in KINDS.values():
        codes = {code for code in (decision.yes, decision.without) if code is not None}
        if decision.yes is None:
            codes |= {code for event in decision.events for code in READINGS[event].codes}
        for name in codes:
            phrase = phrase_of(decision.name, name)
            assert phrase.done, (decision.name, name)
            assert phrase.would, (decision.name, name)
            told.add((decision.name, name))
    spoken = {(kind, code) for kind, codes in PHRASES.items() for code in codes}
    assert spoken == told - {("exit", "let_it_pass")}, "no phrase that nobody says"


def test_titles_of_measures_come_from_the_tables() -> None:
    for row in FOLLOWED:
        assert TITLES[row.name] == row.title
    for outcome in OUTCOMES:
        if outcome.title:
            assert TITLES[outcome.name.removesuffix("_end")] == outcome.title
    assert label("stayed_out") == "stayed out"

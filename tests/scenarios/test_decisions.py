"""Decisions, and numbers that change at a date: what is read, refused, noted and written again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TESTS, scenario_file, setup_of
from foedus import evidence
from foedus.data import scenarios_folder
from foedus.dictionary.alterable import ALTERABLE
from foedus.dictionary.vocabulary import (
    ANSWER_NAMES,
    BLOC,
    CHANNEL_NAMES,
    FORCED_NAMES,
    NOT_YET,
    EventKind,
    Forced,
)
from foedus.errors import FoedusError
from foedus.scenarios import acts
from foedus.scenarios.describe.courses import decision_words, story
from foedus.scenarios.describe.differences import differences
from foedus.scenarios.describe.json_schema import json_schema
from foedus.scenarios.describe.notes import Notes
from foedus.scenarios.describe.shown import Shown
from foedus.scenarios.language.months import after as month_after
from foedus.scenarios.language.quantities import KINDS
from foedus.scenarios.resolve import resolve, trace
from foedus.simulation.ensemble import run_ensemble
from foedus.studies.check.unused_keys import idle

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario

CALM = TESTS / "alliances" / "hanse-calm.yaml"
MEMBERS, PATRON, PARTNER = ("HAM", "RIG", "VIS"), "LUB", "ENG"
DATE = "1396-03"
WITH_TOWARD = {"terms": PATRON, "pressure": PATRON, "pact": PARTNER, "arms": PARTNER}
OF_MEMBERS = tuple(does for does in FORCED_NAMES if does not in WITH_TOWARD)
SIZED = ("request", "government", "terms", "pressure", "arms")


def plain(does: str, /, **changes: Any) -> dict[str, Any]:
    """A decision of a kind without a fault, but for some changes; None leaves a key out."""
    entry: dict[str, Any] = {"name": "act", "date": DATE, "actor": "RIG", "does": does}
    if does in WITH_TOWARD:
        entry |= {"actor": WITH_TOWARD[does], "toward": "RIG"}
    if does == "request":
        entry["threat"] = "pirates"
    if does == "government":
        entry["size"] = -1.0
    return {key: value for key, value in (entry | changes).items() if value is not None}


def written(folder: Path, name: str = "tried", parent: str = str(CALM), **sections: Any) -> Path:
    """A file that extends another."""
    path = folder / f"{name}.yaml"
    content = {"name": name, "title": "T", "extends": parent, **sections}
    # JSON is YAML, and keeps every text in quotes.
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def load(path: Path) -> ResolvedScenario:
    return resolve(path, parameters={})


def refusal(path: Path) -> str:
    with pytest.raises(FoedusError) as caught:
        load(path)
    (line,) = str(caught.value).splitlines()
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: ", line)
    return line.partition(": ")[2]


@pytest.mark.parametrize("does", FORCED_NAMES)
def test_every_act_is_read_into_indices(does: str, tmp_path: Path) -> None:
    (decision,) = load(written(tmp_path, decisions=[plain(does)])).decisions
    assert (decision.month, Forced(decision.kind).name.lower()) == (9, does)
    assert decision.member == MEMBERS.index("RIG")
    assert decision.partner == (0 if WITH_TOWARD.get(does) == PARTNER else NOT_YET)
    if does not in WITH_TOWARD:
        assert decision.actor == decision.member
    elif WITH_TOWARD[does] == PATRON:
        assert decision.actor == len(MEMBERS)
    asked = (decision.threat, decision.channel, decision.answer)
    assert asked == ((0, BLOC, NOT_YET) if does == "request" else (NOT_YET,) * 3)
    usual = {"request": 0.7, "government": -1.0, "terms": 1.0, "pressure": 1.0, "arms": 1.0}
    assert decision.size == usual.get(does, 0.0)


@pytest.mark.parametrize("answer", ANSWER_NAMES)
@pytest.mark.parametrize("channel", ["bloc", "bilateral"])
def test_a_request_may_say_whom_and_what_is_answered(
    answer: str, channel: str, tmp_path: Path
) -> None:
    entry = plain("request", channel=channel, answer=answer, size=0.4)
    (decision,) = load(written(tmp_path, decisions=[entry])).decisions
    assert decision[6:] == (CHANNEL_NAMES.index(channel), ANSWER_NAMES.index(answer), 0.4)


EVERY_FAULT = [
    *((does, {"does": does[:-1]}, "does", [f"«{does[:-1]}»", f"did you mean «{does}»?"])
      for does in FORCED_NAMES),
    *((does, {"actor": "RGI"}, "actor", ["unknown member «RGI»", "HAM, RIG, VIS", "«RIG»?"])
      for does in OF_MEMBERS),
    *((does, {"actor": PATRON}, "actor", ["the patron LUB", "another member: HAM, RIG, VIS"])
      for does in OF_MEMBERS),
    *((does, {"actor": PARTNER}, "actor", ["ENG, a partner", f"«{does}» is done by a member: HAM"])
      for does in OF_MEMBERS),
    *((does, {"toward": "HAM"}, "toward", ["acts of the patron or a partner", f"«{does}»"])
      for does in OF_MEMBERS),
    *((does, {"toward": None}, "", [f"missing «toward», which «{does}» needs"])
      for does in WITH_TOWARD),
    *((does, {"toward": "VSI"}, "toward", ["unknown member «VSI»", "did you mean «VIS»?"])
      for does in WITH_TOWARD),
    *((does, {"toward": PATRON}, "toward", ["the patron LUB", "another member"])
      for does in WITH_TOWARD),
    *((does, {"actor": "HAM"}, "actor", ["found HAM", "expected the patron, LUB"])
      for does in ("terms", "pressure")),
    *((does, {"actor": "LBU"}, "actor", ["found LBU", "did you mean «LUB»?"])
      for does in ("terms", "pressure")),
    *((does, {"actor": "HAM"}, "actor", ["a member", "done by a partner: ENG", "under «toward»"])
      for does in ("pact", "arms")),
    *((does, {"actor": PATRON}, "actor", ["the patron", "done by a partner: ENG"])
      for does in ("pact", "arms")),
    *((does, {"actor": "EGN"}, "actor", ["unknown partner «EGN»", "did you mean «ENG»?"])
      for does in ("pact", "arms")),
    *((does, {"actor": "Riga"}, "actor", ["«Riga»", "three capital letters"])
      for does in FORCED_NAMES),
    *((does, {"actor": None}, "actor", ["missing, expected: who does it"])
      for does in FORCED_NAMES),
    *((does, {"date": date}, "date", [f"found {date}, expected from 1395-07 to 1400-06"])
      for does in FORCED_NAMES for date in ("1395-06", "1400-07", "1300-01")),
    *((does, {"date": "1396-13"}, "date", ["1396-13", "month"]) for does in FORCED_NAMES),
    *((does, {"half_life": 3}, "half_life", ["unknown key", "threat"]) for does in FORCED_NAMES),
    *((does, {key: value}, key, [f"with «request» only, not with «{does}»"])
      for does in FORCED_NAMES if does != "request"
      for key, value in (("threat", "pirates"), ("channel", "bloc"), ("answer", "troops"))),
    *((does, {"size": 0.5}, "size", [f"expected none: «{does}» has no size"])
      for does in FORCED_NAMES if does not in SIZED),
    *((does, {"size": 9}, "size", ["found 9, expected from", "to"]) for does in SIZED),
    *((does, {"size": -9}, "size", ["found -9, expected from"]) for does in SIZED),
    *((does, {"size": "much"}, "size", ["«much»", "a number"]) for does in SIZED),
    ("government", {"size": None}, "", ["missing «size», which «government» needs: from -5 to 5"]),
    ("request", {"size": 0}, "size", ["who is not struck does not ask"]),
    ("request", {"threat": None}, "", ["missing «threat», which «request» needs"]),
    ("request", {"threat": "pirats"}, "threat", ["unknown threat", "did you mean «pirates»?"]),
    ("request", {"threat": "herring-quarrel"}, "threat", ["between HAM and VIS, and RIG is neith"]),
    ("request", {"actor": "HAM", "threat": "herring-quarrel", "answer": "troops"}, "answer",
     ["found «troops», expected one of none, statement, monitoring"]),
    ("request", {"channel": "block"}, "channel", ["bloc, bilateral", "did you mean «bloc»?"]),
    ("request", {"answer": "troop"}, "answer", ["none, statement", "did you mean «troops»?"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("does", "changes", "key", "words"), EVERY_FAULT, ids=lambda value: str(value)[:24]
)
def test_a_fault_of_a_decision_is_told_where_it_is_and_with_what_was_expected(
    does: str, changes: dict[str, Any], key: str, words: list[str], tmp_path: Path
) -> None:
    line = refusal(written(tmp_path, decisions=[plain(does, **changes)]))
    assert line.startswith(f"decisions[act]{'.' if key else ''}{key}: ")
    for word in words:
        assert word in line


def test_every_fault_is_tried_on_every_act_that_can_have_it() -> None:
    assert {does for does, *_ in EVERY_FAULT} == set(FORCED_NAMES)
    tried = {(does, key) for does, _, key, _ in EVERY_FAULT}
    for does, (needed, useless) in acts.keys_of_acts().items():
        assert all((does, key) in tried or (does, "") in tried for key in (*needed, *useless))


@pytest.mark.parametrize("name", sorted({*KINDS, *ALTERABLE}))
def test_a_number_changes_at_a_date_if_it_is_no_state(name: str, tmp_path: Path) -> None:
    keys = {"member": "HAM", "threat": "pirates", "partner": "ENG", "act": "pay_dues"}
    keys |= {"crisis": "external"}
    kind = KINDS[name]
    names = ["HAM", "RIG"] if kind.symmetric else [keys[axis] for axis in kind.of]
    text = kind.label(tuple(names))
    value = 2.0 if name == "discrimination" else 0.5
    path = written(tmp_path, quantities_from={DATE: {text: value}})
    if name not in ALTERABLE:
        line = refusal(path)
        assert line.startswith(f"quantities_from.{DATE}.{text}: ")
        assert f"«{name}» cannot change at a date, expected one of capability" in line
        return
    (alteration,) = load(path).alterations
    axes = {"member": MEMBERS, "threat": ("pirates",), "partner": ("ENG",)}
    places = [axes[axis].index(key) for axis, key in zip(kind.of, names, strict=True)]
    assert alteration == (9, list(ALTERABLE).index(name), *(*places, NOT_YET)[:2], value)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({DATE: {"basing[HMA]": 0.5}}, ["unknown member «HMA»", "did you mean «HAM»?"]),
        ({DATE: {"basin[HAM]": 0.5}}, ["unknown quantity", "did you mean «basing»?"]),
        ({DATE: {"basing": 0.5}}, ["found «basing», expected basing[MEMBER]"]),
        ({DATE: {"basing[HAM]": 1.5}}, ["found 1.5, expected from 0 to 1"]),
        ({DATE: {"basing[HAM]": [0.1, 0.2, 0.3]}}, ["expected a number"]),
        ({DATE: {"fit[HAM,ENG]": 0.5, "fit[HAM, ENG]": 0.6}}, ["the same number as «fit[H"]),
        ({DATE: {"trust_bloc[HAM]": 0.5}}, ["cannot change at a date", "takes a shock instead"]),
        ({"1395-06": {"basing[HAM]": 0.5}}, ["found 1395-06, expected from 1395-07 to 1400-06"]),
        ({"1400-07": {"basing[HAM]": 0.5}}, ["found 1400-07, expected from 1395-07 to 1400-06"]),
        ({"soon": {"basing[HAM]": 0.5}}, ["quantities_from.soon", "a month"]),
        ({DATE: 3}, ["found 3", "a mapping"]),
    ],
)  # fmt: skip
def test_a_fault_of_a_number_that_changes_is_told(
    section: dict[str, Any], words: list[str], tmp_path: Path
) -> None:
    line = refusal(written(tmp_path, quantities_from=section))
    for word in words:
        assert word in line


def test_a_child_replaces_by_name_and_a_shorter_one_leaves_out_what_it_never_reaches(
    tmp_path: Path,
) -> None:
    late = plain("freeze", name="late", date="1399-01")
    numbers = {DATE: {"basing[HAM]": 0.5, "fit[HAM,ENG]": 0.4}, "1399-01": {"basing[HAM]": 0.9}}
    parent = written(tmp_path, "parent", decisions=[plain("notice"), late], quantities_from=numbers)
    child = load(
        written(
            tmp_path,
            "child",
            str(parent),
            decisions=[plain("freeze"), plain("join", name="new")],
            quantities_from={DATE: {"basing[HAM]": 0.6, "basing[RIG]": 0.1}},
        )
    )
    made = [(entry.name, entry.does) for entry in child.scenario.decisions]
    assert made == [("act", "freeze"), ("late", "freeze"), ("new", "join")]
    assert child.scenario.quantities_from == {
        DATE: {"basing[HAM]": 0.6, "fit[HAM,ENG]": 0.4, "basing[RIG]": 0.1},
        "1399-01": {"basing[HAM]": 0.9},
    }
    short = {"horizon": 12, "questions": [], "shocks": []}
    path = written(tmp_path, "short", str(parent), **short)
    known = load(path)
    assert [entry.name for entry in known.scenario.decisions] == ["act"]
    assert list(known.scenario.quantities_from) == [DATE]
    none = written(tmp_path, "none", str(parent), decisions=[], quantities_from={})
    assert (load(none).decisions, load(none).alterations) == ((), ())
    twice = written(tmp_path, "twice", decisions=[plain("notice"), plain("freeze")])
    assert "decisions[act]: this name is given twice, first in line" in refusal(twice)


def notes(path: Path) -> list[str]:
    root, known = trace(path, parameters={})
    return [f"{note.key}: {note.message}" for note in Notes(root, known, evidence.load()).all()]


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ("1 thaw RIG", "is active at the start"),
        ("1 join RIG", "is active at the start"),
        ("1 withdraw RIG", "has given no notice"),
        ("1 freeze RIG, 2 freeze RIG", "is frozen from 1395-07 on"),
        ("1 notice RIG, 6 notice RIG", "has given notice already"),
        ("1 notice RIG, 7 withdraw RIG", "is out as its notice has run out"),
        ("1 leave RIG, 1 request RIG", "is out from 1395-07 on"),
        ("1 leave RIG, 9 thaw RIG", "is out from 1395-07 on"),
        ("2 freeze RIG, 2 request RIG", "is frozen from 1395-08 on and cannot ask the bloc"),
        ("1 freeze RIG, 1 thaw RIG, 1 freeze RIG", ""),
        ("1 notice RIG, 6 withdraw RIG, 7 notice RIG", ""),
        ("1 notice RIG, 7 join RIG, 8 request RIG", ""),
        ("1 leave RIG, 2 join RIG, 3 request RIG", ""),
        ("1 freeze RIG, 1 leave VIS, 2 government VIS", ""),
    ],
)
def test_what_can_hardly_happen_is_noted(decisions: str, told: str, tmp_path: Path) -> None:
    made = []
    for n, text in enumerate(decisions.split(", ")):
        month, does, code = text.split()
        date = month_after("1395-06", int(month))
        made.append(plain(does, name=f"act-{n}", date=date, actor=code))
    found = [note for note in notes(written(tmp_path, decisions=made)) if "chance" in note]
    start = f"decisions[act-{len(made) - 1}].does: happens only where chance has changed that: RIG "
    assert found == ([start + told] if told else [])


def test_a_second_request_of_a_month_and_a_threat_that_never_strikes_are_noted(
    tmp_path: Path,
) -> None:
    other = plain("request", name="other", threat="pirates")
    assert any(
        "one request a month counts: RIG asks in «act», too" in note
        for note in notes(written(tmp_path, decisions=[plain("request"), other]))
    )
    unusual = [plain("request", threat="pirates", actor="HAM")]
    changed: dict[str, Any] = {"quantities": {"rate[HAM,pirates]": 0}, "decisions": unusual}
    told = "decisions[act].threat: pirates never strikes HAM by itself: its rate there is 0"
    assert told in notes(written(tmp_path, "b", **changed))
    assert told not in notes(written(tmp_path, "c", decisions=unusual))


months = st.integers(1, 60).map(lambda n: month_after("1395-06", n))
levels = st.floats(0.0, 1.0).map(lambda x: round(x, 3))
codes = st.sampled_from(MEMBERS)


@st.composite
def decided(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A decision that can be read."""
    does = draw(st.sampled_from(FORCED_NAMES))
    entry = plain(does, name=name, date=draw(months), sources=[f"a text {n}" for n in range(2)])
    entry["toward" if does in WITH_TOWARD else "actor"] = draw(codes)
    if does in SIZED and (does == "government" or draw(st.booleans())):
        entry["size"] = max(0.001, draw(levels)) * draw(
            st.sampled_from([1, -1] if does == "government" else [1])
        )
    if does == "request":
        if draw(st.booleans()):
            entry["answer"] = draw(st.sampled_from(ANSWER_NAMES))
        if draw(st.booleans()):
            entry["channel"] = draw(st.sampled_from(["bloc", "bilateral"]))
    return entry


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Sections with decisions, and numbers that change."""
    count = draw(st.integers(0, 5))
    named = st.sampled_from(["basing[HAM]", "fit[VIS,ENG]", "offer[ENG]", "rate[RIG,pirates]"])
    numbers = st.dictionaries(named, levels, min_size=1)
    return {
        "decisions": [draw(decided(f"act-{n}")) for n in range(count)],
        "quantities_from": draw(st.dictionaries(months, numbers, max_size=3)),
    }


@given(files(), files())
def test_any_decisions_are_written_shown_told_and_compared(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), **one)
        first, second = load(path), load(written(Path(folder), "other", **other))
        copy = Path(folder, "copy.yaml")
        for text in (first.to_yaml(), Shown(first, trace(path, parameters={})[0]).text()):
            copy.write_text(text, encoding="utf-8")
            again = load(copy)
            assert again == first
            assert again.digest() == first.digest()
        as_json = first.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
        copy.write_text(json.dumps(as_json), encoding="utf-8")
        assert load(copy) == first
        lines = list(story(first))
        for entry in first.scenario.decisions:
            assert f"Decision {entry.name}: {decision_words(entry)}" in lines
        found = {each.what for each in differences(first, second)}
        sections = {what.partition(".")[0] for what in found}
        for section in ("decisions", "quantities_from"):
            mine, theirs = (getattr(each.scenario, section) for each in (first, second))
            assert (section in sections) == (mine != theirs)


@pytest.mark.parametrize("does", FORCED_NAMES)
def test_editors_know_which_keys_an_act_needs_and_which_it_cannot_have(does: str) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(["war_drain"]))

    def holds(**changes: Any) -> bool:
        content: dict[str, Any] = {
            "name": "a",
            "title": "A",
            "extends": "b",
            "decisions": [plain(does, **changes)],
        }
        return bool(validator.is_valid(content))

    assert holds()
    needed, useless = acts.keys_of_acts()[does]
    for key in (*needed, "actor", "date", "name"):
        assert not holds(**{key: None})
    usual = {"toward": "HAM", "threat": "pirates", "channel": "bloc", "answer": "none", "size": 0.1}
    for key, value in usual.items():
        assert holds(**{key: value}) == (key not in useless)


def test_editors_know_which_numbers_may_change() -> None:
    validator = jsonschema.Draft202012Validator(json_schema(["war_drain"]))
    for name in KINDS:
        content: dict[str, Any] = {"name": "a", "title": "A", "extends": "b"}
        content["quantities_from"] = {DATE: {f"{name}[HAM]": 0.5}}
        assert validator.is_valid(content) == (name in ALTERABLE)


def test_the_manual_names_every_act_with_its_sizes_and_every_number_that_may_change() -> None:
    manual = (scenarios_folder() / "README.md").read_text(encoding="utf-8")
    part = manual.partition("## Decisions")[2].partition("\n## ")[0]
    acts_told = part.partition("|---")[2]
    rows = dict(re.findall(r"^\| `([a-z]+)` \|.*\| ([^|]*) \|$", acts_told, re.MULTILINE))
    assert set(rows) == set(FORCED_NAMES)
    for does, told in rows.items():
        sizes = acts.sizes(does)
        if sizes is None:
            assert told.strip() == ""
            continue
        low, high, usual = sizes
        assert f"{low:g} to {high:g}" in told
        assert ("if left out" in told) == (usual is not None)
        assert usual is None or f"{usual:g} if left out" in told
    for name in ALTERABLE:
        assert f"`{name}`" in part


CSTO = {
    "notice": [("KAZ", "notice")],
    "withdraw": [("KAZ", "notice"), ("KAZ", "withdraw")],
    "freeze": [("BLR", "freeze")],
    "thaw": [("ARM", "thaw")],
    "leave": [("KGZ", "leave")],
    "join": [("UZB", "join")],
    "request": [("TJK", "request")],
    "government": [("KGZ", "government")],
    "terms": [("RUS", "terms")],
    "pressure": [("RUS", "pressure")],
    "pact": [("TUR", "pact")],
    "arms": [("CHN", "arms")],
}


@pytest.mark.parametrize("does", FORCED_NAMES)
def test_every_decision_is_done_in_its_month_of_every_trial(does: str) -> None:
    entries = []
    for n, (actor, act) in enumerate(CSTO[does]):
        entry = plain(act, name=f"act-{n}", date=month_after("2026-11", n + 1), actor=actor)
        if act in WITH_TOWARD:
            entry["toward"] = "KAZ"
        if act == "request":
            entry |= {"threat": "afghan-raids", "answer": "statement"}
        entries.append(entry)
    path = scenario_file(f"decisions: {json.dumps(entries)}\n")
    ensemble = run_ensemble(setup_of(path), trials=5, seed=3, sample=5)
    logged = ensemble.events[ensemble.events["kind"] == EventKind.DECISION]
    expected = [
        (trial, n + 1, Forced[act.upper()])
        for trial in range(5)
        for n, (_, act) in enumerate(CSTO[does])
    ]
    told = [(int(e["trial"]), int(e["month"]), int(e["forced"])) for e in logged]
    assert sorted(told) == sorted(expected)
    assert not ensemble.outcomes["expulsions"].any()
    members = list(ensemble.scenario.members)
    if does == "leave":
        assert (ensemble.outcomes["exit"][:, members.index("KGZ")] == 1).all()
    if does == "request":
        answered = ensemble.events[ensemble.events["kind"] == EventKind.ANSWER]
        first = answered[(answered["month"] == 1) & (answered["other"] == members.index("TJK"))]
        assert [ANSWER_NAMES[int(each["answer"])] for each in first] == ["statement"] * 5


def test_a_decision_or_a_number_that_makes_no_difference_is_found() -> None:
    path = scenario_file(
        "decisions:\n"
        "  - {name: in-vain, date: 2026-12, actor: KAZ, does: thaw}\n"
        "  - {name: notice, date: 2027-09, actor: ARM, does: notice}\n"
        "quantities_from:\n"
        '  2028-01: {"basing[TJK]": 0.2, "rate[BLR,afghan-attack]": 0}\n'
    )
    found = {note.key for note in idle(path)}
    assert found == {"decisions[in-vain]", "quantities_from.2028-01.rate[BLR,afghan-attack]"}

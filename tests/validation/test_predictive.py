"""Predictive checks: features on blocks made for the purpose, replicas, what is said of them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from conftest import CSTO
from foedus.dictionary.vocabulary import ATTEND_SUMMIT, CONDEMNATION, EventKind
from foedus.errors import FoedusError
from foedus.figures.validation.predictive import draw_predictive
from foedus.inference import targets
from foedus.scenarios.language import months
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
from foedus.telling.document import Figure, Table, markdown
from foedus.validation.hindcasts import cases as hindcast
from foedus.validation.page import predictive as text
from foedus.validation.replicas import explained, features, predictive, replication, sheets
from foedus.validation.replicas.sheets import Block, Cell, Stage
from made_runs import TRIALS, happened, made, member

KNOWN = targets.load()
FEATURES = features.features_of(CSTO)
FIRST = months.count(CSTO.history.tested_from)
NONE = math.nan
BY_NAME = {each.id: each for each in FEATURES}


def block(*histories: list[float], **fields: list[str]) -> Block:
    """Cells of one member each unless it is said otherwise, a month apart."""
    size = len(histories[0])
    given = {
        "date": [months.after("2014-01", n) for n in range(size)],
        "member": ["ARM"] * size,
        "about": ["act"] * size,
        "episode": ["one"] * size,
        "split": ["fit"] * size,
        **fields,
    }
    rows = zip(*(given[name] for name in Cell._fields), strict=True)
    return Block(tuple(Cell(*row) for row in rows), np.array(histories, dtype=np.float64))


TWO = {"member": ["ARM", "ARM", "KAZ", "KAZ"]}

WORKED_OUT: dict[str, tuple[Block, list[float]]] = {
    "requests": (block([1, 0, 1], [0, 0, 0]), [2, 0]),
    "requests-unrest": (
        block([1, 0, 1], [0, 1, 0], about=["domestic-unrest", "domestic-unrest", "azerbaijan"]),
        [1, 1],
    ),
    "askers": (block([1, 1, 0, 0], [1, 0, 0, 1], **TWO), [1, 2]),
    "request-spread": (block([1, 1, 0, 0], [1, 0, 0, 1], **TWO), [0.5, 0]),
    "request-lull": (block([0, 0, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]), [2, 0, 4]),
    "request-change": (block([1, 0, 0, 0], [1, 0, 0, 1], **TWO), [0.5, 1]),
    "troops": (block([5, 4, NONE], [5, 5, 5]), [1, 3]),
    "words-only": (block([1, 0, NONE], [2, 3, 5]), [2, 0]),
    "answer-mean": (block([1, 3, NONE], [NONE, NONE, NONE]), [2, NONE]),
    "answer-spread": (block([1, 3, NONE], [2, NONE, NONE]), [1, NONE]),
    "answer-wartime": (
        block([4, 1, 2], [NONE, 1, 1], date=["2021-05", "2022-09", "2022-10"]),
        [2.5, NONE],
    ),
    "votes-with": (block([2, 2, 1, NONE]), [2 / 3]),
    "votes-ARM": (block([2, 1, 0, 0], [0, 0, 2, 2], **TWO), [0.5, 0]),
    "votes-against": (block([2, 0, 0, NONE]), [2]),
    "text-spread": (block([2, 2, 0, 0], [2, 1, 1, 2], episode=["a", "a", "b", "b"]), [0.5, 0]),
    "votes-alike": (block([2, 2, 0, 1], [2, NONE, 1, 1], episode=["a", "a", "b", "b"]), [1, 2]),
    "declined-by-one": (block([0, 0, 1, 0], [1, 1, 1, 0], **TWO), [2, 1]),
    "absence": (block([0, 0, 0, 1], [0, 1, 0, 0], **TWO), [2, 2]),
    "comebacks": (block([0, 1, 1, 0], [0, 1, 0, 1], **TWO), [1, 2]),
    "freezes": (block([24000, NONE], [NONE, NONE]), [1, 0]),
    "first-freeze": (block([12 * 2024 + 6, 12 * 2025], [NONE, NONE]), [2024.5, NONE]),
    "ladder-years": (block([24000, 24018, NONE], [24000, NONE, NONE]), [1.5, NONE]),
    "ladder-order": (
        block(
            [1, 2, 3], [3, 2, 1], [NONE, NONE, 1], about=["speak_well", "send_troops", "pay_dues"]
        ),
        [1, -1, -2 / 3],
    ),
    "level-spread": (
        block([0.5, 0.7, 0.4, 0.4], date=["2006-01", "2006-01", "2012-01", "2012-01"]),
        [0.05],
    ),
    "level-fall": (block([0.9, 0.3, 0.2, 0.6], **TWO), [0.6]),
}


@pytest.mark.parametrize("name", sorted(WORKED_OUT))
def test_a_feature_against_numbers_worked_out_by_hand(name: str) -> None:
    given, expected = WORKED_OUT[name]
    np.testing.assert_allclose(BY_NAME[name].read(given), expected)


def test_the_memory_of_levels_is_the_correlation_of_pairs() -> None:
    values = np.random.default_rng(1).random((3, 12))
    given = block(*values.tolist(), member=["ARM", "BLR", "KAZ"] * 4)
    before = np.concatenate([values[1, n::3][:-1] for n in range(3)])
    after = np.concatenate([values[1, n::3][1:] for n in range(3)])
    found = BY_NAME["level-memory"].read(given)
    assert found[1] == pytest.approx(np.corrcoef(before, after)[0, 1])


@lru_cache(maxsize=1)
def stages() -> dict[str, Stage]:
    setups = {name: load_setup(name, "prior").scenario for name in CSTO.history.stretches}
    return {name: Stage(each.members, each.dates) for name, each in setups.items()}


def test_the_sheet_of_the_record_says_what_the_targets_say() -> None:
    seen = sheets.recorded(CSTO, KNOWN, stages())
    found = {each.id: float(each.read(seen[each.block])[0]) for each in FEATURES}
    assert found["requests"] == 8
    assert found["troops"] == 1
    assert found["votes-against"] == 3
    assert (found["lapses"], found["notices"], found["freezes"], found["returns"]) == (3, 1, 1, 1)
    assert found["first-notice"] == pytest.approx(2012 + 5 / 12)
    assert found["rungs"] == 7
    assert found["ladder-years"] == pytest.approx(20 / 12)
    assert found["ladder-order"] == pytest.approx(1 - 4 / 21)
    assert found["votes-BLR"] == 1
    late = sheets.of_split(seen, "test")
    assert features.total(late["requests"])[0] == 5
    assert all(cell.date >= CSTO.history.tested_from for part in late.values() for cell in part[0])


def test_ties_count_half() -> None:
    assert predictive.probability_of_more(1.0, np.array([0.0, 1.0, 1.0, 2.0])) == 0.5
    assert predictive.probability_of_more(3.0, np.array([0.0, 1.0])) == 0.0
    assert predictive.probability_of_more(0.1 + 0.2, np.array([0.3])) == 0.5


# --- Replicas -------------------------------------------------------------------------------------


def test_votes_are_those_of_the_month_and_the_text_in_their_order() -> None:
    run = made()
    who = {"actor": member("KAZ"), "month": 11}
    happened(run, EventKind.ROLL_CALL, range(20), text=CONDEMNATION, ballot=2, **who)
    happened(run, EventKind.ROLL_CALL, range(10), text=CONDEMNATION, ballot=1, **who)
    run.events = run.events[np.argsort(run.events["trial"], kind="stable")]
    vote: Any = targets.select(KNOWN, kind="votes", about="condemnation")[0]
    case: Any = hindcast.cases([vote.model_copy(update={"member": "KAZ", "date": run.dates[11]})])[
        0
    ]
    np.testing.assert_array_equal(replication.cast(case, run, 0), [2] * 20 + [-1] * 20)
    np.testing.assert_array_equal(replication.cast(case, run, 1), [1] * 10 + [-1] * 30)


def test_an_act_is_dropped_on_the_first_occasion_after_the_last_on_which_it_was_done() -> None:
    run = made()
    who = {"actor": member("ARM")}
    happened(run, EventKind.ACT, month=4, act=ATTEND_SUMMIT, complied=0, **who)
    happened(run, EventKind.ACT, range(30), month=16, act=ATTEND_SUMMIT, complied=1, **who)
    happened(run, EventKind.ACT, range(20), month=28, act=ATTEND_SUMMIT, complied=0, **who)
    happened(run, EventKind.FREEZE, range(10), month=9, **who)
    happened(run, EventKind.UNFREEZE, range(5), month=12, **who)
    start = months.count(run.dates[0])
    cells = {cell.about: cell for cell in sheets.ladder_cells(CSTO)}
    summit = replication._dropped(cells["attend_summit"], run, FIRST)
    np.testing.assert_array_equal(
        summit, [start + 28] * 20 + [-1] * 10 + [start + 4] * (TRIALS - 30)
    )
    frozen = replication._dropped(cells["stay_unfrozen"], run, FIRST)
    np.testing.assert_array_equal(frozen, [-1] * 5 + [start + 9] * 5 + [-1] * (TRIALS - 10))


def test_decisions_one_step_ahead_come_as_often_as_they_were_forecast() -> None:
    vote = targets.select(KNOWN, kind="votes")[0]
    found = replication.one_step_ahead(
        [vote], {vote.id: np.array([0.2, 0.5, 0.3, 0.0, 0.0, 0.0])}, histories=20_000, seed=3
    )
    shares = [float((found["votes"].values == k).mean()) for k in range(3)]
    np.testing.assert_allclose(shares, [0.2, 0.5, 0.3], atol=0.015)


@pytest.mark.slow
def test_texts_on_record_are_put_to_the_vote_and_hardly_anything_else_changes() -> None:
    setup = load_setup(CSTO.history.stretches[-1], "prior")
    texts = [t for t in KNOWN if t.kind == "votes" and t.split == "test"]
    with_texts = replication.put_to_vote(setup, texts)
    plain, voting = (
        run_ensemble(each, trials=20, seed=4, sample=20) for each in (setup, with_texts)
    )
    others = [run.events[run.events["kind"] != EventKind.ROLL_CALL] for run in (plain, voting)]
    assert others[0].size == others[1].size
    columns = ["trial", "month", "kind", "actor", "other", "threat", "answer", "act"]
    assert (others[0][columns] != others[1][columns]).mean() < 0.001
    votes = voting.events[voting.events["kind"] == EventKind.ROLL_CALL]
    months_of = {voting.dates[month] for month in np.unique(votes["month"])}
    assert {t.date for t in texts} <= months_of


def test_more_texts_than_a_world_has_room_for_are_refused() -> None:
    vote = targets.select(KNOWN, kind="votes")[0]
    many = [vote.model_copy(update={"date": f"2022-{n:02d}", "episode": f"text {n}"})
            for n in range(1, 13)]  # fmt: skip
    with pytest.raises(FoedusError, match=r"12 texts .* there is room for 8"):
        replication.put_to_vote(load_setup(CSTO.history.stretches[-1], "prior"), many)


def compared(seen: sheets.Sheet, replicas: sheets.Sheet) -> dict[str, predictive.Check]:
    about = {"split": "all", "parameters": "prior", "role": "prior", "form": predictive.FREE}
    return {one.feature.id: one for one in predictive.compare(FEATURES, seen, replicas, **about)}


def test_who_replicates_what_and_what_that_shows() -> None:
    roles = predictive.Plan(CSTO, "posterior", "posterior-2019").roles()
    assert roles == {
        "posterior": {"all": "in sample"},
        "posterior-2019": {"fit": "in sample", "test": "out of sample"},
        "prior": {"all": "prior", "fit": "prior", "test": "prior"},
    }
    by_hand = predictive.Plan(CSTO, "record", "record").roles()
    assert by_hand["record"] == {"all": "in sample", "fit": "in sample", "test": "in sample"}
    assert set(predictive.Plan(CSTO, "prior", "prior").roles()) == {"prior"}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_table_and_another_another() -> None:
    first, again, other = (
        [one.row() for one in predictive.check(predictive.Plan(CSTO, "prior", "prior", 40, seed))]
        for seed in (7, 7, 8)
    )
    assert first == again
    assert first != other
    assert {row["form"] for row in first} == {predictive.FREE, predictive.STEP}
    assert {row["split"] for row in first} == set(predictive.SPLITS)


def test_what_nothing_could_have_made_otherwise_is_left_out() -> None:
    same = {"requests": block([0, 1, 0])}
    alike = {"requests": block(*([[0.0, 1.0, 0.0]] * 30))}
    assert compared(same, alike) == {}
    few = {"requests": block(*([[0.0, 1.0, 1.0]] * 5))}
    assert compared(same, few) == {}


# --- What is said ---------------------------------------------------------------------------------


def row(feature: str, p: float, **fields: object) -> dict[str, object]:
    one = BY_NAME[feature]
    given = {
        "split": "test", "parameters": "posterior-2019", "role": "out of sample",
        "form": predictive.FREE, "feature": feature, "words": one.words, "fitted": one.fitted,
        "observed": 4.0, "median": 2.0, "low_50": 1.0, "high_50": 2.0, "low_90": 0.0,
        "high_90": 3.0, "p": p, "replicas": 1000,
    }  # fmt: skip
    return {**given, **fields}


ROWS = [
    row("requests", 0.3),
    row("askers", 0.003),
    row("askers", 0.2, form=predictive.STEP),
    row("askers", 0.4, role="prior", parameters="prior"),
    row("first-freeze", 0.97, observed=2024.08, low_90=2022.2, high_90=2026.7),
    row("votes-BLR", 0.01, role="prior", parameters="prior"),
]


def test_the_text_names_extremes_first_explains_them_and_lists_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text, "surprises", lambda _: {"askers": "A reason."})
    listed = markdown(text.block(CSTO, ROWS))
    lead = listed.split("\n\n")[0]
    assert "2 of 3 features free-running and 0 of 1 one step ahead" in lead
    extremes = [line for line in listed.splitlines() if line.startswith("- **")]
    assert [line.split("**")[1] for line in extremes] == ["askers", "first-freeze"]
    for line, words in zip(
        extremes,
        (
            ("4 on record, 0 to 3 in", "A reason."),
            ("2024 on record, 2022 to 2026 in", "Not explai"),
        ),
        strict=True,
    ):
        for word in words:
            assert word in line
    header, _, *rows = (line for line in listed.splitlines() if line.startswith("|"))
    assert len({line.count("|") for line in (header, *rows)}) == 1
    assert len(rows) == len({each["feature"] for each in ROWS if each["role"] != "prior"})
    assert [("**" in row) for row in rows] == [False, True, True]
    assert "| **0.97** |" in rows[-1]
    assert listed.index(extremes[0]) < listed.index(header)


def test_the_section_and_its_figure_show_what_the_table_holds() -> None:
    forms, beside = text.drawn(ROWS, "test")
    svg = draw_predictive(forms, beside)
    assert svg == draw_predictive(forms, beside)
    assert "members that asked the bloc" in svg
    assert "4 (0 to 3), p &lt; .01" in svg
    made = text.section(CSTO, ROWS, {"test": svg})
    tables = [block for block in made.blocks if isinstance(block, Table)]
    assert [table.title for table in tables] == [
        "From 2020 on, parameters posterior-2019, out of sample"
    ]
    figures = [block for block in made.blocks if isinstance(block, Figure)]
    assert [figure.name for figure in figures] == ["predictive-test"]
    assert figures[0].panels[0][1] == svg


def test_surprises_are_of_features(tmp_path: Any) -> None:
    assert set(explained.surprises(CSTO)) <= set(BY_NAME)
    (tmp_path / "surprises.yaml").write_text("- {id: askerz, why: none}\n", encoding="utf-8")
    with pytest.raises(FoedusError, match=r"unknown feature «askerz».*did you mean «askers»"):
        explained.surprises(CSTO.model_copy(update={"folder": tmp_path}))


def test_features_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(FEATURES)
    assert len({each.words for each in FEATURES}) == len(FEATURES)

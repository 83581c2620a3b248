"""Conditions: words, numbers, and back."""

from __future__ import annotations

import contextlib
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.observables import COUNT, Observable
from foedus.dictionary.vocabulary import ANSWER_NAMES
from foedus.files.faults import Misread
from foedus.scenarios.language.conditions import (
    WORDS,
    Comparison,
    Condition,
    read_condition,
)
from foedus.scenarios.language.roster import Roster

ROSTER = Roster("LUB", ("HAM", "RIG", "VIS"), ("GOT",), ("ENG", "DAN"), ("pirates", "storm"))
LEVELS = [Observable(code) for code in range(1, 16)]
OF_THE_BLOC = [Observable(code) for code in (*range(20, 26), *range(27, 35))]
COUNTS = [Observable.MEMBERS_IN, Observable.MEMBERS_ACTIVE, Observable.DEPLOYMENTS]
COUNTS += [Observable.MEMBERS_FROZEN]
TALLIES = [Observable.UNASKED, Observable.REGIME_CHANGES]
REQUESTS = [Observable.REQUESTS, Observable.REQUESTS_BLOC, Observable.REQUESTS_BILATERAL]
SYMBOLS = {0: "<", 1: "<=", 2: ">", 3: ">=", 4: "=="}
members, shares, counts = st.integers(0, 2), st.floats(0, 1), st.integers(0, 500).map(float)
nobody, comparisons = st.just(-1), st.sampled_from(Comparison)
equal = st.just(Comparison.EQUAL)


def written(one: Condition, roster: Roster) -> str:
    """A condition in words, made from the table of observables alone."""
    observable = Observable(one.observable)
    threshold, symbol = one.threshold, SYMBOLS[one.comparison]
    names = {
        "MEMBER": roster.members,
        "ANYONE": roster.members,
        "OTHER": roster.members,
        "THREAT": roster.threats,
        "ANSWER": ANSWER_NAMES,
        "POLE": (*roster.partners, "autonomy", "patron"),  # -2 and -1
    }
    who = {"MEMBER": one.i, "ANYONE": one.i}
    words = " ".join(
        "anyone"
        if word == "ANYONE" and one.i < 0
        else names[word][who.get(word, one.j)]
        if word in names
        else word
        for word in observable.words.split()
    )
    if observable in WORDS:
        return f"{words} is {WORDS[observable][int(threshold)]}"
    if observable is Observable.BEST_ANSWER:
        return f"{words} {symbol} {ANSWER_NAMES[int(threshold)]}"
    return f"{words} {symbol} {int(threshold) if observable.compared == COUNT else threshold}"


def condition(
    codes: list[Observable],
    i: st.SearchStrategy[int],
    j: st.SearchStrategy[int],
    threshold: st.SearchStrategy[float],
    comparison: st.SearchStrategy[Comparison] = comparisons,
) -> st.SearchStrategy[Condition]:
    return st.builds(Condition, st.sampled_from(codes), i, j, comparison, threshold)


every_condition = st.one_of(
    condition([Observable.STATUS], members, nobody, counts.map(lambda n: n % 3), equal),
    condition([Observable.VITALITY], nobody, nobody, counts.map(lambda n: n % 3), equal),
    condition(LEVELS, members, nobody, shares),
    condition(OF_THE_BLOC, nobody, nobody, shares),
    condition([Observable.FRUSTRATION], nobody, nobody, st.floats(-100, 100)),
    condition(COUNTS, nobody, nobody, counts),
    condition(REQUESTS, st.integers(-1, 2), nobody, counts),
    condition([Observable.BEST_ANSWER], st.integers(-1, 2), nobody, counts.map(lambda n: n % 6)),
    condition([Observable.ALIGNMENT], members, st.integers(-2, 1), shares),
    condition([Observable.TIE], st.just(0), st.integers(1, 2), shares),
    condition([Observable.INCIDENTS], members, st.integers(0, 1), counts),
    condition([Observable.PERCEIVED], members, st.integers(0, 1), shares),
    condition([Observable.ANSWERS], st.integers(-1, 2), st.integers(0, 5), counts),
    condition(TALLIES, st.integers(-1, 2), nobody, counts),
)  # fmt: skip


@given(every_condition)
def test_a_condition_written_in_words_reads_as_the_same_condition(one: Condition) -> None:
    assert read_condition(written(one, ROSTER), ROSTER) == one


def test_every_observable_can_be_asked_for() -> None:
    reached = {Observable.STATUS, Observable.FRUSTRATION, Observable.BEST_ANSWER}
    reached |= {Observable.ALIGNMENT, Observable.TIE, Observable.INCIDENTS}
    reached |= {Observable.PERCEIVED, Observable.ANSWERS, Observable.VITALITY}
    assert reached | {*LEVELS, *OF_THE_BLOC, *COUNTS, *TALLIES, *REQUESTS} == set(Observable)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status of RIG is out", (Observable.STATUS, 1, -1, 4, 0)),
        ("status of RIG == frozen", (Observable.STATUS, 1, -1, 4, 1)),
        ("alliance is zombie", (Observable.VITALITY, -1, -1, 4, 1)),
        ("alliance == alive", (Observable.VITALITY, -1, -1, 4, 2)),
        ("reliance of VIS < 0.2", (Observable.RELIANCE, 2, -1, 0, 0.2)),
        ("  bloc   trust of HAM<0.3 ", (Observable.TRUST_BLOC, 0, -1, 0, 0.3)),
        ("requests by anyone to the patron >= 2", (Observable.REQUESTS_BILATERAL, -1, -1, 3, 2)),
        ("requests by VIS >= 1", (Observable.REQUESTS, 2, -1, 3, 1)),
        ("best answer to anyone is troops", (Observable.BEST_ANSWER, -1, -1, 4, 5)),
        ("best answer to HAM >= 3", (Observable.BEST_ANSWER, 0, -1, 3, 3)),
        ("alignment of HAM with LUB > .5", (Observable.ALIGNMENT, 0, -1, 2, 0.5)),
        ("alignment of HAM with autonomy > .5", (Observable.ALIGNMENT, 0, -2, 2, 0.5)),
        ("alignment of HAM with DAN > .5", (Observable.ALIGNMENT, 0, 1, 2, 0.5)),
        ("tie of VIS with HAM <= 0.1", (Observable.TIE, 0, 2, 1, 0.1)),
        ("incidents of storm on RIG >= 3", (Observable.INCIDENTS, 1, 1, 3, 3)),
        ("members active < 4", (Observable.MEMBERS_ACTIVE, -1, -1, 0, 4)),
        ("overall participation < 0.4", (Observable.OVERALL_PARTICIPATION, -1, -1, 0, 0.4)),
    ],
)
def test_conditions_read_as_documented(text: str, expected: tuple[float, ...]) -> None:
    assert astuple(read_condition(text, ROSTER)) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "alliance is zombi",
            "found state «zombi», expected one of dead, zombie, alive; did you mean",
        ),
        (
            "alliance > zombie",
            "found «>» before a word, expected «is»: alliance is dead|zombie|alive",
        ),
        ("alliance of HAM is alive", "unknown observable «alliance of HAM»"),
        ("status of HAM is zombie", "found status «zombie», expected one of out, frozen, active"),
        ("membership is alive", "found «alive», expected a number"),
    ],
)
def test_a_word_out_of_place_is_told_with_those_that_fit(text: str, told: str) -> None:
    with pytest.raises(Misread) as caught:
        read_condition(text, ROSTER)
    assert told in str(caught.value)


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_of_conditions_crash(text: str) -> None:
    with contextlib.suppress(Misread):
        words = written(read_condition(text, ROSTER), ROSTER)
        assert read_condition(words, ROSTER) == read_condition(text, ROSTER)

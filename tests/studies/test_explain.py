"""The explanation of a trial: exact terms, the engine's own chances, counterfactuals that flip."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from conftest import BUNDLED, HANSE, scenario_file, setup_of
from foedus.dictionary.phrases import phrase_of
from foedus.dictionary.vocabulary import EventKind, Purpose
from foedus.errors import FoedusError
from foedus.simulation.mesa.alliance_model import AllianceModel
from foedus.simulation.world import Setup
from foedus.studies.explain import sentences
from foedus.studies.explain.counterfactuals import NARROW
from foedus.studies.explain.decisions import Decision, Explanation, Term, waterfall
from foedus.studies.explain.kinds import KINDS, decide
from foedus.studies.explain.observer import attend, undone
from foedus.studies.explain.situations import situation
from foedus.studies.explain.study import explain, nearest
from foedus.telling.words import titles_of

EXACT = 1e-12
"""Terms are the rule's own, but added in another order, or after being scaled."""

TROUBLED = """
drivers: {threat.domestic-unrest: {2026-12: 6.0}, threat.azerbaijan: {2026-12: 8.0}}
parameters:
  exit_rate: [0.4, 0.5, 0.6]
  freeze_rate: [0.6, 0.7, 0.8]
  return_rate: [1.0, 1.5, 2.0]
  pact_rate: [0.2, 0.3, 0.4]
  ask_base: [-2.5, -2.0, -1.5]
  renewal_difficulty: [0.6, 0.65, 0.7]
charter: {renewals: [2028-05]}
horizon: 36
"""
"""Much happens here: requests by both channels, votes, freezes, notices, exits, returns, pacts."""


def troubled() -> Setup:
    return setup_of(scenario_file(TROUBLED))


def cases() -> list[tuple[Setup, int]]:
    found = [(setup_of(one), trial) for one, trial in ((BUNDLED[1], 0), (HANSE, 1))]
    return [*found, *((troubled(), trial) for trial in (3, 7))]


@pytest.fixture(scope="module")
def explained() -> list[tuple[Setup, Explanation]]:
    return [(setup, explain(setup, seed=3, trial=trial)) for setup, trial in cases()]


def drawn(explained: list[tuple[Setup, Explanation]]) -> list[Decision]:
    return [one for _, found in explained for one in found.decisions if one.drawn is not None]


def test_terms_add_up_to_the_utility_of_the_engine(
    explained: list[tuple[Setup, Explanation]],
) -> None:
    for one in drawn(explained):
        assert one.terms
        assert math.fsum(term.value for term in one.terms) == pytest.approx(
            one.total, rel=EXACT, abs=EXACT
        ), one.sentence


def test_utilities_give_the_chances(explained: list[tuple[Setup, Explanation]]) -> None:
    for one in drawn(explained):
        assert math.fsum(option.chance for option in one.options) == pytest.approx(1.0)
        assert one.chance == {each.name: each.chance for each in one.options}[one.outcome]
        if one.kind in {"request", "answer", "statecraft"}:
            weights = {each.name: math.exp(each.utility or 0.0) for each in one.options}
            everything = math.fsum(weights.values())
            assert one.chance == pytest.approx(weights[one.outcome] / everything)


def test_much_is_decided_here(explained: list[tuple[Setup, Explanation]]) -> None:
    kinds = {one.kind for _, found in explained for one in found.decisions}
    assert {kind.name for kind in KINDS.values()} == kinds - {"mandate", "exit", "decision"}
    assert {"mandate", "exit"} <= kinds


def test_decisions_are_those_of_the_event_log_with_their_chances(
    explained: list[tuple[Setup, Explanation]],
) -> None:
    for setup, found in explained:
        model = AllianceModel.from_setup(setup, seed=3, trial=found.trial)
        while model.running:
            model.step()
        assert model.cohesion == found.cohesion_end
        logged = [line for line in model.log if is_decision(line)]
        told = [one for one in found.decisions if not_silent(one) and one.kind != "decision"]
        assert len(logged) == len(told)
        for line, one in zip(logged, told, strict=True):
            actor = [*setup.scenario.members, setup.scenario.alliance.patron.code]
            assert (one.month, one.actor) == (line["month"], actor[int(line["actor"])])
            expected = line["chance"]
            assert one.chance == pytest.approx(expected, rel=EXACT, abs=EXACT)


DECIDED = {event for kind in KINDS.values() for event in kind.events} | {
    EventKind.NO_REQUEST,
    EventKind.MANDATE,
}


def is_decision(line: dict[str, float]) -> bool:
    """Whether a line is a decision; an act that a frozen member owes is none."""
    if line["kind"] == EventKind.ACT and line["chance"] == 1.0:
        return False
    return line["kind"] in DECIDED


def not_silent(one: Decision) -> bool:
    """Whether the log has a line for it; a no is silent in most kinds."""
    silent = {"did_not_turn", "stayed_away", "renewed"}
    return one.outcome not in silent


def test_looking_leaves_no_trace(explained: list[tuple[Setup, Explanation]]) -> None:
    setup, found = explained[-1]
    again = explain(setup, seed=3, trial=found.trial, changes=True)
    assert again.cohesion_end == found.cohesion_end
    assert [one.outcome for one in again.decisions] == [one.outcome for one in found.decisions]
    assert any(one.changes for one in again.decisions)


def test_steps_of_membership_say_what_moved_its_utility() -> None:
    setup = troubled()
    found = [one for one in explain(setup, seed=3, trial=0).decisions if one.kind == "freeze"]
    assert found
    model = AllianceModel.from_setup(setup, seed=3, trial=0)
    codes = [member.code for member in model.members]
    while model.running:
        model.step()
        for one in (each for each in found if each.month == model.month):
            me: Any = model.members[codes.index(one.actor)]
            p: Any = model.parameters
            freedom = 1.0 - p.lock_in * 0.5 * (me.economic_dependence + me.arms_dependence)
            moved = freedom * (me.utility - me.utility_start)
            assert math.fsum(term.value for term in one.membership) == pytest.approx(
                moved, abs=EXACT
            )


def test_a_counterfactual_flips_and_a_hair_less_does_not() -> None:
    setup = troubled()
    plain = explain(setup, seed=3, trial=3, changes=True)
    by_moment = {one.moment: one for one in plain.decisions if one.changes}
    model: Any = AllianceModel.from_setup(setup, seed=3, trial=3)
    tape, titles = model.tape, titles_of(setup.scenario)
    checked: set[str] = set()
    moment = 0

    def notice(purpose: int, actor: int, other: int, uniform: float) -> None:
        nonlocal moment
        kind = KINDS.get(Purpose(purpose))
        if kind is None:
            return
        one = by_moment.get(moment)
        moment += 1
        if one is None:
            return
        here = situation(model, titles, Purpose(purpose), actor, other)
        for change in one.changes:
            state = next(each for each in kind.states(here) if each.label == change.state)
            assert state.read() == change.now
            hair = math.copysign(3.0 * NARROW, change.now - change.then)
            outcomes = []
            for value in (change.then, change.stated, change.then + hair):
                with undone(state.holder):
                    state.write(value)
                    outcomes.append(decide(kind, here, tape))
            assert outcomes[0] == outcomes[1] == change.becomes != one.outcome
            if one.kind not in {"request", "answer", "statecraft"}:
                assert outcomes[2] == one.outcome
            checked.add(one.kind)

    attend(model, notice)
    while model.running:
        model.step()
    assert {"request", "vote", "answer", "freeze"} <= checked


def test_the_changes_of_one_decision_come_nearest_first() -> None:
    setup = troubled()
    every = explain(setup, seed=3, trial=3).decisions
    one = next(each for each in every if each.kind == "answer")
    found = nearest(setup, seed=3, trial=3, decision=one)
    assert found
    assert [change.size for change in found] == sorted(change.size for change in found)


def test_every_outcome_has_its_words(explained: list[tuple[Setup, Explanation]]) -> None:
    for one in drawn(explained):
        for option in one.options:
            phrase = phrase_of(one.kind, option.name)
            assert phrase.done, option
            assert phrase.would, option
        assert one.sentence[0].isupper()
        assert one.sentence.endswith(".")
        assert "{" not in one.sentence


def test_sentences_name_the_largest_reason_first() -> None:
    terms = (Term("a", "tie", 0.31), Term("b", "fear", -1.26), Term("c", "need", 0.001))
    assert sentences.term_words(terms) == "fear -1.3, tie +0.3"


def test_a_waterfall_leads_from_nought_to_the_sum(
    explained: list[tuple[Setup, Explanation]],
) -> None:
    for one in drawn(explained):
        steps = waterfall(one.terms)
        assert steps[0].start == 0.0
        assert all(a.end == b.start for a, b in itertools.pairwise(steps))
        assert steps[-1].end == pytest.approx(one.total, rel=EXACT, abs=EXACT)


def test_what_cannot_be_explained_is_refused(baseline: Setup) -> None:
    with pytest.raises(FoedusError, match="trial: found -1"):
        explain(baseline, seed=1, trial=-1)
    with pytest.raises(FoedusError, match="seed: found -1"):
        explain(baseline, seed=-1, trial=0)


def test_exits_by_notice_are_told(explained: list[tuple[Setup, Explanation]]) -> None:
    exits = [one for _, found in explained for one in found.decisions if one.kind == "exit"]
    assert exits
    assert all("notice had run out" in one.sentence for one in exits)


DICTATED = """
decisions:
  - name: raided
    date: 2027-02
    actor: TJK
    does: request
    threat: afghan-raids
    channel: bloc
    answer: statement
    size: 0.6
  - {name: gone, date: 2027-03, actor: ARM, does: leave}
  - {name: paused, date: 2027-04, actor: KGZ, does: freeze}
  - {name: wooed, date: 2027-05, actor: RUS, does: terms, toward: KAZ}
  - {name: signed, date: 2027-06, actor: TUR, does: pact, toward: KAZ}
horizon: 12
"""


def test_what_the_scenario_forces_is_not_explained_as_if_it_were_chosen() -> None:
    setup = setup_of(scenario_file(DICTATED))
    found = explain(setup, seed=3, trial=1, changes=True)
    forced = [one for one in found.decisions if one.forced]
    assert [(one.kind, one.actor, one.other, one.outcome) for one in forced] == [
        ("decision", "TJK", None, "request"),
        ("request", "TJK", None, "bloc"),
        ("answer", "RUS", "TJK", "statement"),
        ("decision", "ARM", None, "leave"),
        ("decision", "KGZ", None, "freeze"),
        ("decision", "RUS", "KAZ", "terms"),
        ("decision", "TUR", "KAZ", "pact"),
    ]
    assert all(one.drawn is None and not one.changes for one in forced)
    assert all("as the scenario had it" in one.sentence for one in forced)
    assert "with a chance of" in forced[1].sentence
    assert not any(one.kind == "exit" for one in found.decisions), "its notice has not run out"


def test_forced_acts_leave_the_trial_as_the_engine_plays_it() -> None:
    setup = setup_of(scenario_file(DICTATED))
    model = AllianceModel.from_setup(setup, seed=3, trial=1)
    while model.running:
        model.step()
    assert explain(setup, seed=3, trial=1).cohesion_end == model.cohesion


def test_an_act_says_what_moved_its_rituals_and_a_step_what_moved_its_reliance() -> None:
    setup = troubled()
    found = explain(setup, seed=3, trial=0).decisions
    assert {one.kind for one in found if one.membership} <= {
        *("act", "freeze", "thaw", "notice", "withdrawal", "renewal", "return")
    }
    acts = {term.name for one in found if one.kind == "act" for term in one.membership}
    steps = {term.name for one in found if one.kind == "freeze" for term in one.membership}
    assert acts == {"security", "purpose", "fear", "grievance"}
    assert {"protection", "regime", "arms", "economy", "outside"} <= steps
    assert any("upholds its reliance" in one.sentence for one in found if one.kind == "freeze")


def test_a_mandate_refused_without_a_veto_says_why(
    explained: list[tuple[Setup, Explanation]],
) -> None:
    for _, found in explained:
        for one in found.decisions:
            if one.kind == "mandate" and one.outcome == "refused":
                assert "nobody vetoed it;" not in f"{one.about};", one.sentence

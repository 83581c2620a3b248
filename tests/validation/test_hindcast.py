"""Cases, references and forecasts of the hindcast, on rows and runs made for the purpose."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from conftest import CSTO
from foedus.dictionary.vocabulary import ATTEND_SUMMIT, BLOC, CONDEMNATION, SEND_TROOPS, EventKind
from foedus.inference import targets
from foedus.validation.hindcasts import cases as hindcast
from foedus.validation.hindcasts import one_step, references, scorecard
from made_runs import TRIALS, happened, made, member, series

ALL = targets.load()
CASES = hindcast.cases(ALL)


def target(kind: str, about: str, outcome: str, **fields: str) -> targets.Target:
    given = {"date": "2027-10", "member": "KAZ", "split": "test", "episode": "one", **fields}
    return targets.Target.model_construct(
        None, kind=kind, id=f"{kind}-{given['date']}", about=about, outcome=outcome, evidence=(),
        confidence=("V",), note="", **given,
    )  # fmt: skip


def case(kind: str, about: str, outcome: str, **fields: str) -> hindcast.Case:
    (found,) = hindcast.cases([target(kind, about, outcome, **fields)])
    return found


def many(outcomes: str, kind: str = "deployments", **fields: str) -> list[hindcast.Case]:
    """Cases of one member in one year each from 2000 on: t for troops, n for none."""
    words = {"t": "troops", "n": "no troops"}
    return [
        case(kind, "azerbaijan", words[each], date=f"{2000 + n}-05", split="fit", **fields)
        for n, each in enumerate(outcomes)
    ]


# --- Cases and references -------------------------------------------------------------------------


def test_every_target_of_a_scored_kind_becomes_a_case_unless_it_is_unknown() -> None:
    scored = [t for t in ALL if t.kind in hindcast.SOURCES and t.outcome != hindcast.UNKNOWN]
    steps = [t for t in scored if t.kind == "status" and t.about != "renewal"]
    assert len(CASES) == len(scored) - len(steps)
    assert {each.kind for each in CASES} == set(hindcast.CATEGORIES)


def test_a_case_is_forecast_from_the_last_stretch_that_began_before_it_and_never_from_its_own() -> (
    None
):
    for each in CASES:
        name = hindcast.stretch_of(CSTO, each.target)
        assert name[-4:] < each.target.date
        assert (name == "history-2019") == (each.target.split == "test")


def test_outcomes_keep_their_order() -> None:
    assert case("answers", "azerbaijan", "5").outcome == 5
    assert case("member_years", "status", "left").outcome == 0
    assert case("non_requests", "azerbaijan", "not the bloc").outcome == 0
    assert case("acts", "host_drill:Southern drill", "cancelled").outcome == 0
    assert case("acts", "host_drill:Southern drill", "complied").type == "host_drill"


def forecast(name: str, one: hindcast.Case, known: list[hindcast.Case], split: str = "date") -> Any:
    learnt = references.training(one, known, split)
    return references.references_of(CSTO)[name](one, learnt, known)


def test_references_against_numbers_worked_out_by_hand() -> None:
    known = many("ntnn")
    one = case("deployments", "azerbaijan", "troops")
    assert list(forecast("uniform", one, known)) == [0.5, 0.5]
    np.testing.assert_allclose(forecast("climatology", one, known), [3.5 / 5, 1.5 / 5])
    # The last of them was n; of three pairs in a row one held: (1 + 1) / (3 + 2).
    np.testing.assert_allclose(forecast("last value", one, known), [0.4, 0.6])
    np.testing.assert_allclose(forecast("patron decides", one, known), [0.9, 0.1])


def test_climatology_by_type_counts_its_own_type_alone() -> None:
    known = [
        *many("nn"),
        case("deployments", "domestic-unrest", "troops", split="fit", date="2001-01"),
    ]
    one = case("deployments", "domestic-unrest", "troops")
    np.testing.assert_allclose(forecast("climatology by type", one, known), [0.25, 0.75])


def test_no_reference_learns_from_the_fold_that_it_forecasts() -> None:
    expected = [2.5 / 3, 0.5 / 3]
    known = [*many("tt", episode="one"), *many("nn", episode="two")]
    np.testing.assert_allclose(forecast("climatology", known[0], known, "episode"), expected)
    other = [*many("tt", member="ARM"), *many("nn", member="KAZ")]
    np.testing.assert_allclose(forecast("climatology", other[0], other, "member"), expected)
    later = case("deployments", "azerbaijan", "troops", date="2021-01", episode="three")
    assert later not in references.training(many("n")[0], [later], "date")


def test_the_last_value_of_the_fit_does_not_see_what_came_later() -> None:
    known = [*many("nnn"), case("deployments", "azerbaijan", "troops", date="2021-01")]
    one = case("deployments", "azerbaijan", "troops", date="2022-01")
    assert forecast("last value of the fit", one, known)[1] < 0.5
    assert forecast("last value", one, known)[1] > 0.5


def test_the_patron_has_a_wish_for_every_case_on_record() -> None:
    rule = references.patron_rule(CSTO)
    assert [each for each in CASES if (each.kind, each.type) not in rule] == []


# --- Free-running ---------------------------------------------------------------------------------


def test_frequencies_of_a_run_with_one_pseudo_draw() -> None:
    run = made()
    happened(run, EventKind.REQUEST, range(10), month=11, actor=member("KAZ"), channel=BLOC)
    happened(run, EventKind.REQUEST, range(20, 30), month=11, actor=member("KAZ"), channel=1)
    asked = hindcast.free_running(case("requests", "azerbaijan", "bloc"), run)
    np.testing.assert_allclose(asked, [30.5 / (TRIALS + 1), 10.5 / (TRIALS + 1)])


def test_answers_are_those_of_trials_in_which_it_asked() -> None:
    run = made()
    fields: dict[str, Any] = {"month": 11, "actor": 6, "other": member("KAZ")}
    happened(run, EventKind.ANSWER, range(8), answer=1, **fields)
    happened(run, EventKind.ANSWER, range(2), answer=5, **fields)
    found = hindcast.free_running(case("answers", "azerbaijan", "5"), run)
    np.testing.assert_allclose(found[[1, 5]], [(6 + 1 / 6) / 9, (2 + 1 / 6) / 9])
    troops = hindcast.free_running(case("deployments", "azerbaijan", "troops"), run)
    np.testing.assert_allclose(troops, [6.5 / 9, 2.5 / 9])


def test_status_votes_acts_and_levels() -> None:
    run = made()
    run.status_counts[11, member("KAZ")] = [4, 6, 30]
    status = hindcast.free_running(case("member_years", "status", "active"), run)
    np.testing.assert_allclose(status, (np.array([4, 6, 30]) + 1 / 3) / (TRIALS + 1))
    who = {"actor": member("KAZ")}
    happened(run, EventKind.ROLL_CALL, range(10), month=4, text=CONDEMNATION, ballot=2, **who)
    happened(run, EventKind.ROLL_CALL, month=16, text=CONDEMNATION, ballot=1, **who)
    vote = hindcast.free_running(case("votes", "condemnation", "abstention"), run)
    assert vote.argmax() == 1
    run.scenario.alliance.file.calendar = [
        SimpleNamespace(act="send_troops", title="Southern drill", focus="afghan-raids"),
        SimpleNamespace(act="attend_summit", title="Annual summit", focus=None),
    ]
    happened(run, EventKind.ACT, range(30), month=11, act=SEND_TROOPS, complied=1, threat=0, **who)
    happened(run, EventKind.ACT, month=11, act=SEND_TROOPS, complied=1, **who)
    happened(run, EventKind.ACT, month=11, act=ATTEND_SUMMIT, complied=0, **who)
    act = hindcast.free_running(case("acts", "send_troops:Southern drill", "complied"), run)
    np.testing.assert_allclose(act, [10.5 / (TRIALS + 1), 30.5 / (TRIALS + 1)])
    summit = hindcast.free_running(case("acts", "attend_summit:Annual summit", "complied"), run)
    assert summit[1] < 0.02
    series(run, "participation", "KAZ")[:, 11] = 0.7
    assert set(hindcast.levels(target("participation", "participation", "0.6"), run)) == {0.7}


# --- One step ahead -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "outcomes", "expected"),
    [
        (case("requests", "azerbaijan", "bloc"), [0.2, 0.5, 0.3, 0, 0, 0], [0.8, 0.2]),
        (case("acts", "pay_dues:Annual dues", "complied"), [0.9, 0.1, 0, 0, 0, 0], [0.1, 0.9]),
        (case("status", "renewal", "lapsed"), [0.3, 0.7, 0, 0, 0, 0], [0.3, 0.7]),
        (case("votes", "expulsion", "abstention"), [0.1, 0.2, 0.7, 0, 0, 0], [0.1, 0.2, 0.7]),
        (case("deployments", "azerbaijan", "troops"), [0.1, 0.1, 0.1, 0.1, 0.1, 0.5], [0.5, 0.5]),
        (case("votes", "expulsion", "abstention"), [0, 0, 0, 0, 0, 0], [1 / 3, 1 / 3, 1 / 3]),
    ],
)
def test_outcomes_of_the_filter_become_categories(
    one: hindcast.Case, outcomes: list[float], expected: list[float]
) -> None:
    np.testing.assert_allclose(one_step.forecast(one, np.array(outcomes)), expected)


def test_draws_that_made_a_fold_probable_count_less_for_it() -> None:
    """Two draws; the first gave the left-out row .6, the second .4: weights 2 to 3."""
    logs = {"a": np.log([0.6, 0.4]), "b": np.log([0.5, 0.5])}
    forecasts = {"a": np.array([[0.6, 0.4], [0.4, 0.6]]), "b": np.full((2, 2), 0.5)}
    found = one_step._weighted(logs, forecasts, {"a": "one", "b": "two"})
    np.testing.assert_allclose(found.outcomes["a"], [0.48, 0.52])
    assert found.effective["a"] == pytest.approx(1 / (0.16 + 0.36))
    assert found.effective["b"] == pytest.approx(2.0)


def test_a_draw_that_would_outweigh_the_others_is_cut_back() -> None:
    """Weights 1, .1, .1, .1 are cut at their mean times 2, which is .65."""
    logs = {"a": np.log([0.05, 0.5, 0.5, 0.5])}
    found = one_step._weighted(logs, {"a": np.eye(4)}, {"a": "one"})
    assert found.outcomes["a"][0] == pytest.approx(0.65 / 0.95)


# --- Scorecards -----------------------------------------------------------------------------------


def test_a_scorecard_compares_on_the_same_cases() -> None:
    tested = tuple(many("ntn"))
    model = {each.target.id: np.array([0.8, 0.2]) for each in tested}
    given = {scorecard.FREE: model}
    given |= scorecard.reference_forecasts(CSTO, tested, tested, "date")
    card = scorecard.scored(scorecard.Scorecard("date", tested, given))
    brier = {each.forecaster: each for each in card.scores if each.score == "brier"}
    assert brier[scorecard.FREE].mean.mean == pytest.approx((0.04 + 0.64 + 0.04) / 3)
    gain = brier["uniform"].gain
    assert gain is not None
    assert gain.mean == pytest.approx(0.25 - 0.24)
    assert {each.score for each in card.scores} == {"brier", "bits"}
    assert len(card.rows()) == 2 * 3 * len(given)
    assert scorecard.summary_gain(card, card, scorecard.FREE).mean == pytest.approx(0.0)


def test_kinds_count_alike_in_the_summary() -> None:
    tested = (*many("nnn"), case("acts", "pay_dues:Annual dues", "complied"))
    good, bad = np.array([0.9, 0.1]), np.array([0.9, 0.1])
    model = {each.target.id: good if each.kind == "troops" else bad for each in tested}
    card = scorecard.Scorecard("date", tested, {scorecard.FREE: model})
    bits = [-np.log2(0.01 + 0.98 * p) for p in (0.9, 0.1)]
    assert scorecard.summary_bits(card, scorecard.FREE).mean == pytest.approx(np.mean(bits))

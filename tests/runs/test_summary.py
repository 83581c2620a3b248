"""Does the summary count what is in the trials, and does the report claim no more than that?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from foedus.dictionary.vocabulary import ACTIVE
from foedus.runs.run_folder import write_run
from foedus.runs.tables.catalogue import TABLES
from foedus.statistics.quantiles import band
from foedus.studies.compare.paired import against_parent, comparable
from foedus.telling import headlines
from foedus.telling.run_answer import print_report
from foedus.telling.summary import summarize
from foedus.telling.terminal import report_text
from small_runs import MEMBERS, small_run

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

BINS = 200


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return small_run(trials=400)


@pytest.fixture(scope="module")
def summary(ensemble: Ensemble) -> Summary:
    return summarize(ensemble)


def test_the_summary_counts_what_is_in_the_trials(ensemble: Ensemble, summary: Summary) -> None:
    outcomes = ensemble.outcomes
    by_code = {one.code: one for one in summary.members}
    kazakhstan = list(MEMBERS).index("KAZ")
    froze = by_code["KAZ"].freezes
    assert froze is not None
    assert froze.count == (outcomes["first_freeze"][:, kazakhstan] >= 0).sum()
    at_the_end = by_code["KAZ"].end_status
    assert sum(found.count for found in at_the_end.values()) == ensemble.trials
    assert summary.milestones[-1].bands["cohesion"] == band(outcomes["cohesion_end"])
    total = ensemble.request_counts.sum() / ensemble.trials
    assert sum(row.total for row in summary.requests) == pytest.approx(total)


def test_a_member_frozen_at_the_start_is_asked_whether_it_stays_so(summary: Summary) -> None:
    frozen, *others = summary.members
    active = [one for one in others if one.start_status == "active"]
    assert len(active) == 4
    assert frozen.start_status == "frozen"
    assert frozen.freezes is None
    assert frozen.stays_frozen is not None
    assert all(one.freezes is not None and one.stays_frozen is None for one in active)
    assert any("frozen at the start" in note for note in headlines.member_notes(summary))


def test_staying_frozen_means_in_every_month() -> None:
    ensemble = small_run(trials=4)
    outcomes = ensemble.outcomes.copy()
    # Stays; took it up and froze again; active at the end; left.
    for name, values in (("status", [1, 1, 2, 0]), ("first_freeze", [-1, 9, -1, -1])):
        outcomes[name][:, 0] = values
    outcomes["exit"][:, 0] = [-1, -1, -1, 5]
    found = summarize(replace(ensemble, outcomes=outcomes)).members[0].stays_frozen
    assert found is not None
    assert found.count == 1


def test_force_between_members_and_expulsions_are_never_hidden() -> None:
    ensemble = small_run(trials=10)
    outcomes = ensemble.outcomes.copy()
    outcomes["force_between_members"][3] = 2
    text = report_text(summarize(replace(ensemble, outcomes=outcomes)))
    text = " ".join(text.split())
    assert "Troops sent against a member: 2; members expelled: 0 (the charter and the rules" in text
    assert "Force used" not in text


def test_troops_of_the_bloc_and_of_the_patron_are_said_to_count(summary: Summary) -> None:
    text = " ".join(report_text(summary).split())
    assert "Troops were sent to a member, by the bloc or by Russia alone, in " in text


def test_incidents_are_what_is_counted(summary: Summary) -> None:
    text = " ".join(report_text(summary, width=80).split())
    assert "Incidents, and answers to requests for help: mean per trial" in text
    told = re.search(
        r"Of 100 incidents, the member asks nobody in (\d+), Russia in (\d+) and the bloc in (\d+)",
        text,
    )
    assert told
    assert sum(int(part) for part in told.groups()) == 100
    assert "counts for both" in text
    for head, meaning in (("Mat.", "materiel"), ("Exer.", "exercise"), ("Stat.", "statement")):
        assert f"{head} {meaning}" in text
    assert "struck" not in text


def test_the_engagement_headline_is_about_members_active_at_the_start() -> None:
    ensemble = small_run(trials=40)
    series = [(one.name, one.member) for one in ensemble.series]
    histograms = ensemble.histograms.copy()
    # The member that is frozen at the start, the first, moves more than all others.
    histograms[0, series.index(("engagement", "ARM"))] = np.eye(BINS, dtype=int)[2] * 40
    histograms[-1, series.index(("engagement", "ARM"))] = np.eye(BINS, dtype=int)[197] * 40
    headline = headlines.engagement_headline(replace(ensemble, histograms=histograms))
    assert headline.startswith("Of the members active at the start, ")
    assert "Armenia" not in headline
    nobody = ensemble.status_counts.copy()
    nobody[0] = [0, 40, 0]
    headline = headlines.engagement_headline(replace(ensemble, status_counts=nobody))
    assert headline == "No member is active at the start"


def test_the_report_fits_80_columns_and_claims_frequencies_only(summary: Summary) -> None:
    text = report_text(summary, width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "robabilit" not in text
    assert "Scenario frequencies" in text
    named = [one.title for one in summary.members] + [one.text for one in summary.questions]
    assert all(name[:40] in text for name in named)


def test_the_report_does_not_break_on_the_smallest_and_the_emptiest_run() -> None:
    ensemble = small_run(trials=1, horizon=1)
    scenario: Any = replace(cast("Any", ensemble.scenario), questions=())
    bare = replace(
        ensemble,
        scenario=scenario,
        questions=np.zeros((1, 0), bool),
        request_counts=np.zeros_like(ensemble.request_counts),
        events=ensemble.events[:0],
    )
    text = report_text(summarize(bare))
    assert "There is no incident in any trial" in text
    assert "1 trials" not in text
    assert not re.search(r"\) of (1 trial|trials)", " ".join(text.split()))
    assert "Questions" not in text
    for make in TABLES.values():
        make(bare)


def test_a_piped_report_has_no_colours_and_ends_with_the_files_and_the_next_step(
    ensemble: Ensemble, summary: Summary, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = write_run(ensemble, tmp_path)
    print_report(summary, written)
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert f"Run: {written.path}\n" in said
    assert "manifest.json" in said
    assert "trials.parquet" in said
    assert re.match("Next: .*foedus evidence   [(]", said.rstrip().splitlines()[-1])
    print_report(summary, written, "evidence baseline")
    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    assert re.match("Next: .*foedus evidence baseline   [(]", last)


def test_a_comparison_pairs_trials_and_says_when_there_is_no_difference() -> None:
    one = small_run(trials=200)
    same = against_parent(one, one)
    assert {each.verdict for each in same} == {"the same"}
    outcomes, milestones = one.outcomes.copy(), one.milestones.copy()
    outcomes["cohesion_end"] = np.clip(outcomes["cohesion_end"] + 0.02, 0.0, 1.0)
    milestones[:, -1, 0] = outcomes["cohesion_end"]
    better = replace(one, outcomes=outcomes, milestones=milestones)
    lower, higher = against_parent(one, better), against_parent(better, one)
    for ensemble, against, word in ((one, lower, "lower"), (better, higher, "higher")):
        headline = headlines.comparison_headline(summarize(ensemble, against))
        assert headline.startswith(f"Cohesion in Nov 2031 is 0.020 {word} in «")
        assert "(90 % interval 0.020 to 0.020)" in headline
    assert "is the same in" in headlines.comparison_headline(summarize(one, same))
    assert headlines.comparison_headline(summarize(one)) == ""
    assert comparable(one, better)
    assert not comparable(one, replace(better, seed=one.seed + 1))
    assert against_parent(one, replace(better, seed=one.seed + 1)) == ()


def test_cohesion_is_set_against_the_reference_date_of_the_alliance(
    ensemble: Ensemble, summary: Summary
) -> None:
    reference = ensemble.scenario.alliance.file.reference
    assert reference is not None
    assert (summary.reference_date, summary.reference) == (reference.date, reference.cohesion)
    end = summary.milestones[-1].bands["cohesion"].median
    share = f"({100.0 * end / reference.cohesion:.0f} % of Jan 2019)"
    assert share in headlines.cohesion_headline(summary)
    assert "% of Jan 2019" in report_text(summary)


def test_without_a_reference_date_the_start_is_what_cohesion_is_set_against(
    ensemble: Ensemble,
) -> None:
    scenario: Any = ensemble.scenario
    file = scenario.alliance.file.model_copy(update={"reference": None})
    alliance = replace(scenario.alliance, file=file)
    found = summarize(replace(ensemble, scenario=replace(scenario, alliance=alliance)))
    assert found.reference_date == ensemble.dates[0]
    assert found.reference == found.milestones[0].bands["cohesion"].median
    headline = headlines.cohesion_headline(found)
    assert headline.count("% of the start)") == 1, "the start itself is not 100 % of the start"
    assert "% of the start" in headlines.of_reference(found, 0.1)
    assert headlines.of_reference(replace(found, reference=0.0), 0.1) == ""


def test_the_sentence_on_the_test_names_who_is_helped_least_and_most(
    ensemble: Ensemble, summary: Summary
) -> None:
    assert {one.code for one in summary.tests} == {"BLR", "KAZ", "KGZ", "TJK"}
    for one in summary.tests:
        i = list(MEMBERS).index(one.code)
        for name in ("agreement", "means", "acting"):
            kept = ensemble.outcomes[f"{name}_end"][:, i]
            assert getattr(one, name) == pytest.approx(kept.mean())
        assert one.answer == pytest.approx(ensemble.outcomes["collective_answer_end"][:, i].mean())
    sentence = headlines.test_headline(summary)
    told = [int(part) for part in re.findall(r"(\d+) % of what", sentence)]
    answers = [round(100.0 * one.answer) for one in summary.tests]
    assert told == [min(answers), max(answers)]
    assert headlines.test_headline(replace(summary, tests=())) == ""


def test_answers_of_members_make_the_cohesion_of_the_roster(ensemble: Ensemble) -> None:
    outcomes = ensemble.outcomes
    roster = [code in ensemble.scenario.test_roster for code in ensemble.members]
    active = outcomes["status"] == ACTIVE
    answers = np.where(active, outcomes["collective_answer_end"], 0.0)[:, roster]
    assert answers.mean(axis=1) == pytest.approx(outcomes["cohesion_end"])


def test_what_is_left_of_the_alliance_is_counted_and_told(summary: Summary) -> None:
    ensemble = small_run(trials=10)
    ensemble.outcomes["vitality"][:] = [2, 2, 2, 2, 2, 2, 1, 1, 1, 0]
    found = summarize(ensemble)
    assert {name: one.count for name, one in found.vitality.items()} == {
        "alive": 6,
        "zombie": 3,
        "dead": 1,
    }
    sentence = headlines.vitality_headline(found)
    assert re.search(r"alive in 60 % .* hardly answer, in 30 % .* dead in 10 %", sentence)
    ensemble.outcomes["vitality"][:] = 2
    assert headlines.vitality_headline(summarize(ensemble)).endswith("in each of 10 trials")

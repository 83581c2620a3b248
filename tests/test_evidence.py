"""Is the evidence complete and in order, and is every disorder caught?"""

import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from foedus.data import calibration_folder
from foedus.errors import FoedusError
from foedus.evidence import Evidence, cover, load, load_unused, rates, show
from foedus.evidence.dates import parse_span
from foedus.evidence.kinds import KINDS
from foedus.evidence.records import Covariate

FOLDER = calibration_folder() / "evidence"
FIVE = ("ARM", "BLR", "KAZ", "KGZ", "TJK")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "evidence"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Change the first `old` in a file of the copy to `new`."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What is there


def test_the_record_has_the_expected_size(evidence: Evidence) -> None:
    sizes = {kind.name: len(getattr(evidence, kind.name)) for kind in KINDS}
    assert sizes == {
        "documents": 5,
        "claims": 152,
        "contradictions": 15,
        "events": 117,
        "requests": 8,
        "non_requests": 8,
        "votes": 17,
        "polls": 8,
        "rules_of_the_organisation": 13,
        "covariates": 95,
        "patterns": 28,
        "anchors": 26,
        "theory": 46,
        "sources": 164,
    }
    assert len(evidence.ids) == sum(sizes.values())


@pytest.mark.parametrize(
    ("kind", "form", "last"),
    [
        ("claims", "C{:03}", 152),
        ("contradictions", "K{}", 15),
        ("events", "E{:03}", 117),
        ("requests", "R{}", 8),
        ("non_requests", "N{}", 8),
        ("votes", "V{:02}", 17),
        ("patterns", "P{:02}", 28),
        ("anchors", "A{}", 26),
    ],
)
def test_ids_are_numbered_without_gaps(evidence: Evidence, kind: str, form: str, last: int) -> None:
    found = [record.id for record in getattr(evidence, kind)]
    assert found == [form.format(number) for number in range(1, last + 1)]


def test_every_id_leads_to_its_record(evidence: Evidence) -> None:
    assert all(evidence.get(name).id == name for name in evidence.ids)


def test_claims_come_from_all_five_documents(evidence: Evidence) -> None:
    claims = Counter(claim.document for claim in evidence.claims)
    assert claims == {
        "SCHULZ21": 25,
        "RFERL21": 30,
        "DRILLS21": 18,
        "BLAGOV07": 17,
        "KHAMIDOV23": 62,
    }


def test_an_unknown_id_is_answered_with_the_nearest(evidence: Evidence) -> None:
    with pytest.raises(FoedusError, match=r"C0123.*nearest: C123"):
        evidence.get("C0123")
    assert evidence.missing(["E001", "E999", "E999"]) == [
        message for message in evidence.missing(["E999"]) if "«E999»" in message
    ]


def test_covariates_gather_all_rows_of_their_id(evidence: Evidence) -> None:
    distance = evidence.get("D-KAZ-un-distance")
    assert isinstance(distance, Covariate)
    assert {reading.date.text: reading.value for reading in distance.readings} == {
        "1994": 0.56,
        "1999": 0.03,
        "2006": 0.04,
        "2010": 0.32,
        "2012": 0.43,
        "2014": 0.46,
        "2016": 0.62,
        "2019": 0.75,
    }


def test_russian_share_of_capability_follows_from_the_members_figures(evidence: Evidence) -> None:
    for quantity, expected in (("CINC", 0.873), ("personnel, thousands", 0.888)):
        by_state = {
            covariate.state: reading.value
            for covariate in evidence.covariates
            for reading in covariate.readings
            if reading.quantity == quantity and covariate.state in {*FIVE, "RUS"}
        }
        values = [value for value in by_state.values() if value is not None]
        assert by_state["RUS"] is not None
        assert by_state["RUS"] / sum(values) == pytest.approx(expected, abs=6e-4)


# Base rates, counted in the record


@pytest.mark.parametrize(
    ("threats", "at_least", "expected"),
    [
        ({"domestic", "militants", "afghan", "azerbaijan", "intra"}, 5, (1, 8)),
        ({"domestic", "militants", "afghan", "azerbaijan", "intra"}, 3, (5, 8)),
        ({"domestic"}, 5, (1, 2)),
        ({"azerbaijan"}, 5, (0, 2)),
        ({"militants", "afghan"}, 3, (3, 3)),
        ({"intra"}, 5, (0, 1)),
    ],
)
def test_answers_have_the_known_base_rates(
    evidence: Evidence, threats: set[str], at_least: int, expected: tuple[int, int]
) -> None:
    requests = [request for request in evidence.requests if request.threat in threats]
    assert rates.answered(requests, at_least) == expected


def test_base_rates_agree_with_their_counts_and_jeffreys_intervals(evidence: Evidence) -> None:
    checked = 0
    for anchor in evidence.anchors:
        if anchor.count is None or anchor.value is None:
            continue
        successes, trials = anchor.count
        assert anchor.value == pytest.approx(successes / trials, abs=6e-4)
        if anchor.interval is not None:
            posterior = beta(successes + 0.5, trials - successes + 0.5)
            low = posterior.ppf(0.025) if successes else 0.0
            high = posterior.ppf(0.975) if successes < trials else 1.0
            # The looser bounds are given to two digits.
            assert anchor.interval == pytest.approx((low, high), abs=0.007)
            checked += 1
    assert checked == 9


def test_withdrawals_make_the_exit_rates(evidence: Evidence) -> None:
    leavers = {
        (actor, event.date.first.year)
        for event in evidence.events
        if event.kind == "withdrawal"
        for actor in event.actors
    }
    assert leavers == {("AZE", 1999), ("GEO", 1999), ("UZB", 1999), ("UZB", 2012)}


def test_loyalty_at_the_un_is_as_published(evidence: Evidence) -> None:
    found = [rates.loyalty(vote, FIVE) for vote in evidence.votes if "?" not in vote.votes.values()]
    expected = [0.7, 0.8, 1.0, 0.7, 1.0, 0.8, 0.9, 0.6, 0.6, 0.9, 0.6, 0.6, 0.6, 0.4, 0.6, 0.6]
    assert found == pytest.approx(expected)


def test_loyalty_leaves_out_votes_that_were_not_found(evidence: Evidence) -> None:
    vote = next(vote for vote in evidence.votes if "?" in vote.votes.values())
    assert rates.loyalty(vote, ("ARM", "BLR", "KAZ")) == 0.5
    assert rates.loyalty(vote, ("KAZ",)) is None


# Disorder is caught


FAULTS: dict[str, tuple[str, str, str, str]] = {
    "id taken": ("claims.csv", "C002,", "C001,", r"claims.csv, line 3 \(C001\): the id is taken"),
    "id taken elsewhere": ("sources.csv", "HSC,", "A1,", r"\(A1\): the id is taken by anchors"),
    "form of an id": ("claims.csv", "C002,", "X02,", r"\(X02\): «id» is X02"),
    "order": ("claims.csv", "0.15,0.2,0.3", "0.15,0.4,0.3", r"\(C001\).*ascend"),
    "number": ("claims.csv", "0.15,0.2,0.3", "0.15,some,0.3", r"\(C001\): «mode» is some"),
    "not a number": ("claims.csv", "0.15,0.2,0.3", "nan,0.2,0.3", r"«low» is nan"),
    "no number": ("claims.csv", "0.15,0.2,0.3", "0.15,,0.3", r"«mode» is empty"),
    "range": ("claims.csv", "0.15,0.2,0.3", "0.15,0.2,1.3", r"\(C001\): a level lies from 0 to 1"),
    "document": ("claims.csv", "C001,SCHULZ21", "C001,SCHULZ22", r"nearest: SCHULZ21"),
    "scale": ("claims.csv", "level,level", "level,lewel", r"«scale» is lewel; allowed are level"),
    "direction": ("claims.csv", "level,level", "up,level", r"«direction» is up; allowed are \+"),
    "too many cells": ("claims.csv", "C001,", "C001,,", r"\(C001\): has 11 cells"),
    "column": ("claims.csv", "informs", "infoms", r"column «informs» is missing"),
    "unknown column": ("claims.csv", "informs", "infoms", r"column «infoms»; nearest: informs"),
    "date": ("events.csv", "1992-05-15", "1992-15-05", r"\(E001\): «date».*no day"),
    "backward date": ("events.csv", "1992/1999", "1999/1992", r"\(E002\): «date».*before it"),
    "word as date": ("events.csv", "1992/1999", "long ago", r"\(E002\): «date».*is no date"),
    "answer": ("events.csv", "CIS,5,", "CIS,6,", r"\(E002\): «answer» is 6.*from 0 to 5"),
    "confidence": ("events.csv", "JT01,V", "JT01,W", r"\(E002\): «confidence» has W"),
    "no confidence": ("events.csv", "JT01,V", "JT01,", r"\(E002\): «confidence» has no code"),
    "state": ("events.csv", "RUS UZB KAZ", "RUS UZZ KAZ", r"\(E002\): «actors» has UZZ"),
    "source": ("events.csv", "NS95 JT01", "NS95 JT1", r"\(E002\).*cites JT1,.*nearest: .*JT01"),
    "no source": ("events.csv", "NS95 JT01", "", r"\(E002\): names no source"),
    "kind": ("events.csv", "intervention", "inversion", r"\(E002\): «kind» is inversion"),
    "threat": ("events.csv", ",domestic,", ",demotic,", r"\(E002\): «threat» is demotic"),
    "vote": ("votes.csv", ",N,N,A,X,X,", ",N,N,B,X,X,", r"\(V01\): «KAZ» is B; allowed are N, A"),
    "event of a request": ("requests.yaml", "[E010]", "[E910]", r"\(R1\): «events» cites E910"),
    "lag": ("requests.yaml", "[1, 2]", "[2, 1]", r"\(R1\): «lag_months» runs from 2 down to 1"),
    "answer to a request": ("requests.yaml", "answer: 3", "answer: yes", r"«answer» is True"),
    "claim": ("contradictions.yaml", "C023", "E023", r"\(K1\): «claims» cites E023"),
    "share": ("polls.yaml", "0.31", "31", r"\(O1\).*share from 0 to 1, not 31"),
    "covariate": ("covariates.csv", "D-ARM-arms,ARM", "D-ARM-arms,BLR", r"starts with D-BLR-"),
    "half a range": ("covariates.csv", ",0.6,0.9,", ",0.6,,", r"«low» and «high» go together"),
    "strength": ("patterns.yaml", "strength: B", "strength: E", r"\(P01\): «strength» is E"),
    "rate": ("anchors.yaml", "value: 0.745", "value: 74.5", r"\(A1\).*not at 74.5"),
    "no value": ("anchors.yaml", "value: 0.745, ", "", r"\(A1\): wants either"),
    "unknown key": ("anchors.yaml", "value: 0.745", "valeu: 0.745", r"«valeu»; nearest: value"),
    "repeated key": ("polls.yaml", "date: 2018-08", "id: O2", r"\(O2\): key «id» stands twice"),
    "no YAML": ("polls.yaml", "- id: O2", "- id: [O2", r"polls.yaml, line \d+: is not valid YAML"),
    "no list": ("rules_of_the_organisation.yaml", "- {id: G1,", "x: 1\n- {id: G1,", r"not valid"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(copy: Path, fault: str) -> None:
    file, old, new, words = FAULTS[fault]
    replace(copy, file, old, new)
    with pytest.raises(FoedusError, match=words) as caught:
        load(copy)
    assert file in str(caught.value)


def test_all_faults_are_named_at_once(copy: Path) -> None:
    replace(copy, "claims.csv", "0.15,0.2,0.3", "0.15,0.4,0.3")
    replace(copy, "events.csv", "CIS,5,", "CIS,6,")
    replace(copy, "polls.yaml", "0.31", "31")
    with pytest.raises(FoedusError, match="has 3 faults") as caught:
        load(copy)
    assert [line.split(",")[0] for line in str(caught.value).splitlines()[1:]] == [
        "  claims.csv",
        "  events.csv",
        "  polls.yaml",
    ]


def test_an_empty_statement_is_a_fault(copy: Path) -> None:
    statement = next(claim.statement for claim in load().claims if "," not in claim.statement)
    replace(copy, "claims.csv", statement, "")
    with pytest.raises(FoedusError, match="«statement» is empty"):
        load(copy)


@pytest.mark.parametrize("file", [kind.file for kind in KINDS])
def test_a_missing_file_is_named_alone(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(FoedusError, match=rf"has 1 fault\n  {file}: cannot be read"):
        load(copy)


@pytest.mark.parametrize("file", ["votes.csv", "polls.yaml"])
def test_an_empty_file_is_named(copy: Path, file: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    (copy / file).write_text(text.splitlines()[0] if file == "votes.csv" else "[]")
    with pytest.raises(FoedusError, match=rf"{file}: holds no rows"):
        load(copy)


# Dates


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1999", "1999-01-01", "1999-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-22", "2024-02-22", "2024-02-22"),
        ("1992-1999", "1992-01-01", "1999-12-31"),
        ("2005-05/2005-12", "2005-05-01", "2005-12-31"),
        ("2008~", "2008-01-01", "2008-12-31"),
    ],
)
def test_dates_are_as_wide_as_written(text: str, first: str, last: str) -> None:
    span = parse_span(text)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)
    assert span.approximate == text.endswith("~")


@given(st.dates(), st.dates())
def test_a_range_is_refused_just_when_it_runs_backwards(first: date, last: date) -> None:
    text = f"{first}/{last}"
    if first <= last:
        assert parse_span(text).last == last
    else:
        with pytest.raises(ValueError, match="before it starts"):
            parse_span(text)


@pytest.mark.parametrize("text", ["", "99", "1999-13", "2023-02-29", "1999/", "May 1999", "1999-4"])
def test_other_words_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match="is no d"):
        parse_span(text)


# Coverage


def explained(evidence: Evidence, used: set[str]) -> dict[str, str]:
    return {claim.id: "a reason" for claim in evidence.claims if claim.id not in used}


def test_coverage_works_in_both_directions(evidence: Evidence) -> None:
    citations = {"loss_aversion": ["C120", "O7", "C120"], "trust_patron[ARM]": ["C120"]}
    coverage = cover(evidence, citations, explained(evidence, {"C120"}))
    assert coverage.sources["loss_aversion"] == ("C120", "O7")
    assert coverage.feeds["C120"] == ("loss_aversion", "trust_patron[ARM]")
    assert coverage.feeds["E001"] == ()
    assert coverage.used == ("C120",)
    assert len(coverage.unused) == 151
    assert coverage.faults == ()
    coverage.require_complete()


def test_a_claim_that_feeds_nothing_wants_a_reason(evidence: Evidence) -> None:
    reasons = explained(evidence, {"C120", "C121"}) | {"C122": ""}
    coverage = cover(evidence, {"loss_aversion": ["C120"]}, reasons)
    assert coverage.faults == (
        "C121 feeds nothing, and unused_claims.yaml gives no reason",
        "C122 feeds nothing, and unused_claims.yaml gives no reason",
    )
    with pytest.raises(FoedusError, match=r"(?s)C121.*C122"):
        coverage.require_complete()


def test_no_claim_is_both_used_and_listed(evidence: Evidence) -> None:
    coverage = cover(evidence, {"loss_aversion": ["C120"]}, explained(evidence, set()))
    assert coverage.faults == ("unused_claims.yaml lists C120, which feeds loss_aversion",)


def test_only_claims_are_listed_as_unused(evidence: Evidence) -> None:
    reasons = explained(evidence, set()) | {"E001": "no reason"}
    (fault,) = cover(evidence, {}, reasons).faults
    assert "lists E001, which is no claim" in fault


def test_a_citation_of_nothing_is_a_fault(evidence: Evidence) -> None:
    (fault,) = cover(evidence, {"war_drain": ["C999"]}, explained(evidence, set())).faults
    assert re.search(r"war_drain cites C999, .*nearest: C\d99", fault)


def test_the_bundled_reasons_can_be_read() -> None:
    assert all(load_unused().values())


@pytest.mark.parametrize("content", ["[C115]", "C115: [misdated]", "C115: 7", "{", "- x"])
def test_reasons_must_be_texts(tmp_path: Path, content: str) -> None:
    (tmp_path / "unused_claims.yaml").write_text(content)
    with pytest.raises(FoedusError, match=r"unused_claims\.yaml"):
        load_unused(tmp_path)


def test_reasons_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FoedusError, match="cannot be read"):
        load_unused(tmp_path)


# In words


def test_no_text_is_too_wide(evidence: Evidence) -> None:
    citations = {"loss_aversion": sorted(evidence.ids), "a_name_without": []}
    coverage = cover(evidence, citations, {})
    texts = [
        show.name_text("loss_aversion", evidence, coverage, "word " * 50),
        show.coverage_text(evidence, coverage),
        *(show.record_text(name, evidence, coverage) for name in evidence.ids),
    ]
    addresses = {source.address for source in evidence.sources}
    wide = [line for text in texts for line in text.splitlines() if len(line) > show.WIDTH]
    assert [line for line in wide if line.strip() not in addresses] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "C120",
            ["change -0.45 to -0.2, most likely -0.3", "KHAMIDOV23", "feeds", "loss_aversion"],
        ),
        ("E070", ["2022-09-13", "article 4", "AZT22b", "cited by", "R7"]),
        ("V10", ["ARM X, BLR N", "expulsion"]),
        ("D-KAZ-un-distance", ["0.75 (2019, D)", "IDP"]),
        ("TASS22", ["https://tass.com/world/1385739"]),
        ("C115", ["feeds         nothing: misdated"]),
    ],
)
def test_a_record_is_told_in_full(evidence: Evidence, name: str, words: list[str]) -> None:
    coverage = cover(evidence, {"loss_aversion": ["C120"]}, {"C115": "misdated"})
    text = show.record_text(name, evidence, coverage)
    assert [word for word in words if word not in text] == []


def test_a_name_is_told_with_its_sources(evidence: Evidence) -> None:
    coverage = cover(evidence, {"loss_aversion": ["C120", "O7"], "noise": []}, {})
    text = show.name_text("loss_aversion", evidence, coverage, "2 to 4")
    assert "rests on 2 pieces of evidence" in text
    assert "2 to 4" in text
    assert "no source: a judgement" in show.name_text("noise", evidence, coverage)
    with pytest.raises(FoedusError, match="nearest: loss_aversion"):
        show.name_text("loss_avers", evidence, coverage)


def test_the_coverage_table_counts(evidence: Evidence) -> None:
    coverage = cover(evidence, {"loss_aversion": ["C120", "O7"], "noise": []}, {"C115": "misdated"})
    text = show.coverage_text(evidence, coverage)
    assert re.search(r"claims +152 +1\n", text)
    assert re.search(r"polls +8 +1\n", text)
    assert "151 claims feed nothing" in text
    assert "  C115  misdated" in text
    assert "2 names in all, 1 without evidence\n  noise\n" in text

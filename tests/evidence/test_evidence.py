"""Is the evidence complete, do its numbers agree, and is it told in full?"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from scipy.stats import beta

from foedus.errors import FoedusError
from foedus.evidence import Evidence, cover, load, load_unused, show
from foedus.evidence.records import KINDS, Covariate, Vote

FIVE = ("ARM", "BLR", "KAZ", "KGZ", "TJK")
LOYALTY = {"N": 1.0, "A": 0.5, "X": 0.5, "Y": 0.0}
"""A vote with the patron counts in full, standing aside for half."""


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


# What is there


def test_the_record_has_the_expected_size(evidence: Evidence) -> None:
    sizes = {kind.table(): len(getattr(evidence, kind.table())) for kind in KINDS}
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
        "theory": 59,
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
    with pytest.raises(FoedusError, match=r"C0123.*did you mean «C123»"):
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
    assert (
        sum(request.answer >= at_least for request in requests),
        len(requests),
    ) == expected


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
    found = [loyalty(vote, FIVE) for vote in evidence.votes if "?" not in vote.votes.values()]
    expected = [0.7, 0.8, 1.0, 0.7, 1.0, 0.8, 0.9, 0.6, 0.6, 0.9, 0.6, 0.6, 0.6, 0.4, 0.6, 0.6]
    assert found == pytest.approx(expected)


def test_loyalty_leaves_out_votes_that_were_not_found(evidence: Evidence) -> None:
    vote = next(vote for vote in evidence.votes if "?" in vote.votes.values())
    assert loyalty(vote, ("ARM", "BLR", "KAZ")) == 0.5
    assert loyalty(vote, ("KAZ",)) is None


# Coverage


def loyalty(vote: Vote, states: Iterable[str]) -> float | None:
    """Mean share of the patron's position that states took in a vote; None if none is known."""
    known = [LOYALTY[vote.votes[state]] for state in states if vote.votes[state] in LOYALTY]
    return sum(known) / len(known) if known else None


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


def test_a_claim_that_feeds_nothing_wants_a_reason(evidence: Evidence) -> None:
    reasons = explained(evidence, {"C120", "C121"}) | {"C122": ""}
    coverage = cover(evidence, {"loss_aversion": ["C120"]}, reasons)
    assert coverage.faults == (
        "C121 feeds nothing, and unused_claims.yaml gives no reason",
        "C122 feeds nothing, and unused_claims.yaml gives no reason",
    )


def test_no_claim_is_both_used_and_listed(evidence: Evidence) -> None:
    coverage = cover(evidence, {"loss_aversion": ["C120"]}, explained(evidence, set()))
    assert coverage.faults == ("unused_claims.yaml lists C120, which feeds loss_aversion",)


def test_only_claims_are_listed_as_unused(evidence: Evidence) -> None:
    reasons = explained(evidence, set()) | {"E001": "no reason"}
    (fault,) = cover(evidence, {}, reasons).faults
    assert "lists E001, which is no claim" in fault


def test_a_citation_of_nothing_is_a_fault(evidence: Evidence) -> None:
    (fault,) = cover(evidence, {"war_drain": ["C999"]}, explained(evidence, set())).faults
    assert re.search(r"war_drain cites C999, .*did you mean «C\d99»", fault)


def test_the_bundled_reasons_can_be_read() -> None:
    assert all(load_unused().values())


@pytest.mark.parametrize("content", ["[C115]", "C115: [misdated]", "C115: 7", "{", "- x"])
def test_reasons_must_be_texts(tmp_path: Path, content: str) -> None:
    (tmp_path / "unused_claims.yaml").write_text(content)
    with pytest.raises(FoedusError, match=r"unused_claims\.yaml"):
        load_unused(folder=tmp_path)


def test_reasons_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FoedusError, match="cannot be read"):
        load_unused(folder=tmp_path)


# In words


@pytest.mark.slow
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
    with pytest.raises(FoedusError, match="did you mean «loss_aversion»"):
        show.name_text("loss_avers", evidence, coverage)


def test_the_coverage_table_counts(evidence: Evidence) -> None:
    coverage = cover(evidence, {"loss_aversion": ["C120", "O7"], "noise": []}, {"C115": "misdated"})
    text = show.coverage_text(evidence, coverage)
    assert re.search(r"claims +152 +1\n", text)
    assert re.search(r"polls +8 +1\n", text)
    assert "151 claims feed nothing" in text
    assert "  C115  misdated" in text
    assert "2 names in all, 1 without evidence\n  noise\n" in text

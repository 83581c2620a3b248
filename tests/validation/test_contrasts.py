"""Claims as contrasts: read strictly, played in pairs, judged by the one rule, kept."""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from command import ROOT, foedus
from conftest import CSTO
from foedus import cases, evidence
from foedus.dictionary.vocabulary import Forced
from foedus.errors import FoedusError
from foedus.files.faults import Misread
from foedus.scenarios import driver_paths
from foedus.scenarios.resolved import yaml_text
from foedus.validation.contrasts import measures, playing, reading, table, text
from foedus.validation.contrasts.schema import ContrastEntry

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.validation.contrasts.reading import Contrasts

BUNDLED = reading.load(CSTO)
CLAIMS = [claim.id for claim in evidence.load(CSTO).claims]

TOY: dict[str, Any] = {
    "claim": "C103",
    "change": "war, instead of none",
    "world": "calm",
    "to": {"drivers": {"war": {"2021-01": 0.0, "2021-06": 1.0}}},
    "measure": "capacity",
    "month": 12,
    "sign": "lower",
    "size": {"per": 1},
    "why": "A war takes capacity by construction.",
}


def file_of(folder: Path, *entries: dict[str, Any], **changes: Any) -> Path:
    """A file of contrasts in which every other claim is none."""
    told = {entry.get("claim") for entry in entries}
    content = {
        "worlds": {
            "calm": {"alliance": "csto", "start": "2021-01", "horizon": 24, "incidents": "recorded"}
        },
        "contrasts": list(entries),
        "no_contrast": {claim: "A toy." for claim in CLAIMS if claim not in told},
    } | changes
    path = folder / "contrasts.yaml"
    path.write_text(yaml_text(content), encoding="utf-8")
    return path


def toy(folder: Path, **changes: Any) -> Contrasts:
    return reading.load(CSTO, file_of(folder, TOY | changes))


def played(known: Contrasts, trials: int = 100) -> playing.Played:
    stage = playing.Stage(CSTO, known)
    (found,) = playing.play(stage, known.every, trials=trials, seed=1)
    return found


# --- Reading -------------------------------------------------------------------------------------


def test_every_claim_stands_in_exactly_one_of_the_two_lists() -> None:
    contrasts = [each.entry.claim for each in BUNDLED.every]
    assert sorted([*contrasts, *BUNDLED.file.no_contrast]) == sorted(CLAIMS)
    assert len(BUNDLED.every) >= 60


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "claim": ({"claim": "C1033"}, r"claim: there is no claim «C1033»; did you mean «C1.3»"),
    "key": ({"sing": "lower"}, r"contrasts\[1\]\.sing: unknown key.*did you mean «sign»"),
    "sign": ({"sign": "down"}, r"sign: found text «down», expected one of higher, lower"),
    "month": ({"month": 0}, r"month: found 0, expected at least 1"),
    "missing": ({"why": None}, r"why: found nothing, expected text"),
    "world": ({"world": "clam"}, r"world: unknown world «clam».*did you mean «calm»"),
    "failure": ({"failure": 1}, r"failure: found 1, expected text"),
    "section": ({"to": {"driver": {}}}, r"to: unknown section «driver».*did you mean «drivers»"),
    "asked": ({"to": {"questions": []}}, r"unknown section «questions»"),
    "same": ({"to": {}}, "both scenarios say the same"),
    "size": ({"size": {"per": 0}}, r"size\.per: found 0, expected more than 0"),
    "members": ({"measure": "trust of MEMBER"}, "expected MEMBER in it and «members», or neither"),
    "nobody": ({"members": ["KAZ"]}, "expected MEMBER in it and «members», or neither"),
    "answer": (
        {"measure": "trust of TJK", "to": {"quantities": {"trust_patron[TJK]": 0.1}}},
        r"to: sets «trust_patron», which «trust of TJK» starts from",
    ),
    "pushed": (
        {
            "measure": "fear of KAZ",
            "to": {"shocks": [{"name": "s", "date": "2021-06", "on": "fear.KAZ", "size": 0.5}]},
        },
        "sets «fear», which «fear of KAZ» starts from",
    ),
    "later": (
        {
            "measure": "arms dependence of KAZ",
            "to": {"quantities_from": {"2021-06": {"arms_dependence[KAZ]": 0.1}}},
        },
        "sets «arms_dependence», which «arms dependence of KAZ» starts from",
    ),
    "driven": (
        {"measure": "supply", "to": {"drivers": {"supply": {"2021-01": 1, "2021-06": 0.1}}}},
        "sets «supply», which «supply» starts from",
    ),
    "sign of it": (
        {"measure": "reliance of KAZ", "to": {"quantities": {"arms_dependence[KAZ]": 0.1}}},
        "sets «arms_dependence», which «reliance of KAZ» starts from",
    ),
    **{
        f"dictated: {does}": (
            {
                "measure": measure,
                "to": {"decisions": [{"name": "d", "date": "2021-06", "does": does} | act]},
            },
            rf"sets «{state}», which «{measure}» starts from",
        )
        for does, act, measure, state in (
            ("freeze", {"actor": "KAZ"}, "status of KAZ is frozen", "status"),
            ("notice", {"actor": "KAZ"}, "members in >= 5", "status"),
            (
                "arms",
                {"actor": "TUR", "toward": "KAZ"},
                "arms dependence of KAZ",
                "arms_dependence",
            ),
            ("pressure", {"actor": "RUS", "toward": "KAZ"}, "fear of KAZ", "fear"),
            (
                *("request", {"actor": "TJK", "threat": "afghan-raids"}),
                *("requests by TJK to the bloc >= 1", "requests_bloc"),
            ),
            (
                *("request", {"actor": "TJK", "threat": "afghan-raids", "answer": "troops"}),
                *("best answer to TJK >= troops", "best_answer"),
            ),
        )
    },
    "part": (
        {"measure": "mutual trust", "to": {"quantities": {"tie[KGZ,TJK]": 0.1}}},
        "sets «tie», which «mutual trust» starts from",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_contrast_is_refused_with_file_line_and_key(tmp_path: Path, fault: str) -> None:
    changes, words = FAULTS[fault]
    with pytest.raises(FoedusError, match=rf"contrasts\.yaml:\d+:\d+: .*{words}"):
        toy(tmp_path, **changes)


def test_a_claim_that_is_missing_or_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(FoedusError, match=r"C103 stands twice, first in line \d+"):
        reading.load(CSTO, file_of(tmp_path, TOY, TOY))
    with pytest.raises(FoedusError, match=r"neither a contrast nor the reason.*C001, C002"):
        reading.load(CSTO, file_of(tmp_path, TOY, no_contrast={}))


ARMS: dict[str, tuple[dict[str, Any], str]] = {
    "driver": ({"to": {"drivers": {"wor": {"2021-06": 1.0}}}}, "unknown driver «wor»"),
    "parameter": ({"to": {"parameters": {"war_drian": 0.3}}}, "did you mean «war_drain»"),
    "measure": ({"measure": "capasity"}, r"contrasts\[C103\]\.measure: .*did you mean «capacity»"),
    "mixture": (
        {"measure": ["capacity", "presence > 0.5"]},
        "expected one observable, or conditions",
    ),
}


@pytest.mark.parametrize("fault", ARMS)
def test_what_the_scenario_language_does_not_know_has_its_line_too(
    tmp_path: Path, fault: str
) -> None:
    changes, words = ARMS[fault]
    known = toy(tmp_path, **changes)
    with pytest.raises(FoedusError, match=rf"contrasts\.yaml:\d+:\d+: .*{words}"):
        played(known)


def test_every_bundled_contrast_resolves() -> None:
    stage = playing.Stage(CSTO, BUNDLED)
    for contrast in BUNDLED.every:
        assert stage.readings(contrast)
        for arm in contrast.arms:
            stage.resolved(arm, contrast.entry.month)


def test_no_bundled_contrast_writes_its_change_into_the_state_at_rest() -> None:
    """A path holds its first value back to the start, where members are used to what they find."""
    stage = playing.Stage(CSTO, BUNDLED)
    for contrast in BUNDLED.every:
        first, second = (stage.resolved(arm, contrast.entry.month) for arm in contrast.arms)
        starts = [driver_paths.paths(each)[0].tolist() for each in (first, second)]
        assert starts[0] == starts[1], contrast.entry.claim


def test_what_an_actor_can_be_made_to_do_is_known_for_what_it_sets() -> None:
    assert set(reading.DICTATED) == {kind.name.lower() for kind in Forced}


def test_an_answer_left_to_the_patron_may_be_measured(tmp_path: Path) -> None:
    asks = {"name": "d", "date": "2021-06", "actor": "TJK", "does": "request"}
    known = toy(
        tmp_path,
        measure="best answer to TJK >= troops",
        to={"decisions": [asks | {"threat": "afghan-raids"}]},
    )
    assert known.every[0].entry.measure == ("best answer to TJK >= troops",)


# --- Measuring -----------------------------------------------------------------------------------


def test_a_ladder_tells_the_level_that_a_series_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = played(toy(tmp_path), trials=400).difference
    monkeypatch.setattr(measures, "FOLLOWED", ())
    rungs = played(toy(tmp_path), trials=400).difference
    assert exact.base == pytest.approx(rungs.base, abs=0.003)
    assert exact.mean == pytest.approx(rungs.mean, abs=0.002)
    assert rungs.base * measures.RUNGS * 400 == pytest.approx(
        round(rungs.base * measures.RUNGS * 400)
    )


def test_a_level_of_several_members_is_their_mean_and_a_condition_holds_of_any(
    tmp_path: Path,
) -> None:
    alone = [
        played(toy(tmp_path, measure=f"trust of {code}", size=None)).difference
        for code in ("BLR", "KAZ")
    ]
    both = toy(tmp_path, measure="trust of MEMBER", members=["BLR", "KAZ"], size=None)
    assert played(both).difference.base == pytest.approx((alone[0].base + alone[1].base) / 2)
    ever = toy(
        tmp_path, measure=["capacity > 0.99", "capacity > 0"], to=TOY["to"], size=None, month=1
    )
    assert played(ever).difference.base == 1.0


def test_a_measure_that_is_neither_level_nor_count_is_refused(tmp_path: Path) -> None:
    entry = toy(tmp_path).every[0].entry
    _, roster = playing.Stage(CSTO, toy(tmp_path))._world("calm")
    for words in ("status of ARM", "frustration", "best answer to ARM"):
        asked = ContrastEntry.model_validate(
            entry.model_dump(by_alias=True) | {"measure": words, "size": None}
        )
        if words == "frustration":
            assert measures.readings(asked, roster)[0].series
        else:
            with pytest.raises(Misread, match="ask for a condition on it"):
                measures.readings(asked, roster)


# --- Judging -------------------------------------------------------------------------------------


def test_a_contrast_with_a_known_answer_holds_with_its_size(tmp_path: Path) -> None:
    found = played(toy(tmp_path))
    assert (found.verdict, found.inside) == ("holds", True)
    assert found.size == found.difference.mean


def test_the_same_contrast_fails_with_the_other_sign_and_its_size_is_outside(
    tmp_path: Path,
) -> None:
    found = played(toy(tmp_path, sign="higher"))
    assert (found.verdict, found.inside) == ("wrong sign", False)


def test_a_size_is_divided_before_it_is_held_against_the_claim(tmp_path: Path) -> None:
    found = played(toy(tmp_path, size={"per": 100}))
    assert (found.verdict, found.inside) == ("holds", False)
    assert found.size == pytest.approx(found.difference.mean / 100)
    assert played(toy(tmp_path, size=None)).inside is None


def test_what_moves_nothing_or_too_little_is_too_weak_to_see(tmp_path: Path) -> None:
    nothing = {"drivers": {"offer.IRN": {"2021-01": 1.0, "2021-06": 0.9}}}
    assert played(toy(tmp_path, to=nothing)).verdict == "too weak to see"
    little = {"drivers": {"war": {"2021-01": 0.0, "2021-06": 0.005}}}
    found = played(toy(tmp_path, to=little))
    assert found.difference.high < 0.0
    assert found.verdict == "too weak to see"


def test_equal_arms_are_played_once_and_give_the_same_as_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = TOY | {"claim": "C104", "measure": "presence", "month": 20}
    known = reading.load(CSTO, file_of(tmp_path, TOY, other))
    arms: list[int] = []
    stage = playing.Stage(CSTO, known)
    both = playing.play(stage, known.every, trials=60, seed=1, progress=arms.append)
    assert len(arms) == 2
    for contrast, together in zip(known.every, both, strict=True):
        (alone,) = playing.play(stage, [contrast], trials=60, seed=1)
        assert alone.difference == together.difference


# --- The command and what it keeps ----------------------------------------------------------------


FAILS = TOY | {
    "claim": "C104",
    "measure": "presence",
    "sign": "higher",
    "failure": "Its sign is upside down.",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the case with a contrast that holds and one that fails, and says why."""
    folder = tmp_path / "calibration"
    shutil.copytree(ROOT / "calibration", folder, ignore=shutil.ignore_patterns("posterior"))
    file_of(folder, TOY, FAILS)
    return folder


def test_the_command_tells_failures_first_and_ends_in_the_totals(small: Path) -> None:
    done = foedus("contrasts", "--case", small, "--trials", 40)
    assert (done.returncode, done.stderr.count("older than")) == (0, 1)
    lines = done.stdout.rstrip().splitlines()
    assert lines[-1] == "1 of 2 contrasts hold clearly; 1 of 2 coded sizes inside"
    assert done.stdout.index("Wrong sign (1)") < done.stdout.index("Holds (1)")
    assert done.stdout.count("Its sign is upside down.") == 1
    assert foedus("contrasts", "--case", small, "--trials", 40, "--strict").returncode == 1


def test_one_claim_can_be_played_and_others_are_refused_with_the_reason(small: Path) -> None:
    done = foedus("contrasts", "--case", small, "--trials", 40, "--only", "C103", "--csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["claim"], row["verdict"], row["inside"]) == ("C103", "holds", "True")
    for claim, words in {
        "C001": "C001 is no contrast: A toy.",
        "C1033": "there is no contrast of «C1033»; did you mean «C103»?",
    }.items():
        done = foedus("contrasts", "--case", small, "--only", claim)
        assert (done.returncode, done.stderr) == (2, f"foedus: {words}\n")
    done = foedus("contrasts", "--case", small, "--only", "C103", "--keep")
    assert done.returncode == 2
    assert "--keep: needs all contrasts" in done.stderr


def test_what_is_kept_says_what_it_rests_on_and_notices_a_change(small: Path) -> None:
    assert foedus("contrasts", "--case", small, "--trials", 40, "--keep").returncode == 0
    case = cases.load(small)
    rows = table.read_kept(case)
    assert [row["verdict"] for row in rows[:2]] == ["wrong sign", "holds"]
    assert [row["failure"] for row in rows[:2]] == ["Its sign is upside down.", ""]
    assert "Its sign is upside down." in text.block(case)
    assert len(rows) == len(CLAIMS)
    assert text.block(case) in (small / "README.md").read_text(encoding="utf-8")
    assert table.changed(case, reading.load(case)) == []
    file_of(small, TOY | {"month": 6})
    assert table.changed(case, reading.load(case)) == ["contrasts.yaml"]


def test_a_failure_without_a_reason_is_told_as_such(small: Path) -> None:
    file_of(small, TOY, {key: FAILS[key] for key in FAILS if key != "failure"})
    done = foedus("contrasts", "--case", small, "--trials", 40)
    assert "no line «failure» in the file says why" in " ".join(done.stdout.split())


def test_a_case_without_contrasts_is_refused_in_one_line() -> None:
    done = foedus("contrasts", "--case", ROOT / "tests" / "cases" / "hanse")
    assert done.returncode == 2
    assert "the case «hanse» has no contrasts" in done.stderr


def test_the_kept_table_names_the_rules_that_it_is_of() -> None:
    origin = table.read_origin(CSTO)
    page = (ROOT / "calibration" / "README.md").read_text(encoding="utf-8")
    assert f"rules `{origin['rests_on']['rules'][:12]}`" in page
    assert set(origin["rests_on"]) == set(table.rests_on(CSTO, BUNDLED))


def test_the_kept_table_holds_every_claim_once() -> None:
    assert sorted(row["claim"] for row in table.read_kept(CSTO)) == sorted(CLAIMS)


def test_every_kept_failure_has_its_reason_and_nothing_else_has_one() -> None:
    verdicts = {row["claim"]: row["verdict"] for row in table.read_kept(CSTO)}
    failed = {claim for claim, verdict in verdicts.items() if verdict in table.FAILURES}
    assert {each.entry.claim for each in BUNDLED.every if each.entry.failure} == failed

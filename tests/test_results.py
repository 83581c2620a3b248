"""Are the numbers right, are the tables tidy, and is a run on disk whole or not there at all?"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_ensemble import MEMBERS, fake_ensemble
from foedus.engines.ensemble import outcome_type
from foedus.errors import FoedusError
from foedus.results import headlines, provenance, words
from foedus.results.quantiles import (
    FAN,
    Frequency,
    band,
    difference_words,
    epistemic_share,
    frequency,
    histogram_mean,
    histogram_quantiles,
    mean_interval,
    wilson,
)
from foedus.results.run_folder import write_run
from foedus.results.summary import comparable, compare, summarize
from foedus.results.tables import TABLES, write_tables
from foedus.results.terminal import print_report, report_text
from foedus.results.trial_tables import MEANINGS
from foedus.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from foedus.engines.outcome import Ensemble
    from foedus.results.summary import Summary

BINS = 200
WIDTH = 1.0 / BINS


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return fake_ensemble(trials=400)


@pytest.fixture(scope="module")
def summary(ensemble: Ensemble) -> Summary:
    return summarize(ensemble)


# Quantiles and intervals


@given(st.lists(st.floats(0.0, 0.9999), min_size=1, max_size=300), st.floats(0.0, 1.0))
def test_a_quantile_from_bins_is_within_a_bin_of_the_sample_quantile(
    sample: list[float], probability: float
) -> None:
    values = np.array(sample)
    counts = np.bincount((values * BINS).astype(int), minlength=BINS)
    # The histogram's quantile is where p*n values have been passed, up to rounding of p*n.
    passed = np.quantile(values, [max(0.0, probability - 1e-9), probability], method="inverted_cdf")
    found = float(histogram_quantiles(counts, (probability,))[0])
    assert passed[0] - WIDTH - 1e-9 <= found <= passed[1] + WIDTH + 1e-9


def test_quantiles_of_many_histograms_at_once_are_those_of_each() -> None:
    random = np.random.default_rng(0)
    counts = random.integers(0, 50, (3, 4, BINS))
    together = histogram_quantiles(counts)
    assert together.shape == (3, 4, len(FAN))
    np.testing.assert_array_equal(together[2, 1], histogram_quantiles(counts[2, 1]))
    assert np.all(np.diff(together, axis=-1) >= 0.0)


def test_an_empty_histogram_has_no_quantiles_and_no_mean() -> None:
    empty = np.zeros(BINS, int)
    assert np.isnan(histogram_quantiles(empty)).all()
    assert np.isnan(histogram_mean(empty))


def test_the_mean_from_bins_is_within_half_a_bin() -> None:
    values = np.random.default_rng(1).beta(2.0, 5.0, 10_000)
    counts = np.bincount((values * BINS).astype(int), minlength=BINS)
    assert abs(float(histogram_mean(counts)) - values.mean()) < WIDTH / 2


@pytest.mark.parametrize(
    ("count", "trials", "low", "high"),
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(
    count: int, trials: int, low: float, high: float
) -> None:
    assert wilson(count, trials, level=0.95) == pytest.approx((low, high), abs=5e-5)


def test_wilson_never_claims_to_know_without_trials() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == 1.0


def test_a_shared_parameter_set_widens_the_interval() -> None:
    happened = np.repeat(np.arange(500) % 4 == 0, 2)
    alone = wilson(int(happened.sum()), happened.size)
    paired = frequency(happened)
    assert paired.share == 0.25
    assert paired.high - paired.low > 1.35 * (alone[1] - alone[0])


@pytest.mark.statistical
def test_intervals_of_frequencies_cover_in_nine_of_ten_runs() -> None:
    # Seeded; with a true coverage of 0.9 a draw of 400 falls outside 0.85-0.95 once in 1,000.
    random = np.random.default_rng(7)
    covered = 0
    for _ in range(400):
        chance = np.repeat(random.beta(0.5, 1.5, 300), 2)
        found = frequency(random.random(600) < chance)
        covered += found.low <= 0.25 <= found.high
    assert 0.85 <= covered / 400 <= 0.95


@pytest.mark.statistical
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_epistemic_share_is_recovered(share: float) -> None:
    # Seeded; the interval misses the truth in one of ten seeds by construction.
    random = np.random.default_rng(5)
    known = np.repeat(random.normal(0.0, np.sqrt(share), 4000), 2)
    found = epistemic_share(known + random.normal(0.0, np.sqrt(1.0 - share), 8000))
    assert found.low <= share <= found.high
    assert found.high - found.low < 0.08


def test_what_never_varies_has_no_share_of_variance() -> None:
    for values in (np.full(100, 0.4), np.array([0.1, 0.2]), np.array([])):
        assert np.isnan(epistemic_share(values).share)


def test_an_odd_last_trial_is_left_out_of_the_pairs() -> None:
    values = np.random.default_rng(2).random(101)
    assert epistemic_share(values) == epistemic_share(values[:100])


def test_a_share_of_a_rare_event_is_not_claimed_to_be_known_exactly() -> None:
    happened = np.zeros(2000)
    happened[::100] = 1.0
    found = epistemic_share(happened)
    assert found.share == 0.0
    assert found.high > 0.02


def test_the_interval_of_a_mean_counts_pairs_once() -> None:
    values = np.repeat(np.random.default_rng(3).normal(size=200), 2)
    mean, low, high = mean_interval(values)
    assert high - low == pytest.approx(
        2 * 1.6449 * values[::2].std(ddof=1) / np.sqrt(200), rel=1e-4
    )
    assert low < mean < high


def test_a_difference_is_named_only_where_there_is_one() -> None:
    assert difference_words(0.1, 0.05, 0.15) == "0.10 higher (0.05 to 0.15)"
    assert difference_words(-0.1, -0.15, -0.05) == "0.10 lower (0.05 to 0.15)"
    assert difference_words(0.001, 0.0005, 0.0015).startswith("distinguishable")
    for low, high in ((-0.1, 0.3), (0.0, 0.2), (float("nan"), float("nan"))):
        assert difference_words(0.1, low, high).startswith("not distinguishable")


def test_rounding_never_turns_rare_into_never() -> None:
    assert words.percent(1e-6) == "<1"
    assert words.percent(1.0 - 1e-6) == ">99"
    assert (words.percent(0.0), words.percent(1.0)) == ("0", "100")


# Summary and terminal


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
    total = 100.0 * ensemble.request_counts.sum() / ensemble.trials
    assert sum(row.total for row in summary.requests) == pytest.approx(total)


def test_a_member_frozen_at_the_start_is_asked_whether_it_stays_so(summary: Summary) -> None:
    frozen, *active = summary.members
    assert frozen.start_status == "frozen"
    assert frozen.freezes is None
    assert frozen.stays_frozen is not None
    assert all(one.freezes is not None and one.stays_frozen is None for one in active)
    assert any("frozen at the start" in note for note in headlines.member_notes(summary))


def test_staying_frozen_means_in_every_month() -> None:
    ensemble = fake_ensemble(trials=4)
    outcomes = ensemble.outcomes.copy()
    # Stays; took it up and froze again; active at the end; left.
    for name, values in (("status", [1, 1, 2, 0]), ("first_freeze", [-1, 9, -1, -1])):
        outcomes[name][:, 0] = values
    outcomes["exit"][:, 0] = [-1, -1, -1, 5]
    found = summarize(replace(ensemble, outcomes=outcomes)).members[0].stays_frozen
    assert found is not None
    assert found.count == 1


def test_force_between_members_and_expulsions_are_never_hidden() -> None:
    ensemble = fake_ensemble(trials=10)
    outcomes = ensemble.outcomes.copy()
    outcomes["force_between_members"][3] = 2
    text = report_text(summarize(replace(ensemble, outcomes=outcomes)))
    text = " ".join(text.split())
    assert "Troops sent against a member: 2; members expelled: 0 (the charter and the rules" in text
    assert "Force used" not in text


def test_troops_of_the_bloc_and_of_the_patron_are_said_to_count(summary: Summary) -> None:
    text = " ".join(report_text(summary).split())
    assert "Troops were sent to a member, by the bloc or by Russia alone, in " in text


def test_members_struck_are_what_is_counted(summary: Summary) -> None:
    text = " ".join(report_text(summary, width=80).split())
    assert "Members struck, and the answers to their requests, per 100 trials" in text
    assert "Of 100 times that a member is struck, it does not ask after " in text
    assert "strikes both" in text
    for head, meaning in (("Mat.", "materiel"), ("Exer.", "exercise"), ("Stat.", "statement")):
        assert f"{head} {meaning}" in text
    assert not re.search(r"\bincidents?\b", text, re.IGNORECASE)


def test_the_engagement_headline_is_about_members_active_at_the_start() -> None:
    ensemble = fake_ensemble(trials=40)
    series = [(one.name, one.member) for one in ensemble.series]
    histograms = ensemble.histograms.copy()
    # The member that is frozen at the start, the first, moves more than all others.
    histograms[0, series.index(("engagement", "ARM"))] = np.eye(BINS, dtype=int)[2] * 40
    histograms[-1, series.index(("engagement", "ARM"))] = np.eye(BINS, dtype=int)[197] * 40
    headline = headlines.engagement_headline(replace(ensemble, histograms=histograms))
    assert headline.startswith("Of the members active now, ")
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
    ensemble = fake_ensemble(trials=1, horizon=1)
    scenario: Any = replace(cast("Any", ensemble.scenario), questions=())
    bare = replace(
        ensemble,
        scenario=scenario,
        questions=np.zeros((1, 0), bool),
        request_counts=np.zeros_like(ensemble.request_counts),
        events=ensemble.events[:0],
    )
    text = report_text(summarize(bare))
    assert "No member was struck" in text
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
    assert said.rstrip().splitlines()[-1].startswith("Next: foedus evidence   (")
    print_report(summary, written, "venv/bin/foedus evidence baseline")
    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    assert last.startswith("Next: venv/bin/foedus evidence baseline   (")


# Tables


def _ask(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return list(connection.execute(query).fetchall())


def test_every_table_opens_in_pandas_and_duckdb(ensemble: Ensemble, tmp_path: Path) -> None:
    write_tables(ensemble, tmp_path)
    for name in TABLES:
        path = tmp_path / f"{name}.parquet"
        frame = pd.read_parquet(path)
        assert _ask(f"select count(*) from '{path}'") == [(len(frame),)]
        assert len(frame) > 0
        columns = [row[0] for row in _ask(f"describe select * from '{path}'")]
        assert columns == list(frame.columns)


def test_every_column_says_what_it_is(ensemble: Ensemble) -> None:
    for name, make in TABLES.items():
        schema = make(ensemble).schema
        described = json.loads((schema.metadata or {})[b"foedus"])
        assert described["description"], name
        for field in schema:
            about = field.metadata or {}
            assert about[b"meaning"], (name, field.name)
            assert described["columns"][field.name]["meaning"]


def test_every_outcome_of_the_engine_has_a_meaning() -> None:
    assert set(outcome_type(3).names or ()) <= set(MEANINGS)


def test_equal_ensembles_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_tables(fake_ensemble(trials=60), tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_tables_hold_the_ensemble(ensemble: Ensemble, tmp_path: Path) -> None:
    write_tables(ensemble, tmp_path)
    trials = pd.read_parquet(tmp_path / "trials.parquet")
    np.testing.assert_array_equal(trials["cohesion_end"], ensemble.outcomes["cohesion_end"])
    assert (trials["parameter_set"] == trials["trial"] // 2).all()
    never = ensemble.outcomes["exit"][:, 0] < 0
    np.testing.assert_array_equal(trials["exit_ARM"].isna(), never)
    months = pd.read_parquet(tmp_path / "months.parquet")
    cohesion = months[(months["series"] == "cohesion") & (months["month"] == 60)]
    assert cohesion["q50"].item() == pytest.approx(
        np.median(ensemble.outcomes["cohesion_end"]), abs=WIDTH
    )
    requests = pd.read_parquet(tmp_path / "requests.parquet")
    assert requests["count"].sum() == ensemble.request_counts.sum()
    about = json.loads(pq.read_schema(tmp_path / "requests.parquet").metadata[b"foedus"])
    assert "strikes both" in about["description"]
    assert requests.loc[requests["channel"] == "none", "answer"].isna().all()
    status = pd.read_parquet(tmp_path / "status.parquet")
    np.testing.assert_allclose(status[["out", "frozen", "active"]].sum(axis=1), 1.0)
    alignment = pd.read_parquet(tmp_path / "alignment.parquet")
    shares = alignment.groupby(["month", "member"], observed=True)["share"].sum()
    np.testing.assert_allclose(shares, 1.0)
    members = pd.read_parquet(tmp_path / "members.parquet")
    assert len(members) == ensemble.trials * len(ensemble.members)
    trajectories = pd.read_parquet(tmp_path / "trajectories.parquet")
    np.testing.assert_array_equal(trajectories["value"], ensemble.sample.reshape(-1))


def test_decisions_are_in_words(ensemble: Ensemble) -> None:
    extra = ensemble.events[:3].copy()
    extra["kind"] = [EventKind.ACT, EventKind.ROLL_CALL, EventKind.TRIGGER]
    extra["code"] = [11, 2, 0]
    extra["actor"], extra["other"], extra["threat"] = [0, 0, -1], [-1, -1, 0], -1
    told = replace(ensemble, events=np.concatenate([ensemble.events, extra]))
    frame = TABLES["decisions"](told).to_pandas()
    assert frame["decision"].notna().all()
    assert frame["decision"].iloc[-2:].tolist() == [
        "send_troops: complied",
        "condemnation: with the patron",
    ]
    assert set(frame["kind"]) == {"request", "council_vote", "answer", "act", "roll_call"}
    assert set(frame.loc[frame["kind"] == "answer", "actor"]) == {"RUS"}
    last = TABLES["events"](told).to_pandas().iloc[-1]
    assert (last["kind"], last["driver"]) == ("trigger", "war")
    assert pd.isna(last["other"])


# Run folders


def test_a_run_on_disk_is_whole_and_described(ensemble: Ensemble, tmp_path: Path) -> None:
    written = write_run(ensemble, tmp_path / "runs", now=datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
    manifest = json.loads((written.path / "manifest.json").read_text())
    assert written.path.name == f"20261122T180000Z-war-until-2030-{manifest['digest'][:8]}"
    assert set(manifest["files"]) == set(written.files) - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((written.path / name).read_bytes()).hexdigest() == digest
    assert manifest["created"] == "2026-11-22T18:00:00+00:00"
    assert {"python", "numpy", "numba", "foedus", "platform"} <= set(manifest["versions"])
    assert manifest["run"]["seed"] == ensemble.seed
    assert str(tmp_path) not in (written.path / "manifest.json").read_text()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [written.path.name]


def test_the_time_changes_the_manifest_only(ensemble: Ensemble, tmp_path: Path) -> None:
    early, late = (
        write_run(ensemble, tmp_path, now=datetime(year, 1, 1, tzinfo=UTC)) for year in (2026, 2027)
    )
    assert early.files == late.files
    for name in early.files:
        same = (early.path / name).read_bytes() == (late.path / name).read_bytes()
        assert same == (name != "manifest.json"), name


def test_two_runs_in_one_second_are_kept_apart(ensemble: Ensemble, tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = (write_run(ensemble, tmp_path, now=now) for _ in range(2))
    assert second.path.name == f"{first.path.name}-2"


@pytest.mark.parametrize("fault", [RuntimeError("no ink"), KeyboardInterrupt()])
def test_a_failed_or_interrupted_write_leaves_nothing(
    fault: BaseException, ensemble: Ensemble, tmp_path: Path
) -> None:
    def draw(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
        assert list(folder.parent.rglob("*.parquet"))
        raise fault

    with pytest.raises(type(fault)):
        write_run(ensemble, tmp_path, draw=draw)
    assert list(tmp_path.iterdir()) == []


def test_while_a_run_is_written_it_is_not_there(ensemble: Ensemble, tmp_path: Path) -> None:
    seen: list[str] = []

    def draw(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
        seen.extend(path.name for path in tmp_path.iterdir())

    write_run(ensemble, tmp_path, draw=draw)
    assert all(name.startswith(".") for name in seen)
    assert len(seen) == 1


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_file_where_the_folder_should_be_is_one_clear_line(
    place: str, ensemble: Ensemble, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FoedusError, match="taken") as raised:
        write_run(ensemble, tmp_path / place)
    assert "\n" not in str(raised.value)


def test_a_full_disk_is_one_clear_line(ensemble: Ensemble, tmp_path: Path) -> None:
    def draw(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(FoedusError, match="cannot write the run: No space left on device"):
        write_run(ensemble, tmp_path, draw=draw)


def _git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_the_revision_of_a_checkout_knows_changes(tmp_path: Path) -> None:
    package = tmp_path / "model" / "foedus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    _git(tmp_path, "init")
    assert "package" in provenance.code_revision(package)
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-m", "first")
    clean = provenance.code_revision(package)
    assert clean["dirty"] is False
    assert len(str(clean["git"])) == 40
    (tmp_path / "notes.txt").write_text("not code")
    assert provenance.code_revision(package) == clean
    (package / "__init__.py").write_text("changed = True\n")
    assert provenance.code_revision(package)["dirty"] is True


def test_an_installed_package_inside_somebodys_repository_is_no_checkout(tmp_path: Path) -> None:
    package = tmp_path / ".venv" / "foedus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (tmp_path / "paper.tex").write_text("")
    _git(tmp_path, "init")
    _git(tmp_path, "add", "paper.tex")
    _git(tmp_path, "commit", "-m", "a paper")
    assert set(provenance.code_revision(package)) == {"package"}


def test_the_digest_of_a_run_follows_what_decides_its_numbers(ensemble: Ensemble) -> None:
    digest = provenance.provenance(ensemble).digest
    assert provenance.provenance(fake_ensemble(trials=400)).digest == digest
    changed = (
        replace(ensemble, seed=2),
        replace(ensemble, evidence_set="corpus"),
        replace(ensemble, quantities=ensemble.quantities + 1e-12),
    )
    assert all(provenance.provenance(one).digest != digest for one in changed)


def test_results_load_nothing_slow() -> None:
    code = (
        "import sys, foedus.results.run_folder\n"
        "slow = {'matplotlib', 'mesa', 'pandas', 'scipy', 'seaborn'} & set(sys.modules)\n"
        "sys.exit(f'loaded {slow}' if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(provenance.PACKAGE.parent), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr


def test_parquet_files_carry_their_description(ensemble: Ensemble, tmp_path: Path) -> None:
    write_tables(ensemble, tmp_path)
    field = pq.read_schema(tmp_path / "trials.parquet").field("cohesion_end")
    assert field.metadata == {b"meaning": b"Cohesion at the end of the horizon", b"unit": b"0-1"}
    keys = _ask(f"select decode(key) from parquet_kv_metadata('{tmp_path}/trials.parquet')")
    assert ("foedus",) in keys


def test_a_frequency_without_trials_is_a_dash() -> None:
    nothing = frequency(np.zeros(0, bool))
    assert isinstance(nothing, Frequency)
    assert words.frequency_words(nothing) == words.frequency_cell(nothing) == "-"


def test_a_comparison_pairs_trials_and_says_when_there_is_no_difference() -> None:
    one = fake_ensemble(trials=200)
    same = compare(one, one)
    assert (same.lower.share, same.higher.share, same.cohesion_change.median) == (0.0, 0.0, 0.0)
    outcomes = one.outcomes.copy()
    outcomes["cohesion_end"] = np.clip(outcomes["cohesion_end"] + 0.02, 0.0, 1.0)
    better = replace(one, outcomes=outcomes)
    assert compare(one, better).lower.share > 0.95
    assert "ends lower than in" in headlines.comparison_headline(summarize(one, better))
    assert "ends higher than in" in headlines.comparison_headline(summarize(better, one))
    assert "no clear difference" in headlines.comparison_headline(summarize(one, one))
    assert headlines.comparison_headline(summarize(one)) == ""
    assert comparable(one, better)
    assert not comparable(one, replace(better, seed=one.seed + 1))

"""Are the tables tidy, described and the same for equal ensembles?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from foedus.dictionary.events import DETAILS
from foedus.dictionary.vocabulary import EventKind
from foedus.runs.tables.catalogue import TABLES, write_tables
from small_runs import small_run

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble

BINS = 200
WIDTH = 1.0 / BINS


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return small_run(trials=400)


RUN = "0a1b2c3d"


def _ask(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return list(connection.execute(query).fetchall())


def test_every_table_opens_in_pandas_and_duckdb(ensemble: Ensemble, tmp_path: Path) -> None:
    write_tables(ensemble, tmp_path, RUN)
    for name in TABLES:
        path = tmp_path / f"{name}.parquet"
        frame = pd.read_parquet(path)
        assert _ask(f"select count(*) from '{path}'") == [(len(frame),)]
        assert len(frame) > 0
        columns = [row[0] for row in _ask(f"describe select * from '{path}'")]
        assert columns == list(frame.columns)
        assert columns[:2] == ["run", "scenario"]
        assert set(frame["run"]) == {RUN}
        assert set(frame["scenario"]) == {ensemble.scenario.name}


def test_every_column_says_what_it_is(ensemble: Ensemble) -> None:
    for name, make in TABLES.items():
        schema = make(ensemble).schema
        described = json.loads((schema.metadata or {})[b"foedus"])
        assert described["description"], name
        for field in schema:
            about = field.metadata or {}
            assert about[b"meaning"], (name, field.name)
            assert described["columns"][field.name]["meaning"]


def test_equal_ensembles_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_tables(small_run(trials=60), tmp_path / name, RUN)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_tables_hold_the_ensemble(ensemble: Ensemble, tmp_path: Path) -> None:
    write_tables(ensemble, tmp_path, RUN)
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
    for detail in DETAILS:
        extra[detail.name] = -1
    extra["act"], extra["complied"] = [1, -1, -1], [1, -1, -1]
    extra["text"], extra["ballot"], extra["driver"] = [-1, 0, -1], [-1, 2, -1], [-1, -1, 0]
    extra["actor"], extra["other"], extra["threat"] = [0, 0, -1], -1, -1
    told = replace(ensemble, events=np.concatenate([ensemble.events, extra]))
    frame = TABLES["decisions"](told).to_pandas()
    assert frame["decision"].notna().all()
    assert frame["decision"].iloc[-2:].tolist() == [
        "complies",
        "votes with the patron",
    ]
    assert frame["act"].iloc[-2] == "send_troops"
    assert frame["text"].iloc[-1] == "condemnation"
    assert frame["act"].isna().iloc[-1]
    assert {"request", "council_vote", "answer", "act", "roll_call"} <= set(frame["kind"])
    assert set(frame.loc[frame["kind"] == "answer", "actor"]) == {"RUS"}
    last = TABLES["events"](told).to_pandas().iloc[-1]
    assert (last["kind"], last["driver"]) == ("trigger", "war")
    assert pd.isna(last["other"])


def test_parquet_files_carry_their_description(ensemble: Ensemble, tmp_path: Path) -> None:
    write_tables(ensemble, tmp_path, RUN)
    field = pq.read_schema(tmp_path / "trials.parquet").field("cohesion_end")
    assert field.metadata == {b"meaning": b"Cohesion at the end of the horizon", b"unit": b"0-1"}
    keys = _ask(f"select decode(key) from parquet_kv_metadata('{tmp_path}/trials.parquet')")
    assert ("foedus",) in keys

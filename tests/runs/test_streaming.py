"""Do tables and summary know nothing of how a run was divided, and does memory stay bounded?"""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foedus.errors import FoedusError
from foedus.runs.streaming import streamed
from foedus.runs.tables import catalogue as tables
from foedus.runs.tables.catalogue import TABLES, write_tables
from foedus.simulation.chunks import arrays_of, chunk_of, pack, spans, unpack
from foedus.simulation.ensemble import run_chunks, run_ensemble
from foedus.telling.summary import summarize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foedus.simulation.chunks import Chunk
    from foedus.simulation.world import Setup

TRIALS, SEED, SAMPLE = 61, 3, 25


@pytest.mark.parametrize("size", [2, 14, 20, 60, 100])
def test_chunks_leave_no_trace_in_tables_and_summary(
    size: int, baseline: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "PIECE", 20)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    ensemble = run_ensemble(baseline, trials=TRIALS, seed=SEED, sample=SAMPLE)
    write_tables(ensemble, whole, "0a1b")
    chunks = run_chunks(baseline, spans(TRIALS, size), seed=SEED, threads=2, sample=SAMPLE, block=9)
    packed = {chunk.span: pack(arrays_of(chunk)) for chunk in chunks}
    joined = streamed(
        baseline,
        (chunk_of(unpack(packed[span])) for span in spans(TRIALS, size)),
        trials=TRIALS,
        seed=SEED,
        tables=parts,
        run="0a1b",
        scratch=tmp_path,
    )
    for name in TABLES:
        one, other = (folder / f"{name}.parquet" for folder in (whole, parts))
        assert one.read_bytes() == other.read_bytes(), name
    assert repr(summarize(joined)) == repr(summarize(ensemble))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts", "whole"]


def test_trials_on_disk_read_as_those_in_memory(baseline: Setup, tmp_path: Path) -> None:
    ensemble = run_ensemble(baseline, trials=TRIALS, seed=SEED, sample=0)
    chunks = sorted(
        run_chunks(baseline, spans(TRIALS, 10), seed=SEED, sample=0), key=lambda each: each.span
    )
    joined = streamed(
        baseline, iter(chunks), trials=TRIALS, seed=SEED, tables=tmp_path, scratch=tmp_path
    )
    for name in ensemble.outcomes.dtype.names or ():
        one, other = ensemble.outcomes[name], joined.outcomes[name]
        assert one.shape == other.shape
        if one.ndim == 1:
            np.testing.assert_array_equal(one, other)
            assert one.dtype == other.dtype
        elif one.ndim == 2:
            np.testing.assert_array_equal(one[:, -1], other[:, -1])
    np.testing.assert_array_equal(ensemble.milestones[:, 1, 2], joined.milestones[:, 1, 2])
    np.testing.assert_array_equal(ensemble.questions[:, 0], joined.questions[:, 0])
    assert joined.questions[:, 0].dtype == np.bool_
    np.testing.assert_array_equal(ensemble.alignment, joined.alignment)
    for wrong in (0, (slice(0, 5), 0), (slice(None), 99)):
        with pytest.raises(IndexError):
            joined.milestones[wrong]


def test_chunks_that_are_written_are_let_go(baseline: Setup, tmp_path: Path) -> None:
    """Otherwise memory would grow with the trials."""
    held: list[weakref.ref[np.ndarray]] = []

    def passing() -> Iterator[Chunk]:
        for chunk in run_chunks(baseline, spans(60, 10), seed=SEED, threads=1, sample=SAMPLE):
            whole = chunk_of(unpack(pack(arrays_of(chunk))))
            held.append(weakref.ref(whole.block.outcomes))
            yield whole

    joined = streamed(baseline, passing(), trials=60, seed=SEED, tables=tmp_path, scratch=tmp_path)
    gc.collect()
    assert len(held) == 6
    assert [each() is not None for each in held[1:]] == [False] * 5
    assert len(joined.sample) == SAMPLE


@pytest.mark.parametrize("size", [-2, 0, 1, 7])
def test_a_chunk_holds_both_trials_of_its_parameter_sets(size: int) -> None:
    with pytest.raises(FoedusError, match=f"chunk: found {size}, expected an even number"):
        spans(100, size)

"""Chunks of an ensemble: consecutive trials that are finished, kept and sent as one.

A chunk is what a crash can cost at most, what a row group of a table is made of, and what one task
of a cluster works off. How trials are divided into chunks changes no result.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from foedus.dictionary.vocabulary import ANSWER_NAMES, CHANNEL_NAMES, STATUS_NAMES
from foedus.errors import FoedusError
from foedus.simulation.outcome import BINS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foedus.simulation.world import Setup

CHUNK: Final = 10_000
"""Usual number of trials in a chunk: two or three seconds of work for one core."""

type Span = tuple[int, int]
"""First trial and number of trials."""


@dataclass
class Tally:
    """What is counted over trials; tallies add up exactly."""

    histograms: NDArray[np.int32]
    sums: NDArray[np.int64]
    shares: NDArray[np.int64]
    statuses: NDArray[np.int64]
    requests: NDArray[np.int64]

    @classmethod
    def blank(cls, setup: Setup, series: int) -> Tally:
        """A tally of no trials."""
        months = setup.paths.shape[0]
        members, partners = len(setup.scenario.members), len(setup.scenario.partners)
        threats = len(setup.scenario.threats)
        return cls(
            np.zeros((months, series, BINS), dtype=np.int32),
            np.zeros((months, series), dtype=np.int64),
            np.zeros((months, members, partners + 2), dtype=np.int64),
            np.zeros((months, members, len(STATUS_NAMES)), dtype=np.int64),
            np.zeros((members, threats, len(CHANNEL_NAMES), len(ANSWER_NAMES)), dtype=np.int64),
        )

    def add(self, other: Tally) -> None:
        """Add another tally in place."""
        self.histograms += other.histograms
        self.sums += other.sums
        self.shares += other.shares
        self.statuses += other.statuses
        self.requests += other.requests


@dataclass(frozen=True)
class Block:
    """Consecutive trials and what became of them; axes as in `Ensemble`."""

    first: int
    outcomes: NDArray[Any]
    milestones: NDArray[np.float64]
    questions: NDArray[np.bool_]
    quantities: NDArray[Any]
    sample: NDArray[np.float64]
    events: NDArray[Any]


@dataclass(frozen=True)
class Chunk:
    """A block of any length, and what was counted over its trials."""

    block: Block
    tally: Tally

    @property
    def span(self) -> Span:
        """First trial and number of trials."""
        return self.block.first, self.block.outcomes.size


def spans(trials: int, size: int = CHUNK) -> list[Span]:
    """Divide trials into chunks.

    Raises:
        FoedusError: `size` is odd or less than 2: both trials of a parameter set belong together.

    Example:
        >>> spans(25, 10)
        [(0, 10), (10, 10), (20, 5)]
    """
    if size < 2 or size % 2:
        raise FoedusError(f"chunk: found {size}, expected an even number of trials, 2 or more")
    return [(first, min(size, trials - first)) for first in range(0, trials, size)]


def join(blocks: list[Block], tallies: list[Tally]) -> Chunk:
    """One chunk of consecutive blocks, in any order, and of the tallies over all of them."""
    tally = tallies[0]
    for other in tallies[1:]:
        tally.add(other)
    return Chunk(join_blocks(sorted(blocks, key=lambda each: each.first)), tally)


def join_blocks(blocks: Sequence[Block]) -> Block:
    """One block of consecutive ones, in order."""
    if len(blocks) == 1:
        return blocks[0]
    # A block that starts with an odd trial shares its first set with the block before.
    sets = [each.quantities[each.first % 2 if n else 0 :] for n, each in enumerate(blocks)]
    return Block(
        first=blocks[0].first,
        outcomes=np.concatenate([each.outcomes for each in blocks]),
        milestones=np.concatenate([each.milestones for each in blocks]),
        questions=np.concatenate([each.questions for each in blocks]),
        quantities=np.concatenate(sets),
        sample=np.concatenate([each.sample for each in blocks]),
        events=np.concatenate([each.events for each in blocks]),
    )


def arrays_of(chunk: Chunk) -> dict[str, NDArray[Any]]:
    """All that a chunk holds, by name; drawn quantities in the precision of their table."""
    found = {**vars(chunk.block), **vars(chunk.tally)}
    found["quantities"] = chunk.block.quantities.astype(np.float32)
    found["first"] = np.array(chunk.block.first)
    return found


def chunk_of(arrays: Mapping[str, NDArray[Any]]) -> Chunk:
    """The chunk that `arrays_of` took apart."""
    block = {name: arrays[name] for name in Block.__dataclass_fields__ if name != "first"}
    tally = {name: arrays[name] for name in Tally.__dataclass_fields__}
    return Chunk(Block(first=int(arrays["first"]), **block), Tally(**tally))


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as a compressed NumPy archive; equal arrays give equal bytes."""
    raw = io.BytesIO()
    np.savez(raw, allow_pickle=False, **arrays)
    return bytes(_codec().compress(raw.getbuffer(), asbytes=True)) + _size(raw)


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    """What `pack` packed."""
    size = int.from_bytes(content[-8:], "little")
    raw = _codec().decompress(content[:-8], size, asbytes=True)
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return dict(archive)


def _codec() -> pa.Codec:
    return pa.Codec("zstd", compression_level=1)


def _size(raw: io.BytesIO) -> bytes:
    return raw.getbuffer().nbytes.to_bytes(8, "little")

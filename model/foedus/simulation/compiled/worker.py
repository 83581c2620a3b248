"""One thread's work on an ensemble: blocks of trials, and the call of the kernel on them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.dictionary.recording import BLOC_SERIES, COMPONENTS, MEMBER_SERIES, OUTCOMES
from foedus.dictionary.vocabulary import ACT_NAMES
from foedus.simulation import memory_layout as records
from foedus.simulation.chunks import Block, Tally
from foedus.simulation.compiled.buffers import Buffers
from foedus.simulation.compiled.native import kernel_for
from foedus.simulation.outcome import Series

if TYPE_CHECKING:
    from foedus.simulation.compiled.native import Kernel
    from foedus.simulation.world import Setup

USUAL_MILESTONES: Final = (0, 12, 36, 60)
EVENTS_A_MONTH: Final = 16
"""Events a month for which a kept trial has room at first; a block that needs more is run again."""

EVENT_TYPE: Final = np.dtype(
    [("trial", "i8"), ("month", "i8"), *records.columns_of(records.EVENT_TYPE)]
)
"""Record of an event that is kept."""


def outcome_type(members: int) -> np.dtype[Any]:
    """Record of what is kept of every trial."""
    columns: list[tuple[Any, ...]] = []
    for row in OUTCOMES:
        shape = (members, len(ACT_NAMES)) if row.by_act else (members,) if row.is_members else ()
        columns.append((row.name, "f8" if row.is_level else "i8", shape))
    return np.dtype(columns)


def series_of(setup: Setup) -> tuple[Series, ...]:
    """What is followed month by month, in axis order."""
    bloc = [Series(name) for name in BLOC_SERIES]
    own = [Series(name, code) for code in setup.scenario.members for name in MEMBER_SERIES]
    return (*bloc, *own)


def milestone_months(horizon: int) -> tuple[int, ...]:
    """Months for which cohesion is kept of every trial; the horizon is always the last."""
    inside = [month for month in USUAL_MILESTONES if month < horizon]
    return (*inside, horizon)


class Worker:
    """Buffers of one thread, and the call of the kernel on them.

    Args:
        setup: The scenario, laid out in memory.
        seed: Seed of all chance.
        events: Whether the events of the kept trials are kept with their months.
    """

    def __init__(self, setup: Setup, seed: int, *, events: bool = True) -> None:
        self.setup = setup
        self.seed = seed
        self.events = events
        self.world = setup.world.copy()
        self.parameters = setup.parameters.copy()
        self.tape = np.zeros(1, dtype=records.TAPE_TYPE)
        self.places = np.array(
            [(each.word, each.twin) for each in setup.uncertain], dtype=np.int64
        ).reshape(-1, 2)
        self.milestones = np.array(milestone_months(setup.scenario.horizon), dtype=np.int64)
        self.series = len(series_of(setup))
        self.outcome = outcome_type(len(setup.scenario.members))
        self.place = -1
        self.tally = self.blank()

    @cached_property
    def kernel(self) -> Kernel:
        """The kernel for these records; the first to ask for it may have to compile it."""
        return kernel_for(
            {
                "world": self.world.dtype,
                "parameters": self.parameters.dtype,
                "tape": self.tape.dtype,
                "outcome": self.outcome,
                "event": EVENT_TYPE,
            },
            self.setup.rules,
        )

    def blank(self) -> Tally:
        """A tally of no trials."""
        return Tally.blank(self.setup, self.series)

    def run(self, first: int, count: int, sampled: int) -> Block:
        """Run trials ``first`` to ``first + count - 1``, the first `sampled` of them in full."""
        setup, months = self.setup, self.setup.paths.shape[0]
        sets = np.arange(first // 2, (first + count - 1) // 2 + 1)
        block = Block(
            first=first,
            outcomes=np.zeros(count, dtype=self.outcome),
            milestones=np.zeros((count, self.milestones.size, 1 + len(COMPONENTS))),
            questions=np.zeros((count, len(setup.scenario.questions)), dtype=np.bool_),
            quantities=setup.draw_quantities(self.seed, sets),
            sample=np.zeros((sampled, months, self.series)),
            events=np.zeros(self.events * sampled * months * EVENTS_A_MONTH, dtype=EVENT_TYPE),
        )
        own = self.blank() if sampled else self.tally
        kept = self._call(block, own)
        if self.events and kept > block.events.size:
            block = Block(**{**vars(block), "events": np.zeros(kept, dtype=EVENT_TYPE)})
            own = self.blank()
            kept = self._call(block, own)
        if own is not self.tally:
            self.tally.add(own)
        return Block(**{**vars(block), "events": block.events[:kept]})

    def _call(self, block: Block, tally: Tally) -> int:
        setup = self.setup
        buffers = Buffers(
            template=setup.world.view("f8"),
            world=self.world,
            parameter_template=setup.parameters,
            parameters=self.parameters,
            words=self.world.view("f8"),
            own=self.parameters.view("f8"),
            tape=self.tape,
            row=np.zeros(self.series),
            paths=setup.paths,
            values=block.quantities,
            places=self.places,
            milestone_months=self.milestones,
            outcomes=block.outcomes,
            milestones=block.milestones,
            questions=block.questions,
            histograms=tally.histograms,
            sums=tally.sums,
            shares=tally.shares,
            statuses=tally.statuses,
            requests=tally.requests,
            sample=block.sample,
            events=block.events,
        )
        return self.kernel(block.first, self.seed, setup.start_month, buffers)

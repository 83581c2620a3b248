"""The runs that the pattern battery looks at, each played once.

A probe is an ordinary scenario file in the folder ``probes`` of a case; its other scenarios serve
under their own names. All runs share seed and number of trials, so that trial t of one is paired
with trial t of another: same parameters, same random numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foedus.dictionary.vocabulary import EventKind

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup

KEPT_TRIALS: Final = 1000
"""Trials of `Case.month_by_month` kept in full: about 0.1 MB each."""
FEW_KEPT: Final = 20
"""Trials kept in full of every other run."""
EVENTS_READ: Final = tuple(
    kind.value
    for kind in (
        EventKind.REQUEST,
        EventKind.ANSWER,
        EventKind.PROGRAMME_ARRIVAL,
        EventKind.TAKE_PART,
        EventKind.ACT,
        EventKind.DRILL_CANCELLED,
        EventKind.ROLL_CALL,
    )
)
"""Kinds of events that some pattern reads; the others are dropped at once."""


@dataclass
class Bench:
    """Ensembles by the name of their scenario, played when first asked for.

    Attributes:
        case: Whose scenarios are played.
        trials: Trials of every run.
        seed: Seed of every run.
        parameters: Name of the parameter set.
        change: What is done to every scenario before it is played: a rival's switch, posterior
            draws.
        progress: Told the name of each run before it is played.
    """

    case: Case
    trials: int
    seed: int
    parameters: str = "record"
    change: Callable[[Setup], Setup] | None = None
    progress: Callable[[str], None] | None = None
    played: dict[str, Ensemble] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Ensemble:
        """The run of that name."""
        if name not in self.played:
            if self.progress is not None:
                self.progress(name)
            self.played[name] = self._play(name)
        return self.played[name]

    def lay_out(self, name: str) -> Setup:
        """A scenario in memory, changed as this bench changes all."""
        from foedus.simulation.loading import load_setup

        setup = load_setup(self.case.scenario(name), self.parameters, case=self.case)
        return setup if self.change is None else self.change(setup)

    def _play(self, name: str) -> Ensemble:
        import numpy as np

        from foedus.simulation.ensemble import run_ensemble

        sample = min(self.trials, KEPT_TRIALS if name in self.case.month_by_month else FEW_KEPT)
        run = run_ensemble(self.lay_out(name), trials=self.trials, seed=self.seed, sample=sample)
        events = run.events[np.isin(run.events["kind"], EVENTS_READ)]
        return replace(run, events=events)


def switched(name: str) -> Callable[[Setup], Setup]:
    """What turns a mechanism's switch on in any scenario."""

    def change(setup: Setup) -> Setup:
        world = setup.world.copy()
        world[name] = 1
        return replace(setup, world=world)

    return change

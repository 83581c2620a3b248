"""What an ensemble of trials leaves behind: arrays with fixed axes, and the names of those axes.

Data only. Engines fill these classes; results and figures read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foedus.data import USUAL_CASE
from foedus.dictionary.vocabulary import STATUS_NAMES
from foedus.notebook import card, short

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.rule_book import Record

BINS = 200
"""Number of equal bins over [0, 1] in `Ensemble.histograms`."""

FIXED_POINT = 2.0**36
"""Shares are added as integers of this resolution, so that sums are exact in any order."""


@dataclass(frozen=True)
class Series:
    """One quantity that is followed month by month.

    Attributes:
        name: Such as ``cohesion`` or ``engagement``.
        member: Code of the member it belongs to; None for the alliance as a whole.
    """

    name: str
    member: str | None = None


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Many trials of one scenario.

    The fixed axis order is ``(trial, month, member, ...)``, whatever is missing. Trial ``t`` uses
    parameter set ``t // 2``, so that two trials share each set and differ by chance alone.

    Attributes:
        scenario: What was run, with everything inherited filled in.
        seed: Seed of the tapes and of the parameter draws.
        trials: Number of trials.
        evidence_set: The set of parameters.
        members: Codes, in axis order; the patron is not among them.
        partners: Codes, in axis order.
        threats: Names, in axis order.
        dates: ``YYYY-MM``; shape ``(month + 1,)``, the first is the state at the start.
        series: What `histograms` and `sample` follow, in axis order.
        histograms: Number of trials in each of 200 bins over [0, 1]; int32, shape
            ``(month + 1, series, bin)``.
        means: Mean of each series over the trials, from exact sums; shape ``(month + 1, series)``.
        alignment: Mean shares, from 0 to 1, sum 1; shape ``(month + 1, member, partner + 2)``; the
            last two columns are the patron and autonomy.
        status_counts: Number of trials; shape ``(month + 1, member, 3)``: out, frozen, active.
        request_counts: Incidents over all trials; shape ``(member, threat, channel, answer)``.
            Channel 0, answer 0 counts members that were struck and did not ask.
        outcomes: One record per trial, with the columns of `dictionary.recording.OUTCOMES`.
        milestones: Cohesion and `dictionary.recording.COMPONENTS`, from 0 to 1; shape
            ``(trial, milestone, 9)``.
        milestone_months: Months of the milestones, from the start; the last is the horizon.
        questions: Whether the event came true; bool, shape ``(trial, question)``.
        sample: The first trials in full; shape ``(sample trial, month + 1, series)``.
        events: Events of the sample: trial, month and the fields of `dictionary.agenda.Event`
            (indices, -1 for none; an actor equal to the number of members is the patron).
        quantity_names: Names of the drawn quantities.
        quantities: Drawn values; shape ``(parameter set, quantity)``.
        timings: Seconds by stage.
        rules: Custom rules that it was played with; none if empty.
        case: Name of the case of its parameters.
    """

    scenario: ResolvedScenario
    seed: int
    trials: int
    evidence_set: str
    members: tuple[str, ...]
    partners: tuple[str, ...]
    threats: tuple[str, ...]
    dates: tuple[str, ...]
    series: tuple[Series, ...]
    histograms: NDArray[np.int32]
    means: NDArray[np.float64]
    alignment: NDArray[np.float64]
    status_counts: NDArray[np.int64]
    request_counts: NDArray[np.int64]
    outcomes: NDArray[Any]
    milestones: NDArray[np.float64]
    milestone_months: tuple[int, ...]
    questions: NDArray[np.bool_]
    sample: NDArray[np.float64]
    events: NDArray[Any]
    quantity_names: tuple[str, ...]
    quantities: NDArray[np.float64]
    timings: dict[str, float]
    rules: tuple[Record, ...] = ()
    case: str = USUAL_CASE

    def __repr__(self) -> str:
        start, end = self._cohesion()
        return short(
            f"<Ensemble of {short(self.scenario.name, 80)}: {self.trials:,} trials, "
            f"seed {self.seed}, parameters {self.evidence_set}; "
            f"mean cohesion {start:.3f} to {end:.3f}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        start, end = self._cohesion()
        sentence = (
            f"Mean cohesion {start:.3f} in {self.dates[0]}, {end:.3f} in {self.dates[-1]}, over "
            f"{self.trials:,} trials with seed {self.seed} and parameters {self.evidence_set}."
        )
        last = self.status_counts[-1] / self.trials
        rows = [
            (code, *(f"{share:.1%}" for share in shares))
            for code, shares in zip(self.members, last.tolist(), strict=True)
        ]
        return card(self.scenario.title, [sentence], ("At the end", *STATUS_NAMES), rows)

    def _cohesion(self) -> tuple[float, float]:
        """Mean cohesion at the start and at the end."""
        ends = (self.outcomes["cohesion_start"], self.outcomes["cohesion_end"])
        return float(ends[0].mean()), float(ends[1].mean())

"""Rival theories on the same record: fitted with the same budget, scored on the same splits.

A rival is the model with one mechanism switched off or replaced. The full model and every rival get
the same small fit: the same prior draws are heard by the particle filter of the record that may be
fitted, and those that make it most probable are kept. That is cruder than the shipped posterior,
and alike for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.inference import record, targets
from foedus.simulation.world import PARAMETER_WORDS, Joint, Setup
from foedus.validation.hindcasts import scorecard
from foedus.validation.hindcasts.scorecard import FREE, STEP, Scorecard
from foedus.validation.patterns.battery import run_battery
from foedus.validation.patterns.bench import Bench, switched

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.statistics.scores import Interval
    from foedus.validation.patterns.reading import Floats
    from foedus.validation.patterns.rules import Verdict

FULL: Final = "full model"
RIVALS: Final = (
    *("hegemon_only", "threat_only", "random_walk", "no_veto", "no_bilateral"),
    *("symmetric_trust", "no_observers", "no_outside_options"),
    *("one_tie", "no_precedent", "no_deterrence", "no_anticipation"),
    *("passive_patron", "passive_partners"),
)
RIVAL_COLUMNS: Final = (
    *("rival", "patterns", "failing", "fit_log_likelihood"),
    *("free_bits", "free_low", "free_high", "free_gain", "free_gain_low", "free_gain_high"),
    *("step_bits", "step_low", "step_high", "step_gain", "step_gain_low", "step_gain_high"),
)


@dataclass(frozen=True)
class Budget:
    """What every fit and every battery may cost.

    Attributes:
        draws: Prior draws that are heard.
        kept: Draws that are kept.
        particles: Particles of the filter of each draw.
        trials: Trials of every run of the battery and of the hindcasts.
    """

    draws: int = 80
    kept: int = 12
    particles: int = 4
    trials: int = 160


REDUCED: Final = Budget(draws=10, kept=4, particles=2, trials=40)


@dataclass(frozen=True)
class Fit:
    """Parameters that make the record of the split `fit` most probable.

    Attributes:
        names: Parameters, the columns.
        values: Shape ``(kept draw, parameter)``.
        log_likelihood: Mean over the kept draws.
    """

    names: tuple[str, ...]
    values: Floats
    log_likelihood: float

    def apply(self, setup: Setup) -> Setup:
        """A scenario that draws its parameters from those kept."""
        places = [
            place
            for place, each in enumerate(setup.uncertain)
            if each.word <= PARAMETER_WORDS and each.name in self.names
        ]
        columns = [self.names.index(setup.uncertain[place].name) for place in places]
        return replace(setup, joint=Joint(places, self.values[:, columns]))


@dataclass(frozen=True)
class Rival:
    """A theory, fitted and tried.

    Attributes:
        name: Of its switch, or `FULL`.
        fit: What it learnt.
        verdicts: On all patterns.
        card: Scores on the test split.
    """

    name: str
    fit: Fit
    verdicts: tuple[Verdict, ...]
    card: Scorecard

    @property
    def failing(self) -> tuple[str, ...]:
        """Patterns that it fails."""
        return tuple(verdict.rule.id for verdict in self.verdicts if not verdict.passed)


def change_of(name: str) -> Callable[[Setup], Setup]:
    """What a theory changes in every scenario."""
    return switched(name) if name != FULL else lambda setup: setup


def fit(case: Case, name: str, parameters: str, budget: Budget, seed: int) -> Fit:
    """Keep the prior draws that make the record of the split `fit` most probable.

    Args:
        case: Whose record it is.
        name: A rival, or `FULL`.
        parameters: Name of the prior.
        budget: How many draws and particles.
        seed: Seed of all chance; the same for all rivals.
    """
    bench = Bench(case, 1, seed, parameters, change_of(name))
    stretches = record.stretches(
        case, targets.load(case), upto="fit", parameters=parameters, change=bench.lay_out
    )
    ears = [stretch.filter(budget.particles) for stretch in stretches]
    likelihoods = np.zeros(budget.draws)
    for draw in range(budget.draws):
        for ear in ears:
            values = ear.setup.draw_quantities(seed, np.array([draw]))
            likelihoods[draw] += ear.hear(
                seed, np.repeat(values, budget.particles, 0)
            ).log_likelihood
    best = np.argsort(-likelihoods, kind="stable")[: budget.kept]
    setup = stretches[-1].setup
    places = [n for n, each in enumerate(setup.uncertain) if each.word <= PARAMETER_WORDS]
    names = tuple(setup.uncertain[n].name for n in places)
    values = setup.draw_quantities(seed, best)[:, places]
    return Fit(names, values, float(likelihoods[best].mean()))


def attempt(case: Case, name: str, parameters: str, budget: Budget, seed: int) -> Rival:
    """Fit a theory, judge its patterns, score its hindcasts."""
    fitted = fit(case, name, parameters, budget, seed)
    change = change_of(name)
    bench = Bench(case, budget.trials, seed, parameters, lambda setup: fitted.apply(change(setup)))
    return Rival(name, fitted, run_battery(bench), scorecard.by_date(bench, parameters))


def rows(tried: list[Rival]) -> list[dict[str, Any]]:
    """One row per theory; gains are over the full model, above 0 if the rival is worse."""
    full = next(each for each in tried if each.name == FULL)
    table = []
    for each in tried:
        row: dict[str, Any] = {
            "rival": each.name,
            "patterns": len(each.verdicts) - len(each.failing),
            "failing": " ".join(each.failing),
            "fit_log_likelihood": round(each.fit.log_likelihood, 2),
        }
        for prefix, model in (("free", FREE), ("step", STEP)):
            bits = scorecard.summary_bits(each.card, model)
            row |= _cells(prefix, "", bits)
            gain = scorecard.summary_gain(each.card, full.card, model)
            row |= _cells(prefix, "_gain", gain) if each is not full else {}
        table.append({column: row.get(column, "") for column in RIVAL_COLUMNS})
    return table


def _cells(prefix: str, suffix: str, score: Interval) -> dict[str, float]:
    first = f"{prefix}_bits" if not suffix else f"{prefix}{suffix}"
    return {
        first: round(score.mean, 3),
        f"{prefix}{suffix}_low": round(score.low, 3),
        f"{prefix}{suffix}_high": round(score.high, 3),
    }


def pattern_rows(tried: list[Rival]) -> list[dict[str, Any]]:
    """One row for each theory and pattern."""
    return [
        {"rival": each.name, "pattern": verdict.rule.id, "passed": verdict.passed}
        for each in tried
        for verdict in each.verdicts
    ]

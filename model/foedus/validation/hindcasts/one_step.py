"""The model's forecasts one step ahead: each decision, given the record up to it.

They come from the particle filter of the record. Particles differ in their parameters too, so that
what a stretch shows moves the weights of its parameters as it goes; what later stretches show does
not reach back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from foedus.inference.record import SLIP, Stretch

if TYPE_CHECKING:
    from foedus.inference.targets import Target
    from foedus.validation.hindcasts.cases import Case
    from foedus.validation.patterns.reading import Floats

TROOPS: Final = 5
PARTICLES: Final = 400
"""Particles of one filter, each with parameters of its own."""


def predictive(
    stretches: Iterable[Stretch], seed: int, particles: int = PARTICLES
) -> dict[str, Floats]:
    """Probabilities of the filter's outcomes for every target that it hears.

    Args:
        stretches: From `record.stretches`.
        seed: Seed of the particles' draws and of their parameters.
        particles: Number of particles.
    """
    forecasts = {}
    for stretch in stretches:
        setup = stretch.setup
        values = setup.draw_quantities(seed, np.arange(particles))
        hearing = stretch.filter(particles).hear(seed, values)
        for row, target in enumerate(stretch.targets):
            if target is not None:
                forecasts[target.id] = hearing.forecasts[row]
    return forecasts


def forecast(case: Case, outcomes: Floats) -> Floats:
    """Probabilities of a case's categories from those of the filter's outcomes."""
    size = len(case.categories)
    if case.kind in {"answer", "vote"}:
        given = outcomes[:size]
    elif case.kind == "troops":
        given = np.array([outcomes[:TROOPS].sum(), outcomes[TROOPS]])
    else:
        # Of a yes-or-no decision outcome 0 is yes; of a request it is the bloc.
        rest = outcomes[1:].sum()
        lapse = case.kind == "renewal"
        given = np.array([outcomes[0], rest] if lapse else [rest, outcomes[0]])
    total = given.sum()
    return np.asarray(given / total) if total > 0.0 else np.full(size, 1.0 / size)


@dataclass(frozen=True)
class LeftOut:
    """Forecasts of targets by parameters that did not learn from the targets' fold.

    Attributes:
        outcomes: Probabilities of the filter's outcomes by target.
        effective: Effective number of draws behind each.
    """

    outcomes: dict[str, Floats]
    effective: dict[str, float]


def leave_out(
    stretches: Sequence[Stretch],
    splits: Mapping[str, Callable[[Target], str]],
    *,
    draws: int,
    seed: int,
    particles: int = 8,
    progress: Callable[[int], None] | None = None,
) -> dict[str, LeftOut]:
    """Forecast every target from the posterior without its fold, by importance weights.

    Every draw is heard with a filter of its own. A draw counts the less for a fold, the more
    probable it had made it; weights are truncated at their mean times the root of their number.
    The fold's earlier decisions remain history: it is the parameters that did not learn from them,
    as far as silence about status, which belongs to no fold, allows.

    Args:
        stretches: With parameters of the posterior.
        splits: What gives the fold of a target, by the name of the split.
        draws: Number of parameter draws.
        seed: Seed of all chance.
        particles: Particles of each filter.
        progress: Told the number of draws done.

    Returns:
        Forecasts by the name of the split.

    Source:
        Truncated importance sampling: T-ionides2008.
    """
    logs: dict[str, Floats] = {}
    forecasts: dict[str, Floats] = {}
    known: dict[str, Target] = {}
    ears = [(each, each.filter(particles)) for each in stretches]
    for draw in range(draws):
        for stretch, ear in ears:
            values = np.repeat(stretch.setup.draw_quantities(seed, np.array([draw])), particles, 0)
            hearing = ear.hear(seed + draw, values)
            for row, target in enumerate(stretch.targets):
                if target is None:
                    continue
                if target.id not in logs:
                    logs[target.id] = np.zeros(draws)
                    forecasts[target.id] = np.zeros((draws, hearing.forecasts.shape[1]))
                    known[target.id] = target
                forecasts[target.id][draw] = hearing.forecasts[row]
                logs[target.id][draw] = _log_share(stretch.rows[row], hearing.forecasts[row])
        if progress is not None:
            progress(draw + 1)
    return {
        name: _weighted(logs, forecasts, {each: fold(known[each]) for each in known})
        for name, fold in splits.items()
    }


def _log_share(row: NDArray[np.void], outcomes: Floats) -> float:
    """Logarithm of the probability of what is on record; 0 for a level, which has no categories."""
    size = int(row["outcomes"])
    allowed = [k for k in range(size) if int(row["allowed"]) >> k & 1]
    if not allowed or size < 2:
        return 0.0
    return float(np.log((1.0 - SLIP) * outcomes[allowed].sum() + SLIP * len(allowed) / size))


def _weighted(
    logs: dict[str, Floats], forecasts: dict[str, Floats], folds: dict[str, str]
) -> LeftOut:
    """Mean forecasts under the weights of each target's fold."""
    outcomes, effective = {}, {}
    for name in sorted(set(folds.values())):
        inside = [each for each in folds if folds[each] == name]
        log_weights = -np.sum([logs[each] for each in inside], axis=0)
        weights = np.exp(log_weights - log_weights.max())
        weights = np.minimum(weights, weights.mean() * np.sqrt(weights.size))
        weights /= weights.sum()
        for each in inside:
            # No matrix product, which would add up in an order that depends on the processor.
            outcomes[each] = (weights[:, None] * forecasts[each]).sum(axis=0)
            effective[each] = float(1.0 / (weights**2).sum())
    return LeftOut(outcomes, effective)

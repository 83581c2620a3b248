"""Walkers over the posterior, with a checkpoint after every step.

emcee's walkers move by each other (T-goodman2010). The filter's likelihood is noisy, and a walker
whose estimate came out too high would stand still for ever if it kept that estimate. So places are
compared under common random numbers, and every few steps all walkers get new ones at the place
where they stand. The walk then averages over posteriors, each under fixed random numbers, which is
near the posterior but not it (Monte Carlo within Metropolis, T-andrieu2009); `self_check` says how
near.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.inference.likelihood import seed_of

if TYPE_CHECKING:
    from foedus.inference.prior import Prior

REFRESHED: Final = 5
"""Steps under the same random numbers."""
CANDIDATES: Final = 6
"""Draws from the prior for each walker, of which the likeliest one begins: a walk of some hundred
steps has none to waste on the way in."""


class Likelihood(Protocol):
    """Log-likelihoods of parameter sets under a seed."""

    def __call__(self, thetas: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
        """Shape ``(set, parameter)`` to shape ``(set,)``."""


@dataclass(frozen=True)
class Chain:
    """Where the walkers have been.

    Attributes:
        places: Shape ``(step, walker, parameter)``; step 0 is the start.
        log_posterior: Shape ``(step, walker)``.
        moved: Accepted moves so far, by walker.
        state: State of the sampler's generator: its words, position and two spares.
        spare: The generator's stored normal variate.
        inputs: Digest of all that the chain rests on.
    """

    places: NDArray[np.float64]
    log_posterior: NDArray[np.float64]
    moved: NDArray[np.int64]
    state: NDArray[np.uint32]
    spare: NDArray[np.float64]
    inputs: NDArray[np.str_]

    @property
    def steps(self) -> int:
        """Steps taken."""
        return len(self.places) - 1


def walk(
    likelihood: Likelihood,
    prior: Prior,
    *,
    walkers: int,
    steps: int,
    seed: int,
    checkpoint: Path,
    inputs: str,
    progress: Callable[[Chain], None] | None = None,
) -> Chain:
    """Walk, or walk on from where an interrupted walk has stopped.

    Args:
        likelihood: What to explore, with the prior.
        prior: The prior; walkers start from draws of it.
        walkers: Number of walkers, even, more than twice the parameters.
        steps: Steps in all.
        seed: Seed of everything.
        checkpoint: File that is replaced after every step.
        inputs: Digest of all that the walk rests on.
        progress: Called after every step.

    Raises:
        FoedusError: The checkpoint is of another walk.
    """
    import emcee

    step = 0

    def log_posterior(thetas: NDArray[np.float64]) -> NDArray[np.float64]:
        values = prior.log_density(thetas)
        inside = np.isfinite(values)
        if inside.any():
            common = seed_of(seed, f"luck {step // REFRESHED}")
            values[inside] += likelihood(thetas[inside], common)
        return values

    moves = [(emcee.moves.StretchMove(), 0.5), (emcee.moves.DEMove(), 0.5)]
    sampler = emcee.EnsembleSampler(
        walkers, len(prior.names), log_posterior, moves=moves, vectorize=True
    )
    chain = _read(checkpoint, inputs)
    if chain is None:
        places = prior.draw(seed_of(seed, "walkers"), walkers * CANDIDATES)
        values = log_posterior(places)
        best = np.argsort(-values, kind="stable")[:walkers]
        chain = _begin(places[best], values[best], seed, inputs)
        _write(checkpoint, chain)
    while chain.steps < steps:
        step = chain.steps + 1
        before, values = chain.places[-1], chain.log_posterior[-1]
        if step % REFRESHED == 0:
            values = log_posterior(before)
        state = emcee.State(before, log_prob=values, random_state=_generator(chain), copy=True)
        walk_on = sampler.sample(
            state, iterations=1, store=False, skip_initial_state_check=True, progress=False
        )
        state = next(iter(walk_on))
        moved = (state.coords != before).any(axis=1)
        chain = _append(chain, state, moved)
        _write(checkpoint, chain)
        if progress is not None:
            progress(chain)
    return chain


def _begin(
    places: NDArray[np.float64], values: NDArray[np.float64], seed: int, inputs: str
) -> Chain:
    generator = np.random.RandomState(seed_of(seed, "moves") % 2**32)
    words, state = _packed(generator.get_state(legacy=True))
    return Chain(
        places[None],
        values[None],
        np.zeros(len(places), dtype=np.int64),
        words,
        state,
        np.array([inputs]),
    )


def _packed(state: Any) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """A state of NumPy's old generator as two arrays."""
    _, words, position, has_spare, spare = state
    return np.append(words, np.uint32(position)).astype(np.uint32), np.array([has_spare, spare])


def _generator(chain: Chain) -> Any:
    has_spare, spare = chain.spare
    words, position = chain.state[:-1], int(chain.state[-1])
    return ("MT19937", words, position, int(has_spare), float(spare))


def _append(chain: Chain, state: Any, moved: NDArray[np.bool_]) -> Chain:
    words, spare = _packed(state.random_state)
    return Chain(
        np.concatenate([chain.places, state.coords[None]]),
        np.concatenate([chain.log_posterior, state.log_prob[None]]),
        chain.moved + moved,
        words,
        spare,
        chain.inputs,
    )


def _write(path: Path, chain: Chain) -> None:
    """Replace the checkpoint at once, so that a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, **{field.name: getattr(chain, field.name) for field in fields(chain)})
    write_whole(path, buffer.getvalue())


def _read(path: Path, inputs: str) -> Chain | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            chain = Chain(**{field.name: kept[field.name] for field in fields(Chain)})
    except (EOFError, KeyError, OSError, ValueError, BadZipFile, zlib.error) as fault:
        raise FoedusError(
            f"{path}: is damaged, or cannot be read ({fault}); remove it, and the walk begins anew"
        ) from None
    digest = str(chain.inputs[0])
    if digest != inputs:
        raise FoedusError(
            f"{path}: the walk that was interrupted rests on other inputs (digest {digest[:12]}, "
            f"now {inputs[:12]}); remove the file, or give another folder"
        )
    return chain


LEAST_CONTRACTION: Final = 0.1
LEAST_SHIFT: Final = 0.25
"""A parameter counts as moved if the record takes this share off its standard deviation, or moves
its mean by this share of it."""


@dataclass(frozen=True)
class Diagnostics:
    """Summaries of a walk after its burn-in.

    Attributes:
        names: Parameters.
        acceptance: Share of moves that were accepted.
        autocorrelation: Integrated autocorrelation time in steps, by parameter.
        effective: Effective number of draws, by parameter.
        r_hat: Split R-hat over halves of the walkers and of the steps, by parameter.
        mean: Posterior means.
        deviation: Posterior standard deviations.
        quantiles: Posterior 5, 50 and 95 per cent; shape ``(3, parameter)``.
        prior_mean: Prior means.
        prior_deviation: Prior standard deviations.
    """

    names: tuple[str, ...]
    acceptance: float
    autocorrelation: NDArray[np.float64]
    effective: NDArray[np.float64]
    r_hat: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    prior_mean: NDArray[np.float64]
    prior_deviation: NDArray[np.float64]

    @property
    def contraction(self) -> NDArray[np.float64]:
        """Share of the prior's standard deviation that the record has taken away."""
        less: NDArray[np.float64] = 1.0 - self.deviation / self.prior_deviation
        return less

    @property
    def shift(self) -> NDArray[np.float64]:
        """Move of the mean, in prior standard deviations."""
        moved: NDArray[np.float64] = (self.mean - self.prior_mean) / self.prior_deviation
        return moved

    def not_moved(self) -> list[str]:
        """Fitted parameters that the record leaves where they were."""
        still = (self.contraction < LEAST_CONTRACTION) & (np.abs(self.shift) < LEAST_SHIFT)
        return [name for name, one in zip(self.names, still, strict=True) if one]

    def summary(self) -> dict[str, float]:
        """The walk as a whole, worst parameter first in mind."""
        return {
            "acceptance": round(self.acceptance, 3),
            "longest_autocorrelation_steps": round(float(self.autocorrelation.max()), 1),
            "least_effective_draws": round(float(self.effective.min())),
            "worst_r_hat": round(float(self.r_hat.max()), 3),
        }

    def table(self) -> list[dict[str, Any]]:
        """One row per parameter."""
        rows = []
        for q, name in enumerate(self.names):
            low, middle, high = self.quantiles[:, q]
            numbers = {
                "mean": self.mean[q],
                "deviation": self.deviation[q],
                "low_5": low,
                "median": middle,
                "high_95": high,
                "prior_mean": self.prior_mean[q],
                "prior_deviation": self.prior_deviation[q],
                "contraction": self.contraction[q],
                "shift": self.shift[q],
                "effective_draws": self.effective[q],
                "r_hat": self.r_hat[q],
            }
            rows.append({"name": name} | {key: round(float(x), 4) for key, x in numbers.items()})
        return rows


def diagnose(chain: Chain, prior: Prior, *, burn_in: int) -> Diagnostics:
    """Diagnose a walk."""
    import emcee

    places = chain.places[burn_in + 1 :]
    steps, walkers, size = places.shape
    # Of a walker that never moved there is no autocorrelation: it counts as one draw.
    with np.errstate(invalid="ignore"):
        times = np.array(
            [
                float(emcee.autocorr.integrated_time(places[:, :, [q]], quiet=True, tol=0)[0])
                for q in range(size)
            ]
        )
    times = np.maximum(1.0, np.nan_to_num(times, nan=float(steps)))
    every = places.reshape(-1, size)
    return Diagnostics(
        names=prior.names,
        acceptance=float(chain.moved.mean() / max(1, chain.steps)),
        autocorrelation=times,
        effective=steps * walkers / times,
        r_hat=np.array([split_r_hat(places[:, :, q]) for q in range(size)]),
        mean=every.mean(axis=0),
        deviation=every.std(axis=0),
        quantiles=np.quantile(every, (0.05, 0.5, 0.95), axis=0),
        prior_mean=prior.mean,
        prior_deviation=prior.deviation,
    )


def split_r_hat(values: NDArray[np.float64]) -> float:
    """Gelman and Rubin's ratio over four groups: halves of the steps by halves of the walkers.

    Walkers move by each other, so that single ones are no independent chains; a ratio over halves
    asks whether early and late steps, and one half of the walkers and the other, tell the same.

    Args:
        values: Shape ``(step, walker)``.
    """
    steps, walkers = values.shape
    halves = [values[: steps // 2], values[steps - steps // 2 :]]
    groups = [
        half[:, part].ravel()
        for half in halves
        for part in (slice(None, walkers // 2), slice(walkers // 2, 2 * (walkers // 2)))
    ]
    within = float(np.mean([group.var(ddof=1) for group in groups]))
    between = float(np.var([group.mean() for group in groups], ddof=1))
    return float(np.sqrt(1.0 + between / within)) if within > 0.0 else 1.0

"""Chance as rules see it: one uniform for each decision, and closed-form inverses.

There are two doors to chance. `draw` gives a number; `choose` picks one of a few outcomes, for
decisions that a record may know. `u` knows the seed, the trial and the month; a rule adds what is
decided, by whom and about whom. The same address gives the same number whatever else happens, so
one branch never shifts another's luck (`simulation.tape`).

Where a run is held to the record (`inference.record_filter`), `choose` gives the outcome on record
instead, and takes down how probable the rule had made it. Rules neither know nor ask.
"""

import math
from typing import Final, Protocol

from foedus.dictionary.marks import rule

LOGISTIC_SCALE: Final = math.sqrt(3.0) / math.pi
"""Turns a standard logistic variate into one of unit variance."""


class Draws(Protocol):
    """A month's draws of one trial."""

    def uniform(self, purpose: int, actor: int, other: int) -> float:
        """The uniform at an address, inside (0, 1)."""

    def choose(self, purpose: int, actor: int, other: int, cuts: tuple[float, ...]) -> int:
        """The outcome at an address: the number of cuts that its uniform reaches."""


def draw(u: Draws, purpose: int, actor: int, other: int) -> float:
    """A uniform inside (0, 1) that belongs to this decision alone.

    The compiled ensemble replaces this function by its own (`simulation.compiled.kernel`), with
    equal results.

    Args:
        u: The month's draws.
        purpose: What is decided, a `Purpose`.
        actor: Address of the one who decides (`luck` of a member, a threat or the patron).
        other: Address of whom or what it is about; 0 for nobody.
    """
    return u.uniform(purpose, actor, other)


def choose(u: Draws, purpose: int, actor: int, other: int, cuts: tuple[float, ...]) -> int:
    """Which of several outcomes comes about, numbered from 0.

    The compiled ensemble replaces this function by its own too.

    Args:
        u: The month's draws.
        purpose: What is decided, a `Purpose`.
        actor: Address of the one who decides.
        other: Address of whom or what it is about; 0 for nobody.
        cuts: Where the outcomes meet: the probability of outcome 0, of 0 or 1, and so on; not
            falling.
    """
    return u.choose(purpose, actor, other, cuts)


@rule
def place_among(cuts: tuple[float, ...], uniform: float) -> int:
    """Number of cuts that a uniform reaches."""
    outcome = 0
    for cut in cuts:
        if uniform >= cut:
            outcome += 1
    return outcome


@rule
def happens(u: Draws, purpose: int, actor: int, other: int, chance: float) -> bool:
    """Whether a decision between yes and no falls out as yes; yes is outcome 0."""
    return choose(u, purpose, actor, other, (chance,)) == 0


@rule
def sigmoid(x: float) -> float:
    """Logistic function, without overflow at either end."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


@rule
def logit(share: float) -> float:
    """Inverse of `sigmoid`; shares closer than 1e-6 to 0 or 1 are taken as that close."""
    inside = min(1.0 - 1e-6, max(1e-6, share))
    return math.log(inside / (1.0 - inside))


@rule
def unit_noise(uniform: float) -> float:
    """A logistic variate of mean 0 and variance 1.

    Logistic rather than normal because its inverse CDF is closed; the monthly noises add up, and
    their sum is close to normal after a few months.
    """
    return LOGISTIC_SCALE * math.log(uniform / (1.0 - uniform))


@rule
def clip(x: float, low: float, high: float) -> float:
    """`x`, held between `low` and `high`."""
    return min(high, max(low, x))


@rule
def approach(now: float, target: float, rate: float, dt: float) -> float:
    """A state after `dt` years of closing its gap to a target at `rate` per year."""
    return close_gap(now, target, share_closed(rate, dt))


@rule
def share_closed(rate: float, dt: float) -> float:
    """Share of a gap that closes within `dt` years at `rate` per year."""
    return 1.0 - math.exp(-rate * dt)


@rule
def close_gap(now: float, target: float, share: float) -> float:
    """A state after a share of its gap to a target has closed."""
    return now + share * (target - now)


@rule
def occurs(uniform: float, hazard: float, dt: float) -> bool:
    """Whether an event of `hazard` per year happens within `dt` years."""
    return uniform < chance_within(hazard, dt)


@rule
def chance_within(hazard: float, dt: float) -> float:
    """Probability that an event of `hazard` per year happens within `dt` years."""
    return 1.0 - math.exp(-hazard * dt)

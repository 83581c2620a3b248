"""The tape: all chance of a trial as uniforms with addresses.

Counter-based: the uniform is the Threefry-2x64-20 hash (T-salmon2011) of an address under a key.
The key is (seed, trial); the address is month and purpose in one word, actor and other in the next.
Nothing is consumed in order, so no branch of a run shifts another's luck, and trials can be worked
off in any order, chunk or thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np

from foedus.dictionary.chance import place_among
from foedus.dictionary.vocabulary import Purpose

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    type Words = NDArray[np.uint64]
    type Address = tuple[int, int, int]

ROTATIONS: Final = (16, 42, 12, 31, 16, 32, 24, 21)
PARITY: Final = 0x1BD11BDAA9FC1A22
ROUNDS: Final = 20
UNIT: Final = 2.0**-52


def luck(name: str) -> int:
    """Address of somebody's draws, from 1 to 2**32 - 1, from the name alone.

    It does not depend on who else takes part; `simulation.world` refuses the rare pair of names
    that would share one.
    """
    return max(1, crc32(name.encode()))


def threefry(key: tuple[ArrayLike, ArrayLike], counter: tuple[ArrayLike, ArrayLike]) -> Words:
    """First word of Threefry-2x64 with 20 rounds.

    Args:
        key: Two 64-bit words; arrays are broadcast.
        counter: Two 64-bit words.

    Returns:
        64-bit words of the broadcast shape.

    Source:
        Salmon, Moraes, Dror and Shaw 2011 (T-salmon2011); tested against the published answers.
    """
    k0, k1, x0, x1 = (
        np.asarray(word, dtype=np.uint64) for word in np.broadcast_arrays(*key, *counter)
    )
    schedule = (k0, k1, k0 ^ k1 ^ np.uint64(PARITY))
    x0, x1 = np.atleast_1d(x0 + schedule[0]), np.atleast_1d(x1 + schedule[1])
    for step in range(ROUNDS):
        turn = np.uint64(ROTATIONS[step % 8])
        x0 = x0 + x1
        x1 = ((x1 << turn) | (x1 >> (np.uint64(64) - turn))) ^ x0
        if step % 4 == 3:
            injection = step // 4 + 1
            x0 = x0 + schedule[injection % 3]
            x1 = x1 + schedule[(injection + 1) % 3] + np.uint64(injection)
    return x0.reshape(k0.shape)


def to_unit(words: Words) -> NDArray[np.float64]:
    """Uniforms strictly inside (0, 1) from the upper 52 bits of 64-bit words."""
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * UNIT


def uniforms(
    seed: int,
    trial: ArrayLike,
    month: ArrayLike,
    purpose: ArrayLike,
    actor: ArrayLike,
    other: ArrayLike,
) -> NDArray[np.float64]:
    """The uniforms at some addresses; all but the seed may be arrays, which are broadcast."""
    month, purpose, actor, other = (
        np.asarray(part, dtype=np.uint64) for part in (month, purpose, actor, other)
    )
    half = np.uint64(32)
    key = (np.uint64(seed), np.asarray(trial, dtype=np.uint64))
    return to_unit(threefry(key, ((month << half) | purpose, (actor << half) | other)))


def quantity_uniforms(seed: int, sets: NDArray[np.int64], names: list[str]) -> NDArray[np.float64]:
    """Uniforms from which uncertain quantities are drawn; shape ``(parameter set, quantity)``.

    Addressed by the quantity's name, so that a new parameter leaves all others' draws alone.
    """
    actors = np.array([luck(name) for name in names], dtype=np.uint64)
    return uniforms(seed, sets[:, None], 0, Purpose.QUANTITY.value, actors[None, :], 0)


class Tape:
    """The draws of one trial for plain Python: `dictionary.chance.draw` reads it.

    Addresses are learnt as they are asked for, and those already known are worked out together at
    the start of each month.
    """

    def __init__(self, seed: int, trial: int) -> None:
        self.seed = seed
        self.trial = trial
        self.month = 0
        self._known: list[Address] = []
        self._now: dict[Address, float] = {}

    def turn_to(self, month: int) -> None:
        """Go to a month."""
        self.month = month
        self._now = {}
        if self._known:
            purpose, actor, other = np.array(self._known, dtype=np.uint64).T
            values = uniforms(self.seed, self.trial, month, purpose, actor, other)
            self._now = dict(zip(self._known, values.tolist(), strict=True))

    def uniform(self, purpose: int, actor: int, other: int) -> float:
        """The uniform at an address of this month, inside (0, 1)."""
        address = (purpose, actor, other)
        if address not in self._now:
            value = uniforms(self.seed, self.trial, self.month, purpose, actor, other)
            self._now[address] = float(value)
            self._known.append(address)
        return self._now[address]

    def choose(self, purpose: int, actor: int, other: int, cuts: tuple[float, ...]) -> int:
        """The outcome at an address: the number of cuts that its uniform reaches."""
        return place_among(cuts, self.uniform(purpose, actor, other))

"""The trial that one visitor plays, and the settings it is played with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import mesa

from foedus.errors import FoedusError
from foedus.simulation.compiled.worker import series_of
from foedus.simulation.ensemble import check_size
from foedus.simulation.loading import load_setup
from foedus.simulation.mesa.alliance_model import AllianceModel, AllianceScenario

if TYPE_CHECKING:
    from foedus.simulation.world import Setup

MOST_TRIAL: Final = 999_999
UNEXPECTED: Final = "the model stopped because of a fault of the program"


@dataclass(frozen=True)
class Settings:
    """What a trial is played with; equal settings give equal trials, to the bit.

    Attributes:
        scenario: A bundled name, or a file that the server was started with.
        levers: Values of levers that differ from the scenario's own, by name, in order of names.
        seed: Seed of all chance.
        trial: Which trial of the seed.
    """

    scenario: str
    levers: tuple[tuple[str, Any], ...] = ()
    seed: int = 1
    trial: int = 0

    def with_lever(self, name: str, value: Any, default: Any) -> Settings:
        """The same with one lever moved; a lever at its default is left out."""
        levers = {**dict(self.levers), name: value}
        if value == default:
            del levers[name]
        return replace(self, levers=tuple(sorted(levers.items())))

    def check(self) -> None:
        """Refuse a seed or a trial that cannot be played.

        Raises:
            FoedusError: One of them is out of range.
        """
        check_size(1, self.seed)
        if not 0 <= self.trial <= MOST_TRIAL:
            raise FoedusError(f"trial: found {self.trial}, expected from 0 to {MOST_TRIAL:,}")


def setup_of(scenario: str, levers: tuple[tuple[str, Any], ...] = ()) -> Setup:
    """A scenario with levers, laid out in memory; engines copy it and never change it.

    Raises:
        FoedusError: The scenario or a lever's value is not valid.
    """
    return _setup(scenario, levers)


@lru_cache(maxsize=64)
def _setup(scenario: str, levers: tuple[tuple[str, Any], ...]) -> Setup:
    return load_setup(scenario, settings=dict(levers))


class LiveModel(AllianceModel):
    """A trial that never raises: what goes wrong is kept in `error`, and the page shows it.

    Mesa's page replaces everything by a traceback if a model raises on Step or Reset.

    Args:
        settings: Gives the settings to play with, whenever the page builds the model anew.
        months: Months to play at once, so that a moved lever does not send the visitor back to the
            start; fewer if the scenario is shorter.
        from_reset: Whether Reset builds it. Mesa's play sleeps between two months and wakes up once
            more after it was stopped: it must not move a trial that has just been set back.
    """

    def __init__(
        self, settings: Callable[[], Settings], months: int = 0, *, from_reset: bool = False
    ) -> None:
        # Play runs in a plain thread; clicks are served by a worker of the server's own class.
        plain = (each for each in threading.enumerate() if type(each) is threading.Thread)
        others = (each for each in plain if each is not threading.current_thread())
        self._stopped: WeakSet[threading.Thread] = WeakSet(others if from_reset else ())
        self.error: str | None = None
        self.settings = settings()
        self.paths_so_far: list[list[float]] = []
        self.built = False
        try:
            self.settings.check()
            setup = setup_of(self.settings.scenario, self.settings.levers)
            scenario = AllianceScenario(rng=self.settings.seed, trial=self.settings.trial)
            mesa.Model.__init__(self, scenario=scenario)
            self._lay_out(setup)
            self.built = True
            self._remember()
        except Exception as error:  # noqa: BLE001 - a dead page would tell the visitor less
            self._fail(error)
        while self.running and self.month < months:
            self.step()

    def step(self) -> None:
        """One month, or nothing if the trial cannot go on or a stopped play asks for it."""
        if threading.current_thread() in self._stopped:
            return
        if not self.built or not self.running:
            self.running = False
            return
        try:
            super().step()
            self._remember()
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)

    def path(self, name: str, member: str | None = None) -> list[float]:
        """What a series was in every month so far."""
        names = [(each.name, each.member) for each in series_of(self.setup)]
        place = names.index((name, member))
        return [row[place] for row in self.paths_so_far]

    def _remember(self) -> None:
        if len(self.paths_so_far) <= self.month:
            self.paths_so_far.append(self.series())

    def _fail(self, error: Exception) -> None:
        if isinstance(error, FoedusError):
            self.error = str(error)
        else:
            logging.getLogger(__name__).error("a model on the page failed", exc_info=error)
            self.error = f"{UNEXPECTED} ({type(error).__name__}: {error})"
        if not hasattr(self, "agents"):
            mesa.Model.__init__(self)
        self.running = False


def check_seed(text: str) -> int:
    """A seed as typed.

    Raises:
        FoedusError: It is no whole number in range.
    """
    try:
        seed = int(text)
    except ValueError:
        raise FoedusError(f"seed: found «{text}», expected a whole number") from None
    check_size(1, seed)
    return seed

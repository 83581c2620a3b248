"""The engines that are compared, each as a job that plays some trials of one scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mesa
import numba
import numpy as np
from c_kernel import CKernel, build
from numpy_peer import ThreatPhases

from foedus.rules.crises.threats import compare_threats, perceive, threaten
from foedus.rules.month import advance, be_driven
from foedus.rules.start import begin as begin_rule
from foedus.simulation import memory_layout as records
from foedus.simulation.compiled import kernel
from foedus.simulation.compiled.worker import Worker
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from foedus.simulation.world import Setup

SEED = 1


def batch(scenario: str, trials: int, processes: int = 1) -> dict[int, float]:
    """Final cohesion by trial, through Mesa's own `batch_run`."""
    rows = mesa.batch_run(
        AllianceModel,
        {"scenario_file": scenario, "trial": list(range(trials))},
        rng=[SEED],
        number_processes=processes,
        display_progress=False,
    )
    return {int(row["trial"]): float(row["cohesion"]) for row in rows}


def mesa_trials(setup: Setup, trials: int) -> list[float]:
    """Final cohesion of Mesa models that share one reading of the scenario."""
    ends = []
    for trial in range(trials):
        model = AllianceModel.from_setup(setup, seed=SEED, trial=trial)
        while model.running:
            model.step()
        ends.append(float(model.cohesion))
    return ends


def bare_trials(setup: Setup, trials: int) -> None:
    """The same rules on the same Mesa objects in a plain loop: no agent sets, no scheduler.

    Less than any Mesa model could do, so a bound on what an idiomatic twin would save.
    """
    for trial in range(trials):
        model: Any = AllianceModel.from_setup(setup, seed=SEED, trial=trial)
        for t in range(1, setup.paths.shape[0]):
            model.month, model.month_of_year = t, (setup.start_month - 1 + t) % 12 + 1
            model.tape.turn_to(t)
            for driver, path in zip(model.drivers, setup.paths[t].tolist(), strict=False):
                driver.path = path
            advance(model, model.parameters, model.tape)


def ensemble(setup: Setup, trials: int, threads: int) -> NDArray[np.float64]:
    """Final cohesion by trial, of the ensemble as it is used."""
    run = run_ensemble(setup, trials=trials, seed=SEED, threads=threads, sample=0)
    ends: NDArray[np.float64] = np.asarray(run.outcomes["cohesion_end"])
    return ends


def block(setup: Setup, trials: int, *, histograms: bool = True, sample: int = 0) -> None:
    """One thread's work on the ensemble, with or without counting months and keeping paths."""
    worker = Worker(setup, SEED)
    if not histograms:
        worker.tally.histograms = worker.tally.histograms[:0]
    worker.run(0, trials, sample)


def exact_room(setup: Setup) -> Setup:
    """The scenario in records with no room to spare; everything uncertain at its mode."""
    w = setup.world[0]
    names = {"member": "members", "threat": "threats", "partner": "partners", "driver": "drivers"}
    counts = {axis: max(1, int(w[f"n_{plural}"])) for axis, plural in names.items()}
    for axis, plural in {"calendar": "calendar", "roll_call": "roll_calls"}.items():
        counts[axis] = max(1, int(w[f"n_{plural}"]))
    for axis in ("shock", "trigger", "question", "renewal"):
        counts[axis] = max(1, int(w[f"n_{axis}s"]))
    return with_room(setup, replace(setup.room, **counts))


def with_room(setup: Setup, room: records.Room) -> Setup:
    """The scenario in records of other sizes; everything uncertain at its mode."""
    world = np.zeros(1, dtype=records.world_type(room))
    _copy(setup.world[0], world[0])
    return replace(setup, room=room, world=world, uncertain=())


def _copy(old: Any, new: Any) -> None:
    """Copy records field by field, as far as both have room."""
    for name in new.dtype.names or ():
        into, source = new[name], old[name]
        if new.dtype[name].names:
            _copy(source, into)
        elif new.dtype[name].subdtype and new.dtype[name].base.names:
            for n in range(min(len(into), len(source))):
                _copy(source[n], into[n])
        elif new.dtype[name].shape:
            length = min(len(into), len(source))
            into[:length] = source[:length]
        else:
            new[name] = source


def threat_month(w: Any, p: Any, u: Any) -> None:
    """Phases 1 to 3 of a month."""
    be_driven(w, p)
    for i in range(w.n_members):
        threaten(w.members[i], w, p, u)
    for i in range(w.n_members):
        perceive(w.members[i], w, p)
    for i in range(w.n_members):
        compare_threats(w.members[i], w, p)


threat_month.__annotations__ = {"w": "World", "p": "Parameters", "u": "Draws", "return": "None"}


class ThreatPeers:
    """Phases 1 to 3 alone: compiled by Numba, by C, and vectorised by NumPy."""

    def __init__(self, setup: Setup, trials: int, folder: Path) -> None:
        self.setup, self.trials = replace(setup, uncertain=()), trials
        self.c = CKernel(build(setup.room, folder, threat_month), self.setup, SEED)
        self._month = numba.njit(**kernel.OPTIONS)(threat_month)
        self._block = self._compile()

    def _compile(self) -> Any:
        month, begin = self._month, numba.njit(**kernel.OPTIONS)(begin_rule)

        def run(
            template: Any, world: Any, parameters: Any, tape: Any, paths: Any, out: Any
        ) -> None:
            w, p, u = world[0], parameters[0], tape[0]
            for n in range(out.shape[0]):
                world[0] = template[0]
                u.trial = np.uint64(n)
                for t in range(paths.shape[0]):
                    w.month = t
                    u.month = np.uint64(t)
                    for d in range(w.n_drivers):
                        w.drivers[d].path = paths[t, d]
                    if t == 0:
                        begin(w, p)
                    else:
                        month(w, p, u)
                for i in range(w.n_members):
                    for k in range(w.n_threats):
                        out[n, i, k] = w.members[i].perceived[k]

        return numba.njit(**kernel.OPTIONS)(run)

    def numba(self) -> NDArray[np.float64]:
        """Perceived threats at the end; shape ``(trial, member, threat)``."""
        setup = self.setup
        tape = np.zeros(1, dtype=records.TAPE_TYPE)
        tape["seed"] = SEED
        w = setup.world[0]
        out = np.zeros((self.trials, int(w["n_members"]), int(w["n_threats"])))
        world = setup.world.copy()
        self._block(setup.world, world, setup.parameters, tape, setup.paths, out)
        return out

    def numpy(self) -> NDArray[np.float64]:
        """The same by the NumPy peer."""
        peer = ThreatPhases(self.setup, self.trials, SEED)
        for t in range(1, self.setup.paths.shape[0]):
            peer.advance(t)
        return peer.perceived

    def scalar_c(self) -> None:
        """The same by C."""
        self.c.run(0, self.trials)

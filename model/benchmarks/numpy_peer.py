"""Phases 2 and 3, threats and their perception, once more for NumPy over all trials at once.

The costliest phases of the month as a peer would write them: arrays with a trial axis, masks in
place of branches. Only here, for timing; that it agrees with the rules is checked before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.dictionary.chance import LOGISTIC_SCALE
from foedus.dictionary.vocabulary import DOMESTIC, DT, INTRA, Purpose
from foedus.rules.crises.threats import FAINTEST
from foedus.simulation.tape import uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foedus.simulation.world import Setup

    type Floats = NDArray[np.float64]

FOLLOWED: Final = ("log_intensity", "excitation", "recent", "relief", "salience", "perceived")


class ThreatPhases:
    """Threats of many trials, all numbers at their modes.

    Arrays have shape ``(trial, member, threat)``.
    """

    def __init__(self, setup: Setup, trials: int, seed: int) -> None:
        self.setup, self.seed = setup, seed
        w = setup.world[0]
        self.n, self.m, self.k = trials, int(w["n_members"]), int(w["n_threats"])
        members, threats = w["members"][: self.m], w["threats"][: self.k]
        self.p = {
            name: float(setup.parameters[0][name]) for name in setup.parameters.dtype.names or ()
        }
        self.rate = members["rate"][:, : self.k]
        self.level = members["level"][:, : self.k]
        self.openness = members["openness"][:, : self.k]
        self.kind = threats["kind"]
        self.severity_mean = threats["severity_mean"]
        self.stake = threats["patron_stake"]
        self.shared = (self.kind != DOMESTIC) & (self.kind != INTRA)
        self.first, self.second = threats["first"], threats["second"]
        intra = self.kind == INTRA
        self.owner = np.where(intra, threats["luck"], members["luck"][:, None])
        self.luck = np.broadcast_to(threats["luck"], (self.m, self.k))
        self.levels = threats["level_driver"]
        self.openings = threats["accommodation_driver"]
        self.follows = np.zeros((self.m, self.k), dtype=bool)
        self.follows[self.second[intra], np.flatnonzero(intra)] = True
        exposed = (self.level > 0.0) | (self.rate > 0.0)
        self.touched = np.where(intra, self.first >= 0, exposed) & ~self.follows
        self.begin()

    def begin(self) -> None:
        """Threats at rest."""
        shape = (self.n, self.m, self.k)
        drivers = self.setup.paths[0]
        self.offset = self.p["threat_volatility"] ** 2 / (4.0 * self.p["threat_reversion"])
        intensity = np.log(np.maximum(FAINTEST, drivers[self.levels])) - self.offset
        self.log_intensity = np.broadcast_to(intensity, shape).copy()
        self.excitation, self.recent, self.relief = (np.zeros(shape) for _ in range(3))
        sought = 1.0 - drivers[self.openings] * self.openness
        self.salience = np.broadcast_to(sought, shape).copy()
        self.perceived = self.salience * self.exposure()

    def exposure(self) -> Floats:
        """Exposure at the present intensity, recent incidents included."""
        elastic = self.p["intensity_elasticity"] * (self.log_intensity + self.offset)
        level = np.minimum(1.0, self.level * np.exp(elastic))
        felt: Floats = level + (1.0 - level) * self.p["incident_weight"] * self.recent
        return felt

    def advance(self, month: int) -> None:
        """One month of both phases."""
        p, drivers, on = self.p, self.setup.paths[month], self.touched
        draw = self._draw(month, Purpose.THREAT_INTENSITY)
        noise = LOGISTIC_SCALE * np.log(draw / (1.0 - draw))
        mean = np.log(np.maximum(FAINTEST, drivers[self.levels])) - self.offset
        drift = p["threat_reversion"] * (mean - self.log_intensity) * DT
        moved = self.log_intensity + drift
        moved = moved + p["threat_volatility"] * np.sqrt(DT) * noise
        self.log_intensity = np.where(on, moved, self.log_intensity)
        self.excitation = np.where(on, self.excitation * np.exp(-p["excitation_decay"] * DT), 0.0)
        self.recent = np.where(on, self.recent * np.exp(-p["incident_fading"] * DT), 0.0)
        self.relief = np.where(on, self.relief * np.exp(-p["relief_fading"] * DT), 0.0)
        hazard = self.rate * np.exp(self.log_intensity) + self.excitation
        hazard = hazard * (1.0 - self.relief)
        struck = on & (self._draw(month, Purpose.INCIDENT) < 1.0 - np.exp(-hazard * DT))
        shape = self.severity_mean / (1.0 - self.severity_mean)
        severity = 1.0 - np.power(1.0 - self._draw(month, Purpose.SEVERITY), shape)
        severity = np.where(struck, severity, 0.0)
        self.recent = self.recent + severity * (1.0 - self.recent)
        self.excitation = self.excitation + p["excitation"] * severity
        self._copy_clashes()
        self._perceive(drivers)

    def _draw(self, month: int, purpose: Purpose) -> Floats:
        trials = np.arange(self.n)[:, None, None]
        return uniforms(self.seed, trials, month, purpose.value, self.owner, self.luck)

    def _copy_clashes(self) -> None:
        for k in np.flatnonzero((self.kind == INTRA) & (self.first >= 0)):
            for name in ("log_intensity", "excitation", "recent", "relief"):
                state = getattr(self, name)
                state[:, self.second[k], k] = state[:, self.first[k], k]

    def _perceive(self, drivers: Floats) -> None:
        p = self.p
        attention = 1.0 - np.exp(-p["salience_speed"] * DT)
        insight = 1.0 - np.exp(-p["perception_speed"] * DT)
        sought = 1.0 - drivers[self.openings] * self.openness
        self.salience = self.salience + attention * (sought - self.salience)
        target = self.salience * self.exposure()
        self.perceived = self.perceived + insight * (target - self.perceived)
        felt = self.perceived[:, :, self.shared]
        squared = np.sum(felt * felt, axis=2)
        across = np.einsum("nik,njk->nij", felt, felt)
        longer = np.maximum(squared[:, :, None], squared[:, None, :])
        known = longer > 0.0
        self.similarity = np.where(known, across / np.where(known, longer, 1.0), 0.0)

    def state(self) -> dict[str, NDArray[Any]]:
        """What is compared with the rules."""
        return {name: getattr(self, name) for name in FOLLOWED}

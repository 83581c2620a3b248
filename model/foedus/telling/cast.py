"""Who and what an ensemble is about: titles for codes, marks for the time axis.

The one place in results and figures that knows how a resolved scenario is laid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from foedus.scenarios import driver_paths, drivers

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble


@dataclass(frozen=True)
class Mark:
    """Something that the scenario itself does at a known month."""

    month: int
    label: str


@dataclass(frozen=True)
class Cast:
    """Titles of everyone and everything in an ensemble."""

    ensemble: Ensemble

    @property
    def scenario_title(self) -> str:
        """What the scenario is called in full."""
        return self.ensemble.scenario.title

    @property
    def alliance_title(self) -> str:
        """What the alliance is called in full."""
        return self.ensemble.scenario.alliance.title

    @property
    def patron_code(self) -> str:
        """Code of the patron."""
        return self.ensemble.scenario.alliance.patron.code

    @property
    def patron_title(self) -> str:
        """What the patron is called."""
        return self.ensemble.scenario.alliance.patron.title

    @cached_property
    def titles(self) -> dict[str, str]:
        """What members, partners, the patron and threats are called, by code or name."""
        return titles_of(self.ensemble.scenario)

    @property
    def member_titles(self) -> tuple[str, ...]:
        """What the members are called, in axis order."""
        return tuple(self.titles.get(code, code) for code in self.ensemble.members)

    @cached_property
    def threat_kinds(self) -> tuple[str, ...]:
        """Kind of each threat, in axis order."""
        kinds = {one.name: one.kind for one in self.ensemble.scenario.alliance.threats}
        return tuple(kinds[name] for name in self.ensemble.threats)

    def poles(self) -> tuple[str, ...]:
        """Columns of the alignment: the partners, the patron, autonomy."""
        return (*self.ensemble.partners, self.patron_code, "autonomy")

    def pole_title(self, pole: str) -> str:
        """What a column of the alignment is called."""
        return "Self-reliance" if pole == "autonomy" else self.titles.get(pole, pole)

    def start_status(self, member: int) -> int:
        """Status of a member at the start, which is the same in every trial."""
        return int(self.ensemble.status_counts[0, member].argmax())

    def marks(self) -> tuple[Mark, ...]:
        """Shocks of the scenario, and the months in which the patron's war starts or ends."""
        found = [*self._shocks(), *self._war()]
        return tuple(sorted(found, key=lambda mark: mark.month))

    def _shocks(self) -> list[Mark]:
        resolved, last = self.ensemble.scenario, len(self.ensemble.dates) - 1
        found = [
            Mark(resolved.month_of(shock.date), _sentence(shock.name))
            for shock in resolved.scenario.shocks
        ]
        return [mark for mark in found if 0 < mark.month <= last]

    def _war(self) -> list[Mark]:
        resolved = self.ensemble.scenario
        war = driver_paths.paths(resolved)[:, drivers.names(resolved.roster).index("war")] > 0.0
        change = war[1:].astype(int) - war[:-1]
        return [
            Mark(month, "War starts" if change[month - 1] > 0 else "War ends")
            for month in (change.nonzero()[0] + 1).tolist()
        ]


def titles_of(scenario: ResolvedScenario) -> dict[str, str]:
    """What members, partners, the patron and threats are called, by code or name."""
    alliance = scenario.alliance
    everyone = (*alliance.members, *alliance.partners, alliance.patron)
    titles = {one.code: one.title for one in everyone}
    return titles | {threat.name: threat.title for threat in alliance.threats}


def _sentence(name: str) -> str:
    """A name in words."""
    text = name.replace("-", " ")
    return text[:1].upper() + text[1:]

"""Titles for codes, dates and lists in words, and marks for the time axis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from foedus.dictionary.recording import COMPONENTS, FOLLOWED
from foedus.dictionary.vocabulary import Answer
from foedus.scenarios import driver_paths

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_COMPONENTS = [row for row in FOLLOWED if not row.is_members][: 1 + len(COMPONENTS)]

COMPONENT_TITLES = {row.name: row.title for row in _COMPONENTS}
"""What cohesion, its factors and what stands apart from it are called."""

FACTORS = COMPONENTS[:3]
"""The factors of cohesion: member by member and crisis by crisis it is their product."""

APART = COMPONENTS[3:]
"""What stands apart from cohesion, and is never averaged in."""

COMPONENT_MEANINGS = {row.name: row.meaning for row in _COMPONENTS}

THREAT_KIND_TITLES = {
    "external": "Attack by a state",
    "militants": "Militants",
    "pressure": "Steady pressure",
    "intra": "Between members",
    "domestic": "Domestic unrest",
}

ANSWER_TITLES = {answer.name.lower(): answer.title for answer in Answer}

CHANNEL_TITLES = {
    "none": "Did not ask",
    "bilateral": "Asked the patron",
    "bloc": "Asked the bloc",
}


def dates_words(dates: tuple[str, str, str]) -> str:
    """A median month with its 5-95 % interval.

    Example:
        >>> dates_words(("2029-03", "2027-02", "2031-08"))
        'Mar 2029 (Feb 2027 to Aug 2031)'
    """
    median, low, high = (month_words(date) for date in dates)
    return f"{median} ({low} to {high})"


def month_words(date: str) -> str:
    """A month for readers.

    Example:
        >>> month_words("2027-05")
        'May 2027'
    """
    year, month = date.split("-")[:2]
    return f"{MONTH_NAMES[int(month) - 1]} {year}"


def joined(names: list[str]) -> str:
    """A list in a sentence; at least one name.

    Example:
        >>> joined(["A", "B", "C"])
        'A, B and C'
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True)
class Mark:
    """Something that the scenario itself does at a known month."""

    month: int
    label: str


@dataclass(frozen=True)
class Titles:
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
    def reference(self) -> tuple[str, float] | None:
        """Date to which cohesion is compared, with the cohesion of that date; None if no date is.

        It is the alliance's own; a run of one without has nothing but its start.
        """
        reference = self.ensemble.scenario.alliance.file.reference
        return None if reference is None else (reference.date, reference.cohesion)

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
        """What the scenario itself does."""
        return marks_of(self.ensemble.scenario)


def marks_of(scenario: ResolvedScenario) -> tuple[Mark, ...]:
    """Shocks and decisions of a scenario, and when the patron's war starts or ends."""
    dated = [(one.date, one.name) for one in scenario.scenario.shocks]
    dated += [(one.date, one.name) for one in scenario.scenario.decisions]
    marks = [
        Mark(scenario.month_of(date), name.replace("-", " ").capitalize()) for date, name in dated
    ]
    war = driver_paths.paths(scenario)[:, scenario.drivers.index("war")] > 0.0
    marks += [
        Mark(month, "War starts" if war[month] else "War ends")
        for month in range(1, len(war))
        if war[month] != war[month - 1]
    ]
    # A shock and a decision of one name and month are one thing to the reader.
    inside = [mark for mark in dict.fromkeys(marks) if 0 < mark.month <= scenario.horizon]
    return tuple(sorted(inside, key=lambda mark: mark.month))


def titles_of(scenario: ResolvedScenario) -> dict[str, str]:
    """What members, partners, the patron and threats are called, by code or name."""
    alliance = scenario.alliance
    everyone = (*alliance.members, *alliance.partners, alliance.patron)
    titles = {one.code: one.title for one in everyone}
    return titles | {threat.name: threat.title for threat in alliance.threats}

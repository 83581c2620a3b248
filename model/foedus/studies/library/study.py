"""The library of scenarios side by side: what each changes, with common random numbers.

Scenarios that go back to one root, by what they extend, and that start together make a family: its
members are compared with the root, and with their own parent where that is another. A scenario that
stands alone, such as history played again, is only described.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foedus.runs.provenance import Provenance, provenance, sha256
from foedus.scenarios.resolve import parent_of
from foedus.statistics.quantiles import Frequency, frequency
from foedus.studies.compare.measures import Panel, panel_of
from foedus.studies.compare.paired import comparable, differences
from foedus.studies.library.factors import FactorShares, factor_shares
from foedus.telling.difference import QUESTION, at_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.difference import Difference, Measure

LAST: Final = -1


@dataclass(frozen=True)
class Entry:
    """One scenario of the library.

    Attributes:
        scenario: What was played.
        parent: Name of what it extends; None if it extends nothing.
        origin: What decides its numbers.
        panel: Every measure of every trial.
        against_root: Differences from the root of the family; none of the root itself.
        against_parent: Differences from the parent; none if that is the root.
    """

    scenario: ResolvedScenario
    parent: str | None
    origin: Provenance
    panel: Panel
    against_root: tuple[Difference, ...] = ()
    against_parent: tuple[Difference, ...] = ()

    @property
    def name(self) -> str:
        """Short name."""
        return self.scenario.name

    @property
    def title(self) -> str:
        """The scenario in words."""
        return self.scenario.title

    @property
    def texts(self) -> dict[str, str]:
        """What each question asks, by id."""
        return {one.id: one.text for one in self.scenario.questions}

    def mean(self, metric: str, subject: str | None = None) -> float:
        """Mean of a measure at the end of the run.

        Raises:
            KeyError: It is not measured there.
        """
        end = self.panel.dates[LAST]
        for place, one in enumerate(self.panel.measures):
            if (one.metric, one.subject, one.date) == (metric, subject, end):
                return float(self.panel.values[:, place].mean())
        raise KeyError(metric, subject)

    def difference(self, metric: str, subject: str | None = None) -> Difference:
        """Difference from the root in a measure at the end of the run.

        Raises:
            KeyError: There is none.
        """
        return at_the_end(self.against_root, metric, subject)

    def questions(self) -> list[tuple[Measure, Frequency]]:
        """The questions and how often they came true, in the file's order."""
        return [
            (one, frequency(self.panel.values[:, column] > 0.0))
            for column, one in enumerate(self.panel.measures)
            if one.metric == QUESTION
        ]


@dataclass(frozen=True)
class Family:
    """Scenarios that differ from one root.

    Attributes:
        root: What the others go back to.
        others: The rest, from the most to the least cohesive against the root.
    """

    root: Entry
    others: tuple[Entry, ...]

    @cached_property
    def factors(self) -> FactorShares:
        """How much of the variance of cohesion each factor carries, over the whole family."""
        family = (self.root, *self.others)
        return factor_shares([(one.panel, one.scenario.test_roster) for one in family])


@dataclass(frozen=True)
class Library:
    """All scenarios, played with common random numbers.

    Attributes:
        families: Roots with what differs from them; the largest family first.
        alone: Scenarios that nothing extends and that extend nothing, by start.
    """

    families: tuple[Family, ...]
    alone: tuple[Entry, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every scenario, in the order in which it is shown."""
        found = [entry for family in self.families for entry in (family.root, *family.others)]
        return (*found, *self.alone)

    @property
    def provenance(self) -> Provenance:
        """What decides all its numbers."""
        origins = [entry.origin for entry in self.entries]
        return replace(
            origins[0],
            scenario="library",
            scenario_digest=sha256("".join(one.scenario_digest for one in origins).encode()),
            quantities_digest=sha256("".join(one.quantities_digest for one in origins).encode()),
            horizon=max(one.horizon for one in origins),
        )


def play_library(names: Sequence[str | Path], play: Callable[[str | Path], Ensemble]) -> Library:
    """Play scenarios and set them side by side.

    Args:
        names: Names of bundled scenarios, or files.
        play: Plays one of them, with the same seed, trials and evidence as the others.

    Returns:
        The families; a scenario whose trials cannot be paired with those of its root stands alone.
    """
    played = [_entry(reference, play(reference)) for reference in names]
    entries = {entry.name: entry for entry in played}
    roots = {name: _root(entry, entries) for name, entry in entries.items()}
    families = []
    for name in dict.fromkeys(roots.values()):
        others = [entries[one] for one, root in roots.items() if root == name and one != name]
        compared = [_compared(one, entries[name], entries) for one in others]
        compared.sort(key=lambda one: -one.difference("cohesion").mean)
        families.append(Family(entries[name], tuple(compared)))
    related = [family for family in families if family.others]
    alone = [family.root for family in families if not family.others]
    return Library(
        tuple(sorted(related, key=lambda family: -len(family.others))),
        tuple(sorted(alone, key=lambda entry: entry.panel.dates[0])),
    )


def _entry(reference: str | Path, ensemble: Ensemble) -> Entry:
    parent = parent_of(reference)
    return Entry(
        scenario=ensemble.scenario,
        parent=parent.stem if parent is not None else None,
        origin=provenance(ensemble),
        panel=panel_of(ensemble),
    )


def _root(entry: Entry, entries: dict[str, Entry]) -> str:
    """Name of the farthest ancestor that is there and whose trials can be paired with these."""
    root, above = entry.name, entry.parent
    while above is not None and above in entries:
        if comparable(entries[above].panel, entry.panel):
            root = above
        above = entries[above].parent
    return root


def _compared(entry: Entry, root: Entry, entries: dict[str, Entry]) -> Entry:
    parent = entries.get(entry.parent or "")
    other = parent is not None and parent is not root and comparable(parent.panel, entry.panel)
    return replace(
        entry,
        against_root=differences(root.panel, entry.panel),
        against_parent=differences(parent.panel, entry.panel) if parent and other else (),
    )

"""What an alliance file may hold, and the alliance that is read from it.

A second alliance is a file away: no code, name or number of one stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, Strict

from foedus.dictionary.vocabulary import RITUALS
from foedus.files.dates import Month
from foedus.files.models import Closed, Code, Name, Number, Text
from foedus.scenarios.language.months import latest
from foedus.scenarios.language.quantities import CRISES, QuantityKind
from foedus.scenarios.language.schema import DecisionRule, Flag, Sources, Whole

if TYPE_CHECKING:
    from foedus.parameters.triple import Triple

type ThreatKind = Literal["external", "militants", "pressure", "intra", "domestic"]
type Status = Literal["out", "frozen", "active"]
type Grade = Literal["A", "B", "C", "judgement"]
type MonthOfYear = Annotated[Whole, Field(ge=1, le=12)]
type DatedAct = Literal[
    "speak_well", "send_troops", "host_drill", "keep_posts", "attend_summit", "pay_dues"
]
type Table = dict[tuple[str, ...], Triple]


class Party(Closed):
    """A state, or a group of states that acts as one."""

    code: Code
    """Three capital letters; for states ISO 3166 alpha-3."""
    title: Text
    """What it is called."""


class Threat(Closed):
    """A source of danger to members."""

    name: Name
    """Short, unique."""
    title: Text
    """What it is called."""
    kind: ThreatKind
    """An attack from outside, militants, a pressure level, a quarrel between members, unrest."""
    between: tuple[Code, Code] | None = None
    """The two members that a quarrel between members is between."""


class Charter(Closed):
    """The rules that the members agreed on."""

    decision_rule: DecisionRule
    """How the council decides on a request."""
    notice_months: Annotated[int, Strict(), Field(ge=0, le=120)]
    """Months between the notice of withdrawal and its effect."""
    renewals: tuple[Month, ...] = ()
    """Months in which membership lapsed, or lapses, unless renewed."""
    sources: Sources = ()
    """Evidence, by id."""


class CalendarEntry(Closed):
    """An act of membership that falls due every year in the same month."""

    act: DatedAct
    """Which act of the ladder."""
    title: str = ""
    """What it is called."""
    month: MonthOfYear
    """Month of the year."""
    host: Code | None = None
    """The member on whose soil it takes place; null if it rotates."""
    focus: Name | None = None
    """The threat that it is about."""
    sources: Sources = ()
    """Evidence, by id."""


class RollCall(Closed):
    """A UN vote that is held in the same month of every year of war."""

    kind: Literal["condemnation", "humanitarian", "expulsion"]
    """What it is about."""
    title: str = ""
    """What it is called."""
    month: MonthOfYear
    """Month of the year."""
    once: Flag = False
    """Whether it is held in the first year of war alone."""
    sources: Sources = ()
    """Evidence, by id."""


class Reference(Closed):
    """The date to which cohesion is compared, and by whose answers it is measured."""

    date: Month
    """The reference date; those active then are the roster of the standard test."""
    cohesion: Annotated[Number, Field(gt=0, le=1)]
    """Mean cohesion that the model gives for that date."""
    note: str = ""
    """Where the number is from."""


class QuantityEntry(Closed):
    """One number for each of some keys, with its evidence."""

    name: Text
    """Which number; the engine's table says which there are."""
    of: tuple[Text, ...] = ()
    """What it is a number of."""
    meaning: Text
    """What it means, in a sentence."""
    unit: Text
    """In what it is measured."""
    range: tuple[Number, Number]
    """Least and greatest value that it may take in this file."""
    grade: Grade
    """A: several dated observations; B: one or two; C: theory or one article; or judgement."""
    sources: Sources = ()
    """Evidence, by id."""
    note: str = ""
    """Why these values."""
    values: Any = None
    """Values by key, constant in time."""
    dated_values: dict[Month, Any] | None = None
    """Values by start date, then by key."""


class InitialStatus(Closed):
    """Who is in at which start date; members that a date does not name take no part."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, Status]]

    sources: Sources = ()
    """Evidence, by id."""
    note: str = ""
    """Why these values."""

    @property
    def by_date(self) -> dict[str, dict[str, Status]]:
        """Status by date and member."""
        return self.__pydantic_extra__


class AllianceFile(Closed):
    """An alliance file."""

    name: Name
    """Short name; of a bundled alliance, its file's."""
    title: Text
    """What it is called."""
    patron: Party
    """The power on which it rests."""
    members: Annotated[tuple[Party, ...], Field(min_length=1)]
    """Every possible member but the patron, in axis order."""
    partners: tuple[Party, ...] = ()
    """Outside powers that may offer security, in axis order."""
    threats: tuple[Threat, ...]
    """Sources of danger, in axis order."""
    charter: Charter
    """The rules."""
    calendar: tuple[CalendarEntry, ...] = ()
    """What falls due in which month."""
    votes: tuple[RollCall, ...] = ()
    """UN votes in years of war."""
    reference: Reference | None = None
    """What cohesion is compared with; the start of each run if null."""
    quantities: tuple[QuantityEntry, ...]
    """Every number, in tables."""
    initial_status: InitialStatus
    """Who is in at which start date."""


@dataclass(frozen=True)
class Quantity:
    """A number of the alliance with all its values.

    Attributes:
        kind: What the engine knows about it.
        entry: What the file says about it.
        tables: Values by date and keys; the date is empty for values that are constant in time.
    """

    kind: QuantityKind
    entry: QuantityEntry
    tables: dict[str, Table]

    def date_for(self, start: str) -> str | None:
        """Date of the table to use for a start: the latest not after it; None if all are later."""
        return latest(list(self.tables), start)


@dataclass(frozen=True)
class Alliance:
    """A checked alliance.

    Attributes:
        file: What the file says.
        quantities: Every number, by name.
    """

    file: AllianceFile
    quantities: dict[str, Quantity]

    @property
    def name(self) -> str:
        """Short name."""
        return self.file.name

    @property
    def title(self) -> str:
        """What it is called."""
        return self.file.title

    @property
    def patron(self) -> Party:
        """The power on which it rests."""
        return self.file.patron

    @property
    def members(self) -> tuple[Party, ...]:
        """Every possible member but the patron, in axis order."""
        return self.file.members

    @property
    def partners(self) -> tuple[Party, ...]:
        """Outside powers, in axis order."""
        return self.file.partners

    @property
    def threats(self) -> tuple[Threat, ...]:
        """Sources of danger, in axis order."""
        return self.file.threats

    @property
    def charter(self) -> Charter:
        """The rules, before a scenario changes them."""
        return self.file.charter

    @property
    def calendar(self) -> tuple[CalendarEntry, ...]:
        """What falls due in which month."""
        return self.file.calendar

    @property
    def votes(self) -> tuple[RollCall, ...]:
        """UN votes in years of war."""
        return self.file.votes

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The keys that a table may have, by what it is a table of, in axis order."""
        return {
            "member": tuple(member.code for member in self.members),
            "partner": tuple(partner.code for partner in self.partners),
            "threat": tuple(threat.name for threat in self.threats),
            "act": RITUALS,
            "crisis": CRISES,
        }

    def status_at(self, start: str) -> dict[str, Status] | None:
        """Initial status of the members that take part, in axis order; None before all dates."""
        by_date = self.file.initial_status.by_date
        date = latest(list(by_date), start)
        if date is None:
            return None
        chosen = by_date[date]
        return {code: chosen[code] for code in self.names["member"] if code in chosen}

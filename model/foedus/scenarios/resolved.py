"""A scenario with everything filled in: what is run, and what is kept of it beside the results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from foedus.files.faults import Misread
from foedus.files.yaml_reader import scalar
from foedus.parameters.triple import Triple
from foedus.scenarios import drivers
from foedus.scenarios.language import months
from foedus.scenarios.language.quantities import locate
from foedus.scenarios.language.triples import ZERO

try:
    from yaml import CSafeDumper as _Fastest
except ImportError:  # some builds are without it
    from yaml import SafeDumper as _Fastest  # type: ignore[assignment]

from foedus.scenarios.language.quantities import QuantityKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.scenarios.acts import Alteration, Decision
    from foedus.scenarios.alliances.provisions import Change
    from foedus.scenarios.alliances.schema import Alliance, Status, Table
    from foedus.scenarios.drivers import DriverShock, StateShock
    from foedus.scenarios.language.choices import Setting
    from foedus.scenarios.language.conditions import Condition, Question
    from foedus.scenarios.language.roster import Roster
    from foedus.scenarios.language.schema import Scenario


ONE_LINE: Final = 2**30
"""A width of YAML that nothing reaches."""

_NOT_RUN = {"extends", "sweep"}
"""Keys of a file that decide nothing of one run."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger, compiled.

    Attributes:
        name: Its name.
        condition: What must hold.
        first_month: Month from which on it counts, from the start.
        for_months: Months in a row for which it must hold.
        effect: What it changes, one of the ``EFFECT_`` numbers of `dictionary.vocabulary`.
        target: Index of a driver, or one of the ``SHOCK_`` numbers, or a place in
            ``PROVISION_NAMES``.
        i: Index of the member whose state it changes; -1 for nobody.
        j: Index of the other member of a tie, or of the threat of an incident; else -1.
        size: What it adds at first, or what a provision becomes.
        half_life: Months in which the effect on a driver halves; None if it lasts.
        repeat: Whether it can fire again.
        until: What ends its effect; None if nothing does.
    """

    name: str
    condition: Condition
    first_month: int
    for_months: int
    effect: int
    target: int
    i: int
    j: int
    size: float
    half_life: float | None
    repeat: bool
    until: Condition | None


@dataclass(frozen=True)
class ResolvedScenario:
    """One scenario, ready to run: nothing is inherited, defaulted or looked up any more.

    Attributes:
        scenario: The file with all that it inherits; charter and mechanisms are complete.
        alliance: The alliance.
        roster: Who and what takes part, in axis order.
        initial_status: Status at the start by member, in axis order.
        kinds: What the engine knows about each quantity, by name.
        tables: Values at the start by quantity and keys, overrides included. An entry that is not
            there is 0; a symmetric table has each pair once, in axis order.
        driver_shocks: Jumps of drivers.
        state_shocks: Jumps of states.
        changes: What changes in charter and mechanisms in the course of the run, by month.
        triggers: What happens on a condition.
        decisions: What actors do at a date, whatever the rules would have them choose.
        alterations: Numbers of the alliance that are others from a month on.
        questions: Events whose frequency is asked for.
        settings: What can be set: the levers, and then the uncertainties.
        ranges: Least and greatest value of every parameter that the scenario may name.
    """

    scenario: Scenario
    alliance: Alliance
    roster: Roster
    initial_status: dict[str, Status]
    kinds: dict[str, QuantityKind]
    tables: dict[str, Table]
    driver_shocks: tuple[DriverShock, ...]
    state_shocks: tuple[StateShock, ...]
    changes: tuple[Change, ...]
    triggers: tuple[Trigger, ...]
    decisions: tuple[Decision, ...]
    alterations: tuple[Alteration, ...]
    questions: tuple[Question, ...]
    settings: tuple[Setting, ...] = ()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """Short name."""
        return self.scenario.name

    @property
    def title(self) -> str:
        """One line for people."""
        return self.scenario.title

    @property
    def start(self) -> str:
        """Month of the initial state, ``YYYY-MM``."""
        return self.scenario.start

    @property
    def horizon(self) -> int:
        """Months to play."""
        return self.scenario.horizon

    @property
    def members(self) -> tuple[str, ...]:
        """Codes of the members that take part, in axis order; the patron is not among them."""
        return self.roster.members

    @property
    def partners(self) -> tuple[str, ...]:
        """Codes of the partners, in axis order."""
        return self.roster.partners

    @property
    def threats(self) -> tuple[str, ...]:
        """Names of the threats, in axis order."""
        return self.roster.threats

    @property
    def drivers(self) -> tuple[str, ...]:
        """Names of the drivers, in axis order."""
        return drivers.names(self.roster)

    @property
    def dates(self) -> tuple[str, ...]:
        """The months as ``YYYY-MM``, from the start to the horizon; shape ``(month + 1,)``."""
        return tuple(months.after(self.start, month) for month in range(self.horizon + 1))

    @property
    def test_roster(self) -> frozenset[str]:
        """Who is in the standard test: those active at the reference date, or else at the start."""
        reference = self.alliance.file.reference
        status = None if reference is None else self.alliance.status_at(reference.date)
        return frozenset(
            code for code, state in (status or self.initial_status).items() if state == "active"
        )

    def month_of(self, date: str) -> int:
        """Months from the start to a date; negative before the start.

        Args:
            date: ``YYYY-MM``.

        Raises:
            ValueError: It is no month.
        """
        return months.count(months.month(date)) - months.count(self.start)

    def quantity(self, text: str) -> tuple[QuantityKind, tuple[str, ...]]:
        """The quantity and the keys in a name such as ``fit[ARM,CHN]``; a pair in axis order.

        Raises:
            Misread: There is no such quantity, or one of its keys takes no part.
        """
        return locate(text, self.alliance.names, self.kinds, self.roster)

    def value(self, name: str, *keys: str) -> Triple:
        """A number of the alliance at the start, after the scenario's overrides.

        Args:
            name: The quantity, such as ``fit``.
            keys: Its keys, such as ``ARM``, ``CHN``; none for a number of the patron.

        Returns:
            Low, mode and high; zero for a relation that the file does not name.

        Raises:
            KeyError: There is no such quantity, or no such key.
        """
        kind = self.kinds[name]
        table = self.tables[name]
        if keys in table:
            return table[keys]
        if kind.symmetric and keys[::-1] in table:
            return table[keys[::-1]]
        known = self.alliance.names
        absent = len(keys) == len(kind.of) and all(
            key in known[axis] for key, axis in zip(keys, kind.of, strict=True)
        )
        if kind.absent_is_zero and absent:
            return ZERO
        raise KeyError(kind.label(keys))

    def to_yaml(self) -> str:
        """The scenario as a file that inherits nothing and resolves to the same.

        An alliance that is not a bundled one is named by its absolute path.
        """
        return yaml_text(plain_file(self), default_flow_style=None, width=100)

    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all that the two files say; where they lie does not count."""
        scenario = self.scenario.model_dump(mode="json", by_alias=True, exclude=_NOT_RUN)
        alliance = self.alliance.file.model_dump(mode="json", by_alias=True, exclude={"quantities"})
        quantities = {
            name: quantity.entry.model_dump(mode="json", exclude={"values", "dated_values"})
            | {"tables": _flat(quantity.tables)}
            for name, quantity in self.alliance.quantities.items()
        }
        content = {
            "scenario": scenario | {"alliance": self.alliance.name},
            "alliance": alliance | {"quantities": quantities},
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def plain_file(resolved: ResolvedScenario) -> dict[str, Any]:
    """What a file that inherits nothing says of a scenario, in the order of its keys."""
    content = resolved.scenario.model_dump(mode="json", by_alias=True, exclude=_NOT_RUN)
    return {key: _tidy(value) for key, value in content.items() if value or value == 0}


def yaml_text(value: Any, **style: Any) -> str:
    """A value as YAML that our own reader understands as it was meant."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, **style)
    return text


def _flat(tables: dict[str, Table]) -> dict[str, dict[str, list[float]]]:
    return {
        date: {",".join(keys): list(value) for keys, value in table.items()}
        for date, table in tables.items()
    }


def _tidy(value: Any) -> Any:
    """A value without what means the same when it is absent: nulls, and empty lists of sources."""
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: each for key, each in value.items() if each is not None}
    return {key: _tidy(each) for key, each in kept.items() if (key, each) != ("sources", [])}


class _Dumper(_Fastest):
    """YAML that our own reader understands as it was meant."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Text, in quotes wherever our reader would not take it for text."""
    try:
        plain = scalar(text) == text
    except Misread:
        plain = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)

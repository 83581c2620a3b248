"""A scenario against its alliance: every name looked up, every date counted, every range kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from foedus.dictionary.alterable import ALTERABLE
from foedus.dictionary.vocabulary import (
    EFFECT_ON_DRIVER,
    EFFECT_ON_PROVISION,
    EFFECT_ON_STATE,
    PROVISION_NAMES,
)
from foedus.files.faults import Faults, Misread, unknown
from foedus.scenarios import acts, drivers
from foedus.scenarios.alliances import provisions
from foedus.scenarios.drivers import DriverShock, StateShock
from foedus.scenarios.labels import distinct
from foedus.scenarios.language import conditions, months
from foedus.scenarios.language.conditions import Condition, Question
from foedus.scenarios.language.quantities import locate
from foedus.scenarios.language.triples import inside, triple
from foedus.scenarios.resolved import Trigger

if TYPE_CHECKING:
    from foedus.files.yaml_reader import Node, Step
    from foedus.scenarios.acts import Alteration, Decision
    from foedus.scenarios.alliances.provisions import Change
    from foedus.scenarios.alliances.schema import Alliance, Table
    from foedus.scenarios.language.quantities import QuantityKind
    from foedus.scenarios.language.roster import Roster
    from foedus.scenarios.language.schema import QuestionEntry, Scenario, ShockEntry, TriggerEntry

_WHEN = ("by", "at", "before")


class Compiler:
    """Turns the words of a scenario into indices and months, and notes what has no meaning.

    Attributes:
        scenario: What to compile.
        alliance: The alliance that it is about.
        roster: Who and what it may name.
    """

    def __init__(
        self, scenario: Scenario, alliance: Alliance, roster: Roster, root: Node, faults: Faults
    ) -> None:
        self.scenario = scenario
        self.alliance = alliance
        self.roster = roster
        self._root = root
        self._faults = faults

    def check_drivers(self) -> None:
        """Driver names exist, and paths stay within the drivers' ranges and touch the run."""
        for name, path in self.scenario.drivers.items():
            try:
                drivers.driver_index(name, self.roster)
            except Misread as error:
                self._fault(("drivers", name), str(error), at_key=True)
                continue
            kind = drivers.kind_of(name)
            for date, value in path.items():
                if not kind.low <= value <= kind.high:
                    message = f"found {value:g}, expected from {kind.low:g} to {kind.high:g}"
                    self._fault(("drivers", name, date), message)
            self._check_reached(name, min(path))

    def _check_reached(self, name: str, first: str) -> None:
        """A path of the scenario's own file begins before the run is over.

        One that is inherited may lie after the end of a shorter child.
        """
        node = self._root.find(("drivers", name))
        end = months.after(self.scenario.start, self.scenario.horizon)
        if first > end and node.place.file == self._root.place.file:
            message = (
                f"found no date before {first}, expected one up to {end}, where the run ends; the "
                "path would hold its first value throughout"
            )
            self._fault(("drivers", name), message, at_key=True)

    def shocks(self) -> tuple[tuple[DriverShock, ...], tuple[StateShock, ...]]:
        """The shocks to drivers and to states, in the order of the file."""
        of_drivers: list[DriverShock] = []
        of_states: list[StateShock] = []
        for entry in self.scenario.shocks:
            path = self._entry("shocks", "name", entry.name)
            try:
                target = drivers.shock_target(entry.on, self.roster)
            except Misread as error:
                self._fault((*path, "on"), str(error))
                continue
            if isinstance(target, int):
                of_drivers.append(self._driver_shock(entry, target, path))
            else:
                of_states.append(self._state_shock(entry, target, path))
        return tuple(of_drivers), tuple(of_states)

    def _driver_shock(self, entry: ShockEntry, driver: int, path: tuple[Step, ...]) -> DriverShock:
        month = self._month(entry.date, (*path, "date"), first=0)
        self._check_size(entry.on, entry.size, path)
        return DriverShock(month, driver, entry.size, entry.half_life)

    def _state_shock(
        self, entry: ShockEntry, target: tuple[int, int, int], path: tuple[Step, ...]
    ) -> StateShock:
        month = self._month(entry.date, (*path, "date"), first=1)
        self._check_state_size(target[0], entry.size, path)
        if entry.half_life is not None:
            message = "a state changes once and then follows the rules; only drivers take this key"
            self._fault((*path, "half_life"), message, at_key=True)
        return StateShock(month, *target, entry.size)

    def decisions(self) -> tuple[Decision, ...]:
        """What actors are made to do, in the order of the file."""
        made = []
        for entry in self.scenario.decisions:
            path = self._entry("decisions", "name", entry.name)
            month = self._month(entry.date, (*path, "date"), first=1)
            try:
                made.append(acts.compile_decision(entry, month, self.alliance, self.roster))
            except acts.Wrong as error:
                self._fault((*path, error.key) if error.key else path, str(error))
        return tuple(made)

    def alterations(self) -> tuple[Alteration, ...]:
        """The numbers that are others from a month on, by month and place; keys have no order."""
        made = []
        for date, values in self.scenario.quantities_from.items():
            month = self._month(date, ("quantities_from", date), first=1)
            seen: dict[str, str] = {}
            for text, value in values.items():
                path = ("quantities_from", date, text)
                found = self._number(text, path, seen)
                if found is None:
                    continue
                kind, keys = found
                try:
                    place = acts.alterable(kind.name)
                    inside(triple(value), *self.alliance.quantities[kind.name].entry.range)
                except Misread as error:
                    self._fault(path, str(error), at_key=kind.name not in ALTERABLE)
                    continue
                indices = [self._index(axis, key) for axis, key in zip(kind.of, keys, strict=True)]
                i, j = [*indices, drivers.NOBODY][:2]
                made.append(acts.Alteration(month, place, i, j, float(value)))
        return tuple(sorted(made))

    def _number(
        self, text: str, path: tuple[Step, ...], seen: dict[str, str]
    ) -> tuple[QuantityKind, tuple[str, ...]] | None:
        """The number of the alliance that a name means; None, and a fault, if there is none.

        Args:
            text: Such as ``fit[ARM,CHN]``.
            path: Where it is written.
            seen: Names that were written before it beside it, by what they mean; it is added.
        """
        try:
            kind, keys = locate(text, self.alliance.names, self.alliance.quantities, self.roster)
        except Misread as error:
            self._fault(path, str(error), at_key=True)
            return None
        label = kind.label(keys)
        if seen.setdefault(label, text) != text:
            self._fault(path, f"the same number as «{seen[label]}»", at_key=True)
        return kind, keys

    def _index(self, axis: str, key: str) -> int:
        names = {
            "member": self.roster.members,
            "threat": self.roster.threats,
            "partner": self.roster.partners,
        }
        return names[axis].index(key)

    def changes(self) -> tuple[Change, ...]:
        """The dated changes of charter and mechanisms, by month."""
        return tuple(provisions.changes(self.scenario, self._root, self._faults))

    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers, in the order of the file."""
        compiled = (self._trigger(entry) for entry in self.scenario.triggers)
        return tuple(trigger for trigger in compiled if trigger is not None)

    def _trigger(self, entry: TriggerEntry) -> Trigger | None:
        path = self._entry("triggers", "name", entry.name)
        condition = self._condition(entry.when, (*path, "when"))
        until = None if entry.until is None else self._condition(entry.until, (*path, "until"))
        first = self._month(entry.since, (*path, "from"), first=1) if entry.since else 1
        try:
            provision = provisions.provision_at(entry.on)
            target = None if provision is not None else drivers.shock_target(entry.on, self.roster)
        except Misread as error:
            self._fault((*path, "on"), str(error))
            return None
        size = self._effect_size(entry, provision, target, path)
        if entry.half_life is not None and not isinstance(target, int):
            message = "expected on a driver only; what is not one changes at once"
            self._fault((*path, "half_life"), message, at_key=True)
        if condition is None or size is None:
            return None
        effect, place, i, j = _effect(provision, target)
        return Trigger(
            name=entry.name,
            condition=condition,
            first_month=first,
            for_months=entry.for_months,
            effect=effect,
            target=place,
            i=i,
            j=j,
            size=size,
            half_life=entry.half_life,
            repeat=entry.repeat,
            until=until,
        )

    def _effect_size(
        self,
        entry: TriggerEntry,
        provision: int | None,
        target: int | tuple[int, int, int] | None,
        path: tuple[Step, ...],
    ) -> float | None:
        """What a trigger adds, or what the charter or a mechanism becomes, as a number."""
        wanted, other = ("size", "to") if provision is None else ("to", "size")
        if getattr(entry, other) is not None:
            message = f"found «{other}», expected «{wanted}» with on: {entry.on}"
            self._fault((*path, other), message, at_key=True)
        value = getattr(entry, wanted)
        if value is None:
            self._fault(path, f"missing «{wanted}», which {entry.on} needs")
            return None
        if provision is not None:
            try:
                return provisions.number_of(PROVISION_NAMES[provision], value)
            except Misread as error:
                self._fault((*path, "to"), str(error))
                return None
        if isinstance(target, tuple):
            self._check_state_size(target[0], value, path)
        else:
            self._check_size(entry.on, value, path)
        return float(value)

    def questions(self) -> tuple[Question, ...]:
        """The questions, in the order of the file; equal texts are told apart by their ids."""
        asked = [self._question(entry) for entry in self.scenario.questions]
        known = [question for question in asked if question is not None]
        texts = distinct([one.text for one in known], [one.id for one in known])
        return tuple(replace(one, text=text) for one, text in zip(known, texts, strict=True))

    def _question(self, entry: QuestionEntry) -> Question | None:
        path = self._entry("questions", "id", entry.id)
        condition = self._condition(entry.when, (*path, "when"))
        given = [key for key in _WHEN if getattr(entry, key) is not None]
        if len(given) != 1:
            both = " and ".join(f"«{key}»" for key in given) or "none"
            self._fault(path, f"found {both}, expected one of «by», «at» and «before»")
            return None
        key = given[0]
        end = self._month(getattr(entry, key), (*path, key), first=1 + (key == "before"))
        end -= key == "before"
        start = end if key == "at" else 1
        if entry.since is not None and key == "at":
            self._fault((*path, "from"), "expected with «by» or «before» only", at_key=True)
        elif entry.since is not None:
            start = self._month(entry.since, (*path, "from"), first=1)
            if start > end:
                message = f"found {entry.since}, expected no later than the question's end"
                self._fault((*path, "from"), message)
        if condition is None:
            return None
        mode: Literal["by", "at"] = "at" if key == "at" else "by"
        return Question(entry.id, entry.text, condition, start, end, mode, entry.for_months)

    def check_parameters(self, ranges: Mapping[str, tuple[float, float]]) -> None:
        """Parameters exist in the registry, and stay within its ranges."""
        for name, value in self.scenario.parameters.items():
            path = ("parameters", name)
            if name not in ranges:
                self._fault(path, unknown("parameter", name, list(ranges)), at_key=True)
                continue
            try:
                inside(value, *ranges[name])
            except Misread as error:
                self._fault(path, str(error))

    def tables(self) -> dict[str, Table]:
        """The alliance's numbers at the start, with what the scenario changes in them."""
        start = self.scenario.start
        chosen: dict[str, Table] = {}
        for name, quantity in self.alliance.quantities.items():
            date = quantity.date_for(start)
            table = quantity.tables[date] if date is not None else {}
            chosen[name] = {keys: each for keys, each in table.items() if self._takes_part(keys)}
        seen: dict[str, str] = {}
        for text, value in self.scenario.quantities.items():
            path = ("quantities", text)
            found = self._number(text, path, seen)
            if found is None:
                continue
            kind, keys = found
            try:
                inside(value, *self.alliance.quantities[kind.name].entry.range)
            except Misread as error:
                self._fault(path, str(error))
            chosen[kind.name][keys] = value
        weights = chosen["test_weight"].values()
        if weights and not any(weight.high > 0.0 for weight in weights):
            self._fault(("quantities",), "no test_weight is above 0, expected at least one")
        return chosen

    def _takes_part(self, keys: tuple[str, ...]) -> bool:
        return not any(key in self.roster.absent for key in keys)

    def _check_size(self, name: str, size: float, path: tuple[Step, ...]) -> None:
        kind = drivers.kind_of(name)
        span = kind.high - kind.low
        if abs(size) > span:
            self._fault((*path, "size"), f"found {size:g}, expected from {-span:g} to {span:g}")

    def _check_state_size(self, target: int, size: float, path: tuple[Step, ...]) -> None:
        low, high = drivers.state_limits(target)
        if not low <= size <= high:
            message = f"found {size:g}, expected from {low:g} to {high:g}"
            self._fault((*path, "size"), message)

    def _condition(self, text: str, path: tuple[Step, ...]) -> Condition | None:
        try:
            return conditions.read_condition(text, self.roster)
        except Misread as error:
            self._fault(path, str(error))
            return None

    def _month(self, date: str, path: tuple[Step, ...], *, first: int) -> int:
        """Months from the start to a date, which must not lie before `first` or after the end."""
        start, horizon = self.scenario.start, self.scenario.horizon
        month = months.count(date) - months.count(start)
        if not first <= month <= horizon:
            earliest, last = months.after(start, first), months.after(start, horizon)
            message = f"found {date}, expected from {earliest} to {last}, within the run"
            if self._root.find(path).place.file == self._root.place.file:
                self._fault(path, message)
            else:
                self._blame_dates(path, message)
        return month

    def _blame_dates(self, path: tuple[Step, ...], message: str) -> None:
        """Note what is inherited and does not fit the dates that the file itself gives the run."""
        values, file = self._root.mapping(), self._root.place.file
        own = (values[key] for key in ("start", "horizon") if values[key].place.file == file)
        node, section = next(own, self._root), path[0]
        inherited = self._root.find(path).place
        label = self._root.label(path)
        words = (
            f"{label} is inherited from {inherited.file}:{inherited.line}: {message}; say it anew, "
            f"or leave out all inherited {section} with «{section}: []»"
        )
        self._faults.add(node.key_place, "", words)

    def _entry(self, key: str, by: str, name: str) -> tuple[Step, ...]:
        """Path of the entry of a list that has a name."""
        nodes: Iterator[Node] = iter(self._root.find((key,)).items())
        return key, next(index for index, node in enumerate(nodes) if node.text(by) == name)

    def _fault(self, path: tuple[Step, ...], message: str, *, at_key: bool = False) -> None:
        node = self._root.find(path)
        place = node.key_place if at_key else node.place
        self._faults.add(place, self._root.label(path), message)


def _effect(
    provision: int | None, target: int | tuple[int, int, int] | None
) -> tuple[int, int, int, int]:
    """Kind of a trigger's effect, what it changes, and whose."""
    if provision is not None:
        return EFFECT_ON_PROVISION, provision, drivers.NOBODY, drivers.NOBODY
    if isinstance(target, tuple):
        return EFFECT_ON_STATE, *target
    return EFFECT_ON_DRIVER, target or 0, drivers.NOBODY, drivers.NOBODY

"""A scenario against its alliance: every name looked up, every date counted, every range kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from foedus.scenarios import conditions, drivers, months
from foedus.scenarios.alliance_checks import WEIGHT_TOLERANCE
from foedus.scenarios.conditions import Question
from foedus.scenarios.drivers import DriverShock, StateShock
from foedus.scenarios.faults import Misread, unknown
from foedus.scenarios.quantities import COMPONENTS, locate
from foedus.scenarios.resolved import Trigger
from foedus.scenarios.triples import inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foedus.scenarios.alliance import Alliance, Table
    from foedus.scenarios.conditions import Condition
    from foedus.scenarios.faults import Faults
    from foedus.scenarios.roster import Roster
    from foedus.scenarios.schema import QuestionEntry, Scenario, ShockEntry
    from foedus.scenarios.yaml_reader import Node, Step


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
        low, high = drivers.state_limits(target[0])
        if not low <= entry.size <= high:
            message = f"found {entry.size:g}, expected from {low:g} to {high:g}"
            self._fault((*path, "size"), message)
        if entry.half_life is not None:
            message = "a state changes once and then follows the rules; only drivers take this key"
            self._fault((*path, "half_life"), message, at_key=True)
        return StateShock(month, *target, entry.size)

    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers, in the order of the file."""
        compiled: list[Trigger] = []
        for entry in self.scenario.triggers:
            path = self._entry("triggers", "name", entry.name)
            condition = self._condition(entry.when, (*path, "when"))
            try:
                driver = drivers.driver_index(entry.on, self.roster)
            except Misread as error:
                self._fault((*path, "on"), str(error))
                continue
            self._check_size(entry.on, entry.size, path)
            if condition is not None:
                compiled.append(
                    Trigger(
                        entry.name,
                        condition,
                        entry.for_months,
                        driver,
                        entry.size,
                        entry.half_life,
                        entry.repeat,
                    )
                )
        return tuple(compiled)

    def questions(self) -> tuple[Question, ...]:
        """The questions, in the order of the file."""
        asked = (self._question(entry) for entry in self.scenario.questions)
        return tuple(question for question in asked if question is not None)

    def _question(self, entry: QuestionEntry) -> Question | None:
        path = self._entry("questions", "id", entry.id)
        condition = self._condition(entry.when, (*path, "when"))
        if (entry.by is None) == (entry.at is None):
            both = "both" if entry.by is not None else "neither"
            self._fault(path, f"found {both}, expected either «by» or «at»")
            return None
        if entry.at is not None:
            if entry.since is not None:
                self._fault((*path, "from"), "expected with «by» only", at_key=True)
            end = self._month(entry.at, (*path, "at"), first=1)
            start = end
        else:
            end = self._month(str(entry.by), (*path, "by"), first=1)
            start = self._month(entry.since, (*path, "from"), first=1) if entry.since else 1
            if start > end:
                self._fault((*path, "from"), f"found {entry.since}, expected {entry.by} or earlier")
        if condition is None:
            return None
        mode: Literal["by", "at"] = "at" if entry.at is not None else "by"
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
            try:
                kind, keys = locate(
                    text, self.alliance.names, self.alliance.quantities, self.roster
                )
            except Misread as error:
                self._fault(path, str(error), at_key=True)
                continue
            label = kind.label(keys)
            if label in seen:
                self._fault(path, f"the same number as «{seen[label]}»", at_key=True)
            seen[label] = text
            try:
                inside(value, *self.alliance.quantities[kind.name].entry.range)
            except Misread as error:
                self._fault(path, str(error))
            chosen[kind.name][keys] = value
        self._check_weights(chosen["weight"])
        return chosen

    def _takes_part(self, keys: tuple[str, ...]) -> bool:
        return not any(key in self.roster.absent for key in keys)

    def _check_weights(self, table: Table) -> None:
        total = sum(table[component,].mode for component in COMPONENTS)
        changed = [text for text in self.scenario.quantities if text.startswith("weight[")]
        if changed and abs(total - 1.0) > WEIGHT_TOLERANCE:
            message = f"with this the weights add to {total:.12g}, expected 1"
            self._fault(("quantities", changed[0]), message)

    def _check_size(self, name: str, size: float, path: tuple[Step, ...]) -> None:
        kind = drivers.kind_of(name)
        span = kind.high - kind.low
        if abs(size) > span:
            self._fault((*path, "size"), f"found {size:g}, expected from {-span:g} to {span:g}")

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
            self._fault(path, f"found {date}, expected from {earliest} to {last}, within the run")
        return month

    def _entry(self, key: str, by: str, name: str) -> tuple[Step, ...]:
        """Path of the entry of a list that has a name."""
        nodes: Iterator[Node] = iter(self._root.find((key,)).items())
        return key, next(index for index, node in enumerate(nodes) if node.text(by) == name)

    def _fault(self, path: tuple[Step, ...], message: str, *, at_key: bool = False) -> None:
        node = self._root.find(path)
        place = node.key_place if at_key else node.place
        self._faults.add(place, self._root.label(path), message)

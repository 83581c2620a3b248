"""What a scenario says of charter, parties, calendar, drivers and surprises, put into the world.

The numbers of the alliance, which may be uncertain, are put there by `foedus.simulation.world`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    DECISION_RULE_NAMES,
    MECHANISM_NAMES,
    NOT_YET,
    ROLL_CALL_KIND_NAMES,
    STATUS_NAMES,
    THREAT_KIND_NAMES,
)
from foedus.scenarios import drivers
from foedus.simulation.tape import luck

if TYPE_CHECKING:
    from foedus.scenarios.alliances.schema import CalendarEntry
    from foedus.scenarios.language.conditions import Condition
    from foedus.scenarios.resolved import ResolvedScenario, Trigger

NEVER_MONTHS: Final = ("notice", "first_freeze", "first_exit", "first_return", "first_notice")
"""Months of a member that are -1 until something happens."""

LONG_AGO: Final = 1200
"""Months for which a state that is out at the start has been out, as far as rules care."""


def entry_names(scenario: ResolvedScenario) -> list[str]:
    """Unique names of calendar entries and roll calls, on which their draws rest.

    Made of the act, the host if there is one, and the month of the year; of the kind of a text and
    its month. Titles are no part of them, so that nobody's luck hangs on a spelling. Where two
    would coincide, those after the first get a number, in the order of the file: ``pay_dues:4#2``.
    """
    acts = [(entry.act, entry.host, str(entry.month)) for entry in laid_calendar(scenario)]
    votes = [("vote", vote.kind, str(vote.month)) for vote in scenario.alliance.file.votes]
    names = [":".join(part for part in parts if part) for parts in (*acts, *votes)]
    times: Counter[str] = Counter()
    unique = []
    for name in names:
        times[name] += 1
        unique.append(name if times[name] == 1 else f"{name}#{times[name]}")
    return unique


def entry_titles(scenario: ResolvedScenario) -> dict[int, str]:
    """What calendar entries and roll calls are called, by the address of their luck."""
    acts = [entry.title or entry.act.replace("_", " ") for entry in laid_calendar(scenario)]
    texts = [vote.title or vote.kind for vote in scenario.alliance.file.votes]
    names = entry_names(scenario)
    return {luck(name): title for name, title in zip(names, [*acts, *texts], strict=True)}


def laid_calendar(scenario: ResolvedScenario) -> list[CalendarEntry]:
    """The calendar with hosts first, for a drill waits for its host's decision."""
    return sorted(scenario.alliance.file.calendar, key=lambda entry: entry.act != "host_drill")


def lay_charter(world: Any, scenario: ResolvedScenario) -> None:
    """Rules of decision and of leaving, and which mechanisms work."""
    charter, mechanisms = scenario.scenario.charter, scenario.scenario.mechanisms
    world["decision_rule"] = DECISION_RULE_NAMES.index(str(charter.decision_rule))
    world["notice_months"] = charter.notice_months
    renewals = [scenario.month_of(date) for date in charter.renewals or ()]
    world["n_renewals"] = len(renewals)
    world["renewals"][: len(renewals)] = renewals
    for name in MECHANISM_NAMES:
        world[name] = int(getattr(mechanisms, name))
    world["incidents_recorded"] = int(scenario.scenario.incidents == "recorded")


def lay_parties(world: Any, scenario: ResolvedScenario) -> None:
    """Members, threats and partners, each with the address of its luck."""
    world["n_members"] = len(scenario.members)
    world["n_threats"] = len(scenario.threats)
    world["n_partners"] = len(scenario.partners)
    reference = scenario.alliance.file.reference
    if reference is not None:
        world["cohesion_reference"] = reference.cohesion
    for i, code in enumerate(scenario.members):
        member = world["members"][i]
        member["id"], member["luck"] = i, luck(code)
        member["status"] = STATUS_NAMES.index(scenario.initial_status[code])
        member["status_before"] = member["status"]
        member["on_roster"] = int(code in scenario.test_roster)
        member["first_lapse"] = NOT_YET
        member["months_out"] = LONG_AGO
        never = ("best_answer", "answer", "notice_before", "forced_channel", "forced_answer")
        for field in (*NEVER_MONTHS, *never):
            member[field] = NOT_YET
    for k, threat in enumerate(scenario.alliance.file.threats):
        record = world["threats"][k]
        record["id"], record["luck"] = k, luck(threat.name)
        record["kind"] = THREAT_KIND_NAMES.index(threat.kind)
        record["first"] = record["second"] = NOT_YET
        present = [c for c in threat.between or () if c in scenario.members]
        if len(present) == 2:
            parties = sorted(scenario.members.index(code) for code in present)
            record["first"], record["second"] = parties
    for q, code in enumerate(scenario.partners):
        world["partners"][q]["id"], world["partners"][q]["luck"] = q, luck(code)


def lay_calendar(world: Any, scenario: ResolvedScenario) -> None:
    """Acts of membership and roll calls, each with the address of its luck."""
    calendar, votes = laid_calendar(scenario), scenario.alliance.file.votes
    names = entry_names(scenario)
    world["n_calendar"], world["n_roll_calls"] = len(calendar), len(votes)
    hosts = {
        (entry.host, entry.month): index
        for index, entry in enumerate(calendar)
        if entry.act == "host_drill"
    }
    for index, entry in enumerate(calendar):
        record = world["calendar"][index]
        record["id"], record["luck"] = index, luck(names[index])
        record["act"], record["month"] = ACT_NAMES.index(entry.act), entry.month
        absent = entry.host is not None and entry.host not in scenario.members
        record["host"] = NOT_YET
        if entry.host is not None and not absent:
            record["host"] = scenario.members.index(entry.host)
        record["focus"] = scenario.threats.index(entry.focus) if entry.focus else NOT_YET
        record["hosting"] = hosts.get((entry.host, entry.month), NOT_YET) if entry.host else NOT_YET
        if absent:
            record["month"] = 0
    for index, vote in enumerate(votes):
        record = world["roll_calls"][index]
        record["luck"] = luck(names[len(calendar) + index])
        record["kind"], record["month"] = ROLL_CALL_KIND_NAMES.index(vote.kind), vote.month
        record["once"] = int(vote.once)


def lay_drivers(world: Any, scenario: ResolvedScenario) -> None:
    """Ranges of the drivers, and which of them act on what."""
    names = scenario.drivers
    world["n_drivers"] = len(names)
    for index, name in enumerate(names):
        kind = drivers.kind_of(name)
        world["drivers"][index]["low"], world["drivers"][index]["high"] = kind.low, kind.high
    for name in ("war", "resolve", "control", "presence", "supply", "position"):
        world[f"{name}_driver"] = names.index(name)
    for k, threat in enumerate(scenario.threats):
        world["threats"][k]["level_driver"] = names.index(f"threat.{threat}")
        world["threats"][k]["accommodation_driver"] = names.index(f"accommodation.{threat}")
        world["threats"][k]["stake_driver"] = names.index(f"stake.{threat}")
    for q, partner in enumerate(scenario.partners):
        world["partners"][q]["offer_driver"] = names.index(f"offer.{partner}")


def lay_surprises(world: Any, scenario: ResolvedScenario) -> None:
    """Shocks, triggers and questions."""
    world["n_shocks"] = len(scenario.state_shocks)
    for index, shock in enumerate(scenario.state_shocks):
        record = world["shocks"][index]
        record["month"], record["target"], record["size"] = shock.month, shock.target, shock.size
        record["member"], record["other"] = max(0, shock.i), max(0, shock.j)
    world["n_changes"] = len(scenario.changes)
    for index, change in enumerate(scenario.changes):
        record = world["changes"][index]
        record["month"], record["value"] = change.month, change.value
        record["provision"] = change.provision
    world["n_triggers"] = len(scenario.triggers)
    for index, trigger in enumerate(scenario.triggers):
        _lay_trigger(world["triggers"][index], index, trigger)
    world["n_decisions"] = len(scenario.decisions)
    for index, decision in enumerate(scenario.decisions):
        for field, value in decision._asdict().items():
            world["decisions"][index][field] = value
    world["n_alterations"] = len(scenario.alterations)
    for index, alteration in enumerate(scenario.alterations):
        for field, value in alteration._asdict().items():
            world["alterations"][index][field] = value
    world["n_questions"] = len(scenario.questions)
    for index, question in enumerate(scenario.questions):
        record = world["questions"][index]
        _lay_condition(record, question.condition)
        record["first_month"], record["last_month"] = question.start, question.end
        record["for_months"] = question.for_months


def _lay_trigger(record: Any, index: int, trigger: Trigger) -> None:
    record["id"], record["first_month"] = index, trigger.first_month
    record["for_months"] = trigger.for_months
    _lay_condition(record, trigger.condition)
    record["until_observable"] = NOT_YET
    if trigger.until is not None:
        _lay_condition(record, trigger.until, "until_")
    record["effect"], record["target"] = trigger.effect, trigger.target
    record["whose"], record["with_whom"] = max(0, trigger.i), max(0, trigger.j)
    record["size"], record["repeat"] = trigger.size, int(trigger.repeat)
    half_life = trigger.half_life
    record["kept"] = 1.0 if half_life is None else 0.5 ** (1.0 / half_life)


def _lay_condition(record: Any, condition: Condition, which: str = "") -> None:
    record[f"{which}observable"] = condition.observable
    record[f"{which}comparison"] = condition.comparison
    record[f"{which}member"], record[f"{which}other"] = condition.i, condition.j
    record[f"{which}threshold"] = condition.threshold

"""One shared past, several futures: scenarios that are one up to a month, and part in it.

A future is an ordinary scenario, made of two: up to the month before the date everything is as in
the scenario that is forked; from the date on drivers, shocks, decisions, charter, mechanisms and
numbers that change are those of the other. What has struck before goes on as it would: a shock of
the past keeps fading in every future, a number that the past has changed stays changed, and a
trigger that both have goes on counting. So all futures are equal to the bit before the date, and
equal to the scenario that is forked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.errors import FoedusError
from foedus.scenarios import drivers
from foedus.scenarios.language import months
from foedus.simulation.loading import setup_of
from foedus.telling.words import month_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foedus.cases import Case
    from foedus.scenarios.language.schema import DecisionEntry, Scenario, ShockEntry, TriggerEntry
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.world import Setup

    type Path_ = dict[str, float]

SAME = ("alliance", "incidents", "parameters", "quantities")
"""Keys that shape the past too, and so must be the same in all futures."""


def fork_setups(
    past: ResolvedScenario,
    date: str,
    futures: Sequence[ResolvedScenario],
    evidence_set: str,
    case: Case | None = None,
) -> tuple[list[Setup], int]:
    """Lay out the futures of a scenario.

    Args:
        past: The scenario whose past is shared.
        date: Month from which on the futures differ, ``YYYY-MM``.
        futures: Scenarios whose futures are taken.
        evidence_set: Set of parameters.
        case: Whose parameters they are; the usual case if None.

    Returns:
        A setup per future, and the months from the start to the date.

    Raises:
        FoedusError: A future cannot follow upon this past.
    """
    check_fork(past, futures, date)
    # As files, so that the language checks them like any other.
    setups = [
        setup_of(joined(past, future, date).to_yaml(), evidence_set, case, name_of(future, date))
        for future in futures
    ]
    return setups, past.month_of(date)


def name_of(future: ResolvedScenario, date: str) -> str:
    """Short name of a future.

    Example:
        >>> from types import SimpleNamespace
        >>> name_of(SimpleNamespace(name="baseline"), "2028-01")
        'baseline-from-2028-01'
    """
    return f"{future.name[:60]}-from-{date}"


def check_fork(past: ResolvedScenario, futures: Sequence[ResolvedScenario], date: str) -> None:
    """Refuse futures that cannot follow upon a past.

    Raises:
        FoedusError: The date lies outside, ends differ, or a future changes what shapes the past.
    """
    _check_dates(past, futures, date)
    for future in futures:
        for key in SAME:
            if _said(past, key) != _said(future, key):
                raise FoedusError(
                    f"fork: «{future.name}» has other {key} than «{past.name}», which shape the "
                    "past too; a future may differ in drivers, shocks (of states, too), decisions, "
                    "charter, mechanisms and quantities_from"
                )
        if past.members != future.members:
            raise FoedusError(
                f"fork: «{future.name}» has other members than «{past.name}»: "
                f"{', '.join(future.members)} and {', '.join(past.members)}"
            )
        kept = {one.name: one for one in future.scenario.triggers}
        for one in past.scenario.triggers:
            if kept.get(one.name) != one:
                raise FoedusError(
                    f"fork: «{past.name}» has the trigger «{one.name}», which may have fired by "
                    f"{date} and which «{future.name}» does not have; give it the same trigger"
                )


def _check_dates(past: ResolvedScenario, futures: Sequence[ResolvedScenario], date: str) -> None:
    start, last = past.start, past.dates[-1]
    if not start < date <= months.after(last, 1):
        raise FoedusError(
            f"--at: found {date}, expected after {start}, the start of «{past.name}», and no later "
            f"than {months.after(last, 1)}, the month after its end"
        )
    for future in futures:
        if not future.start <= date <= future.dates[-1]:
            raise FoedusError(
                f"--at: found {date}, expected from {future.start} to {future.dates[-1]}, the run "
                f"of «{future.name}»"
            )
        if future.dates[-1] != futures[0].dates[-1]:
            raise FoedusError(
                f"fork: «{future.name}» ends in {future.dates[-1]} and «{futures[0].name}» in "
                f"{futures[0].dates[-1]}; futures must end in the same month"
            )


def joined(past: ResolvedScenario, future: ResolvedScenario, date: str) -> ResolvedScenario:
    """The file of one future; only `to_yaml` of the result has a meaning."""
    from dataclasses import replace  # noqa: PLC0415 - beside its one use

    before, after = past.scenario, future.scenario
    end = months.count(future.dates[-1]) - months.count(past.start)
    scenario = before.model_copy(
        update={
            "name": name_of(future, date),
            "title": f"{future.title}, from {month_words(date)}",
            "narrative": f"Up to {date} as in «{past.title}»; from then on as in «{future.title}».",
            "sources": tuple(dict.fromkeys((*before.sources, *after.sources))),
            "horizon": end,
            "drivers": _drivers(past, future, date),
            "shocks": _up_to_and_from(before.shocks, after.shocks, date),
            "triggers": _triggers(before, after, date),
            "decisions": _up_to_and_from(before.decisions, after.decisions, date),
            "quantities_from": _numbers_from(past, future, date),
            "charter": _provisions(before, after, "charter", date),
            "mechanisms": _provisions(before, after, "mechanisms", date),
            "questions": _questions(past, future),
            "levers": (),
            "uncertainties": (),
        }
    )
    return replace(past, scenario=scenario)


def _drivers(past: ResolvedScenario, future: ResolvedScenario, date: str) -> dict[str, Path_]:
    names = dict.fromkeys((*past.scenario.drivers, *future.scenario.drivers))
    return {name: _path(name, past, future, date) for name in names}


def _path(name: str, past: ResolvedScenario, future: ResolvedScenario, date: str) -> Path_:
    """A driver's path: the one's up to the month before the date, the other's from it on.

    Between the last date of the past's path and the first of the future's every month is written
    out where values change, so that nothing is interpolated across the fork.
    """
    neutral = drivers.kind_of(name).default
    one = past.scenario.drivers.get(name, {past.start: neutral})
    two = future.scenario.drivers.get(name, {future.start: neutral})
    if one == two:
        return one
    last = months.after(date, -1)
    begin = max((each for each in one if each <= last), default=past.start)
    stop = min((each for each in two if each >= date), default=date)
    found = {each: value for each, value in one.items() if each < begin}
    found |= _written_out(one, begin, last, keep=last)
    found |= _written_out(two, date, max(stop, date), keep=date)
    return found | {each: value for each, value in two.items() if each > stop}


def _written_out(path: Path_, first: str, last: str, *, keep: str) -> Path_:
    """Values of a path month by month; one month only if they are all the same."""
    count = months.count(last) - months.count(first) + 1
    dates = [months.after(first, n) for n in range(max(1, count))]
    known = sorted(path)
    knots = [months.count(each) for each in known]
    at = [months.count(each) for each in dates]
    values = np.interp(at, knots, [path[each] for each in known]).tolist()
    if len(set(values)) == 1:
        return {dates[0]: values[0], keep: values[0]}
    return dict(zip(dates, values, strict=True))


def _up_to_and_from[Entry: (ShockEntry, DecisionEntry)](
    before: Sequence[Entry], after: Sequence[Entry], date: str
) -> tuple[Entry, ...]:
    """What happens in the past up to the date, and in the future from it on."""
    old: list[Entry] = [one for one in before if one.date < date]
    taken = {one.name for one in old}
    new: list[Entry] = [one for one in after if one.date >= date]
    renamed: list[Entry] = [
        one.model_copy(update={"name": f"{one.name[:70]}-later"}) if one.name in taken else one
        for one in new
    ]
    return tuple(old + renamed)


def _numbers_from(
    past: ResolvedScenario, future: ResolvedScenario, date: str
) -> dict[str, dict[str, float]]:
    """The past's changes of numbers up to the date, and from it on the future's.

    What the future has changed by the date takes effect then; what the past alone has changed
    stays, for what it was before may be uncertain.
    """
    one, two = (_by_label(each) for each in (past, future))
    made = {each: numbers for each, numbers in one.items() if each < date}
    then = _latest(one, months.after(date, -1))
    now = {name: value for name, value in _latest(two, date).items() if then.get(name) != value}
    made |= {date: now} if now else {}
    return made | {each: numbers for each, numbers in two.items() if each > date}


def _by_label(resolved: ResolvedScenario) -> dict[str, dict[str, float]]:
    """Numbers that change, by month and by the one spelling of their names."""
    return {
        date: {
            kind.label(keys): value
            for text, value in numbers.items()
            for kind, keys in [resolved.quantity(text)]
        }
        for date, numbers in sorted(resolved.scenario.quantities_from.items())
    }


def _latest(dated: dict[str, dict[str, float]], date: str) -> dict[str, float]:
    """Every number that has changed by a month, as it is then."""
    now: dict[str, float] = {}
    for each in sorted(dated):
        now |= dated[each] if each <= date else {}
    return now


def _triggers(before: Scenario, after: Scenario, date: str) -> tuple[TriggerEntry, ...]:
    """Triggers that both have, and those of the future, which count from the date on."""
    shared = {one.name for one in before.triggers}
    new = [one for one in after.triggers if one.name not in shared]
    later = [one.model_copy(update={"since": max(date, one.since or date)}) for one in new]
    return (*before.triggers, *later)


def _provisions(before: Scenario, after: Scenario, section: str, date: str) -> Any:
    """Charter or mechanisms: the past's, and from the date on those of the future."""
    one, two = getattr(before, section), getattr(after, section)
    kind = type(one)
    dated = {each: said for each, said in one.dated.items() if each < date}
    then, now = _in_force(one, date, inclusive=False), _in_force(two, date, inclusive=True)
    changed = {key: value for key, value in now.items() if then.get(key) != value}
    entry = kind.model_fields["dated"].annotation
    if changed:
        dated[date] = _entry(entry, changed)
    dated |= {each: said for each, said in two.dated.items() if each > date}
    update: dict[str, Any] = {"dated": dated}
    if section == "charter":
        renewals = [each for each in one.renewals or () if each < date]
        renewals += [each for each in two.renewals or () if each >= date]
        update["renewals"] = tuple(renewals)
    return one.model_copy(update=update)


def _in_force(section: Any, date: str, *, inclusive: bool) -> dict[str, Any]:
    """Rules or mechanisms as they are in a month, or in the month before."""
    now = {key: value for key, value in dict(section).items() if key not in {"dated", "renewals"}}
    for each in sorted(section.dated):
        if each < date or (inclusive and each == date):
            now |= {
                key: value for key, value in dict(section.dated[each]).items() if value is not None
            }
    return now


def _entry(annotation: Any, changed: dict[str, Any]) -> Any:
    """What a section holds below a month, of the type that it has there."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - loaded by now

    (made,) = TypeAdapter(annotation).validate_python({"2000-01": changed}).values()
    return made


def _questions(past: ResolvedScenario, future: ResolvedScenario) -> tuple[Any, ...]:
    """The future's questions; those that count from its start still do."""
    first = months.after(future.start, 1)
    return tuple(
        one.model_copy(update={"since": first})
        if past.start < future.start and one.at is None and one.since is None
        else one
        for one in future.scenario.questions
    )


def _said(resolved: ResolvedScenario, key: str) -> object:
    """What a scenario says under a key, for comparison."""
    return getattr(resolved.scenario, key, None)

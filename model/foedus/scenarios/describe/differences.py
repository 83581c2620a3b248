"""Two scenarios compared: what differs, in words and as a table, whatever either inherits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from foedus.scenarios.describe.courses import (
    course,
    decision_words,
    question_words,
    shock_words,
    trigger_words,
)
from foedus.scenarios.language.choices import label_of

if TYPE_CHECKING:
    from foedus.scenarios.resolved import ResolvedScenario

ABSENT = "–"
"""What stands in a table for something that one of the two does not have."""

AS_EVIDENCE = "as the evidence has it"

_THERE = "\N{SYMBOL FOR NULL}"
"""In a sentence, the place of the second scenario's name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One respect in which two scenarios differ.

    Attributes:
        what: Its address, such as ``drivers.war``.
        one: What the first has, in a few words.
        other: What the second has.
        sentence: Both, as a sentence.
    """

    what: str
    one: str
    other: str
    sentence: str


def differences(one: ResolvedScenario, other: ResolvedScenario) -> tuple[Difference, ...]:
    """Everything in which two scenarios differ, but their names; nothing for equal ones.

    Args:
        one: The first, such as a baseline.
        other: The second.
    """
    found = chain.from_iterable(
        part(one, other)
        for part in (
            _frame,
            _cast,
            _drivers,
            _provisions,
            _numbers,
            _numbers_from,
            _entries,
            _about,
        )
    )
    there = other.name if other.name != one.name else "the second"
    return tuple(replace(each, sentence=each.sentence.replace(_THERE, there)) for each in found)


def _plainly(what: str, one: str, other: str) -> Difference:
    return Difference(what, one, other, f"{what} is {one}; in {_THERE} {other}.")


def _frame(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    for key in ("alliance", "start", "horizon", "incidents"):
        mine, theirs = (str(getattr(each.scenario, key, "")) for each in (one, other))
        if key == "alliance":
            mine, theirs = one.alliance.name, other.alliance.name
        if mine != theirs:
            yield _plainly(key, mine, theirs)


def _cast(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    """Who takes part, and with which status."""
    codes = dict.fromkeys([*one.members, *other.members])
    for code in codes:
        mine, theirs = (each.initial_status.get(code, ABSENT) for each in (one, other))
        if mine != theirs:
            yield _plainly(f"status of {code}", mine, theirs)


def _drivers(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    for name in dict.fromkeys([*one.drivers, *other.drivers]):
        mine, theirs = (
            course(each.scenario.drivers.get(name), name, each.start, each.horizon)
            if name in each.drivers
            else ABSENT
            for each in (one, other)
        )
        same = one.scenario.drivers.get(name) == other.scenario.drivers.get(name)
        if mine != theirs or not same:
            words = f"{name}: {mine}; in {_THERE} {theirs}."
            if mine == theirs:
                words = f"{name} takes the same course, written otherwise."
            yield Difference(f"drivers.{name}", mine, theirs, words)


def _provisions(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    for section in ("charter", "mechanisms"):
        mine, theirs = (_flat(each, section) for each in (one, other))
        for key in dict.fromkeys([*mine, *theirs]):
            before, after = mine.get(key, ABSENT), theirs.get(key, ABSENT)
            if before != after:
                yield _plainly(f"{section}.{key}", before, after)


def _flat(resolved: ResolvedScenario, section: str) -> dict[str, str]:
    """Rules or mechanisms at the start by name, and those that change by month and name."""
    plain = getattr(resolved.scenario, section).model_dump(mode="json", by_alias=True)
    flat: dict[str, str] = {}
    for key, value in plain.items():
        if isinstance(value, dict):
            changed = {name: each for name, each in value.items() if each is not None}
            flat |= {f"{key}.{name}": _word(each) for name, each in changed.items()}
        elif value is not None:
            flat[key] = _word(value)
    return flat


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return label_of(value)


def _numbers(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    mine, theirs = (dict(each.scenario.parameters) for each in (one, other))
    for name in dict.fromkeys([*mine, *theirs]):
        values = [
            label_of(each[name].written) if name in each else AS_EVIDENCE for each in (mine, theirs)
        ]
        if mine.get(name) != theirs.get(name):
            yield _plainly(f"parameters.{name}", *values)
    for name in dict.fromkeys([*one.tables, *other.tables]):
        of_one, of_other = one.tables.get(name, {}), other.tables.get(name, {})
        kind = one.kinds.get(name) or other.kinds[name]
        for keys in dict.fromkeys([*of_one, *of_other]):
            if of_one.get(keys) != of_other.get(keys):
                values = [
                    label_of(table[keys].written) if keys in table else ABSENT
                    for table in (of_one, of_other)
                ]
                yield _plainly(f"quantities.{kind.label(keys)}", *values)


def _numbers_from(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    mine, theirs = (
        {
            (date, each.kinds[kind.name].label(keys)): f"{value:g}"
            for date, numbers in each.scenario.quantities_from.items()
            for text, value in numbers.items()
            for kind, keys in [each.quantity(text)]
        }
        for each in (one, other)
    )
    for date, name in sorted({*mine, *theirs}):
        before, after = mine.get((date, name), ABSENT), theirs.get((date, name), ABSENT)
        if before != after:
            yield _entry(f"quantities_from.{date}.{name}", before, after)


def _entries(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    for section, key, words in (
        ("shocks", "name", shock_words),
        ("triggers", "name", trigger_words),
        ("decisions", "name", decision_words),
        ("questions", "id", question_words),
        ("levers", "name", _setting_words),
        ("uncertainties", "name", _setting_words),
    ):
        mine, theirs = (
            {getattr(entry, key): entry for entry in getattr(each.scenario, section)}
            for each in (one, other)
        )
        for name in dict.fromkeys([*mine, *theirs]):
            if mine.get(name) != theirs.get(name):
                texts = [words(each[name]) if name in each else ABSENT for each in (mine, theirs)]
                yield _entry(f"{section}.{name}", *texts)


def _entry(what: str, one: str, other: str) -> Difference:
    if other == ABSENT:
        return Difference(what, one, other, f"{what} is missing in {_THERE}: {one}.")
    if one == ABSENT:
        return Difference(what, one, other, f"{what} comes new in {_THERE}: {other}.")
    if one == other:
        return Difference(what, one, other, f"{what} differs in its text or its sources.")
    return Difference(what, one, other, f"{what}: {one}; in {_THERE} {other}.")


def _setting_words(entry: Any) -> str:
    choices = f"among {', '.join(entry.choices)}" if entry.choices else ""
    ends = f"from {entry.range[0]:g} to {entry.range[1]:g}" if entry.range else choices
    return f"{entry.on} {ends}".strip()


def _about(one: ResolvedScenario, other: ResolvedScenario) -> Iterator[Difference]:
    """What the files say about themselves, which no run sees."""
    for key in ("title", "narrative", "sources"):
        mine, theirs = (getattr(each.scenario, key) for each in (one, other))
        if mine != theirs:
            words = f"The {key} differs; no run sees it."
            if key == "sources":
                words = "The sources differ; no run sees them."
            yield Difference(key, _short(mine), _short(theirs), words)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else ", ".join(value) if isinstance(value, tuple) else ""
    return text if len(text) <= 60 else f"{text[:59]}…"

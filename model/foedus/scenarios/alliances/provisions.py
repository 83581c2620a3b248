"""Rules of the charter, and mechanisms: as they are at the start, and what changes from when on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foedus.dictionary.vocabulary import (
    DECISION_RULE,
    DECISION_RULE_NAMES,
    FIRST_MECHANISM,
    MECHANISM_NAMES,
    NOTICE_MONTHS,
    PROVISION_NAMES,
)
from foedus.files.faults import Faults, Misread, did_you_mean, found, one_of, printable
from foedus.scenarios.language import months
from foedus.scenarios.language.schema import CharterChange, Scenario

if TYPE_CHECKING:
    from foedus.files.yaml_reader import Node
    from foedus.scenarios.alliances.schema import Alliance

SECTIONS = ("charter", "mechanisms")
_MOST_NOTICE = 120


@dataclass(frozen=True, slots=True)
class Change:
    """A dated change of the charter, or of a mechanism, compiled.

    Attributes:
        month: Month in which it takes effect, from the start; at least 1.
        provision: A place in ``PROVISION_NAMES`` of `dictionary.vocabulary`.
        value: What the rule or mechanism becomes, as a number.
    """

    month: int
    provision: int
    value: int


def begin(scenario: Scenario, alliance: Alliance) -> Scenario:
    """The scenario with charter and mechanisms in full as they are at its start.

    What changed before the start, or in its month, holds from the start and is no change any more.
    """
    rules = {
        key: getattr(alliance.charter, key) for key in CharterChange.model_fields if key != "dated"
    }
    updates = {}
    for section, known in (("charter", rules), ("mechanisms", {})):
        given = getattr(scenario, section)
        now = known | {
            key: value for key, value in dict(given).items() if key != "dated" and value is not None
        }
        for date in sorted(given.dated):
            if date <= scenario.start:
                now |= _said(given.dated[date])
        later = {date: each for date, each in given.dated.items() if date > scenario.start}
        updates[section] = type(given).model_validate(now).model_copy(update={"dated": later})
    return scenario.model_copy(update=updates)


def _said(changed: object) -> dict[str, object]:
    return {key: value for key, value in dict(changed).items() if value is not None}  # type: ignore[call-overload]


def changes(scenario: Scenario, root: Node, faults: Faults) -> Iterator[Change]:
    """What changes within the run, by month; a change after the end of the file's own is a fault.

    Args:
        scenario: With charter and mechanisms as they are at the start.
        root: Its document.
        faults: Where faults are noted.
    """
    end = months.after(scenario.start, scenario.horizon)
    dated = [
        (date, section, getattr(scenario, section).dated[date])
        for section in SECTIONS
        for date in getattr(scenario, section).dated
    ]
    for date, section, changed in sorted(dated, key=lambda each: each[:2]):
        node = root.find((section, date))
        if date > end:
            if node.key_place.file == root.place.file:
                message = f"found {date}, expected up to {end}, where the run ends"
                faults.add(node.key_place, root.label((section, date)), message)
            continue
        month = months.count(date) - months.count(scenario.start)
        values = _said(changed)
        for name in sorted(values, key=PROVISION_NAMES.index):
            yield Change(month, PROVISION_NAMES.index(name), number_of(name, values[name]))


def number_of(name: str, value: object) -> int:
    """What a rule or a mechanism is, as the number that the engines know.

    Raises:
        Misread: It cannot be that.
    """
    place = PROVISION_NAMES.index(name)
    if place == DECISION_RULE:
        if value not in DECISION_RULE_NAMES:
            near = did_you_mean(str(value), DECISION_RULE_NAMES)
            raise Misread(
                f"found {found(value)}, expected one of {one_of(DECISION_RULE_NAMES)}{near}"
            )
        return DECISION_RULE_NAMES.index(str(value))
    if place == NOTICE_MONTHS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_NOTICE:
            raise Misread(f"found {found(value)}, expected a whole number from 0 to {_MOST_NOTICE}")
        return value
    if not isinstance(value, bool):
        raise Misread(f"found {found(value)}, expected true or false")
    return int(value)


def provision_at(text: str) -> int | None:
    """The place in ``PROVISION_NAMES`` that an address such as ``mechanisms.no_veto`` means.

    Returns:
        The place; None for an address of something else.

    Raises:
        Misread: There is no such rule or mechanism.

    Example:
        >>> provision_at("charter.decision_rule"), provision_at("offer.CHN")
        (0, None)
    """
    section, _, name = text.partition(".")
    if section not in SECTIONS:
        return None
    names = PROVISION_NAMES[:FIRST_MECHANISM] if section == "charter" else MECHANISM_NAMES
    if name not in names:
        every = [f"{section}.{each}" for each in names]
        near = did_you_mean(text, every)
        raise Misread(f"unknown «{printable(text)}», expected one of {one_of(every)}{near}")
    return PROVISION_NAMES.index(name)

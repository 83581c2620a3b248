"""The targets as a particle filter hears them: stretches of history, each with its rows.

History is cut into stretches, one a historical scenario, because the alliance file has states at
their starts. A target belongs to the last stretch that began before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import ACT_NAMES, ANSWER_NAMES, ROLL_CALL_KIND_NAMES, Purpose
from foedus.errors import FoedusError
from foedus.inference import record_filter as rf
from foedus.inference.targets import Target
from foedus.simulation.layout import entry_names, laid_calendar
from foedus.simulation.loading import load_setup
from foedus.simulation.tape import luck

if TYPE_CHECKING:
    from foedus.cases import Case, FirstReading
    from foedus.simulation.world import Setup

READING_ERROR: Final = 0.10
"""Error of a coded level of participation (judgement: the coder's own tolerance, within 0.10)."""
POLL_ERROR: Final = 0.05
"""Fall of trust that a poll's fall of a third or more stands for at even odds (judgement)."""
SLIP: Final = 0.02
"""Probability that a decision was misread or miscoded (judgement): the floor of the log score."""

KINDS_HEARD: Final = (
    *("requests", "non_requests", "answers", "acts", "status"),
    *("votes", "participation", "polls"),
)
"""In the order of the phases of a month. Deployments, the ladder and member-years repeat these in
other words; they are for scoring, and would count twice."""

CHANNELS: Final = {"bloc": 0b001, "patron": 0b010, "not the bloc": 0b110}
STEPS: Final = {
    "lapsed": (Purpose.RENEWAL, 0b01),
    "renewed": (Purpose.RENEWAL, 0b10),
    "returned": (Purpose.RETURN, 0b01),
    "announced": (Purpose.NOTICE, 0b01),
    "frozen": (Purpose.FREEZE, 0b01),
}
ACTS: Final = {"complied": 0b01, "declined": 0b10}
VOTES: Final = {"against the patron": 0b001, "abstention": 0b010, "with the patron": 0b100}
FOLLOWED: Final = "trust_patron"


@dataclass(frozen=True)
class Stretch:
    """One stretch of history.

    Attributes:
        setup: Its scenario, laid out in memory.
        rows: What the filter hears, of `record_filter.ROW_TYPE`.
        targets: The target behind each row; None for a row that only keeps another in place.
        counted_from: First month in which silence about status is evidence.
        crowd: Particles that it needs, as a multiple of what the others need.
    """

    setup: Setup
    rows: NDArray[Any]
    targets: tuple[Target | None, ...]
    counted_from: int
    crowd: int

    def filter(self, particles: int) -> rf.RecordFilter:
        """A filter of so many particles that hears it."""
        return rf.RecordFilter(
            self.setup,
            self.rows,
            particles=particles,
            slip=SLIP,
            counted_from=self.counted_from,
        )


def stretches(
    case: Case,
    targets: Iterable[Target],
    *,
    upto: str,
    parameters: str = "prior",
    counts: Callable[[Target], bool] | None = None,
    change: Callable[[str], Setup] | None = None,
) -> tuple[Stretch, ...]:
    """Cut the record into stretches.

    The last stretch is used for the split `test` only; what was before is heard in the others.

    Args:
        case: Whose record it is.
        targets: All targets.
        upto: `fit` for the record before the split `test`, `test` for the last stretch alone,
            `all`.
        parameters: Parameters, by name of their set.
        counts: Whether a target is evidence; one that is not is imposed all the same. All if None.
        change: Lays out a scenario by its name in another way, such as with a mechanism switched
            off; `load_setup` if None.
    """
    lay_out = change or (lambda name: load_setup(case.scenario(name), parameters, case=case))
    history = case.history
    every_name = history.stretches
    names = {"fit": every_name[:-1], "test": every_name[-1:], "all": every_name}[upto]
    every = tuple(targets)
    made = []
    for name in names:
        setup = lay_out(name)
        last = name == case.last_stretch
        inside = [each for each in every if _hears(setup, each, last=last)]
        anchor = history.first_poll if last else None
        rows = _rows(setup, inside, counts or (lambda _: True), anchor)
        first = setup.scenario.month_of(history.tested_from) if last else 1
        crowd = history.last_crowd if last else 1
        made.append(Stretch(setup, rows[0], rows[1], first, crowd))
    return tuple(made)


def _hears(setup: Setup, target: Target, *, last: bool) -> bool:
    if target.kind not in KINDS_HEARD or target.outcome == "not found":
        return False
    scenario = setup.scenario
    inside = 0 < scenario.month_of(target.date) <= scenario.horizon
    return inside and (target.split == "test") == last


def _rows(
    setup: Setup,
    targets: list[Target],
    counts: Callable[[Target], bool],
    anchor: FirstReading | None,
) -> tuple[NDArray[Any], tuple[Target | None, ...]]:
    """Rows in order of time, and within a month in order of phases."""
    made: list[tuple[int, int, dict[str, Any], Target | None]] = []
    for target in targets:
        month, phase = setup.scenario.month_of(target.date), KINDS_HEARD.index(target.kind)
        row = _row(setup, target) | {"counted": int(counts(target))}
        if target.kind == "acts" and target.about.startswith("host_drill"):
            made.append((month, phase, _not_cancelled(row, target), None))
        if target.outcome != "cancelled":
            made.append((month, phase, row, target))
    if anchor is not None:
        made.append((setup.scenario.month_of(anchor.month), 9, _anchor(setup, anchor), None))
    made.sort(key=lambda each: each[:2])
    rows = np.zeros(len(made), dtype=rf.ROW_TYPE)
    notes = {} if anchor is None else {anchor.month: _slot(made, anchor.month, setup)}
    for place, (month, _, row, behind) in enumerate(made):
        rows[place]["month"] = month
        if row["kind"] >= rf.READING:
            row["other"] = place
        if row["kind"] == rf.ORDER and behind is not None:
            row["since"] = notes[behind.about.rpartition(" ")[2]]
            notes[behind.date] = place
        for name, value in row.items():
            rows[place][name] = value
    return rows, tuple(target for *_, target in made)


def _slot(
    made: list[tuple[int, int, dict[str, Any], Target | None]], date: str, setup: Setup
) -> int:
    month = setup.scenario.month_of(date)
    anchored = (place for place, each in enumerate(made) if each[0] == month and each[1] == 9)
    return next(anchored, 0)


def _row(setup: Setup, target: Target) -> dict[str, Any]:
    """One row without its month; addresses are those that the rule will ask for."""
    scenario = setup.scenario
    if target.member not in scenario.members:
        raise FoedusError(f"{target.id}: {target.member} takes no part in {scenario.name}")
    member = scenario.members.index(target.member)
    me, row = luck(target.member), {"kind": rf.DECISION, "member": member, "outcomes": 2}
    if target.kind in {"requests", "non_requests"}:
        allowed = CHANNELS[target.outcome]
        address = {"purpose": Purpose.REQUEST, "actor": me, "other": luck(target.about)}
        return row | address | {"allowed": allowed, "outcomes": 3}
    if target.kind == "answers":
        patron, allowed = luck(scenario.roster.patron), 1 << int(target.outcome)
        address = {"purpose": Purpose.ANSWER, "actor": patron, "other": me}
        return row | address | {"allowed": allowed, "outcomes": len(ANSWER_NAMES)}
    if target.kind == "status":
        purpose, allowed = STEPS[target.outcome]
        return row | {"purpose": purpose, "actor": me, "other": 0, "allowed": allowed}
    if target.kind == "acts":
        address = {"purpose": Purpose.ACT, "actor": me, "other": _entry_luck(setup, target)}
        return row | address | {"allowed": ACTS.get(target.outcome, 0)}
    if target.kind == "votes":
        address = {"purpose": Purpose.ROLL_CALL, "actor": me, "other": luck(target.episode)}
        text = ROLL_CALL_KIND_NAMES.index(target.about)
        vote = {"kind": rf.ROLL_CALL, "allowed": VOTES[target.outcome], "outcomes": 3}
        return row | address | vote | {"column": text}
    if target.kind == "participation":
        column = rf.column_of(member, "participation")
        value = {"value": target.level, "error": READING_ERROR, "column": column}
        return row | value | {"kind": rf.READING}
    column = rf.column_of(member, FOLLOWED)
    return row | {"kind": rf.ORDER, "column": column, "error": POLL_ERROR}


def _anchor(setup: Setup, anchor: FirstReading) -> dict[str, Any]:
    """A reading without weight, from which the first poll's fall is measured."""
    column = rf.column_of(setup.scenario.members.index(anchor.member), FOLLOWED)
    return {"kind": rf.READING, "column": column, "error": 1.0, "counted": 0}


def _not_cancelled(row: dict[str, Any], target: Target) -> dict[str, Any]:
    """Whether a drill was cancelled over a clash, which is settled before its host complies."""
    allowed = 0b01 if target.outcome == "cancelled" else 0b10
    return row | {"purpose": Purpose.DRILL_CANCELLED, "allowed": allowed}


def _entry_luck(setup: Setup, target: Target) -> int:
    """Address of the calendar's entry that a target names as ``act:title``, in its month."""
    month = int(target.date[-2:])
    scenario = setup.scenario
    for entry, name in zip(laid_calendar(scenario), entry_names(scenario), strict=False):
        if f"{entry.act}:{entry.title}" == target.about and entry.month == month:
            return luck(name)
    acts = ", ".join(ACT_NAMES[:6])
    raise FoedusError(
        f"{target.id}: the calendar has no «{target.about}» in month {month}; expected one of the "
        f"acts {acts} with the title of an entry, such as attend_summit:Annual summit"
    )

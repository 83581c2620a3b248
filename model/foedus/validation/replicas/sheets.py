"""What happened, in one form: read off the record once, or off simulated histories many times.

A sheet holds blocks of cells, one block per kind of outcome. A cell is something that the record
knows, with its date; its values are what came of it, in as many histories as there are. The record
is a sheet of one history, so that whatever is worked out from a sheet is worked out alike for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from foedus.dictionary.vocabulary import ACT_NAMES
from foedus.errors import FoedusError
from foedus.scenarios.language import months
from foedus.validation.hindcasts import cases as hindcast

if TYPE_CHECKING:
    from foedus.cases import Case as Study
    from foedus.inference.targets import Target
    from foedus.validation.hindcasts.cases import Case
    from foedus.validation.patterns.reading import Floats

type Sheet = dict[str, Block]

CASES: Final = {"requests": "request", "answers": "answer", "acts": "act", "votes": "vote"}
"""Blocks whose values are places among the categories of a kind of case."""
STEPS: Final = {"lapsed": "lapse", "announced": "notice", "frozen": "freeze", "returned": "return"}
"""Steps of status, by the outcome of their targets."""
FELL: Final = 1.0
ASKED: Final = 1
"""Outcome of a request that was made to the bloc."""


class Cell(NamedTuple):
    """Something that the record knows.

    Attributes:
        date: Month; for a step of status the month from which on a history could show it.
        member: Whose.
        about: Kind of threat, act, text or step.
        episode: Its episode; the text of a vote; the stretch of a step.
        split: `fit` or `test`.
    """

    date: str
    member: str
    about: str
    episode: str
    split: str


class Stage(NamedTuple):
    """A stretch of history.

    Attributes:
        members: Codes.
        dates: Months, the first that of the start.
    """

    members: tuple[str, ...]
    dates: tuple[str, ...]


class Block(NamedTuple):
    """Cells, and what came of them.

    Attributes:
        cells: In order of date.
        values: Places among categories, levels, or months counted from the year 0 of what happened
            in a stretch; NaN for what a history did not come to. Shape ``(history, cell)``.
    """

    cells: tuple[Cell, ...]
    values: Floats

    def where(self, keep: Sequence[bool]) -> Block:
        """Some of the cells."""
        kept = np.asarray(keep, dtype=bool)
        cells = tuple(cell for cell, wanted in zip(self.cells, keep, strict=True) if wanted)
        return Block(cells, self.values[:, kept])

    def of(self, member: str) -> Block:
        """The cells of one member."""
        return self.where([cell.member == member for cell in self.cells])

    @property
    def members(self) -> tuple[str, ...]:
        """Whose cells there are, in alphabetical order."""
        return tuple(sorted({cell.member for cell in self.cells}))


def of_split(sheet: Sheet, split: str) -> Sheet:
    """The part of a sheet that falls into a split, or ``all``; no block that would be empty."""
    parts = {}
    for name, block in sheet.items():
        part = block.where([split in {"all", cell.split} for cell in block.cells])
        if part.cells:
            parts[name] = part
    return parts


def cell_of(target: Target) -> Cell:
    """The cell of a target."""
    about = target.about.partition(":")[0]
    return Cell(target.date, target.member, about, target.episode, target.split)


def cases_of(targets: Iterable[Target]) -> dict[str, list[Case]]:
    """Cases of every block that has any, in order of date; of answers, those to the bloc."""
    known = sorted(hindcast.cases(targets), key=lambda case: case.target.date)
    bloc = {_whose(case) for case in known if case.kind == "request" and case.outcome == ASKED}
    return {
        block: [
            case
            for case in known
            if case.kind == kind and (kind != "answer" or _whose(case) in bloc)
        ]
        for block, kind in CASES.items()
    }


def _whose(case: Case) -> tuple[str, str]:
    return case.target.date, case.target.member


def stretch_at(study: Study, target: Target, stages: Mapping[str, Stage]) -> str:
    """The stretch in which a target falls; one of the split `test` falls into the last.

    Raises:
        FoedusError: It falls into none.
    """
    every = study.history.stretches
    names = every[-1:] if target.split == "test" else every[:-1]
    for name in names:
        if target.date in stages[name].dates[1:]:
            return name
    raise FoedusError(f"{target.id}: {target.date} lies in no historical scenario")


def step_cells(study: Study, stages: Mapping[str, Stage]) -> dict[str, tuple[Cell, ...]]:
    """A cell for every member of every stretch, by step."""
    by_step = {}
    for step in STEPS.values():
        cells = []
        for name in study.history.stretches:
            first = stages[name].dates[1]
            date = study.history.tested_from if name == study.last_stretch else first
            split = study.split_of(date)
            cells += [Cell(date, code, step, name, split) for code in stages[name].members]
        by_step[step] = tuple(cells)
    return by_step


def ladder_cells(study: Study) -> tuple[Cell, ...]:
    """A cell for every act that can be dropped, but for membership; none without a ladder."""
    member, date = study.features.ladder, study.history.tested_from
    if member is None:
        return ()
    return tuple(Cell(date, member, act, "ladder", "test") for act in ACT_NAMES[:-1])


def recorded(study: Study, targets: Sequence[Target], stages: Mapping[str, Stage]) -> Sheet:
    """What is on record."""
    sheet: Sheet = {}
    known = cases_of(targets)
    for name in ("requests", "acts", "votes"):
        outcomes = [float(each.outcome) for each in known[name]]
        sheet[name] = _one([cell_of(each.target) for each in known[name]], outcomes)
    sheet["answers"] = _answers(known)
    for name, kind in (("levels", "participation"), ("polls", "polls")):
        own = sorted((t for t in targets if t.kind == kind), key=lambda t: t.date)
        values = [t.level if kind == "participation" else FELL for t in own]
        sheet[name] = _one([cell_of(t) for t in own], values)
    status = {
        (STEPS[t.outcome], t.member, stretch_at(study, t, stages)): float(months.count(t.date))
        for t in targets
        if t.kind == "status" and t.outcome in STEPS
    }
    for step, cells in step_cells(study, stages).items():
        sheet[step] = _one(cells, [status.get((step, c.member, c.episode), np.nan) for c in cells])
    dropped = {t.about: float(months.count(t.date)) for t in targets if t.kind == "ladder"}
    cells = ladder_cells(study)
    sheet["ladder"] = _one(cells, [dropped.get(cell.about, np.nan) for cell in cells])
    return sheet


def _answers(cases: dict[str, list[Case]]) -> Block:
    """The best answer in every crisis in which the bloc was asked, none where it was not."""
    given = {_whose(case): float(case.outcome) for case in cases["answers"]}
    values = [given.get(_whose(case), np.nan) for case in cases["requests"]]
    return _one([cell_of(case.target) for case in cases["requests"]], values)


def _one(cells: Iterable[Cell], values: Sequence[float]) -> Block:
    return Block(tuple(cells), np.array([values], dtype=np.float64))

"""Histories that the model replicates: sheets like that of the record, many times over.

Two kinds, as in the hindcast. *Free-running*: the historical scenarios are played, with the texts
on record put to the vote at their dates; whatever the members did is simulated, and one history is
one trial of all stretches under one parameter set, with random numbers of its own in each. *One
step ahead*: every decision on record is drawn from its forecast given the record before it, so that
a history is the record with every decision taken anew.

Source:
    Replicated data: T-gelman2013, chapter 6. Forecasts one after the other as a check of the
    system that makes them: T-dawid1984.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    BY_LAPSE,
    ROLL_CALL_KIND_NAMES,
    STAY_UNFROZEN,
    EventKind,
)
from foedus.errors import FoedusError
from foedus.inference import record
from foedus.inference.likelihood import seed_of
from foedus.inference.record import POLL_ERROR, READING_ERROR
from foedus.scenarios.language import months
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.tape import luck
from foedus.simulation.world import Setup
from foedus.validation.hindcasts import cases as hindcast
from foedus.validation.hindcasts import one_step
from foedus.validation.patterns.reading import Floats, followed
from foedus.validation.replicas import sheets
from foedus.validation.replicas.sheets import Block, Cell, Sheet, Stage, cell_of

if TYPE_CHECKING:
    from foedus.cases import Case as Study
    from foedus.inference.targets import Target
    from foedus.simulation.outcome import Ensemble
    from foedus.validation.hindcasts.cases import Case

STEP_EVENTS: Final = {
    "lapse": EventKind.EXIT,
    "notice": EventKind.NOTICE,
    "freeze": EventKind.FREEZE,
    "return": EventKind.RETURN,
}
ODDS: Final = 1.702
"""Scale on which the logistic curve is like the normal one, as in the likelihood of a poll."""


@dataclass(frozen=True)
class SharedDraws(Setup):
    """A set-up whose numbers are drawn under a seed of their own.

    Runs with different seeds then share their parameter sets and nothing else.

    Attributes:
        drawn_under: That seed.
    """

    drawn_under: int = 0

    def draw_quantities(self, seed: int, sets: NDArray[np.int64]) -> NDArray[np.float64]:  # noqa: ARG002 - the run's own seed decides its luck alone
        """Values of the uncertain numbers in some parameter sets."""
        return super().draw_quantities(self.drawn_under, sets)


def play(
    study: Study, known: Sequence[Target], setups: Mapping[str, Setup], *, histories: int, seed: int
) -> dict[str, Ensemble]:
    """Play stretches, every trial kept as far as the record knows of it.

    Args:
        study: The case.
        known: The targets, whose texts are put to the vote.
        setups: The stretches by name, laid out in memory.
        histories: Number of trials of each.
        seed: Seed of everything.
    """
    runs = {}
    for name, setup in setups.items():
        texts = _texts(known, setup, last=name == study.last_stretch)
        voting = put_to_vote(setup, texts)
        given = {field.name: getattr(voting, field.name) for field in fields(voting)}
        run = run_ensemble(
            SharedDraws(**given, drawn_under=seed),
            trials=histories,
            seed=seed_of(seed, name),
            sample=histories,
        )
        runs[name] = _abridged(study, run, known)
    return runs


def _abridged(study: Study, run: Ensemble, known: Sequence[Target]) -> Ensemble:
    """A run with the events of which the record could know."""
    log, dates = run.events, {target.date for target in known}
    recorded = [month for month, date in enumerate(run.dates) if date in dates]
    steps = [kind.value for kind in (*STEP_EVENTS.values(), EventKind.UNFREEZE)]
    keep = np.isin(log["month"], recorded) | np.isin(log["kind"], steps)
    if study.features.ladder is not None:
        acts = log["kind"] == EventKind.ACT
        keep |= acts & (log["actor"] == run.members.index(study.features.ladder))
    return replace(run, events=log[keep])


def _texts(known: Sequence[Target], setup: Setup, *, last: bool) -> list[Target]:
    scenario = setup.scenario
    own = [t for t in known if t.kind == "votes" and (t.split == "test") == last]
    return [t for t in own if 0 < scenario.month_of(t.date) <= scenario.horizon]


def put_to_vote(setup: Setup, votes: Sequence[Target]) -> Setup:
    """A set-up in which texts come up in the months of the year in which they did on record.

    Every text comes up in every such year of war; those of other years are not looked at. How a
    member votes moves its loyalty, with it cohesion, and with that what partners offer: of a
    hundred thousand decisions a handful come out otherwise for it.

    Raises:
        FoedusError: There are more texts than a world has room for.
    """
    texts = {(t.about, t.date, t.episode) for t in votes}
    at_once = Counter((about, date) for about, date, _ in texts)
    needed: dict[tuple[str, int], int] = defaultdict(int)
    for (about, date), count in sorted(at_once.items()):
        needed[about, int(date[-2:])] = max(needed[about, int(date[-2:])], count)
    entries = [(about, month, n) for (about, month), count in needed.items() for n in range(count)]
    world = setup.world.copy()
    room = world[0]["roll_calls"].size
    if len(entries) > room:
        raise FoedusError(
            f"{setup.scenario.name}: {len(entries)} texts fall into different months of the year; "
            f"there is room for {room}"
        )
    world[0]["n_roll_calls"] = len(entries)
    for place, (about, month, n) in enumerate(entries):
        text = world[0]["roll_calls"][place]
        text["luck"] = luck(f"text on record:{about}:{month}:{n}")
        text["kind"], text["month"] = ROLL_CALL_KIND_NAMES.index(about), month
        text["once"] = 0
    return replace(setup, world=world)


def free_running(
    study: Study, played: Mapping[str, Ensemble], known: Sequence[Target], seed: int
) -> Sheet:
    """The sheet of trials.

    Args:
        study: The case.
        played: By `play`.
        known: All targets.
        seed: Seed of the errors with which levels and polls are read.
    """
    sheet: Sheet = {}
    last = played[study.last_stretch]
    kept = last.sample.shape[0]
    cases = sheets.cases_of(known)
    turns = _turns(cases["votes"])
    readers: dict[str, Callable[[Case, Ensemble], NDArray[Any]]] = {
        "requests": hindcast.outcomes,
        "acts": hindcast.outcomes,
        "votes": lambda case, run: cast(case, run, turns[case.target.id]),
    }
    for name, read in readers.items():
        columns = [read(case, _run(study, played, case.target)) for case in cases[name]]
        sheet[name] = _block([cell_of(case.target) for case in cases[name]], columns, kept)
    asked = sheet["requests"]
    columns = [_best(case.target, _run(study, played, case.target)) for case in cases["requests"]]
    answers = _block(asked.cells, columns, kept)
    sheet["answers"] = answers._replace(values=np.where(asked.values == 1, answers.values, np.nan))
    sheet |= _read_levels(study, played, known, seed)
    for step, cells in sheets.step_cells(study, stages(played)).items():
        columns = [_first(step, cell, played[cell.episode]) for cell in cells]
        sheet[step] = _block(cells, columns, kept)
    cells = sheets.ladder_cells(study)
    first_month = months.count(study.history.tested_from)
    sheet["ladder"] = _block(cells, [_dropped(cell, last, first_month) for cell in cells], kept)
    return sheet


def stages(played: Mapping[str, Ensemble]) -> dict[str, Stage]:
    """The stretches that were played."""
    return {name: Stage(run.members, run.dates) for name, run in played.items()}


def _run(study: Study, played: Mapping[str, Ensemble], target: Target) -> Ensemble:
    return played[sheets.stretch_at(study, target, stages(played))]


def _block(cells: Sequence[Cell], columns: Sequence[NDArray[Any]], histories: int) -> Block:
    """A block of columns; what is below 0 did not come about."""
    values = _across(columns, histories)
    return Block(tuple(cells), np.where(values < 0, np.nan, values))


def _across(columns: Sequence[NDArray[Any]], histories: int) -> Floats:
    """Columns side by side; shape ``(history, column)``, of no columns too."""
    return np.array(columns, dtype=np.float64).reshape(-1, histories).T


def _best(target: Target, run: Ensemble) -> NDArray[np.int64]:
    month, who = run.dates.index(target.date), run.members.index(target.member)
    return hindcast.best_answers(run, month, who)


def _turns(votes: Sequence[Case]) -> dict[str, int]:
    """Which of the texts of its kind and month a vote was about."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in votes:
        own = texts[case.target.about, case.target.date]
        if case.target.episode not in own:
            own.append(case.target.episode)
    return {
        case.target.id: texts[case.target.about, case.target.date].index(case.target.episode)
        for case in votes
    }


def cast(case: Case, run: Ensemble, turn: int) -> NDArray[np.int64]:
    """Votes on a text in the very month in which it came up on record; -1 for who was out.

    Args:
        case: The vote.
        run: Its stretch, with the texts put to the vote.
        turn: Which of the texts of its kind and month.
    """
    month, who = run.dates.index(case.target.date), run.members.index(case.target.member)
    log = run.events[hindcast.at(run, EventKind.ROLL_CALL, month, "actor", who)]
    own = log[log["text"] == ROLL_CALL_KIND_NAMES.index(case.target.about)]
    votes = np.full(run.sample.shape[0], -1)
    trial = own["trial"]
    # Votes of a trial stand in the order of the texts.
    place = np.arange(trial.size) - np.searchsorted(trial, trial)
    votes[trial[place == turn]] = own["ballot"][place == turn]
    return votes


def _read_levels(
    study: Study, played: Mapping[str, Ensemble], known: Sequence[Target], seed: int
) -> Sheet:
    """Levels of participation and falls of trust, read with the errors that the record has."""
    chance = np.random.default_rng(seed_of(seed, "readings"))
    levels = sorted((t for t in known if t.kind == "participation"), key=lambda t: t.date)
    histories = played[study.last_stretch].sample.shape[0]
    drawn = _across([hindcast.levels(t, _run(study, played, t)) for t in levels], histories)
    drawn = drawn + READING_ERROR * chance.normal(size=drawn.shape)
    polls = sorted((t for t in known if t.kind == "polls"), key=lambda t: t.date)
    falls = []
    for target in polls:
        run = _run(study, played, target)
        since = target.about.rpartition(" ")[2]
        trust = followed(run, record.FOLLOWED, target.member)
        falls.append(trust[:, run.dates.index(since)] - trust[:, run.dates.index(target.date)])
    likely = 1.0 / (1.0 + np.exp(-ODDS * _across(falls, histories) / POLL_ERROR))
    fell = (chance.random(likely.shape) < likely).astype(np.float64)
    return {
        "levels": Block(tuple(cell_of(t) for t in levels), drawn),
        "polls": Block(tuple(cell_of(t) for t in polls), fell),
    }


def _first(step: str, cell: Cell, run: Ensemble) -> NDArray[np.int64]:
    """Month of a member's first such step, counted from the year 0; -1 where it takes none."""
    log, start = run.events, months.count(run.dates[0])
    own = log[(log["kind"] == STEP_EVENTS[step]) & (log["actor"] == run.members.index(cell.member))]
    own = own[own["month"] + start >= months.count(cell.date)]
    if step == "lapse":
        own = own[own["ending"] == BY_LAPSE]
    first = np.full(run.sample.shape[0], np.iinfo(np.int64).max)
    np.minimum.at(first, own["trial"], own["month"] + start)
    return np.where(first == np.iinfo(np.int64).max, -1, first)


def _dropped(cell: Cell, run: Ensemble, first_month: int) -> NDArray[np.int64]:
    """Month since which an act has not been done any more; -1 where it was done to the end.

    An act counts as dropped on the first occasion after the last on which it was done; to stay
    unfrozen, in the month of the freeze that still holds.
    """
    log, start = run.events, months.count(run.dates[0])
    mine = log["actor"] == run.members.index(cell.member)
    kept = run.sample.shape[0]
    if ACT_NAMES.index(cell.about) == STAY_UNFROZEN:
        down = log[mine & (log["kind"] == EventKind.FREEZE)]
        back = log[mine & (log["kind"] == EventKind.UNFREEZE)]
    else:
        own = log[mine & (log["kind"] == EventKind.ACT)]
        own = own[own["act"] == ACT_NAMES.index(cell.about)]
        down, back = own[own["complied"] == 0], own[own["complied"] == 1]
    last = np.full(kept, -1)
    np.maximum.at(last, back["trial"], back["month"])
    later = down[down["month"] > last[down["trial"]]]
    first = np.full(kept, np.iinfo(np.int64).max)
    np.minimum.at(first, later["trial"], later["month"])
    since = np.where(first == np.iinfo(np.int64).max, -1, first + start)
    return np.where(since < first_month, -1, since)


def one_step_ahead(
    known: Sequence[Target], outcomes: Mapping[str, Floats], *, histories: int, seed: int
) -> Sheet:
    """The sheet of decisions taken anew, each from its forecast.

    Args:
        known: All targets.
        outcomes: Probabilities of the filter's outcomes by target, from `one_step.predictive`.
        histories: How often every decision is taken.
        seed: Seed of the draws.
    """
    sheet: Sheet = {}
    for name, cases in sheets.cases_of(known).items():
        heard = [case for case in cases if case.target.id in outcomes]
        if not heard:
            continue
        chance = np.random.default_rng(seed_of(seed, f"one step ahead: {name}"))
        columns = [
            _drawn(one_step.forecast(case, outcomes[case.target.id]), chance.random(histories))
            for case in heard
        ]
        sheet[name] = _block([cell_of(case.target) for case in heard], columns, histories)
    return sheet


def _drawn(forecast: Floats, uniform: Floats) -> NDArray[np.int64]:
    """Categories by the inverse of their distribution function."""
    return np.minimum(np.searchsorted(np.cumsum(forecast), uniform, "right"), forecast.size - 1)

"""The filter of the record: it imposes what is on record and counts what the rules gave it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from conftest import CSTO
from foedus.dictionary.vocabulary import Purpose
from foedus.inference import record, targets
from foedus.inference import record_filter as rf
from foedus.inference.record_filter import RecordFilter
from foedus.rules.membership import diplomacy
from foedus.simulation.compiled.recorded import FREE, SILENCE, SILENT_NO, choose_as_recorded
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.memory_layout import TAPE_TYPE
from foedus.simulation.tape import Tape
from worlds import Run

pytestmark = pytest.mark.slow  # the filter has compiled code of its own

EVERY = targets.load()


def stretch(number: int, **settings: Any) -> record.Stretch:
    return record.stretches(CSTO, EVERY, upto="all", **settings)[number]


def filter_of(one: record.Stretch, particles: int, slip: float = record.SLIP) -> RecordFilter:
    return RecordFilter(
        one.setup, one.rows, particles=particles, slip=slip, counted_from=one.counted_from
    )


class HeldTape(Tape):
    """A plain tape that knows the record, on which the compiled door is tried as plain Python."""

    def __init__(self, one: record.Stretch, seed: int) -> None:
        super().__init__(seed, 0)
        self.one, self.logs, self.silent = one, dict[int, float](), 0.0

    def choose(self, purpose: int, actor: int, other: int, cuts: tuple[float, ...]) -> int:
        uniform = self.uniform(purpose, actor, other)
        edges = [0.0, *(min(1.0, cut) for cut in cuts), 1.0]
        shares = np.diff(np.maximum.accumulate(edges))
        for place, row in enumerate(self.one.rows):
            address = (row["month"], row["purpose"], row["actor"], row["other"])
            if row["kind"] <= rf.ROLL_CALL and address == (self.month, purpose, actor, other):
                allowed = [k for k in range(len(shares)) if row["allowed"] >> k & 1]
                self.logs[place] = float(shares[allowed].sum())
                reached = np.cumsum(shares[allowed]) <= uniform * shares[allowed].sum()
                return allowed[min(int(reached.sum()), len(allowed) - 1)]
        meaning = SILENCE.get(Purpose(purpose), FREE)
        if meaning == FREE:
            return int((np.array(cuts) <= uniform).sum())
        if meaning == SILENT_NO and self.month >= self.one.counted_from:
            self.silent += math.log(max(1e-12, 1.0 - cuts[-1]))
        return len(cuts)


@pytest.mark.parametrize("number", range(4))
def test_one_particle_is_the_plain_run_held_to_the_record(number: int) -> None:
    one = stretch(number)
    run = Run(one.setup, seed=5, typical=True)
    run.u = HeldTape(one, 5)
    run.w.roll_calls, run.w.n_roll_calls = [], 0
    run.begin()
    levels = 0.0
    for month in range(1, one.setup.scenario.horizon + 1):
        run.advance()
        for row in one.rows[one.rows["month"] == month]:
            if row["kind"] == rf.ROLL_CALL:
                member = run.w.members[row["member"]]
                text = (int(row["column"]), int(row["other"]))
                diplomacy.vote_on(member, *text, run.w, run.p, run.u)  # type: ignore[arg-type]
            if row["kind"] == rf.READING and row["counted"]:
                gap = row["value"] - run.w.members[row["member"]].participation
                levels -= 0.5 * (gap / row["error"]) ** 2 + math.log(row["error"])
                levels -= 0.5 * math.log(2.0 * math.pi)
    slip, decided = record.SLIP, 0.0
    for place, row in enumerate(one.rows):
        if row["kind"] <= rf.ROLL_CALL:
            allowed = int(row["allowed"]).bit_count() / row["outcomes"]
            decided += math.log((1.0 - slip) * run.u.logs[place] + slip * allowed)
    values = np.array([[each.mode for each in one.setup.uncertain]])
    heard = filter_of(one, 1).hear(5, values)
    polls = one.rows["kind"] == rf.ORDER
    if not polls.any():
        expected = decided + levels + run.u.silent
        assert heard.log_likelihood == pytest.approx(expected, abs=1e-9)
    assert heard.reached == pytest.approx(1.0)


@pytest.mark.parametrize("number", range(4))
def test_every_row_is_reached_and_its_forecast_is_a_distribution(number: int) -> None:
    one = stretch(number)
    heard = filter_of(one, 8).hear(1, one.setup.draw_quantities(1, np.arange(8)))
    assert heard.reached == pytest.approx(1.0)
    decided = one.rows["kind"] <= rf.ROLL_CALL
    assert heard.forecasts[decided].sum(axis=1) == pytest.approx(1.0)
    assert (heard.forecasts[decided] >= 0.0).all()


@pytest.mark.statistical
def test_the_first_forecast_is_the_frequency_of_a_free_run() -> None:
    """The first renewal comes first on record; given that nobody had left, both agree.

    False alarms: five standard errors of a share, below one in 10^5.
    """
    one = stretch(0)
    particles = 1000
    values = one.setup.draw_quantities(3, np.arange(particles))
    heard = filter_of(one, particles).hear(3, values)
    month = one.setup.scenario.month_of("1999-04")
    outcomes = run_ensemble(one.setup, trials=4000, seed=4, sample=0).outcomes
    earlier = [outcomes[name] for name in ("first_freeze", "first_notice")]
    alone = np.all([(each < 0) | (each >= month) for each in earlier], axis=(0, 2))
    first = next(n for n, each in enumerate(one.targets) if each is not None)
    target = one.targets[first]
    assert target is not None
    member = one.setup.scenario.members.index(target.member)
    share = float((outcomes["exit"][alone, member] == month).mean())
    error = math.sqrt(0.25 / alone.sum() * 2.0 + 0.25 / particles)
    assert heard.forecasts[first, 0] == pytest.approx(share, abs=5.0 * error)


def test_what_cannot_be_costs_the_floor_and_no_more() -> None:
    """Troops between two members lie outside the mandate, whatever the parameters."""
    one = stretch(3)
    place = next(n for n, each in enumerate(one.targets) if each is not None and each.id == "TA-R8")
    rows = one.rows.copy()
    rows["counted"] = 0
    rows["counted"][place], rows["allowed"][place] = 1, 1 << 5
    held = RecordFilter(one.setup, rows, particles=3, slip=0.1, counted_from=10_000)
    heard = held.hear(2, one.setup.draw_quantities(2, np.arange(3)))
    assert heard.forecasts[place, 3:].sum() == 0.0
    assert heard.log_likelihood == pytest.approx(math.log(0.1 / 6.0), abs=1e-12)


def test_a_target_that_does_not_count_is_imposed_without_teaching() -> None:
    one = stretch(2, counts=lambda target: target.kind != "votes")
    votes = [n for n, each in enumerate(one.targets) if each is not None and each.kind == "votes"]
    assert (one.rows["counted"][votes] == 0).all()
    values = one.setup.draw_quantities(1, np.arange(8))
    with_votes = filter_of(stretch(2), 8).hear(1, values)
    without = filter_of(one, 8).hear(1, values)
    assert without.log_likelihood > with_votes.log_likelihood + 5.0
    assert without.reached == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_bits_and_another_one_other_luck() -> None:
    one = stretch(2)
    values = one.setup.draw_quantities(1, np.arange(16))
    first, again = filter_of(one, 16).hear(7, values), filter_of(one, 16).hear(7, values)
    assert first.log_likelihood == again.log_likelihood
    assert np.array_equal(first.forecasts, again.forecasts)
    assert filter_of(one, 16).hear(8, values).log_likelihood != first.log_likelihood


def test_particles_agree_with_each_other_on_average() -> None:
    """The estimate is unbiased: the mean of many small ones is that of a large one."""
    one = stretch(0)
    large = filter_of(one, 2000).hear(1, one.setup.draw_quantities(1, np.arange(2000)))
    small = filter_of(one, 40)
    draw = one.setup.draw_quantities
    logs = np.array([small.hear(n, draw(n, np.arange(40))).log_likelihood for n in range(60)])
    mean = np.log(np.mean(np.exp(logs - logs.max()))) + logs.max()
    assert mean == pytest.approx(large.log_likelihood, abs=0.45)


def test_ordinary_runs_do_not_pass_through_the_record() -> None:
    assert choose_as_recorded.__module__ != Tape.choose.__module__
    assert "recorded" not in (TAPE_TYPE.fields or {})

"""The start of a run: at rest, and at what was recorded."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.chance import sigmoid
from foedus.dictionary.parameters import Parameters, Registered
from foedus.dictionary.vocabulary import ACTIVE, FROZEN, HOST_DRILL, OUT, SEND_TROOPS
from foedus.rules import start
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel
from worlds import Run, bundled, entry, parameters, small_world

if TYPE_CHECKING:
    import numpy as np


def begun() -> AllianceModel:
    """The baseline at its start, with every number at its mode."""
    return AllianceModel(typical=True, rng=1)


def test_whatever_follows_from_parameters_is_worked_out_at_the_start() -> None:
    following = set(get_type_hints(Parameters)) - set(get_type_hints(Registered))
    p = parameters()
    vars(p).update(dict.fromkeys(following, math.nan))
    start.begin_rates(p)
    assert following
    assert not [name for name in following if math.isnan(getattr(p, name))]


def test_an_active_member_starts_at_its_recorded_participation() -> None:
    model = begun()
    for member in model.members:
        recorded = model.setup.scenario.value("participation", member.code).mode
        if member.status == ACTIVE:
            assert member.participation == pytest.approx(recorded, abs=1e-9)
            duties = [share for share in member.compliance if share > 0.0]
            assert len(duties) == member.duties
        else:
            assert member.participation == 0.0, "who is frozen or out takes part in nothing"
            assert member.compliance == [0.0] * len(member.compliance)
        assert 0.0 < member.engagement < 1.0


@given(st.floats(0.05, 0.9))
def test_the_engagement_behind_a_participation_gives_that_participation(recorded: float) -> None:
    model: Any = begun()
    member = model.members[2]
    found = start.engagement_behind(member, model, model.parameters, recorded)
    share = start.share_complied(member, model, model.parameters, found)
    assert share == pytest.approx(recorded, abs=1e-6)


def test_a_frozen_member_s_engagement_comes_from_its_record() -> None:
    model: Any = begun()
    armenia = model.members[0]
    share = start.share_complied(armenia, model, model.parameters, armenia.engagement)
    recorded = model.setup.scenario.value("participation", armenia.code).mode
    assert share == pytest.approx(recorded, abs=1e-6)


def test_reliance_starts_at_the_mean_of_three_signs_of_it_and_rests_there() -> None:
    model = begun()
    for member in model.members:
        signs = member.arms_dependence + member.engagement + member.patron_alignment
        assert member.reliance == pytest.approx(min(0.99, max(0.01, signs / 3.0)))
        assert member.reliance_start == member.reliance
        assert sigmoid(member.leaning) == pytest.approx(member.reliance)
        assert member.utility == member.utility_start
        assert member.ritual_utility == member.ritual_utility_start != 0.0


def test_the_start_is_the_state_against_which_later_ones_are_held() -> None:
    model: Any = begun()
    assert 0.0 < model.cohesion_start == model.cohesion < 1.0
    for member in model.members:
        assert member.agreement_start == member.agreement
        assert member.cover_start == member.cover
    for threat in model.threats:
        inside = [me.perceived[threat.id] for me in model.members if me.status != OUT]
        assert threat.felt_start == pytest.approx(sum(inside) / len(inside))
        assert threat.stake == pytest.approx(threat.patron_stake)


# --- Ties at rest ---------------------------------------------------------------------------------


def friends(tie: float, participation: float, host: int) -> tuple[Any, Any]:
    """Members that do one drill a year together, or none if its host refuses."""
    w, p = small_world(), parameters()
    for me in w.members:
        me.tie, me.participation = [tie] * 3, participation
    decision = entry(w, HOST_DRILL, host=host) if host >= 0 else None
    hosting = decision.id if decision else -1
    entry(w, SEND_TROOPS, host=host, hosting=hosting)
    for me in w.members:
        me.compliance = [participation] * w.n_calendar
    return w, p


@given(st.floats(0.3, 0.95), st.floats(0.0, 1.0), st.sampled_from([-1, 0]))
def test_a_year_of_drills_leaves_a_tie_where_it_was(
    tie: float, participation: float, host: int
) -> None:
    """On average: what drills add in a year, healing takes away in its twelve months."""
    w, p = friends(tie, participation, host)
    for me in w.members:
        start.rest_ties(me, w, p)
    for me, other in ((w.members[0], 1), (w.members[1], 2), (w.members[2], 0)):
        held = participation if host >= 0 else 1.0
        both = participation * (1.0 if host in (me.id, other) else participation)
        level = me.tie[other]
        for _ in range(12):
            level += p.exercise_bond * held * both * (1.0 - level) / 12.0
            level += p.tie_closed * (me.tie_base[other] - level)
        assert level == pytest.approx(tie, abs=1e-3)
        gain = p.exercise_bond * held * both * (1.0 - tie)
        assert me.tie_base[other] == pytest.approx(tie - gain / p.tie_healing)


@pytest.mark.parametrize("why", ["frozen host", "frozen member", "no drill", "no bond"])
def test_where_no_drill_is_done_together_a_tie_heals_to_where_it_was(why: str) -> None:
    w, p = friends(0.5, 0.8, 0)
    if why == "frozen host":
        w.members[0].status = FROZEN
    elif why == "frozen member":
        w.members[1].status = FROZEN
    elif why == "no drill":
        w.calendar[1].act = HOST_DRILL
    else:
        p.exercise_bond = 0.0
    start.rest_ties(w.members[1], w, p)
    assert w.members[1].tie_base[2] == 0.5


def test_over_many_trials_ties_stay_where_they_were_in_a_quiet_year() -> None:
    """A year of drills and luck, without a clash: no tie moves by more than .01 on average."""
    moved: list[float] = []
    for seed in range(6):
        run = Run(bundled("baseline"), seed=seed)
        for me in run.w.members:
            me.rate = [0.0] * len(me.rate)
        w = run.begin()
        before = [list(me.tie) for me in w.members]
        w = run.advance(12)
        for me, ties in zip(w.members, before, strict=True):
            gaps = [now - then for now, then in zip(me.tie, ties, strict=True)]
            moved.append(sum(gaps) / len(gaps))
    assert abs(sum(moved) / len(moved)) < 0.01
    assert any(moved)


@pytest.mark.statistical
def test_nothing_moves_at_first_where_nothing_happens() -> None:
    """In the first year no member's mean participation moves by more than a twentieth.

    At 400 trials the standard error of a mean is below 0.01.
    """
    setup = replace(bundled("baseline"), uncertain=())
    found = run_ensemble(setup, trials=400, seed=5, sample=400)
    names = [(series.name, series.member) for series in found.series]
    for place, (name, member) in enumerate(names):
        if name == "participation" and member is not None:
            paths: np.ndarray = found.sample[:, :13, place]
            assert abs(paths[:, 12].mean() - paths[:, 0].mean()) < 0.05, member

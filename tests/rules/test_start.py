"""The start of a run: at rest, and at what was recorded."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.parameters import Parameters, Registered
from foedus.dictionary.vocabulary import ACTIVE
from foedus.rules import start
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel
from worlds import bundled, parameters

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

"""The Mesa model as Mesa's own tools use it."""

import ast
import copy
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

import foedus
from conftest import HANSE, setup_of
from foedus.data import scenarios_folder
from foedus.dictionary.recording import BLOC_SERIES
from foedus.errors import FoedusError
from foedus.files.yaml_reader import read
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import (
    MEMBER_REPORTERS,
    MODEL_REPORTERS,
    AllianceModel,
    AllianceScenario,
    MemberAgent,
    PartnerAgent,
    PatronAgent,
    ThreatAgent,
)


def play(model: AllianceModel, months: int = 12) -> list[list[float]]:
    rows = [model.series()]
    for _ in range(months):
        model.step()
        rows.append(model.series())
    return rows


def test_direct_construction_gives_the_trial_of_the_ensemble() -> None:
    model = AllianceModel(AllianceScenario(scenario_file="taliban-spillover", rng=5, trial=3))
    ensemble = run_ensemble(setup_of("taliban-spillover"), trials=4, seed=5, sample=4)
    np.testing.assert_array_equal(play(model), ensemble.sample[3][:13])


def test_settings_by_name_are_the_same_as_a_scenario_object() -> None:
    by_name = AllianceModel(scenario_file="baseline", rng=9, trial=2)
    by_object = AllianceModel(AllianceScenario(scenario_file="baseline", rng=9, trial=2))
    assert play(by_name) == play(by_object)


def rebuilt_as_by_a_reset(model: AllianceModel, settings: dict[str, Any]) -> AllianceModel:
    """What the Reset button of Mesa 3.5 does: a new scenario of the settings, a new model of it."""
    defaults = {**model.scenario._scenario_defaults, "rng": None}
    scenario = {key: value for key, value in settings.items() if key in defaults}
    rest = {key: value for key, value in settings.items() if key not in defaults}
    return type(model)(scenario=type(model.scenario)(**scenario), **rest)


def test_a_reset_keeps_seed_and_settings() -> None:
    settings: dict[str, Any] = {
        "scenario_file": "prolonged-ukraine-war",
        "rng": 42,
        "trial": 1,
    }
    model = AllianceModel(**settings)
    first = play(model)
    assert play(rebuilt_as_by_a_reset(model, settings)) == first
    assert play(rebuilt_as_by_a_reset(model, {**settings, "rng": "42"})) == first
    assert play(rebuilt_as_by_a_reset(model, {**settings, "rng": 43})) != first


def test_a_seed_given_beside_a_scenario_wins() -> None:
    scenario = AllianceScenario(scenario_file="baseline", rng=1)
    assert play(AllianceModel(scenario, rng=6)) == play(AllianceModel(rng=6))


def test_batch_run_gives_the_trials_of_each_seed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        rows = mesa.batch_run(
            AllianceModel,
            {"scenario_file": "baseline", "trial": [0, 1]},
            rng=[3, 4],
            max_steps=6,
            display_progress=False,
        )
    ends = {(row["rng"], row["trial"]): row["cohesion"] for row in rows}
    for seed in (3, 4):
        ensemble = run_ensemble(setup_of("baseline"), trials=2, seed=seed, sample=2)
        for trial in (0, 1):
            assert ends[seed, trial] == ensemble.sample[trial, 6, 0]


def test_columns_of_model_and_members_are_told_apart() -> None:
    assert not set(MODEL_REPORTERS) & set(MEMBER_REPORTERS)
    rows = mesa.batch_run(
        AllianceModel,
        {"scenario_file": "baseline"},
        rng=[3],
        max_steps=2,
        data_collection_period=1,
        display_progress=False,
    )
    ensemble = run_ensemble(setup_of("baseline"), trials=1, seed=3, sample=1)
    names = [one.name if one.member is None else "" for one in ensemble.series]
    expected = ensemble.sample[0, :3, names.index("participation")]
    by_month = {row["Step"]: row["overall_participation"] for row in rows}
    assert [by_month[month] for month in sorted(by_month)] == expected.tolist()
    assert len({row["participation"] for row in rows}) > 3


def test_the_model_stops_at_its_horizon_and_stays_there() -> None:
    model = AllianceModel(scenario_file=str(HANSE))
    while model.running:
        model.step()
    assert model.month == model.setup.scenario.horizon
    assert model.date == model.setup.scenario.dates[-1]
    before = model.series()
    model.step()
    assert model.series() == before


def test_agents_are_members_patron_partners_and_threats() -> None:
    model = AllianceModel()
    counts = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
    assert counts == {MemberAgent: 6, PatronAgent: 1, PartnerAgent: 5, ThreatAgent: 7}
    assert [member.code for member in model.members] == list(model.setup.scenario.members)


def test_the_datacollector_holds_every_month_and_member() -> None:
    model = AllianceModel(rng=2)
    rows = play(model, 5)
    table = model.datacollector.get_model_vars_dataframe()
    assert table["cohesion"].tolist() == [row[0] for row in rows]
    capacity = BLOC_SERIES.index("capacity")
    assert table["capacity"].tolist() == [row[capacity] for row in rows]
    assert table["month"].tolist() == [0, 1, 2, 3, 4, 5]
    members = model.datacollector.get_agenttype_vars_dataframe(MemberAgent)
    assert len(members) == 6 * 6
    assert members["engagement"].between(0, 1).all()


def test_a_typical_trial_starts_at_the_modes() -> None:
    one, two = (AllianceModel(typical=True, rng=seed) for seed in (1, 2))
    assert one.series() == two.series()
    assert AllianceModel(rng=1).series() != AllianceModel(rng=2).series()


def test_a_model_can_be_copied_in_mid_run_and_goes_on_the_same() -> None:
    model = AllianceModel(rng=3)
    play(model, 4)
    other = copy.deepcopy(model)
    assert play(model, 6) == play(other, 6)


@pytest.mark.parametrize("months", [0, 10, 60])
def test_a_model_can_be_pickled_in_any_month_and_goes_on_the_same(months: int) -> None:
    model = AllianceModel(rng=3)
    play(model, months)
    other = pickle.loads(pickle.dumps(model))
    assert (other.seed, other.month, other.running) == (3, months, months < 60)
    assert play(model, 6) == play(other, 6)
    ours, theirs = (each.datacollector.get_model_vars_dataframe() for each in (model, other))
    pd.testing.assert_frame_equal(ours, theirs)


def test_without_a_seed_every_model_has_one_of_its_own_and_tells_it() -> None:
    one, two = AllianceModel(rng=None), AllianceModel()
    assert one.seed != two.seed
    assert 0 <= one.seed < 2**53
    assert play(one, 3) == play(AllianceModel(rng=one.seed), 3)


@pytest.mark.parametrize("how", [{"rng": [None] * 3}, {"iterations": 3}])
def test_replicates_of_a_batch_differ_and_say_which_seed_they_had(how: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = mesa.batch_run(AllianceModel, {}, max_steps=2, display_progress=False, **how)
    ends = {row["seed"]: row["cohesion"] for row in rows}
    assert len(ends) == len(set(ends.values())) == 3
    for seed, cohesion in ends.items():
        assert play(AllianceModel(rng=seed), 2)[-1][0] == cohesion


@pytest.mark.parametrize("rng", [np.int64(7), "7", np.random.SeedSequence(7), np.random.PCG64(7)])
def test_whatever_numpy_takes_for_a_seed_is_one(rng: Any) -> None:
    model = AllianceModel(rng=rng)
    assert play(model, 2) == play(AllianceModel(rng=model.seed), 2)


def test_a_scenario_a_name_and_a_path_are_the_same_model(tmp_path: Path) -> None:
    base = foedus.Scenario.load("prolonged-ukraine-war")
    path = base.save(tmp_path / "again.yaml")
    models = [AllianceModel(each, rng=2, trial=1) for each in (base, base.name, path)]
    models.append(AllianceModel(scenario_file=base, rng=2, trial=1))
    models.append(AllianceModel(scenario=base.name, rng=2, trial=1))
    expected = play(models[0], 12)
    assert all(play(model, 12) == expected for model in models[1:])
    changed = base.but(drivers={"war": {"2026-11": 0.0}})
    assert play(AllianceModel(changed, rng=2, trial=1), 12) != expected


class Stubborn(MemberAgent):
    """Never learns from the answer to its own request."""

    def learn(self) -> None:
        self.model.ignored += 1


class StubbornModel(AllianceModel):
    member_class = Stubborn
    ignored = 0


def test_a_subclass_brings_agents_of_its_own() -> None:
    mine, shipped = (
        StubbornModel("taliban-spillover", rng=4),
        AllianceModel("taliban-spillover", rng=4),
    )
    assert {type(member) for member in mine.members} == {Stubborn}
    assert len(mine.agents_by_type[Stubborn]) == len(shipped.members)
    assert play(mine, 36) != play(shipped, 36)
    assert mine.ignored > 0
    frame = mine.datacollector.get_agenttype_vars_dataframe(Stubborn)
    assert set(frame["code"]) == {member.code for member in mine.members}


def test_mesa_runs_the_model_by_its_own_means() -> None:
    mine, other = AllianceModel(rng=5), AllianceModel(rng=5)
    mine.run_for(12)
    assert mine.month == 12
    assert [*mine.series()] == play(other, 12)[-1]
    mine.run_model()
    assert mine.date == mine.setup.scenario.dates[-1]
    assert not mine.running


def test_the_history_is_told_in_words() -> None:
    model = AllianceModel(scenario_file="taliban-spillover", rng=1)
    play(model, 36)
    history = model.history()
    assert len(history) == len(model.log)
    assert any("Tajikistan is struck (" in line for line in history)
    assert all(re.fullmatch(r"\d{4}-\d\d [A-Z].*\.", line) for line in history)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"scenaro_file": "baseline"}, "scenaro_file"),
        ({"rng": "seven"}, "«seven», expected a whole number"),
        ({"rng": -3}, "seed"),
        ({"rng": 1.5}, "«1.5», expected a whole number"),
        ({"trial": -1}, "0 or more"),
        ({"scenario_file": "basline"}, "baseline"),
    ],
)
def test_bad_settings_are_refused_in_one_line(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(FoedusError, match=words) as caught:
        AllianceModel(**settings)
    assert "\n" not in str(caught.value)


def test_no_alliance_is_named_in_the_package() -> None:
    """A second alliance is a data file away: the package's code knows no country."""
    package = Path(foedus.__file__).parent
    content = read(scenarios_folder() / "alliances" / "csto.yaml").mapping()
    parties = [content["patron"], *content["members"].items(), *content["partners"].items()]
    titles = [party.text("title") or "" for party in parties]
    adjectives = ["Russia", "Kyrgyz", "Tajik", "Kazakh", "Uzbek", "Armenia", "Taliban", "Ukrain"]
    pattern = re.compile(rf"\b({'|'.join([*titles, *adjectives])})")
    for path in package.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not pattern.search(strip_docstrings(code)), path


def strip_docstrings(code: str) -> str:
    """Source without docstrings and comments, where sources may name what they are about."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                part
                for part in body
                if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            ] or [ast.Pass()]
    return ast.unparse(tree)

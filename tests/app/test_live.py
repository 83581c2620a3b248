"""What a visitor plays: the same trial as an ensemble's, and never a dead page."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from mesa.visualization.solara_viz import _build_model_init_kwargs

from command import LONG_ENOUGH
from conftest import HANSE, scenario_file, setup_of
from foedus.app import levers, live, offered, states
from foedus.app.ensembles import Helper, fans_of, play, play_pair
from foedus.app.live import LiveModel, Settings, check_seed
from foedus.app.log import TrialLog
from foedus.app.session import FOREVER, Session
from foedus.app.tabs import tables
from foedus.dictionary.events import DETAILS
from foedus.dictionary.vocabulary import EventKind, Forced
from foedus.errors import FoedusError
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel
from foedus.telling.words import titles_of

PROLONGED = Settings("prolonged-ukraine-war", seed=7, trial=3)


def played(settings: Settings, months: int = FOREVER) -> LiveModel:
    model = LiveModel(lambda: settings, months)
    assert model.error is None
    return model


@pytest.fixture
def session() -> Session:
    return Session.begin("baseline")


# --- The trial -----------------------------------------------------------------------------------


def test_a_live_trial_is_the_trial_of_the_same_seed_and_number() -> None:
    plain = AllianceModel.from_setup(setup_of("prolonged-ukraine-war"), seed=7, trial=3)
    while plain.running:
        plain.step()
    model = played(PROLONGED)
    assert model.log == plain.log
    assert model.paths_so_far[-1] == plain.series()
    assert len(model.path("cohesion")) == plain.setup.scenario.horizon + 1
    assert model.path("trust_bloc", "KAZ")[-1] == plain.members[2].trust_bloc


def test_reset_as_mesa_does_it_keeps_seed_and_settings(session: Session) -> None:
    session.change(PROLONGED, "before")
    model = session.model.peek()
    model.step()
    kwargs = _build_model_init_kwargs(
        model,
        {"settings": session.settings.peek},
        add_scenario_when_empty=True,
        require_model_accepts_scenario=True,
    )
    again = type(model)(**kwargs)
    assert again.settings == PROLONGED
    assert again.month == 0
    assert again.paths_so_far[0] == model.paths_so_far[0]


@pytest.mark.parametrize(("from_reset", "month"), [(True, 0), (False, 1)])
def test_a_play_that_was_going_on_does_not_move_a_trial_that_was_reset(
    from_reset: bool, month: int
) -> None:
    models: list[LiveModel] = []
    reset = threading.Event()

    def play_on() -> None:
        reset.wait()
        models[0].step()

    def in_thread(work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    late = in_thread(play_on)
    models.append(LiveModel(lambda: Settings("baseline"), from_reset=from_reset))
    reset.set()
    late.join()
    assert models[0].month == month
    in_thread(models[0].step).join()
    assert models[0].month == month + 1


def test_a_finished_trial_says_so_and_does_nothing_more() -> None:
    model = played(Settings("baseline"))
    assert not model.running
    before = model.series()
    model.step()
    assert model.series() == before


def test_a_moved_lever_replays_to_the_month_that_was_reached(session: Session) -> None:
    for _ in range(14):
        session.model.peek().step()
    first = session.model.peek()
    moved = session.settings.peek().with_lever("drivers.war", 0.5, 1.0)
    session.change(moved, "before")
    second = session.model.peek()
    assert second.month == first.month == 14
    assert second.capacity > first.capacity
    assert session.ghost.peek().rows == tuple(tuple(row) for row in first.paths_so_far)


def test_a_lever_at_its_default_is_no_change() -> None:
    settings = Settings("baseline").with_lever("drivers.war", 0.5, 1.0)
    assert settings.levers == (("drivers.war", 0.5),)
    assert settings.with_lever("drivers.war", 1.0, 1.0) == Settings("baseline")


def test_two_sessions_share_nothing() -> None:
    one, other = Session.begin("baseline"), Session.begin("baseline")
    one.model.peek().step()
    one.change(PROLONGED, "before")
    assert other.model.peek().month == 0
    assert other.settings.peek() == Settings("baseline")


# --- What goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings("no-such-scenario"), "unknown bundled scenario"),
        (Settings("baseline", seed=-1), "seed: found -1"),
        (Settings("baseline", trial=-1), "trial: found -1"),
        (Settings("baseline", levers=(("drivers.war", "much"),)), "much"),
        (Settings("baseline", levers=(("drivers.moon", 1.0),)), "moon"),
    ],
)
def test_what_cannot_be_played_is_said_and_not_raised(settings: Settings, said: str) -> None:
    model = LiveModel(lambda: settings)
    assert said in str(model.error)
    assert not model.running
    assert not model.built
    model.step()


def test_a_file_that_breaks_after_the_start_is_said_and_not_raised() -> None:
    path = scenario_file("horizon: 12\n")
    assert played(Settings(str(path))).month == 12
    live._setup.cache_clear()
    path.write_text("name: [", encoding="utf-8")
    assert str(path) in str(LiveModel(lambda: Settings(str(path))).error)


def test_a_fault_of_the_model_is_said_and_the_trial_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    model = played(Settings("baseline"), months=3)

    def fail(_: object) -> None:
        raise ZeroDivisionError("a rule")

    monkeypatch.setattr(AllianceModel, "step", fail)
    model.step()
    assert model.error == f"{live.UNEXPECTED} (ZeroDivisionError: a rule)"
    assert not model.running
    assert len(model.path("cohesion")) == 4


@pytest.mark.parametrize("typed", ["", "1.5", "many", "-1", "9" * 30])
def test_a_bad_seed_is_refused_with_what_was_found(typed: str) -> None:
    with pytest.raises(FoedusError, match="seed: found"):
        check_seed(typed)


# --- Many trials ---------------------------------------------------------------------------------


def test_the_fan_is_that_of_the_ensemble_and_of_levers() -> None:
    fans = play(PROLONGED, 20)
    ensemble = run_ensemble(setup_of("prolonged-ukraine-war"), trials=20, seed=7)
    assert (fans.bands == fans_of(ensemble).bands).all()
    weaker = play(PROLONGED.with_lever("drivers.war", 0.0, 1.0), 20)
    assert weaker.of("capacity")[-1][2] > fans.of("capacity")[-1][2]


def test_a_pair_differs_by_its_scenario_alone() -> None:
    same = play_pair(PROLONGED, PROLONGED, 20)
    assert same.difference is not None
    assert not same.difference.any()
    assert {row.verdict for row in same.rows} == {"the same"}
    other = play_pair(replace(PROLONGED, scenario="baseline"), PROLONGED, 20)
    assert other.difference is not None
    capacity = other.difference[-1, other.first.series.index(("capacity", None))]
    assert (capacity < 0).all()
    hostile = [
        replace(row, measure=replace(row.measure, subject_title="Kazakh<stan>"))
        for row in other.rows
    ]
    assert "Kazakh&lt;stan&gt;" in tables.differences(hostile)


@pytest.mark.slow  # another alliance has compiled code of its own
def test_scenarios_of_other_months_are_not_paired() -> None:
    pair = play_pair(Settings("baseline"), Settings(str(HANSE)), 4)
    assert pair.difference is None
    assert pair.rows == ()


def fail_once(count: list[int]) -> None:
    raise FoedusError("refused")


@pytest.mark.slow
def test_the_helper_remembers_answers_and_forgets_failures() -> None:
    helper = Helper()
    try:
        first = helper.ask(play, Settings("baseline"), 4)
        assert helper.ask(play, Settings("baseline"), 4) is first
        assert first.result(timeout=LONG_ENOUGH).trials == 4
        bad = helper.ask(play, Settings("no-such-scenario"), 4)
        with pytest.raises(FoedusError, match="unknown bundled scenario"):
            bad.result(timeout=LONG_ENOUGH)
        assert helper.ask(play, Settings("no-such-scenario"), 4) is not bad
    finally:
        helper.close()


# --- Words ---------------------------------------------------------------------------------------


def test_every_kind_of_event_can_be_told_with_its_names() -> None:
    path = scenario_file(
        "triggers:\n"
        "  - {name: calm, when: cohesion > 0.1, on: war, size: -0.1}\n"
        "  - {name: sudden-storm, when: cohesion > 0.1, on: war, size: 0.1}\n"
    )
    log = TrialLog(live.setup_of(str(path)).scenario)
    names = {
        EventKind.TRIGGER: "sudden storm",
        EventKind.TRIGGER_ENDED: "sudden storm",
        EventKind.CHANGE: "The scenario sets «months of notice» to 1",
    }
    blank = {"month": 1, "other": 1, "threat": 1, "value": 1.0, "chance": 0.5}
    details = {detail.name: 1 for detail in DETAILS}
    for kind in EventKind:
        actor = -1 if kind in names else 0
        # Of a decision of its own a member names no partner; one of a partner has no other actor.
        own = {"partner": -1} if kind is EventKind.DECISION else {}
        (line,) = log.lines([blank | details | own | {"kind": int(kind), "actor": actor}])
        assert names.get(kind, "Armenia") in line.words, kind
        assert re.fullmatch(r"[A-Z«].*[^.]\.", line.words), kind
        assert line.date == "Dec 2026"


@pytest.mark.parametrize("forced", Forced)
def test_a_decision_of_the_scenario_is_told_as_one(forced: Forced) -> None:
    log = TrialLog(live.setup_of("baseline").scenario)
    event = {"month": 1, "kind": EventKind.DECISION, "threat": -1, "value": 1.0, "chance": 1.0}
    event |= {detail.name: -1 for detail in DETAILS} | {"forced": int(forced)}
    patron, partners = len(log.narrator.actors) - 1, {Forced.PACT, Forced.ARMS}
    if forced in partners:
        who, event = "Turkey", event | {"actor": -1, "other": 2, "partner": 1}
    elif forced in {Forced.TERMS, Forced.PRESSURE}:
        who, event = "Russia", event | {"actor": patron, "other": 2}
    else:
        who, event = "Kazakhstan", event | {"actor": 2, "other": -1}
    (line,) = log.lines([event])
    assert line.words.startswith(f"{who} "), line.words
    assert line.words.endswith(", as the scenario has it.")
    assert "Kazakhstan" in line.words


def test_acts_of_a_month_make_one_line() -> None:
    event = {"month": 2, "kind": 9, "other": -1, "threat": -1, "value": 0.0, "chance": 0.5}
    model = played(Settings("baseline"), months=1)
    did = [event | {"actor": actor, "act": 5, "complied": int(actor > 0)} for actor in range(3)]
    (line,) = TrialLog(model.setup.scenario).lines(did)
    assert line.words == "Paying dues: Belarus and Kazakhstan complied; Armenia did not."
    assert line.routine


def test_tables_show_this_month_and_escape_names() -> None:
    model = played(PROLONGED, months=5)
    shown, names = tables.members(model), titles_of(model.setup.scenario)
    for member in model.members:
        (row,) = re.findall(rf'row">{names[member.code]}<.*?</tr>', shown)
        out = states.status_of(member) == "out"
        assert ('class="level">-<' in row) == out
        assert out or f"{member.participation:.2f}" in row
    assert f"{model.cohesion:.2f}" in tables.headline(model)
    assert "Trust: bloc" in shown
    assert "<b>" not in tables.alarm("<b>") + tables.notice("<b>", "x") + tables.sentence("<b>")


# --- What can be moved, and what is offered ------------------------------------------------------


def test_every_lever_has_a_title_of_its_own_a_range_and_sources() -> None:
    for name in ("baseline", "prolonged-ukraine-war", "taliban-spillover"):
        scenario = setup_of(name).scenario
        sliders = [*levers.own(scenario), *levers.outside(scenario)]
        assert len({each.title for each in sliders}) == len(sliders) >= 5
        titles = {levers.driver_title(each, scenario) for each in scenario.drivers}
        assert len(titles) == len(scenario.drivers)
        for each in sliders:
            assert "Sources: " in each.tip
            if not each.choices:
                assert each.low <= each.default <= each.high
                places = (each.default - each.low) / each.step
                assert places == pytest.approx(round(places)), f"{each.title} would move by itself"


def test_a_scenarios_own_levers_come_with_unit_and_sources() -> None:
    path = scenario_file(
        "levers:\n"
        "  - name: war-length\n"
        "    text: How much of the war there is\n"
        "    on: drivers.war\n"
        "    range: [0.5, 1.5]\n"
        "    unit: times the path\n"
        "    sources: [C140]\n"
        "  - name: council\n"
        "    text: How the council decides\n"
        "    on: charter.decision_rule\n"
    )
    scenario = live.setup_of(str(path)).scenario
    own = {each.key: each for each in levers.own(scenario)}
    war, council = own["war-length"], own["council"]
    assert (war.title, war.low, war.high, war.default) == ("War length", 0.5, 1.5, 1.0)
    assert war.tip.endswith("Unit: times the path. Sources: C140.")
    assert council.choices
    assert council.default in council.choices
    assert "drivers.war" not in {each.key for each in levers.outside(scenario)}
    model = played(Settings(str(path)).with_lever("war-length", 0.5, 1.0), months=1)
    assert states.drivers_of(model)["war"] == 0.5


def test_files_are_offered_first_and_bundled_scenarios_always() -> None:
    before = list(offered.OFFERED)
    try:
        path = str(scenario_file("horizon: 12\n"))
        offered.offer((path,))
        names = [one.name for one in offered.OFFERED]
        assert names[0] == path
        assert "baseline" in names
        assert len({one.title for one in offered.OFFERED}) == len(names)
        twins = [str(scenario_file("horizon: 12\n", name=name)) for name in ("one", "one", "two")]
        offered.offer(tuple(twins))
        titles = [one.title for one in offered.OFFERED[:3]]
        folders = [Path(name).parent.name for name in twins]
        assert titles == [
            f"A variant (one, {folders[0]})",
            f"A variant (one, {folders[1]})",
            "A variant (two)",
        ]
        offered.offer()
        assert offered.OFFERED[0].name == "baseline"
        other = offered.counterpart("baseline")
        assert setup_of(other).scenario.dates == setup_of("baseline").scenario.dates
        with pytest.raises(FoedusError):
            offered.offer(("no-such-scenario",))
    finally:
        offered.OFFERED[:] = before

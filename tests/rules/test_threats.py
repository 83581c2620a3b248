"""Threats arise and are perceived: bounds, directions, known answers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.dictionary.chance import approach, clip, logit, occurs, sigmoid, unit_noise
from foedus.dictionary.vocabulary import (
    ACTIVE,
    DOMESTIC,
    DT,
    EXTERNAL,
    FROZEN,
    INTRA,
    MILITANTS,
    OUT,
    PRESSURE,
    EventKind,
    Purpose,
)
from foedus.rules.crises import threats
from worlds import NEVER_MIND, SURE, Luck, events_of, parameters, small_world

levels = st.floats(0.0, 1.0)
vectors = st.lists(levels, min_size=3, max_size=3)
SHARED = (EXTERNAL, MILITANTS, PRESSURE)


def overlap_of(ours: list[float], theirs: list[float]) -> float:
    across = sum(a * b for a, b in zip(ours, theirs, strict=True))
    return threats.overlap(across, sum(a * a for a in ours), sum(b * b for b in theirs))


def raided(rate: float = 1.0, **changed: float) -> tuple[Any, Any, Any]:
    """A world in which the first member alone is exposed to raids."""
    w, p = small_world(), parameters(**changed)
    me = w.members[0]
    me.level[0], me.rate[0] = 0.5, rate
    me.log_intensity[0] = threats.normal_log_intensity(w, p, 0)
    return w, p, me


# --- Chance and its inverses ----------------------------------------------------------------------


@given(st.floats(-700, 700))
def test_the_logistic_function_stays_in_bounds_and_is_odd_about_a_half(x: float) -> None:
    assert 0.0 <= sigmoid(x) <= 1.0
    assert sigmoid(-x) == pytest.approx(1.0 - sigmoid(x), abs=1e-12)


@given(st.floats(0.001, 0.999))
def test_logit_undoes_the_logistic_function(share: float) -> None:
    assert sigmoid(logit(share)) == pytest.approx(share, abs=1e-12)


@given(st.floats(0.001, 0.499))
def test_noise_is_symmetric_and_rises_with_luck(uniform: float) -> None:
    assert unit_noise(uniform) == pytest.approx(-unit_noise(1.0 - uniform), abs=1e-9)
    assert unit_noise(uniform) < 0.0 < unit_noise(1.0 - uniform)


def test_noise_has_mean_nought_and_variance_one() -> None:
    count = 200_000
    draws = [unit_noise((n + 0.5) / count) for n in range(count)]
    assert sum(draws) / count == pytest.approx(0.0, abs=1e-9)
    assert sum(x * x for x in draws) / count == pytest.approx(1.0, abs=1e-3)


@given(levels, levels, st.floats(0.01, 20.0))
def test_a_gap_closes_exponentially_and_is_never_overshot(
    now: float, target: float, rate: float
) -> None:
    later = approach(now, target, rate, DT)
    assert min(now, target) - 1e-12 <= later <= max(now, target) + 1e-12
    assert later - target == pytest.approx((now - target) * math.exp(-rate * DT), abs=1e-12)


def test_a_hazard_of_ln_2_a_year_strikes_half_the_time_in_a_year() -> None:
    assert occurs(0.4999, math.log(2.0), 1.0)
    assert not occurs(0.5001, math.log(2.0), 1.0)
    assert not occurs(SURE, 0.0, 1.0)


def test_clipping_keeps_what_is_inside() -> None:
    assert (clip(-1.0, 0.0, 1.0), clip(0.3, 0.0, 1.0), clip(7.0, 0.0, 1.0)) == (0.0, 0.3, 1.0)


# --- Incidents ------------------------------------------------------------------------------------


def test_nothing_strikes_a_member_that_is_not_exposed() -> None:
    w, p, me = raided()
    u = Luck(SURE)
    for member in w.members:
        threats.threaten(member, w, p, u)
    assert me.incidents == [1]
    assert w.members[1].incidents == w.members[2].incidents == [0]
    assert all(actor == me.luck for _, actor, _ in u.asked)


def test_a_threat_without_a_rate_never_strikes() -> None:
    w, p, me = raided(rate=0.0)
    threats.threaten(me, w, p, Luck(SURE))
    assert me.incident == [0.0]


@given(st.floats(0.01, 0.99))
def test_more_hazard_makes_an_incident_likelier(uniform: float) -> None:
    struck = []
    for rate in (0.1, 1.0, 5.0, 60.0):
        w, p, me = raided(rate)
        threats.threaten(me, w, p, Luck(given={Purpose.INCIDENT: uniform}))
        struck.append(me.incident[0] > 0.0)
    assert struck == sorted(struck)


def test_help_holds_an_incident_off_and_fades() -> None:
    chances = []
    for relief in (0.0, 0.5, 0.9):
        w, p, me = raided(rate=2.0, threat_volatility=0.01)
        me.relief[0] = relief
        threats.threaten(me, w, p, Luck(SURE, {Purpose.THREAT_INTENSITY: 0.5}))
        left = relief * math.exp(-0.6 * DT)
        assert me.relief[0] == pytest.approx(left)
        (event,) = events_of(w, EventKind.INCIDENT)
        chances.append(event.chance)
        assert event.chance == pytest.approx(1.0 - math.exp(-2.0 * (1.0 - left) * DT), rel=1e-3)
    assert chances == sorted(chances, reverse=True)


def test_the_chance_of_an_incident_is_that_of_its_hazard() -> None:
    w, p, me = raided(rate=2.0, threat_volatility=0.01)
    threats.threaten(me, w, p, Luck(given={Purpose.INCIDENT: SURE}))
    (event,) = events_of(w, EventKind.INCIDENT)
    assert event.chance == pytest.approx(1.0 - math.exp(-2.0 * DT), rel=1e-3)


@pytest.mark.parametrize("mean", [0.05, 0.3, 0.5, 0.9])
def test_severity_has_the_mean_of_its_threat(mean: float) -> None:
    count = 400
    total = 0.0
    w, p, me = raided(rate=1e6)
    w.threats[0].severity_mean = mean
    for n in range(count):
        w.n_events = 0
        threats.threaten(me, w, p, Luck(given={Purpose.SEVERITY: (n + 0.5) / count}))
        assert 0.0 <= me.incident[0] <= 1.0
        total += me.incident[0]
    assert total / count == pytest.approx(mean, abs=0.02)


def test_an_incident_is_remembered_and_makes_the_next_one_likelier() -> None:
    w, p, me = raided()
    threats.suffer(me, w, p, 0, 0.6, 1.0)
    assert (me.recent[0], me.excitation[0]) == (0.6, pytest.approx(0.6 * p.excitation))
    threats.suffer(me, w, p, 0, 0.6, 1.0)
    assert me.recent[0] == pytest.approx(0.84)
    me.rate[0] = 0.0
    threats.threaten(me, w, p, Luck(SURE))
    assert me.incident[0] > 0.0, "an aftershock needs no rate of its own"


def test_memory_and_excitation_fade() -> None:
    w, p, me = raided(rate=0.0)
    me.recent[0], me.excitation[0] = 0.5, 1.0
    threats.threaten(me, w, p, Luck(NEVER_MIND))
    assert me.recent[0] == pytest.approx(0.5 * math.exp(-p.incident_fading * DT))
    assert me.excitation[0] == pytest.approx(math.exp(-p.excitation_decay * DT))


def test_an_imposed_incident_happens_once_with_its_severity() -> None:
    w, p, me = raided(rate=0.0)
    me.forced[0] = 0.7
    threats.threaten(me, w, p, Luck(NEVER_MIND))
    assert (me.incident[0], me.incidents[0]) == (0.7, 1)
    threats.threaten(me, w, p, Luck(NEVER_MIND))
    assert (me.incident[0], me.incidents[0]) == (0.0, 1)


def test_intensity_returns_to_the_driver_and_its_mean_is_the_driver() -> None:
    w, p, me = raided(rate=0.0, threat_volatility=0.5)
    w.drivers[w.threats[0].level_driver].value = 4.0
    for _ in range(600):
        threats.threaten(me, w, p, Luck(0.5))
    settled = me.log_intensity[0]
    assert settled == pytest.approx(math.log(4.0) - 0.25 / (4.0 * p.threat_reversion), abs=1e-6)
    above = Luck(given={Purpose.THREAT_INTENSITY: 0.9, Purpose.INCIDENT: NEVER_MIND})
    threats.threaten(me, w, p, above)
    assert me.log_intensity[0] > settled


def test_a_clash_between_members_is_one_event_for_both() -> None:
    w, p = small_world(kinds=(INTRA,)), parameters()
    for member in w.members[:2]:
        member.level[0], member.rate[0] = 0.4, 100.0
    u = Luck(0.3)
    for member in w.members:
        threats.threaten(member, w, p, u)
    first, second, third = w.members
    assert first.incident[0] > 0.0
    for name in ("incident", "recent", "excitation", "log_intensity", "incidents"):
        assert getattr(second, name) == getattr(first, name)
    assert third.incident == [0.0]
    assert len(events_of(w, EventKind.INCIDENT)) == 1


# --- Perception -----------------------------------------------------------------------------------


def seen(level: float, recent: float = 0.0, driver: float = 1.0, looking: float = 1.0) -> float:
    """Perceived threat once it has settled."""
    w, p, me = raided(rate=0.0)
    w.drivers[w.threats[0].level_driver].value = driver
    me.level[0], me.salience[0] = level, looking
    me.log_intensity[0] = threats.normal_log_intensity(w, p, 0)
    me.recent[0] = recent
    return threats.threat_now(me, p, 0)


@given(levels, levels, st.floats(0.0, 20.0), levels)
def test_perceived_threat_stays_in_bounds(
    level: float, recent: float, driver: float, looking: float
) -> None:
    assert 0.0 <= seen(level, recent, driver, looking) <= 1.0


@given(levels)
def test_in_normal_times_a_threat_is_seen_at_its_level(level: float) -> None:
    assert seen(level) == pytest.approx(level, abs=1e-12)


def test_a_doubled_hazard_does_not_double_fear() -> None:
    odds = 0.3 / 0.7 * 2.0 ** parameters().intensity_elasticity
    assert seen(0.3, driver=2.0) == pytest.approx(odds / (1.0 + odds))
    assert seen(0.3) < seen(0.3, driver=2.0) < 0.6


@given(st.floats(0.0, 0.99), st.floats(1.0, 20.0))
def test_a_high_threat_can_still_rise_and_none_reaches_certainty(
    level: float, driver: float
) -> None:
    assert level - 1e-12 <= seen(level, driver=driver) < 1.0
    if level > 0.01:
        assert seen(level, driver=driver) < seen(level, driver=driver + 0.5)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.5))
def test_recent_incidents_a_stronger_threat_and_attention_all_raise_it(
    level: float, more: float
) -> None:
    assert seen(level, recent=more) > seen(level)
    assert seen(level, driver=1.0 + more) > seen(level)
    assert seen(level, looking=1.0 - more) < seen(level)


def test_accommodation_turns_attention_away_as_far_as_the_member_is_open_to_it() -> None:
    w, p = small_world(), parameters()
    w.drivers[w.threats[0].accommodation_driver].value = 0.8
    for me, openness in zip(w.members, (0.0, 0.5, 1.0), strict=True):
        me.openness[0], me.level[0] = openness, 0.5
        me.log_intensity[0] = threats.normal_log_intensity(w, p, 0)
        me.perceived[0] = 0.5
        for _ in range(400):
            threats.perceive(me, w, p)
    assert [me.salience[0] for me in w.members] == pytest.approx([1.0, 0.6, 0.2], abs=1e-6)
    assert [me.perceived[0] for me in w.members] == pytest.approx([0.5, 0.3, 0.1], abs=1e-6)


def test_threats_from_outside_and_from_within_are_kept_apart() -> None:
    w = small_world(kinds=(EXTERNAL, MILITANTS, PRESSURE, INTRA, DOMESTIC))
    me = w.members[0]
    me.perceived = [0.2, 0.5, 0.3, 0.9, 0.7]
    threats.weigh_threats(me, w)
    odds = 0.2 / 0.8 + 0.5 / 0.5 + 0.3 / 0.7
    assert me.external_threat == pytest.approx(odds / (1.0 + odds))
    assert me.domestic_threat == 0.7
    assert me.threats_squared == pytest.approx(0.2**2 + 0.5**2 + 0.3**2)


@given(vectors, st.floats(0.01, 0.5))
def test_threats_add_up_a_second_always_counts_and_no_sum_is_certainty(
    felt: list[float], more: float
) -> None:
    w = small_world(kinds=SHARED)
    me = w.members[0]
    me.perceived = [0.9 * each for each in felt]
    threats.weigh_threats(me, w)
    before = me.external_threat
    assert max(me.perceived) - 1e-12 <= before < 1.0
    for k in range(3):
        me.perceived = [0.9 * each + (0.2 * more if k == n else 0.0) for n, each in enumerate(felt)]
        threats.weigh_threats(me, w)
        assert before < me.external_threat < 1.0


# --- Deterrence and infiltration ------------------------------------------------------------------


def chance_of_incident(w: Any, p: Any, me: Any) -> float:
    """The hazard a year of an incident of the first threat, from the event of one that happened."""
    w.n_events = 0
    threats.threaten(me, w, p, Luck(1e-300, {Purpose.THREAT_INTENSITY: 0.5}))
    return -math.log(1.0 - events_of(w, EventKind.INCIDENT)[0].chance) / DT


@pytest.mark.parametrize("kind", [EXTERNAL, MILITANTS, PRESSURE])
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_state_attacks_the_likelier_the_less_help_its_target_would_get(
    kind: int, cover: float, start: float
) -> None:
    w, p = small_world(kinds=(kind,)), parameters()
    me = w.members[0]
    me.cover, me.cover_start = cover, start
    expected = math.exp(p.deterrence * (start - cover)) if kind == EXTERNAL else 1.0
    assert threats.opportunity(me, w, p, 0) == pytest.approx(expected)
    w.no_deterrence = 1
    assert threats.opportunity(me, w, p, 0) == 1.0


def test_deterrence_changes_the_base_rate_only() -> None:
    hazards = []
    for cover in (0.5, 0.1):
        w, p, me = raided(rate=0.4, threat_volatility=1e-6)
        w.threats[0].kind = EXTERNAL
        me.cover, me.cover_start, me.excitation[0] = cover, 0.5, 2.0
        hazards.append(chance_of_incident(w, p, me))
    added = 0.4 * (math.exp(0.4 * p.deterrence) - 1.0)
    assert hazards[1] - hazards[0] == pytest.approx(added, rel=1e-4)
    assert hazards[0] == pytest.approx(0.4 + 2.0 * p.excitation_kept, rel=1e-4)


@given(levels, levels, levels)
def test_raids_feed_unrest_where_the_ground_is_ready(
    raids: float, others: float, ready: float
) -> None:
    w, p = small_world(kinds=(MILITANTS, MILITANTS, EXTERNAL, DOMESTIC)), parameters()
    me = w.members[0]
    me.recent, me.level[3] = [raids, others, 1.0, 1.0], ready
    expected = 1.0 + p.infiltration * max(raids, others) * ready
    assert threats.opportunity(me, w, p, 3) == pytest.approx(expected)
    assert threats.opportunity(me, w, p, 0) == 1.0


def test_unrest_is_likelier_after_raids_by_its_base_rate() -> None:
    w, p = small_world(kinds=(DOMESTIC, MILITANTS)), parameters(threat_volatility=1e-6)
    me = w.members[0]
    me.level, me.rate, me.recent = [0.6, 0.0], [0.5, 0.0], [0.0, 0.8]
    expected = 0.5 * (1.0 + p.infiltration * 0.8 * 0.6)
    assert chance_of_incident(w, p, me) == pytest.approx(expected, rel=1e-4)


def test_where_incidents_are_those_on_record_none_happens_of_its_own() -> None:
    w, p, me = raided(rate=1e6)
    w.incidents_recorded = 1
    threats.threaten(me, w, p, Luck(SURE))
    assert me.incident == [0.0]
    me.forced[0] = 0.4
    threats.threaten(me, w, p, Luck(SURE))
    assert me.incident == [0.4]


# --- Fear of the patron ---------------------------------------------------------------------------


def feared(exposure: float, aggression: float = 0.0, war: float = 0.0, fear: float = 0.2) -> float:
    w, p = small_world(), parameters()
    me = w.members[0]
    me.fear = me.fear_base = fear
    me.fear_exposure, w.aggression, w.patron.war = exposure, aggression, war
    threats.fear_the_patron(me, w, p)
    return float(me.fear)


@given(levels, levels, levels, levels)
def test_fear_stays_in_bounds(exposure: float, aggression: float, war: float, fear: float) -> None:
    assert 0.0 <= feared(exposure, aggression, war, fear) <= 1.0


@given(st.floats(0.1, 1.0), st.floats(0.1, 1.0))
def test_aggression_and_war_frighten_the_exposed_only(exposure: float, size: float) -> None:
    assert feared(exposure, aggression=size) > feared(exposure)
    assert feared(exposure, war=size) > feared(exposure)
    assert feared(0.0, aggression=size, war=size) == pytest.approx(0.2)
    assert feared(exposure, aggression=size) > feared(0.5 * exposure, aggression=size)


def test_fear_jumps_by_its_parameter_and_decays_slowly() -> None:
    w, p = small_world(), parameters()
    me = w.members[0]
    me.fear_exposure, w.aggression = 1.0, 1.0
    threats.fear_the_patron(me, w, p)
    assert me.fear == pytest.approx(p.fear_jump * math.exp(-p.fear_decay * DT))
    w.aggression = 0.0
    for _ in range(12):
        threats.fear_the_patron(me, w, p)
    assert 0.5 * p.fear_jump < me.fear < p.fear_jump


# --- Similarity -----------------------------------------------------------------------------------


@given(vectors, vectors)
def test_overlap_is_symmetric_and_in_bounds(ours: list[float], theirs: list[float]) -> None:
    assert 0.0 <= overlap_of(ours, theirs) <= 1.0
    assert overlap_of(ours, theirs) == overlap_of(theirs, ours)


@given(st.lists(st.floats(0.1, 1.0), min_size=3, max_size=3), st.floats(0.1, 0.9))
def test_overlap_is_one_for_equals_and_falls_with_the_difference_in_length(
    ours: list[float], share: float
) -> None:
    assert overlap_of(ours, ours) == pytest.approx(1.0)
    assert overlap_of(ours, [share * x for x in ours]) == pytest.approx(share)
    assert overlap_of(ours, [0.0] * 3) == 0.0


def test_overlap_of_different_threats_is_nought() -> None:
    assert overlap_of([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]) == 0.0


@given(vectors, vectors)
def test_members_agree_on_how_alike_they_are(ours: list[float], theirs: list[float]) -> None:
    w, p = small_world(kinds=(*SHARED, INTRA, DOMESTIC)), parameters()
    w.members[0].perceived = [*ours, 0.9, 0.1]
    w.members[1].perceived = [*theirs, 0.1, 0.9]
    for me in w.members:
        threats.weigh_threats(me, w)
    for me in w.members:
        threats.compare_threats(me, w, p)
    first, second, _ = w.members
    assert first.similarity[1] == second.similarity[0]
    assert first.similarity[1] == pytest.approx(overlap_of(ours, theirs), abs=1e-12)


def test_what_is_not_shared_does_not_make_members_alike() -> None:
    w, p = small_world(kinds=(INTRA, DOMESTIC)), parameters()
    for me in w.members:
        me.perceived = [1.0, 1.0]
        threats.weigh_threats(me, w)
    for me in w.members:
        threats.compare_threats(me, w, p)
    assert w.members[0].similarity == [0.0, 0.0, 0.0]
    assert w.members[0].patron_similarity == 0.0


def test_the_patron_looks_away_from_what_it_has_come_to_terms_with() -> None:
    w, p = small_world(), parameters(patron_openness=0.5)
    w.threats[0].stake = 0.8
    assert threats.patron_stake(w, p, 0) == pytest.approx(0.8)
    w.drivers[w.threats[0].accommodation_driver].value = 1.0
    assert threats.patron_stake(w, p, 0) == pytest.approx(0.4)
    w.members[0].perceived = [0.4]
    threats.weigh_threats(w.members[0], w)
    threats.compare_threats(w.members[0], w, p)
    assert w.members[0].patron_similarity == pytest.approx(1.0)


# --- The patron's stakes --------------------------------------------------------------------------


@given(levels, st.floats(0.0, 3.0), vectors, levels)
def test_a_stake_is_the_patrons_own_and_a_little_of_what_members_feel_beyond_the_start(
    own: float, driver: float, felt: list[float], start: float
) -> None:
    w, p = small_world(), parameters()
    threat = w.threats[0]
    threat.patron_stake, threat.felt_start = own, start
    w.drivers[threat.stake_driver].value = driver
    for me, each in zip(w.members, felt, strict=True):
        me.perceived[0] = each
    threats.weigh_stakes(w, p)
    spill = p.stake_spill * (sum(felt) / 3.0 - start)
    assert threat.stake == pytest.approx(min(1.0, max(0.0, own * driver + spill)))


def test_those_who_are_out_do_not_raise_the_stakes_and_the_frozen_do() -> None:
    w = small_world()
    for me, felt, status in zip(w.members, (0.2, 0.6, 1.0), (ACTIVE, FROZEN, OUT), strict=True):
        me.perceived[0], me.status = felt, status
    assert threats.felt_by_all(w, 0) == pytest.approx(0.4)
    for me in w.members:
        me.status = OUT
    assert threats.felt_by_all(w, 0) == 0.0

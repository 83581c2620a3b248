"""Each rival theory changes what it is about, and nothing else.

One month is played twice, with the same luck and with one switch turned. In a month without the
matter that a theory is about, nothing may differ; in a month with it, only what is listed here.
"""

from __future__ import annotations

from typing import Any

import pytest

from foedus.dictionary.vocabulary import (
    BILATERAL,
    BLOC,
    MECHANISM_NAMES,
    NO_CHANNEL,
    EventKind,
    Purpose,
)
from worlds import NEVER_MIND, SURE, Luck, Run, bundled, events_of

TRUST = {"member.trust_bloc", "member.trust_patron", "member.anchor_bloc", "member.anchor_patron"}
OUTWARD = {
    "member.unmet_need",
    "member.outside_option",
    "member.attraction",
    "member.appeal",
    "member.alignment",
    "member.patron_alignment",
    "member.autonomous_alignment",
    "member.arms_dependence",
}
VALUE = {
    *("member.utility", "member.utility_start", "member.reliance", "world.overall_reliance"),
    *("member.ritual_utility", "member.ritual_utility_start", "member.engagement"),
}
TEST = {
    *("member.agreement", "member.means", "member.acting", "member.collective_answer"),
    *("member.cover", "member.agreement_start", "member.cover_start"),
    *("world.agreement", "world.means", "world.acting", "world.cohesion", "world.cohesion_start"),
    *("patron.scale_bloc", "patron.scale_patron"),
}
"""What the standard test and the scale of beliefs that follows from it hold."""
PROTECTION = {"member.protection", "member.regime_guarantee"}
MEASURES = {"world.reliability", "world.frustration"}
START = {"member.leaning", "member.reliance_start"}
"""Reliance at the start counts ties with the patron as one of its signs."""
BELIEF = TRUST | OUTWARD | VALUE | PROTECTION | MEASURES


def snapshot(w: Any) -> dict[tuple[str, int], Any]:
    """All that a world holds, but for the switches themselves and the text of the log."""
    found: dict[tuple[str, int], Any] = {}
    for name, value in vars(w).items():
        if not isinstance(value, list) and name not in (*MECHANISM_NAMES, "patron"):
            found[f"world.{name}", 0] = value
    for name, value in vars(w.patron).items():
        found[f"patron.{name}", 0] = value
    for kind in ("members", "partners", "calendar", "drivers"):
        for place, each in enumerate(getattr(w, kind)):
            for name, value in vars(each).items():
                found[f"{kind.removesuffix('s')}.{name}", place] = value
    return found


def played(switch: str | None, months: int = 1, **crisis: Any) -> Run:
    """Some months from the start of the baseline; `crisis` strikes a member in the first."""
    luck = {Purpose.THREAT_INTENSITY: 0.5, Purpose.INCIDENT: NEVER_MIND, Purpose.ACT: 0.4}
    luck |= dict.fromkeys(
        (Purpose.FREEZE, Purpose.UNFREEZE, Purpose.NOTICE, Purpose.RETURN, Purpose.REGIME_FALL),
        NEVER_MIND,
    )
    luck |= crisis.get("luck", {})
    run = Run(bundled("baseline"), draws=Luck(0.6, luck))
    if switch is not None:
        setattr(run.w, switch, 1)
    run.begin()
    if crisis:
        k = run.setup.scenario.threats.index(crisis["threat"])
        run.member(crisis["on"]).forced[k] = 0.9
    run.advance(months)
    return run


def changed(switch: str, months: int = 1, **crisis: Any) -> set[str]:
    plain = snapshot(played(None, months, **crisis).w)
    other = snapshot(played(switch, months, **crisis).w)
    assert plain.keys() == other.keys()
    return {name for (name, place), value in plain.items() if other[name, place] != value}


RAID: dict[str, Any] = {
    "on": "TJK",
    "threat": "afghan-raids",
    "luck": {
        Purpose.REQUEST: SURE,
        Purpose.ANSWER: SURE,
        Purpose.COUNCIL: SURE,
        Purpose.TURN_TO_PATRON: NEVER_MIND,
    },
}
"""A raid, a request to the bloc, a council full of vetoes, and no help."""


@pytest.mark.parametrize(
    "switch",
    [
        *("bayesian_trust", "no_observers", "symmetric_trust", "one_tie", "no_precedent"),
        *("no_deterrence", "no_anticipation", "passive_patron", "passive_partners"),
    ],
)
def test_a_theory_changes_nothing_where_what_it_is_about_does_not_happen(switch: str) -> None:
    """Nobody asks, steps down, offers or signs, and no test is taken anew until the third month."""
    assert changed(switch, 2) == set()


def test_a_council_without_a_veto_changes_what_it_would_do_and_nothing_else_unless_asked() -> None:
    found = changed("no_veto", 2)
    assert found <= TEST
    assert {"member.agreement", "world.cohesion", "patron.scale_bloc"} <= found
    assert not {"member.means", "member.acting", "patron.scale_patron"} & found


@pytest.mark.parametrize(
    ("switch", "reaches"),
    [
        ("hegemon_only", VALUE),
        ("threat_only", VALUE),
        ("random_walk", {"member.engagement", "member.reliance", "world.overall_reliance"}),
        ("no_bilateral", OUTWARD | VALUE | START | TEST | {"member.protection"}),
        ("no_outside_options", OUTWARD | VALUE | START | TEST),
    ],
)
def test_a_theory_of_membership_reaches_reliance_in_a_month_without_incidents(
    switch: str, reaches: set[str]
) -> None:
    """December has no act of membership, so participation waits for the next one."""
    found = changed(switch)
    assert found <= reaches
    assert {"member.reliance", "world.overall_reliance"} <= found
    assert not {"world.agreement", "world.means", "member.participation"} & found


@pytest.mark.parametrize(
    ("switch", "reaches"),
    [
        ("no_veto", BELIEF | TEST | {"member.mandate", "member.expected_help"}),
        ("symmetric_trust", BELIEF),
        ("bayesian_trust", BELIEF | {"member.trust_evidence"}),
        ("no_observers", BELIEF),
    ],
)
def test_a_theory_of_answers_reaches_beliefs_after_a_refusal(
    switch: str, reaches: set[str]
) -> None:
    found = changed(switch, **RAID)
    assert found <= reaches
    assert {"member.trust_bloc", "member.reliance"} <= found, "the switch does nothing"


@pytest.mark.parametrize("switch", MECHANISM_NAMES)
def test_no_theory_changes_threats_perceptions_or_the_patron(switch: str) -> None:
    found = changed(switch, **RAID)
    untouched = ("incident", "incidents", "recent", "perceived", "salience", "fear", "similarity")
    assert not {f"member.{name}" for name in untouched} & found
    assert not {name for name in found if name.startswith(("patron.capa", "patron.war", "driver"))}


def test_without_a_veto_the_council_full_of_vetoes_mandates() -> None:
    for switch, mandate in ((None, 0), ("no_veto", 1)):
        run = played(switch, **RAID)
        assert run.member("TJK").mandate == mandate
        (event,) = events_of(run.w, EventKind.MANDATE)
        assert (event.mandate, event.value >= 4.0) == (mandate, True)


def test_without_observers_the_requester_still_learns() -> None:
    plain, other = played(None, **RAID), played("no_observers", **RAID)
    assert plain.member("TJK").trust_bloc == other.member("TJK").trust_bloc
    assert plain.member("TJK").trust_bloc < other.member("KGZ").trust_bloc + 1.0
    assert plain.member("KGZ").trust_bloc < other.member("KGZ").trust_bloc


def test_without_the_bilateral_channel_nobody_uses_it() -> None:
    raid = RAID | {"luck": {Purpose.REQUEST: 0.5, Purpose.ANSWER: SURE}}
    channels = set()
    for uniform in (SURE, 0.2, 0.4, 0.6, 0.8, NEVER_MIND):
        raid["luck"] = {Purpose.REQUEST: uniform, Purpose.ANSWER: SURE}
        channels.add(played("no_bilateral", **raid).member("TJK").request_channel)
    assert channels <= {BLOC, NO_CHANNEL}
    assert BILATERAL not in channels


def test_without_outside_options_no_share_is_held_with_a_partner() -> None:
    run = played("no_outside_options", 6)
    assert all(share == 0.0 for me in run.w.members for share in me.alignment)
    assert all(me.outside_option == 0.0 for me in run.w.members)

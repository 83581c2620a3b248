"""Made-up runs for the patterns of requests, answers, trust and drills."""

from __future__ import annotations

from typing import Any

from foedus.dictionary.vocabulary import (
    BILATERAL,
    BLOC,
    EXERCISE,
    HOST_DRILL,
    MATERIEL,
    SEND_TROOPS,
    STATEMENT,
    TROOPS,
    EventKind,
)
from made_runs import TRIALS, happened, member, series
from pattern_pieces import HALF, Breaker, Runs, several


def answered(run: Any, code: int, trials: Any = None, **fields: Any) -> None:
    """A request of Tajikistan to the bloc over raids, and its answer."""
    given = {"month": 10, "threat": 0, **fields}
    actor = given.pop("other", member("TJK"))
    channel = given.pop("channel", BLOC)
    expected = given.pop("value", 0.4)
    happened(run, EventKind.REQUEST, trials, actor=actor, channel=channel, **given)
    happened(
        run, EventKind.ANSWER, trials, actor=6, other=actor, answer=code, value=expected, **given
    )


def shift(run: Any, name: str, code: str, month: int, by: float, trials: Any = None) -> None:
    where = slice(None) if trials is None else list(trials)
    series(run, name, code)[where, month:] += by


def unanswered() -> Runs:
    runs = several("taliban-spillover")
    run = runs["taliban-spillover"]
    answered(run, STATEMENT)
    for code, by in (("TJK", -0.2), ("KGZ", -0.05), ("BLR", -0.01)):
        shift(run, "trust_bloc", code, 10, by)
    return runs


def move_trust(run: str, code: str, by: float, name: str = "trust_bloc") -> Breaker:
    return lambda runs: shift(runs[run], name, code, 10, by)


def count(run: Any, threat: int, answer: int, cases: int, channel: int = BLOC) -> None:
    run.request_counts[4, threat, channel, answer] += cases


def answers_by_kind() -> Runs:
    runs = several("baseline", "taliban-spillover", "history-2021")
    run = runs["baseline"]
    for threat, troops in ((0, 200), (1, 10), (2, 0), (3, 500)):
        count(run, threat, TROOPS, troops)
        count(run, threat, STATEMENT, 1000 - troops)
    return runs


def more_troops(threat: int, cases: int) -> Breaker:
    return lambda runs: count(runs["baseline"], threat, TROOPS, cases)


def cheap_answers() -> Runs:
    runs = several("baseline", "history-2021")
    for answer, cases in ((STATEMENT, 40), (MATERIEL, 40), (TROOPS, 15)):
        count(runs["baseline"], 0, answer, cases)
    return runs


def lags() -> Runs:
    runs = several("baseline", "taliban-spillover")
    run = runs["baseline"]
    answered(run, TROOPS, HALF, month=20)
    answered(run, MATERIEL, month=10)
    happened(run, EventKind.PROGRAMME_ARRIVAL, HALF, month=50, actor=member("TJK"))
    return runs


def late_troops(runs: Runs) -> None:
    happened(
        runs["baseline"], EventKind.ANSWER, month=30, other=member("KAZ"), threat=3, answer=TROOPS
    )


def quick_programmes(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.PROGRAMME_ARRIVAL, month=14, actor=member("TJK"))


def southern_drills() -> Runs:
    runs = several("history-2021")
    run = runs["history-2021"]
    for code, often in (("ARM", 4), ("BLR", 20), ("KAZ", 36), ("KGZ", 36), ("TJK", 40)):
        attend(run, code, often)
    return runs


def attend(run: Any, code: str, often: int) -> None:
    fields = {"actor": member(code), "threat": 0, "month": 10}
    happened(run, EventKind.ACT, range(often), act=SEND_TROOPS, complied=1, **fields)
    happened(run, EventKind.ACT, range(often, TRIALS), act=SEND_TROOPS, complied=0, **fields)


def attendance(code: str, often: int) -> Breaker:
    def breaker(runs: Runs) -> None:
        run = runs["history-2021"]
        run.events = run.events[run.events["actor"] != member(code)]
        attend(run, code, often)

    return breaker


def clash() -> Runs:
    runs = several("baseline", "clash-2027")
    run = runs["clash-2027"]
    host = member("KGZ")
    happened(run, EventKind.DRILL_CANCELLED, range(30), month=10, actor=host, act=HOST_DRILL)
    happened(run, EventKind.ACT, range(30), month=22, actor=host, act=HOST_DRILL, complied=1)
    return runs


def drop_events(run: str, kind: EventKind, above: int) -> Breaker:
    def breaker(runs: Runs) -> None:
        found = runs[run].events
        gone = (found["kind"] == kind.value) & (found["trial"] >= above)
        runs[run].events = found[~gone]

    return breaker


def leave_after_the_clash(runs: Runs) -> None:
    runs["clash-2027"].outcomes["exit"][:4, member("KGZ")] = 20


def asymmetry() -> Runs:
    runs = several("baseline", "taliban-spillover")
    run = runs["baseline"]
    # Gaps of .6 and -.4 against the help expected: steps of .1 and .4 for a unit.
    for code, month, step in ((TROOPS, 10, 0.06), (0, 20, -0.16)):
        answered(run, code, month=month, value=0.4)
        shift(run, "trust_bloc", "TJK", month, step)
    # Promises of arms, which move nothing yet.
    for month in (30, 40, 50):
        answered(run, MATERIEL, month=month, value=0.1)
    return runs


def as_much_for_gains(runs: Runs) -> None:
    shift(runs["baseline"], "trust_bloc", "TJK", 10, 0.18)


def helped() -> Runs:
    runs = several("history-2021", start="2021-01", horizon=70)
    run = runs["history-2021"]
    answered(run, TROOPS, HALF, month=12, other=member("KAZ"), threat=3)
    shift(run, "trust_patron", "KAZ", 12, 0.1, HALF)
    run.outcomes["best_answer"][list(HALF), member("KAZ")] = TROOPS
    run.outcomes["loyalty_end"][:, member("KAZ")] = 0.5
    return runs


def trust_does_not_move(runs: Runs) -> None:
    shift(runs["history-2021"], "trust_patron", "KAZ", 12, -0.2, HALF)


def votes_are_bought(runs: Runs) -> None:
    runs["history-2021"].outcomes["loyalty_end"][list(HALF), member("KAZ")] = 0.6


def hope() -> Runs:
    runs = several("hopeful", "hopeless")
    for name, asked in (("hopeful", 60), ("hopeless", 10)):
        count(runs[name], 0, STATEMENT, asked)
        count(runs[name], 0, 0, 100 - asked, channel=0)
    return runs


def ask_without_hope(runs: Runs) -> None:
    count(runs["hopeless"], 0, EXERCISE, 1000, channel=BILATERAL)

"""For every pattern: made-up runs that must pass, and what makes each of its checks fail.

A case is a function without arguments that gives the runs; a breaker changes them in place, under
the name of the figure that must then fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from foedus.rules.vocabulary import (
    BILATERAL,
    BLOC,
    EXERCISE,
    EXPULSION,
    HOST_DRILL,
    MATERIEL,
    MONITORING,
    OUT,
    SEND_TROOPS,
    STATEMENT,
    TROOPS,
    EventKind,
)
from made_runs import TRIALS, happened, made, member, series

type Runs = dict[str, Any]
type Breaker = Callable[[Runs], None]

HALF: Final = range(TRIALS // 2)


def several(*names: str, **kwargs: Any) -> Runs:
    return {name: made(**kwargs) for name in names}


def outcome(run: Any, name: str, code: str | None, value: Any) -> None:
    place = (slice(None),) if code is None else (slice(None), member(code))
    run.outcomes[name][place] = value


# --- Cohesion and membership ----------------------------------------------------------------------


def longer_war() -> Runs:
    runs = several("war-12", "war-36", "war-60")
    for name, level in (("war-12", 0.6), ("war-36", 0.55), ("war-60", 0.5)):
        outcome(runs[name], "cohesion_end", None, level)
    return runs


def set_cohesion(name: str, value: float, trials: int = TRIALS) -> Breaker:
    def breaker(runs: Runs) -> None:
        runs[name].outcomes["cohesion_end"][:trials] = value

    return breaker


def uneven_loss() -> Runs:
    runs = several("history-2021")
    run = runs["history-2021"]
    for code, end in (("ARM", 0.2), ("BLR", 0.8), ("KAZ", 0.7), ("KGZ", 0.75)):
        outcome(run, "participation_start", code, 0.8)
        outcome(run, "participation_end", code, end)
    return runs


def set_outcome(run: str, name: str, code: str, value: float) -> Breaker:
    return lambda runs: outcome(runs[run], name, code, value)


def spillover() -> Runs:
    runs = several("baseline", "taliban-spillover")
    for code, end in (("TJK", 0.2), ("KGZ", 0.1), ("KAZ", 0.05), ("ARM", 0.0)):
        outcome(runs["taliban-spillover"], "participation_end", code, end)
    return runs


def lower_most_of_tajikistan(runs: Runs) -> None:
    runs["taliban-spillover"].outcomes["participation_end"][:10, member("TJK")] = -0.01


def uneven_threat() -> Runs:
    runs = several("baseline", "taliban-spillover", "even-baseline", "even-spillover")
    outcome(runs["even-spillover"], "cohesion_end", None, 0.05)
    outcome(runs["taliban-spillover"], "cohesion_end", None, -0.01)
    return runs


def ladder() -> Runs:
    runs = several("history-2021")
    run = runs["history-2021"]
    place = member("ARM")
    for act in range(5):
        run.outcomes["first_lapse"][:, place, act] = 10 + 4 * act
    run.outcomes["first_freeze"][:, place] = 40
    run.outcomes["first_lapse"][:, place, 5] = 43
    return runs


def climb_backwards(runs: Runs) -> None:
    lapses = runs["history-2021"].outcomes["first_lapse"]
    lapses[:, member("ARM"), :5] = lapses[:, member("ARM"), 4::-1].copy()


def exits(each: int, month: int = 20) -> Callable[[Runs], None]:
    def breaker(runs: Runs) -> None:
        (run,) = runs.values()
        run.outcomes["exit"][:each, member("KAZ")] = month

    return breaker


def rare_exit() -> Runs:
    runs = several("baseline")
    exits(2)(runs)
    return runs


def renewal() -> Runs:
    runs = several("renewal-1994", start="1994-04", horizon=96)
    exits(1, month=20)(runs)
    runs["renewal-1994"].outcomes["exit"][:20, member("TJK")] = 60
    return runs


def nobody_lapses(runs: Runs) -> None:
    runs["renewal-1994"].outcomes["exit"][:, member("TJK")] = -1


def homecoming() -> Runs:
    runs = several("return-2002", "return-2002-offer-gone", start="2002-10", horizon=72)
    runs["return-2002-offer-gone"].outcomes["first_return"][:10, member("UZB")] = 50
    return runs


def come_anyway(runs: Runs) -> None:
    runs["return-2002"].outcomes["first_return"][:10, member("UZB")] = 50


def settlement() -> Runs:
    runs = several("baseline", "settlement-2027")
    runs["settlement-2027"].milestones[:, 1, 0] = 0.01
    runs["settlement-2027"].milestones[:, 1, 4] = 0.05
    return runs


def set_milestone(component: int, value: float) -> Breaker:
    def breaker(runs: Runs) -> None:
        runs["settlement-2027"].milestones[:, 1, component] = value

    return breaker


def put_out(*codes: str, trials: int) -> Breaker:
    def breaker(runs: Runs) -> None:
        for code in codes:
            runs["baseline"].outcomes["status"][:trials, member(code)] = OUT

    return breaker


# --- Requests, answers, trust, drills -------------------------------------------------------------


def answered(run: Any, code: int, trials: Any = None, **fields: Any) -> None:
    """A request of Tajikistan to the bloc over raids, and its answer."""
    given = {"month": 10, "threat": 0, **fields}
    actor = given.pop("other", member("TJK"))
    channel = given.pop("channel", BLOC)
    expected = given.pop("value", 0.4)
    happened(run, EventKind.REQUEST, trials, actor=actor, code=channel, **given)
    happened(
        run, EventKind.ANSWER, trials, actor=6, other=actor, code=code, value=expected, **given
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
        runs["baseline"], EventKind.ANSWER, month=30, other=member("KAZ"), threat=3, code=TROOPS
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
    happened(run, EventKind.ACT, range(often), code=SEND_TROOPS + 10, **fields)
    happened(run, EventKind.ACT, range(often, TRIALS), code=SEND_TROOPS, **fields)


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
    happened(run, EventKind.DRILL_CANCELLED, range(30), month=10, actor=host, code=HOST_DRILL)
    happened(run, EventKind.ACT, range(30), month=22, actor=host, code=HOST_DRILL + 10)
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


# --- The patron, votes, what must never happen ----------------------------------------------------


def never() -> Runs:
    return several("baseline", "history-2021")


def count_outcome(name: str) -> Breaker:
    def breaker(runs: Runs) -> None:
        runs["history-2021"].outcomes[name][7] = 1

    return breaker


def endorse(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.ACT, [3], actor=1, code=18)


def the_patron_asks(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.REQUEST, [3], actor=6, code=BLOC)


def fight_for_the_patron(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.TAKE_PART, [3], actor=1, other=6)


def votes() -> Runs:
    runs = several("history-2021")
    run = runs["history-2021"]
    for code in ("ARM", "BLR", "KAZ", "KGZ", "TJK"):
        with_patron = code == "BLR"
        happened(run, EventKind.ROLL_CALL, actor=member(code), code=2 if with_patron else 1)
        happened(run, EventKind.ROLL_CALL, actor=member(code), code=2 + 10 * EXPULSION)
    return runs


def vote(codes: tuple[str, ...], code: int) -> Breaker:
    def breaker(runs: Runs) -> None:
        for _ in range(9):
            for who in codes:
                happened(runs["history-2021"], EventKind.ROLL_CALL, actor=member(who), code=code)

    return breaker


def arms() -> Runs:
    runs = several("history-2021")
    run = runs["history-2021"]
    outcome(run, "best_answer", "ARM", MONITORING)
    outcome(run, "arms_dependence_end", "ARM", 0.5)
    outcome(run, "arms_dependence_end", "BLR", 0.88)
    return runs


def capability() -> Runs:
    runs = several("baseline")
    run = runs["baseline"]
    names = ["capability_share", *(f"capability[{code}]" for code in ("ARM", "BLR", "KAZ"))]
    names += ["capability[KGZ]", "capability[TJK]"]
    run.quantity_names = tuple(names)
    run.quantities = np.tile([0.9, 0.02, 0.02, 0.03, 0.01, 0.01], (TRIALS // 2, 1))
    return runs


def share_of_one_set(value: float) -> Breaker:
    def breaker(runs: Runs) -> None:
        runs["baseline"].quantities[3, 0] = value

    return breaker


def war_drain() -> Runs:
    runs = several("history-2021", start="2021-01", horizon=70)
    capacity = series(runs["history-2021"], "capacity")
    capacity[:, :13], capacity[:, 13:25], capacity[:, 25:] = 0.8, 0.55, 0.5
    return runs


def set_capacity(first: int, value: float) -> Breaker:
    def breaker(runs: Runs) -> None:
        series(runs["history-2021"], "capacity")[:, first:] = value

    return breaker


def aggression() -> Runs:
    runs = several("calm-2012", "crimea-2012")
    for code in ("KAZ", "KGZ", "TJK"):
        outcome(runs["crimea-2012"], "loyalty_end", code, -0.1)
    return runs


def loyal(code: str, value: float) -> tuple[str, Breaker]:
    return f"loyalty of {code}", set_outcome("crimea-2012", "loyalty_end", code, value)


def change(code: str, end: float) -> tuple[str, Breaker]:
    return f"change of {code}", set_outcome("history-2021", "participation_end", code, end)


CASES: Final[dict[str, tuple[Callable[[], Runs], dict[str, Breaker]]]] = {
    "P01": (longer_war, {
        "pairs lower after 60 months than after 12": set_cohesion("war-60", 0.7, 12),
        "median after 12 less median after 36 months": set_cohesion("war-36", 0.65),
        "median after 36 less median after 60 months": set_cohesion("war-60", 0.56),
    }),
    "P02": (uneven_loss, dict([
        change("ARM", 0.6), change("BLR", 0.7), change("KAZ", 0.9), change("KGZ", 0.5),
    ])),
    "P03": (spillover, {
        "pairs in which TJK rises": lower_most_of_tajikistan,
        "difference of ARM": set_outcome("taliban-spillover", "participation_end", "ARM", 0.04),
        "difference of TJK less that of KGZ":
            set_outcome("taliban-spillover", "participation_end", "KGZ", 0.3),
        "difference of KGZ less that of KAZ":
            set_outcome("taliban-spillover", "participation_end", "KAZ", 0.11),
    }),
    "P04": (uneven_threat, {
        "effect where felt evenly less effect as felt": set_cohesion("even-spillover", -0.02),
        "effect as felt": set_cohesion("taliban-spillover", 0.02),
    }),
    "P05": (unanswered, {
        "exposed bystander less requester": move_trust("taliban-spillover", "KGZ", -0.3),
        "insulated less exposed bystander": move_trust("taliban-spillover", "BLR", -0.3),
        "change of insulated bystander": move_trust("taliban-spillover", "BLR", 0.2),
    }),
    "P06": (answers_by_kind, {
        "troops at home less against militants": more_troops(0, 3000),
        "troops against militants less against a state": more_troops(1, 3000),
        "troops against a state": lambda runs: count(runs["baseline"], 1, TROOPS, -10),
        "troops against a member": more_troops(2, 1),
    }),
    "P07": (cheap_answers, {
        "answers of materiel or more": lambda runs: count(runs["baseline"], 0, STATEMENT, 300),
        "answers of troops": lambda runs: count(runs["baseline"], 0, TROOPS, 200),
    }),
    "P08": (lags, {
        "troops within a month": late_troops,
        "programmes open after 24 months": quick_programmes,
    }),
    "P09": (never, {"forces between members": count_outcome("force_between_members")}),
    "P10": (ladder, {"adjacent steps in order": climb_backwards}),
    "P11": (rare_exit, {"exits a member-year": exits(35)}),
    "P12": (renewal, {"hazard at the renewal over hazard before it": nobody_lapses}),
    "P13": (homecoming, {"returns within 24 months over those with the offer": come_anyway}),
    "P14": (never, {"expulsions": count_outcome("expulsions")}),
    "P15": (votes, {
        "loyalty on the war": vote(("KAZ", "KGZ"), 0),
        "loyalty on expulsion": vote(("KAZ", "KGZ"), 1 + 10 * EXPULSION),
        "loyalty of BLR": vote(("BLR",), 1),
    }),
    "P16": (never, {"acts and texts that endorse an annexation": endorse}),
    "P17": (arms, {
        "change of ARM where it was refused":
            set_outcome("history-2021", "arms_dependence_end", "ARM", 0.85),
        "change of BLR": set_outcome("history-2021", "arms_dependence_end", "BLR", 0.7),
    }),
    "P18": (never, {
        "requests by the patron": the_patron_asks,
        "force of members for the patron": fight_for_the_patron,
    }),
    "P19": (southern_drills, {
        "attendance of KAZ": attendance("KAZ", 30),
        "attendance of KGZ": attendance("KGZ", 30),
        "attendance of TJK": attendance("TJK", 30),
        "attendance of BLR": attendance("BLR", 36),
        "attendance of ARM": attendance("ARM", 16),
    }),
    "P20": (clash, {
        "drills cancelled within two months":
            drop_events("clash-2027", EventKind.DRILL_CANCELLED, 10),
        "exits within 24 months beyond the pair's": leave_after_the_clash,
        "hosting again by month 24": drop_events("clash-2027", EventKind.ACT, 10),
    }),
    "P21": (settlement, {
        "rise of mutual trust": set_milestone(4, -0.01),
        "rise of cohesion": set_milestone(0, 0.05),
    }),
    "P22": (asymmetry, {"loss over gain per event": as_much_for_gains}),
    "P23": (war_drain, {
        "fall in the first year of war": set_capacity(13, 0.7),
        "fall in the first less that in the second year": set_capacity(25, 0.2),
    }),
    "P24": (helped, {
        "change of trust with troops": trust_does_not_move,
        "loyalty with troops less loyalty without": votes_are_bought,
    }),
    "P25": (lambda: several("baseline"), {
        "dissolution": put_out("ARM", "BLR", "KAZ", "KGZ", trials=2),
        "five or six formal members": put_out("ARM", "BLR", trials=8),
    }),
    "P26": (capability, {
        "least fall of capability": share_of_one_set(0.3),
        "greatest fall of capability": share_of_one_set(9.0),
    }),
    "P27": (hope, {"requests an incident with hope less without": ask_without_hope}),
    "P28": (aggression, dict([
        loyal("KAZ", 0.0), loyal("KGZ", 0.0), loyal("TJK", 0.0), loyal("ARM", -0.1),
        loyal("BLR", -0.1),
    ])),
}  # fmt: skip
"""The passing runs of each pattern, and a breaker for each of its figures."""

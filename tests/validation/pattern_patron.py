"""Made-up runs for the patterns of the patron and of what must never happen."""

from __future__ import annotations

import numpy as np

from foedus.dictionary.vocabulary import BLOC, EXPULSION, MONITORING, EventKind
from made_runs import TRIALS, happened, member, series
from pattern_pieces import Breaker, Runs, outcome, set_outcome, several


def never() -> Runs:
    return several("baseline", "history-2021")


def count_outcome(name: str) -> Breaker:
    def breaker(runs: Runs) -> None:
        runs["history-2021"].outcomes[name][7] = 1

    return breaker


def endorse(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.ACT, [3], actor=1, act=8, complied=1)


def the_patron_asks(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.REQUEST, [3], actor=6, channel=BLOC)


def fight_for_the_patron(runs: Runs) -> None:
    happened(runs["baseline"], EventKind.TAKE_PART, [3], actor=1, other=6)


def votes() -> Runs:
    runs = several("history-2021")
    run = runs["history-2021"]
    for code in ("ARM", "BLR", "KAZ", "KGZ", "TJK"):
        with_patron = code == "BLR"
        happened(
            run,
            EventKind.ROLL_CALL,
            actor=member(code),
            text=0,
            ballot=2 if with_patron else 1,
        )
        happened(run, EventKind.ROLL_CALL, actor=member(code), text=EXPULSION, ballot=2)
    return runs


def vote(codes: tuple[str, ...], ballot: int, text: int = 0) -> Breaker:
    def breaker(runs: Runs) -> None:
        for _ in range(9):
            for who in codes:
                happened(
                    runs["history-2021"],
                    EventKind.ROLL_CALL,
                    actor=member(who),
                    text=text,
                    ballot=ballot,
                )

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

"""Made-up runs for the patterns of cohesion and membership."""

from __future__ import annotations

from foedus.dictionary.recording import COMPONENTS
from foedus.dictionary.vocabulary import OUT
from made_runs import TRIALS, member
from pattern_pieces import Breaker, Runs, outcome, several

COHESION = 0
MUTUAL_TRUST = 1 + COMPONENTS.index("mutual_trust")
"""Places in a row of milestones."""


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


def exits(each: int, month: int = 20) -> Breaker:
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
    runs["settlement-2027"].milestones[:, 1, COHESION] = 0.01
    runs["settlement-2027"].milestones[:, 1, MUTUAL_TRUST] = 0.05
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

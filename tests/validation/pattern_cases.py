"""For every pattern: made-up runs that must pass, and what makes each of its checks fail.

A case is a function without arguments that gives the runs; a breaker changes them in place, under
the name of the figure that must then fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from foedus.dictionary.vocabulary import EXPULSION, STATEMENT, TROOPS, EventKind
from pattern_cohesion import (
    COHESION,
    MUTUAL_TRUST,
    climb_backwards,
    come_anyway,
    exits,
    homecoming,
    ladder,
    longer_war,
    lower_most_of_tajikistan,
    nobody_lapses,
    put_out,
    rare_exit,
    renewal,
    set_cohesion,
    set_milestone,
    settlement,
    spillover,
    uneven_loss,
    uneven_threat,
)
from pattern_help import (
    answers_by_kind,
    as_much_for_gains,
    ask_without_hope,
    asymmetry,
    attendance,
    cheap_answers,
    clash,
    count,
    drop_events,
    helped,
    hope,
    lags,
    late_troops,
    leave_after_the_clash,
    more_troops,
    move_trust,
    quick_programmes,
    southern_drills,
    trust_does_not_move,
    unanswered,
    votes_are_bought,
)
from pattern_patron import (
    aggression,
    arms,
    capability,
    change,
    count_outcome,
    endorse,
    fight_for_the_patron,
    loyal,
    never,
    set_capacity,
    share_of_one_set,
    the_patron_asks,
    vote,
    votes,
    war_drain,
)
from pattern_pieces import Breaker, Runs, set_outcome, several

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
        "loyalty on expulsion": vote(("KAZ", "KGZ"), 1, EXPULSION),
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
        "rise of mutual trust": set_milestone(MUTUAL_TRUST, -0.01),
        "rise of cohesion": set_milestone(COHESION, 0.05),
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

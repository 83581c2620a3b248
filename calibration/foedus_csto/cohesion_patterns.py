"""Patterns of cohesion, participation and membership: P01-P04, P10-P13, P21, P25."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.dictionary.recording import COMPONENTS
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ATTEND_SUMMIT,
    HOST_DRILL,
    KEEP_POSTS,
    MONTHS_PER_YEAR,
    OUT,
    PAY_DUES,
    SEND_TROOPS,
    SPEAK_WELL,
)
from foedus.validation.patterns.reading import Figure, mean, month_of, of_member, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.validation.patterns.reading import Floats

    type Runs = Mapping[str, Ensemble]
    type Figures = dict[str, Figure]

STEPS: Final = (SPEAK_WELL, SEND_TROOPS, HOST_DRILL, KEEP_POSTS, ATTEND_SUMMIT)
"""Acts dropped before a freeze, in the order of P10; dues and exit come after it."""
FEWEST: Final = 3
"""States, the patron included, below which there is no bloc left (judgement)."""


def longer_war(runs: Runs) -> Figures:
    """P01: cohesion at the end under wars of three lengths."""
    ends = {months: runs[f"war-{months}"].outcomes["cohesion_end"] for months in (12, 36, 60)}

    def fall(first: int, then: int) -> Figure:
        error = mean(ends[first] - ends[then]).error
        return Figure(float(np.median(ends[first]) - np.median(ends[then])), error)

    lower = ends[60] < ends[12]
    return {
        "pairs lower after 60 months than after 12": share(float(lower.sum()), lower.size),
        "median after 12 less median after 36 months": fall(12, 36),
        "median after 36 less median after 60 months": fall(36, 60),
    }


def uneven_loss(runs: Runs) -> Figures:
    """P02: change of participation from January 2021 on."""
    found = runs["history-2021"]
    return {
        f"change of {code}": mean(
            of_member(found, "participation_end", code)
            - of_member(found, "participation_start", code)
        )
        for code in ("ARM", "BLR", "KAZ", "KGZ")
    }


def spillover(runs: Runs) -> Figures:
    """P03: participation at the end, against the twin without the spill-over."""
    calm, storm = runs["baseline"], runs["taliban-spillover"]
    rise = {
        code: of_member(storm, "participation_end", code)
        - of_member(calm, "participation_end", code)
        for code in ("ARM", "KAZ", "KGZ", "TJK")
    }
    higher = rise["TJK"] > 0.0
    return {
        "pairs in which TJK rises": share(higher.sum(), higher.size),
        "difference of ARM": mean(rise["ARM"]),
        "difference of TJK less that of KGZ": mean(rise["TJK"] - rise["KGZ"]),
        "difference of KGZ less that of KAZ": mean(rise["KGZ"] - rise["KAZ"]),
    }


def uneven_threat(runs: Runs) -> Figures:
    """P04: what the spill-over does to cohesion, as it is felt and if it were felt evenly."""

    def effect(storm: str, calm: str) -> Floats:
        found: Floats = runs[storm].outcomes["cohesion_end"] - runs[calm].outcomes["cohesion_end"]
        return found

    felt = effect("taliban-spillover", "baseline")
    even = effect("even-spillover", "even-baseline")
    return {
        "effect where felt evenly less effect as felt": mean(even - felt),
        "effect as felt": mean(felt),
    }


def ladder(runs: Runs) -> Figures:
    """P10: share of neighbouring steps in the recorded order, among those that freeze.

    A pair of steps counts if the later one was taken. It is in order if the earlier one was taken
    no later.
    """
    outcomes = runs["history-2021"].outcomes
    froze = outcomes["first_freeze"]
    lapses = outcomes["first_lapse"]
    dates: list[NDArray[Any]] = [lapses[:, :, act] for act in STEPS]
    dates += [froze, lapses[:, :, PAY_DUES], outcomes["exit"]]
    right = counted = 0
    for earlier, later in pairwise(dates):
        taken = (froze > 0) & (later >= 0)
        counted += int(taken.sum())
        right += int((taken & (earlier >= 0) & (earlier <= later)).sum())
    return {"adjacent steps in order": share(right, counted)}


def member_years(found: Ensemble) -> float:
    """Years that states which were in at the start spent inside, over all trials."""
    started = found.status_counts[0, :, OUT] == 0
    inside = found.trials - found.status_counts[:-1, started, OUT]
    return float(inside.sum()) / MONTHS_PER_YEAR


def rare_exit(runs: Runs) -> Figures:
    """P11: formal exits a year of membership."""
    found = runs["baseline"]
    exits, years = int((found.outcomes["exit"] >= 0).sum()), member_years(found)
    return {"exits a member-year": Figure(exits / years, math.sqrt(max(exits, 1)) / years)}


def renewal(runs: Runs) -> Figures:
    """P12: the monthly hazard of leaving at the renewal against the months before it."""
    found = runs["renewal-1994"]
    month = month_of(found, "1999-04")
    exits = found.outcomes["exit"]
    at, before = int((exits == month).sum()), int(((exits >= 0) & (exits < month)).sum())
    inside = found.trials - found.status_counts[:, :, OUT]
    often = at / float(inside[month - 1].sum())
    seldom = (before + 0.5) / float(inside[:month].sum())
    error = often / seldom * math.sqrt(1.0 / max(at, 1) + 1.0 / (before + 0.5))
    return {"hazard at the renewal over hazard before it": Figure(often / seldom, error)}


def homecoming(runs: Runs) -> Figures:
    """P13: returns of Uzbekistan within 24 months of the end of the American offer.

    Half a return is added to both counts, so that none at all is no division by nought.
    """

    def returns(name: str) -> float:
        found = runs[name]
        first = month_of(found, "2005-12")
        when = of_member(found, "first_return", "UZB")
        return float(((when > first) & (when <= first + 24)).sum()) + 0.5

    gone, there = returns("return-2002-offer-gone"), returns("return-2002")
    error = gone / there * math.sqrt(1.0 / gone + 1.0 / there)
    return {"returns within 24 months over those with the offer": Figure(gone / there, error)}


def settlement(runs: Runs) -> Figures:
    """P21: mutual trust and cohesion in the November after the treaty, against the twin."""
    calm, peace = runs["baseline"], runs["settlement-2027"]
    place = calm.milestone_months.index(MONTHS_PER_YEAR)
    rise = peace.milestones[:, place] - calm.milestones[:, place]
    return {
        "rise of mutual trust": mean(rise[:, 1 + COMPONENTS.index("mutual_trust")]),
        "rise of cohesion": mean(rise[:, 0]),
    }


def persistence(runs: Runs) -> Figures:
    """P25: formal members at the end, the patron included."""
    found = runs["baseline"]
    started = found.status_counts[0, :, OUT] == 0
    inside = 1 + (found.outcomes["status"][:, started] != OUT).sum(axis=1)
    active = 1 + (found.outcomes["status"][:, started] == ACTIVE).sum(axis=1)
    whole = (inside == 5) | (inside == 6)
    return {
        "dissolution": share(float((active < FEWEST).sum()), active.size),
        "five or six formal members": share(float(whole.sum()), whole.size),
    }

"""Patterns of the patron, its wars, arms and votes, and what must never happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    EXPULSION,
    MONITORING,
    MONTHS_PER_YEAR,
    OUT,
    ROLL_CALL_KIND_NAMES,
    EventKind,
)
from foedus.validation.patterns.reading import (
    Figure,
    drawn,
    events,
    followed,
    mean,
    month_of,
    of_member,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.simulation.outcome import Ensemble
    from foedus.validation.patterns.reading import Floats

    type Runs = Mapping[str, Ensemble]
    type Figures = dict[str, Figure]

SCORES: Final = np.array([0.0, 0.5, 1.0])
"""Loyalty of a vote against the patron, an abstention, a vote with it."""


def no_force_between_members(runs: Runs) -> Figures:
    """P09: in every trial of every run."""
    count = sum(int(each.outcomes["force_between_members"].sum()) for each in runs.values())
    return {"forces between members": Figure(count)}


def no_expulsion(runs: Runs) -> Figures:
    """P14: in every trial of every run."""
    count = sum(int(each.outcomes["expulsions"].sum()) for each in runs.values())
    return {"expulsions": Figure(count)}


def no_endorsement(runs: Runs) -> Figures:
    """P16: acts and texts beyond those of the calendar and the roll calls, in every kept trial.

    The vocabulary has none that would recognise annexed land; one that is added under a new number
    counts here until it is told apart.
    """
    count = 0
    for each in runs.values():
        acts, votes = events(each, EventKind.ACT), events(each, EventKind.ROLL_CALL)
        count += int((acts["act"] >= len(ACT_NAMES)).sum())
        count += int((votes["text"] >= len(ROLL_CALL_KIND_NAMES)).sum())
    return {"acts and texts that endorse an annexation": Figure(count)}


def no_help_for_the_patron(runs: Runs) -> Figures:
    """P18: requests by the patron, and members that take part in what helps it."""
    asked = joined = 0
    for each in runs.values():
        patron = len(each.members)
        asked += int((events(each, EventKind.REQUEST)["actor"] == patron).sum())
        joined += int((events(each, EventKind.TAKE_PART)["other"] == patron).sum())
    return {
        "requests by the patron": Figure(asked),
        "force of members for the patron": Figure(joined),
    }


def hub(runs: Runs) -> Figures:
    """P26: share of the bloc's capability that goes with the patron, over parameter sets."""
    found = runs["baseline"]
    others = sum(
        drawn(found, f"capability[{code}]")
        for i, code in enumerate(found.members)
        if found.status_counts[0, i, OUT] == 0
    )
    patron = drawn(found, "capability_share")
    fall = patron / (patron + others)
    return {
        "least fall of capability": Figure(float(fall.min())),
        "greatest fall of capability": Figure(float(fall.max())),
    }


def war_drain(runs: Runs) -> Figures:
    """P23: the patron's capacity from the month before the war, year by year."""
    found = runs["history-2021"]
    capacity = followed(found, "capacity")
    before = month_of(found, "2022-01")
    now, year, later = (capacity[:, before + MONTHS_PER_YEAR * n] for n in (0, 1, 2))
    first, second = (now - year) / now, (year - later) / now
    return {
        "fall in the first year of war": mean(first),
        "fall in the first less that in the second year": mean(first - second),
    }


def arms(runs: Runs) -> Figures:
    """P17: dependence on the patron's arms, in a requester that was refused and in Belarus."""
    found = runs["history-2021"]

    def change(code: str) -> Floats:
        start = drawn(found, f"arms_dependence[{code}]")
        return np.asarray(of_member(found, "arms_dependence_end", code) - start)

    best = of_member(found, "best_answer", "ARM")
    refused = (best >= 0) & (best <= MONITORING)
    return {
        "change of ARM where it was refused": mean(change("ARM")[refused]),
        "change of BLR": mean(change("BLR")),
    }


def votes(runs: Runs) -> Figures:
    """P15: loyalty in UN votes on the war and on expulsion; Belarus on both."""
    found = runs["history-2021"]
    cast = events(found, EventKind.ROLL_CALL)
    score, kind = SCORES[cast["ballot"]], cast["text"]
    in_bloc = [i for i in range(len(found.members)) if found.status_counts[0, i, OUT] == 0]
    ours = np.isin(cast["actor"], in_bloc)
    return {
        "loyalty on the war": mean(score[ours & (kind != EXPULSION)]),
        "loyalty on expulsion": mean(score[ours & (kind == EXPULSION)]),
        "loyalty of BLR": mean(score[cast["actor"] == found.members.index("BLR")]),
    }


def aggression(runs: Runs) -> Figures:
    """P28: loyalty at the end of 2019 after an annexation in 2014, against the twin without."""
    calm, after = runs["calm-2012"], runs["crimea-2012"]
    return {
        f"loyalty of {code}": mean(
            of_member(after, "loyalty_end", code) - of_member(calm, "loyalty_end", code)
        )
        for code in ("ARM", "BLR", "KAZ", "KGZ", "TJK")
    }

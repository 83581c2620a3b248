"""The findings of a run, a sentence each: for the terminal and for titles of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foedus.dictionary.vocabulary import ACTIVE
from foedus.statistics.quantiles import histogram_quantiles
from foedus.telling.cast import Cast
from foedus.telling.words import (
    band_words,
    dates_words,
    frequency_words,
    joined,
    month_words,
    percent,
)

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import MemberSummary, Summary

HALF = 0.5

MOST_NAMED = 3
"""Members that a headline names."""

CLEAR = 0.8
"""Smallest share of pairs of trials that point the same way in a clear difference."""

NOTICEABLE = 0.05
"""Smallest share of trials that a headline mentions."""


def cohesion_headline(summary: Summary) -> str:
    """Where cohesion goes, and how sure the direction is within the model."""
    first, last = summary.milestones[0], summary.milestones[-1]
    now, end = first.bands["cohesion"], last.bands["cohesion"]
    lower = summary.ends_lower.share
    if lower >= HALF:
        direction = f"ends lower than it starts in {percent(lower)} % of trials"
    else:
        direction = f"ends no lower than it starts in {percent(1.0 - lower)} % of trials"
    return (
        f"Cohesion {direction}: {now.median:.2f} now, {band_words(end)} in {month_words(last.date)}"
    )


def comparison_headline(summary: Summary) -> str:
    """What the scenario changes against its parent, under the same luck; empty without one."""
    against = summary.against
    if against is None:
        return ""
    same_luck = f"than in «{against.parent}» with the same luck"
    change = against.cohesion_change
    for share, word in ((against.lower, "lower"), (against.higher, "higher")):
        if share.share >= CLEAR:
            sizes = sorted(abs(size) for size in (change.low, change.high))
            return (
                f"Cohesion ends {word} {same_luck} in {percent(share.share)} % of trials, by "
                f"{abs(change.median):.3f} ({sizes[0]:.3f} to {sizes[1]:.3f})"
            )
    return (
        f"Cohesion ends lower {same_luck} in {percent(against.lower.share)} % of trials and higher "
        f"in {percent(against.higher.share)} %: no clear difference"
    )


def status_headline(summary: Summary) -> str:
    """Who most often ends outside or frozen."""
    members = [one for one in summary.members if one.leaves is not None]
    ranked = sorted(members, key=_not_active, reverse=True)
    often = [one for one in ranked if _not_active(one) >= NOTICEABLE]
    month = month_words(summary.dates[-1])
    if not often:
        return (
            f"Every member is active in {month} in more than {percent(1 - NOTICEABLE)} % of trials"
        )
    said = joined([_frozen_or_out(one) for one in often[:MOST_NAMED]])
    return f"Frozen or out in {month}: {said} of trials"


def answers_headline(summary: Summary) -> str:
    """What struck members do: not ask, ask the patron, ask the bloc."""
    totals = {
        channel: sum(row.total for row in summary.requests if row.channel == channel)
        for channel in ("none", "bilateral", "bloc")
    }
    total = sum(totals.values())
    if total == 0.0:
        return "No member was struck in any trial"
    none, bilateral, bloc = (percent(value / total) for value in totals.values())
    return (
        f"Of 100 times that a member is struck, it does not ask after {none}, "
        f"asks {summary.patron_title} after {bilateral} and the bloc after {bloc}"
    )


def engagement_headline(ensemble: Ensemble) -> str:
    """Whose engagement moves most between start and end, by the median, of the active ones."""
    cast = Cast(ensemble)
    active = [i for i in range(len(ensemble.members)) if cast.start_status(i) == ACTIVE]
    if not active:
        return "No member is active at the start"
    series = [(one.name, one.member) for one in ensemble.series]
    places = [series.index(("engagement", ensemble.members[i])) for i in active]
    start, end = histogram_quantiles(ensemble.histograms[[0, -1]][:, places], (0.5,))[..., 0]
    most = int(np.argmax(np.abs(end - start)))
    return (
        f"Of the members active now, {cast.member_titles[active[most]]} moves most: median "
        f"engagement {start[most]:.2f} now, {end[most]:.2f} in {month_words(ensemble.dates[-1])}"
    )


def alignment_headline(ensemble: Ensemble) -> str:
    """Where the patron's share of security ties moves most between start and end."""
    cast = Cast(ensemble)
    start, end = ensemble.alignment[[0, -1], :, len(ensemble.partners)]
    most = int(np.argmax(np.abs(end - start)))
    return (
        f"{cast.patron_title}'s share of security ties moves most in {cast.member_titles[most]}: "
        f"{percent(start[most])} % now, {percent(end[most])} % in {month_words(ensemble.dates[-1])}"
    )


def member_notes(summary: Summary) -> list[str]:
    """What does not fit a table of members: staying frozen, and when members freeze or leave."""
    notes = [
        f"{one.title} is frozen at the start. It stays so throughout in "
        f"{frequency_words(one.stays_frozen)} of trials, and is active at the end in "
        f"{frequency_words(one.end_status['active'])}."
        for one in summary.members
        if one.stays_frozen is not None
    ]
    frozen = [
        f"{one.title} {dates_words(one.freeze_dates)}"
        for one in summary.members
        if one.freezes and one.freeze_dates and one.freezes.share >= NOTICEABLE
    ]
    left = [
        f"{one.title} {dates_words(one.exit_dates)}"
        for one in summary.members
        if one.leaves and one.exit_dates and one.leaves.share >= NOTICEABLE
    ]
    if frozen:
        notes.append(f"When they first freeze, if they do: {'; '.join(frozen)}.")
    if left:
        notes.append(f"When they leave, if they do: {'; '.join(left)}.")
    return notes


def _frozen_or_out(member: MemberSummary) -> str:
    already = " (frozen now)" if member.stays_frozen is not None else ""
    return f"{member.title}{already} in {percent(_not_active(member))} %"


def _not_active(member: MemberSummary) -> float:
    return 1.0 - member.end_status["active"].share

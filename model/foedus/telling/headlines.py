"""The results of a run, a sentence each: for the terminal and for titles of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foedus.dictionary.vocabulary import ACTIVE
from foedus.statistics.quantiles import Frequency, histogram_quantiles
from foedus.telling.difference import at_the_end
from foedus.telling.numbers import (
    level,
    level_range,
    parts,
    percent,
    share,
    share_of_trials,
    trials,
)
from foedus.telling.words import Titles, dates_words, joined, month_words

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import MemberSummary, Summary

MOST_NAMED = 3
"""Members that a headline names."""

NOTICEABLE = 0.05
"""Share of trials from which a headline names a second member, and notes give dates."""

FEW = 100
"""Incidents below which they are counted, and not given as parts of a hundred."""


def cohesion_headline(summary: Summary) -> str:
    """Where cohesion starts and ends, and how sure the direction is within the model."""
    first, last = summary.milestones[0], summary.milestones[-1]
    start, end = first.bands["cohesion"], last.bands["cohesion"]
    before, after = (of_reference(summary, each.median) for each in (start, end))
    if summary.reference_date == first.date:
        before = ""
    return (
        f"Cohesion, the share of need that the bloc would cover if asked, starts at "
        f"{level(start.median)} in {month_words(first.date)}{before} and ends at "
        f"{level_range(end)} in {month_words(last.date)}{after}; it ends lower than it starts in "
        f"{share_of_trials(summary.ends_lower, trials(summary.trials))}"
    )


def of_reference(summary: Summary, cohesion: float) -> str:
    """Cohesion against that of the reference date, in brackets; empty if that is 0.

    It stands behind a number: `` (50 % of Jan 2019)``, or `` (90 % of the start)``.
    """
    if not summary.reference > 0.0:
        return ""
    return f" ({percent(cohesion / summary.reference)} % of {reference_words(summary)})"


def reference_words(summary: Summary) -> str:
    """The date to which cohesion is compared: a month, or the start."""
    if summary.reference_date == summary.dates[0]:
        return "the start"
    return month_words(summary.reference_date)


def test_headline(summary: Summary) -> str:
    """Whom the bloc would help least and whom most, if struck and asked at the end."""
    if not summary.tests:
        return ""
    ranked = sorted(summary.tests, key=lambda one: one.answer)
    shown = ranked if len(ranked) == 1 else [ranked[0], ranked[-1]]
    needs = joined(
        [
            f"{percent(one.answer)} % of what {one.title} needs (mandate "
            f"{percent(one.agreement)} %, help {percent(one.means)} %, others taking part "
            f"{percent(one.acting)} %)"
            for one in shown
        ]
    )
    return f"Asked in {month_words(summary.dates[-1])}, the bloc would on average cover {needs}"


def vitality_headline(summary: Summary) -> str:
    """Whether the alliance ends alive, as a zombie or dead."""
    shares = summary.vitality
    month = month_words(summary.dates[-1])
    if shares["alive"].count == summary.trials:
        every = "the one trial" if summary.trials == 1 else f"each of {trials(summary.trials)}"
        return f"The alliance is alive in {month} in {every}"
    return (
        f"In {month} the alliance is alive in {share(shares['alive'])} of trials, a zombie, whose "
        f"members stay but would hardly answer, in {share(shares['zombie'])}, and dead in "
        f"{share(shares['dead'])}"
    )


def comparison_headline(summary: Summary) -> str:
    """What the scenario changes against the one that it extends; empty without one."""
    if not summary.against:
        return ""
    return at_the_end(summary.against, "cohesion").sentence()


def not_active(member: MemberSummary) -> Frequency:
    """How often a member is frozen or out at the end: the mirror image of being active."""
    active = member.end_status["active"]
    return Frequency(
        active.trials - active.count,
        active.trials,
        1.0 - active.share,
        1.0 - active.high,
        1.0 - active.low,
    )


def status_headline(summary: Summary) -> str:
    """Which of the members active at the start are most often frozen or out at the end."""
    month = month_words(summary.dates[-1])
    ranked = sorted(
        ((not_active(one), one.title) for one in summary.members if one.freezes is not None),
        key=lambda pair: -pair[0].share,
    )
    if not ranked:
        return "No member is active at the start"
    if ranked[0][0].count == 0:
        every = "the one trial" if summary.trials == 1 else f"each of {trials(summary.trials)}"
        return f"Every member active at the start is active in {month} in {every}"
    often = [pair for pair in ranked if pair[0].share >= NOTICEABLE][:MOST_NAMED] or ranked[:1]
    named = joined([f"{title} in {share_of_trials(happened, '')}" for happened, title in often])
    of_trials = "" if summary.trials == 1 else " of trials"
    return f"Of the members active at the start, frozen or out in {month}: {named}{of_trials}"


def answers_headline(summary: Summary) -> str:
    """Whom members ask for help in an incident: nobody, the patron or the bloc."""
    numbers = [
        round(summary.trials * sum(row.total for row in summary.requests if row.channel == channel))
        for channel in ("none", "bilateral", "bloc")
    ]
    total = sum(numbers)
    if total == 0:
        return "There is no incident in any trial"
    shares = parts(numbers) if total >= FEW else [f"{number}" for number in numbers]
    incidents = "1 incident" if total == 1 else f"{min(total, FEW)} incidents"
    return (
        f"Of {incidents}, the member asks nobody in {shares[0]}, {summary.patron_title} in "
        f"{shares[1]} and the bloc in {shares[2]}"
    )


def engagement_headline(ensemble: Ensemble) -> str:
    """Whose engagement moves most between start and end, by the median, of the active ones."""
    titles = Titles(ensemble)
    active = [i for i in range(len(ensemble.members)) if titles.start_status(i) == ACTIVE]
    if not active:
        return "No member is active at the start"
    series = [(one.name, one.member) for one in ensemble.series]
    columns = [series.index(("engagement", ensemble.members[i])) for i in active]
    start, end = histogram_quantiles(ensemble.histograms[[0, -1]][:, columns], (0.5,))[..., 0]
    most = int(np.argmax(np.abs(end - start)))
    first, last = (month_words(ensemble.dates[month]) for month in (0, -1))
    return (
        f"Of the members active at the start, {titles.member_titles[active[most]]} moves most: "
        f"median engagement {level(start[most])} in {first}, {level(end[most])} in {last}"
    )


def alignment_headline(ensemble: Ensemble) -> str:
    """Where the patron's share of security ties moves most between start and end."""
    titles = Titles(ensemble)
    start, end = ensemble.alignment[[0, -1], :, len(ensemble.partners)]
    most = int(np.argmax(np.abs(end - start)))
    first, last = (month_words(ensemble.dates[month]) for month in (0, -1))
    return (
        f"{titles.patron_title}'s share of security ties moves most in "
        f"{titles.member_titles[most]}: "
        f"{percent(start[most])} % in {first}, {percent(end[most])} % in {last}"
    )


def member_notes(summary: Summary) -> list[str]:
    """What does not fit a table of members: who starts frozen or out, and dates of steps."""
    notes = []
    for one in summary.members:
        if one.stays_frozen is not None:
            notes.append(
                f"{one.title} is frozen at the start. It stays frozen throughout in "
                f"{share_of_trials(one.stays_frozen)} and is active at the end in "
                f"{share_of_trials(one.end_status['active'], '')}."
            )
        if one.leaves is None:
            again = share_of_trials(one.rejoins)
            notes.append(f"{one.title} is out at the start. It joins again in {again}.")
    often = f"members that do so in {percent(NOTICEABLE)} % of trials or more"
    for what, steps in (
        ("freeze", [(one.title, one.freezes, one.freeze_dates) for one in summary.members]),
        ("exit", [(one.title, one.leaves, one.exit_dates) for one in summary.members]),
    ):
        dated = [
            f"{title} {dates_words(dates)}"
            for title, happened, dates in steps
            if happened and dates and happened.share >= NOTICEABLE
        ]
        if dated:
            notes.append(
                f"Month of the first {what}, median (middle 90 % of the trials with one), for "
                f"{often}: {'; '.join(dated)}."
            )
    return notes

"""The answer in five plain points, none of which claims more than its interval allows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foedus.report.sources import meaning_of
from foedus.report.verbal import in_words
from foedus.telling.difference import at_the_end
from foedus.telling.headlines import (
    answers_headline,
    not_active,
    of_reference,
    test_headline,
    vitality_headline,
)
from foedus.telling.numbers import amount, change, level, share_of_trials, variance_share
from foedus.telling.words import joined, month_words

if TYPE_CHECKING:
    from foedus.report.gather import Contrast, Findings, Played
    from foedus.simulation.world import Setup
    from foedus.telling.summary import Summary

MOST_NAMED: Final = 2
"""Members or assumptions that a sentence names."""


def answer(
    played: Played, findings: Findings, contrasts: list[Contrast], validated: str
) -> tuple[str, ...]:
    """Five points: cohesion, what differs, members, help, and how sure all this is.

    Args:
        played: The run.
        findings: What was worked out for it.
        contrasts: Of it with the baseline, or of other runs with it.
        validated: What is known of the validation of these quantities, in a clause.
    """
    summary = played.summary
    return (
        cohesion_sentence(summary),
        difference_sentence(contrasts),
        members_sentence(summary),
        help_sentence(summary),
        assumptions_sentence(summary, findings, played.setup, validated),
    )


def cohesion_sentence(summary: Summary) -> str:
    """Where cohesion goes."""
    month = month_words(summary.dates[-1])
    mean, low, high = summary.cohesion_mean_change
    lower = summary.ends_lower
    fall = f"It is {in_words(lower)} that cohesion is lower in {month} than at the start"
    if math.isnan(low):
        return f"{fall}; a single trial tells no mean change."
    ends = f"90 % interval {change(low, 'level')} to {change(high, 'level')}"
    if low <= 0.0 <= high:
        return f"{fall}; on average it neither rises nor falls for certain ({ends})."
    way = "falls" if high < 0.0 else "rises"
    size = amount(mean, "level")
    return (
        f"{fall}; on average it {way} by {size} on a scale from 0 to 1 ({ends}){_reached(summary)}."
    )


def _reached(summary: Summary) -> str:
    """Where cohesion ends against the reference date, in a clause."""
    end = summary.milestones[-1].bands["cohesion"].median
    return f", to {level(end)}{of_reference(summary, end)} at the median"


def difference_sentence(contrasts: list[Contrast]) -> str:
    """What each scenario changes against the base."""
    if not contrasts:
        return "There is no other scenario here with which these trials can be compared."
    sentences = [at_the_end(one.differences, "cohesion").sentence() for one in contrasts]
    return f"{'. '.join(sentences)}."


def members_sentence(summary: Summary) -> str:
    """Who freezes or leaves, and what is left of the alliance."""
    month = month_words(summary.dates[-1])
    ranked = sorted(
        ((not_active(one), one.title) for one in summary.members if one.start_status == "active"),
        key=lambda pair: -pair[0].share,
    )
    clauses = []
    for one in summary.members:
        if one.start_status == "frozen":
            end = in_words(one.end_status["active"])
            clauses.append(f"that {one.title}, frozen at the start, is active again is {end}")
    if not ranked:
        clauses.append("no member is active at the start")
    for happened, title in ranked[:1]:
        clauses.append(f"that {title} is frozen or out is {in_words(happened)}")
    if ranked[1:]:
        happened, title = ranked[1]
        clauses.append(
            f"of the other members active at the start it happens most often to {title}, in "
            f"{share_of_trials(happened)}"
        )
    return f"In {month}: {'; '.join(clauses)}. {vitality_headline(summary)}."


def help_sentence(summary: Summary) -> str:
    """Whom members ask for help, whether troops come, and what the bloc would do if asked."""
    troops = f"that troops are sent to a member at least once is {in_words(summary.deployments)}"
    tested = test_headline(summary)
    return f"{answers_headline(summary)}; {troops}.{f' {tested}.' if tested else ''}"


def assumptions_sentence(
    summary: Summary, findings: Findings, setup: Setup | None, validated: str
) -> str:
    """How sure all this is, and what it hangs on."""
    variance = f"Variance of cohesion at the end: {variance_share(summary.epistemic)}"
    if not findings.inputs:
        hangs = "no single assumption stands out"
    else:
        named = [meaning_of(one.name, setup) for one in findings.inputs[:MOST_NAMED]]
        hangs = f"it hangs most on {joined(named)}"
    return f"{variance}; {hangs}; {validated}."

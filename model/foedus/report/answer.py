"""The answer in five plain sentences, none of which claims more than its interval allows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus.dictionary.vocabulary import ACTIVE
from foedus.report.sources import meaning_of
from foedus.report.verbal import said
from foedus.statistics.quantiles import Frequency, frequency
from foedus.telling.words import frequency_words, joined, month_words, percent

if TYPE_CHECKING:
    from foedus.report.gather import Contrast, Findings, Played
    from foedus.simulation.world import Setup
    from foedus.telling.summary import Summary

MOST_NAMED: Final = 2
"""Members or assumptions that a sentence names."""


def answer(
    played: Played, findings: Findings, contrasts: list[Contrast], validated: str
) -> tuple[str, ...]:
    """Five sentences: cohesion, what differs, members, help, and how sure all this is.

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
        members_sentence(played),
        help_sentence(summary),
        assumptions_sentence(summary, findings, played.setup, validated),
    )


def cohesion_sentence(summary: Summary) -> str:
    """Where cohesion goes."""
    month = month_words(summary.dates[-1])
    mean, low, high = summary.cohesion_mean_change
    lower = summary.ends_lower
    fall = f"It is {said(lower)} that cohesion is lower in {month} than at the start"
    if math.isnan(low):
        return f"{fall}; a single trial tells no mean change."
    if low <= 0.0 <= high:
        ends = f"{low:+.3f} to {high:+.3f}"
        return f"{fall}; on average it neither rises nor falls for certain (interval {ends})."
    way = "falls" if high < 0.0 else "rises"
    ends = sizes(low, high)
    return f"{fall}; on average it {way} by {abs(mean):.3f} on a scale from 0 to 1 ({ends})."


def sizes(low: float, high: float) -> str:
    """An interval on one side of zero without its sign, which the words before it say.

    Example:
        >>> sizes(-0.017, -0.016)
        '0.016 to 0.017'
    """
    if low < 0.0 < high:
        return f"{low:+.3f} to {high:+.3f}"
    small, large = sorted((abs(low), abs(high)))
    return f"{small:.3f} to {large:.3f}"


def difference_sentence(contrasts: list[Contrast]) -> str:
    """What each scenario changes against the base."""
    if not contrasts:
        return (
            "There is no other scenario here with which its trials can be paired, so that nothing "
            "is said of what it changes."
        )
    said_of = [f"in «{one.other}» {_difference(one)}" for one in contrasts]
    return f"Against «{contrasts[0].base}», with the same luck, {'; '.join(said_of)}."


def _difference(contrast: Contrast) -> str:
    """How cohesion at the end differs, in a clause."""
    last = max(one.measure.month for one in contrast.differences)
    end = next(
        one
        for one in contrast.differences
        if (one.measure.metric, one.measure.subject, one.measure.month) == ("cohesion", None, last)
    )
    if end.verdict not in {"lower", "higher"}:
        interval = f"interval {end.low:+.3f} to {end.high:+.3f}"
        return f"cohesion at the end is {end.words} ({interval})"
    interval = f"interval {sizes(end.low, end.high)}"
    share = end.below if end.verdict == "lower" else end.above
    return (
        f"cohesion ends {end.verdict} by {abs(end.mean):.3f} on average ({interval}), and "
        f"{end.verdict} in {frequency_words(share)} of trials"
    )


def not_active(played: Played) -> list[tuple[str, bool, Frequency]]:
    """How often each member is frozen or out at the end; whether it was active at the start."""
    ensemble, summary = played.ensemble, played.summary
    found = []
    for i, member in enumerate(summary.members):
        status = np.asarray(ensemble.outcomes["status"][:, i])
        active = member.start_status == "active"
        found.append((member.title, active, frequency(status != ACTIVE)))
    return found


def members_sentence(played: Played) -> str:
    """Who freezes or leaves."""
    month = month_words(played.summary.dates[-1])
    everyone = not_active(played)
    active = sorted((one for one in everyone if one[1]), key=lambda one: -one[2].share)
    already = [one for one in played.summary.members if one.start_status == "frozen"]
    parts = []
    for one in already:
        end = one.end_status["active"]
        parts.append(f"that {one.title}, frozen at the start, is active again is {said(end)}")
    if not active:
        parts.append("no member is active at the start")
    else:
        title, _, most = active[0]
        parts.append(f"that {title} is frozen or out is {said(most)}")
        rest = [found for _, _, found in active[1:]]
        if rest:
            highest = max(rest, key=lambda found: found.high)
            parts.append(
                f"for every other active member it happens in at most {percent(highest.high)} % "
                "of trials"
            )
    return f"In {month}: {'; '.join(parts)}."


def help_sentence(summary: Summary) -> str:
    """What becomes of those that are struck."""
    totals = {
        channel: sum(row.total for row in summary.requests if row.channel == channel)
        for channel in ("none", "bilateral", "bloc")
    }
    total = sum(totals.values())
    troops = f"that troops are sent to a member at least once is {said(summary.deployments)}"
    if total == 0.0:
        return f"No member was struck in any trial; {troops}."
    none, alone, bloc = (percent(value / total) for value in totals.values())
    return (
        f"Of 100 times that a member is struck, it asks nobody after {none}, "
        f"{summary.patron_title} alone after {alone} and the bloc after {bloc}; {troops}."
    )


def assumptions_sentence(
    summary: Summary, findings: Findings, setup: Setup | None, validated: str
) -> str:
    """How sure all this is, and what it hangs on."""
    share = summary.epistemic
    if math.isnan(share.share):
        spread = "How much of the spread is uncertain assumptions cannot be told from so few trials"
    else:
        ends = f"{percent(share.low)} to {percent(share.high)}"
        spread = (
            f"Of the spread of cohesion at the end, {percent(share.share)} % ({ends} %) comes from "
            "uncertain assumptions and the rest from chance"
        )
    if not findings.carriers:
        hangs = "no single assumption stands out"
    else:
        named = [meaning_of(one.name, setup) for one in findings.carriers[:MOST_NAMED]]
        hangs = f"it hangs most on {joined(named)}"
    return f"{spread}; {hangs}; {validated}."

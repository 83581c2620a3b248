"""The answer of a run as text: for a terminal, a pipe and ``summary.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from foedus.dictionary.vocabulary import ANSWER_NAMES
from foedus.telling.console import FILE_WIDTH, plain_text, say, section, text_table
from foedus.telling.headlines import (
    answers_headline,
    cohesion_headline,
    comparison_headline,
    member_notes,
    reference_words,
    status_headline,
    test_headline,
    vitality_headline,
)
from foedus.telling.numbers import (
    count,
    level,
    level_range,
    percent,
    share,
    share_of_trials,
    trials,
    variance_share,
)
from foedus.telling.words import (
    ANSWER_TITLES,
    CHANNEL_TITLES,
    COMPONENT_TITLES,
    FACTORS,
    THREAT_KIND_TITLES,
    month_words,
)

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.statistics.quantiles import Band
    from foedus.telling.summary import MemberSummary, RequestSummary, Summary

MOST_MILESTONES = 2
"""Later months that fit beside the start in 80 columns."""


ANSWER_HEADS = {
    "none": "None",
    "statement": "Stat.",
    "monitoring": "Monit.",
    "materiel": "Mat.",
    "exercise": "Exer.",
    "troops": "Troops",
}
"""Heads of columns; the words in full take more than 80 columns."""

ANSWERS_LEGEND = (
    "Times: incidents by what the member did next; a clash between two members counts for both. "
    "None: no answer, or a refusal. "
    + ", ".join(
        f"{head} {ANSWER_TITLES[name].lower()}"
        for name, head in ANSWER_HEADS.items()
        if head.endswith(".")
    )
    + "."
)


def report_text(summary: Summary, width: int = FILE_WIDTH) -> str:
    """The report without colours; the same for the same summary, whatever the terminal."""
    return plain_text(lambda console: render(summary, console), width)


def render(summary: Summary, console: Console) -> None:
    """Print the whole answer on a console."""
    _render_head(summary, console)
    _render_cohesion(summary, console)
    _render_members(summary, console)
    _render_requests(summary, console)
    _render_questions(summary, console)
    _render_foot(summary, console)


LINES = (
    cohesion_headline,
    comparison_headline,
    test_headline,
    vitality_headline,
    status_headline,
    answers_headline,
)
"""What stands at the head, a sentence each; one may have nothing to say."""


def _render_head(summary: Summary, console: Console) -> None:
    console.print(Text(summary.scenario_title, style="bold"))
    console.print(Text(summary.alliance_title))
    console.print(
        f"{month_words(summary.dates[0])} to {month_words(summary.dates[-1])}; "
        f"{trials(summary.trials)}, seed {summary.seed}, parameter set {summary.evidence_set}",
        markup=False,
    )
    console.print()
    for line in LINES:
        if sentence := line(summary):
            say(f"{sentence}.", console)


def _render_cohesion(summary: Summary, console: Console) -> None:
    grid = text_table("")
    shown = (summary.milestones[0], *summary.milestones[1:][-MOST_MILESTONES:])
    for milestone in shown:
        grid.add_column(month_words(milestone.date), justify="right", no_wrap=True)
    for name, title in COMPONENT_TITLES.items():
        cells = [level_range(milestone.bands[name]) for milestone in shown]
        grid.add_row(f"  {title.lower()}" if name in FACTORS else title, *cells)
        if name == "cohesion" and summary.reference > 0.0:
            cells = [_of_reference(milestone.bands[name], summary) for milestone in shown]
            grid.add_row(f"  % of {reference_words(summary)}", *cells)
    section(
        "Cohesion, its factors, and what stands apart: 0 to 1, median (middle 90 % of trials)",
        grid,
        console,
    )
    say(
        "Cohesion is the product of its three factors, member by member and crisis by crisis, not "
        "of their means.",
        console,
    )
    say(f"Variance of cohesion at the end: {variance_share(summary.epistemic)}.", console)


def _of_reference(cohesion: Band, summary: Summary) -> str:
    """Cohesion in per cent of that of the reference date, as a range."""
    ends = (cohesion.median, cohesion.low, cohesion.high)
    middle, low, high = (percent(each / summary.reference) for each in ends)
    return middle if low == high else f"{middle} ({low} to {high})"


def _render_members(summary: Summary, console: Console) -> None:
    grid = text_table("Member")
    grid.add_column("At start", no_wrap=True)
    for title in ("Freezes", "Leaves", "Active at end", "Participation"):
        grid.add_column(title, justify="right", no_wrap=True)
    for one in summary.members:
        grid.add_row(
            one.title,
            one.start_status,
            "-" if one.freezes is None else share(one.freezes, mark=""),
            "-" if one.leaves is None else share(one.leaves, mark=""),
            share(one.end_status["active"], mark=""),
            _participation(one),
        )
    section("Members: % of trials (90 % interval)", grid, console)
    for note in member_notes(summary):
        say(note, console)
    say("Participation: median share of obligations met, at start and at end.", console)


def _participation(member: MemberSummary) -> str:
    if member.leaves is None:
        return "-"
    start, end = member.participation_start.median, member.participation_end.median
    return f"{level(start)} to {level(end)}"


def _render_requests(summary: Summary, console: Console) -> None:
    if not summary.requests:
        return
    grid = text_table("Threat")
    grid.add_column("", no_wrap=True)
    for title in ("Times", *ANSWER_HEADS.values()):
        grid.add_column(title, justify="right", no_wrap=True)
    kind = ""
    for row in summary.requests:
        title = "" if row.kind == kind else THREAT_KIND_TITLES[row.kind]
        kind = row.kind
        grid.add_row(title, CHANNEL_TITLES[row.channel].lower(), *request_cells(row))
    section("Incidents, and answers to requests for help: mean per trial", grid, console)
    say(ANSWERS_LEGEND, console)


def request_cells(row: RequestSummary) -> list[str]:
    """Mean numbers per trial: of incidents, and of each answer where somebody was asked."""
    if row.channel == "none":
        return [count(row.total), *("" for _ in ANSWER_NAMES)]
    return [count(row.total), *(count(row.answers[name]) for name in ANSWER_NAMES)]


def _render_questions(summary: Summary, console: Console) -> None:
    if not summary.questions:
        return
    grid = text_table("Question")
    grid.add_column("Came true", justify="right", no_wrap=True)
    for one in summary.questions:
        grid.add_row(one.text, share(one.came_true, mark=""))
    section("Questions: scenario frequency, % of trials (90 % interval)", grid, console)


def _render_foot(summary: Summary, console: Console) -> None:
    console.print()
    say(
        f"Troops were sent to a member, by the bloc or by {summary.patron_title} alone, in "
        f"{share_of_trials(summary.deployments)}.",
        console,
    )
    say(
        f"Troops sent against a member: {summary.force_between_members}; members expelled: "
        f"{summary.expulsions} (the charter and the rules allow neither).",
        console,
    )
    say(
        "Scenario frequencies: how often something happens in this model under this scenario. "
        "Their intervals cover the number of trials, not the error of the model.",
        console,
    )

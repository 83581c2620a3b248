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
    status_headline,
)
from foedus.telling.words import (
    ANSWER_TITLES,
    CHANNEL_TITLES,
    COMPONENT_TITLES,
    THREAT_KIND_TITLES,
    band_cell,
    frequency_cell,
    frequency_words,
    month_words,
    per_100,
    percent,
    variance_share_words,
)

if TYPE_CHECKING:
    from rich.console import Console

    from foedus.telling.summary import MemberSummary, RequestSummary, Summary

MOST_MILESTONES = 3
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
    "All: members struck, by what they did then; a clash between two members strikes both. "
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
    """Say it all on a console."""
    _render_head(summary, console)
    _render_cohesion(summary, console)
    _render_members(summary, console)
    _render_requests(summary, console)
    _render_questions(summary, console)
    _render_foot(summary, console)


def _render_head(summary: Summary, console: Console) -> None:
    console.print(Text(summary.scenario_title, style="bold"))
    console.print(Text(summary.alliance_title))
    console.print(
        f"{month_words(summary.dates[0])} to {month_words(summary.dates[-1])}; "
        f"{summary.trials:,} trials, seed {summary.seed}, parameters {summary.evidence_set}",
        markup=False,
    )
    console.print()
    for line in (cohesion_headline, comparison_headline, status_headline, answers_headline):
        if sentence := line(summary):
            say(f"{sentence}.", console)


def _render_cohesion(summary: Summary, console: Console) -> None:
    grid = text_table("")
    shown = (summary.milestones[0], *summary.milestones[1:][-MOST_MILESTONES:])
    for milestone in shown:
        title = "Now" if milestone.month == 0 else month_words(milestone.date)
        grid.add_column(title, justify="right", no_wrap=True)
    for name, title in COMPONENT_TITLES.items():
        cells = [band_cell(milestone.bands[name]) for milestone in shown]
        grid.add_row(title if name == "cohesion" else f"  {title.lower()}", *cells)
    section("Cohesion, 0 to 1: median (5 to 95 % of trials)", grid, console)
    share = variance_share_words(summary.epistemic)
    say(f"Where the spread at the end comes from: {share}.", console)


def _render_members(summary: Summary, console: Console) -> None:
    grid = text_table("Member")
    grid.add_column("Now", no_wrap=True)
    for title in ("Freezes", "Leaves", "Rejoins", "Active at end", "Takes part"):
        grid.add_column(title, justify="right", no_wrap=True)
    for one in summary.members:
        grid.add_row(
            one.title,
            one.start_status,
            "-" if one.freezes is None else frequency_cell(one.freezes),
            "-" if one.leaves is None else frequency_cell(one.leaves),
            percent(one.rejoins.share),
            frequency_cell(one.end_status["active"]),
            _participation(one),
        )
    section("Members: % of trials (90 % interval)", grid, console)
    for note in member_notes(summary):
        say(note, console)
    say("Takes part: median share of acts of membership complied with, now > at the end.", console)


def _participation(member: MemberSummary) -> str:
    if member.leaves is None:
        return "-"
    return f"{member.participation_start.median:.2f} > {member.participation_end.median:.2f}"


def _render_requests(summary: Summary, console: Console) -> None:
    if not summary.requests:
        return
    grid = text_table("Threat")
    grid.add_column("", no_wrap=True)
    for title in ("All", *ANSWER_HEADS.values()):
        grid.add_column(title, justify="right", no_wrap=True)
    kind = ""
    for row in summary.requests:
        title = "" if row.kind == kind else THREAT_KIND_TITLES[row.kind]
        kind = row.kind
        grid.add_row(title, CHANNEL_TITLES[row.channel].lower(), *_request_cells(row))
    section("Members struck, and the answers to their requests, per 100 trials", grid, console)
    say(ANSWERS_LEGEND, console)


def _request_cells(row: RequestSummary) -> list[str]:
    if row.channel == "none":
        return [per_100(row.total)]
    return [per_100(row.total), *(per_100(row.answers[name]) for name in ANSWER_NAMES)]


def _render_questions(summary: Summary, console: Console) -> None:
    if not summary.questions:
        return
    grid = text_table("Question")
    grid.add_column("Came true", justify="right", no_wrap=True)
    for one in summary.questions:
        grid.add_row(one.text, frequency_cell(one.came_true))
    section("Questions: scenario frequency, % of trials (90 % interval)", grid, console)


def _render_foot(summary: Summary, console: Console) -> None:
    console.print()
    say(
        f"Troops were sent to a member, by the bloc or by {summary.patron_title} alone, in "
        f"{frequency_words(summary.deployments)} of trials.",
        console,
    )
    say(
        f"Troops sent against a member: {summary.force_between_members}; members expelled: "
        f"{summary.expulsions} (the charter and the rules allow neither).",
        console,
    )
    say(
        "Scenario frequencies: how often it happens in this model under this scenario. Intervals "
        "of frequencies cover the number of trials, not the error of the model.",
        console,
    )

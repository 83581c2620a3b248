"""The page: everything that was worked out, laid out as one document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.report import charts
from foedus.report.answer import answer
from foedus.report.sources import sourced
from foedus.report.validated import Validation, validation
from foedus.report.verbal import scale, word_for
from foedus.runs.provenance import code_revision, sha256, versions
from foedus.studies.explain.sentences import term_words
from foedus.studies.indicators import FALL, WINDOW, EarlyWarning
from foedus.telling.difference import at_the_end, clear_ones
from foedus.telling.document import (
    Block,
    Code,
    Document,
    Heading,
    Listing,
    Paragraph,
    Pre,
    Section,
    Table,
    Terms,
    Text,
    html,
)
from foedus.telling.headlines import member_notes, reference_words
from foedus.telling.numbers import UNITS, level_range, percent, share, trials, value, variance_share
from foedus.telling.terminal import request_cells
from foedus.telling.words import (
    ANSWER_TITLES,
    CHANNEL_TITLES,
    COMPONENT_MEANINGS,
    COMPONENT_TITLES,
    THREAT_KIND_TITLES,
    month_words,
)

if TYPE_CHECKING:
    from foedus.report.gather import Contrast, Findings, Played

MOST_DIFFERENCES: Final = 15

KINDS: Final = {
    "freeze": "freezes",
    "notice": "announces its exit",
    "renewal": "lets a renewal pass",
}
EVENTS: Final = {
    "freeze": "A member freezes",
    "exit": "A member leaves",
    "fall": f"Cohesion falls by {percent(FALL)} % or more within a year",
}
FREQUENCIES: Final = (
    "These are scenario frequencies: how often something happens in the trials of this model "
    "under this scenario. They are not probabilities of events in the world. Intervals are 90 % "
    "intervals for the number of trials; they do not cover the error of the model."
)
TESTED: Final = (
    "Cohesion is what the alliance would do if it were asked: for every member a crisis of each "
    "kind that can strike it is put to the rules, without drawing anything. It is the product of "
    "its three factors, member by member and crisis by crisis, not of their means. Membership, "
    "participation, reliance, goal agreement and mutual trust stand apart and are never averaged "
    "in. An alliance whose members stay but whose answer has fallen below a quarter of that of its "
    "reference date is called a zombie."
)
DISCOVERED: Final = (
    "the difference is discovered at a false discovery rate of 10 % and larger than the smallest "
    "that matters."
)
REASONS: Final = (
    "in which a member freezes, gives notice or lets a renewal pass were played again under "
    "observation. The table says what had moved the member's utility of membership since the "
    "start, on average, in log-odds of its reliance. «By chance» counts the steps that were "
    "taken although the utility had hardly fallen (by less than 0.1): a small probability that "
    "came true, not a reason that grew."
)
WARNED: Final = (
    "For each event and lead time, the sign that best tells trials in which it is about to happen "
    "from those in which it is not. Signs and thresholds were chosen on half of the parameter sets "
    "and scored on the other half. A hit is a warning before the event; a false alarm is a warning "
    "when nothing follows within the window. The base rate is how often the event follows any look "
    "at all."
)
LOOKED_AT: Final = (
    "Looked at: participation, trust in the bloc and in the patron, mutual trust, goal agreement, "
    "landscape frustration and the patron's capacity; levels and changes over a year. In the model "
    "they are seen without error, so that these scores are upper bounds. A participation of 0 is "
    "that of a frozen member. Even a good sign of a rare event mostly warns in vain: compare "
    "«warnings that come true» with the base rate."
)
GRADES: Final = (
    "Grades: A several dated observations, B one or two, C theory or one article, judgement the "
    "coder's own. ",
    Code("foedus evidence NAME"),
    " shows a number's evidence in full.",
)
SCORED: Final = (
    "Scores are means in bits of free-running forecasts of what the parameters «{frozen}» have not "
    "seen; less is better. A quantity counts as validated only if its forecasts are better than "
    "every simple one: the same chance for all («uniform»), past shares («climatology»), the last "
    "value, and the rule that the patron decides. This run rests on the parameters «{own}»{others}."
)
OTHERS: Final = ", which are others: the scores are of the rules rather than of these numbers"
METHOD: Final = (
    "An agent-based model plays the alliance month by month: threats arise, members ask for help "
    "or do not, the council votes, the patron answers, offers terms or presses, members learn, "
    "partners offer, reliance and engagement "
    "follows, and members comply with acts, freeze, leave or return. Every trial draws its "
    "uncertain numbers from intervals that rest on cited evidence, and all else from a tape of "
    "its own; two trials share each set of numbers, which tells uncertain assumptions and chance "
    "apart. The full description is the ODD protocol that comes with the program."
)
LIMITS: Final = (
    "It is not a forecast. Read directions, orders and differences between scenarios before "
    "levels.",
    "The record behind the numbers is small, and many of them are one coder's judgement, and say "
    "so.",
    "The war, outside offers and the behaviour of attackers come from the scenario; nobody in the "
    "model decides them.",
    "Correlations between drawn numbers and the outcome are not causes, and miss numbers that act "
    "only together.",
    "It says nothing about operations, targets or individuals, and should inform no decision "
    "alone.",
)


def write_report(
    runs: list[Played],
    findings: Findings,
    contrasts: list[Contrast],
    unpaired: list[str],
    path: Path,
    command: str,
) -> None:
    """Write the report.

    Args:
        runs: The run, or several of which the first is the base.
        findings: What was worked out for the first.
        contrasts: Against the baseline for one run, else each other run against the first.
        unpaired: Why other runs cannot be held against the first.
        path: The file; replaced in one go if it exists.
        command: The command line that makes the same report again.

    Raises:
        FoedusError: The file cannot be written.
    """
    text = html(report(runs, findings, contrasts, unpaired, command))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise FoedusError(f"{path}: cannot be written: {error.strerror}") from None


def report(
    runs: list[Played],
    findings: Findings,
    contrasts: list[Contrast],
    unpaired: list[str],
    command: str,
) -> Document:
    """The report as a document; arguments as for `write_report`."""
    first, known = runs[0], validation(runs[0].setup.case)
    title = first.label if len(runs) == 1 else f"{len(runs)} scenarios side by side"
    of_first = f" for «{first.label}», the first of these scenarios" if len(runs) > 1 else ""
    narrative = first.setup.scenario.scenario.narrative
    sentences = answer(first, findings, contrasts, known.clause)
    foedus = versions()["foedus"]
    return Document(
        title=f"{title} - foedus report",
        heading=title,
        kicker=f"Scenario report - foedus {foedus}",
        lead=_lead(first),
        sections=(
            Section(
                f"The answer{of_first}",
                (
                    Listing(sentences, numbered=True, style="answer"),
                    Paragraph(FREQUENCIES, "note"),
                    *([Paragraph(narrative)] if narrative else []),
                ),
                "Answer",
            ),
            Section(
                "Cohesion",
                (charts.fan_chart(runs), *map(_levels, runs), Paragraph(TESTED, "note")),
                "Cohesion",
            ),
            Section("What differs", tuple(what_differs(contrasts, unpaired)), "What differs"),
            Section("Who freezes or leaves, and why", tuple(_members(runs, findings)), "Members"),
            Section("Requests and answers", (_requests(first),), "Requests"),
            Section("Questions", tuple(_questions(first)), "Questions"),
            Section("Indicators and warnings", tuple(_warnings(findings)), "Warnings"),
            Section(
                "Assumptions that carry the result",
                tuple(_assumptions(first, findings)),
                "Assumptions",
            ),
            Section("Validation", tuple(_validation(known, first)), "Validation"),
            Section("Method and limits", _method(), "Method and limits"),
            Section("Repeat it", tuple(_repeat(runs, command)), "Repeat it"),
        ),
        footer=f"Made by foedus {foedus}. Cite with version, scenario, seed and parameter set.",
    )


def _lead(run: Played) -> str:
    summary = run.summary
    return (
        f"{summary.alliance_title}, {month_words(summary.dates[0])} to "
        f"{month_words(summary.dates[-1])}. {trials(summary.trials)}, seed {summary.seed}, "
        f"parameter set {summary.evidence_set}."
    )


def _levels(run: Played) -> Table:
    """Cohesion, its factors and what stands apart, at the start and at the end."""
    summary = run.summary
    first, last = summary.milestones[0], summary.milestones[-1]
    rows: list[tuple[str, ...]] = []
    for name, title in COMPONENT_TITLES.items():
        start, end = first.bands[name], last.bands[name]
        rows.append((title, COMPONENT_MEANINGS[name], level_range(start), level_range(end)))
        if name == "cohesion" and summary.reference > 0.0:
            ends = [percent(each.median / summary.reference) for each in (start, end)]
            rows.append((f"% of {reference_words(summary)}", "the median", *ends))
    return Table(
        f"Cohesion, its factors, what stands apart, {run.label} (median, middle 90 % of trials)",
        ("From 0 to 1", "What it is", month_words(first.date), month_words(last.date)),
        tuple(rows),
        words=2,
    )


def what_differs(contrasts: list[Contrast], unpaired: list[str]) -> Iterator[Block]:
    """Every contrast in a sentence, a chart and a table, and why there are no others."""
    for reason in unpaired:
        yield Paragraph(f"{reason}. Only trials with common random numbers are compared.")
    if not contrasts and not unpaired:
        words = "the scenario extends none with the same members and months."
        yield Paragraph(f"Nothing is compared here: {words}")
    for number, contrast in enumerate(contrasts):
        if (chart := charts.difference_chart(contrast, number)) is not None:
            yield chart
        cohesion = at_the_end(contrast.differences, "cohesion")
        differing = sum(difference.clear for difference in contrast.differences)
        yield Paragraph(f"{cohesion.sentence()}.")
        yield Paragraph(
            f"{differing} of {len(contrast.differences)} measures of «{contrast.other}» differ "
            f"from «{contrast.base}»: {DISCOVERED}"
        )
        yield difference_table(contrast)


def difference_table(contrast: Contrast) -> Table:
    """Cohesion at the end, and what differs in the alliance and its members, the largest first."""
    cohesion = at_the_end(contrast.differences, "cohesion")
    clear = [each for each in clear_ones(contrast.differences) if each is not cohesion]
    return Table(
        f"«{contrast.other}» against «{contrast.base}», means with common random numbers",
        ("Measure", "Verdict", "Base", "Scenario", "Difference (90 %)"),
        tuple(
            (
                difference.measure.words,
                difference.words,
                value(difference.base, difference.measure.kind),
                value(difference.other, difference.measure.kind),
                f"{difference.range}{UNITS[difference.measure.kind].name}",
            )
            for difference in [cohesion, *clear][:MOST_DIFFERENCES]
        ),
        words=2,
    )


def _members(runs: list[Played], findings: Findings) -> Iterator[Block]:
    first = runs[0]
    of_first = f" of «{first.label}»" if len(runs) > 1 else ""
    yield charts.status_chart(runs)
    for run in runs:
        yield _member_table(run, f"Members: {run.label}" if len(runs) > 1 else "Members")
    yield from map(Paragraph, member_notes(first.summary))
    yield Heading("Reasons, from explained trials")
    if not findings.leavings:
        yield Paragraph("No member freezes, gives notice or leaves in any trial.")
        return
    yield Paragraph(f"{findings.explained} trials{of_first} {REASONS}")
    titles = {member.code: member.title for member in first.summary.members}
    heads = ("Member", "Step", "Mostly by", "Times", "By chance", "Probability in its month")
    rows = tuple(
        (
            titles[leaving.member],
            KINDS[leaving.kind],
            term_words(leaving.terms[:3]),
            str(leaving.count),
            str(leaving.by_chance),
            f"{100.0 * leaving.chance:.2g} %",
            f"{round(leaving.moved, 1) + 0.0:+.1f}",
        )
        for leaving in findings.leavings
    )
    yield Table("Why members freeze or leave", (*heads, "Utility moved"), rows, words=3)
    shown = findings.leavings[0]
    words = f"For example, trial {shown.trial}: {shown.example} All decisions of a trial: "
    yield Paragraph((words, Code(f"foedus explain RUN --trial {shown.trial}"), "."), "note")


def _member_table(run: Played, title: str) -> Table:
    heads = ("Member", "At the start", "That it leaves is", "Freezes", "Leaves")
    return Table(
        title,
        (*heads, "Active at the end", "Participation at the end"),
        tuple(
            (
                member.title,
                member.start_status,
                "-" if member.leaves is None else word_for(member.leaves),
                "-" if member.freezes is None else share(member.freezes),
                "-" if member.leaves is None else share(member.leaves),
                share(member.end_status["active"]),
                level_range(member.participation_end),
            )
            for member in run.summary.members
        ),
        words=3,
    )


def _requests(run: Played) -> Table:
    rows = tuple(
        (THREAT_KIND_TITLES[row.kind], CHANNEL_TITLES[row.channel], *request_cells(row))
        for row in run.summary.requests
    )
    heads = ("Threat", "Request", "Times", *ANSWER_TITLES.values())
    title = "Incidents, and answers to requests for help: mean number per trial"
    return Table(title, heads, rows, words=2)


def _questions(run: Played) -> Iterator[Block]:
    chart = charts.question_chart(run)
    if chart is None:
        yield Paragraph("The scenario asks no questions.")
        return
    yield chart
    rows = tuple(
        (
            question.text,
            word_for(question.came_true),
            variance_share(question.epistemic),
            share(question.came_true),
        )
        for question in run.summary.questions
    )
    heads = ("Question", "In words", "Where its spread comes from", "Share of trials")
    yield Table("How often each came true", heads, rows, words=3)


def _warnings(findings: Findings) -> Iterator[Block]:
    heads = ("Event", "Months ahead", "Warns when", "Verdict", "Hits", "False alarms")
    yield Paragraph(WARNED)
    yield Table(
        "What warns, how early, and how often in vain",
        (*heads, "Warnings that come true", "Base rate"),
        tuple(map(_warning, findings.warnings)),
        words=4,
        dense=True,
    )
    yield Paragraph(LOOKED_AT, "note")


def _warning(warning: EarlyWarning) -> tuple[str, ...]:
    window = f"{warning.lead + 1} to {warning.lead + WINDOW}"
    base = f"{100.0 * warning.base:.2g} %" if math.isfinite(warning.base) else "-"
    if warning.sign is None:
        rare = f"too rare: {warning.events} trials with the event to score on"
        return EVENTS[warning.event], window, rare, "cannot be told", "-", "-", "-", base
    digits = 3 if abs(warning.threshold) < 0.1 else 2
    threshold = f"{warning.threshold:.{digits}f}" if warning.threshold else "0"
    better = "warns better than chance"
    return (
        EVENTS[warning.event],
        window,
        f"{warning.sign.words} {threshold}",
        better if warning.better_than_chance else "nothing beats the base rate",
        share(warning.hits),
        share(warning.false_alarms),
        f"{100.0 * warning.precision:.2g} %" if warning.precision > 0.0 else "0 %",
        base,
    )


def _assumptions(run: Played, findings: Findings) -> Iterator[Block]:
    yield Paragraph(
        f"Variance of cohesion at the end: {variance_share(run.summary.epistemic)}. Of "
        f"{len(run.ensemble.quantity_names)} uncertain numbers, {len(findings.inputs)} correlate "
        "with it beyond chance."
    )
    chart = charts.influence_chart(findings)
    if chart is None:
        return
    yield chart
    rows: tuple[tuple[Text, ...], ...] = tuple(
        (Code(row.name), row.meaning, row.grade, row.sources, row.correlation)
        for row in sourced(findings.inputs[: charts.MOST_INPUTS], run.setup)
    )
    heads = ("Number", "Meaning", "Grade", "Evidence", "Rank correlation")
    yield Table("What they are and what they rest on", heads, rows, words=4)
    yield Paragraph(GRADES, "note")


def _validation(known: Validation, run: Played) -> Iterator[Block]:
    own = run.ensemble.evidence_set
    if known.frozen:
        others = OTHERS if own != known.frozen else ""
        yield Paragraph(SCORED.format(frozen=known.frozen, own=own, others=others))
    rows = tuple((q.quantity, q.status, q.score or "-", q.note or "-") for q in known.rows)
    heads = ("Quantity", "State", "Score", "Note")
    yield Table("State of validation of each quantity", heads, rows, words=4)


def _method() -> tuple[Block, ...]:
    words = sorted(scale().words, key=lambda word: (word.low + word.high, word.low))
    return (
        Paragraph(METHOD),
        Heading("Words for frequencies"),
        Paragraph(
            "A word is used only where the whole interval lies in its range; otherwise the report "
            f"says «{scale().open}»."
        ),
        Terms(
            tuple(
                (word.word, f"{100 * word.low:.0f} to {100 * word.high:.0f} % of trials")
                for word in words
            ),
            "scale",
        ),
        Paragraph(scale().source, "note"),
        Heading("Limits"),
        Listing(LIMITS),
    )


def _repeat(runs: list[Played], command: str) -> Iterator[Block]:
    yield Paragraph(
        "The report played every run again and found its trials equal to the stored ones, to the "
        "bit. The same report again:"
    )
    yield Pre(command)
    for run in runs:
        yield Heading(run.label)
        yield _provenance(run)
    known = versions()
    yield Paragraph(
        f"Code: {_revision()}; Python {known['python']}, NumPy {known['numpy']}, Numba "
        f"{known['numba']}.",
        "note",
    )


def _provenance(run: Played) -> Table:
    manifest, kept = run.manifest, run.manifest.run
    rested = f"; this report rests on the first {run.ensemble.trials:,}"
    digests = {
        "run": manifest.digest,
        "scenario": kept.scenario_digest,
        "drawn numbers": kept.quantities_digest,
        "manifest": sha256((run.folder / "manifest.json").read_bytes()),
    }
    rows: tuple[tuple[Text, ...], ...] = (
        (
            "Run",
            (Code(run.folder.name), f", made {manifest.created.isoformat(timespec='seconds')}"),
        ),
        (
            "Seed and trials",
            f"seed {kept.seed}, {kept.trials:,} trials"
            f"{rested if kept.trials != run.ensemble.trials else ''}",
        ),
        *((f"Digest of the {what}", Code(digest)) for what, digest in digests.items()),
    )
    return Table(f"Provenance, {run.label}", (), rows, words=2)


def _revision() -> str:
    revision = code_revision()
    if "git" not in revision:
        return f"package {revision['package']}"
    changed = ", with changes that are in no revision" if revision["dirty"] else ""
    return f"{revision['git']}{changed}"

"""The page of a validation, and what it says of the patterns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from foedus.drawings.svg import element, text
from foedus.drawings.svg import number as coordinate
from foedus.telling.document import Document, Drawing, Paragraph, Section, Strong, Table, Text, html
from foedus.telling.palette import BLUE, VERMILLION
from foedus.validation.page.outputs import pattern_rows
from foedus.validation.page.text import Row, number, of, true

if TYPE_CHECKING:
    from foedus.validation.patterns.rules import Check, Finding, Verdict

WIDTH, HEIGHT, EDGE = 220.0, 30.0, 8.0
"""A strip, in pixels."""
SEEN_WORDS: Final = {
    "tuned": "numbers were set with it in view",
    "looked": "looked at before",
    "construction": "true by construction",
    "cited": "evidence of a parameter",
    "no": "not seen before",
}
READING: Final = (
    "Every pattern has a rule that was written down before the battery was first run. A pattern "
    "passes if all its checks do. The strip shows where the figure lies (dot, with two Monte Carlo "
    "standard errors) and where it passes (shaded). Hold-outs were not to guide parameters; after "
    "the pattern stands how far that was kept."
)
REDUCED: Final = (
    Strong("Reduced run."),
    " Few trials: verdicts near a threshold may differ from those of a full run.",
)


def render(
    verdicts: Sequence[Verdict],
    *,
    explained: Mapping[str, str],
    footer: str,
    sections: Sequence[Section] = (),
    reduced: bool = False,
) -> str:
    """The page.

    Args:
        verdicts: Of all patterns.
        explained: Why a pattern fails, by its id; shown where it does.
        footer: What the numbers come from.
        sections: What follows the patterns.
        reduced: Whether there were too few trials to rely on.
    """
    passed = f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} patterns"
    notes = (Paragraph(REDUCED, "note"),) if reduced else ()
    rows = tuple(row for verdict in verdicts for row in _checks(verdict, explained))
    heads = ("Pattern", "Verdict", "Check", "Where it lies", "Figure", "Margin")
    table = Table("Patterns and their checks", heads, rows, words=4)
    return html(
        Document(
            title=f"foedus validate: {passed}",
            heading=f"{passed} of the record are reproduced",
            kicker="Validation",
            lead=" ".join(summary(pattern_rows(verdicts))),
            sections=(Section("Patterns", (*notes, Paragraph(READING), table)), *sections),
            footer=footer,
        )
    )


def _checks(verdict: Verdict, explained: Mapping[str, str]) -> list[tuple[Text, ...]]:
    """A row per check; the first says what the pattern is."""
    rule = verdict.rule
    use = "hard check" if rule.hard else rule.use
    about: Text = (Strong(rule.id), f" {rule.statement} ({use}; {SEEN_WORDS[rule.seen]})")
    if not verdict.passed and rule.id in explained:
        about = (*about, Strong(" Why it fails: "), explained[rule.id])
    rows: list[tuple[Text, ...]] = []
    for finding in verdict.findings:
        mark = () if finding.passed else (Strong(" ✗"),)
        rows.append(
            (
                rule.id if rows else about,
                "" if rows else "✓ passes" if verdict.passed else Strong("✗ fails"),
                (finding.check.sentence, *mark),
                Drawing(strip(finding)),
                number(finding.figure.value),
                number(finding.margin),
            )
        )
    return rows


def strip(finding: Finding) -> str:
    """A figure on its axis: the passing range shaded, the figure as a dot with its error."""
    value, error = finding.figure
    if math.isnan(value) or math.isinf(value):
        return ""
    low, high = axis(finding.check, value, error)

    def at(x: float) -> float:
        inside = min(max(x, low), high)
        return EDGE + (WIDTH - 2 * EDGE) * (inside - low) / (high - low)

    first, last = passing(finding.check, low, high)
    colour = BLUE if finding.passed else VERMILLION
    shaded = {"x": at(first), "y": 3, "width": max(1.0, at(last) - at(first)), "height": 12}
    reach = {"x1": at(value - 2 * error), "x2": at(value + 2 * error), "y1": 9, "y2": 9}
    marks = [
        element("rect", fill="#cfe3f2", **shaded),
        element("line", x1=EDGE, y1=15, x2=WIDTH - EDGE, y2=15, stroke="#888"),
        element("line", stroke=colour, stroke_width=2, **reach),
        element("circle", cx=at(value), cy=9, r=4.5, fill=colour),
    ]
    for n, edge in enumerate(finding.check.threshold):
        place = at(edge)
        anchor = "middle" if len(finding.check.threshold) == 1 else ("end", "start")[n]
        if not 25 <= place <= WIDTH - 25:
            anchor = "start" if place < 25 else "end"
        marks.append(element("line", x1=place, y1=3, x2=place, y2=17, stroke="#222"))
        style = {"text_anchor": anchor, "font_size": 11, "fill": "#555"}
        marks.append(element("text", text(number(edge, 2)), x=place, y=28, **style))
    label = f"{number(value)} on an axis from {number(low)} to {number(high)}"
    size = {"width": coordinate(WIDTH), "height": coordinate(HEIGHT)}
    return element("svg", *marks, role="img", aria_label=label, **size)


def axis(check: Check, value: float, error: float) -> tuple[float, float]:
    """Ends of a strip: all thresholds and the figure with its error, with some room."""
    places = [*check.threshold, value - 2 * error, value + 2 * error]
    low, high = min(places), max(places)
    room = 0.25 * (high - low) or max(1.0, abs(high)) * 0.5
    return low - room, high + room


def passing(check: Check, low: float, high: float) -> tuple[float, float]:
    """The part of an axis in which a figure passes."""
    edge = check.threshold[0]
    if check.relation in {"above", "at_least"}:
        return edge, high
    if check.relation in {"below", "at_most"}:
        return low, edge
    return edge, check.threshold[-1]


def by_pattern(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows of `outputs.pattern_rows` by pattern."""
    checks: dict[str, list[Row]] = {}
    for row in rows:
        checks.setdefault(row["pattern"], []).append(row)
    return checks


def failed(rows: Sequence[Row]) -> list[str]:
    """Patterns that fail."""
    return [name for name, checks in by_pattern(rows).items() if not true(checks[0], "passed")]


def summary(rows: Sequence[Row]) -> tuple[str, ...]:
    """What to know first of the patterns, in sentences."""
    checks, failing = by_pattern(rows), failed(rows)
    held = [name for name, (first, *_) in checks.items() if first["use"] == "hold-out"]
    hard = [name for name, (first, *_) in checks.items() if true(first, "hard")]
    broken = [name for name in hard if name in failing]
    return (
        f"{len(checks) - len(failing)} of {len(checks)} patterns pass.",
        f"Of the {len(held)} hold-outs {sum(name not in failing for name in held)} pass; none is "
        "clean, for each is cited by a number or was looked at.",
        f"HARD CHECKS FAIL: {', '.join(broken)}."
        if broken
        else f"All {len(hard)} hard checks hold in every trial.",
        f"Failing: {', '.join(failing) or 'none'}.",
    )


def nearest_to_failing(rows: Sequence[Row]) -> Table:
    """A row per pattern, with the check that fails most or is nearest to it."""
    cells: list[tuple[Text, ...]] = []
    for name, checks in by_pattern(rows).items():
        broken = [row for row in checks if not true(row, "check_passed")]
        worst = min(broken or checks, key=lambda row: of(row, "margin") / (of(row, "error") or 1.0))
        first = checks[0]
        cells.append(
            (
                name,
                "passes" if true(first, "passed") else Strong("fails"),
                "hard check" if true(first, "hard") else first["use"],
                first["seen"],
                worst["check"],
                number(of(worst, "value")),
                number(of(worst, "margin")),
            )
        )
    heads = ("Pattern", "", "Use", "Seen", "Nearest to failing", "Figure", "Margin")
    return Table("Patterns", heads, tuple(cells), words=5)

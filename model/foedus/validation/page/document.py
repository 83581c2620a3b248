"""The page of a validation: one self-contained HTML file."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foedus.validation.patterns.rules import Check, Finding, Verdict

TEMPLATE: Final = Path(__file__).with_name("page.html.j2")
WIDTH, HEIGHT, EDGE = 220, 30, 8
"""A strip, in pixels."""
SEEN_WORDS: Final = {
    "tuned": "numbers were set with it in view",
    "looked": "looked at before",
    "construction": "true by construction",
    "cited": "evidence of a parameter",
    "no": "not seen before",
}


@dataclass(frozen=True)
class Table:
    """A table of a section; the first `words` columns hold words, the others numbers.

    One with many narrow columns is set close.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    close: bool = False


@dataclass(frozen=True)
class Picture:
    """An SVG drawing with its caption."""

    svg: str
    caption: str

    @property
    def data(self) -> str:
        """The drawing as the page holds it."""
        return base64.b64encode(self.svg.encode()).decode()


@dataclass(frozen=True)
class Section:
    """A part of the page below the patterns."""

    title: str
    texts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = field(default=())


def number(value: float, digits: int = 3) -> str:
    """A number for reading: few digits, a true minus, a word for what could not be worked out."""
    if math.isnan(value):
        return "none"
    if value == int(value) and abs(value) < 1e6:
        text = f"{int(value)}"
    elif abs(value) >= 100:
        text = f"{value:,.0f}"
    elif abs(value) >= 10:
        text = f"{value:.1f}"
    else:
        text = f"{value:.{digits}f}"
    return text.replace("-", "−")


def render(
    verdicts: Sequence[Verdict],
    *,
    lead: str,
    explained: Mapping[str, str],
    footer: str,
    sections: Sequence[Section] = (),
    reduced: bool = False,
) -> str:
    """The page.

    Args:
        verdicts: Of all patterns.
        lead: What to know first.
        explained: Why a pattern fails, by its id; shown where it does.
        footer: What the numbers come from.
        sections: What follows the patterns.
        reduced: Whether there were too few trials to rely on.
    """
    from jinja2 import Environment
    from markupsafe import Markup

    page = Environment(autoescape=True, trim_blocks=True).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    rows: list[dict[str, Any]] = []
    for verdict in verdicts:
        rule = verdict.rule
        rows.append(
            {
                "id": rule.id,
                "statement": rule.statement,
                "use": "hard check" if rule.hard else rule.use,
                "seen": SEEN_WORDS[rule.seen],
                "passed": verdict.passed,
                "explained": "" if verdict.passed else explained.get(rule.id, ""),
                "findings": [
                    {
                        "sentence": found.check.sentence,
                        "value": number(found.figure.value),
                        "margin": number(found.margin),
                        "passed": found.passed,
                        "strip": Markup(strip(found)),
                    }
                    for found in verdict.findings
                ],
            }
        )
    return page.render(
        verdicts=rows,
        passed=sum(verdict.passed for verdict in verdicts),
        lead=lead,
        footer=footer,
        sections=sections,
        reduced=reduced,
    )


def strip(found: Finding) -> str:
    """A figure on its axis: the passing range shaded, the figure as a dot with its error."""
    value, error = found.figure
    if math.isnan(value) or math.isinf(value):
        return ""
    low, high = axis(found.check, value, error)

    def at(x: float) -> float:
        inside = min(max(x, low), high)
        return EDGE + (WIDTH - 2 * EDGE) * (inside - low) / (high - low)

    first, last = passing(found.check, low, high)
    colour = "#0072B2" if found.passed else "#D55E00"
    marks = [
        f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{number(value)} on an axis '
        f'from {number(low)} to {number(high)}">',
        f'<rect x="{at(first):.1f}" y="3" width="{max(1.0, at(last) - at(first)):.1f}" height="12" '
        'fill="#cfe3f2"/>',
        f'<line x1="{EDGE}" y1="15" x2="{WIDTH - EDGE}" y2="15" stroke="#888"/>',
        f'<line x1="{at(value - 2 * error):.1f}" y1="9" x2="{at(value + 2 * error):.1f}" y2="9" '
        f'stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{at(value):.1f}" cy="9" r="4.5" fill="{colour}"/>',
    ]
    for n, edge in enumerate(found.check.threshold):
        place = at(edge)
        anchor = "middle" if len(found.check.threshold) == 1 else ("end", "start")[n]
        if not 25 <= place <= WIDTH - 25:
            anchor = "start" if place < 25 else "end"
        marks.append(
            f'<line x1="{place:.1f}" y1="3" x2="{place:.1f}" y2="17" stroke="#222"/>'
            f'<text x="{place:.1f}" y="28" text-anchor="{anchor}">{number(edge, 2)}</text>'
        )
    return "".join(marks) + "</svg>"


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


def summary(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """What to know first, in sentences."""
    passed = sum(verdict.passed for verdict in verdicts)
    held = [verdict for verdict in verdicts if verdict.rule.use == "hold-out"]
    hard = [verdict for verdict in verdicts if verdict.rule.hard]
    broken = [verdict.rule.id for verdict in hard if not verdict.passed]
    failed = [verdict.rule.id for verdict in verdicts if not verdict.passed]
    sentences = [
        f"{passed} of {len(verdicts)} patterns pass.",
        f"Of the {len(held)} hold-outs {sum(verdict.passed for verdict in held)} pass; none is "
        "clean, for each is cited by a number or was looked at.",
        f"All {len(hard)} hard checks hold in every trial."
        if not broken
        else f"HARD CHECKS FAIL: {', '.join(broken)}.",
    ]
    if failed:
        sentences.append(f"Failing: {', '.join(failed)}.")
    return tuple(sentences)

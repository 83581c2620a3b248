"""A decision in a sentence: who decided what, why, how likely it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from foedus.dictionary.phrases import WAS_FORCED, label, phrase_of
from foedus.telling.numbers import percent
from foedus.telling.words import month_words

if TYPE_CHECKING:
    from foedus.studies.explain.decisions import Change, Decision, Term

SMALL: Final = 0.05
"""Smallest contribution that is named."""

RARE: Final = 0.01
"""Chance below which it is told in more digits."""


def sentence(decision: Decision, titles: Mapping[str, str], patron: str) -> str:
    """A decision in a sentence or two, with the nearest counterfactual if one was looked for."""
    said = _event(decision, titles, patron)
    if decision.forced:
        return f"{said}{WAS_FORCED}{_left_to_itself(decision)}."
    if decision.drawn is None:
        return f"{said}."
    said += f": {_speaking(decision, titles[patron])}{term_words(decision.terms)}"
    said += f"; {_luck(decision)}."
    if any(abs(term.value) >= SMALL for term in decision.membership):
        moved = term_words(decision.membership)
        what = "its rituals" if decision.kind == "act" else "its reliance"
        said += f" Since the start what upholds {what} has moved by {moved}."
    if decision.changes:
        said += f" {change_sentence(decision, decision.changes[0], titles[patron])}"
    return said


def _left_to_itself(decision: Decision) -> str:
    """How likely a forced decision would have been."""
    if decision.kind == "decision":
        return ""
    return f"; left to choose it would have done so with a chance of {_chance(decision)}"


def change_sentence(decision: Decision, change: Change, patron: str) -> str:
    """A counterfactual in a sentence, as far as it is rounded a true one."""
    would = phrase_of(decision.kind, change.becomes).would.format(patron=patron)
    size = abs(change.stated - change.now)
    way = "higher" if change.stated > change.now else "lower"
    digits = f"{size:.2f}" if round(size, 2) == round(size, 9) else f"{size:.2g}"
    return (
        f"With the same draw and {change.state} {digits} {way} than its {change.now:.2f}, "
        f"it would {would}."
    )


def term_words(terms: Iterable[Term]) -> str:
    """Terms from the largest to the smallest, with their signs.

    Example:
        >>> from foedus.studies.explain.decisions import Term
        >>> term_words([Term("a", "tie", 0.31), Term("b", "fear", -1.26), Term("c", "need", 0.001)])
        'fear -1.3, tie +0.3'
    """
    ordered = sorted(terms, key=lambda term: -abs(term.value))
    named = [f"{one.label} {one.value:+.1f}" for one in ordered if abs(one.value) >= SMALL]
    return ", ".join(named) if named else "nothing that weighs"


def _event(decision: Decision, titles: Mapping[str, str], patron: str) -> str:
    """Who did what, about what, when."""
    kind, month = decision.kind, month_words(decision.date)
    who = titles[decision.actor]
    other = "" if decision.other is None else titles[decision.other]
    over = "" if decision.threat is None else f" ({_lower(titles[decision.threat])})"
    if kind == "mandate":
        given = "gave a mandate" if decision.outcome == "given" else "gave no mandate"
        votes = f"; {decision.about}" if decision.about else ""
        return f"The council {given} on {who}'s request of {month}{over}{votes}"
    if kind == "exit":
        return f"{who} {phrase_of(kind, decision.outcome).done} in {month}"
    what = f"{other}'s request of {month}{over}"
    if kind in {"statecraft", "pact", "decision"}:
        what = other
    if kind == "take_part":
        what = f"what the bloc did for {other} in {month}{over}"
    done = phrase_of(kind, decision.outcome).done.format(patron=titles[patron], what=what)
    if kind in {"vote", "answer", "take_part"}:
        return f"{who} {done}"
    if kind == "turn":
        return f"Left without a mandate, {who} {done} in {month}{over}"
    if kind == "act":
        return f"{who} {done} an act of membership in {month} ({_lower(decision.about or '')})"
    if kind == "roll_call":
        return f"{who} {done} at the UN in {month} ({_lower(decision.about or '')})"
    return f"{who} {done} in {month}{over}"


def _speaking(decision: Decision, patron: str) -> str:
    """For which option the terms speak, where it is not the one that was chosen."""
    if decision.weighs == decision.outcome or decision.kind not in {
        "request",
        "answer",
        "statecraft",
    }:
        return ""
    return f"weighing {phrase_of(decision.kind, decision.weighs).noun.format(patron=patron)}, "


def _luck(decision: Decision) -> str:
    """How likely it was, and what was drawn."""
    drawn = decision.drawn or 0.0
    digits = f"{drawn:.2f}" if 0.005 <= drawn < 0.995 else f"{drawn:.5f}".rstrip("0")
    return f"chance of this {_chance(decision)}, drawn {digits}{_bounds(decision)}"


def _chance(decision: Decision) -> str:
    """Its chance in per cent; a small one in two digits."""
    share = decision.chance
    return f"{percent(share)} %" if share >= RARE or share == 0.0 else f"{100.0 * share:.2g} %"


def _bounds(decision: Decision) -> str:
    """Where the draw had to fall on one scale, and for what."""
    if decision.kind in {"vote", "roll_call"}:
        low, _, high = decision.options
        ends = (f"{label(low.name)} below {low.chance:.2f}", label(high.name))
        return f" ({ends[0]}, {ends[1]} above {1 - high.chance:.2f})"
    return ""


def _lower(text: str) -> str:
    """A title inside a sentence: its first letter small, unless it is a name."""
    first = text.split(" ", maxsplit=1)[0]
    named = first.endswith("'s") or first.isupper() or "-" in first
    return text if named else text[:1].lower() + text[1:]

"""A decision in a sentence: who decided what, why, how likely it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.dictionary.vocabulary import CHANNEL_NAMES
from foedus.telling.numbers import percent
from foedus.telling.words import month_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foedus.studies.explain.decisions import Change, Decision, Term

SMALL: Final = 0.05
"""Smallest contribution that is named."""

RARE: Final = 0.01
"""Chance below which it is told in more digits."""

_NONE, _BILATERAL, _BLOC = CHANNEL_NAMES

DONE: Final[Mapping[str, Mapping[str, str]]] = {
    "request": {
        _NONE: "did not ask for help",
        _BILATERAL: "asked {patron} alone for help",
        _BLOC: "asked the bloc for help",
    },
    "turn": {"turned": "turned to {patron} alone", "let it be": "did not turn to {patron}"},
    "vote": {
        "veto": "vetoed {what}",
        "abstain": "abstained on {what}",
        "assent": "assented to {what}",
    },
    "answer": {
        "none": "gave no help on {what}",
        "statement": "answered {what} with a statement",
        "monitoring": "answered {what} with observers",
        "materiel": "answered {what} with arms or money",
        "exercise": "answered {what} with an exercise",
        "troops": "answered {what} with troops",
    },
    "take_part": {"took part": "took part in {what}", "stayed away": "took no part in {what}"},
    "act": {"complied": "complied with", "declined": "did not comply with"},
    "freeze": {"froze": "froze its membership"},
    "thaw": {"took up its membership again": "took up its membership again"},
    "notice": {"announced its exit": "announced its exit"},
    "withdrawal": {"withdrew its notice": "withdrew its notice of exit"},
    "renewal": {
        "let it pass": "let the renewal of the treaty pass, and was out",
        "renewed": "renewed the treaty",
    },
    "return": {"joined again": "joined the alliance again"},
    "roll_call": {
        "against the patron": "voted against {patron}",
        "abstention": "abstained",
        "with the patron": "voted with {patron}",
    },
}
"""What somebody did, by kind and outcome."""

WOULD: Final[Mapping[str, Mapping[str, str]]] = {
    "request": {
        _NONE: "not have asked for help",
        _BILATERAL: "have asked {patron} alone",
        _BLOC: "have asked the bloc",
    },
    "turn": {"turned": "have turned to {patron}", "let it be": "not have turned to {patron}"},
    "vote": {"veto": "have vetoed", "abstain": "have abstained", "assent": "have assented"},
    "answer": {
        "none": "have given no help",
        "statement": "have made a statement",
        "monitoring": "have sent observers",
        "materiel": "have sent arms or money",
        "exercise": "have held an exercise",
        "troops": "have sent troops",
    },
    "take_part": {"took part": "have taken part", "stayed away": "have stayed away"},
    "act": {"complied": "have complied", "declined": "not have complied"},
    "freeze": {"froze": "have frozen its membership", "stayed active": "have stayed active"},
    "thaw": {"stayed frozen": "have stayed frozen"},
    "notice": {"stayed in": "not have announced its exit"},
    "withdrawal": {"kept to its notice": "have kept to its notice"},
    "renewal": {"let it pass": "have let it pass", "renewed": "have renewed"},
    "return": {"stayed out": "have stayed out"},
    "roll_call": {
        "against the patron": "have voted against {patron}",
        "abstention": "have abstained",
        "with the patron": "have voted with {patron}",
    },
}
"""What somebody would have done, after «would»."""


WEIGHED: Final[Mapping[str, Mapping[str, str]]] = {
    "request": {_BILATERAL: "a request to {patron}", _BLOC: "a request to the bloc"},
    "answer": {
        "statement": "a statement",
        "monitoring": "observers",
        "materiel": "arms or money",
        "exercise": "an exercise",
        "troops": "troops",
    },
}
"""The likeliest of what was not chosen, where what was has no terms of its own."""


def sentence(decision: Decision, titles: Mapping[str, str], patron: str) -> str:
    """A decision in a sentence or two, with the nearest counterfactual if one was looked for.

    Args:
        decision: The decision.
        titles: What everyone is called, by code or name.
        patron: Code of the patron.
    """
    said = _event(decision, titles, patron)
    if decision.drawn is None:
        return f"{said}."
    said += f": {_speaking(decision, titles[patron])}{term_words(decision.terms, decision.unit)}"
    said += f"; {_luck(decision)}."
    if any(abs(term.value) >= SMALL for term in decision.membership):
        moved = term_words(decision.membership)
        said += f" Since the start its utility of membership has moved by {moved}."
    if decision.changes:
        said += f" {change_sentence(decision, decision.changes[0], titles[patron])}"
    return said


def change_sentence(decision: Decision, change: Change, patron: str) -> str:
    """A counterfactual in a sentence, as far as it is rounded a true one."""
    would = WOULD[decision.kind][change.becomes].format(patron=patron)
    size = abs(change.stated - change.now)
    way = "higher" if change.stated > change.now else "lower"
    digits = f"{size:.2f}" if round(size, 2) == round(size, 9) else f"{size:.2g}"
    return (
        f"With the same luck and {change.state} {digits} {way} than its {change.now:.2f}, "
        f"it would {would}."
    )


def term_words(terms: Iterable[Term], unit: str = "log-odds") -> str:
    """Terms from the largest to the smallest, with their signs.

    Example:
        >>> from foedus.studies.explain.decisions import Term
        >>> term_words([Term("a", "tie", 0.31), Term("b", "fear", -1.26), Term("c", "need", 0.001)])
        'fear -1.3, tie +0.3'
    """
    digits = 1 if unit == "log-odds" else 3
    least = SMALL if unit == "log-odds" else 0.0005
    ordered = sorted(terms, key=lambda term: -abs(term.value))
    named = [f"{one.label} {one.value:+.{digits}f}" for one in ordered if abs(one.value) >= least]
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
        return f"{who}'s notice ran out in {month}, and it was out"
    what = f"{other}'s request of {month}{over}"
    if kind == "take_part":
        what = f"what the bloc did for {other} in {month}{over}"
    done = DONE[kind][decision.outcome].format(patron=titles[patron], what=what)
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
    if decision.weighs == decision.outcome or decision.kind not in {"request", "answer"}:
        return ""
    return f"weighing {WEIGHED[decision.kind][decision.weighs].format(patron=patron)}, "


def _luck(decision: Decision) -> str:
    """How likely it was, and what was drawn."""
    share = decision.chance
    chance = f"{percent(share)} %" if share >= RARE else f"{100.0 * share:.2g} %"
    drawn = decision.drawn or 0.0
    digits = f"{drawn:.2f}" if 0.005 <= drawn < 0.995 else f"{drawn:.5f}".rstrip("0")
    return f"chance of this {chance}, drawn {digits}{_bounds(decision)}"


def _bounds(decision: Decision) -> str:
    """Where luck on one scale had to fall for what."""
    if decision.kind in {"vote", "roll_call"}:
        low, _, high = decision.options
        return f" ({low.name} below {low.chance:.2f}, {high.name} above {1 - high.chance:.2f})"
    return ""


def _lower(text: str) -> str:
    """A title inside a sentence: its first letter small, unless it is a name."""
    first = text.split(" ", maxsplit=1)[0]
    named = first.endswith("'s") or first.isupper() or "-" in first
    return text if named else text[:1].lower() + text[1:]

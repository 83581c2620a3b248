"""A scenario in words: the course of its drivers, and everything that happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from foedus.dictionary.vocabulary import (
    DECISION_RULE,
    DECISION_RULE_NAMES,
    NOTICE_MONTHS,
    PROVISION_NAMES,
)
from foedus.scenarios import drivers
from foedus.scenarios.language import months
from foedus.scenarios.language.choices import label_of

if TYPE_CHECKING:
    from foedus.scenarios.alliances.provisions import Change
    from foedus.scenarios.language.schema import (
        DecisionEntry,
        QuestionEntry,
        ShockEntry,
        TriggerEntry,
    )
    from foedus.scenarios.resolved import ResolvedScenario

_SMALL = 1e-12


def course(path: dict[str, float] | None, name: str, start: str, horizon: int) -> str:
    """A driver's path in words, as far as a run sees it.

    Args:
        path: By month, as in a file; None where a scenario says nothing.
        name: The driver.
        start: First month of the run.
        horizon: Its length in months.

    Example:
        >>> course({"2026-11": 1, "2027-12": 1, "2029-01": 0.3}, "war", "2026-11", 60)
        '1 to 2027-12, then down to 0.3 by 2029-01, then held to 2031-11'
        >>> course(None, "offer.CHN", "2026-11", 60)
        '1 throughout, as nothing is said'
    """
    if path is None:
        return f"{drivers.kind_of(name).default:g} throughout, as nothing is said"
    knots = _knots(path, start, months.after(start, horizon))
    pieces: list[tuple[str, float, float]] = []
    for (_, before), (date, value) in pairwise(knots):
        slope = value - before
        if abs(slope) < _SMALL and pieces and abs(pieces[-1][1] - pieces[-1][2]) < _SMALL:
            pieces[-1] = (date, value, value)
        else:
            pieces.append((date, before, value))
    if all(abs(before - value) < _SMALL for _, before, value in pieces):
        return f"{knots[0][1]:g} throughout"
    words = [f"{knots[0][1]:g}"]
    for date, before, value in pieces:
        if abs(before - value) < _SMALL:
            words.append(f"to {date}" if len(words) == 1 else f"held to {date}")
        else:
            words.append(f"{'up' if value > before else 'down'} to {value:g} by {date}")
    first = " ".join(words[:2]) if words[1].startswith("to ") else ", ".join(words[:2])
    return ", then ".join([first, *words[2:]])


def _knots(path: dict[str, float], start: str, end: str) -> list[tuple[str, float]]:
    """The dates of a path within a run, with its values at the run's ends."""
    inside = [(date, value) for date, value in sorted(path.items()) if start < date < end]
    first, last = at(path, start), at(path, end)
    return [(start, first), *inside, (end, last)]


def at(path: dict[str, float], date: str) -> float:
    """The value of a path at a month.

    Example:
        >>> at({"2027-01": 0.0, "2028-01": 1.0}, "2027-07")
        0.5
    """
    known = sorted(path)
    earlier = [each for each in known if each <= date]
    later = [each for each in known if each > date]
    if not earlier or not later:
        return path[earlier[-1] if earlier else later[0]]
    left, right = earlier[-1], later[0]
    share = (months.count(date) - months.count(left)) / (months.count(right) - months.count(left))
    return path[left] + share * (path[right] - path[left])


def shock_words(entry: ShockEntry) -> str:
    """A shock as a sentence without its name."""
    fading = f", halving every {entry.half_life:g} months" if entry.half_life is not None else ""
    if entry.on.startswith("incident."):
        return f"in {entry.date}, an incident {entry.on[9:]} of severity {entry.size:g}"
    return f"in {entry.date}, {entry.on} {entry.size:+g}{fading}"


def trigger_words(entry: TriggerEntry) -> str:
    """A trigger as a sentence without its name."""
    lasting = f" for {entry.for_months} months" if entry.for_months > 1 else ""
    since = f" (from {entry.since})" if entry.since else ""
    effect = f"{entry.on} becomes {label_of(entry.to)}" if entry.to is not None else ""
    if entry.size is not None:
        effect = f"{entry.on} {entry.size:+g}"
    fading = f", halving every {entry.half_life:g} months" if entry.half_life is not None else ""
    until = f", until {entry.until}" if entry.until else ""
    again = "; again and again" if entry.repeat else ""
    return f"once {entry.when}{lasting}{since}, {effect}{fading}{until}{again}"


_DONE = {
    "notice": "announces that it will leave",
    "withdraw": "withdraws its notice of exit",
    "freeze": "freezes its membership",
    "thaw": "takes up its membership again",
    "leave": "leaves the alliance",
    "join": "joins the alliance",
    "government": "has a new government",
    "terms": "offers terms to",
    "pressure": "presses",
    "pact": "concludes a pact with",
    "arms": "sells arms to",
}


def decision_words(entry: DecisionEntry) -> str:
    """A decision as a sentence without its name."""
    size = f" ({entry.size:g})" if entry.size is not None else ""
    if entry.does == "request":
        asked = "the patron" if entry.channel == "bilateral" else "the bloc"
        answer = f", and the answer is {entry.answer}" if entry.answer is not None else ""
        return f"in {entry.date}, {entry.actor} asks {asked} over {entry.threat}{size}{answer}"
    toward = f" {entry.toward}" if entry.toward is not None else ""
    return f"in {entry.date}, {entry.actor} {_DONE[entry.does]}{toward}{size}"


def question_words(entry: QuestionEntry) -> str:
    """A question's condition and dates."""
    lasting = f" for {entry.for_months} months" if entry.for_months > 1 else ""
    since = f" from {entry.since}" if entry.since else ""
    key = next(key for key in ("by", "at", "before") if getattr(entry, key))
    return f"{entry.when}{lasting}{since} {key} {getattr(entry, key)}"


def change_words(change: Change, start: str) -> str:
    """A dated change of charter or mechanisms as a sentence."""
    return f"from {months.after(start, change.month)}, {provision_words(change)}"


def provision_words(change: Change) -> str:
    """What a rule or a mechanism becomes."""
    name = PROVISION_NAMES[change.provision]
    if change.provision == DECISION_RULE:
        return f"decision rule {DECISION_RULE_NAMES[change.value]}"
    if change.provision == NOTICE_MONTHS:
        return f"{change.value} months of notice"
    return f"mechanism {name} {'on' if change.value else 'off'}"


def story(resolved: ResolvedScenario) -> Iterator[str]:
    """The scenario before it is played, a line each: what holds, what happens, what is asked."""
    scenario = resolved.scenario
    end = months.after(resolved.start, resolved.horizon)
    yield f"{resolved.title} ({resolved.name})"
    yield f"{resolved.start} to {end}, {resolved.horizon} months, alliance {resolved.alliance.name}"
    out = [code for code, status in resolved.initial_status.items() if status == "out"]
    frozen = [code for code, status in resolved.initial_status.items() if status == "frozen"]
    active = [code for code in resolved.members if code not in {*out, *frozen}]
    yield "Members: " + "; ".join(
        f"{word} {', '.join(codes)}"
        for word, codes in (("active", active), ("frozen", frozen), ("out", out))
        if codes
    )
    rule = scenario.charter
    yield f"Charter: {rule.decision_rule}, {rule.notice_months} months of notice"
    on = [name for name, value in dict(scenario.mechanisms).items() if value is True]
    if on:
        yield f"Mechanisms switched on: {', '.join(on)}"
    yield from _happenings(resolved)
    for section in ("parameters", "quantities"):
        for name, value in getattr(scenario, section).items():
            yield f"{name} is {label_of(value.written)} here"
    for setting in resolved.settings:
        yield f"{setting.kind.capitalize()} {setting.name}: {setting.text} ({setting.on})"
    for entry in scenario.questions:
        yield f"Question {entry.id}: {question_words(entry)}"


def _happenings(resolved: ResolvedScenario) -> Iterator[str]:
    scenario: Any = resolved.scenario
    for name in resolved.drivers:
        if name in scenario.drivers:
            path = scenario.drivers[name]
            yield f"{name}: {course(path, name, resolved.start, resolved.horizon)}"
    for entry in sorted(scenario.shocks, key=lambda each: each.date):
        yield f"Shock {entry.name}: {shock_words(entry)}"
    for change in resolved.changes:
        yield f"Change: {change_words(change, resolved.start)}"
    for entry in sorted(scenario.decisions, key=lambda each: each.date):
        yield f"Decision {entry.name}: {decision_words(entry)}"
    for date, numbers in sorted(scenario.quantities_from.items()):
        for name, value in numbers.items():
            yield f"Change: from {date}, {name} is {value:g}"
    for entry in scenario.triggers:
        yield f"Trigger {entry.name}: {trigger_words(entry)}"

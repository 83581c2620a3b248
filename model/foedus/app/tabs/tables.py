"""Tables and lists of the page, as HTML text; every name is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from foedus.app.states import LEVELS, drivers_of, status_of
from foedus.dictionary.phrases import label
from foedus.dictionary.vocabulary import ACTIVE, OUT, VITALITY_NAMES
from foedus.drawings.svg import ink_on, shade
from foedus.telling.difference import Difference, at_the_end
from foedus.telling.numbers import UNITS, percent, value
from foedus.telling.palette import STATUS_COLOURS
from foedus.telling.words import month_words, titles_of

if TYPE_CHECKING:
    from foedus.app.live import LiveModel
    from foedus.app.log import Line
    from foedus.studies.explain.decisions import Decision

NEWEST = 60
"""Lines of the log on the page."""


def headline(model: LiveModel) -> str:
    """This month in six numbers."""
    inside = [each for each in model.members if each.status != OUT]
    active = sum(1 for each in inside if each.status == ACTIVE)
    values = drivers_of(model)
    tiles = (
        ("Month", month_words(model.date), f"{model.month} of {model.setup.scenario.horizon}"),
        ("Cohesion", f"{model.cohesion:.2f}", _against_reference(model)),
        (
            "Active members",
            f"{active} of {len(inside)}",
            f"{titles_of(model.setup.scenario)[model.patron.code]} aside",
        ),
        ("Patron's capacity", f"{model.capacity:.2f}", f"{model.capacity_start:.2f} at the start"),
        ("War", f"{percent(values['war'])} %", "of full intensity"),
        (
            "Requests for help",
            f"{_requests(model)}",
            f"{_answered(model)} answered by deeds",
        ),
    )
    cells = "".join(
        f'<div class="tile"><div class="tile-name">{escape(name)}</div>'
        f'<div class="tile-value">{escape(value)}</div>'
        f'<div class="tile-note">{escape(note)}</div></div>'
        for name, value, note in tiles
    )
    return f'<div class="tiles" data-testid="headline" data-month="{model.month}">{cells}</div>'


def _against_reference(model: LiveModel) -> str:
    """Whether the alliance is alive, and its cohesion against that of the reference date."""
    left = VITALITY_NAMES[model.vitality]
    reference = model.setup.scenario.alliance.file.reference
    if reference is None:
        return f"{left}; {model.cohesion_start:.2f} at the start"
    share = percent(model.cohesion / reference.cohesion)
    return f"{left}; {share} % of {month_words(reference.date)}"


def _requests(model: LiveModel) -> int:
    return sum(each.requests_bloc + each.requests_bilateral for each in model.members)


def _answered(model: LiveModel) -> int:
    return sum(sum(each.answers[2:]) for each in model.members)


def members(model: LiveModel) -> str:
    """All members, a row each, with the state in numbers on their colours."""
    names = titles_of(model.setup.scenario)
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in LEVELS)
    rows = []
    for each in model.members:
        status = status_of(each)
        away = each.status == OUT
        cells = "".join(
            NOTHING if away and name == PARTICIPATION else _level(float(level(each)), away=away)
            for name, level in LEVELS.items()
        )
        shares = sorted(zip(each.alignment, model.partners, strict=False), key=lambda one: -one[0])
        share, partner = shares[0]
        rows.append(
            f'<tr><th scope="row">{escape(names[each.code])}</th>'
            f'<td><span class="dot" style="background:{STATUS_COLOURS[status]}"></span>'
            f"{status}</td>"
            f"{cells}<td>{escape(names[partner.code])} {percent(share)}\u00a0%</td></tr>"
        )
    return (
        f'<table class="members" data-testid="members" data-month="{model.month}">'
        "<caption>Members this month (levels from 0 to 1)"
        f'</caption><thead><tr><th scope="col">Member</th><th scope="col">Status</th>{heads}'
        f'<th scope="col">Largest partner</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


PARTICIPATION: Final = "Participation"
NOTHING: Final = '<td class="level">-</td>'
"""Of who is out there are no acts of membership to take part in."""


def _level(value: float, *, away: bool) -> str:
    if away:
        return f'<td class="level">{value:.2f}</td>'
    colour = shade(value)
    return f'<td class="level" style="background:{colour};color:{ink_on(colour)}">{value:.2f}</td>'


def log(lines: Sequence[Line]) -> str:
    """The newest lines first."""
    items = "".join(
        f'<li class="{"routine" if line.routine else "event"}"><time>{escape(line.date)}</time> '
        f"{escape(line.words)}</li>"
        for line in reversed(lines[-NEWEST:])
    )
    empty = "<li>Nothing yet: press Step or Play.</li>"
    head = "<h2>What happened, newest first</h2>"
    return f'{head}<ol class="log" aria-live="polite" data-testid="log">{items or empty}</ol>'


def named(letter: str, title: str, note: str) -> str:
    """A letter and what it stands for."""
    return (
        f'<p class="named"><span class="letter">{escape(letter)}</span> <b>{escape(title)}</b> '
        f"<span>{escape(note)}</span></p>"
    )


def month_of(model: LiveModel) -> str:
    """This month in words."""
    return month_words(model.date)


def differences(rows: Sequence[Difference]) -> str:
    """Paired differences at the end, in words and numbers, the largest first.

    Measures in which the scenarios do not differ are pale.
    """
    smallest = {kind: unit.smallest for kind, unit in UNITS.items()}
    ordered = sorted(
        rows,
        key=lambda row: (
            row.measure.metric != "cohesion",
            -abs(row.mean) / smallest[row.measure.kind],
        ),
    )
    body = "".join(
        f'<tr class="{"" if row.clear else "same"}">'
        f'<th scope="row">{escape(row.measure.title)}</th>'
        f"<td>{_mean(row.base, row)}</td><td>{_mean(row.other, row)}</td>"
        f"<td>{row.range}{UNITS[row.measure.kind].name}</td><td>{escape(row.verdict)}</td></tr>"
        for row in ordered
        if row.verdict != "the same"
    )
    heads = ("Mean at the end", "A", "B", "B minus A (90 % interval)", "B is")
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    same = sum(row.verdict == "the same" for row in rows)
    finding = f"{at_the_end(rows, 'cohesion').sentence()}."
    return (
        notice(finding, "finding")
        + '<div class="scroll" tabindex="0" role="region" aria-label="Differences in numbers">'
        f'<table class="members" data-testid="differences"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        + notice(f"Measures that are the same in every trial: {same}.", "same")
    )


def _mean(mean: float, row: Difference) -> str:
    mark = " %" if row.measure.kind == "event" else ""
    return escape(f"{value(mean, row.measure.kind)}{mark}")


def sentence(words: str) -> str:
    """A decision in a sentence, large enough for the last row."""
    # A per cent sign stays with its number.
    kept = escape(words.replace(" %", "\u00a0%"))
    return f'<p class="sentence" data-testid="sentence">{kept}</p>'


def options(decision: Decision) -> str:
    """What could have been decided, with chances; the outcome is marked."""
    rows = "".join(
        f'<tr class="{"chosen" if each.name == decision.outcome else ""}">'
        f'<th scope="row">{escape(label(each.name))}</th><td>{percent(each.chance)} %</td>'
        f'<td><span class="bar" style="width:{100 * each.chance:.0f}%"></span></td></tr>'
        for each in decision.options
    )
    draw = "Nothing was left to chance."
    if decision.forced:
        draw = "The scenario had it so: neither reasons nor luck decided."
    elif decision.drawn is not None:
        draw = f"The draw that decided it: {decision.drawn:.3f}, from 0 to 1."
    return (
        '<table class="members options" data-testid="options"><caption>What could have been decided'
        f"</caption><tbody>{rows}</tbody></table>{notice(draw, 'draw')}"
    )


def changes(sentences: Sequence[str], *, error: str | None, pending: bool) -> str:
    """What would have changed it."""
    if error:
        return alarm(error, "changes-error")
    if pending:
        return notice("Looking for what would have changed it ...", "changes-pending")
    items = "".join(f"<li>{escape(each)}</li>" for each in sentences)
    none = "<li>No single state, moved within its range, would have changed it.</li>"
    return f'<h2>What would have changed it</h2><ul data-testid="changes">{items or none}</ul>'


def notice(words: str, testid: str) -> str:
    """A quiet line."""
    return f'<p class="notice" data-testid="{testid}">{escape(words)}</p>'


def alarm(words: str, testid: str = "error") -> str:
    """What went wrong, for everybody to notice."""
    return f'<div class="alarm" role="alert" data-testid="{testid}">{escape(words)}</div>'

"""Who cites which evidence (parameters, numbers of alliances, scenarios), and answers about it."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from foedus import evidence
from foedus.errors import FoedusError
from foedus.evidence import Coverage, Evidence, coverage, show
from foedus.files.faults import Misread, printable, unknown
from foedus.parameters import registry as parameters
from foedus.scenarios.language.triples import ZERO
from foedus.scenarios.resolve import resolve

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.parameters.registry import Parameter, Registry
    from foedus.scenarios.alliances.schema import AllianceFile, Quantity, Table
    from foedus.scenarios.language.quantities import QuantityKind
    from foedus.scenarios.resolved import ResolvedScenario

ABOUT_WIDTH = 12
"""Numbers that one line about a quantity shows, unless it is asked for some of them."""

LONGEST_NAME = 200
"""Letters of a name beyond which no file is looked for; the system would complain."""

GRADES = ("A", "B", "C", "judgement")

_WITH_KEYS = re.compile(r"([a-z][a-z0-9_]*)(?:\[([^\[\]]*)\]|\.(.+))")
"""``trust_patron[ARM]``, as scenarios override it, or ``trust_patron.ARM``, as shocks name it."""


class Graded(NamedTuple):
    """A number with its grade; `what` is ``parameter`` or ``quantity``."""

    what: str
    name: str
    grade: str
    meaning: str


def answer(asked: str | None = None, case: Case | None = None) -> str:
    """What the evidence says to a question.

    Args:
        asked: A parameter, a quantity of the alliance with or without keys, a scenario or its file,
            an id, or a grade; None for the coverage of all the evidence.
        case: Whose evidence is asked; the usual case if None.

    Raises:
        FoedusError: There is nothing of that name.
    """
    known, numbers = evidence.load(case), parameters.load(case)
    cited = all_citations(numbers)
    covered = coverage.cover(known, cited, coverage.load_unused(case))
    if asked is None:
        return show.coverage_text(known, covered, _grades_line(graded(numbers)))
    for grade in GRADES:
        if asked.casefold() == grade.casefold():
            return _grade_text(grade, graded(numbers))
    name = _known_name(asked, covered, known)
    if name in known.by_id:
        text = show.record_text(name, known, covered)
    elif name in (own := _scenarios(numbers.case)) or _is_file(asked):
        scenario = resolve(own.get(name, asked), parameters=numbers.ranges, evidence_ids=known.ids)
        text = _scenario_text(scenario, known)
    elif name in covered.sources:
        text = show.name_text(name, known, covered, about(name, numbers))
    else:
        text = _part_text(asked, known, covered, numbers)
    return show.with_codes(text)


def _known_name(asked: str, covered: Coverage, known: Evidence) -> str:
    """A name or an id as it is written, whatever the case in which it is asked for."""
    every = [*covered.sources, *known.by_id]
    return (
        asked
        if asked in every
        else {one.casefold(): one for one in every}.get(asked.casefold(), asked)
    )


def _is_file(asked: str) -> bool:
    named_so = "/" in asked or asked.endswith((".yaml", ".yml"))
    return named_so or (len(asked) < LONGEST_NAME and Path(asked).is_file())


def _part_text(asked: str, known: Evidence, covered: Coverage, numbers: Registry) -> str:
    """What some numbers of a quantity rest on."""
    parts = _WITH_KEYS.fullmatch(asked)
    if parts is None or parts[1] not in covered.sources:
        raise FoedusError(f"evidence: {_unknown_name(asked, covered, known)}")
    name, bracketed, dotted = parts.groups()
    try:
        text = about(name, numbers, re.split(r"\.|,", bracketed or dotted or ""))
    except Misread as error:
        raise FoedusError(f"evidence: {error}") from None
    return show.name_text(name, known, covered, text, title=asked)


def _unknown_name(asked: str, covered: Coverage, known: Evidence) -> str:
    near = difflib.get_close_matches(asked[:200], [*covered.sources, *known.by_id], n=3)
    hint = f"; did you mean {' or '.join(f'«{name}»' for name in near)}?" if near else ""
    return (
        f"found «{printable(asked)}», expected a parameter, a quantity of the alliance, a scenario "
        f"or its file, an evidence id or a grade ({', '.join(GRADES)}){hint}"
    )


def _scenario_text(scenario: ResolvedScenario, known: Evidence) -> str:
    """What a scenario cites, and what its shocks, triggers, decisions and questions cite."""
    cited = dict(_of_scenario(scenario))
    covered = coverage.cover(known, cited, {})
    name = scenario.name
    parts = {part.removeprefix(f"{name} "): ids for part, ids in cited.items() if part != name}
    text = show.name_text(name, known, covered, f"{scenario.title}.")
    return "\n".join([text, *show.parts_lines(parts)])


def _scenarios(case: Case) -> dict[str, str | Path]:
    """The scenarios of a case by name."""
    return {Path(each).stem: each for each in case.scenarios()}


def graded(registry: Registry) -> list[Graded]:
    """All parameters, and all quantities of the alliances of a case's scenarios."""
    of_parameters = [
        Graded("parameter", each.name, each.grade, each.meaning) for each in registry.parameters
    ]
    seen: dict[str, Graded] = {}
    for reference in registry.case.scenarios():
        scenario = resolve(reference, parameters=registry.ranges)
        for name, quantity in scenario.alliance.quantities.items():
            entry = quantity.entry
            seen.setdefault(name, Graded("quantity", name, entry.grade, entry.meaning))
    return [*of_parameters, *seen.values()]


def _grades_line(numbers: list[Graded]) -> str:
    counts = Counter((one.what, one.grade) for one in numbers)
    return "; ".join(
        f"{plural} {', '.join(f'{grade} {counts[what, grade]}' for grade in GRADES)}"
        for what, plural in _PLURALS.items()
    )


_PLURALS = {"parameter": "parameters", "quantity": "quantities"}


def _grade_text(grade: str, numbers: list[Graded]) -> str:
    lines = [f"grade {grade}: {_GRADE_MEANINGS[grade]}"]
    for what, plural in _PLURALS.items():
        chosen = {
            one.name: one.meaning for one in numbers if (one.what, one.grade) == (what, grade)
        }
        lines += ["", f"{len(chosen)} {what if len(chosen) == 1 else plural}"]
        lines += show.named_lines(chosen)
    return "\n".join(lines)


_GRADE_MEANINGS = {
    "A": "several dated observations",
    "B": "one or two dated observations",
    "C": "theory, or one article",
    "judgement": "the coder's own; sources bear on sign and order, not on size",
}


def all_citations(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Evidence ids by the name of what cites them.

    Names are those of parameters, of alliance quantities (``trust_patron``), of the rest of an
    alliance (``ALLIANCE charter``) and of scenarios and their parts (``SCENARIO``,
    ``SCENARIO question NAME``).
    """
    cited = {each.name: each.cited("record") for each in registry.parameters}
    alliances: dict[str, ResolvedScenario] = {}
    for reference in registry.case.scenarios():
        scenario = resolve(reference, parameters=registry.ranges)
        alliances.setdefault(scenario.alliance.name, scenario)
        cited.update(_of_scenario(scenario))
    for scenario in alliances.values():
        cited.update(_of_alliance(scenario.alliance.file))
        for quantity, known in scenario.alliance.quantities.items():
            cited[quantity] = cited.get(quantity, ()) + known.entry.sources
    return cited


def _of_scenario(scenario: ResolvedScenario) -> Iterator[tuple[str, tuple[str, ...]]]:
    file = scenario.scenario
    yield file.name, file.sources
    for shock in file.shocks:
        yield f"{file.name} {shock.name}", shock.sources
    for trigger in file.triggers:
        yield f"{file.name} {trigger.name}", trigger.sources
    for decision in file.decisions:
        yield f"{file.name} {decision.name}", decision.sources
    for lever in (*file.levers, *file.uncertainties):
        yield f"{file.name} {lever.name}", lever.sources
    for question in file.questions:
        yield f"{file.name} question {question.id}", question.sources


def _of_alliance(file: AllianceFile) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"{file.name} charter", file.charter.sources
    yield f"{file.name} initial status", file.initial_status.sources
    for entry in file.calendar:
        yield f"{file.name} calendar {entry.title or entry.act} ({entry.month})", entry.sources
    for vote in file.votes:
        yield f"{file.name} vote {vote.title or vote.kind} ({vote.month})", vote.sources


def about(name: str, registry: Registry, keys: list[str] | None = None) -> str:
    """What a parameter or a quantity is, and which values it has; empty for anything else.

    Args:
        name: Its name.
        registry: The parameters.
        keys: Only the values of these, such as ``["ARM"]``; None for all.

    Raises:
        Misread: It has no such keys.
    """
    parameter = registry.get(name)
    if parameter is not None:
        if keys is not None:
            raise Misread(f"the parameter «{name}» has no keys, expected its name alone")
        return _about_parameter(parameter)
    for reference in registry.case.scenarios():
        scenario = resolve(reference, parameters=registry.ranges)
        if name in scenario.alliance.quantities:
            return _about_quantity(scenario.alliance.quantities[name], scenario, name, keys)
    if keys is not None:
        raise Misread(f"«{name}» has no keys, expected its name alone")
    return ""


def _about_parameter(parameter: Parameter) -> str:
    corpus, record = parameter.triple("corpus"), parameter.triple("record")
    text = f"{parameter.meaning}. Unit: {parameter.unit}. Grade: {parameter.grade}. "
    text += f"Lowest, most likely, highest: corpus {_triple(corpus)}, record {_triple(record)}."
    return f"{text} {parameter.note}".strip()


def _about_quantity(
    quantity: Quantity, scenario: ResolvedScenario, name: str, keys: list[str] | None
) -> str:
    entry = quantity.entry
    text = f"{entry.meaning} Unit: {entry.unit}. Grade: {entry.grade}. "
    table = scenario.tables[name]
    if keys is not None:
        table = _chosen(scenario, scenario.kinds[name], tuple(key.strip() for key in keys))
    shown = list(table.items())[: ABOUT_WIDTH if keys is None else None]
    values = [f"{','.join(each) or 'value'} {_triple(value)}" for each, value in shown]
    if len(table) > len(shown):
        values.append(f"and {len(table) - len(shown)} more, as in {name}[{next(iter(table))[0]}]")
    text += f"At {scenario.start}: {'; '.join(values)}. {entry.note}"
    if keys is not None:
        text += " The note and the evidence are those of the whole table."
    return " ".join(text.split())


def _chosen(scenario: ResolvedScenario, kind: QuantityKind, keys: tuple[str, ...]) -> Table:
    """The values that begin with some keys; of a relation, one key is enough."""
    if kind.symmetric and len(keys) == 1:
        keys = tuple(keys[0].split("-"))
    if len(keys) > len(kind.of):
        form = kind.label(tuple(each.upper() for each in kind.of))
        raise Misread(f"found «{printable(kind.label(keys))}», expected «{form}»")
    for axis, key in zip(kind.of, keys, strict=False):
        names = scenario.members if axis == "member" else scenario.alliance.names[axis]
        if key not in names:
            raise Misread(unknown(axis, key, names))
    table = {
        each: value
        for each, value in scenario.tables[kind.name].items()
        if each[: len(keys)] == keys or (kind.symmetric and set(keys) <= set(each))
    }
    # A relation that the file does not name is 0.
    return table or {keys: ZERO}


def _triple(value: tuple[float, float, float]) -> str:
    low, mode, high = value
    return f"{mode:g}" if low == high else f"[{low:g}, {mode:g}, {high:g}]"

"""Who cites which evidence: parameters, the numbers of alliances, bundled scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.scenarios.resolve import bundled_scenarios, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foedus.parameters.registry import Parameter, Registry
    from foedus.scenarios.alliance import AllianceFile, Quantity
    from foedus.scenarios.resolved import ResolvedScenario

ABOUT_WIDTH = 12
"""Numbers that one line about a quantity shows."""


def all_citations(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Evidence ids by the name of what cites them.

    Names are those of parameters, of alliance quantities (``trust_patron``), of the rest of an
    alliance (``csto charter``) and of scenarios and their parts (``baseline``,
    ``baseline question NAME``).
    """
    cited = {each.name: each.cited("record") for each in registry.parameters}
    alliances: dict[str, ResolvedScenario] = {}
    for name in bundled_scenarios():
        scenario = resolve(name, parameters=registry.ranges)
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
    for question in file.questions:
        yield f"{file.name} question {question.id}", question.sources


def _of_alliance(file: AllianceFile) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"{file.name} charter", file.charter.sources
    yield f"{file.name} initial status", file.initial_status.sources
    for entry in file.calendar:
        yield f"{file.name} calendar {entry.title or entry.act} ({entry.month})", entry.sources
    for vote in file.votes:
        yield f"{file.name} vote {vote.title or vote.kind} ({vote.month})", vote.sources


def about(name: str, registry: Registry) -> str:
    """What a parameter or a quantity is, and which values it has; empty for anything else."""
    parameter = registry.get(name)
    if parameter is not None:
        return _about_parameter(parameter)
    for scenario_name in bundled_scenarios():
        scenario = resolve(scenario_name, parameters=registry.ranges)
        if name in scenario.alliance.quantities:
            return _about_quantity(scenario.alliance.quantities[name], scenario, name)
    return ""


def _about_parameter(parameter: Parameter) -> str:
    corpus, record = parameter.triple("corpus"), parameter.triple("record")
    text = f"{parameter.meaning}. Unit: {parameter.unit}. Grade: {parameter.grade}. "
    text += f"Lowest, most likely, highest: corpus {_triple(corpus)}, record {_triple(record)}."
    return f"{text} {parameter.note}".strip()


def _about_quantity(quantity: Quantity, scenario: ResolvedScenario, name: str) -> str:
    entry = quantity.entry
    text = f"{entry.meaning} Unit: {entry.unit}. Grade: {entry.grade}. "
    values = [
        f"{','.join(keys) or 'value'} {_triple(value)}"
        for keys, value in list(scenario.tables[name].items())[:ABOUT_WIDTH]
    ]
    text += f"At {scenario.start}: {'; '.join(values)}. {entry.note}"
    return " ".join(text.split())


def _triple(value: tuple[float, float, float]) -> str:
    low, mode, high = value
    return f"{mode:g}" if low == high else f"[{low:g}, {mode:g}, {high:g}]"

"""What the numbers that carry a result are, how well they are known, and from what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foedus.parameters import registry

if TYPE_CHECKING:
    from foedus.simulation.world import Setup
    from foedus.studies.influential_inputs import InfluentialInput


class Sourced(NamedTuple):
    """A number that carries the result, with what it rests on."""

    name: str
    meaning: str
    correlation: str
    grade: str
    sources: str


def meaning_of(name: str, setup: Setup | None) -> str:
    """What an uncertain number is, in a few words with its name."""
    known = registry.load(None if setup is None else setup.case).get(name)
    if known is not None:
        meaning = known.meaning
    else:
        quantities = {} if setup is None else setup.scenario.alliance.quantities
        quantity = quantities.get(name.split("[", maxsplit=1)[0])
        if quantity is None:
            return f"«{name}»"
        meaning = quantity.entry.meaning
    plain = meaning.split(";")[0].rstrip(".")
    return f"{plain[:1].lower()}{plain[1:]} («{name}»)"


def sourced(inputs: tuple[InfluentialInput, ...], setup: Setup) -> list[Sourced]:
    """Meaning, grade and evidence of uncertain numbers."""
    known = registry.load(setup.case)
    rows = []
    for one in inputs:
        parameter = known.get(one.name)
        if parameter is not None:
            meaning, grade = parameter.meaning, parameter.grade
            cited = parameter.cited(setup.evidence_set)
        else:
            quantity = setup.scenario.alliance.quantities.get(one.name.split("[", maxsplit=1)[0])
            if quantity is None:
                continue
            meaning, grade = quantity.entry.meaning, quantity.entry.grade
            cited = quantity.entry.sources
        correlation = f"{one.correlation:+.2f} ({one.low:+.2f} to {one.high:+.2f})"
        rows.append(Sourced(one.name, meaning, correlation, grade, ", ".join(cited) or "none"))
    return rows

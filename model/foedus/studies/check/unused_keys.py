"""What a scenario says in vain: whatever could be left out of its file without changing a bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError
from foedus.files.faults import Faults
from foedus.files.yaml_reader import Node
from foedus.parameters import registry
from foedus.scenarios import inheritance
from foedus.scenarios.describe.notes import Note
from foedus.scenarios.resolve import lineage, resolve_document
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.world import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foedus.cases import Case
    from foedus.files.yaml_reader import Step
    from foedus.parameters.registry import Registry
    from foedus.simulation.outcome import Ensemble

TRIALS: Final = 100
"""Trials in which something must have made a difference."""

SEED: Final = 1

_BY_KEY: Final = ("drivers", "charter", "mechanisms", "parameters", "quantities")
_BY_NAME: Final = ("shocks", "triggers", "decisions")


def idle(
    reference: str | Path, evidence_set: str = "record", case: Case | None = None
) -> list[Note]:
    """Notes on what makes no difference, and on what never varies, in some trials of a scenario.

    A parameter of a mechanism that is switched off, a trigger that never fires, a path equal to the
    parent's: each is left out in turn, and the same trials are played without it. A question of
    the file's own that comes true in none of them, or in all, is noted too.

    Args:
        reference: A valid scenario.
        evidence_set: Which distributions to draw from.
        case: Whose parameters they are; the usual case if None.

    Raises:
        FoedusError: The scenario is not valid.
    """
    documents = lineage(reference)
    known = registry.load(case)
    ensemble = _ensemble(documents, evidence_set, known)
    usual = _as_bytes(ensemble)
    notes = list(_settled(documents, ensemble))
    for place in _said(documents[0]):
        try:
            without = _played([_less(documents[0], place), *documents[1:]], evidence_set, known)
        except FoedusError:
            continue
        if without == usual:
            node, label = documents[0].find(place), documents[0].label(place)
            message = f"makes no difference in {TRIALS} trials; without it they are the same"
            notes.append(Note(node.key_place, label, message))
    return notes


def _settled(documents: Sequence[Node], ensemble: Ensemble) -> Iterator[Note]:
    """Notes on the file's own questions with the same answer in every trial."""
    own = documents[0].mapping().get("questions")
    indices = {question.id: n for n, question in enumerate(ensemble.scenario.questions)}
    for n, node in enumerate(own.items() if own is not None else ()):
        name = node.text("id")
        if name not in indices:
            continue
        count = int(ensemble.questions[:, indices[name]].sum())
        if count in {0, ensemble.trials}:
            often = "none" if count == 0 else "all"
            path: tuple[Step, ...] = ("questions", n, "when")
            place = documents[0].find(path).key_place
            message = f"the event came true in {often} of {ensemble.trials} trials"
            yield Note(place, documents[0].label(path), message)


def _said(document: Node) -> Iterator[tuple[Step, ...]]:
    """Everything of a file that could have an effect, one by one."""
    values = document.mapping()
    for section in _BY_KEY:
        if section in values:
            yield from ((section, key) for key in values[section].mapping())
    if "quantities_from" in values:
        for date, numbers in values["quantities_from"].mapping().items():
            yield from (("quantities_from", date, key) for key in numbers.mapping())
    for section in _BY_NAME:
        if section in values:
            yield from ((section, index) for index in range(len(values[section].items())))


def _less(node: Node, path: Sequence[Step]) -> Node:
    """A copy of a document without what stands at a path."""
    step, rest = path[0], path[1:]
    if isinstance(node.value, list):
        items = [each for index, each in enumerate(node.value) if rest or index != step]
        return Node(node.place, items, node.key_place)
    values = dict(node.mapping())
    left = _less(values[str(step)], rest) if rest else None
    # An empty section would take over nothing of the parent's.
    if left is not None and left.value:
        values[str(step)] = left
    else:
        del values[str(step)]
    return Node(node.place, values, node.key_place)


def _played(documents: Sequence[Node], evidence_set: str, known: Registry) -> tuple[bytes, ...]:
    """Everything that some trials give, as bytes."""
    return _as_bytes(_ensemble(documents, evidence_set, known))


def _as_bytes(ensemble: Ensemble) -> tuple[bytes, ...]:
    return ensemble.sample.tobytes(), ensemble.outcomes.tobytes()


def _ensemble(documents: Sequence[Node], evidence_set: str, known: Registry) -> Ensemble:
    """Some trials of a scenario, all of them in full."""
    root = inheritance.merge(documents, Faults())
    resolved = resolve_document(root, parameters=known.ranges)
    setup = build(resolved, known, evidence_set)
    return run_ensemble(setup, trials=TRIALS, seed=SEED, sample=TRIALS)

"""Playing contrasts: paired scenarios with common random numbers, judged by the one rule.

Arms that say the same are played once, over the longest time that any of their contrasts asks for:
the first months of a trial do not depend on how long it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from foedus.files.faults import Faults, Misread
from foedus.files.yaml_reader import Node
from foedus.parameters import registry
from foedus.scenarios import resolve
from foedus.scenarios.language import months
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.memory_layout import Room
from foedus.simulation.world import build
from foedus.studies.compare.measures import Panel
from foedus.studies.compare.paired import differences
from foedus.telling.difference import QUESTION, Difference, Measure
from foedus.validation.contrasts import measures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foedus.cases import Case
    from foedus.files.faults import Place
    from foedus.scenarios.language.roster import Roster
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.validation.contrasts.measures import Asked, Reading
    from foedus.validation.contrasts.reading import Arm, Contrast, Contrasts

type Verdict = Literal["wrong sign", "too weak to see", "holds"]

VERDICTS: Final[tuple[Verdict, ...]] = ("wrong sign", "too weak to see", "holds")
"""In the order in which they are told."""


@dataclass(frozen=True)
class Played:
    """A contrast, played and judged.

    Attributes:
        contrast: The contrast.
        difference: Its measure in the second scenario less that in the first.
    """

    contrast: Contrast
    difference: Difference

    @property
    def verdict(self) -> Verdict:
        """Whether the measure answers as the claim says, clearly."""
        if not self.difference.clear:
            return "too weak to see"
        return "holds" if self.difference.verdict == self.contrast.entry.sign else "wrong sign"

    @property
    def size(self) -> float | None:
        """The difference in the unit of the claim's size; None where it codes none."""
        size = self.contrast.entry.size
        return None if size is None else self.difference.mean / size.per

    @property
    def inside(self) -> bool | None:
        """Whether the size, with the claim's sign, is one that the claim codes."""
        if self.contrast.coded is None or self.size is None:
            return None
        low, high = self.contrast.coded
        signed = self.size if self.contrast.entry.sign == "higher" else -self.size
        return low <= signed <= high


class Stage:
    """Lays out the arms of the contrasts of a case.

    Args:
        case: Whose scenarios and parameters they are.
        contrasts: The contrasts.
        parameters: Name of the parameter set.
    """

    def __init__(self, case: Case, contrasts: Contrasts, parameters: str = "record") -> None:
        self.case = case
        self.contrasts = contrasts
        self.parameters = parameters
        self._registry = registry.load(case)
        self._worlds: dict[str, tuple[Node, Roster]] = {}

    def readings(self, contrast: Contrast) -> tuple[Reading, ...]:
        """What has to be read for a contrast.

        Raises:
            FoedusError: Its measure is nothing that the scenario language knows; the message has
                its file and line.
        """
        _, roster = self._world(contrast.entry.world)
        try:
            return measures.readings(contrast.entry, roster)
        except Misread as error:
            faults, place = Faults(), self._place_of(contrast)
            faults.add(place, f"contrasts[{contrast.entry.claim}].measure", str(error))
            faults.check()
            raise

    def resolved(self, arm: Arm, month: int, asked: Sequence[Asked] = ()) -> ResolvedScenario:
        """The scenario of an arm.

        Args:
            arm: The arm.
            month: Months to play.
            asked: Questions: how they are dated, condition and month.

        Raises:
            FoedusError: It is no valid scenario; faults have the file and line of the contrasts.
        """
        world, _ = self._world(arm.world)
        place = arm.sections.place
        start = str(world.text("start"))
        entries = [
            {"id": f"q{number}", "text": f"{when} ({number})", "when": when}
            | {how: months.after(start, of)}
            for number, (how, when, of) in enumerate(asked)
        ]
        said = {"name": "arm", "title": "Arm", "horizon": month, "questions": entries}
        own = {key: _node(value, place) for key, value in said.items()}
        child = Node(place, arm.sections.mapping() | own, place)
        return resolve.extended(world, child, **self._known)[1]

    def play(
        self,
        arm: Arm,
        readings: Sequence[tuple[Reading, ...]],
        *,
        trials: int,
        seed: int,
        threads: int | None = None,
    ) -> list[NDArray[np.float64]]:
        """Measures of an arm in every trial, each of shape ``(trial,)``.

        Args:
            arm: The arm.
            readings: What is to be read, by measure.
            trials: Number of trials.
            seed: Seed of all chance.
            threads: Number of threads; as many as there are cores if None.
        """
        seen: dict[Reading, NDArray[np.float64]] = {}
        for batch in _batches([each for measure in readings for each in measure]):
            asked = list(dict.fromkeys(question for each in batch for question in each.asked))
            scenario = self.resolved(arm, max(each.month for each in batch), asked)
            ensemble = run_ensemble(
                build(scenario, self._registry, self.parameters),
                trials=trials,
                seed=seed,
                threads=threads,
                sample=trials if any(each.series for each in batch) else 0,
                events=False,
            )
            answers = {question: place for place, question in enumerate(asked)}
            seen |= {each: measures.read(each, ensemble, answers) for each in batch}
        return [measures.value(measure, seen) for measure in readings]

    @property
    def _known(self) -> dict[str, Mapping[str, tuple[float, float]]]:
        return {"parameters": self._registry.ranges}

    def _place_of(self, contrast: Contrast) -> Place:
        place = self.contrasts.every.index(contrast)
        return self.contrasts.root.find(("contrasts", place, "measure")).place

    def _world(self, name: str) -> tuple[Node, Roster]:
        """The whole document of a world, without questions and levers, and who is in it."""
        if name not in self._worlds:
            node = self.contrasts.root.find(("worlds", name))
            said = {"name": name, "title": name, "questions": [], "levers": [], "uncertainties": []}
            own = {key: _node(value, node.place) for key, value in said.items()}
            child = Node(node.place, node.mapping() | own, node.place)
            parent = child.text("extends")
            if parent is None:
                whole, resolved = child, resolve.resolve_document(child, **self._known)
            else:
                root, _ = resolve.trace(self.case.scenario(parent), **self._known)
                whole, resolved = resolve.extended(root, child, **self._known)
            self._worlds[name] = whole, resolved.roster
        return self._worlds[name]


def _batches(every: Sequence[Reading]) -> Iterator[list[Reading]]:
    """The readings in parts, of each of which one run has room for the questions."""
    batch: list[Reading] = []
    asked: set[Asked] = set()
    for each in dict.fromkeys(every):
        if batch and len(asked.union(each.asked)) > Room().question:
            yield batch
            batch, asked = [], set()
        batch.append(each)
        asked.update(each.asked)
    if batch:
        yield batch


def play(
    stage: Stage,
    chosen: Sequence[Contrast],
    *,
    trials: int,
    seed: int,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Played, ...]:
    """Play contrasts and judge them together.

    Args:
        stage: What lays out their arms.
        chosen: The contrasts.
        trials: Trials of every arm.
        seed: Seed of all chance; the same for all arms.
        threads: Number of threads; as many as there are cores if None.
        progress: Told of every arm that is done, with 1.

    Raises:
        FoedusError: An arm or a measure is not valid.
    """
    readings = [stage.readings(contrast) for contrast in chosen]
    arms: dict[str, list[tuple[int, int]]] = {}
    for place, contrast in enumerate(chosen):
        for side, arm in enumerate(contrast.arms):
            arms.setdefault(arm.key, []).append((place, side))
    columns = np.empty((2, len(chosen), trials))
    for uses in arms.values():
        (place, side), *_ = uses
        arm = chosen[place].arms[side]
        wanted = [readings[each] for each, _ in uses]
        found = stage.play(arm, wanted, trials=trials, seed=seed, threads=threads)
        for (each, which), column in zip(uses, found, strict=True):
            columns[which, each] = column
        if progress is not None:
            progress(1)
    panel = Panel(
        name="from",
        title="from",
        seed=seed,
        evidence_set=stage.parameters,
        dates=("0",),
        members=(),
        measures=tuple(map(_measure, chosen, readings)),
        values=columns[0].T,
    )
    other = replace(panel, name="to", title="to", values=columns[1].T)
    return tuple(map(Played, chosen, differences(panel, other)))


def _measure(contrast: Contrast, readings: tuple[Reading, ...]) -> Measure:
    entry = contrast.entry
    return Measure(QUESTION, entry.claim, entry.month, f"month {entry.month}", readings[0].kind)


def _node(content: object, place: Place) -> Node:
    """A value as if it stood at a place of a file."""
    if isinstance(content, dict):
        return Node(place, {key: _node(each, place) for key, each in content.items()}, place)
    if isinstance(content, list):
        return Node(place, [_node(each, place) for each in content], place)
    if content is None or isinstance(content, str | int | float | bool):
        return Node(place, content, place)
    raise TypeError(f"{type(content).__name__} is nothing that a file can say")

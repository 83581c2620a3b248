"""Reading the contrasts of a case, and checking them against its claims."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foedus import evidence
from foedus.errors import FoedusError
from foedus.files import yaml_reader
from foedus.files.faults import Faults, did_you_mean, one_of, printable, unknown
from foedus.files.validation import validate
from foedus.files.yaml_reader import Node
from foedus.scenarios import inheritance
from foedus.validation.contrasts import measures
from foedus.validation.contrasts.schema import MEMBER, ContrastEntry, ContrastFile

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from foedus.cases import Case
    from foedus.evidence.records import Claim
    from foedus.files.faults import Place

SECTIONS: Final = (
    *("drivers", "shocks", "triggers", "incidents", "charter", "mechanisms", "parameters"),
    *("quantities", "quantities_from", "decisions"),
)
"""What an arm may say: all that a scenario says of the world, and nothing of what is asked."""

DICTATED: Final = {
    **dict.fromkeys(("notice", "withdraw", "freeze", "thaw", "leave", "join"), ("status",)),
    "request": ("requests_bloc", "requests_bilateral", "unasked"),
    "government": ("regime_changes",),
    "terms": (),
    "pressure": ("fear",),
    "pact": (),
    "arms": ("arms_dependence",),
}
"""By what an actor does: the states that follow from that at once, whatever the rules say."""


@dataclass(frozen=True)
class Arm:
    """One of the two scenarios of a contrast.

    Attributes:
        world: Name of the world that it departs from.
        sections: What it says beyond that; an empty mapping for the world itself.
    """

    world: str
    sections: Node

    @property
    def key(self) -> str:
        """The same for arms that say the same."""
        return json.dumps([self.world, self.sections.plain()], sort_keys=True)


@dataclass(frozen=True)
class Contrast:
    """A contrast with what its claim codes.

    Attributes:
        entry: What the file says.
        claim: The claim.
        arms: The scenario that the difference is taken from, and the one with the change.
    """

    entry: ContrastEntry
    claim: Claim
    arms: tuple[Arm, Arm]

    @property
    def coded(self) -> tuple[float, float] | None:
        """Least and greatest size that the claim codes; None without one in this unit."""
        if self.entry.size is None:
            return None
        low, high = sorted((abs(self.claim.low), abs(self.claim.high)))
        return low, high


@dataclass(frozen=True)
class Contrasts:
    """The contrasts of a case.

    Attributes:
        path: The file.
        root: The file, in which every value knows its place.
        file: What it says.
        every: The contrasts, in its order.
    """

    path: Path
    root: Node
    file: ContrastFile
    every: tuple[Contrast, ...]

    def only(self, claims: Collection[str]) -> tuple[Contrast, ...]:
        """Those of some claims.

        Raises:
            FoedusError: One of the claims has no contrast; the message says why.
        """
        known = [each.entry.claim for each in self.every]
        for claim in claims:
            if claim in self.file.no_contrast:
                raise FoedusError(f"{claim} is no contrast: {self.file.no_contrast[claim]}")
            if claim not in known:
                near = did_you_mean(claim, known)
                raise FoedusError(f"there is no contrast of «{printable(claim)}»{near}")
        return tuple(each for each in self.every if each.entry.claim in claims)


def load(case: Case, path: Path | None = None) -> Contrasts:
    """Read the contrasts of a case.

    Args:
        case: The case.
        path: The file, if not the one that the case names.

    Raises:
        FoedusError: The case has none, or the file is not valid; every fault is told with file,
            line, column, key, what was expected and the nearest valid name.
    """
    if path is None and case.contrasts is None:
        raise FoedusError(f"the case «{case.name}» has no contrasts: its case.yaml names none")
    path = path or case.path(case.contrasts or "")
    root, faults = yaml_reader.read(path), Faults()
    file = validate(ContrastFile, root, faults)
    faults.check()
    if file is None:
        raise AssertionError("a file of contrasts that is not valid has a fault")
    claims = {claim.id: claim for claim in evidence.load(case).claims}
    _check_claims(root, file, claims, faults)
    every = []
    for place, entry in enumerate(file.contrasts):
        node = root.find(("contrasts", place))
        _check(node, entry, file, faults)
        first, second = (_arm(node, entry.world, side, faults) for side in ("from", "to"))
        if first.key == second.key:
            words = "both scenarios say the same"
            faults.add(node.place, f"contrasts[{printable(entry.claim)}]", words)
        if entry.claim in claims:
            every.append(Contrast(entry, claims[entry.claim], (first, second)))
    faults.check()
    return Contrasts(path, root, file, tuple(every))


def _arm(node: Node, world: str, side: str, faults: Faults) -> Arm:
    """What one side says, over what both say."""
    nothing = Node(node.place, {}, node.place)
    both, own = (node.mapping().get(key, nothing) for key in ("both", side))
    return Arm(world, inheritance.merge([own, both], faults))


def _check_claims(root: Node, file: ContrastFile, claims: Collection[str], faults: Faults) -> None:
    """Every claim stands once: as a contrast, or with the reason why it is none."""
    placed: dict[str, int] = {}
    entries = [
        (entry.claim, root.find(("contrasts", place, "claim")).place, "claim")
        for place, entry in enumerate(file.contrasts)
    ]
    entries += [
        (claim, root.find(("no_contrast", claim)).key_place, "no_contrast")
        for claim in file.no_contrast
    ]
    for claim, place, key in entries:
        if claim not in claims:
            faults.add(
                place, key, f"there is no claim «{printable(claim)}»{did_you_mean(claim, claims)}"
            )
        elif claim in placed:
            faults.add(place, key, f"{claim} stands twice, first in line {placed[claim]}")
        placed.setdefault(claim, place.line)
    missing = [claim for claim in claims if claim not in placed]
    if missing:
        faults.add(
            root.place,
            "",
            f"neither a contrast nor the reason why there is none: {one_of(missing)}",
        )


def _check(node: Node, entry: ContrastEntry, file: ContrastFile, faults: Faults) -> None:
    """What one contrast says fits together, and does not put its answer into the start."""

    def fault(key: str, message: str) -> None:
        faults.add(node.find((key,)).place, f"contrasts[{printable(entry.claim)}].{key}", message)

    if entry.world not in file.worlds:
        fault("world", unknown("world", entry.world, list(file.worlds)))
    if any(MEMBER in words.split() for words in entry.measure) != bool(entry.members):
        fault("measure", f"expected {MEMBER} in it and «members», or neither")
    for side in {"both", "from", "to"} & node.mapping().keys():
        for section, content in node.find((side,)).mapping().items():
            if section not in SECTIONS:
                words = unknown("section", section, SECTIONS)
                faults.add(content.key_place, f"contrasts[{printable(entry.claim)}].{side}", words)
            for name, place in _starts(section, content):
                if name in measures.made_of(entry.measure, at_start=section == "quantities"):
                    words = f"sets «{name}», which «{entry.measure[0]}» starts from"
                    faults.add(place, f"contrasts[{printable(entry.claim)}].{side}", words)


def _starts(section: str, content: Node) -> list[tuple[str, Place]]:
    """The states that a section of an arm sets or pushes, and where."""
    if section in {"quantities", "drivers"}:
        return [(_bare(key), each.key_place) for key, each in content.mapping().items()]
    if section == "quantities_from":
        dated = [each.mapping().items() for each in content.mapping().values()]
        return [(_bare(key), each.key_place) for items in dated for key, each in items]
    if section in {"shocks", "triggers"}:
        return [(_bare(each.text("on") or ""), each.place) for each in content.items()]
    if section == "decisions":
        return [(name, each.place) for each in content.items() for name in _dictated(each)]
    return []


def _bare(name: str) -> str:
    """The first word of an address, such as ``trust_patron`` or ``tie``."""
    return name.partition("[")[0].partition(".")[0]


def _dictated(decision: Node) -> tuple[str, ...]:
    """The states that a decision puts where it wants them."""
    if decision.text("does") == "request" and decision.text("answer") is not None:
        return (*DICTATED["request"], "answers", "best_answer")
    return DICTATED.get(decision.text("does") or "", ())

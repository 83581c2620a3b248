"""Which evidence feeds which number, in both directions, and which claims feed none.

Whatever cites evidence is called by a name here: a parameter, a quantity of an alliance, a shock of
a scenario. The caller says what each name cites.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from foedus import cases
from foedus.cases import Case
from foedus.evidence.library import Evidence
from foedus.files import yaml_reader
from foedus.files.faults import Faults, did_you_mean, found

UNUSED_FILE = "unused_claims.yaml"

type Citations = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Coverage:
    """Who cites what.

    Attributes:
        sources: The ids that each name cites, each once, in its order.
        feeds: The names that each id feeds; holds every id of the evidence, cited or not.
        used: Ids of the claims that feed something, ascending.
        unused: Ids of the claims that feed nothing, each with the reason given; empty without one.
        faults: What is out of order, a sentence each.
    """

    sources: Mapping[str, tuple[str, ...]]
    feeds: Mapping[str, tuple[str, ...]]
    used: tuple[str, ...]
    unused: Mapping[str, str]
    faults: tuple[str, ...]


def cover(evidence: Evidence, citations: Citations, unused: Mapping[str, str]) -> Coverage:
    """Work out who cites what, and what is out of order.

    Args:
        evidence: What may be cited.
        citations: The ids that each name cites.
        unused: The reason why a claim feeds nothing, by id; see `load_unused`.
    """
    sources = {name: tuple(dict.fromkeys(cited)) for name, cited in citations.items()}
    feeds: dict[str, list[str]] = {name: [] for name in evidence.by_id}
    for name, cited in sources.items():
        for source in cited:
            feeds.setdefault(source, []).append(name)
    claims = [claim.id for claim in evidence.claims]
    used = tuple(claim for claim in claims if feeds[claim])
    idle = {claim: unused.get(claim, "") for claim in claims if not feeds[claim]}
    faults = [
        *_unknown_citations(evidence, sources),
        *_unexplained(idle),
        *_wrongly_listed(evidence, feeds, unused),
    ]
    known = {name: tuple(names) for name, names in feeds.items() if name in evidence.by_id}
    return Coverage(sources, known, used, idle, tuple(faults))


def load_unused(case: Case | None = None, folder: Path | None = None) -> dict[str, str]:
    """Read why claims feed nothing.

    Args:
        case: The case; the usual one if None.
        folder: Where ``unused_claims.yaml`` lies, if not in the case's own folder of evidence.

    Returns:
        The reason by id of the claim.

    Raises:
        FoedusError: The file is missing, or does not map ids to reasons.
    """
    root = yaml_reader.read((folder or (case or cases.load()).path("evidence")) / UNUSED_FILE)
    faults = Faults()
    if not isinstance(root.value, dict):
        faults.add(root.place, "", "expected reasons by the ids of claims, such as «ID: misdated»")
    for claim, why in root.mapping().items():
        if not isinstance(why.value, str):
            faults.add(why.place, claim, f"found {found(why.plain())}, expected a reason in words")
    faults.check()
    return {claim: str(why.value).strip() for claim, why in root.mapping().items()}


def _unknown_citations(evidence: Evidence, sources: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    for name, cited in sources.items():
        for source in cited:
            if source not in evidence.by_id:
                near = did_you_mean(source, evidence.ids)
                yield f"{name} cites {source}, which does not exist{near}"


def _unexplained(idle: Mapping[str, str]) -> Iterable[str]:
    for claim, why in idle.items():
        if not why:
            yield f"{claim} feeds nothing, and {UNUSED_FILE} gives no reason"


def _wrongly_listed(
    evidence: Evidence, feeds: Mapping[str, list[str]], unused: Mapping[str, str]
) -> Iterable[str]:
    claims = [claim.id for claim in evidence.claims]
    for name in unused:
        if name not in claims:
            yield f"{UNUSED_FILE} lists {name}, which is no claim{did_you_mean(name, claims)}"
        elif feeds[name]:
            yield f"{UNUSED_FILE} lists {name}, which feeds {', '.join(feeds[name])}"

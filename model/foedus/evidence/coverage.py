"""Which evidence feeds which number, in both directions, and which claims feed none.

Whatever cites evidence is called by a name here: a parameter, a quantity of an alliance, a shock of
a scenario. The caller says what each name cites.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from foedus import cases
from foedus.cases import Case
from foedus.errors import FoedusError
from foedus.evidence.library import Evidence
from foedus.evidence.tables import nearest, yaml_fault

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

    def require_complete(self) -> None:
        """Refuse a coverage that is out of order.

        Raises:
            FoedusError: Something is cited that does not exist, or a claim is neither used nor
                explained, or both. The message names them all.
        """
        if self.faults:
            lines = "\n  ".join(self.faults)
            raise FoedusError(f"the evidence is not covered\n  {lines}")


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
    path = (folder or (case or cases.load()).path("evidence")) / UNUSED_FILE
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FoedusError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = yaml_fault(UNUSED_FILE, error) if isinstance(error, yaml.YAMLError) else str(error)
        raise FoedusError(f"{path.parent}: {reason}") from None
    reasons = {} if content is None else content
    if not isinstance(reasons, dict) or not all(isinstance(why, str) for why in reasons.values()):
        raise FoedusError(f"{path}: should map ids of claims to reasons, such as «ID: misdated»")
    return {str(claim): why.strip() for claim, why in reasons.items()}


def _unknown_citations(evidence: Evidence, sources: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    for name, cited in sources.items():
        for source in cited:
            if source not in evidence.by_id:
                hint = nearest(source, evidence.ids)
                yield f"{name} cites {source}, which does not exist{hint}"


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
            yield f"{UNUSED_FILE} lists {name}, which is no claim{nearest(name, claims)}"
        elif feeds[name]:
            yield f"{UNUSED_FILE} lists {name}, which feeds {', '.join(feeds[name])}"

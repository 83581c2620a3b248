"""What the parts of each utility are called.

A rule that weighs reasons returns them one by one, as one of these tuples, and adds them up in
their order; `foedus.studies.explain.study` shows the same tuple. Positive speaks for what the class
says, negative against it. Units are log-odds unless said otherwise.
"""

from typing import NamedTuple

from foedus.dictionary.marks import rule


class AppealTerms(NamedTuple):
    """Asking for help by one channel, against not asking."""

    base: float
    channel: float
    """Liking for this channel as such."""
    severity: float
    expectation: float
    """Help expected."""
    stigma: float


class FavourTerms(NamedTuple):
    """The patron's favour for a request."""

    base: float
    stake: float
    """Its stake in the threat."""
    value: float
    """Its stake in the member."""
    basing: float
    attacker_tie: float


class CouncilTerms(NamedTuple):
    """Another member's assent to a mandate."""

    shared_threat: float
    dependence: float
    """On a patron in favour, or not in favour."""
    lateral_tie: float
    attacker_tie: float
    non_interference: float
    entrapment: float
    discord: float
    """Over an open quarrel between members."""


class AnswerTerms(NamedTuple):
    """An answer, against none."""

    value: float
    cost: float


class GainTerms(NamedTuple):
    """What membership gives, in log-odds of reliance."""

    protection: float
    """Negative where more could be had elsewhere."""
    regime: float
    arms: float
    economy: float


class LossTerms(NamedTuple):
    """What membership takes, in log-odds of reliance; 0 or more."""

    autonomy: float
    fear: float
    grievance: float
    entrapment: float
    outside: float


class RitualTerms(NamedTuple):
    """What upholds the rituals of membership, in log-odds of engagement."""

    security: float
    purpose: float
    fear: float
    grievance: float


class ReadinessTerms(NamedTuple):
    """Complying with an act, on the scale of engagement; discrimination makes log-odds of it."""

    engagement: float
    relevance: float
    """Of a drill to one's own exposure."""
    difficulty: float


class StepTerms(NamedTuple):
    """The log of the yearly hazard of a step down or back."""

    rate: float
    """At even odds of relying on the alliance."""
    reliance: float
    precedent: float
    price: float
    """What pressure would make it cost."""


class StatecraftTerms(NamedTuple):
    """An act of the patron towards a member, against none."""

    restraint: float
    drift: float
    cost: float


class RenewalTerms(NamedTuple):
    """Letting a renewal pass, on the scale of reliance."""

    difficulty: float
    reliance: float


class RollCallTerms(NamedTuple):
    """A vote with the patron at the UN."""

    dependence: float
    affinity: float
    fear: float
    text: float
    """What the text asks for."""


@rule
def total(terms: tuple[float, ...]) -> float:
    """Sum of all terms in their order, on which the last bits depend."""
    result = 0.0
    for term in terms:
        result += term
    return result

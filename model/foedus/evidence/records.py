"""The kinds of evidence, one frozen record each.

Fields that several kinds share mean the same in all of them: `id` is what others cite; `sources`
are ids of sources, documents or other evidence; `confidence` holds one or more codes of
`CONFIDENCE`; `note` says what limits the row. States,
threats and channels are those that a case lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from foedus.evidence.dates import Span

CONFIDENCE = ("V", "D", "S", "G")
VOTE_CODES = ("N", "A", "X", "Y", "?")
DIRECTIONS = ("+", "-", "level", "structural")
SCALES: Mapping[str, tuple[float, float]] = {
    "level": (0, 1),
    "weight": (0, 1),
    "probability": (0, 1),
    "factor": (0, 1),
    "rate": (0, 12),
    "change": (-1, 1),
    "months": (0, 600),
    "count": (0, 366),
    "answer": (0, 5),
    "rule": (0, 1),
}
FAMILIES = ("literature", "judgement", "atop", "record")
STRENGTHS = ("A", "B", "C")
USES = ("fit", "hold-out", "check")


@dataclass(frozen=True, slots=True)
class Document:
    """One of the articles that make up the corpus."""

    id: str
    author: str
    publisher: str
    title: str
    date: Span
    stance: str
    inferred: str


@dataclass(frozen=True, slots=True)
class Source:
    """A page or data set behind the record; `date` is None where the copy shows none."""

    id: str
    publisher: str
    title: str
    date: Span | None
    address: str
    confidence: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Theory:
    """A work of the literature, and what it says that the model uses."""

    id: str
    authors: str
    date: Span
    title: str
    published: str
    confidence: tuple[str, ...]
    statement: str
    note: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document says, in our words, and what it means for the model.

    Attributes:
        document: Id of the document.
        informs: The quantity that the numbers are about.
        direction: One of `DIRECTIONS`.
        scale: Key of `SCALES`: the unit of the numbers, and their range.
        low: Least value, in the unit of `scale`.
        mode: Likeliest value; from `low` to `high`.
        high: Greatest value.
        why: Why these numbers.
    """

    id: str
    document: str
    statement: str
    informs: str
    direction: str
    scale: str
    low: float
    mode: float
    high: float
    why: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Where the documents disagree or err, what others say, and how it is coded."""

    id: str
    conflict: str
    claims: tuple[str, ...]
    outside: str
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    coding: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `answer` is a code from 0 to 5, or None where nobody answered."""

    id: str
    date: Span
    kind: str
    actors: tuple[str, ...]
    threat: str
    channel: str
    answer: int | None
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    statement: str
    note: str


@dataclass(frozen=True, slots=True)
class Request:
    """A member's request for help, with the best answer (code 0-5) and the lag to it, in months."""

    id: str
    date: Span
    requester: str
    channel: str
    threat: str
    answer: int
    lag_months: tuple[float, float]
    events: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class NonRequest:
    """An attack or a crisis in which the member made no formal request to the bloc."""

    id: str
    date: Span
    member: str
    threat: str
    events: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    statement: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A roll call of states; `votes` maps a state to one of `VOTE_CODES`."""

    id: str
    date: Span
    text: str
    kind: str
    topic: str
    votes: Mapping[str, str]
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Poll:
    """A survey; `readings` maps an opinion to the share of respondents who hold it, 0 to 1."""

    id: str
    date: Span
    readings: Mapping[str, float]
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class OrganisationRule:
    """What treaty, charter or practice lays down."""

    id: str
    statement: str
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a covariate: a number, a range, or only words in `note`.

    The unit is part of `quantity`; a share runs from 0 to 1.
    """

    quantity: str
    date: Span
    value: float | None
    low: float | None
    high: float | None
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Covariate:
    """What is known of one state under one heading, by date."""

    id: str
    state: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a credible model must reproduce, and how that is tested."""

    id: str
    statement: str
    test: str
    sources: tuple[str, ...]
    strength: str
    use: str
    note: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A number from elsewhere, or a base rate of the record.

    Attributes:
        value: Share or yearly rate; None where `by_age` holds them.
        count: Successes and trials (or member-years), or None.
        interval: Lower and upper end, 95%, or None.
        by_age: Yearly rate by age of the pact in years; mostly empty.
    """

    id: str
    family: str
    quantity: str
    value: float | None
    count: tuple[float, float] | None
    interval: tuple[float, float] | None
    by_age: Mapping[str, float]
    sources: tuple[str, ...]
    confidence: tuple[str, ...]
    note: str


type Record = (
    Document
    | Source
    | Theory
    | Claim
    | Contradiction
    | Event
    | Request
    | NonRequest
    | Vote
    | Poll
    | OrganisationRule
    | Covariate
    | Pattern
    | Anchor
)

"""The kinds of evidence, one model per kind: its file, its ids, its columns and what they hold.

Fields that several kinds share mean the same in all of them: `id` is what others cite; `sources`
are ids of sources, documents or other evidence; `confidence` holds one or more codes of
`CONFIDENCE`; `note` says what limits the row. A field with a default is a key that an entry of a
YAML file may lack. States, threats and channels are those that a case lists.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

from foedus.evidence.dates import Span, parse_span
from foedus.files.faults import Misread, did_you_mean, found, one_of

if TYPE_CHECKING:
    from foedus.cases import Vocabulary

type Allowed = Collection[str] | str
"""Words, or the name of a list of words in the vocabulary of the case."""


def plain(cell: object) -> str:
    """A text that may be empty."""
    if isinstance(cell, tuple | dict):
        raise Misread(f"found {found(cell)}, expected text")
    return "" if cell is None else str(cell).strip()


def _text(cell: object) -> str:
    text = plain(cell)
    if not text:
        raise Misread("found nothing, expected text")
    return text


def _among(words: Collection[str], allowed: Allowed, info: ValidationInfo) -> None:
    """Refuse words that are not allowed."""
    known = getattr(info.context, allowed) if isinstance(allowed, str) else allowed
    for word in words:
        if word not in known:
            given = f"«{word}»" if word else "nothing"
            near = did_you_mean(word, known)
            raise Misread(f"found {given}, expected one of {one_of(known)}{near}")


def choice(allowed: Allowed, *, empty: bool = False) -> BeforeValidator:
    """One word of some, or nothing where a cell may be empty."""

    def read(cell: object, info: ValidationInfo) -> str:
        word = plain(cell)
        if word or not empty:
            _among([word], allowed, info)
        return word

    return BeforeValidator(read)


def words(allowed: Allowed | None = None) -> BeforeValidator:
    """Words of a list, or of a text in which spaces separate them; each of some, if given."""

    def read(cell: object, info: ValidationInfo) -> tuple[str, ...]:
        given = tuple(map(str, cell if isinstance(cell, tuple) else plain(cell).split()))
        if allowed is not None:
            _among(given, allowed, info)
        return given

    return BeforeValidator(read)


def codes(allowed: Collection[str]) -> BeforeValidator:
    """Codes joined by ``/``, at least one, each of some."""

    def read(cell: object, info: ValidationInfo) -> tuple[str, ...]:
        given = tuple(plain(cell).split("/"))
        _among(given, allowed, info)
        return given

    return BeforeValidator(read)


def _span(cell: object) -> Span:
    return parse_span(_text(cell))


def _optional_span(cell: object) -> Span | None:
    return parse_span(plain(cell)) if plain(cell) else None


def finite(cell: object) -> float:
    """A finite number."""
    try:
        number = float(plain(cell))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Misread(f"found {found(cell or None)}, expected a number")
    return number


def _optional_number(cell: object) -> float | None:
    return finite(cell) if plain(cell) else None


def _answer(cell: object) -> int:
    text = plain(cell)
    if text not in {"0", "1", "2", "3", "4", "5"}:
        raise Misread(f"found {found(cell or None)}, expected the code of an answer from 0 to 5")
    return int(text)


def _optional_answer(cell: object) -> int | None:
    return _answer(cell) if plain(cell) else None


def _pair(cell: object) -> tuple[float, float]:
    if not isinstance(cell, tuple) or len(cell) != 2:
        raise Misread(f"found {found(cell)}, expected two numbers")
    first, second = map(finite, cell)
    if second < first:
        raise Misread(f"found {first:g} before {second:g}, expected two ascending numbers")
    return first, second


def _numbers(cell: object) -> dict[str, float]:
    if not isinstance(cell, dict):
        raise Misread(f"found {found(cell)}, expected a mapping of names to numbers")
    return {str(key): finite(value) for key, value in cell.items()}


type Words = Annotated[tuple[str, ...], words()]
type Text = Annotated[str, BeforeValidator(_text)]
type Optional = Annotated[str, BeforeValidator(plain)]
type Date = Annotated[Span, BeforeValidator(_span)]
type OptionalDate = Annotated[Span | None, BeforeValidator(_optional_span)]
type Number = Annotated[float, BeforeValidator(finite)]
type OptionalNumber = Annotated[float | None, BeforeValidator(_optional_number)]
type Answer = Annotated[int, BeforeValidator(_answer)]
type OptionalAnswer = Annotated[int | None, BeforeValidator(_optional_answer)]
type Pair = Annotated[tuple[float, float], BeforeValidator(_pair)]
type Numbers = Annotated[dict[str, float], BeforeValidator(_numbers)]


CONFIDENCE: Final = ("V", "D", "S", "G")
SCALES: Final = {
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
EVENT_KINDS: Final = (
    *("accession", "renewal", "withdrawal", "freeze", "downgrade", "status"),
    *("institution", "institutional dispute", "realignment", "activism", "statement", "voice"),
    *("request", "bilateral request", "request answered", "non-request", "response"),
    *("exercise", "exercise declined", "exercise cancelled", "summit absence", "burden sharing"),
    *("intervention", "intra-alliance clash", "conflict settled", "shock", "threat divergence"),
    *("base", "aid", "outside partner", "patron drain", "patron policy", "non-support"),
    *("vote", "domestic politics"),
)
VOTE_KINDS: Final = (
    *("condemnation", "humanitarian", "expulsion", "human rights", "reparations", "side text"),
)

type Confidence = Annotated[tuple[str, ...], codes(CONFIDENCE)]
type State = Annotated[str, choice("states")]
type Threat = Annotated[str, choice("threats")]
type VoteCode = Annotated[str, choice(("N", "A", "X", "Y", "?"))]


def _refuse(faults: Iterable[str]) -> None:
    """Raise what is wrong with an entry as a whole."""
    message = "; ".join(faults)
    if message:
        raise Misread(message)


class Record(BaseModel):
    """One row of a file of the evidence.

    Attributes:
        file: The file of its kind.
        form: The form of its ids, as a regular expression.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: ClassVar[str]
    form: ClassVar[str]
    id: Text

    @classmethod
    def table(cls) -> str:
        """Name of the kind: that of its file."""
        return cls.file.partition(".")[0]

    @classmethod
    def columns(cls, _: Vocabulary) -> list[str]:
        """Columns of its file, if that is a CSV file."""
        return list(cls.model_fields)

    @model_validator(mode="after")
    def _sourced(self) -> Record:
        """Whoever names no source must admit that it is general knowledge."""
        if getattr(self, "sources", None) == () and "G" not in getattr(self, "confidence", "G"):
            raise Misread("names no source, so its confidence must include G")
        return self


class Document(Record):
    """One of the articles that make up the corpus."""

    file, form = "documents.yaml", r"[A-Z]+\d\d"
    author: Text
    publisher: Text
    title: Text
    date: Date
    stance: Text
    inferred: Optional = ""


class Claim(Record):
    """What a document says, in our words, and what it means for the model.

    Attributes:
        document: Id of the document.
        informs: The quantity that the numbers are about.
        direction: Whether it rises or falls, or what else is said of it.
        scale: Key of `SCALES`: the unit of the numbers, and their range.
        low: Least value, in the unit of `scale`.
        mode: Likeliest value; from `low` to `high`.
        high: Greatest value.
        why: Why these numbers.
    """

    file, form = "claims.csv", r"C\d{3}"
    document: Text
    statement: Text
    informs: Text
    direction: Annotated[str, choice(("+", "-", "level", "structural"))]
    scale: Annotated[str, choice(SCALES)]
    low: Number
    mode: Number
    high: Number
    why: Text

    @model_validator(mode="after")
    def _in_order(self) -> Claim:
        low, mode, high = self.low, self.mode, self.high
        least, greatest = SCALES[self.scale]
        faults = []
        if not low <= mode <= high:
            faults.append(f"low, mode and high should ascend, not be {low:g}, {mode:g}, {high:g}")
        if not (least <= low <= greatest and least <= high <= greatest):
            faults.append(
                f"a {self.scale} lies from {least:g} to {greatest:g}, not from {low:g} to {high:g}"
            )
        _refuse(faults)
        return self


class Contradiction(Record):
    """Where the documents disagree or err, what others say, and how it is coded."""

    file, form = "contradictions.yaml", r"K\d+"
    conflict: Text
    claims: Words
    outside: Text
    sources: Words
    confidence: Confidence
    coding: Text


class Event(Record):
    """Something that happened; `answer` is a code from 0 to 5, or None where nobody answered."""

    file, form = "events.csv", r"E\d{3}"
    date: Date
    kind: Annotated[str, choice(EVENT_KINDS)]
    actors: Annotated[tuple[str, ...], words("states")]
    threat: Annotated[str, choice("threats", empty=True)]
    channel: Annotated[str, choice("channels", empty=True)]
    answer: OptionalAnswer
    sources: Words
    confidence: Confidence
    statement: Text
    note: Optional


class Request(Record):
    """A member's request for help, with the best answer (code 0-5) and the lag to it, in months."""

    file, form = "requests.yaml", r"R\d+"
    date: Date
    requester: State
    channel: Text
    threat: Threat
    answer: Answer
    lag_months: Pair
    events: Words
    sources: Words
    confidence: Confidence
    note: Optional = ""

    @model_validator(mode="after")
    def _after(self) -> Request:
        if self.lag_months[0] < 0:
            raise Misread(f"«lag_months» starts below 0, at {self.lag_months[0]:g}")
        return self


class NonRequest(Record):
    """An attack or a crisis in which the member made no formal request to the bloc."""

    file, form = "non_requests.yaml", r"N\d+"
    date: Date
    member: State
    threat: Threat
    events: Words
    sources: Words
    confidence: Confidence
    statement: Text


class Vote(Record):
    """A roll call of states; `votes` maps a state, a column each, to a code."""

    file, form = "votes.csv", r"V\d\d"
    date: Date
    text: Text
    kind: Annotated[str, choice(VOTE_KINDS)]
    topic: Text
    votes: dict[str, VoteCode]
    sources: Words
    confidence: Confidence
    note: Optional

    @classmethod
    def columns(cls, vocabulary: Vocabulary) -> list[str]:
        """One column for each state that may vote, in place of `votes`."""
        return [*(name for name in cls.model_fields if name != "votes"), *vocabulary.voters]

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, row: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        context: Any = info.context
        voters = context.voters
        rest = {name: cell for name, cell in row.items() if name not in voters}
        return rest | {"votes": {state: row[state] for state in voters}}


class Poll(Record):
    """A survey; `readings` maps an opinion to the share of respondents who hold it, 0 to 1."""

    file, form = "polls.yaml", r"O\d+"
    date: Date
    readings: Numbers
    sources: Words
    confidence: Confidence
    note: Optional = ""

    @model_validator(mode="after")
    def _shares(self) -> Poll:
        _refuse(
            f"«{opinion}» should be a share from 0 to 1, not {share:g}"
            for opinion, share in self.readings.items()
            if not 0 <= share <= 1
        )
        return self


class OrganisationRule(Record):
    """What treaty, charter or practice lays down."""

    file, form = "rules_of_the_organisation.yaml", r"G\d+"
    statement: Text
    sources: Words
    confidence: Confidence
    note: Optional = ""


class Reading(Record):
    """One value of a covariate: a number, a range, or only words in `note`.

    The unit is part of `quantity`; a share runs from 0 to 1.
    """

    file, form = "covariates.csv", r"D-[A-Z]{3}-[a-z-]+"
    state: State
    quantity: Text
    date: Date
    value: OptionalNumber
    low: OptionalNumber
    high: OptionalNumber
    sources: Words
    confidence: Confidence
    note: Optional

    @model_validator(mode="after")
    def _whole(self) -> Reading:
        value, low, high = self.value, self.low, self.high
        faults = []
        if (low is None) != (high is None):
            faults.append("«low» and «high» go together; one of them is empty")
        if low is not None and high is not None and low > high:
            faults.append(f"low {low:g} is above high {high:g}")
        if value is None and low is None and not self.note:
            faults.append("has neither a value, nor a range, nor a note")
        if not self.id.startswith(f"D-{self.state}-"):
            faults.append(f"an id of {self.state} starts with D-{self.state}-")
        _refuse(faults)
        return self


class Covariate(Record):
    """What is known of one state under one heading, by date: all rows of one id."""

    file, form = Reading.file, Reading.form
    state: str
    readings: tuple[Reading, ...]


class Pattern(Record):
    """What a credible model must reproduce, and how that is tested."""

    file, form = "patterns.yaml", r"P\d\d"
    statement: Text
    test: Text
    sources: Words
    strength: Annotated[str, choice(("A", "B", "C"))]
    use: Annotated[str, choice(("fit", "hold-out", "check"))]
    note: Optional = ""


class Anchor(Record):
    """A number from elsewhere, or a base rate of the record.

    Attributes:
        value: Share or yearly rate; None where `by_age` holds them.
        count: Successes and trials (or member-years), or None.
        interval: Lower and upper end, 95 %, or None.
        by_age: Yearly rate by age of the pact in years; mostly empty.
    """

    file, form = "anchors.yaml", r"A\d+"
    family: Annotated[str, choice(("literature", "judgement", "atop", "record"))]
    quantity: Text
    value: OptionalNumber = None
    count: Pair | None = None
    interval: Pair | None = None
    by_age: Numbers = {}
    sources: Words
    confidence: Confidence
    note: Optional = ""

    @model_validator(mode="after")
    def _share(self) -> Anchor:
        faults = []
        if (self.value is None) == (not self.by_age):
            faults.append("wants either «value» or «by_age»")
        shares = [*self.by_age.values(), *([] if self.value is None else [self.value])]
        faults += [
            f"a share or a yearly rate lies from 0 to 1, not at {share:g}"
            for share in shares
            if not 0 <= share <= 1
        ]
        _refuse(faults)
        return self


class Theory(Record):
    """A work of the literature, and what it says that the model uses."""

    file, form = "theory.csv", r"T-[a-z]+(\d{4})?"
    authors: Text
    date: Date
    title: Text
    published: Text
    confidence: Confidence
    statement: Text
    note: Optional


class Source(Record):
    """A page or data set behind the record; `date` is None where the copy shows none."""

    file, form = "sources.csv", r"[A-Z0-9]+[0-9a-zA-Z]*"
    publisher: Text
    title: Text
    date: OptionalDate
    address: Optional
    confidence: Confidence
    note: Optional


KINDS: Final[tuple[type[Record], ...]] = (
    *(Document, Claim, Contradiction, Event, Request, NonRequest, Vote, Poll, OrganisationRule),
    *(Reading, Pattern, Anchor, Theory, Source),
)
"""All kinds, in the order in which they are told."""

"""How each file of the evidence becomes records.

A `Kind` names a file, the shape of its ids and its columns; its `read` turns one row into a record.
What must agree between rows, and between files, is in `checks`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from foedus.cases import Case
from foedus.evidence import records
from foedus.evidence.tables import Row

EVENT_KINDS = (
    *("accession", "renewal", "withdrawal", "freeze", "downgrade", "status"),
    *("institution", "institutional dispute", "realignment", "activism", "statement", "voice"),
    *("request", "bilateral request", "request answered", "non-request", "response"),
    *("exercise", "exercise declined", "exercise cancelled", "summit absence", "burden sharing"),
    *("intervention", "intra-alliance clash", "conflict settled", "shock", "threat divergence"),
    *("base", "aid", "outside partner", "patron drain", "patron policy", "non-support"),
    *("vote", "domestic politics"),
)
VOTE_KINDS = (
    *("condemnation", "humanitarian", "expulsion", "human rights", "reparations", "side text"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One file of the evidence: its name, ids and columns, and how a row becomes a record."""

    name: str
    file: str
    id_form: re.Pattern[str]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Row, Case], records.Record]

    def columns(self, case: Case) -> tuple[str, ...]:
        """Columns or keys that every row must have; of votes, one for each state that may vote."""
        return self.required + (case.evidence.voters if self.name == "votes" else ())


def _document(row: Row, _: Case) -> records.Document:
    return records.Document(
        id=row.text("id"),
        author=row.text("author"),
        publisher=row.text("publisher"),
        title=row.text("title"),
        date=row.span("date"),
        stance=row.text("stance"),
        inferred=row.optional("inferred"),
    )


def _source(row: Row, _: Case) -> records.Source:
    return records.Source(
        id=row.text("id"),
        publisher=row.text("publisher"),
        title=row.text("title"),
        date=row.optional_span("date"),
        address=row.optional("address"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=row.optional("note"),
    )


def _theory(row: Row, _: Case) -> records.Theory:
    return records.Theory(
        id=row.text("id"),
        authors=row.text("authors"),
        date=row.span("date"),
        title=row.text("title"),
        published=row.text("published"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        statement=row.text("statement"),
        note=row.optional("note"),
    )


def _claim(row: Row, _: Case) -> records.Claim:
    scale = row.choice("scale", records.SCALES)
    before = len(row.faults)
    low, mode, high = row.number("low"), row.number("mode"), row.number("high")
    readable = len(row.faults) == before
    if readable and not low <= mode <= high:
        row.fault(f"low, mode and high should ascend, not be {low:g}, {mode:g}, {high:g}")
    least, greatest = records.SCALES.get(scale, (low, high))
    if readable and not (least <= low <= greatest and least <= high <= greatest):
        row.fault(f"a {scale} lies from {least:g} to {greatest:g}, not from {low:g} to {high:g}")
    return records.Claim(
        id=row.text("id"),
        document=row.text("document"),
        statement=row.text("statement"),
        informs=row.text("informs"),
        direction=row.choice("direction", records.DIRECTIONS),
        scale=scale,
        low=low,
        mode=mode,
        high=high,
        why=row.text("why"),
    )


def _contradiction(row: Row, _: Case) -> records.Contradiction:
    return records.Contradiction(
        id=row.text("id"),
        conflict=row.text("conflict"),
        claims=row.words("claims"),
        outside=row.text("outside"),
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        coding=row.text("coding"),
    )


def _event(row: Row, case: Case) -> records.Event:
    return records.Event(
        id=row.text("id"),
        date=row.span("date"),
        kind=row.choice("kind", EVENT_KINDS),
        actors=row.words("actors", case.evidence.states),
        threat=row.choice("threat", case.evidence.threats, default=""),
        channel=row.choice("channel", case.evidence.channels, default=""),
        answer=row.answer("answer"),
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        statement=row.text("statement"),
        note=row.optional("note"),
    )


def _request(row: Row, case: Case) -> records.Request:
    answer, lag = row.answer("answer"), row.pair("lag_months")
    if answer is None and not row.optional("answer"):
        row.fault("«answer» is empty; an answer is a code from 0 to 5")
    if lag is not None and lag[0] < 0:
        row.fault(f"«lag_months» starts below 0, at {lag[0]:g}")
    return records.Request(
        id=row.text("id"),
        date=row.span("date"),
        requester=row.choice("requester", case.evidence.states),
        channel=row.text("channel"),
        threat=row.choice("threat", case.evidence.threats),
        answer=answer or 0,
        lag_months=lag or (0.0, 0.0),
        events=row.words("events"),
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=row.optional("note"),
    )


def _non_request(row: Row, case: Case) -> records.NonRequest:
    return records.NonRequest(
        id=row.text("id"),
        date=row.span("date"),
        member=row.choice("member", case.evidence.states),
        threat=row.choice("threat", case.evidence.threats),
        events=row.words("events"),
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        statement=row.text("statement"),
    )


def _vote(row: Row, case: Case) -> records.Vote:
    votes = {state: row.choice(state, records.VOTE_CODES) for state in case.evidence.voters}
    return records.Vote(
        id=row.text("id"),
        date=row.span("date"),
        text=row.text("text"),
        kind=row.choice("kind", VOTE_KINDS),
        topic=row.text("topic"),
        votes=votes,
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=row.optional("note"),
    )


def _poll(row: Row, _: Case) -> records.Poll:
    readings = row.numbers("readings")
    for opinion, share in readings.items():
        if not 0 <= share <= 1:
            row.fault(f"«{opinion}» should be a share from 0 to 1, not {share:g}")
    return records.Poll(
        id=row.text("id"),
        date=row.span("date"),
        readings=readings,
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=row.optional("note"),
    )


def _organisation_rule(row: Row, _: Case) -> records.OrganisationRule:
    return records.OrganisationRule(
        id=row.text("id"),
        statement=row.text("statement"),
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=row.optional("note"),
    )


def _covariate(row: Row, case: Case) -> records.Covariate:
    """One row; `library` joins the rows of one id."""
    value, low, high = (row.optional_number(name) for name in ("value", "low", "high"))
    if (low is None) != (high is None):
        row.fault("«low» and «high» go together; one of them is empty")
    if low is not None and high is not None and low > high:
        row.fault(f"low {low:g} is above high {high:g}")
    note = row.optional("note")
    if value is None and low is None and not note:
        row.fault("has neither a value, nor a range, nor a note")
    name, state = row.text("id"), row.choice("state", case.evidence.states)
    if not name.startswith(f"D-{state}-"):
        row.fault(f"an id of {state} starts with D-{state}-")
    reading = records.Reading(
        quantity=row.text("quantity"),
        date=row.span("date"),
        value=value,
        low=low,
        high=high,
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=note,
    )
    return records.Covariate(name, state, (reading,))


def _pattern(row: Row, _: Case) -> records.Pattern:
    return records.Pattern(
        id=row.text("id"),
        statement=row.text("statement"),
        test=row.text("test"),
        sources=row.words("sources"),
        strength=row.choice("strength", records.STRENGTHS),
        use=row.choice("use", records.USES),
        note=row.optional("note"),
    )


def _anchor(row: Row, _: Case) -> records.Anchor:
    value, by_age, count = row.optional_number("value"), row.numbers("by_age"), row.pair("count")
    if (value is None) == (not by_age):
        row.fault("wants either «value» or «by_age»")
    shares = [*by_age.values(), *([] if value is None else [value])]
    for share in shares:
        if not 0 <= share <= 1:
            row.fault(f"a share or a yearly rate lies from 0 to 1, not at {share:g}")
    return records.Anchor(
        id=row.text("id"),
        family=row.choice("family", records.FAMILIES),
        quantity=row.text("quantity"),
        value=value,
        count=count,
        interval=row.pair("interval"),
        by_age=by_age,
        sources=row.words("sources"),
        confidence=row.codes("confidence", records.CONFIDENCE),
        note=row.optional("note"),
    )


def _kind(
    file: str,
    id_form: str,
    required: str,
    optional: str,
    read: Callable[[Row, Case], records.Record],
) -> Kind:
    name = file.partition(".")[0]
    form = re.compile(id_form)
    return Kind(name, file, form, ("id", *required.split()), tuple(optional.split()), read)


_KEY = r"[A-Z0-9]+[0-9a-zA-Z]*"
_DATED = "date sources confidence"
KINDS: tuple[Kind, ...] = (
    _kind("documents.yaml", r"[A-Z]+\d\d", "author publisher title date stance", "inferred",
          _document),
    _kind("claims.csv", r"C\d{3}",
          "document statement informs direction scale low mode high why", "", _claim),
    _kind("contradictions.yaml", r"K\d+", "conflict claims outside sources confidence coding", "",
          _contradiction),
    _kind("events.csv", r"E\d{3}",
          f"{_DATED} kind actors threat channel answer statement note", "", _event),
    _kind("requests.yaml", r"R\d+",
          f"{_DATED} requester channel threat answer lag_months events", "note", _request),
    _kind("non_requests.yaml", r"N\d+", f"{_DATED} member threat events statement", "",
          _non_request),
    _kind("votes.csv", r"V\d\d",
          f"{_DATED} text kind topic note", "", _vote),
    _kind("polls.yaml", r"O\d+", f"{_DATED} readings", "note", _poll),
    _kind("rules_of_the_organisation.yaml", r"G\d+", "statement sources confidence", "note",
          _organisation_rule),
    _kind("covariates.csv", r"D-[A-Z]{3}-[a-z-]+",
          f"{_DATED} state quantity value low high note", "", _covariate),
    _kind("patterns.yaml", r"P\d\d", "statement test sources strength use", "note", _pattern),
    _kind("anchors.yaml", r"A\d+", "family quantity sources confidence",
          "value count interval by_age note", _anchor),
    _kind("theory.csv", r"T-[a-z]+(\d{4})?",
          "authors date title published confidence statement note", "", _theory),
    _kind("sources.csv", _KEY, "publisher title date address confidence note", "", _source),
)  # fmt: skip


def check_id(kind: Kind, row: Row) -> None:
    """An id must look like the others of its kind."""
    name = row.optional("id")
    if name and not kind.id_form.fullmatch(name):
        row.fault(f"«id» is {name}; the ids of {kind.file} have the form {kind.id_form.pattern}")

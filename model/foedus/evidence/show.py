"""The evidence in words, for people at a terminal: at most 100 characters wide."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from foedus.errors import FoedusError
from foedus.evidence import records
from foedus.evidence.coverage import Coverage
from foedus.evidence.library import Evidence
from foedus.evidence.records import KINDS, Record
from foedus.files.faults import did_you_mean

WIDTH = 100
_LABEL = 14


def name_text(
    name: str, evidence: Evidence, coverage: Coverage, about: str = "", title: str = ""
) -> str:
    """What a parameter or a quantity rests on.

    Args:
        name: A name that `coverage` knows.
        evidence: The evidence.
        coverage: Who cites what.
        about: What the number is and which values it has, if the caller wishes to say so.
        title: What to call it, if not by its name.

    Raises:
        FoedusError: Nothing of that name cites evidence.
    """
    if name not in coverage.sources:
        near = did_you_mean(name, coverage.sources)
        raise FoedusError(f"nothing called «{name}» cites evidence{near}")
    cited = coverage.sources[name]
    head = [title or name, *(_wrapped(about, "  ") if about else [])]
    if not cited:
        return "\n".join([*head, "  no source: a judgement"])
    lines = [line for source in cited for line in _source_item(source, evidence)]
    return "\n".join([*head, f"rests on {_count(len(cited), 'piece')} of evidence", *lines])


def _source_item(source: str, evidence: Evidence) -> list[str]:
    """A source with what it says; a scenario may also cite an address or other text."""
    if source in evidence.by_id:
        return _item(source, gist(evidence.by_id[source]))
    return _wrapped(f"{source}  (not an id of the evidence)", "    ", "  ")


def parts_lines(parts: Mapping[str, Iterable[str]]) -> list[str]:
    """What the parts of a scenario cite, a line or more each."""
    return [
        line
        for part, cited in parts.items()
        for line in _wrapped(f"{part}: {', '.join(cited) or 'no source'}", "    ", "  ")
    ]


def named_lines(meanings: Mapping[str, str]) -> list[str]:
    """Names with what they mean."""
    return [line for name, meaning in meanings.items() for line in _item(name, meaning)]


def with_codes(text: str) -> str:
    """The text, with what the codes of confidence mean if it holds any."""
    has_codes = _CODES.search(" ".join(text.split())) or re.search(
        r"^confidence ", text, re.MULTILINE
    )
    return f"{text}\n{CODES_MEAN}" if has_codes else text


CODES_MEAN = (
    "[V] a stored copy of the page, [D] computed from data, [S] one article only, [G] not checked"
)
_CODES = re.compile(r"\[[VDSG](?:/[VDSG])*\]|, [VDSG](?:/[VDSG])*\)")


def record_text(name: str, evidence: Evidence, coverage: Coverage | None = None) -> str:
    """All that a record holds, what it cites, and, given `coverage`, what it feeds.

    Raises:
        FoedusError: There is no such record.
    """
    record = evidence.get(name)
    lines = [name]
    for label, text in _fields(record):
        lines += _labelled(label, text)
    cited = [source for source in _cited(record) if source in evidence.by_id]
    if cited:
        lines.append("rests on")
        lines += [line for source in cited for line in _item(source, gist(evidence.get(source)))]
    citing = [other.id for other in evidence.by_id.values() if name in _cited(other)]
    lines += _labelled("cited by", ", ".join(citing)) if citing else []
    if coverage is not None:
        lines += _fed(name, record, coverage)
    return "\n".join(lines)


def coverage_text(evidence: Evidence, coverage: Coverage, grades: str = "") -> str:
    """How much of the evidence feeds the model, by kind, and the claims that feed nothing.

    Args:
        evidence: The evidence.
        coverage: Who cites what.
        grades: A line on the grades of the numbers, if the caller wishes to say so.
    """
    lines = [f"{'evidence':<28}{'records':>9}{'cited':>8}"]
    for kind in KINDS:
        ids = [record.id for record in getattr(evidence, kind.table())]
        head = f"{kind.table().replace('_', ' '):<28}{len(ids):>9}"
        if kind.table() in _BEHIND_EVIDENCE:
            citing = sum(1 for record in evidence.by_id.values() if set(ids) & set(_cited(record)))
            lines.append(f"{head}{'-':>8}  (cited by {citing} records of the evidence)")
        else:
            lines.append(f"{head}{sum(1 for name in ids if coverage.feeds[name]):>8}")
    lines[0] += "  by numbers and scenarios"
    lines += ["", f"by grade: {grades}"] if grades else []
    bare = [name for name, cited in coverage.sources.items() if not cited]
    lines += ["", f"{_count(len(coverage.sources), 'name')} in all, {len(bare)} without evidence"]
    lines += _wrapped(", ".join(bare), "  ")
    lines += ["", f"{_count(len(coverage.unused), 'claim')} feed nothing"]
    for claim, why in coverage.unused.items():
        lines += _item(claim, why or "no reason given")
    if coverage.faults:
        lines += ["", f"out of order: {len(coverage.faults)}"]
        lines += [line for fault in coverage.faults for line in _wrapped(fault, "  ")]
    return "\n".join(lines)


_BEHIND_EVIDENCE = ("documents", "sources")
"""Kinds that other evidence cites, and numbers do not."""


def gist(record: Record) -> str:
    """A record in one sentence, with its confidence."""
    confidence = getattr(record, "confidence", ())
    return _sentence(record) + (f" [{'/'.join(confidence)}]" if confidence else "")


def _sentence(record: Record) -> str:
    match record:
        case records.Claim():
            text = f"{record.statement} [{_triangle(record)}; {record.document}]"
        case records.Document() | records.Source():
            when = f", {record.date}" if record.date else ""
            text = f"{_author(record)}: {record.title}{when}"
        case records.Theory():
            text = f"{record.authors} ({record.date}): {record.statement}"
        case records.Contradiction():
            text = f"{record.conflict} Coded: {record.coding}"
        case records.Request():
            asked = f"{record.requester} asks ({record.channel}; {record.threat})"
            text = f"{record.date}: {asked}, answer {record.answer}"
        case records.Vote():
            text = f"{record.date}: {record.text}, {record.topic}: {_pairs(record.votes)}"
        case records.Poll():
            text = f"{record.date}: {_pairs(record.readings)}"
        case records.Covariate():
            text = _readings(record.readings)
        case records.Anchor():
            text = f"{record.quantity}: {_pairs(record.by_age) or f'{record.value:g}'}"
        case records.Event() | records.NonRequest():
            text = f"{record.date}: {record.statement}"
        case records.Pattern() | records.OrganisationRule():
            text = record.statement
    return text


def _author(record: records.Document | records.Source) -> str:
    author = record.author if isinstance(record, records.Document) else ""
    return record.publisher if author in {"", "unknown"} else f"{author}, {record.publisher}"


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    """Label and text of each field that is not empty; what is cited comes elsewhere."""
    if isinstance(record, records.Claim):
        yield "interval", _triangle(record)
    for name in type(record).model_fields:
        if name in {"id", "low", "mode", "high", "scale", *_CITED}:
            continue
        value = getattr(record, name)
        text = _as_text(value)
        if text:
            yield name.replace("_", " "), text


def _as_text(value: object) -> str:
    match value:
        case None | ():
            text = ""
        case Mapping():
            text = _pairs(value)
        case (records.Reading(), *_):
            text = _readings(item for item in value if isinstance(item, records.Reading))
        case (float(), float()):
            text = f"{value[0]:g} to {value[1]:g}"
        case tuple():
            text = ", ".join(str(item) for item in value)
        case float():
            text = f"{value:g}"
        case _:
            text = str(value)
    return text


_CITED = ("document", "claims", "events", "sources")


def _cited(record: Record) -> list[str]:
    """Ids that a record cites, each once."""
    cited: list[str] = []
    for holder in (record, *getattr(record, "readings", ())):
        for name in _CITED:
            value = getattr(holder, name, ())
            cited += [value] if isinstance(value, str) else value
    return list(dict.fromkeys(cited))


def _fed(name: str, record: Record, coverage: Coverage) -> list[str]:
    fed = coverage.feeds[name]
    if fed:
        return [f"feeds {len(fed)}", *_wrapped(", ".join(fed), "  ")]
    why = coverage.unused.get(name, "") if isinstance(record, records.Claim) else ""
    return _labelled("feeds", f"nothing: {why}" if why else "nothing directly")


def _triangle(claim: records.Claim) -> str:
    low, mode, high = claim.low, claim.mode, claim.high
    numbers = f"{mode:g}" if low == high else f"{low:g} to {high:g}, most likely {mode:g}"
    return f"{claim.scale} {numbers}"


def _readings(readings: Iterable[records.Reading]) -> str:
    """All readings, those of one quantity together."""
    by_quantity: dict[str, list[str]] = {}
    for reading in readings:
        by_quantity.setdefault(reading.quantity, []).append(_reading(reading))
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in by_quantity.items())


def _reading(reading: records.Reading) -> str:
    number = "" if reading.value is None else f"{reading.value:g}"
    if reading.low is not None and reading.high is not None:
        number = f"{reading.low:g} to {reading.high:g}"
    note = f", {reading.note}" if reading.note else ""
    details = f"({reading.date}{note}, {'/'.join(reading.confidence)})"
    return f"{number} {details}".lstrip()


def _pairs(pairs: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in pairs.items()
    )


def _labelled(label: str, text: str) -> list[str]:
    return _wrapped(text, " " * _LABEL, f"{label:<{_LABEL}}")


def _item(name: str, text: str) -> list[str]:
    return _wrapped(text, "    ", f"  {name}  ")


def _wrapped(text: str, indent: str, first: str | None = None) -> list[str]:
    opening = indent if first is None else first
    return textwrap.wrap(text, WIDTH, initial_indent=opening, subsequent_indent=indent)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

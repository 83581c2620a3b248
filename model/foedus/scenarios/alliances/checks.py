"""An alliance file, loaded and checked for everything that can be known without a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.files import yaml_reader
from foedus.files.faults import Faults, Misread, did_you_mean, found, one_of, printable, unknown
from foedus.files.memo import own_copies
from foedus.files.text_files import read_text
from foedus.files.validation import validate
from foedus.parameters.triple import Triple
from foedus.scenarios.alliances.schema import Alliance, AllianceFile, Quantity, QuantityEntry, Table
from foedus.scenarios.language import months
from foedus.scenarios.language.quantities import KINDS, PATRON_KEY, QuantityKind
from foedus.scenarios.language.triples import inside, triple

if TYPE_CHECKING:
    from foedus.files.yaml_reader import Node, Step

_DROPPABLE = frozenset({"calendar", "votes"})


def load_alliance(path: Path, *, evidence_ids: Collection[str] | None = None) -> Alliance:
    """Load an alliance file.

    Args:
        path: The file.
        evidence_ids: Ids that sources may name, beside addresses and other text with spaces; None
            to leave sources unchecked.

    Returns:
        The alliance, complete for every date of its initial status.

    Raises:
        FoedusError: Something is wrong with it; the message has one line per fault.
    """
    ids = None if evidence_ids is None else frozenset(evidence_ids)
    return _checked(read_text(path, "YAML"), str(path), ids)


@own_copies(size=4)
def _checked(text: str, path: str, evidence_ids: frozenset[str] | None) -> Alliance:
    """The alliance that the text of a file describes."""
    root = yaml_reader.parse(text, path)
    faults = Faults()
    file = validate(AllianceFile, root, faults, _DROPPABLE)
    if file is None:
        faults.check()
        raise AssertionError("a file that is no alliance has at least one fault")
    checks = _Checks(file, root, faults)
    checks.cast()
    # Where it is unclear who is meant, every table would seem wrong.
    faults.check()
    checks.quarrels()
    checks.initial_status()
    checks.reference()
    checks.calendar()
    alliance = checks.alliance()
    if evidence_ids is not None:
        check_sources(root, evidence_ids, faults)
    # What is incomplete follows from what is wrong; only a file without other faults can tell.
    if not faults:
        for date in file.initial_status.by_date:
            missing_entries(alliance, date, root.find(("initial_status", date)), faults)
    faults.check()
    return alliance


def check_sources(root: Node, known: Collection[str], faults: Faults) -> None:
    """Note every source, anywhere in a document, that is not among the known ids.

    An address, or text with a space in it, is no id, and nobody can look it up here.
    """
    names = list(known)
    stack: list[tuple[Node, tuple[Step, ...]]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        for key, child in node.mapping().items():
            stack.append((child, (*path, key)))
            if key != "sources":
                continue
            for each in child.items():
                text = each.value
                if isinstance(text, str) and not _is_free(text) and text not in known:
                    near = did_you_mean(text, names)
                    message = f"«{printable(text)}» is not in the evidence{near or _FREE}"
                    faults.add(each.place, root.label((*path, key)), message)
        stack += [(child, (*path, index)) for index, child in enumerate(node.items())]


_FREE = "; what it does not hold is an address, or a text with a space such as «TASS of 3 May 2027»"


def _is_free(source: str) -> bool:
    """Whether a source is an address or a text rather than an id."""
    return " " in source.strip() or "://" in source


def missing_entries(alliance: Alliance, start: str, at: Node, faults: Faults) -> None:
    """Note every number that a scenario from `start` would need and the file does not give.

    Args:
        alliance: Otherwise sound.
        start: A month for which there is an initial status.
        at: What to name as the place of a fault.
        faults: Where they are noted.
    """
    members = tuple(alliance.status_at(start) or ())
    for quantity in alliance.quantities.values():
        kind, date = quantity.kind, quantity.date_for(start)
        if date is None:
            first = min(quantity.tables)
            message = f"no values for {start} or earlier, «{alliance.name}» has them from {first}"
            faults.add(at.key_place, kind.name, message)
            continue
        if kind.absent_is_zero:
            continue
        table = quantity.tables[date]
        axis = kind.of[0] if kind.of else PATRON_KEY
        wanted = {"member": members, PATRON_KEY: ()}.get(axis, alliance.names.get(axis, ()))
        absent = [key for key in wanted if (key,) not in table]
        if absent:
            where = f"{kind.name} of {date}" if date else kind.name
            message = f"no values for {', '.join(absent)}, expected one for each that takes part"
            faults.add(at.key_place, where, message)


class _Checks:
    """Checks of one alliance file, with everything that they need at hand."""

    def __init__(self, file: AllianceFile, root: Node, faults: Faults) -> None:
        self._file = file
        self._root = root
        self._faults = faults
        self._names = Alliance(file, {}).names

    def _fault(self, path: tuple[Step, ...], message: str, *, at_key: bool = False) -> None:
        node = self._root.find(path)
        place = node.key_place if at_key else node.place
        self._faults.add(place, self._root.label(path), message)

    def _known(self, what: str, name: str | None, path: tuple[Step, ...]) -> bool:
        """Whether a name exists; None, for nobody, always does."""
        if name is None or name in self._names[what]:
            return True
        self._fault(path, unknown(what, name, self._names[what]))
        return False

    def cast(self) -> None:
        """Nobody and nothing is named twice."""
        file = self._file
        places: list[tuple[str, tuple[Step, ...]]] = [(file.patron.code, ("patron", "code"))]
        for key, parties in (("members", file.members), ("partners", file.partners)):
            places += [(party.code, (key, i, "code")) for i, party in enumerate(parties)]
        self._unique(places)
        self._unique([(each.name, ("threats", i, "name")) for i, each in enumerate(file.threats)])

    def quarrels(self) -> None:
        """Threats between members, and no others, say between which two."""
        for index, threat in enumerate(self._file.threats):
            path = ("threats", index, "between")
            if (threat.kind == "intra") != (threat.between is not None):
                expected = "expected with kind intra, and only there: [AAA, BBB]"
                self._fault(path, f"found {found(threat.between)}, {expected}")
            elif threat.between is not None and len(set(threat.between)) == 1:
                self._fault(path, f"found {threat.between[0]} twice, expected two members")
            for place, code in enumerate(threat.between or ()):
                self._known("member", code, (*path, place))

    def _unique(self, places: Iterable[tuple[str, tuple[Step, ...]]]) -> None:
        first: dict[str, tuple[Step, ...]] = {}
        for name, path in places:
            if name in first:
                line = self._root.find(first[name]).place.line
                self._fault(path, f"«{name}» is given twice, first in line {line}")
            first.setdefault(name, path)

    def initial_status(self) -> None:
        """Dates are months, and name members."""
        by_date = self._file.initial_status.by_date
        if not by_date:
            self._fault(("initial_status",), "found no date, expected one such as 2026-11")
        for date, statuses in by_date.items():
            path = ("initial_status", date)
            try:
                months.month(date)
            except Misread as error:
                self._fault(path, str(error), at_key=True)
            if not statuses:
                self._fault(path, "found nobody, expected at least one member")
            for code in statuses:
                self._key("member", code, (*path, code))

    def reference(self) -> None:
        """Somebody is active at the reference date, so that the standard test has a roster."""
        reference, by_date = self._file.reference, self._file.initial_status.by_date
        if reference is None or not by_date:
            return
        date = months.latest(list(by_date), reference.date)
        if date is None:
            message = (
                f"found {reference.date}, expected {min(by_date)} or later, where status begins"
            )
            self._fault(("reference", "date"), message)
        elif "active" not in by_date[date].values():
            message = f"found {reference.date}, expected a month in which somebody is active"
            self._fault(("reference", "date"), message)

    def _key(self, what: str, name: str, path: tuple[Step, ...]) -> bool:
        if name in self._names[what]:
            return True
        self._fault(path, unknown(what, name, self._names[what]), at_key=True)
        return False

    def calendar(self) -> None:
        """Hosts are members, and drills are about threats."""
        for index, entry in enumerate(self._file.calendar):
            self._known("member", entry.host, ("calendar", index, "host"))
            self._known("threat", entry.focus, ("calendar", index, "focus"))
            if entry.act == "host_drill" and entry.host is None:
                message = "host_drill asks the host alone, expected its code under «host»"
                self._fault(("calendar", index), message)

    def alliance(self) -> Alliance:
        """The alliance with its tables; sound as far as no fault was noted."""
        entries = self._file.quantities
        counts = Counter(entry.name for entry in entries)
        quantities: dict[str, Quantity] = {}
        for index, entry in enumerate(entries):
            path = ("quantities", index)
            if entry.name not in KINDS:
                self._fault((*path, "name"), unknown("quantity", entry.name, list(KINDS)))
            elif entry.name in quantities:
                self._fault((*path, "name"), f"given {counts[entry.name]} times, expected once")
            else:
                quantities[entry.name] = self._quantity(entry, KINDS[entry.name], path)
        for kind in KINDS.values():
            # Of a single member there are no pairs.
            fewest = 2 if kind.symmetric else 1
            axes = all(len(self._names.get(axis, ("", ""))) >= fewest for axis in kind.of)
            if kind.required and axes and kind.name not in quantities:
                of = f"one value for each {' and '.join(kind.of)}" if kind.of else "one value"
                self._fault(("quantities",), f"«{kind.name}» is missing, expected {of}")
        return Alliance(self._file, quantities)

    def _quantity(
        self, entry: QuantityEntry, kind: QuantityKind, path: tuple[Step, ...]
    ) -> Quantity:
        of = () if entry.of == (PATRON_KEY,) else entry.of
        if of != kind.of:
            expected = f"[{', '.join(kind.of or (PATRON_KEY,))}]"
            self._fault((*path, "of"), f"found [{', '.join(entry.of)}], expected {expected}")
            return Quantity(kind, entry, {})
        low, high = entry.range
        if not kind.low <= low < high <= kind.high:
            expected = f"low < high inside [{kind.low:g}, {kind.high:g}]"
            self._fault((*path, "range"), f"found [{low:g}, {high:g}], expected {expected}")
        if not entry.sources and (entry.grade != "judgement" or not entry.note):
            message = "found no sources, expected at least one, or grade judgement and a note"
            self._fault((*path, "sources"), message)
        tables = self._tables(entry, kind, path)
        if kind.name == "test_weight":
            for table in tables.values():
                if table and not any(weight.high > 0.0 for weight in table.values()):
                    self._fault((*path, "values"), "found no weight above 0, expected at least one")
        return Quantity(kind, entry, tables)

    def _tables(
        self, entry: QuantityEntry, kind: QuantityKind, path: tuple[Step, ...]
    ) -> dict[str, Table]:
        dated = entry.dated_values
        if (entry.values is None) == (dated is None):
            both = "both" if dated is not None else "neither"
            self._fault(path, f"found {both}, expected either «values» or «dated_values»")
            return {}
        if dated is None:
            return {"": self._table(entry, kind, entry.values, (*path, "values"))}
        if not kind.dated:
            message = f"«{kind.name}» is constant in time, expected «values»"
            self._fault((*path, "dated_values"), message, at_key=True)
        if not dated:
            self._fault((*path, "dated_values"), "found no date, expected one such as 2026-11")
        return {
            date: self._table(entry, kind, values, (*path, "dated_values", date))
            for date, values in dated.items()
        }

    def _table(
        self, entry: QuantityEntry, kind: QuantityKind, values: object, path: tuple[Step, ...]
    ) -> Table:
        table: Table = {}
        self._fill(table, entry, kind, values, path, ())
        if kind.symmetric:
            self._pairs(table, path)
            order = self._names[kind.of[0]].index
            table = {tuple(sorted(keys, key=order)): value for keys, value in table.items()}
        return table

    def _fill(
        self,
        table: Table,
        entry: QuantityEntry,
        kind: QuantityKind,
        values: object,
        path: tuple[Step, ...],
        keys: tuple[str, ...],
    ) -> None:
        """Walk down the keys of a table to its triples."""
        if len(keys) == len(kind.of):
            value = self._triple(values, entry, path)
            if value is not None:
                table[keys] = value
            return
        axis = kind.of[len(keys)]
        if not isinstance(values, dict):
            names = one_of(self._names[axis])
            self._fault(path, f"found {found(values)}, expected a mapping by {axis}: {names}")
            return
        for key, inner in values.items():
            if self._key(axis, key, (*path, key)):
                self._fill(table, entry, kind, inner, (*path, key), (*keys, key))

    def _triple(self, value: object, entry: QuantityEntry, path: tuple[Step, ...]) -> Triple | None:
        try:
            numbers = triple(value)
            inside(numbers, *entry.range)
        except Misread as error:
            self._fault(path, str(error))
            return None
        return numbers

    def _pairs(self, table: Table, path: tuple[Step, ...]) -> None:
        for first, second in table:
            here = (*path, first, second)
            if first == second:
                self._fault(here, f"found {first} twice, expected two members", at_key=True)
            elif (second, first) in table and first > second:
                message = f"«{second}: {first}» is given too, expected each pair once"
                self._fault(here, message, at_key=True)

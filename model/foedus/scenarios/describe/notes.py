"""What is allowed in a scenario and yet hardly meant: notes of `foedus scenario check`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from foedus.dictionary.observables import Observable
from foedus.dictionary.vocabulary import BLOC, EFFECT_ON_DRIVER, SHOCK_INCIDENT, Forced
from foedus.files.faults import Place, one_of
from foedus.scenarios import acts, driver_paths, drivers
from foedus.scenarios.language import months
from foedus.scenarios.language.conditions import WORDS, Comparison, Condition
from foedus.scenarios.language.observed import FORM_OF

if TYPE_CHECKING:
    from foedus.evidence import Evidence
    from foedus.files.yaml_reader import Node, Step
    from foedus.scenarios.acts import Decision
    from foedus.scenarios.language.schema import ShockEntry
    from foedus.scenarios.resolved import ResolvedScenario


class Note(NamedTuple):
    """Something that is worth a second look.

    Attributes:
        place: Where it is.
        key: The key it concerns.
        message: What it is.
    """

    place: Place
    key: str
    message: str


NEVER: Final = 10**6
"""A month that no run reaches."""

_CURLY_AROUND: Final = re.compile(r"[“„‟‘‚].*[”“’‘]", re.DOTALL)

_A_MONTH: Final = {
    Observable.REQUESTS: 1,
    Observable.REQUESTS_BLOC: 1,
    Observable.REQUESTS_BILATERAL: 1,
    Observable.UNASKED: 1,
    Observable.REGIME_CHANGES: 1,
    Observable.INCIDENTS: 1,
    Observable.ANSWERS: 1,
}
"""The most that a count of one member can rise in a month."""


class Course:
    """What becomes of a member by decisions alone, whatever chance adds.

    Args:
        status: At the start.
    """

    def __init__(self, status: str) -> None:
        self._status = status
        self._since = ""
        """What has made it so."""
        self._leaves = NEVER
        """Month in which a notice has run out."""

    def follow(self, decision: Decision, resolved: ResolvedScenario) -> str:
        """Let a decision happen.

        Returns:
            Why it has no meaning by then, as the rest of a sentence; empty if it has one.
        """
        if self._leaves <= decision.month:
            self._status, self._since, self._leaves = "out", "as its notice has run out", NEVER
        kind = Forced(decision.kind)
        wanted, noticed = acts.needs(kind), self._leaves != NEVER
        fits = {
            None: True,
            "in": self._status != "out",
            "noticed": self._status != "out" and noticed,
            "unnoticed": self._status != "out" and not noticed,
        }
        since = self._since or "at the start"
        if not fits.get(wanted, self._status == wanted):
            if wanted == "noticed" and self._status != "out":
                return "has given no notice"
            if wanted == "unnoticed" and self._status != "out":
                return "has given notice already"
            return f"is {self._status} {since}"
        if kind is Forced.REQUEST and decision.channel == BLOC and self._status == "frozen":
            return f"is frozen {since} and cannot ask the bloc"
        self._change(kind, decision, resolved)
        return ""

    def _change(self, kind: Forced, decision: Decision, resolved: ResolvedScenario) -> None:
        date = resolved.dates[decision.month]
        becomes = {
            Forced.FREEZE: "frozen",
            Forced.THAW: "active",
            Forced.LEAVE: "out",
            Forced.JOIN: "active",
        }
        if kind in becomes:
            self._status, self._since = becomes[kind], f"from {date} on"
        if kind is Forced.NOTICE:
            # The first month of the term is that of the notice itself.
            term = int(resolved.scenario.charter.notice_months or 0)
            self._leaves = decision.month + max(1, term)
        elif kind in (Forced.WITHDRAW, Forced.LEAVE):
            self._leaves = NEVER


class Notes:
    """Looks a resolved scenario over.

    Args:
        root: Its document, parents included; only what the file itself says is looked at.
        resolved: The scenario.
        evidence: The evidence that it may cite.
        documents: The file and its parents one by one, the file first, to say what a shorter run
            leaves out.
    """

    def __init__(
        self,
        root: Node,
        resolved: ResolvedScenario,
        evidence: Evidence,
        documents: Sequence[Node] = (),
    ) -> None:
        self._root = root
        self._documents = documents
        self._resolved = resolved
        self._evidence = evidence
        self._end = months.after(resolved.start, resolved.horizon)

    def all(self) -> list[Note]:
        """Every note, by line."""
        notes = [*self._conditions(), *self._paths(), *self._dates()]
        notes += [*self._left_out(), *self._citations(), *self._unsourced()]
        notes += [*self._incidents(), *self._decisions(), *self._quoted((), self._root)]
        return sorted(notes)

    def _conditions(self) -> Iterator[Note]:
        """Triggers that cannot fire or end, and questions whose answer is known beforehand."""
        resolved = self._resolved
        for trigger in resolved.triggers:
            path = self._entry("triggers", "name", trigger.name)
            yield from self._condition((*path, "when"), trigger.condition, "the trigger")
            if trigger.until is not None:
                yield from self._condition((*path, "until"), trigger.until, "its end")
            left = resolved.horizon - trigger.first_month + 1
            if trigger.for_months > left:
                message = f"never fires: the run has {left} months from then on"
                yield from self._note((*path, "for_months"), message)
        for question in resolved.questions:
            path = self._entry("questions", "id", question.id)
            yield from self._condition((*path, "when"), question.condition, "the event")
            if question.for_months > question.end:
                message = f"never so long: it must have lasted by month {question.end} of the run"
                yield from self._note((*path, "for_months"), message)

    def _condition(self, path: tuple[Step, ...], condition: Condition, what: str) -> Iterator[Note]:
        certain = certainty(condition, self._resolved)
        low, high = limits(condition, self._resolved)
        if certain is not None:
            ends = f"it stays between {low:g} and {high:g}"
            yield from self._note(path, f"{what} comes {certain} true: {ends}")
        elif condition.comparison == Comparison.EQUAL and not _is_whole(condition):
            yield from self._note(path, "a level is hardly ever equal to a number; use < or >")

    def _paths(self) -> Iterator[Note]:
        """Paths with one late date, which hold from the start, and dates that no run reaches."""
        for name, path in self._resolved.scenario.drivers.items():
            dates = sorted(path)
            where: tuple[Step, ...] = ("drivers", name)
            if len(path) == 1 and dates[0] > self._resolved.start:
                message = (
                    f"{path[dates[0]]:g} from the start, not from {dates[0]}; for a step give the "
                    "month before as well"
                )
                yield from self._note((*where, dates[0]), message)
            late = [date for date in dates if date > self._end]
            for date in late[:1]:
                message = f"{date} lies after the end of the run, {self._end}"
                yield from self._note((*where, date), message)
            early = [date for date in dates if date < self._resolved.start]
            for date in early[:-1]:
                message = f"{date} lies before the start of the run, {self._resolved.start}"
                yield from self._note((*where, date), message)

    def _incidents(self) -> Iterator[Note]:
        """Incidents of threats on members that they never strike by themselves."""
        resolved = self._resolved
        roster = resolved.roster
        struck = {
            entry.name: shock
            for entry, shock in zip(self._state_entries(), resolved.state_shocks, strict=True)
            if shock.target == SHOCK_INCIDENT
        }
        for name, shock in struck.items():
            member, threat = roster.members[shock.i], roster.threats[shock.j]
            yield from self._unusual(("shocks", name, "on"), member, threat)
        for entry in resolved.scenario.decisions:
            if entry.threat is not None:
                where = ("decisions", entry.name, "threat")
                yield from self._unusual(where, entry.actor, entry.threat)

    def _unusual(self, where: tuple[str, str, str], member: str, threat: str) -> Iterator[Note]:
        section, name, key = where
        keys = {"threat": threat, "member": member}
        of = self._resolved.kinds["rate"].of
        if self._resolved.value("rate", *(keys[kind] for kind in of)).high == 0.0:
            message = f"{threat} never strikes {member} by itself: its rate there is 0"
            yield from self._note((*self._entry(section, "name", name), key), message)

    def _decisions(self) -> Iterator[Note]:
        """Decisions that happen only if chance has changed a member's status before, or never."""
        resolved = self._resolved
        made = zip(resolved.scenario.decisions, resolved.decisions, strict=True)
        courses = {code: Course(status) for code, status in resolved.initial_status.items()}
        asked: dict[tuple[str, str], str] = {}
        for entry, decision in sorted(made, key=lambda each: each[1].month):
            path = self._entry("decisions", "name", entry.name)
            if entry.does == "request":
                other = asked.setdefault((entry.actor, entry.date), entry.name)
                if other != entry.name:
                    message = f"one request a month counts: {entry.actor} asks in «{other}», too"
                    yield from self._note((*path, "date"), message)
            code = resolved.members[decision.member]
            notice = courses[code].follow(decision, resolved)
            if notice:
                yield from self._note(
                    (*path, "does"), f"happens only where chance has changed that: {code} {notice}"
                )

    def _state_entries(self) -> list[ShockEntry]:
        """The shocks of the scenario that strike a state, in the order of the file."""
        return [
            entry
            for entry in self._resolved.scenario.shocks
            if not isinstance(drivers.shock_target(entry.on, self._resolved.roster), int)
        ]

    def _quoted(self, path: tuple[Step, ...], node: Node) -> Iterator[Note]:
        """Curly quotes around a text, which nobody but its readers takes for quotes."""
        if isinstance(node.value, str) and _CURLY_AROUND.fullmatch(node.value):
            message = "the curly quotes around it are part of the text; straight ones are not"
            yield from self._note(path, message)
        for key, child in node.mapping().items():
            yield from self._quoted((*path, key), child)
        for index, child in enumerate(node.items()):
            yield from self._quoted((*path, index), child)

    def _dates(self) -> Iterator[Note]:
        for section in ("charter", "mechanisms"):
            for date in self._section(section).mapping():
                if date[:1].isdigit() and date < self._resolved.start:
                    message = f"before the start, {self._resolved.start}: holds from there"
                    yield from self._note((section, date), message)

    def _left_out(self) -> Iterator[Note]:
        """What a shorter run inherits and never reaches."""
        for section, by in (("shocks", "name"), ("decisions", "name"), ("questions", "id")):
            kept = {node.text(by) for node in self._entries(self._root, section)}
            lost = [
                name
                for document in self._documents[1:]
                for node in self._entries(document, section)
                if (name := node.text(by)) is not None and name not in kept
            ]
            own = self._documents[0].mapping() if self._documents else {}
            # An empty list says that none is wanted.
            if lost and (section not in own or own[section].items()):
                message = (
                    f"the run ends in {self._end}, before these inherited {section}: "
                    f"{one_of(dict.fromkeys(lost))}; they are left out"
                )
                place = self._documents[0].mapping().get("horizon", self._root)
                yield Note(place.key_place, "horizon", message)

    @staticmethod
    def _entries(document: Node, section: str) -> list[Node]:
        node = document.mapping().get(section)
        return node.items() if node is not None else []

    def _citations(self) -> Iterator[Note]:
        """Claims that contradict each other, or that the record contradicts, cited unawares."""
        cited = self._cited()
        for each in self._evidence.contradictions:
            claims = [claim for claim in each.claims if claim in cited]
            if each.id in cited or not claims or (len(each.claims) > 1 and len(claims) < 2):
                continue
            what = (
                f"{' and '.join(claims)} disagree"
                if len(claims) > 1
                else f"{claims[0]} is disputed"
            )
            message = f"{what} ({each.id}: {each.conflict}) Cite {each.id} to say that you know."
            yield Note(cited[claims[-1]].place, "sources", message)

    def _cited(self) -> dict[str, Node]:
        """Everything that the file itself cites, with its place."""
        cited: dict[str, Node] = {}
        stack = [self._root]
        while stack:
            node = stack.pop()
            for key, child in node.mapping().items():
                stack.append(child)
                if key == "sources":
                    cited |= {str(each.value): each for each in child.items() if self._own(each)}
            stack += node.items()
        return cited

    def _unsourced(self) -> Iterator[Note]:
        """What the file says happens, without a word where that comes from."""
        scenario: Any = self._resolved.scenario
        for section in ("shocks", "triggers", "decisions"):
            for entry in getattr(scenario, section):
                path = self._entry(section, "name", entry.name)
                if not entry.sources:
                    yield from self._note(path, "cites no source")
        if not scenario.sources or not self._own(self._section("sources")):
            yield from self._note((), "the scenario itself cites no sources")

    def _section(self, key: str) -> Node:
        return self._root.mapping().get(key, self._root.find(()))

    def _own(self, node: Node) -> bool:
        return node.place.file == self._root.place.file

    def _entry(self, key: str, by: str, name: str) -> tuple[Step, ...]:
        names = [node.text(by) for node in self._root.find((key,)).items()]
        return key, names.index(name)

    def _note(self, path: tuple[Step, ...], message: str) -> Iterator[Note]:
        """A note on something that the file itself says."""
        node = self._root.find(path)
        if self._own(node):
            yield Note(node.key_place, self._root.label(path), message)


def certainty(
    condition: Condition, resolved: ResolvedScenario
) -> Literal["never", "always"] | None:
    """Whether a condition is the same in every month of every trial, whatever happens."""
    low, high = limits(condition, resolved)
    threshold = condition.threshold
    never, always = {
        Comparison.LESS: (threshold <= low, threshold > high),
        Comparison.AT_MOST: (threshold < low, threshold >= high),
        Comparison.MORE: (threshold >= high, threshold < low),
        Comparison.AT_LEAST: (threshold > high, threshold <= low),
        Comparison.EQUAL: (not low <= threshold <= high, low == high == threshold),
    }[Comparison(condition.comparison)]
    # Of one that has never asked there is no best answer, and no comparison with it holds.
    always = always and condition.observable != Observable.BEST_ANSWER
    return "never" if never else "always" if always else None


def limits(condition: Condition, resolved: ResolvedScenario) -> tuple[float, float]:
    """Least and greatest value that an observable can take in a scenario."""
    observable = Observable(condition.observable)
    members = len(resolved.members)
    match observable:
        case Observable.MEMBERS_IN | Observable.MEMBERS_ACTIVE:
            return 1.0, members + 1.0
        case Observable.MEMBERS_FROZEN:
            return 0.0, float(members)
        case Observable.BEST_ANSWER:
            return FORM_OF[observable].limits
        case Observable.WAR:
            return _of_driver("war", resolved)
    if observable in _A_MONTH:
        several = members if condition.i < 0 else 1
        return 0.0, float(_A_MONTH[observable] * several * resolved.horizon)
    return FORM_OF[observable].limits


def _of_driver(name: str, resolved: ResolvedScenario) -> tuple[float, float]:
    """Ends of a driver's course; those of its range if a trigger may move it."""
    index = resolved.drivers.index(name)
    for trigger in resolved.triggers:
        if trigger.effect == EFFECT_ON_DRIVER and trigger.target == index:
            kind = drivers.kind_of(name)
            return kind.low, kind.high
    values = driver_paths.paths(resolved)[:, index]
    return float(values.min()), float(values.max())


def _is_whole(condition: Condition) -> bool:
    form = FORM_OF[Observable(condition.observable)]
    return form.is_count or form.observable in {*WORDS, Observable.BEST_ANSWER}

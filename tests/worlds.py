"""Small worlds of plain objects, on which single rules can be tried, and scenarios to order.

A world here is made from the data dictionary `dictionary.state` alone, without an alliance file,
without Mesa and without the compiler: every field starts at nought (or at never) and a test sets
what it is about. Parameters are at the modes of the registry.
"""

from __future__ import annotations

import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

import numpy as np
import yaml

from foedus.dictionary import agenda, state
from foedus.dictionary.chance import place_among
from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ACTIVE,
    ANSWER_NAMES,
    BLOC,
    INTRA,
    MILITANTS,
    MONTHS_PER_YEAR,
    NOT_YET,
    THREAT_KIND_NAMES,
    Purpose,
)
from foedus.parameters import registry
from foedus.rules import month, start
from foedus.rules.membership.ladder import concerns
from foedus.scenarios.resolve import resolve
from foedus.simulation import layout as laying
from foedus.simulation import world as engine_world
from foedus.simulation.memory_layout import ENTITIES
from foedus.simulation.tape import Tape, luck

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.simulation.world import Setup

NEVER: Final = (
    *laying.NEVER_MONTHS,
    *("best_answer", "answer", "notice_before", "request_threat", "host", "focus", "hosting"),
    *("forced_channel", "forced_answer", "first", "second"),
)
"""Fields that are -1 until something happens."""


class Lines(list[Any]):
    """An event log that gets its lines when they are written."""

    def __getitem__(self, place: Any) -> Any:
        while isinstance(place, int) and len(self) <= place:
            self.append(blank(agenda.Event))
        return super().__getitem__(place)


@cache
def _template(described: type, lengths: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    sizes = dict(lengths) | {"answer": len(ANSWER_NAMES), "act": len(ACT_NAMES)}
    sizes["kind"] = len(THREAT_KIND_NAMES)
    fields: dict[str, Any] = {}
    for name, hint in get_type_hints(described, include_extras=True).items():
        if hint in {int, float}:
            fields[name] = NOT_YET if name in NEVER else hint(0)
        elif hasattr(hint, "__metadata__"):
            (kind,) = get_args(get_args(hint)[0])
            empty = NOT_YET if name == "first_lapse" else kind(0)
            fields[name] = [empty] * sizes.get(hint.__metadata__[0], 0)
    return fields


def blank(described: type, **lengths: int) -> Any:
    """An object with all fields of a class of the data dictionary, at nought or at never."""
    fields = _template(described, tuple(sorted(lengths.items())))
    copied = {name: list(v) if isinstance(v, list) else v for name, v in fields.items()}
    return SimpleNamespace(**copied)


class Given(SimpleNamespace):
    """Parameters that a test may change at any time: what follows from them follows at once."""

    def __init__(self, **values: float) -> None:
        super().__init__(**values)
        self._follow()

    def __setattr__(self, name: str, value: float) -> None:
        super().__setattr__(name, value)
        self._follow()

    def _follow(self) -> None:
        worked_out = SimpleNamespace(**vars(self))
        start.begin_rates(worked_out)  # type: ignore[arg-type]
        vars(self).update(vars(worked_out))


@cache
def _modes() -> dict[str, float]:
    return {each.name: each.triple("record").mode for each in registry.load().parameters}


def parameters(**changed: float) -> Any:
    """All parameters at their modes, but for those that are named."""
    assert set(changed) <= set(_modes()), changed
    return Given(**(_modes() | changed))


def small_world(
    members: int = 3, kinds: tuple[int, ...] = (MILITANTS,), partners: int = 1, **fields: Any
) -> Any:
    """A peaceful world with a healthy patron: one driver of each sort, no calendar, no shocks.

    Args:
        members: How many members; all active and alike, with nothing to fear.
        kinds: A threat of each of these kinds; those between members are between the first two.
        partners: How many partners.
        fields: Fields of the world itself that are to be other than nought.
    """
    counts = {"member": members, "threat": len(kinds), "partner": partners}
    w = blank(state.World, **counts, renewal=2)
    w.patron = blank(state.Patron)
    for name, (described, axis) in ENTITIES.items():
        setattr(w, name, [blank(described, **counts) for _ in range(counts.get(axis, 0))])
    w.events = Lines()
    w.n_members, w.n_threats, w.n_partners = members, len(kinds), partners
    _add_drivers(w)
    for i, me in enumerate(w.members):
        me.id, me.luck, me.status, me.status_before = i, luck(f"M{i}"), ACTIVE, ACTIVE
        me.at_start = me.on_roster = 1
        me.salience = [1.0] * len(kinds)
    for k, threat in enumerate(w.threats):
        threat.id, threat.luck, threat.kind = k, luck(f"threat-{k}"), kinds[k]
        threat.severity_mean = 0.5
        if kinds[k] == INTRA:
            threat.first, threat.second = 0, 1
    for q, partner in enumerate(w.partners):
        partner.id, partner.luck, partner.ceiling = q, luck(f"P{q}"), 1.0
    patron = w.patron
    patron.luck, patron.capacity, patron.available = luck("patron"), 1.0, 1.0
    patron.credibility = patron.scale_bloc = patron.scale_patron = 1.0
    for name in ("presence", "supply"):
        for field in (name, f"{name}_low", f"{name}_normal"):
            setattr(patron, field, 1.0)
    patron.capability_share = 0.9
    w.capacity_start, w.notice_months, w.month, w.month_of_year = 1.0, 6, 1, 12
    w.difficulty = [0.6, 0.55, 0.5, 0.45, 0.4, 0.3, 0.25, 0.1]
    w.discrimination = [8.0] * len(ACT_NAMES)
    w.test_severity, w.test_weight = [0.7] * 5, [1.0, 1.0, 0.0, 0.0, 1.0]
    for name, value in fields.items():
        assert hasattr(w, name), name
        setattr(w, name, value)
    return w


def _add_drivers(w: Any) -> None:
    """All drivers in the order of `scenarios.drivers.names`, at their defaults."""
    first = 2 + 2 * w.n_threats + w.n_partners
    values = [0.0, 1.0] + [1.0] * w.n_threats + [0.0] * w.n_threats + [1.0] * w.n_partners
    values += [1.0, 1.0, 1.0, 0.0] + [1.0] * w.n_threats
    w.drivers = [blank(agenda.Driver) for _ in values]
    w.n_drivers, w.war_driver, w.resolve_driver = len(values), 0, 1
    w.control_driver, w.presence_driver = first, first + 1
    w.supply_driver, w.position_driver = first + 2, first + 3
    for driver, value in zip(w.drivers, values, strict=True):
        driver.path = driver.value = value
        driver.low, driver.high = -20.0, 20.0
    for k, threat in enumerate(w.threats):
        threat.level_driver, threat.accommodation_driver = 2 + k, 2 + w.n_threats + k
        threat.stake_driver = first + 4 + k
    for q, partner in enumerate(w.partners):
        partner.offer_driver = 2 + 2 * w.n_threats + q


def entry(w: Any, act: int, **fields: Any) -> Any:
    """A new entry of the calendar, due every December."""
    made = blank(agenda.CalendarEntry)
    made.id, made.act, made.month, made.held = len(w.calendar), act, 12, 1
    made.luck = luck(f"entry-{made.id}")
    vars(made).update(fields)
    w.calendar.append(made)
    w.n_calendar += 1
    for me in w.members:
        me.compliance.append(me.participation)
        me.duties += concerns(made, me)
    return made


def member(engagement: float = 0.5, status: int = ACTIVE, **fields: Any) -> tuple[Any, Any, Any]:
    """A small world all of whose members are alike, its parameters and its first member."""
    w, p = small_world(kinds=(MILITANTS, INTRA), **fields), parameters()
    for me in w.members:
        me.engagement, me.participation = engagement, 0.5
        me.status = me.status_before = status
    return w, p, w.members[0]


def struck(me: Any, k: int = 0, severity: float = 0.8) -> Any:
    """A member that was hit this month and asks the bloc for help, with the mandate given."""
    me.incident[k] = severity
    me.request_threat, me.request_severity = k, severity
    me.request_channel, me.mandate = BLOC, 1
    return me


class Luck:
    """Draws to order: one number for everything, unless a purpose or an address says otherwise."""

    def __init__(self, usual: float = 0.5, given: Mapping[Any, float] | None = None) -> None:
        self.usual = usual
        self.given = dict(given or {})
        self.asked: list[tuple[Purpose, int, int]] = []

    def uniform(self, purpose: int, actor: int, other: int) -> float:
        address = (Purpose(purpose), actor, other)
        self.asked.append(address)
        of_purpose: float = self.given.get(address[0], self.usual)
        exact: float = self.given.get(address, of_purpose)
        return exact

    def choose(self, purpose: int, actor: int, other: int, cuts: tuple[float, ...]) -> int:
        return place_among(cuts, self.uniform(purpose, actor, other))


SURE: Final = 1e-12
"""A draw so low that whatever can happen does."""
NEVER_MIND: Final = 1.0 - 1e-12
"""A draw so high that nothing happens."""


def events_of(w: Any, kind: int) -> list[Any]:
    """This month's events of one kind."""
    return [event for event in w.events[: w.n_events] if event.kind == kind]


# --- Whole scenarios ------------------------------------------------------------------------------


@cache
def bundled(reference: str | Path, evidence_set: str = "record") -> Setup:
    """A scenario laid out in memory, once a session."""
    loaded = registry.load()
    resolved = resolve(reference, parameters=loaded.ranges)
    return engine_world.build(resolved, loaded, evidence_set)


@cache
def _written(text: str) -> Setup:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "variant.yaml"
        path.write_text(text, encoding="utf-8")
        loaded = registry.load()
        return engine_world.build(resolve(path, parameters=loaded.ranges), loaded, "record")


def variant(extends: str = "baseline", **changes: Any) -> Setup:
    """A scenario that extends a bundled one, from a file that is written for it; cached by content.

    Args:
        extends: The parent.
        changes: Keys of the scenario file, such as `drivers`, `shocks`, `parameters`, `horizon`.
    """
    content = {"name": "variant", "title": "A variant", "extends": extends, **changes}
    return _written(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


class Run:
    """One trial in plain Python on plain objects, month by month.

    Args:
        setup: The scenario.
        seed: Seed of the tape.
        trial: Trial of the tape.
        draws: Draws to order instead of the tape.
        typical: Keep every number at its mode.
    """

    def __init__(
        self,
        setup: Setup,
        seed: int = 1,
        trial: int = 0,
        draws: Luck | None = None,
        typical: bool = True,
    ) -> None:
        memory, own = setup.world.copy(), setup.parameters.copy()
        if not typical:
            values = setup.draw_quantities(seed, np.array([trial // 2]))[0]
            setup.fill(memory, own, values)
        self.setup = setup
        self.paths = setup.paths.copy()
        self.w = thawed(memory[0])
        self.p = Given(**{name: float(own[0][name]) for name in own.dtype.names or ()})
        self.u: Any = draws or Tape(seed, trial)
        self.turn_to(0)

    def begin(self) -> Any:
        """Month 0."""
        start.begin(self.w, self.p)  # type: ignore[arg-type]
        return self.w

    def advance(self, months: int = 1) -> Any:
        """Some months."""
        for _ in range(months):
            self.turn_to(self.w.month + 1)
            month.advance(self.w, self.p, self.u)  # type: ignore[arg-type]
        return self.w

    def member(self, code: str) -> Any:
        """A member by its code."""
        return self.w.members[self.setup.scenario.members.index(code)]

    def turn_to(self, number: int) -> None:
        """Turn calendar, tape and exogenous paths to a month."""
        self.w.month = number
        self.w.month_of_year = (self.setup.start_month - 1 + number) % MONTHS_PER_YEAR + 1
        if isinstance(self.u, Tape):
            self.u.turn_to(number)
        for driver, value in zip(self.w.drivers, self.paths[number], strict=True):
            driver.path = float(value)


def thawed(record: Any) -> Any:
    """Plain objects with the fields of the records of a world; unused room is left out."""
    w = _plain(record)
    w.patron = _plain(record["patron"])
    for name in ENTITIES:
        count = int(record[f"n_{name}"])
        setattr(w, name, [_plain(each) for each in record[name][:count]])
    w.events = Lines()
    return w


def _plain(record: Any) -> Any:
    made = SimpleNamespace()
    for name in record.dtype.names:
        if record.dtype[name].base.names is None:
            value = record[name]
            setattr(made, name, value.tolist() if value.shape else value.item())
    return made


def is_falling(values: list[float]) -> bool:
    """Whether each value is less than the one before."""
    return all(later < earlier for earlier, later in pairwise(values))

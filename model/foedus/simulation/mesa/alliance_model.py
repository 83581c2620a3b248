"""The alliance as a Mesa model: one trial, agent by agent, to watch, to teach and to extend.

The order of a month is that of `rules.month`, with agents calling the rules.
"""

from __future__ import annotations

import operator
import secrets
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import mesa
import numpy as np
from mesa.experimental.scenarios import Scenario as MesaScenario

from foedus.data import USUAL_SCENARIO
from foedus.dictionary import observables, recording
from foedus.dictionary.vocabulary import ACTIVE, BLOC, MONTHS_PER_YEAR, NO_CHANNEL, OUT
from foedus.errors import FoedusError
from foedus.parameters import registry
from foedus.scenarios.resolve import resolve
from foedus.simulation.ensemble import check_size
from foedus.simulation.memory_layout import EVENT_TYPE
from foedus.simulation.mesa.agents import (
    MemberAgent,
    PartnerAgent,
    PatronAgent,
    Record,
    RuledModel,
    ThreatAgent,
    copy_fields,
)
from foedus.simulation.narrator import Narrator
from foedus.simulation.rule_book import book_of
from foedus.simulation.tape import Tape
from foedus.simulation.world import build

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foedus.simulation.rule_book import CustomRule
    from foedus.simulation.world import Setup

FRESH_BITS: Final = 53
"""Bits of a seed that nobody gave: any table or page can hold such a number exactly."""


@runtime_checkable
class Prepared(Protocol):
    """A scenario that is in memory already, such as a `foedus.Scenario`."""

    def setup(self, parameter_set: str) -> Setup:
        """The scenario laid out in memory."""


class AllianceScenario(MesaScenario):
    """What can be set before a Mesa run; everything else is in the scenario file it names.

    Mesa makes these class attributes the defaults, and its browser page makes controls of them.
    """

    scenario_file: str | Path | Prepared = USUAL_SCENARIO
    """A scenario file, the name of a bundled one, or a `foedus.Scenario`."""
    evidence_set: str = "record"
    """The parameter set, one of `parameters.names.PARAMETER_SETS`."""
    trial: int = 0
    """Which trial of the seed: the same as in an ensemble."""
    typical: bool = False
    """Put every uncertain number at its mode instead of drawing it."""

    def __init__(self, *, rng: object = None, **settings: Any) -> None:
        unknown = sorted(set(settings) - set(self._scenario_defaults) - {"_scenario_id"})
        if unknown:
            known = ", ".join(["rng", *sorted(self._scenario_defaults)])
            raise FoedusError(f"unknown settings: {', '.join(unknown)}; expected {known}")
        super().__init__(rng=_seed(rng), **settings)
        if self.trial < 0:
            raise FoedusError(f"trial: found {self.trial}, expected 0 or more")


class AllianceModel(RuledModel):
    """One trial of a scenario.

    A subclass may bring agents of its own in `member_class` and its like; they inherit from the
    classes that stand there.

    Args:
        scenario: A `foedus.Scenario`, the name of a bundled scenario or a path; or settings, as
            Mesa's browser page passes them; the usual ones if None.
        rules: Custom rules (`foedus.rule`) in place of shipped ones.
        settings: Settings by name, as in `AllianceScenario`, and ``rng``, the seed: a whole number
            from 0 to 2**63 - 1, or what NumPy takes for one. None draws fresh entropy, which
            `seed` tells, so that any run can be repeated.

    Raises:
        FoedusError: A setting is unknown, the scenario file is not valid, or a rule is not.
    """

    member_class: type[MemberAgent] = MemberAgent
    patron_class: type[PatronAgent] = PatronAgent
    partner_class: type[PartnerAgent] = PartnerAgent
    threat_class: type[ThreatAgent] = ThreatAgent

    # Rules know these by the fields that they have (`dictionary.state`), not by their classes.
    calendar: list[Any]
    roll_calls: list[Any]
    drivers: list[Any]
    questions: list[Any]
    month: int

    def __init__(
        self,
        scenario: AllianceScenario | Prepared | str | Path | None = None,
        *,
        rules: Iterable[CustomRule] = (),
        **settings: Any,
    ) -> None:
        if isinstance(scenario, AllianceScenario):
            if settings:
                scenario = AllianceScenario(**{**_settings_of(scenario), **settings})
        else:
            named = {} if scenario is None else {"scenario_file": scenario}
            scenario = AllianceScenario(**{**named, **settings})
        super().__init__(scenario=scenario)
        setup = _setup_of(scenario.scenario_file, scenario.evidence_set)
        self._lay_out(replace(setup, rules=book_of(rules)))

    @classmethod
    def from_setup(cls, setup: Setup, *, seed: int, trial: int) -> AllianceModel:
        """The model of one trial of an ensemble's set-up, for tests and explanations."""
        model = cls.__new__(cls)
        mesa.Model.__init__(model, scenario=AllianceScenario(rng=seed, trial=trial))
        model._lay_out(setup)
        return model

    def _lay_out(self, setup: Setup) -> None:
        self.setup = setup
        seed, trial = self.seed, self.scenario.trial
        self.tape = Tape(seed, trial)
        world, own = setup.world.copy(), setup.parameters.copy()
        if not self.scenario.typical:
            setup.fill(world, own, setup.draw_quantities(seed, _sets_of(trial))[0])
        self.parameters = Record(own[0])
        copy_fields(self, world[0])
        self._create_parties(world[0])
        for name in LISTS:
            count = getattr(self, f"n_{name}")
            setattr(self, name, [Record(record) for record in world[0][name][:count]])
        self.events = [Record(record) for record in world[0]["events"]]
        self.log: list[dict[str, float]] = []
        self.paths = setup.paths.tolist()
        self.circumstances = (self, self.parameters, self.tape)
        self._turn_to(0)
        self.rules.start.begin(self, self.parameters)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in MODEL_REPORTERS},
            # Mesa makes of a bare name a function that cannot be pickled.
            agenttype_reporters={
                self.member_class: {name: attrgetter(name) for name in MEMBER_REPORTERS}
            },
        )
        self.datacollector.collect(self)

    def _create_parties(self, world: np.void) -> None:
        scenario = self.setup.scenario
        self.patron = self.patron_class(self, world["patron"])
        self.patron.code = scenario.roster.patron
        self.members = self._create(self.member_class, world["members"], scenario.members)
        self.partners = self._create(self.partner_class, world["partners"], scenario.partners)
        self.threats = self._create(self.threat_class, world["threats"], scenario.threats)

    def _create[E: (MemberAgent, PartnerAgent, ThreatAgent)](
        self, kind: type[E], given: np.ndarray, codes: tuple[str, ...]
    ) -> list[E]:
        """Agents in axis order, each with its code."""
        made = []
        for record, code in zip(given, codes, strict=False):
            agent = kind(self, record)
            agent.code = code
            made.append(agent)
        return made

    @property
    def capacity(self) -> float:
        """What the patron could spend on the alliance."""
        return float(self.patron.capacity)

    @property
    def seed(self) -> int:
        """Seed of the run; one that was drawn, if none was given."""
        return int(self.scenario.rng)

    @property
    def date(self) -> str:
        """This month as ``YYYY-MM``."""
        return self.setup.scenario.dates[self.month]

    def series(self) -> list[float]:
        """This month's values of all that an ensemble follows, in its order."""
        row = [0.0] * (len(recording.BLOC_SERIES) + len(recording.MEMBER_SERIES) * self.n_members)
        recording.write_series(self, row)
        return row

    def step(self) -> None:
        """One month; the model stops running at the scenario's horizon."""
        if self.month >= self.setup.scenario.horizon:
            self.running = False
            return
        self._turn_to(self.month + 1)
        self.rules.month.be_driven(self, self.parameters)
        everybody = self.agents_by_type[self.member_class]
        everybody.do("threaten")
        everybody.do("perceive")
        everybody.do("compare_threats")
        self.patron.muster()
        for member in self.members:
            self.patron.act_towards(member)
        everybody.do("ask")
        for member in self.members:
            if member.request_channel != NO_CHANNEL:
                self._deal_with(member)
        everybody.do("receive")
        for partner in self.partners:
            partner.make_offer()
        everybody.do("turn_outward")
        everybody.do("engage")
        for entry in self.calendar:
            if self.rules.ladder.call_due(entry, self) == 1:
                self._fall_due(entry)
        everybody.do("reconsider")
        everybody.do("mend")
        for roll_call in self.roll_calls:
            everybody.do("cast_vote", roll_call)
        everybody.do("be_audited")
        self._take_stock()

    def _turn_to(self, month_number: int) -> None:
        """Turn calendar, tape and exogenous paths to a month."""
        self.month = month_number
        first = self.setup.start_month
        self.month_of_year = (first - 1 + month_number) % MONTHS_PER_YEAR + 1
        self.tape.turn_to(month_number)
        for driver, value in zip(self.drivers, self.paths[month_number], strict=True):
            driver.path = value

    def _deal_with(self, requester: MemberAgent) -> None:
        """Council, answer and learning for one request."""
        others = [member for member in self.members if member is not requester]
        self.patron.weigh(requester)
        requester.mandate = 0
        if requester.request_channel == BLOC:
            for member in others:
                if member.status == ACTIVE:
                    member.vote_on(requester)
            self.rules.council.decide(requester, *self.circumstances)
            requester.turn_to_patron()
        self.patron.answer(requester)
        for member in others:
            member.join_in(requester)
        requester.learn()
        for member in others:
            if member.status != OUT:
                member.watch(requester)

    def _fall_due(self, entry: Any) -> None:
        """An act of membership falls due."""
        self.rules.ladder.hold(entry, *self.circumstances)
        for member in self.members:
            member.act(entry)
        for member in self.members:
            member.bond(entry)

    def _take_stock(self) -> None:
        self.rules.cohesion.measure(self, self.parameters)
        for q in range(self.n_questions):
            observables.resolve_question(self, q)
        for event in self.events[: self.n_events]:
            line = {name: getattr(event, name) for name in EVENT_FIELDS}
            self.log.append({"month": self.month, **line})
        self.datacollector.collect(self)
        if self.month >= self.setup.scenario.horizon:
            self.running = False

    def history(self) -> list[str]:
        """The event log in words, one line per event."""
        narrator, dates = Narrator(self.setup.scenario), self.setup.scenario.dates
        return [f"{dates[int(line['month'])]} {narrator.sentence(line)}" for line in self.log]


# Mesa's `batch_run` puts the columns of model and members side by side, and some are both.
MODEL_REPORTERS = (
    "month",
    "seed",
    *(
        f"overall_{name}" if name in recording.MEMBER_SERIES else name
        for name in recording.BLOC_SERIES
    ),
)
MEMBER_REPORTERS = ("code", "status", *recording.MEMBER_SERIES, "fear", "grievance", "loyalty")
LISTS = (
    *("calendar", "roll_calls", "drivers", "shocks", "changes", "triggers", "decisions"),
    *("alterations", "questions"),
)
EVENT_FIELDS = EVENT_TYPE.names or ()


def _seed(rng: object) -> int:
    """The seed as a number; Mesa's page hands over what was typed, NumPy's users what it takes."""
    if rng is None:
        return secrets.randbits(FRESH_BITS)
    if isinstance(rng, np.random.Generator | np.random.SeedSequence | np.random.BitGenerator):
        return int(np.random.default_rng(rng).integers(2**FRESH_BITS))
    try:
        seed = int(rng) if isinstance(rng, str) else operator.index(rng)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise FoedusError(f"rng: found «{rng}», expected a whole number") from None
    check_size(1, seed)
    return seed


def _setup_of(scenario: str | Path | Prepared, parameter_set: str) -> Setup:
    """A scenario laid out in memory."""
    if isinstance(scenario, Prepared):
        return scenario.setup(parameter_set)
    loaded = registry.load()
    return build(resolve(scenario, parameters=loaded.ranges), loaded, parameter_set)


def _settings_of(scenario: AllianceScenario) -> dict[str, Any]:
    """Settings of a scenario object, to build another with."""
    given = {name: getattr(scenario, name) for name in scenario._scenario_defaults}
    return {**given, "rng": scenario.rng}


def _sets_of(trial: int) -> np.ndarray:
    """The parameter set of a trial, as an array of one."""
    return np.array([trial // 2])


__all__ = [
    "AllianceModel",
    "AllianceScenario",
    "MemberAgent",
    "PartnerAgent",
    "PatronAgent",
    "ThreatAgent",
]

"""Why a trial went as it did: every decision with its reasons, exactly as the engine weighed them.

The trial is played again as a Mesa model, which agrees with the ensemble to the bit; a `Witness`
reads the reasons at the moment of each decision from the functions that the rules themselves add
up. So terms add up to the utility that was used (to 1e-12), and chances are those of the event log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from foedus.dictionary.vocabulary import (
    BY_NOTICE,
    FORCED_NAMES,
    INTRA,
    NOT_YET,
    EventKind,
    Forced,
    Purpose,
)
from foedus.errors import FoedusError
from foedus.files.faults import unknown
from foedus.simulation.ensemble import MOST_TRIALS, check_size
from foedus.simulation.layout import entry_titles
from foedus.studies.explain.counterfactuals import nearest_changes
from foedus.studies.explain.decisions import MINOR, Change, Decision, Explanation, Term
from foedus.studies.explain.kinds import KINDS, Kind, decide, is_patrons
from foedus.studies.explain.observer import attend
from foedus.studies.explain.reasons import LOG_ODDS, of_membership, of_rituals
from foedus.studies.explain.sentences import sentence
from foedus.studies.explain.situations import Situation, situation
from foedus.telling.words import joined, titles_of

if TYPE_CHECKING:
    from foedus.simulation.mesa.alliance_model import AllianceModel
    from foedus.simulation.world import Setup

type Wanted = Callable[[int, Kind], bool]


def explain(
    setup: Setup,
    *,
    seed: int,
    trial: int,
    changes: bool = False,
    kinds: frozenset[str] | None = None,
) -> Explanation:
    """All decisions of a trial, or those of some kinds.

    Args:
        setup: The scenario, laid out in memory.
        seed: Seed of the run.
        trial: Number of the trial, from 0; the run need not have been so long.
        changes: Whether to look for counterfactuals of all but acts and votes at the UN; it takes
            a few seconds.
        kinds: Only these; faster, but numbered without the others.

    Raises:
        FoedusError: Seed or trial is out of range.
    """
    replay = _Replay(setup, seed, trial, lambda _, kind: changes and kind.name not in MINOR)
    replay.kinds = kinds
    return replay.run()


def check_trial(trial: int, trials: int | None) -> None:
    """Refuse the number of a trial that a run does not have.

    Args:
        trial: Its number.
        trials: Trials of the run; None for a scenario that has not been run.

    Raises:
        FoedusError: So it is.
    """
    if trial < 0 or (trials is not None and trial >= trials):
        form = "0 or more" if trials is None else f"from 0 to {trials - 1:,}"
        raise FoedusError(f"--trial: found {trial}, expected {form}")


def member_of(setup: Setup, code: str | None) -> str | None:
    """The code of a member, or of the patron, as the scenario writes it; None for nobody.

    Raises:
        FoedusError: It has no such member.
    """
    if code is None:
        return None
    known = (*setup.scenario.members, setup.scenario.alliance.patron.code)
    if code.upper() not in known:
        raise FoedusError(f"--member: {unknown('member', code, known)}")
    return code.upper()


def nearest(setup: Setup, *, seed: int, trial: int, decision: Decision) -> tuple[Change, ...]:
    """What would have flipped one decision, nearest first; nothing if nothing was drawn for it.

    Args:
        setup: The scenario, laid out in memory.
        seed: Seed of the run.
        trial: Number of the trial, from 0.
        decision: One of the trial's explanation.
    """
    replay = _Replay(setup, seed, trial, lambda moment, _: moment == decision.moment)
    return replay.run().decisions[decision.number].changes


class _Replay:
    """One trial, played again under observation."""

    def __init__(self, setup: Setup, seed: int, trial: int, wanted: Wanted) -> None:
        from foedus.simulation.mesa.alliance_model import AllianceModel  # noqa: PLC0415 - loads Mesa

        check_size(1, seed)
        if not 0 <= trial < MOST_TRIALS:
            raise FoedusError(f"trial: found {trial}, expected from 0 to {MOST_TRIALS - 1:,}")
        self.setup, self.wanted = setup, wanted
        self.seed, self.trial = seed, trial
        self.titles = titles_of(setup.scenario)
        self.entries = entry_titles(setup.scenario)
        self.patron = setup.scenario.alliance.patron.code
        self.model: AllianceModel = AllianceModel.from_setup(setup, seed=seed, trial=trial)
        self.start = [self._ties(member) for member in self.model.members]
        self.tape = self.model.tape
        self.draws = 0
        self.kinds: frozenset[str] | None = None
        self.month: list[tuple[int, Decision]] = []
        self.told: list[Decision] = []
        attend(self.model, self._notice)

    def run(self) -> Explanation:
        """Play the trial to its end."""
        while self.model.running:
            self.month = []
            self.model.step()
            self._conclude()
        name = self.setup.scenario.name
        return Explanation(
            name, self.seed, self.trial, self.titles, self.model.cohesion, tuple(self.told)
        )

    def _notice(self, purpose: int, actor: int, other: int, uniform: float) -> None:
        """A rule asks for a draw: take note of why, and of what it will decide."""
        kind = KINDS.get(Purpose(purpose))
        if kind is None:
            return
        moment = self.draws
        self.draws += 1
        if self.kinds is not None and kind.name not in self.kinds:
            return
        here = situation(self.model, self.titles, Purpose(purpose), actor, other)
        decided = decide(kind, here, self.tape)
        if decided is None or (decided == kind.without and not kind.always):
            return
        made = self._decision(kind, here, decided, uniform)
        if self.wanted(moment, kind) and not made.forced:
            made = replace(made, changes=nearest_changes(kind, here, self.tape))
        self.month.append((self.model.n_events, replace(made, moment=moment)))

    def _decision(self, kind: Kind, here: Situation, decided: str, uniform: float) -> Decision:
        why = kind.reasons(here)
        chances = {option.name: option.chance for option in why.options}
        weighs = decided if decided in why.terms else _likeliest(why.totals, decided)
        patrons = is_patrons(kind, here)
        other = here.me if patrons else here.other or here.partner
        forced = _is_forced(kind, here)
        return Decision(
            number=-1,
            moment=-1,
            month=self.model.month,
            date=self.model.date,
            kind=kind.name,
            actor=self.model.patron.code if patrons else here.me.code,
            other=None if other is None else other.code,
            threat=None if here.k == NOT_YET else self.model.threats[here.k].code,
            about=self._about(here),
            outcome=decided,
            unit=why.unit,
            terms=why.terms.get(weighs, ()),
            weighs=weighs,
            total=why.totals.get(weighs, 0.0),
            options=why.options,
            # What is forced may be none of the options.
            chance=chances.get(decided, 0.0),
            drawn=None if forced else uniform,
            forced=forced,
            membership=self._moved(here, kind),
        )

    def _about(self, here: Situation) -> str | None:
        """Title of the act or of the text."""
        if here.entry is None:
            return None
        return self.entries[here.entry.luck]

    def _ties(self, member: Any) -> dict[str, tuple[Term, ...]]:
        """What speaks for either tie of a member, term by term."""
        model = self.model
        here = Situation(model, model.parameters, member, None, None, NOT_YET, None, self.titles)
        return {"reliance": of_membership(here), "engagement": of_rituals(here)}

    def _moved(self, here: Situation, kind: Kind) -> tuple[Term, ...]:
        """What has moved the tie on which a decision hangs since the start, as far as it counts."""
        w, me, tie = here.w, here.me, kind.tie
        if tie == "reliance" and w.one_tie and kind.name != "renewal":
            tie = "engagement"
        replaced = tie == "reliance" and (w.hegemon_only or w.threat_only)
        if tie is None or w.random_walk or replaced:
            return ()
        freedom = 1.0 - here.p.lock_in * here.rules.patron.dependence_of(me)
        pairs = zip(self._ties(me)[tie], self.start[me.id][tie], strict=True)
        return tuple(replace(now, value=freedom * (now.value - then.value)) for now, then in pairs)

    def _conclude(self) -> None:
        """Number the month's decisions, with those that follow from others, and tell them."""
        model = self.model
        events: list[Any] = model.events[: model.n_events]
        for place, event in enumerate(events):
            if event.kind == EventKind.MANDATE:
                self.month.append((place, self._mandate(event)))
            elif event.kind == EventKind.DECISION:
                self.month.append((place, self._imposed(event)))
            elif event.kind == EventKind.EXIT and event.ending == BY_NOTICE:
                before = events[place - 1]
                # An exit that the scenario forces has been told as such.
                if not (before.kind == EventKind.DECISION and before.forced == Forced.LEAVE):
                    self.month.append((place, self._exit(event)))
        for _, made in sorted(self.month, key=lambda pair: pair[0]):
            numbered = replace(made, number=len(self.told))
            self.told.append(
                replace(numbered, sentence=sentence(numbered, self.titles, self.patron))
            )

    def _mandate(self, event: Any) -> Decision:
        """The council's decision, which follows from the votes."""
        requester = self.model.members[event.actor]
        votes = [made for _, made in self.month if made.kind == "vote"]
        mine = [made for made in votes if made.other == requester.code]
        against = [self.titles[made.actor] for made in mine if made.outcome == "veto"]
        outcome = "given" if event.mandate == 1 else "refused"
        about = "nobody vetoed it"
        if self.model.threats[event.threat].kind == INTRA:
            about = "quarrels between members lie outside its mandate"
        elif against:
            about = f"vetoed by {joined(against)}"
        elif outcome == "refused":
            about = "nobody vetoed it, but too few assented"
        return self._consequence("mandate", requester, outcome, int(event.threat), about)

    def _exit(self, event: Any) -> Decision:
        """The end of a membership at which a notice has run out."""
        return self._consequence("exit", self.model.members[event.actor], "left", NOT_YET, None)

    def _imposed(self, event: Any) -> Decision:
        """An act that the scenario forces at its date."""
        model = self.model
        outcome = FORCED_NAMES[event.forced]
        whose = model.members[event.actor if event.other == NOT_YET else event.other]
        made = self._consequence("decision", whose, outcome, int(event.threat), None)
        if event.other == NOT_YET:
            return replace(made, forced=True)
        actor = model.partners[event.partner] if event.partner != NOT_YET else model.patron
        return replace(made, actor=actor.code, other=whose.code, forced=True)

    def _consequence(
        self, kind: str, member: Any, outcome: str, k: int, about: str | None
    ) -> Decision:
        """What follows from other decisions or from the scenario, without a draw of its own."""
        return Decision(
            number=-1,
            moment=-1,
            month=self.model.month,
            date=self.model.date,
            kind=kind,
            actor=member.code,
            other=None,
            threat=None if k == NOT_YET else self.model.threats[k].code,
            about=about,
            outcome=outcome,
            unit=LOG_ODDS,
            terms=(),
            weighs=outcome,
            total=0.0,
            options=(),
            chance=1.0,
            drawn=None,
        )


def _is_forced(kind: Kind, here: Situation) -> bool:
    """Whether the scenario has taken a decision out of the hands of who takes it."""
    if kind.name == "request":
        return here.forced_channel != NOT_YET
    return kind.name == "answer" and here.me.forced_answer != NOT_YET


def _likeliest(totals: Mapping[str, float], decided: str) -> str:
    """The option with the highest utility; what was decided if no other was open."""
    return max(totals, key=lambda name: totals[name], default=decided)

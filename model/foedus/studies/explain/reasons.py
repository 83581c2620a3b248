"""The reasons behind a decision, read off the same term functions that its rule adds up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from foedus.dictionary.chance import logit, sigmoid
from foedus.dictionary.phrases import READINGS
from foedus.dictionary.terms import total
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ANSWER_NAMES,
    CHANNEL_NAMES,
    COUNCIL_VOTE_NAMES,
    DT,
    NO_ANSWER,
    STAY_IN,
    STAY_UNFROZEN,
    EventKind,
)
from foedus.studies.explain.decisions import Option, Term

if TYPE_CHECKING:
    from foedus.studies.explain.situations import Situation

LOG_ODDS = "log-odds"
PER_YEAR = "per year"

NONE, BILATERAL, BLOC = CHANNEL_NAMES


class Reasons(NamedTuple):
    """Why the options of a decision are as likely as they are.

    Attributes:
        terms: Terms by the option for which they speak.
        totals: The utility of each such option, as the rule computes it.
        options: All options with their chances.
        unit: Of terms and totals.
    """

    terms: Mapping[str, tuple[Term, ...]]
    totals: Mapping[str, float]
    options: tuple[Option, ...]
    unit: str = LOG_ODDS


def _named(
    found: tuple[float, ...], labels: Mapping[str, str], scale: float = 1.0
) -> tuple[Term, ...]:
    """A tuple of `dictionary.terms` as terms; those without a label are left out and must be 0."""
    names = found._fields  # type: ignore[attr-defined]
    return tuple(
        Term(name, labels[name], scale * value)
        for name, value in zip(names, found, strict=True)
        if name in labels
    )


APPEAL = {
    "base": "threshold of asking",
    "channel": "preference for this channel",
    "severity": "severity of the incident",
    "expectation": "help expected",
    "stigma": "stigma of asking",
}
FAVOUR = {
    "base": "ground level",
    "stake": "stake in the threat",
    "value": "stake in the member",
    "basing": "bases there",
    "attacker_tie": "tie to the attacker",
}
COUNCIL = {
    "shared_threat": "threat felt",
    "similarity": "likeness of threats",
    "dependence": "dependence on the patron",
    "lateral_tie": "tie to the one that asks",
    "attacker_tie": "tie to the attacker",
    "non_interference": "norm of non-interference",
    "entrapment": "fear of entrapment",
}
ANSWER = {"value": "what help is worth", "cost": "what it costs"}
READINESS = {
    "engagement": "engagement",
    "relevance": "exposure to what the drill is about",
    "difficulty": "difficulty of the act",
}
STEP = {"difficulty": "difficulty of staying", "engagement": "engagement"}
WAY_BACK = {
    "engagement": "engagement",
    "difficulty": "difficulty of staying",
    "margin": "margin for a way back",
}
EXIT = {"base": "lack of engagement, a year", "reluctance": "reluctance to stay in, a year"}
ROLL_CALL = {
    "dependence": "dependence on the patron",
    "affinity": "affinity",
    "fear": "fear of the patron",
    "text": "what the text asks for",
}
MEMBERSHIP = {
    "protection": "protection",
    "purpose": "a threat in common",
    "regime": "guarantee of the regime",
    "arms": "arms from the patron",
    "economy": "economic dependence",
    "autonomy": "cost to autonomy",
    "fear": "fear of the patron",
    "grievance": "grievance",
    "entrapment": "fear of entrapment",
    "outside": "offers from outside",
}
LOSSES = frozenset({"autonomy", "fear", "grievance", "entrapment", "outside"})


def of_request(here: Situation) -> Reasons:
    """Not asking, asking the bloc or the patron alone."""
    me, w, p, k = here.me, here.w, here.p, here.k
    terms, totals = {}, {}
    if me.status == ACTIVE:
        terms[BLOC] = _named(here.rules.requests.bloc_reasons(me, w, p, k), APPEAL)
        totals[BLOC] = here.rules.requests.bloc_appeal(me, w, p, k)
    if w.no_bilateral == 0:
        terms[BILATERAL] = _named(here.rules.requests.bilateral_reasons(me, w, p, k), APPEAL)
        totals[BILATERAL] = here.rules.requests.bilateral_appeal(me, w, p, k)
    everything = 1.0 + math.fsum(math.exp(one) for one in totals.values())
    options = [Option(name, math.exp(one) / everything, one) for name, one in totals.items()]
    return Reasons(terms, totals, (Option(NONE, 1.0 / everything, 0.0), *options))


def of_turn(here: Situation) -> Reasons:
    """Turning to the patron after the council has given no mandate, or not."""
    me, w, p, k = here.me, here.w, here.p, here.k
    case = here.rules.requests.bilateral_appeal(me, w, p, k) - p.bilateral_preference
    labels = {name: label for name, label in APPEAL.items() if name != "channel"}
    terms = _named(here.rules.requests.bilateral_reasons(me, w, p, k), labels)
    return _yes_or_no("turned", "did_not_turn", terms, case, sigmoid(case))


def of_vote(here: Situation) -> Reasons:
    """Veto, abstention or assent of a member, or of the patron itself."""
    if here.other is None:
        terms = _named(here.rules.council.favour_reasons(here.me, here.w, here.p), FAVOUR)
        case = logit(sigmoid(total(here.rules.council.favour_reasons(here.me, here.w, here.p))))
    else:
        found = here.rules.council.council_reasons(here.me, here.other, here.w, here.p, here.k)
        terms = _named(found, COUNCIL)
        case = here.rules.council.council_case(here.me, here.other, here.w, here.p, here.k)
    veto, assent = sigmoid(-here.p.veto_cut - case), sigmoid(case - here.p.assent_cut)
    return _ordered(COUNCIL_VOTE_NAMES, terms, case, (veto, assent))


def of_roll_call(here: Situation) -> Reasons:
    """A vote at the UN."""
    terms = _named(
        here.rules.diplomacy.roll_call_reasons(here.me, here.entry.kind, here.p), ROLL_CALL
    )
    case = here.rules.diplomacy.roll_call_case(here.me, here.entry.kind, here.p)
    against = sigmoid(-here.p.vote_against_cut - case)
    along = sigmoid(case - here.p.vote_with_cut)
    return _ordered(READINGS[EventKind.ROLL_CALL].codes, terms, case, (against, along))


def _ordered(
    names: tuple[str, ...], terms: tuple[Term, ...], case: float, ends: tuple[float, float]
) -> Reasons:
    low, high = ends
    options = (
        Option(names[0], low),
        Option(names[1], 1.0 - low - high),
        Option(names[2], high),
    )
    return Reasons({names[2]: terms}, {names[2]: case}, options)


def of_answer(here: Situation) -> Reasons:
    """The patron's answer, among those that the charter allows."""
    me, w, p = here.me, here.w, here.p
    codes = range(here.rules.answers.best_allowed(me, w) + 1)
    totals = {
        ANSWER_NAMES[code]: p.answer_precision * here.rules.answers.answer_utility(me, w, p, code)
        for code in codes
    }
    everything = math.fsum(math.exp(one) for one in totals.values())
    terms = {
        ANSWER_NAMES[code]: _named(
            here.rules.answers.answer_reasons(me, w, p, code), ANSWER, p.answer_precision
        )
        for code in codes
        if code != NO_ANSWER
    }
    options = tuple(Option(name, math.exp(one) / everything, one) for name, one in totals.items())
    return Reasons(terms, totals, options)


def of_taking_part(here: Situation) -> Reasons:
    """Taking part in what the bloc does for another, or not."""
    found = here.rules.council.council_reasons(here.me, here.other, here.w, here.p, here.k)
    base = Term("base", "readiness to take part", here.p.take_part_base)
    case = here.rules.council.council_case(here.me, here.other, here.w, here.p, here.k)
    case += here.p.take_part_base
    chance = here.rules.council.willing(here.me, here.other, here.w, here.p)
    return _yes_or_no("took_part", "stayed_away", (*_named(found, COUNCIL), base), case, chance)


def of_act(here: Situation) -> Reasons:
    """Complying with an act that falls due, or not."""
    me, entry, w, p = here.me, here.entry, here.w, here.p
    scale = w.discrimination[entry.act]
    found = here.rules.ladder.readiness(me, entry, w, p, me.engagement)
    chance = here.rules.ladder.readiness_to_comply(me, entry, w, p, me.engagement)
    terms = _named(found, READINESS, scale)
    return _yes_or_no("complied", "declined", terms, scale * total(found), chance)


def of_freeze(here: Situation) -> Reasons:
    """Freezing one's membership, or staying active."""
    w, scale = here.w, here.w.discrimination[STAY_UNFROZEN]
    found = here.rules.ladder.step_down(here.me, w.difficulty[STAY_UNFROZEN])
    hazard = here.p.freeze_rate * here.rules.ladder.reluctance(here.me, w, STAY_UNFROZEN)
    terms = _named(found, STEP, scale)
    return _yes_or_no("froze", "stayed_active", terms, scale * total(found), _within(hazard))


def of_renewal(here: Situation) -> Reasons:
    """Letting a renewal pass, or renewing."""
    scale = here.w.discrimination[STAY_IN]
    found = here.rules.ladder.step_down(here.me, here.p.renewal_difficulty)
    case = scale * total(found)
    return _yes_or_no("let_it_pass", "renewed", _named(found, STEP, scale), case, sigmoid(case))


def of_notice(here: Situation) -> Reasons:
    """Announcing an exit, or not."""
    found = here.rules.ladder.exit_hazards(here.me, here.w, here.p)
    hazard = here.rules.ladder.exit_hazard(here.me, here.w, here.p)
    terms = _named(found, EXIT)
    made = _yes_or_no("announced_exit", "stayed_in", terms, hazard, _within(hazard))
    return made._replace(unit=PER_YEAR)


def way_back(step: int, rate: str, yes: str, no: str) -> Callable[[Situation], Reasons]:
    """Reasons for a way back: thawing, thinking better of an exit, joining again."""

    def of_way_back(here: Situation) -> Reasons:
        difficulty, margin = here.w.difficulty[step], here.p.return_margin
        if rate == "return_rate":
            difficulty, margin = here.p.return_difficulty, 0.0
        scale = here.w.discrimination[step]
        found = here.rules.ladder.way_back(here.me, difficulty, margin)
        case = scale * total(found)
        hazard = getattr(here.p, rate) * here.rules.ladder.eagerness(case)
        return _yes_or_no(yes, no, _named(found, WAY_BACK, scale), case, _within(hazard))

    return of_way_back


def _yes_or_no(yes: str, no: str, terms: tuple[Term, ...], total: float, chance: float) -> Reasons:
    options = (Option(yes, chance), Option(no, 1.0 - chance))
    return Reasons({yes: terms}, {yes: total}, options)


def _within(hazard: float) -> float:
    """Probability that what has a hazard per year happens within a month."""
    return 1.0 - math.exp(-hazard * DT)


def of_membership(here: Situation) -> tuple[Term, ...]:
    """What membership is worth, term by term: losses are negative."""
    found = (
        *here.rules.engagement.gains(here.me, here.w, here.p),
        *here.rules.engagement.losses(here.me, here.w, here.p),
    )
    return tuple(
        Term(name, label, -value if name in LOSSES else value)
        for (name, label), value in zip(MEMBERSHIP.items(), found, strict=True)
    )

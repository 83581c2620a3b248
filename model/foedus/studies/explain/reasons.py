"""The reasons behind a decision, read off the same term functions that its rule adds up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from foedus.dictionary.chance import chance_within, logit, sigmoid
from foedus.dictionary.phrases import READINGS
from foedus.dictionary.terms import total
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ANSWER_NAMES,
    CHANNEL_NAMES,
    COUNCIL_VOTE_NAMES,
    DT,
    NO_ANSWER,
    EventKind,
)
from foedus.studies.explain.decisions import Option, Term

if TYPE_CHECKING:
    from foedus.studies.explain.situations import Situation

LOG_ODDS = "log-odds"
LOG_HAZARD = "log of a yearly hazard"

NONE, BILATERAL, BLOC = CHANNEL_NAMES

LEAST_PULL = 1e-9
"""Pull of a partner below which its logarithm is not followed."""


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
    "dependence": "dependence on the patron",
    "lateral_tie": "tie to the one that asks",
    "attacker_tie": "tie to the attacker",
    "non_interference": "norm of non-interference",
    "entrapment": "fear of entrapment",
    "discord": "quarrels between members",
}
ANSWER = {"value": "what help is worth", "cost": "what it costs"}
READINESS = {
    "engagement": "engagement",
    "relevance": "exposure to what the drill is about",
    "difficulty": "difficulty of the act",
}
STEP = {
    "rate": "ground level",
    "reliance": "reliance on the alliance",
    "precedent": "others that have gone before",
    "price": "what pressure would make it cost",
}
RENEWAL = {"difficulty": "difficulty of renewing", "reliance": "reliance on the alliance"}
STATECRAFT = {
    "restraint": "restraint",
    "drift": "drift of the member",
    "cost": "what terms cost",
}
ROLL_CALL = {
    "dependence": "dependence on the patron",
    "affinity": "affinity",
    "fear": "fear of the patron",
    "text": "what the text asks for",
}
MEMBERSHIP = {
    "protection": "protection",
    "regime": "guarantee of the regime",
    "arms": "arms from the patron",
    "economy": "economic dependence",
    "autonomy": "cost to autonomy",
    "fear": "fear of the patron",
    "grievance": "grievance",
    "entrapment": "fear of entrapment",
    "outside": "offers from outside",
}
RITUALS = {
    "security": "security that it gives",
    "purpose": "a threat in common",
    "fear": "fear of the patron",
    "grievance": "grievance",
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
    council = here.rules.council
    veto, assent = council.veto_chance(case, here.p), council.assent_chance(case, here.p)
    return _ordered(COUNCIL_VOTE_NAMES, terms, case, (veto, assent))


def of_roll_call(here: Situation) -> Reasons:
    """A vote at the UN."""
    kind = here.entry.kind
    found = here.rules.diplomacy.roll_call_reasons(here.me, kind, here.w, here.p)
    terms = _named(found, ROLL_CALL)
    case = here.rules.diplomacy.roll_call_case(here.me, kind, here.w, here.p)
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
    codes = range(here.rules.answers.best_allowed(me, w, p) + 1)
    totals = {
        ANSWER_NAMES[code]: here.rules.answers.answer_utility(me, w, p, code) for code in codes
    }
    everything = math.fsum(math.exp(one) for one in totals.values())
    terms = {
        ANSWER_NAMES[code]: _named(here.rules.answers.answer_reasons(me, w, p, code), ANSWER)
        for code in codes
        if code != NO_ANSWER
    }
    options = tuple(Option(name, math.exp(one) / everything, one) for name, one in totals.items())
    return Reasons(terms, totals, options)


def of_taking_part(here: Situation) -> Reasons:
    """Taking part in what the bloc does for another, or not: as far as one relies on it oneself."""
    chance = here.rules.council.willing(here.me)
    case = logit(chance)
    terms = (Term("reliance", "reliance on the alliance", case),)
    return _yes_or_no("took_part", "stayed_away", terms, case, chance)


def of_statecraft(here: Situation) -> Reasons:
    """The patron offers a member terms, presses it or lets it be."""
    found = {
        "offered": here.rules.statecraft.terms_reasons(here.me, here.w, here.p),
        "pressed": here.rules.statecraft.pressure_reasons(here.me, here.p),
    }
    totals = {name: total(reasons) for name, reasons in found.items()}
    everything = 1.0 + math.fsum(math.exp(one) for one in totals.values())
    options = [Option(name, math.exp(one) / everything, one) for name, one in totals.items()]
    terms = {name: _named(reasons, STATECRAFT) for name, reasons in found.items()}
    return Reasons(terms, totals, (*options, Option("let_be", 1.0 / everything, 0.0)))


def of_pact(here: Situation) -> Reasons:
    """Signing a pact with a partner, or not."""
    pull = here.me.attraction[here.partner.id]
    terms = (
        Term("rate", "ground level", math.log(here.p.pact_rate)),
        Term("pull", "pull of the partner", math.log(max(pull, LEAST_PULL))),
    )
    case = math.fsum(term.value for term in terms)
    chance = chance_within(here.p.pact_rate * pull, DT)
    return _yes_or_no("signed", "unsigned", terms, case, chance)._replace(unit=LOG_HAZARD)


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
    found = here.rules.ladder.freeze_reasons(here.me, here.w, here.p)
    return _step(here, found, "froze", "stayed_active")


def of_notice(here: Situation) -> Reasons:
    """Announcing an exit, or not."""
    found = here.rules.ladder.exit_reasons(here.me, here.w, here.p)
    return _step(here, found, "announced_exit", "stayed_in")


def way_back(yes: str, no: str) -> Callable[[Situation], Reasons]:
    """Reasons for a way back: thawing, thinking better of an exit, joining again."""

    def of_way_back(here: Situation) -> Reasons:
        return _step(here, here.rules.ladder.step_back(here.me, here.w, here.p), yes, no)

    return of_way_back


def _step(here: Situation, found: tuple[float, ...], yes: str, no: str) -> Reasons:
    """A step of membership, which has a hazard."""
    chance = chance_within(here.rules.ladder.hazard_of(found), DT)
    made = _yes_or_no(yes, no, _named(found, STEP), total(found), chance)
    return made._replace(unit=LOG_HAZARD)


def of_renewal(here: Situation) -> Reasons:
    """Letting a renewal pass, or renewing."""
    scale = here.rules.ladder.RENEWAL_STEEPNESS
    found = here.rules.ladder.renewal_reasons(here.me, here.p)
    case = scale * total(found)
    return _yes_or_no("let_it_pass", "renewed", _named(found, RENEWAL, scale), case, sigmoid(case))


def _yes_or_no(yes: str, no: str, terms: tuple[Term, ...], total: float, chance: float) -> Reasons:
    options = (Option(yes, chance), Option(no, 1.0 - chance))
    return Reasons({yes: terms}, {yes: total}, options)


def of_membership(here: Situation) -> tuple[Term, ...]:
    """What makes a member rely on the alliance, term by term: losses are negative."""
    found = (
        *here.rules.engagement.gains(here.me, here.w, here.p),
        *here.rules.engagement.losses(here.me, here.w, here.p),
    )
    return tuple(
        Term(name, label, -value if name in LOSSES else value)
        for (name, label), value in zip(MEMBERSHIP.items(), found, strict=True)
    )


def of_rituals(here: Situation) -> tuple[Term, ...]:
    """What upholds the rituals of membership, term by term."""
    return _named(here.rules.engagement.rituals(here.me, here.w, here.p), RITUALS)

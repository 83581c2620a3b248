"""Phase 4, second half: the patron acts of its own accord towards each member.

Besides answering requests it offers terms (cheap arms, credit, an open labour market) or presses
(trade, gas, migration, media) where a member drifts away. What terms give and pressure takes fades
within about two years.
"""

import math

from foedus.dictionary.chance import Draws, choose
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.terms import StatecraftTerms, total
from foedus.dictionary.vocabulary import DT, OUT, Purpose
from foedus.rules.crises.answers import SPARE

OFFERED = EventKind.TERMS.value
PRESSED = EventKind.PRESSURE.value
DRAW_STATECRAFT = Purpose.STATECRAFT.value

MONTH_OF_DECISION = 1
"""Month of the year in which the patron looks at its members."""

KEPT = math.exp(-DT)
"""Share of terms and of pressure that is left a month later; a convention."""

RESTRAINT = -3.0
"""Log-odds of an act towards a member that has not drifted at all; a convention."""


@rule
def act_towards(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Once a year the patron does nothing, offers terms or presses, by quantal response.

    Source:
        C053 and C086 for offers, C028, C111 and E022, E038 for pressure; Lake 2009 (T-lake2009)
        for hierarchy as a bargain; McKelvey and Palfrey's quantal response for the form.
    """
    me.terms *= KEPT
    me.pressure *= KEPT
    if w.passive_patron == 1 or me.status == OUT or w.month_of_year != MONTH_OF_DECISION:
        return
    terms = math.exp(total(terms_reasons(me, w, p)))
    pressure = math.exp(total(pressure_reasons(me, p)))
    everything = 1.0 + terms + pressure
    cuts = (terms / everything, (terms + pressure) / everything)
    choice = choose(u, DRAW_STATECRAFT, w.patron.luck, me.luck, cuts)
    if choice == 0:
        offer_terms(me, w, p, 1.0)
        log(w, OFFERED, w.n_members, me.id, -1, me.terms, terms / everything)
    elif choice == 1:
        press(me, p, 1.0)
        log(w, PRESSED, w.n_members, me.id, -1, me.pressure, pressure / everything)


@rule
def drift_of(me: Member) -> float:
    """How far a member relies less on the alliance than at the start."""
    return max(0.0, me.reliance_start - me.reliance)


@rule
def terms_reasons(me: Member, w: World, p: Parameters) -> StatecraftTerms:
    """What speaks for offering terms: drift and stake, against what terms cost."""
    burden = p.cost_aid / (w.patron.available + SPARE)
    return StatecraftTerms(
        restraint=RESTRAINT,
        drift=p.initiative * me.patron_value * drift_of(me),
        cost=-p.answer_cost * burden,
    )


@rule
def pressure_reasons(me: Member, p: Parameters) -> StatecraftTerms:
    """What speaks for pressing: drift and stake, as far as the member depends on the patron."""
    return StatecraftTerms(
        restraint=RESTRAINT,
        drift=p.initiative * me.patron_value * drift_of(me) * me.economic_dependence,
        cost=0.0,
    )


@rule
def offer_terms(me: Member, w: World, p: Parameters, size: float) -> None:
    """Terms raise what membership is worth, and bind capacity."""
    me.terms += p.leverage * size * (1.0 - me.terms)
    w.patron.committed += p.cost_aid * size
    w.patron.available = max(0.0, w.patron.available - p.cost_aid * size)


@rule
def press(me: Member, p: Parameters, size: float) -> None:
    """Pressure makes it dear to step down, and teaches fear of the patron (C028, C112)."""
    me.pressure += p.leverage * size * (1.0 - me.pressure)
    me.fear += p.fear_jump * p.leverage * size * me.fear_exposure * (1.0 - me.fear)

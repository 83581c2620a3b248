"""Quantities that triggers and questions may speak of, by number.

Written once so that a question asked of a Mesa run and of the ensemble cannot differ.
"""

import math
from enum import IntEnum
from typing import Final, Self

from foedus.dictionary.generated import rule_from
from foedus.dictionary.marks import rule
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import (
    ACTIVE,
    ANSWER_NAMES,
    FROZEN,
    OUT,
    STATUS_NAMES,
    VITALITY_NAMES,
)

LEVEL: Final = "< LEVEL"
NUMBER: Final = "< NUMBER"
COUNT: Final = ">= NUMBER"
SHARE: Final = ">= SHARE"
"""What an observable is compared with, as messages show it."""

_STATUSES: Final = "|".join(STATUS_NAMES)
_ANSWERS: Final = "|".join(ANSWER_NAMES)
_VITALITY: Final = "|".join(VITALITY_NAMES)


class Observable(IntEnum):
    """What can be observed. Numbers are part of resolved scenarios: append, never renumber.

    Attributes:
        reads: Where it is read: of the world `w`, of the member `me`, or of what it is about (`j`,
            a member, partner, threat or answer). With a `start`, what `total` becomes when `me` is
            gone through, who is every member, or one alone where the words name one.
        words: What a condition calls it, with names in capitals where it is an observable of one.
        compared: What it is compared with, for messages.
        start: Where counting over members starts; None if nothing is counted. The patron counts as
            a member that is in and active.
        hint: How to show it, where words and comparison do not say enough.
    """

    reads: str
    words: str
    compared: str
    start: float | None
    hint: str

    def __new__(
        cls,
        number: int,
        reads: str = "",
        words: str = "",
        compared: str = "",
        start: float | None = None,
        hint: str = "",
    ) -> Self:
        """An observable that is its number."""
        observable = int.__new__(cls, number)
        observable._value_ = number
        observable.reads, observable.words, observable.compared = reads, words, compared
        observable.start, observable.hint = start, hint
        return observable

    STATUS = 0, "me.status * 1.0", "status of MEMBER", f"is {_STATUSES}"
    REQUESTS = (
        *(
            42,
            "total + (me.requests_bloc + me.requests_bilateral)",
            "requests by ANYONE",
            COUNT,
            0.0,
        ),
        "requests by MEMBER|anyone [to the bloc|to the patron] >= NUMBER",
    )
    REQUESTS_BLOC = 43, "total + me.requests_bloc", "requests by ANYONE to the bloc", COUNT, 0.0
    REQUESTS_BILATERAL = (
        *(44, "total + me.requests_bilateral", "requests by ANYONE to the patron", COUNT, 0.0),
    )
    BEST_ANSWER = (
        *(45, "max(total, me.best_answer * 1.0)", "best answer to ANYONE", f">= {_ANSWERS}", -1.0),
    )
    ANSWERS = (
        *(63, "total + me.answers[j]", "answers of ANSWER to ANYONE", COUNT, 0.0),
        f"answers of {_ANSWERS} to MEMBER|anyone >= NUMBER",
    )
    UNASKED = 47, "total + me.unasked", "unasked crises of ANYONE", COUNT, 0.0
    REGIME_CHANGES = 48, "total + me.regime_changes", "changes of regime in ANYONE", COUNT, 0.0
    ALIGNMENT = 60, "observe_alignment(me, j)", "alignment of MEMBER with POLE", SHARE
    TIE = 61, "me.tie[j]", "tie of MEMBER with OTHER", LEVEL
    INCIDENTS = 62, "me.incidents[j] * 1.0", "incidents of THREAT on MEMBER", COUNT
    PERCEIVED = 64, "me.perceived[j]", "threat of THREAT to MEMBER", "> LEVEL"
    PARTICIPATION = 1, "me.participation", "participation of MEMBER", LEVEL
    RELIANCE = 14, "me.reliance", "reliance of MEMBER", LEVEL
    COVER = 15, "me.cover", "cover of MEMBER", LEVEL
    ENGAGEMENT = 2, "me.engagement", "engagement of MEMBER", LEVEL
    TRUST_PATRON = 3, "me.trust_patron", "trust of MEMBER", LEVEL
    TRUST_BLOC = 4, "me.trust_bloc", "bloc trust of MEMBER", LEVEL
    LOYALTY = 5, "me.loyalty", "loyalty of MEMBER", LEVEL
    FEAR = 6, "me.fear", "fear of MEMBER", LEVEL
    GRIEVANCE = 7, "me.grievance", "grievance of MEMBER", LEVEL
    ARMS_DEPENDENCE = 8, "me.arms_dependence", "arms dependence of MEMBER", LEVEL
    ECONOMIC_DEPENDENCE = 10, "me.economic_dependence", "economic dependence of MEMBER", LEVEL
    UNMET_NEED = 9, "me.unmet_need", "unmet need of MEMBER", LEVEL
    OUTSIDE_OPTION = 11, "me.outside_option", "outside option of MEMBER", LEVEL
    EXTERNAL_THREAT = 12, "me.external_threat", "external threat of MEMBER", LEVEL
    DOMESTIC_THREAT = 13, "me.domestic_threat", "domestic threat of MEMBER", LEVEL
    COHESION = 20, "w.cohesion", "cohesion", NUMBER
    GOAL_AGREEMENT = 21, "w.goal_agreement", "goal agreement", NUMBER
    RELIABILITY = 23, "w.reliability", "reliability", NUMBER
    MUTUAL_TRUST = 24, "w.mutual_trust", "mutual trust", NUMBER
    MEMBERSHIP = 25, "w.membership", "membership", NUMBER
    AGREEMENT = 31, "w.agreement", "agreement", NUMBER
    MEANS = 32, "w.means", "means", NUMBER
    ACTING = 33, "w.acting", "acting", NUMBER
    OVERALL_RELIANCE = 34, "w.overall_reliance", "overall reliance", NUMBER
    VITALITY = 35, "w.vitality * 1.0", "alliance", f"is {_VITALITY}"
    OVERALL_PARTICIPATION = 22, "w.overall_participation", "overall participation", NUMBER
    FRUSTRATION = 26, "w.frustration", "frustration", NUMBER
    CAPACITY = 27, "w.patron.capacity", "capacity", NUMBER
    WAR = 28, "w.patron.war", "war", NUMBER
    PRESENCE = 29, "w.patron.presence", "presence", NUMBER
    SUPPLY = 30, "w.patron.supply", "supply", NUMBER
    MEMBERS_IN = 40, "total + 1.0 if me.status != OUT else total", "members in", COUNT, 1.0
    MEMBERS_ACTIVE = (
        41,
        "total + 1.0 if me.status == ACTIVE else total",
        "members active",
        COUNT,
        1.0,
    )
    MEMBERS_FROZEN = (
        49,
        "total + 1.0 if me.status == FROZEN else total",
        "members frozen",
        COUNT,
        0.0,
    )
    DEPLOYMENTS = 46, "w.deployments * 1.0", "deployments", COUNT


PATRON: Final = -1
AUTONOMY: Final = -2
"""Values of the second index of ALIGNMENT that name no partner."""

LESS: Final = 0
AT_MOST: Final = 1
MORE: Final = 2
AT_LEAST: Final = 3
EQUAL: Final = 4


@rule
def holds(value: float, comparison: int, threshold: float) -> bool:
    """Whether a value stands in a relation to a threshold."""
    if comparison == LESS:
        return value < threshold
    if comparison == AT_MOST:
        return value <= threshold
    if comparison == MORE:
        return value > threshold
    if comparison == AT_LEAST:
        return value >= threshold
    return value == threshold


@rule
def observe_alignment(me: Member, j: int) -> float:
    """Share of a member's security ties with a partner, the patron or nobody."""
    if j == PATRON:
        return me.patron_alignment
    if j == AUTONOMY:
        return me.autonomous_alignment
    return me.alignment[j]


def _reading(observable: Observable) -> list[str]:
    """The lines of `observe` that read one observable."""
    if observable.start is not None:
        count = [
            f"total = {observable.start}",
            "for m in range(w.n_members):",
            "    if i == -1 or i == m:",
            "        me = w.members[m]",
            f"        total = {observable.reads}",
            # A count is never negative; of what has never happened there is no best.
            "return total if total >= 0.0 else math.nan",
        ]
        return [f"if code == {observable.value}:", *(f"    {line}" for line in count)]
    who = ["    me = w.members[i]"] if "MEMBER" in observable.words else []
    return [f"if code == {observable.value}:", *who, f"    return {observable.reads}"]


observe = rule_from(
    "observe(w: World, code: int, i: int, j: int) -> float",
    "The value of an observable: of a member `i`, or of anyone for -1, and about `j`, or -1.",
    [*(line for observable in Observable for line in _reading(observable)), "return math.nan"],
    World=World,
    OUT=OUT,
    ACTIVE=ACTIVE,
    FROZEN=FROZEN,
    math=math,
    observe_alignment=observe_alignment,
)


@rule
def resolve_question(w: World, q: int) -> None:
    """Note whether a question's event has happened in its window."""
    question = w.questions[q]
    now = observe(w, question.observable, question.member, question.other)
    if not holds(now, question.comparison, question.threshold):
        question.held = 0
        return
    question.held += 1
    inside = question.first_month <= w.month and w.month <= question.last_month
    if inside and question.held >= question.for_months:
        question.resolved = 1

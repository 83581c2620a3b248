"""The words of the model as the small integers that compiled code can hold.

Numbers here are part of stored results: append, never renumber.
"""

from enum import IntEnum
from typing import Final, Self

MONTHS_PER_YEAR: Final = 12
DT: Final = 1.0 / MONTHS_PER_YEAR
"""Length of a step, in years. Every rate in the parameters is per year."""

OUT: Final = 0
FROZEN: Final = 1
ACTIVE: Final = 2
STATUS_NAMES: Final = ("out", "frozen", "active")

NO_CHANNEL: Final = 0
BILATERAL: Final = 1
BLOC: Final = 2
CHANNEL_NAMES: Final = ("none", "bilateral", "bloc")


class Answer(IntEnum):
    """The patron's answers to a request, from the weakest to the strongest, each with a title."""

    title: str

    def __new__(cls, number: int, title: str = "") -> Self:
        """An answer that is its number."""
        answer = int.__new__(cls, number)
        answer._value_ = number
        answer.title = title
        return answer

    NONE = 0, "None or refusal"
    STATEMENT = 1, "Statement"
    MONITORING = 2, "Monitoring"
    MATERIEL = 3, "Materiel"
    EXERCISE = 4, "Exercise"
    TROOPS = 5, "Troops"


NO_ANSWER: Final = Answer.NONE.value
STATEMENT: Final = Answer.STATEMENT.value
MONITORING: Final = Answer.MONITORING.value
MATERIEL: Final = Answer.MATERIEL.value
EXERCISE: Final = Answer.EXERCISE.value
TROOPS: Final = Answer.TROOPS.value
ANSWER_NAMES: Final = tuple(answer.name.lower() for answer in Answer)

EXTERNAL: Final = 0
MILITANTS: Final = 1
PRESSURE: Final = 2
INTRA: Final = 3
DOMESTIC: Final = 4
THREAT_KIND_NAMES: Final = ("external", "militants", "pressure", "intra", "domestic")

VETO: Final = 0
ABSTAIN: Final = 1
ASSENT: Final = 2
COUNCIL_VOTE_NAMES: Final = ("veto", "abstain", "assent")

UNANIMITY: Final = 0
MAJORITY: Final = 1
PATRON_DECIDES: Final = 2
DECISION_RULE_NAMES: Final = ("unanimity", "majority", "patron_decides")

SPEAK_WELL: Final = 0
SEND_TROOPS: Final = 1
HOST_DRILL: Final = 2
KEEP_POSTS: Final = 3
ATTEND_SUMMIT: Final = 4
PAY_DUES: Final = 5
STAY_UNFROZEN: Final = 6
STAY_IN: Final = 7
ACT_NAMES: Final = (
    "speak_well",
    "send_troops",
    "host_drill",
    "keep_posts",
    "attend_summit",
    "pay_dues",
    "stay_unfrozen",
    "stay_in",
)

RITUALS: Final = ACT_NAMES[:STAY_UNFROZEN]
"""Acts that fall due on the calendar; the others are the membership itself."""

BY_NOTICE: Final = 0
BY_LAPSE: Final = 1
EXIT_NAMES: Final = ("notice", "lapse")
"""How a membership ends: a notice runs out, or a renewal is let pass."""

CONDEMNATION: Final = 0
HUMANITARIAN: Final = 1
EXPULSION: Final = 2
ROLL_CALL_KIND_NAMES: Final = ("condemnation", "humanitarian", "expulsion")
AGAINST: Final = 0
ABSTENTION: Final = 1
ALONG: Final = 2
ROLL_CALL_VOTE_NAMES: Final = ("against the patron", "abstention", "with the patron")

SHOCK_TIE: Final = 0
SHOCK_TRUST_BLOC: Final = 1
SHOCK_TRUST_PATRON: Final = 2
SHOCK_FEAR: Final = 3
SHOCK_GRIEVANCE: Final = 4
SHOCK_ECONOMIC_DEPENDENCE: Final = 5
SHOCK_ARMS_DEPENDENCE: Final = 6
SHOCK_AGGRESSION: Final = 7
SHOCK_INCIDENT: Final = 8
SHOCK_NAMES: Final = (
    "tie",
    "trust_bloc",
    "trust_patron",
    "fear",
    "grievance",
    "economic_dependence",
    "arms_dependence",
    "aggression",
    "incident",
)


class Provision(IntEnum):
    """What can change in the course of a run: rules of the charter, then mechanisms.

    Each is a field of the world under its name in small letters; `rules.triggers` reads and writes
    them by number.
    """

    title: str

    def __new__(cls, number: int, title: str = "") -> Self:
        """A provision that is its number."""
        provision = int.__new__(cls, number)
        provision._value_ = number
        provision.title = title
        return provision

    DECISION_RULE = 0, "rule by which the council decides"
    NOTICE_MONTHS = 1, "months of notice"
    HEGEMON_ONLY = 2, "engagement by the patron's capacity alone"
    THREAT_ONLY = 3, "engagement by threats alone"
    RANDOM_WALK = 4, "engagement by chance alone"
    NO_VETO = 5, "council without a veto"
    NO_BILATERAL = 6, "no requests to the patron alone"
    SYMMETRIC_TRUST = 7, "gains and losses of trust that weigh the same"
    BAYESIAN_TRUST = 8, "trust by the number of cases"
    NO_OBSERVERS = 9, "no learning from the cases of others"
    NO_OUTSIDE_OPTIONS = 10, "no offers from outside"
    ONE_TIE = 11, "steps down by engagement alone"
    NO_PRECEDENT = 12, "no lesson from the steps of others"
    NO_DETERRENCE = 13, "attackers blind to the alliance"
    NO_ANTICIPATION = 14, "members blind to the council"
    PASSIVE_PATRON = 15, "a patron that only answers"
    PASSIVE_PARTNERS = 16, "partners that sign nothing"


DECISION_RULE: Final = Provision.DECISION_RULE.value
NOTICE_MONTHS: Final = Provision.NOTICE_MONTHS.value
FIRST_MECHANISM: Final = Provision.HEGEMON_ONLY.value
PROVISION_NAMES: Final = tuple(provision.name.lower() for provision in Provision)
MECHANISM_NAMES: Final = PROVISION_NAMES[FIRST_MECHANISM:]

DEAD: Final = 0
ZOMBIE: Final = 1
ALIVE: Final = 2
VITALITY_NAMES: Final = ("dead", "zombie", "alive")

EFFECT_ON_DRIVER: Final = 0
EFFECT_ON_STATE: Final = 1
EFFECT_ON_PROVISION: Final = 2

NOT_YET: Final = -1
"""Month of something that has not happened; index of nobody."""


class Purpose(IntEnum):
    """What a draw decides. A number is part of every draw's address: append, never renumber."""

    THREAT_INTENSITY = 1
    INCIDENT = 2
    SEVERITY = 3
    REQUEST = 4
    COUNCIL = 5
    ANSWER = 6
    PROGRAMME_ARRIVAL = 7
    TAKE_PART = 8
    ACT = 9
    FREEZE = 10
    UNFREEZE = 11
    NOTICE = 12
    RENEWAL = 13
    RETURN = 14
    ROLL_CALL = 15
    RANDOM_WALK = 16
    REGIME_FALL = 17
    REGIME_SHIFT = 18
    DRILL_CANCELLED = 19
    TURN_TO_PATRON = 20
    NOTICE_WITHDRAWAL = 21
    STATECRAFT = 22
    PACT = 23
    QUANTITY = 100


class EventKind(IntEnum):
    """What is written to the event log. Numbers are part of stored results."""

    INCIDENT = 1
    NO_REQUEST = 2
    REQUEST = 3
    COUNCIL_VOTE = 4
    MANDATE = 5
    ANSWER = 6
    PROGRAMME_ARRIVAL = 7
    TAKE_PART = 8
    ACT = 9
    DRILL_CANCELLED = 10
    FREEZE = 11
    UNFREEZE = 12
    NOTICE = 13
    NOTICE_WITHDRAWN = 14
    EXIT = 15
    RETURN = 16
    ROLL_CALL = 17
    REGIME_CHANGE = 18
    TRIGGER = 19
    TRIGGER_ENDED = 20
    CHANGE = 21
    TERMS = 22
    PRESSURE = 23
    PACT = 24
    DECISION = 25


class Forced(IntEnum):
    """What a scenario can have an actor do; numbers are part of stored results."""

    NOTICE = 0
    WITHDRAW = 1
    FREEZE = 2
    THAW = 3
    LEAVE = 4
    JOIN = 5
    REQUEST = 6
    GOVERNMENT = 7
    TERMS = 8
    PRESSURE = 9
    PACT = 10
    ARMS = 11


FORCED_NAMES: Final = tuple(forced.name.lower() for forced in Forced)

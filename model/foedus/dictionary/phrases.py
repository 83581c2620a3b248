"""What happened, in words: one phrase for every outcome of every decision, and for other events.

The log of the page, explanations, the table of decisions and the Mesa model all speak from this
table. An outcome is known by its code; the words may change.
"""

from typing import Final, NamedTuple

from foedus.dictionary.vocabulary import (
    ANSWER_NAMES,
    CHANNEL_NAMES,
    COUNCIL_VOTE_NAMES,
    FORCED_NAMES,
    EventKind,
)

NEVER_HAPPENS: Final = ""
"""Form of a phrase that nobody needs."""


class Phrase(NamedTuple):
    """An outcome in words; who decided or was struck is the subject.

    Attributes:
        now: In the present tense, for a log.
        done: In the past tense, for an explanation.
        would: After "would", for what might have been decided.
        noun: As something that is weighed.
    """

    now: str
    done: str = NEVER_HAPPENS
    would: str = NEVER_HAPPENS
    noun: str = NEVER_HAPPENS


PHRASES: Final[dict[str, dict[str, Phrase]]] = {
    "incident": {"struck": Phrase("is struck")},
    "request": {
        "none": Phrase("asks nobody for help", "did not ask for help", "not have asked for help"),
        "bilateral": Phrase(
            "asks {patron} for help",
            "asked {patron} alone for help",
            "have asked {patron} alone",
            "a request to {patron}",
        ),
        "bloc": Phrase(
            "asks the bloc for help",
            "asked the bloc for help",
            "have asked the bloc",
            "a request to the bloc",
        ),
    },
    "turn": {
        "turned": Phrase(
            "turns to {patron} alone", "turned to {patron} alone", "have turned to {patron}"
        ),
        "did_not_turn": Phrase(
            "does not turn to {patron}", "did not turn to {patron}", "not have turned to {patron}"
        ),
    },
    "vote": {
        "veto": Phrase("vetoes {what}", "vetoed {what}", "have vetoed it"),
        "abstain": Phrase("abstains on {what}", "abstained on {what}", "have abstained"),
        "assent": Phrase("assents to {what}", "assented to {what}", "have assented"),
    },
    "mandate": {
        "refused": Phrase("is refused a mandate", "was refused a mandate"),
        "given": Phrase("is given a mandate", "was given a mandate"),
    },
    "answer": {
        "none": Phrase(
            "gives no help on {what}", "gave no help on {what}", "have given no help", "no help"
        ),
        "statement": Phrase(
            "answers {what} with a statement",
            "answered {what} with a statement",
            "have made a statement",
            "a statement",
        ),
        "monitoring": Phrase(
            "answers {what} with observers",
            "answered {what} with observers",
            "have sent observers",
            "observers",
        ),
        "materiel": Phrase(
            "answers {what} with arms or money",
            "answered {what} with arms or money",
            "have sent arms or money",
            "arms or money",
        ),
        "exercise": Phrase(
            "answers {what} with an exercise",
            "answered {what} with an exercise",
            "have held an exercise",
            "an exercise",
        ),
        "troops": Phrase(
            "answers {what} with troops",
            "answered {what} with troops",
            "have sent troops",
            "troops",
        ),
    },
    "arrival": {"arrived": Phrase("receives the arms or money that it was promised")},
    "take_part": {
        "took_part": Phrase("takes part in {what}", "took part in {what}", "have taken part"),
        "stayed_away": Phrase(
            "takes no part in {what}", "took no part in {what}", "have stayed away"
        ),
    },
    "act": {
        "declined": Phrase("does not comply", "did not comply with", "not have complied"),
        "complied": Phrase("complies", "complied with", "have complied"),
    },
    "drill": {"cancelled": Phrase("cancels a drill that it was to host")},
    "freeze": {
        "froze": Phrase(
            "freezes its membership", "froze its membership", "have frozen its membership"
        ),
        "stayed_active": Phrase("stays active", "stayed active", "have stayed active"),
    },
    "thaw": {
        "thawed": Phrase(
            "takes up its membership again",
            "took up its membership again",
            "have taken up its membership again",
        ),
        "stayed_frozen": Phrase("stays frozen", "stayed frozen", "have stayed frozen"),
    },
    "notice": {
        "announced_exit": Phrase(
            "announces that it will leave",
            "announced that it would leave",
            "have announced its exit",
        ),
        "stayed_in": Phrase("stays in", "stayed in", "not have announced its exit"),
    },
    "withdrawal": {
        "withdrew_notice": Phrase(
            "withdraws its notice of exit",
            "withdrew its notice of exit",
            "have withdrawn its notice of exit",
        ),
        "kept_notice": Phrase(
            "keeps to its notice", "kept to its notice", "have kept to its notice"
        ),
    },
    "renewal": {
        "let_it_pass": Phrase(
            "lets the renewal of the treaty pass, and is out",
            "let the renewal of the treaty pass, and was out",
            "have let it pass",
        ),
        "renewed": Phrase("renews the treaty", "renewed the treaty", "have renewed it"),
    },
    "exit": {"left": Phrase("leaves the alliance", "left: its notice had run out")},
    "return": {
        "returned": Phrase(
            "joins the alliance again", "joined the alliance again", "have joined again"
        ),
        "stayed_out": Phrase("stays out", "stayed out", "have stayed out"),
    },
    "roll_call": {
        "against": Phrase(
            "votes against {patron}", "voted against {patron}", "have voted against {patron}"
        ),
        "abstained": Phrase("abstains", "abstained", "have abstained"),
        "with": Phrase("votes with {patron}", "voted with {patron}", "have voted with {patron}"),
    },
    "statecraft": {
        "offered": Phrase(
            "offers terms to {what}", "offered terms to {what}", "have offered it terms", "terms"
        ),
        "pressed": Phrase("presses {what}", "pressed {what}", "have pressed it", "pressure"),
        "let_be": Phrase(
            "neither woos nor presses {what}",
            "neither wooed nor pressed {what}",
            "have done neither",
        ),
    },
    "pact": {
        "signed": Phrase(
            "signs a pact with {what}", "signed a pact with {what}", "have signed a pact"
        ),
        "unsigned": Phrase(
            "signs no pact with {what}", "signed no pact with {what}", "not have signed a pact"
        ),
    },
    "decision": {
        "notice": Phrase("announces that it will leave", "announced that it would leave"),
        "withdraw": Phrase("withdraws its notice of exit", "withdrew its notice of exit"),
        "freeze": Phrase("freezes its membership", "froze its membership"),
        "thaw": Phrase("takes up its membership again", "took up its membership again"),
        "leave": Phrase("leaves the alliance", "left the alliance"),
        "join": Phrase("joins the alliance again", "joined the alliance again"),
        "request": Phrase("asks for help", "asked for help"),
        "government": Phrase("has a new government", "got a new government"),
        "terms": Phrase("offers terms to {what}", "offered terms to {what}"),
        "pressure": Phrase("presses {what}", "pressed {what}"),
        "pact": Phrase("signs a pact with {what}", "signed a pact with {what}"),
        "arms": Phrase("sells arms to {what}", "sold arms to {what}"),
    },
    "regime": {"changed": Phrase("changes its regime")},
    "trigger": {"fired": Phrase("«{what}» sets in"), "ended": Phrase("«{what}» ends")},
    "change": {"changed": Phrase("the scenario sets «{what}» to {value}")},
}
"""By kind of decision or event, and by code of the outcome."""

FORCED: Final = ", as the scenario has it"
"""What is added in a log to a decision that the scenario has taken for its actor."""

WAS_FORCED: Final = ", as the scenario had it"
"""The same in an explanation."""


class Reading(NamedTuple):
    """How an event is read: what kind of thing it is, and the detail that tells the outcome.

    Attributes:
        kind: Key of `PHRASES`.
        detail: Field of the event that holds the outcome; empty if there is but one.
        codes: Codes of the outcomes, by the number in that field.
    """

    kind: str
    detail: str
    codes: tuple[str, ...]


READINGS: Final[dict[EventKind, Reading]] = {
    EventKind.INCIDENT: Reading("incident", "", ("struck",)),
    EventKind.NO_REQUEST: Reading("request", "", ("none",)),
    EventKind.REQUEST: Reading("request", "channel", CHANNEL_NAMES),
    EventKind.COUNCIL_VOTE: Reading("vote", "vote", COUNCIL_VOTE_NAMES),
    EventKind.MANDATE: Reading("mandate", "mandate", ("refused", "given")),
    EventKind.ANSWER: Reading("answer", "answer", ANSWER_NAMES),
    EventKind.PROGRAMME_ARRIVAL: Reading("arrival", "", ("arrived",)),
    EventKind.TAKE_PART: Reading("take_part", "", ("took_part",)),
    EventKind.ACT: Reading("act", "complied", ("declined", "complied")),
    EventKind.DRILL_CANCELLED: Reading("drill", "", ("cancelled",)),
    EventKind.FREEZE: Reading("freeze", "", ("froze",)),
    EventKind.UNFREEZE: Reading("thaw", "", ("thawed",)),
    EventKind.NOTICE: Reading("notice", "", ("announced_exit",)),
    EventKind.NOTICE_WITHDRAWN: Reading("withdrawal", "", ("withdrew_notice",)),
    EventKind.EXIT: Reading("exit", "ending", ("left", "let_it_pass")),
    EventKind.RETURN: Reading("return", "", ("returned",)),
    EventKind.ROLL_CALL: Reading("roll_call", "ballot", ("against", "abstained", "with")),
    EventKind.REGIME_CHANGE: Reading("regime", "", ("changed",)),
    EventKind.TRIGGER: Reading("trigger", "", ("fired",)),
    EventKind.TRIGGER_ENDED: Reading("trigger", "", ("ended",)),
    EventKind.CHANGE: Reading("change", "", ("changed",)),
    EventKind.TERMS: Reading("statecraft", "", ("offered",)),
    EventKind.PRESSURE: Reading("statecraft", "", ("pressed",)),
    EventKind.PACT: Reading("pact", "", ("signed",)),
    EventKind.DECISION: Reading("decision", "forced", FORCED_NAMES),
}
"""By kind of event."""


def phrase_of(kind: str, code: str) -> Phrase:
    """The words for an outcome; a renewal that is let pass is logged as an exit.

    Example:
        >>> phrase_of("freeze", "froze").now
        'freezes its membership'
    """
    if (kind, code) == ("exit", "let_it_pass"):
        kind = "renewal"
    return PHRASES[kind][code]


def label(code: str) -> str:
    """The code of an outcome as a reader may see it: ``stayed_out`` is "stayed out".

    Example:
        >>> label("stayed_out")
        'stayed out'
    """
    return code.replace("_", " ")

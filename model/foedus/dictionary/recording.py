"""What is followed month by month, and what is kept of every trial at its end: two tables.

Rules that write them down are made of their rows, for both engines alike.
"""

from typing import Final, NamedTuple

from foedus.dictionary.generated import rule_from
from foedus.dictionary.state import World
from foedus.dictionary.vocabulary import ANSWER_NAMES, STATUS_NAMES, VITALITY_NAMES

LEVEL: Final = "0-1"
COUNT: Final = "count"
MONTHS: Final = "months since the start"


class Followed(NamedTuple):
    """A level that is followed month by month.

    Attributes:
        name: As in the tables.
        reads: Where it is read: of the world `w`, or of each member `me`.
        title: What it is called.
        meaning: What it says, in a few words.
    """

    name: str
    reads: str
    title: str
    meaning: str

    @property
    def is_members(self) -> bool:
        """Whether each member has one."""
        return self.reads.startswith("me.")


FOLLOWED: Final = (
    Followed("cohesion", "w.cohesion", "Cohesion", "expected answer to a standard test"),
    Followed("agreement", "w.agreement", "Agreement", "chance of a mandate, if asked"),
    Followed("means", "w.means", "Means", "help under a mandate"),
    Followed("acting", "w.acting", "Acting", "members that would take part"),
    Followed("membership", "w.membership", "Membership", "active 1, frozen 0.5, out 0"),
    Followed(
        *("participation", "w.overall_participation", "Participation"),
        "acts of membership complied with",
    ),
    Followed(
        *("reliance", "w.overall_reliance", "Reliance"),
        "policies that count on the bloc",
    ),
    Followed(
        "goal_agreement", "w.goal_agreement", "Goal agreement", "shared threats and diplomacy"
    ),
    Followed("mutual_trust", "w.mutual_trust", "Mutual trust", "ties between the members"),
    Followed("reliability", "w.reliability", "Reliability", "trust that the bloc answers"),
    Followed(
        *("frustration", "w.frustration", "Landscape frustration"),
        "friends on different sides, foes on the same",
    ),
    Followed(
        *("capacity", "w.patron.capacity", "The patron's capacity"),
        "what it could spend on the alliance",
    ),
    Followed("reliance", "me.reliance", "Reliance", "how far its security policy counts on it"),
    Followed("engagement", "me.engagement", "Engagement", "willingness to act as a member"),
    Followed(
        "participation", "me.participation", "Participation", "acts of membership complied with"
    ),
    Followed("trust_bloc", "me.trust_bloc", "Trust in the bloc", "help expected of the bloc"),
    Followed(
        "trust_patron", "me.trust_patron", "Trust in the patron", "help expected of the patron"
    ),
)
"""Levels of the alliance, cohesion and what stands beside it first; then those of each member."""

COMPONENTS: Final = tuple(row.name for row in FOLLOWED[1:9])
"""The three factors of cohesion, and what stands apart from it, in the order of results."""

BLOC_SERIES: Final = tuple(row.name for row in FOLLOWED if not row.is_members)
"""Series of the alliance as a whole; cohesion and `COMPONENTS` come first."""

MEMBER_SERIES: Final = tuple(row.name for row in FOLLOWED if row.is_members)
"""Series of each member."""


def _series_lines() -> list[str]:
    bloc = [row for row in FOLLOWED if not row.is_members]
    own = [row for row in FOLLOWED if row.is_members]
    return [
        *(f"row[{place}] = {row.reads}" for place, row in enumerate(bloc)),
        "for i in range(w.n_members):",
        "    me = w.members[i]",
        f"    first = {len(bloc)} + {len(own)} * i",
        *(f"    row[first + {place}] = {row.reads}" for place, row in enumerate(own)),
    ]


write_series = rule_from(
    "write_series(w: World, row: list[float]) -> None",
    "Write this month's values of all series into a row of that length.",
    _series_lines(),
    World=World,
)


class Outcome(NamedTuple):
    """Something that is kept of every trial.

    Attributes:
        name: As in the tables.
        reads: Where it is read: of the world `w`; of each member `me`; or, with `sum`, added up
            over members.
        meaning: What it says.
        unit: A level, a count or a month; -1 in memory for a month that never came. Empty for a
            word.
        words: What its numbers stand for, if they stand for words.
        title: What comparisons call it, if they name it otherwise than by a series.
        sum: Whether members' numbers are added up.
        by_act: Whether there is one for each act of membership.
        at_start: Whether it is read in month 0 instead of at the end.
    """

    name: str
    reads: str
    meaning: str
    unit: str = LEVEL
    words: tuple[str, ...] | None = None
    title: str = ""
    sum: bool = False
    by_act: bool = False
    at_start: bool = False

    @property
    def is_members(self) -> bool:
        """Whether each member has one."""
        return self.reads.startswith("me.") and not self.sum

    @property
    def is_level(self) -> bool:
        """Whether it is a level, not a whole number."""
        return self.unit == LEVEL


OUTCOMES: Final = (
    Outcome("cohesion_start", "w.cohesion", "Cohesion at the start", at_start=True),
    Outcome("cohesion_end", "w.cohesion", "Cohesion at the end of the horizon"),
    Outcome("vitality", "w.vitality", "Dead, zombie or alive at the end", "", VITALITY_NAMES),
    Outcome("frustration_end", "w.frustration", "Landscape frustration at the end of the horizon"),
    Outcome(
        *("deployments", "w.deployments"),
        "Times that troops were sent to a member, by the bloc or by the patron alone",
        COUNT,
        title="Deployments",
    ),
    Outcome(
        *("force_between_members", "w.force_between_members"),
        *("Times that troops were sent against a member; must be 0", COUNT),
    ),
    Outcome("expulsions", "w.expulsions", "Members put out by others; must be 0", COUNT),
    Outcome(
        *("requests_bloc", "me.requests_bloc", "Requests to the bloc", COUNT),
        title="Requests to the bloc",
        sum=True,
    ),
    Outcome(
        *("requests_bilateral", "me.requests_bilateral", "Requests to the patron", COUNT),
        title="Requests to the patron",
        sum=True,
    ),
    Outcome(
        *("unasked", "me.unasked", "Times that a member was struck and did not ask", COUNT),
        title="Incidents without a request",
        sum=True,
    ),
    Outcome(
        *("events_lost", "w.events_lost"),
        *("Events for which a month had no room in the log", COUNT),
    ),
    Outcome("status", "me.status", "Status at the end of the horizon", "", STATUS_NAMES),
    Outcome(
        "first_freeze", "me.first_freeze", "First month in which it froze its membership", MONTHS
    ),
    Outcome("exit", "me.first_exit", "Month in which it first left formally", MONTHS),
    Outcome(
        *("first_return", "me.first_return"),
        *("First month in which it joined again from outside", MONTHS),
    ),
    Outcome(
        *("first_notice", "me.first_notice"),
        *("First month in which it announced that it would leave", MONTHS),
    ),
    Outcome(
        "best_answer",
        "me.best_answer",
        "Best answer to its requests; empty if there was none",
        "",
        ANSWER_NAMES,
    ),
    Outcome("regime_changes", "me.regime_changes", "Changes of its regime", COUNT),
    Outcome(
        *("participation_start", "me.participation"),
        "Share of the acts of membership complied with, at the start",
        at_start=True,
    ),
    Outcome(
        *("participation_end", "me.participation"),
        "Share of the acts of membership complied with, at the end",
    ),
    Outcome("reliance_end", "me.reliance", "Reliance on the alliance, at the end"),
    Outcome("engagement_end", "me.engagement", "Willingness to act as a member, at the end"),
    Outcome(
        *("agreement_end", "me.agreement"),
        "Chance of a mandate if it asked in the standard test, at the end",
    ),
    Outcome(
        *("means_end", "me.means"),
        "Help under that mandate, as a share of what troops are worth, at the end",
    ),
    Outcome(
        *("acting_end", "me.acting"),
        "Share of the other members that would take part, at the end",
    ),
    Outcome(
        *("collective_answer_end", "me.collective_answer"),
        "Share of its need that the bloc would cover if it asked, at the end",
        title="Collective answer",
    ),
    Outcome("trust_bloc_end", "me.trust_bloc", "Trust in the bloc's help, at the end"),
    Outcome("trust_patron_end", "me.trust_patron", "Trust in the patron's own help, at the end"),
    Outcome(
        *("arms_dependence_end", "me.arms_dependence"),
        "Dependence on the patron's arms, at the end",
        title="Arms dependence",
    ),
    Outcome(
        *("loyalty_end", "me.loyalty", "Running score of UN votes with the patron, at the end"),
        title="Loyalty at the UN",
    ),
    Outcome(
        *("fear_end", "me.fear", "Fear of the patron itself, at the end"),
        title="Fear of the patron",
    ),
    Outcome(
        *("first_lapse", "me.first_lapse"),
        "First month in which it did not comply with an act of membership",
        MONTHS,
        by_act=True,
    ),
)
"""What is kept of every trial, in the order of the tables' columns."""


def _outcome_lines(rows: list[Outcome]) -> list[str]:
    """The lines that write some outcomes."""
    lines = [f"line.{row.name} = {row.reads}" for row in rows if row.reads.startswith("w.")]
    lines += [f"line.{row.name} = 0" for row in rows if row.sum]
    lines += ["for i in range(w.n_members):", "    me = w.members[i]"]
    for row in rows:
        if row.sum:
            lines.append(f"    line.{row.name} += {row.reads}")
        elif row.by_act:
            lines.append(f"    for a in range(len({row.reads})):")
            lines.append(f"        line.{row.name}[i, a] = {row.reads}[a]")
        elif row.is_members:
            lines.append(f"    line.{row.name}[i] = {row.reads}")
    return lines


write_start = rule_from(
    "write_start(w: World, line: Outcome) -> None",
    "Write down what is kept of month 0.",
    _outcome_lines([row for row in OUTCOMES if row.at_start]),
    World=World,
    Outcome=Outcome,
)

write_end = rule_from(
    "write_end(w: World, line: Outcome) -> None",
    "Write down what is kept of the last month.",
    _outcome_lines([row for row in OUTCOMES if not row.at_start]),
    World=World,
    Outcome=Outcome,
)

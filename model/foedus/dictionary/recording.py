"""What is followed month by month, in one order for both engines."""

from typing import Final

from foedus.dictionary.marks import rule
from foedus.dictionary.state import World

BLOC_SERIES: Final = (
    "cohesion",
    "goal_agreement",
    "participation",
    "reliability",
    "mutual_trust",
    "standing",
    "frustration",
    "capacity",
)
"""Series of the alliance as a whole; the first six are the index and its components."""

MEMBER_SERIES: Final = ("engagement", "participation", "trust_bloc", "trust_patron")
"""Series of each member."""


@rule
def write_series(w: World, row: list[float]) -> None:
    """Write this month's values of all series into a row of that length."""
    row[0] = w.cohesion
    row[1] = w.goal_agreement
    row[2] = w.overall_participation
    row[3] = w.reliability
    row[4] = w.mutual_trust
    row[5] = w.standing
    row[6] = w.frustration
    row[7] = w.patron.capacity
    for i in range(w.n_members):
        me = w.members[i]
        place = 8 + 4 * i
        row[place] = me.engagement
        row[place + 1] = me.participation
        row[place + 2] = me.trust_bloc
        row[place + 3] = me.trust_patron

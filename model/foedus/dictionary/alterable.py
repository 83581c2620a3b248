"""Numbers of the alliance that a scenario may change from a date on, and where they stand."""

from typing import Final

from foedus.dictionary.generated import rule_from
from foedus.dictionary.state import World

_OF_MEMBERS: Final = (
    *("capability", "patron_value", "basing", "economic_dependence", "arms_dependence"),
    *("autonomy", "fear_exposure", "entrapment_exposure", "affinity"),
)
_OF_PAIRS: Final = ("level", "rate", "openness", "attacker_tie", "fit", "suspicion")
_OF_THREATS: Final = ("severity_mean", "patron_stake", "patron_tie")
_OF_PARTNERS: Final = ("red_line", "ceiling", "arms_supply")

ALTERABLE: Final[dict[str, str]] = {
    **{name: f"w.members[i].{name}" for name in _OF_MEMBERS},
    **{name: f"w.members[i].{name}[j]" for name in _OF_PAIRS},
    **{name: f"w.threats[i].{name}" for name in _OF_THREATS},
    **{name: f"w.partners[i].{name}" for name in _OF_PARTNERS},
    "offer": "w.partners[i].offer_base",
}
"""By name of the quantity. What is a state of its own, such as trust, takes shocks instead."""

alter = rule_from(
    "alter(w: World, number: int, i: int, j: int, value: float) -> None",
    "A number of the alliance, by its place in the table, becomes another one.",
    [
        line
        for number, place in enumerate(ALTERABLE.values())
        for line in (f"if number == {number}:", f"    {place} = value")
    ],
    World=World,
)

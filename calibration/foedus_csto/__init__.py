"""The code of the case: what works out the figures of each pattern of the CSTO's record.

`foedus` plays the runs that ``patterns.yaml`` names and gives them to the function of the pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus_csto import cohesion_patterns, help_patterns, patron_patterns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.validation.patterns.battery import WorkOut

PATTERNS: Final[Mapping[str, WorkOut]] = {
    "P01": cohesion_patterns.longer_war,
    "P02": cohesion_patterns.uneven_loss,
    "P03": cohesion_patterns.spillover,
    "P04": cohesion_patterns.uneven_threat,
    "P05": help_patterns.unanswered,
    "P06": help_patterns.answers_by_kind,
    "P07": help_patterns.cheap_answers,
    "P08": help_patterns.lags,
    "P09": patron_patterns.no_force_between_members,
    "P10": cohesion_patterns.ladder,
    "P11": cohesion_patterns.rare_exit,
    "P12": cohesion_patterns.renewal,
    "P13": cohesion_patterns.homecoming,
    "P14": patron_patterns.no_expulsion,
    "P15": patron_patterns.votes,
    "P16": patron_patterns.no_endorsement,
    "P17": patron_patterns.arms,
    "P18": patron_patterns.no_help_for_the_patron,
    "P19": help_patterns.southern_drills,
    "P20": help_patterns.clash,
    "P21": cohesion_patterns.settlement,
    "P22": help_patterns.asymmetry,
    "P23": patron_patterns.war_drain,
    "P24": help_patterns.helped,
    "P25": cohesion_patterns.persistence,
    "P26": patron_patterns.hub,
    "P27": help_patterns.hope,
    "P28": patron_patterns.aggression,
}
"""What works out the figures of each pattern from the runs that its rule names."""

"""What is validated and what is not, quantity by quantity, in words that reports can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.validation.hindcasts.scorecard import FREE
from foedus.validation.page.document import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foedus.cases import Case

    type Row = Mapping[str, str]

COLUMNS: Final = ("quantity", "status", "score", "note")
ABOUT: Final = {
    "request": "Requests to the bloc",
    "answer": "Answers to requests",
    "troops": "Troops sent",
    "status": "Status of members",
    "act": "Acts of membership",
    "vote": "Votes at the UN",
}
BETTER: Final = "validated"
"""Better than every reference beyond the interval."""
LIKE: Final = "not told apart from simple forecasts"
WORSE: Final = "worse than a simple forecast"
NONE: Final = "not validated"


def quantities(case: Case, scores: Sequence[Row]) -> list[dict[str, str]]:
    """A row for every quantity: how its free-running hindcast of the split `test` fares.

    Args:
        case: The case.
        scores: The kept table of scores.
    """
    found = []
    for kind, about in ABOUT.items():
        own = [
            row
            for row in scores
            if (row["split"], row["score"], row["kind"]) == ("date", "bits", kind)
        ]
        if not own:
            continue
        model = next(row for row in own if row["forecaster"] == FREE)
        gains = {row["forecaster"]: row for row in own if row["model"] == FREE}
        worse = [name for name, row in gains.items() if float(row["gain_high"]) < 0.0]
        better = all(float(row["gain_low"]) > 0.0 for row in gains.values())
        like = [
            name for name in gains if name not in worse and float(gains[name]["gain_low"]) <= 0.0
        ]
        note = f"{model['cases']} cases in {model['episodes']} episodes {case.since}"
        note += f"; beaten by {', '.join(worse)}" if worse else ""
        note += f"; not told apart from {', '.join(like)}" if like else ""
        found.append(
            {
                "quantity": about,
                "status": WORSE if worse else BETTER if better else LIKE,
                "score": f"{number(float(model['mean']), 2)} bits",
                "note": note,
            }
        )
    return found + [
        {"quantity": name, "status": NONE, "score": "", "note": why}
        for name, why in case.unscored.items()
    ]

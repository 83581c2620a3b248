"""Scoring forecasts of the true future once their questions have been resolved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foedus.errors import FoedusError
from foedus.evidence.tables import nearest, read_rows
from foedus.runs.provenance import sha256
from foedus.validation.forecasts.questions import ANSWERS, VOID, digest, forecasts_path, load

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.statistics.scores import Interval
    from foedus.validation.forecasts.questions import Question

STATUS_QUO: Final = 0.9
"""Probability that the status-quo reference gives to nothing changing (judgement)."""


@dataclass(frozen=True)
class Resolution:
    """What became of a question.

    Attributes:
        id: The question's.
        outcome: ``yes``, ``no`` or ``void``.
        date: Day of the resolution.
        source: Where it can be read.
    """

    id: str
    outcome: str
    date: str
    source: str


@dataclass(frozen=True)
class Scored:
    """One resolved question with the probabilities of its event and their scores."""

    question: Question
    resolution: Resolution
    probability: float
    brier: float
    bits: float


@dataclass(frozen=True)
class Report:
    """Scores of all resolved questions.

    Attributes:
        scored: Each of them.
        open: Questions without a resolution.
        void: Questions that cannot be resolved.
        means: Mean Brier and logarithmic score by forecaster: ``foedus``, ``even odds``,
            ``status quo``.
        gains: Brier of each reference less that of `foedus`, with bootstrap intervals.
    """

    scored: tuple[Scored, ...]
    open: tuple[str, ...]
    void: tuple[str, ...]
    means: dict[str, tuple[float, float]]
    gains: dict[str, Interval]


def load_forecasts(path: Path) -> dict[str, Any]:
    """The stored forecasts of a set of questions.

    Raises:
        FoedusError: There are none, they were changed, or the questions were.
    """
    target = forecasts_path(path)
    try:
        content: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        if digest(content) != content["sha256"]:
            raise FoedusError(f"{target}: was changed after it was issued; its hash does not fit")
        if sha256(path.read_bytes()) != content["questions_sha256"]:
            raise FoedusError(f"{path}: was changed after the forecasts of {content['issued']}")
    except OSError as error:
        raise FoedusError(f"{target}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError) as error:
        raise FoedusError(f"{target}: no forecasts of this program ({error})") from error
    return content


def load_resolutions(path: Path, questions: tuple[Question, ...]) -> tuple[Resolution, ...]:
    """Read resolutions.

    Raises:
        FoedusError: One is malformed, doubled, or of no question; all faults are named.
    """
    faults: list[str] = []
    known = [question.id for question in questions]
    found: list[Resolution] = []
    for row in read_rows(path, ("id", "outcome", "date", "source"), (), faults):
        name = row.text("id")
        if name not in known:
            row.fault(f"there is no question «{name}»{nearest(name, known)}")
        if name in [each.id for each in found]:
            row.fault(f"{name} is resolved twice")
        outcome = row.choice("outcome", (*ANSWERS, VOID))
        row.span("date")
        found.append(Resolution(name, outcome, row.text("date"), row.text("source")))
    if faults:
        raise FoedusError("; ".join(faults))
    return tuple(found)


def score(path: Path, resolutions: Path) -> Report:
    """Score the forecasts of a set of questions against what happened.

    Raises:
        FoedusError: Something cannot be read or does not fit together, or nothing is resolved.
    """
    import numpy as np

    from foedus.statistics import scores

    questions = load(path)
    stored = {each["id"]: float(each["probability"]) for each in load_forecasts(path)["forecasts"]}
    resolved = {each.id: each for each in load_resolutions(resolutions, questions)}
    told = [q for q in questions if q.id in resolved and resolved[q.id].outcome != VOID]
    if not told:
        raise FoedusError(f"{resolutions}: no question is resolved with yes or no")
    outcome = np.array([resolved[q.id].outcome == "yes" for q in told], dtype=np.int64)
    given = {
        "foedus": np.array([stored[q.id] for q in told]),
        "even odds": np.full(len(told), 0.5),
        "status quo": np.array(
            [STATUS_QUO if q.status_quo == "yes" else 1.0 - STATUS_QUO for q in told]
        ),
    }
    pairs = {name: np.stack([1.0 - p, p], axis=1) for name, p in given.items()}
    briers = {name: scores.brier(p, outcome) for name, p in pairs.items()}
    bits = {name: scores.bits(p, outcome) for name, p in pairs.items()}
    weights = scores.resamples([q.id for q in told])
    return Report(
        scored=tuple(
            Scored(q, resolved[q.id], p, float(brier), float(own))
            for q, p, brier, own in zip(
                told, given["foedus"], briers["foedus"], bits["foedus"], strict=True
            )
        ),
        open=tuple(q.id for q in questions if q.id not in resolved),
        void=tuple(q.id for q in questions if q.id in resolved and q not in told),
        means={name: (float(briers[name].mean()), float(bits[name].mean())) for name in given},
        gains={
            name: scores.interval(briers[name] - briers["foedus"], weights)
            for name in given
            if name != "foedus"
        },
    )

"""Scoring forecasts of the true future once their questions have been resolved."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from foedus.errors import FoedusError
from foedus.files.dates import Day
from foedus.files.entries import read_entries, refuse_repeated
from foedus.files.faults import Faults, unknown
from foedus.files.models import Closed, Name, Text
from foedus.files.yaml_reader import YES_OR_NO
from foedus.runs.provenance import sha256
from foedus.validation.forecasts.questions import VOID, Question, digest, forecasts_path, load

if TYPE_CHECKING:
    from foedus.statistics.scores import Interval

STATUS_QUO: Final = 0.9
"""Probability that the status-quo reference gives to nothing changing (judgement)."""


class Resolution(Closed):
    """What became of a question."""

    id: Name
    """The question's."""
    outcome: Literal["yes", "no", "void"]
    """`yes`, `no` or `void`."""
    date: Day
    """Day of the resolution."""
    source: Text
    """Where it can be read."""


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
    except FileNotFoundError:
        raise FoedusError(
            f"{target}: there are no forecasts of these questions yet; "
            f"`foedus forecast {shlex.quote(str(path))}` makes them"
        ) from None
    except OSError as error:
        raise FoedusError(f"{target}: cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise FoedusError(f"{target}: is damaged: expected the forecasts of this program") from None
    return content


def load_resolutions(
    path: Path, questions: tuple[Question, ...], issued: str, today: str
) -> tuple[Resolution, ...]:
    """Read resolutions.

    Args:
        path: A YAML list.
        questions: What may be resolved.
        issued: Day of the forecasts, before which nothing was resolved.
        today: After which nothing is.

    Raises:
        FoedusError: One is malformed, doubled, of no question, or of another time; all faults are
            named.
    """
    faults = Faults()
    entries = read_entries(path, Resolution, faults, words=YES_OR_NO)
    refuse_repeated(entries, faults, "id")
    known = [question.id for question in questions]
    for entry in entries:
        if entry.value is None:
            continue
        if entry.name not in known:
            entry.fault(faults, "id", unknown("question", entry.name, known))
        if not issued <= entry.value.date <= today:
            message = (
                f"found {entry.value.date}, expected a day from {issued}, when the forecasts were "
                f"issued, to {today}, today"
            )
            entry.fault(faults, "date", message)
    faults.check()
    return tuple(entry.whole for entry in entries)


def score(path: Path, resolutions: Path, today: str | None = None) -> Report:
    """Score the forecasts of a set of questions against what happened.

    Args:
        path: The questions.
        resolutions: What became of them.
        today: ``YYYY-MM-DD``; by the clock if None.

    Raises:
        FoedusError: Something cannot be read or does not fit together, or nothing is resolved.
    """
    import numpy as np

    from foedus.statistics import scores

    questions = load(path)
    forecasts = load_forecasts(path)
    stored = {each["id"]: float(each["probability"]) for each in forecasts["forecasts"]}
    today = today or f"{datetime.now(UTC):%Y-%m-%d}"
    resolved = {
        each.id: each
        for each in load_resolutions(resolutions, questions, str(forecasts["issued"]), today)
    }
    answered = [q for q in questions if q.id in resolved and resolved[q.id].outcome != VOID]
    if not answered:
        raise FoedusError(f"{resolutions}: no question is resolved with yes or no")
    outcome = np.array([resolved[q.id].outcome == "yes" for q in answered], dtype=np.int64)
    given = {
        "foedus": np.array([stored[q.id] for q in answered]),
        "even odds": np.full(len(answered), 0.5),
        "status quo": np.array(
            [STATUS_QUO if q.status_quo == "yes" else 1.0 - STATUS_QUO for q in answered]
        ),
    }
    pairs = {name: np.stack([1.0 - p, p], axis=1) for name, p in given.items()}
    briers = {name: scores.brier(p, outcome) for name, p in pairs.items()}
    bits = {name: scores.bits(p, outcome) for name, p in pairs.items()}
    weights = scores.resamples([q.id for q in answered])
    return Report(
        scored=tuple(
            Scored(q, resolved[q.id], p, float(brier), float(own))
            for q, p, brier, own in zip(
                answered, given["foedus"], briers["foedus"], bits["foedus"], strict=True
            )
        ),
        open=tuple(q.id for q in questions if q.id not in resolved),
        void=tuple(q.id for q in questions if q.id in resolved and q not in answered),
        means={name: (float(briers[name].mean()), float(bits[name].mean())) for name in given},
        gains={
            name: scores.interval(briers[name] - briers["foedus"], weights)
            for name in given
            if name != "foedus"
        },
    )

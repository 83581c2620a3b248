"""Tables with a row a trial, or a trial and member; and the questions over all trials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.dictionary.vocabulary import ACT_NAMES, ANSWER_NAMES, STATUS_NAMES
from foedus.runs.tables.arrow import array, strings
from foedus.runs.tables.columns import LEVEL, Column, months_or_never, numbers, table, words
from foedus.statistics.quantiles import frequency
from foedus.telling.summary import question_share

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

PER_MEMBER = 2
"""Axes of an outcome that each member has."""

MONTH_OUTCOMES = frozenset({"first_freeze", "exit", "first_return", "first_notice", "first_lapse"})
"""Outcomes that are months, or -1 for never."""

MEANINGS = {
    "cohesion_start": ("Cohesion at the start", LEVEL),
    "cohesion_end": ("Cohesion at the end of the horizon", LEVEL),
    "frustration_end": ("Landscape frustration at the end of the horizon", LEVEL),
    "deployments": (
        "Times that troops were sent to a member, by the bloc or by the patron alone",
        "count",
    ),
    "force_between_members": ("Times that troops were sent against a member; must be 0", "count"),
    "expulsions": ("Members put out by others; must be 0", "count"),
    "requests_bloc": ("Requests to the bloc", "count"),
    "requests_bilateral": ("Requests to the patron", "count"),
    "unasked": ("Times that a member was struck and did not ask", "count"),
    "events_lost": ("Events for which a month had no room in the log", "count"),
    "status": ("Status at the end of the horizon", ""),
    "first_freeze": ("First month in which it froze its membership", ""),
    "exit": ("Month in which it first left formally", ""),
    "first_return": ("First month in which it joined again from outside", ""),
    "first_notice": ("First month in which it announced that it would leave", ""),
    "first_lapse": ("First month in which it did not comply with an act of membership", ""),
    "best_answer": ("Best answer to its requests; empty if there was none", ""),
    "regime_changes": ("Changes of its regime", "count"),
    "participation_start": ("Share of the acts of membership complied with, at the start", LEVEL),
    "participation_end": ("Share of the acts of membership complied with, at the end", LEVEL),
    "engagement_end": ("Willingness to act as a member, at the end", LEVEL),
    "trust_bloc_end": ("Trust in the bloc's help, at the end", LEVEL),
    "trust_patron_end": ("Trust in the patron's own help, at the end", LEVEL),
    "arms_dependence_end": ("Dependence on the patron's arms, at the end", LEVEL),
    "loyalty_end": ("Running score of UN votes with the patron, at the end", LEVEL),
    "fear_end": ("Fear of the patron itself, at the end", LEVEL),
}


def trials(ensemble: Ensemble, first: int = 0) -> pa.Table:
    """A row a trial: outcomes, by member where they are a member's, and questions.

    Args:
        ensemble: Consecutive trials.
        first: Number of the first of them.
    """
    columns = [*_trial_keys(_numbers(ensemble, first))]
    for name, values in _outcomes(ensemble):
        if values.ndim == 1:
            columns.append(_outcome(name, name, values, ""))
        elif values.ndim == PER_MEMBER:
            columns += [
                _outcome(f"{name}_{code}", name, values[:, i], f" ({code})")
                for i, code in enumerate(ensemble.members)
            ]
    for q, question in enumerate(ensemble.scenario.questions):
        name = f"question_{plain_name(question.id)}"
        columns.append(numbers(name, ensemble.questions[:, q], question.text, "true or false"))
    return table(columns, "One row a trial. Trials 2k and 2k+1 share parameter set k.")


def members(ensemble: Ensemble, first: int = 0) -> pa.Table:
    """A row a trial and member: the outcomes that are a member's, by act where they are one's.

    Args:
        ensemble: Consecutive trials.
        first: Number of the first of them.
    """
    count = len(ensemble.members)
    trial = np.repeat(_numbers(ensemble, first), count)
    member = np.tile(np.arange(count), ensemble.trials)
    columns = [*_trial_keys(trial), words("member", member, ensemble.members, "Code of the member")]
    for name, values in _outcomes(ensemble):
        if values.ndim == PER_MEMBER:
            columns.append(_outcome(name, name, values.reshape(-1), ""))
        elif values.ndim > PER_MEMBER:
            flat = values.reshape(trial.size, len(ACT_NAMES))
            columns += [
                _outcome(f"{name}_{act}", name, flat[:, a], f" ({act})")
                for a, act in enumerate(ACT_NAMES)
            ]
    return table(columns, "One row a trial and member.")


def questions(ensemble: Ensemble) -> pa.Table:
    """A row a question of the scenario: how often it came true."""
    asked = ensemble.scenario.questions
    found = [frequency(ensemble.questions[:, q]) for q in range(len(asked))]
    shares = [question_share(ensemble.questions[:, q]) for q in range(len(asked))]
    interval = "90 % interval of the finite number of trials"
    columns = [
        _texts("question", [one.id for one in asked], "Name of the question"),
        _texts("text", [one.text for one in asked], "What must happen"),
        _floats("count", [one.count for one in found], "Trials in which it came true", "count"),
        _floats("trials", [one.trials for one in found], "Trials", "count"),
        _floats("share", [one.share for one in found], "Scenario frequency", LEVEL),
        _floats("low", [one.low for one in found], f"Lower end, {interval}", LEVEL),
        _floats("high", [one.high for one in found], f"Upper end, {interval}", LEVEL),
        _floats(
            "epistemic_share",
            [one.share for one in shares],
            "Share of the variance that comes from the parameters; the rest is chance",
            LEVEL,
        ),
    ]
    return table(columns, "One row a question. Shares are scenario frequencies.")


def quantities(ensemble: Ensemble, first: int = 0) -> pa.Table:
    """A row a parameter set: the values that were drawn.

    Args:
        ensemble: Consecutive trials.
        first: Number of the first of them; even.
    """
    sets = np.arange(len(ensemble.quantities), dtype=np.int32) + first // 2
    columns = [numbers("parameter_set", sets, "Used by trials 2k and 2k+1", "number")]
    # Single precision halves the largest table; the manifest has a digest of the first sets.
    drawn = ensemble.quantities.astype(np.float32)
    for q, name in enumerate(ensemble.quantity_names):
        columns.append(numbers(name, drawn[:, q], f"Drawn value of {name}, in single precision"))
    return table(columns, "One row a drawn parameter set.")


def plain_name(name: str) -> str:
    """A name that needs no quotes in a query.

    Example:
        >>> plain_name("troops-sent")
        'troops_sent'
    """
    return re.sub(r"\W", "_", name)


def _numbers(ensemble: Ensemble, first: int) -> NDArray[np.int32]:
    return np.arange(first, first + ensemble.trials, dtype=np.int32)


def _trial_keys(trial: NDArray[np.int32]) -> tuple[Column, Column]:
    return (
        numbers("trial", trial, "Number of the trial", "number"),
        numbers("parameter_set", trial // 2, "Parameter set of the trial", "number"),
    )


def _outcomes(ensemble: Ensemble) -> list[tuple[str, NDArray[Any]]]:
    """Outcomes by name; shapes ``(trial,)``, ``(trial, member)`` and ``(trial, member, act)``."""
    outcomes = ensemble.outcomes
    return [(name, outcomes[name]) for name in outcomes.dtype.names or ()]


def _outcome(name: str, kind: str, values: NDArray[Any], whose: str) -> Column:
    meaning, unit = MEANINGS[kind]
    meaning += whose
    if kind == "status":
        return words(name, values, STATUS_NAMES, meaning)
    if kind == "best_answer":
        return words(name, values, ANSWER_NAMES, meaning)
    if kind in MONTH_OUTCOMES:
        return months_or_never(name, values, meaning)
    return numbers(name, values, meaning, unit)


def _texts(name: str, values: list[str], meaning: str) -> Column:
    return Column(name, strings(values), meaning)


def _floats(name: str, values: list[float] | list[int], meaning: str, unit: str) -> Column:
    cells = np.array(values, dtype=np.int64 if unit == "count" else np.float64)
    # NaN, where nothing can be told, becomes an empty cell.
    return Column(name, array(cells, missing=np.isnan(cells)), meaning, unit)

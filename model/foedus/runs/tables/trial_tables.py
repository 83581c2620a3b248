"""Tables with a row a trial, or a trial and member; and the questions over all trials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.dictionary.recording import LEVEL, MONTHS, OUTCOMES
from foedus.dictionary.vocabulary import ACT_NAMES
from foedus.runs.tables.arrow import array, strings
from foedus.runs.tables.columns import Column, months_or_never, numbers, table, words
from foedus.statistics.quantiles import frequency
from foedus.telling.summary import question_share

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from foedus.dictionary.recording import Outcome
    from foedus.simulation.outcome import Ensemble


def trials(ensemble: Ensemble, first: int = 0) -> pa.Table:
    """A row a trial: outcomes, by member where they are a member's, and questions.

    Args:
        ensemble: Consecutive trials.
        first: Number of the first of them.
    """
    columns = [*_trial_keys(_numbers(ensemble, first))]
    for row in OUTCOMES:
        values = ensemble.outcomes[row.name]
        if row.is_members and not row.by_act:
            columns += [
                _outcome(row, values[:, i], code) for i, code in enumerate(ensemble.members)
            ]
        elif not row.is_members:
            columns.append(_outcome(row, values))
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
    for row in OUTCOMES:
        values = ensemble.outcomes[row.name]
        if row.by_act:
            flat = values.reshape(trial.size, len(ACT_NAMES))
            columns += [_outcome(row, flat[:, a], act) for a, act in enumerate(ACT_NAMES)]
        elif row.is_members:
            columns.append(_outcome(row, values.reshape(-1)))
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


def _outcome(row: Outcome, values: NDArray[Any], whose: str = "") -> Column:
    """The column of an outcome: of all, of a member or of an act."""
    name = f"{row.name}_{whose}" if whose else row.name
    meaning = f"{row.meaning} ({whose})" if whose else row.meaning
    if row.words is not None:
        return words(name, values, row.words, meaning)
    if row.unit == MONTHS:
        return months_or_never(name, values, meaning)
    return numbers(name, values, meaning, row.unit)


def _texts(name: str, values: list[str], meaning: str) -> Column:
    return Column(name, strings(values), meaning)


def _floats(name: str, values: list[float] | list[int], meaning: str, unit: str) -> Column:
    cells = np.array(values, dtype=np.int64 if unit == "count" else np.float64)
    # NaN, where nothing can be told, becomes an empty cell.
    return Column(name, array(cells, missing=np.isnan(cells)), meaning, unit)

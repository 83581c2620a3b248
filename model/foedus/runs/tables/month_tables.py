"""Tables over all trials: a row a month and series, member or pole; and the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.dictionary.recording import LEVEL, MONTHS
from foedus.dictionary.vocabulary import (
    ANSWER_NAMES,
    CHANNEL_NAMES,
    STATUS_NAMES,
    THREAT_KIND_NAMES,
)
from foedus.runs.tables.columns import Column, numbers, table, words
from foedus.statistics.quantiles import FAN, histogram_quantiles
from foedus.telling.words import Titles

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble


def months(ensemble: Ensemble) -> pa.Table:
    """A row a month and series: quantiles and mean over the trials."""
    found = histogram_quantiles(ensemble.histograms)
    month, one = _grid(len(ensemble.dates), len(ensemble.series))
    error = "from a histogram of 200 bins, exact to 0.005"
    columns = [*month_keys(ensemble, month), *series_keys(ensemble, one)]
    for q, probability in enumerate(FAN):
        meaning = f"Quantile {probability} over the trials, {error}"
        columns.append(
            numbers(f"q{100 * probability:02.0f}", found[..., q].reshape(-1), meaning, LEVEL)
        )
    mean = ensemble.means.reshape(-1)
    columns.append(numbers("mean", mean, "Mean over the trials, from exact sums", LEVEL))
    return table(columns, "One row per month and series.")


def status(ensemble: Ensemble) -> pa.Table:
    """A row a month and member: shares of trials by status."""
    month, member = _grid(len(ensemble.dates), len(ensemble.members))
    shares = (ensemble.status_counts / ensemble.trials).reshape(-1, len(STATUS_NAMES))
    columns = [
        *month_keys(ensemble, month),
        words("member", member, ensemble.members, "Code of the member"),
        *(
            numbers(name, shares[:, code], f"Share of trials in which it is {name}", LEVEL)
            for code, name in enumerate(STATUS_NAMES)
        ),
    ]
    return table(columns, "One row a month and member.")


def alignment(ensemble: Ensemble) -> pa.Table:
    """A row a month, member and pole: mean share of its security ties."""
    titles = Titles(ensemble)
    month, member, pole = _grid(*ensemble.alignment.shape)
    columns = [
        *month_keys(ensemble, month),
        words("member", member, ensemble.members, "Code of the member"),
        words("towards", pole, titles.poles(), "Code of the partner or patron, or autonomy"),
        numbers(
            "share", ensemble.alignment.reshape(-1), "Mean share over the trials; adds to 1", LEVEL
        ),
    ]
    return table(columns, "One row a month, member and pole of its alignment.")


def requests(ensemble: Ensemble) -> pa.Table:
    """A row a member, threat, channel and answer: members struck over all trials."""
    kinds = np.array([THREAT_KIND_NAMES.index(kind) for kind in Titles(ensemble).threat_kinds])
    member, threat, channel, answer = _grid(*ensemble.request_counts.shape)
    count = ensemble.request_counts.reshape(-1)
    # Without a request there is no answer, not an answer «none».
    answer = np.where(channel == 0, -1, answer)
    kept = (channel > 0) | (np.arange(count.size) % len(ANSWER_NAMES) == 0)
    columns = [
        words("member", member[kept], ensemble.members, "Code of the struck member"),
        words("threat", threat[kept], ensemble.threats, "Name of the threat"),
        words("kind", kinds[threat[kept]], THREAT_KIND_NAMES, "Kind of the threat"),
        words("channel", channel[kept], CHANNEL_NAMES, "Whom it asked; none if it did not ask"),
        words("answer", answer[kept], ANSWER_NAMES, "Answer; empty if it did not ask"),
        numbers("count", count[kept], "Times struck over all trials", "count"),
        numbers("per_100_trials", 100.0 * count[kept] / ensemble.trials, "The same for 100 trials"),
    ]
    return table(
        columns,
        "One row a member struck, threat, channel and answer. A clash between two members strikes "
        "both and counts for each.",
    )


def month_keys(ensemble: Ensemble, month: NDArray[np.integer[Any]]) -> tuple[Column, Column]:
    """The columns ``month`` and ``date`` of a table by month."""
    return (
        numbers("month", np.asarray(month, np.int32), "0 is the start", MONTHS),
        words("date", month, ensemble.dates, "Calendar month", "YYYY-MM"),
    )


def series_keys(ensemble: Ensemble, one: NDArray[np.integer[Any]]) -> tuple[Column, Column]:
    """The columns ``series`` and ``member`` of a table by series."""
    names = tuple(dict.fromkeys(series.name for series in ensemble.series))
    name_of = np.array([names.index(series.name) for series in ensemble.series])
    codes = [series.member for series in ensemble.series]
    member_of = np.array([-1 if code is None else ensemble.members.index(code) for code in codes])
    return (
        words("series", name_of[one], names, "What is measured"),
        words("member", member_of[one], ensemble.members, "Code; empty for the whole alliance"),
    )


def _grid(*shape: int) -> tuple[NDArray[np.intp], ...]:
    """Indices of all cells of an array, axis by axis, in the order of its memory."""
    return tuple(axis.reshape(-1) for axis in np.indices(shape))

"""What members do in an incident: ask nobody, or get an answer from the patron or the bloc."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns
from matplotlib.colors import PowerNorm
from numpy.typing import NDArray

from foedus.dictionary.vocabulary import ANSWER_NAMES, BILATERAL, BLOC, CHANNEL_NAMES
from foedus.figures.style import TEXT_POINTS, page
from foedus.runs.provenance import provenance
from foedus.telling.headlines import answers_headline
from foedus.telling.numbers import count
from foedus.telling.words import ANSWER_TITLES, THREAT_KIND_TITLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import RequestSummary, Summary

CONTRAST = 0.5
"""Power by which colours follow numbers: differences between small numbers stay visible."""


def answers_figure(ensemble: Ensemble, summary: Summary) -> Figure:
    """Heat map of requests and answers: kind of threat by answer, for each channel."""
    note = (
        "Incidents, and the answers to requests for help: mean number per trial over the whole "
        "horizon; the darker, the more. A clash between two members counts for both. Without a "
        "mandate the bloc answers with monitoring at most."
    )
    kinds = list(dict.fromkeys(row.kind for row in summary.requests))
    size = (11.0, 2.2 + 0.55 * max(3, len(kinds)))
    figure = page(size, f"{answers_headline(summary)}.", note, provenance(ensemble))
    if not kinds:
        ax = figure.subplots()
        ax.set_axis_off()
        return figure
    unasked = np.array([[_row(summary, kind, "none").total] for kind in kinds])
    asked = [
        np.array([list(_row(summary, kind, channel).answers.values()) for kind in kinds])
        for channel in (CHANNEL_NAMES[BILATERAL], CHANNEL_NAMES[BLOC])
    ]
    most = max(float(each.max()) for each in (unasked, *asked))
    norm = PowerNorm(CONTRAST, 0.0, max(most, 0.01))
    axes = figure.subplots(1, 3, sharey=True, width_ratios=(1.3, 6, 6))
    answers = [ANSWER_TITLES[name].replace(" or ", "\nor ") for name in ANSWER_NAMES]
    titles = ("", f"Asked {summary.patron_title}: the answer", "Asked the bloc: the answer")
    columns = (["Did not\nask"], answers, answers)
    for ax, numbers, title, labels in zip(axes, (unasked, *asked), titles, columns, strict=True):
        _map(ax, numbers, labels, norm)
        ax.set_title(title)
    axes[0].set_yticks(np.arange(len(kinds)) + 0.5, [THREAT_KIND_TITLES[kind] for kind in kinds])
    axes[0].tick_params(axis="y", rotation=0, length=0)
    axes[0].set_ylabel("Kind of threat")
    return figure


def _map(ax: Axes, numbers: NDArray[np.float64], labels: list[str], norm: PowerNorm) -> None:
    sns.heatmap(
        numbers,
        ax=ax,
        norm=norm,
        cmap="Blues",
        annot=np.vectorize(count, otypes=[object])(numbers),
        fmt="",
        annot_kws={"fontsize": TEXT_POINTS},
        cbar=False,
        linewidths=1.0,
        linecolor="white",
        yticklabels=False,
    )
    ax.set_xticks(np.arange(len(labels)) + 0.5, labels, rotation=0)
    ax.tick_params(axis="x", length=0)


def _row(summary: Summary, kind: str, channel: str) -> RequestSummary:
    return next(row for row in summary.requests if (row.kind, row.channel) == (kind, channel))

"""Charts of the report, drawn by the kit that the page uses, too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from foedus.dictionary.vocabulary import STATUS_NAMES
from foedus.drawings import fan
from foedus.drawings.rows import Estimate, Words, draw_estimates, draw_shares
from foedus.statistics.quantiles import FAN, histogram_quantiles
from foedus.telling.difference import clear_ones
from foedus.telling.document import Drawing, Figure
from foedus.telling.numbers import percent, trials
from foedus.telling.palette import STATUS_COLOURS
from foedus.telling.words import Titles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foedus.report.gather import Contrast, Findings, Played

MOST_INPUTS, MOST_DIFFERENCES = 12, 14


def _panels(runs: Sequence[Played], drawn: Sequence[str]) -> tuple[tuple[str, Drawing], ...]:
    names = [""] if len(runs) == 1 else [run.label for run in runs]
    return tuple(zip(names, map(Drawing, drawn), strict=True))


def fan_chart(runs: Sequence[Played]) -> Figure:
    """Cohesion month by month: median, middle half and middle nine tenths, one panel per run."""
    bands = [_cohesion(run) for run in runs]
    low = max(0.0, math.floor(10.0 * min(each[:, 0].min() for each in bands)) / 10.0)
    high = min(1.0, math.ceil(10.0 * max(each[:, -1].max() for each in bands)) / 10.0)
    drawn = [
        fan.draw(
            fan.Chart(
                title="Cohesion (0 to 1)",
                dates=run.ensemble.dates,
                bands=rows.tolist(),
                low=low,
                high=max(high, low + 0.1),
                note=trials(run.ensemble.trials),
                tips=True,
            ),
            f"cohesion-{n}",
        )
        for n, (run, rows) in enumerate(zip(runs, bands, strict=True))
    ]
    axis = "The axis does not begin at 0. " if low > 0.0 else ""
    return Figure(
        "cohesion",
        "Cohesion, month by month",
        "Line: median of the trials. Dark band: the middle half. Light band: the middle nine "
        f"tenths. {axis}The band is the spread of the trials, not the error of the model.",
        _panels(runs, drawn),
    )


def _cohesion(run: Played) -> NDArray[np.float64]:
    ensemble = run.ensemble
    place = [(one.name, one.member) for one in ensemble.series].index(("cohesion", None))
    return histogram_quantiles(ensemble.histograms[:, place], FAN)


def status_chart(runs: Sequence[Played]) -> Figure:
    """Status of every member at the end, as shares of the trials, one panel per run."""
    parts = list(STATUS_COLOURS.items())
    drawn = []
    for n, run in enumerate(runs):
        shares = run.ensemble.status_counts[-1] / run.ensemble.trials
        rows = [
            (title, [float(each[STATUS_NAMES.index(status)]) for status, _ in parts])
            for title, each in zip(Titles(run.ensemble).member_titles, shares, strict=True)
        ]
        words = "; ".join(f"{name}: active in {_per_cent(each[0])}" for name, each in rows)
        drawn.append(
            draw_shares(
                rows,
                parts,
                title=f"Status of the members at the end. {words}",
                axis="Share of trials; the number is that of active",
                words=_per_cent,
                testid=f"status-{n}",
            )
        )
    return Figure(
        "status",
        "Where the members stand at the end",
        "Share of trials in which a member is active, frozen or out in the last month.",
        _panels(runs, drawn),
    )


def difference_chart(contrast: Contrast, number: int) -> Figure | None:
    """The clearest differences from another scenario, with their intervals."""
    clear = [one for one in clear_ones(contrast.differences) if one.measure.kind != "count"]
    if not clear:
        return None
    rows = [
        Estimate(one.measure.title, one.mean, one.low, one.high) for one in clear[:MOST_DIFFERENCES]
    ]
    return Figure(
        f"differences-{number}",
        f"What «{contrast.other}» changes against «{contrast.base}»",
        "Mean difference at the end with its 90 % interval, trial by trial with common random "
        "numbers; only measures in which the two differ.",
        _single(
            draw_estimates(
                rows,
                title=f"Differences at the end. {_listed(rows, _signed)}",
                axis="Difference (levels and shares of trials, from 0 to 1)",
                words=_signed,
                testid=f"differences-{number}",
            )
        ),
    )


def question_chart(run: Played) -> Figure | None:
    """How often the questions came true, with intervals."""
    if not run.summary.questions:
        return None
    rows = [
        Estimate(one.text, one.came_true.share, one.came_true.low, one.came_true.high)
        for one in run.summary.questions
    ]
    return Figure(
        "questions",
        "Questions of the scenario",
        "Share of trials in which each came true, with its 90 % interval, which is for the number "
        "of trials and not for the error of the model.",
        _single(
            draw_estimates(
                rows,
                title=f"How often each question came true. {_listed(rows, _per_cent)}",
                axis="Share of trials in which it came true",
                words=_per_cent,
                ends=(0.0, 1.0),
                testid="questions",
            )
        ),
    )


def influence_chart(findings: Findings) -> Figure | None:
    """The uncertain numbers on which cohesion at the end hangs most."""
    shown = findings.inputs[:MOST_INPUTS]
    if not shown:
        return None
    rows = [Estimate(one.name, one.correlation, one.low, one.high) for one in shown]
    return Figure(
        "inputs",
        "Assumptions that carry the result",
        "Spearman's rank correlation of each uncertain number with cohesion at the end, with its "
        "90 % interval; only those that pass a false discovery rate of 10 %.",
        _single(
            draw_estimates(
                rows,
                title=f"Rank correlations with cohesion at the end. {_listed(rows, _correlation)}",
                axis="Rank correlation with cohesion at the end",
                words=_correlation,
                bars=True,
                testid="inputs",
            )
        ),
    )


def _single(drawn: str) -> tuple[tuple[str, Drawing], ...]:
    return (("", Drawing(drawn)),)


def _listed(rows: Sequence[Estimate], words: Words) -> str:
    return "; ".join(f"{row.name}: {words(row.value)}" for row in rows)


def _per_cent(share: float) -> str:
    return f"{percent(share)} %"


def _signed(value: float) -> str:
    return f"{value:+.3f}" if value else "0"


def _correlation(value: float) -> str:
    return f"{value:+.2f}" if value else "0"

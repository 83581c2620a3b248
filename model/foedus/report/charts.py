"""Charts of the report: Vega-Lite for the screen, the same as SVG for print and without scripts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.vocabulary import STATUS_NAMES
from foedus.statistics.quantiles import histogram_quantiles
from foedus.studies.compare.measures import QUESTION, TITLES
from foedus.telling.cast import Cast
from foedus.telling.palette import BLUE, FAINT, INK, STATUS_COLOURS, VERMILLION
from foedus.telling.words import month_words

if TYPE_CHECKING:
    from foedus.report.gather import Contrast, Findings, Played
    from foedus.studies.compare.measures import Measure

WIDTH: Final = 760
"""Points; the page is wider by its margins only."""

FONT: Final = "DejaVu Sans, Verdana, sans-serif"

MOST_CARRIERS, MOST_DIFFERENCES = 12, 14

LETTERS: Final = 56
"""Letters of a line of a question."""

LINE_BREAK: Final = "|"


@dataclass(frozen=True)
class Chart:
    """A chart in both forms.

    Attributes:
        name: Unique in the page.
        title: What is to be seen.
        note: How to read it.
        alternative: What somebody who cannot see it must know.
        spec: Vega-Lite.
        svg: The same, drawn.
    """

    name: str
    title: str
    note: str
    alternative: str
    spec: dict[str, Any]
    svg: str


def finish(name: str, made: Any, title: str, note: str, alternative: str) -> Chart:
    """Make both forms of a chart."""
    import vl_convert  # noqa: PLC0415 - loads slowly

    styled = made.configure(
        font=FONT, background="white", padding={"left": 4, "right": 12, "top": 4, "bottom": 4}
    )
    styled = styled.configure_axis(
        labelFontSize=12,
        titleFontSize=12,
        labelColor=INK,
        titleColor=INK,
        titleFontWeight="normal",
        gridColor="#E6E6E6",
        domainColor=FAINT,
        tickColor=FAINT,
        labelLimit=460,
        labelOverlap=True,
        labelFlush=False,
    )
    styled = styled.configure_header(labelFontSize=12, labelColor=INK, labelFontWeight="bold")
    styled = styled.configure_legend(labelFontSize=12, titleFontSize=12, labelColor=INK)
    styled = styled.configure_view(stroke=None)
    spec = styled.to_dict()
    spec["description"] = alternative
    drawn = vl_convert.vegalite_to_svg(spec)
    return Chart(name, title, note, alternative, spec, drawn)


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair as alt  # noqa: PLC0415 - loads slowly

    return alt.InlineData(values=rows)


def measure_words(measure: Measure, run: Played, *, date: bool = True) -> str:
    """A measure for a reader, with members by their titles and questions by their texts."""
    when = f", {month_words(measure.date)}" if date else ""
    if measure.metric == QUESTION:
        texts = {one.id: one.text for one in run.summary.questions}
        return texts.get(str(measure.subject), str(measure.subject))
    title = TITLES[measure.metric]
    if measure.subject is not None:
        title = f"{title}, {Cast(run.ensemble).titles.get(measure.subject, measure.subject)}"
    return f"{title}{when}"


def fan_chart(runs: list[Played], name: str = "cohesion") -> Chart:
    """Cohesion month by month: median, middle half and middle nine tenths, a panel a run."""
    import altair as alt  # noqa: PLC0415

    rows = [row for run in runs for row in _fan_rows(run, name)]
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"))
    )
    low, high = min(row["q05"] for row in rows), max(row["q95"] for row in rows)
    ends = [max(0.0, math.floor(10.0 * low) / 10.0), min(1.0, math.ceil(10.0 * high) / 10.0)]
    scale = alt.Scale(domain=ends, nice=False)
    axis = "The axis does not begin at 0. " if ends[0] > 0.0 else ""
    tooltip = [
        alt.Tooltip("date:T", title="Month", format="%b %Y"),
        *(
            alt.Tooltip(f"{field}:Q", title=title, format=".2f")
            for field, title in (
                ("median", "Median"),
                ("q25", "Lower quarter"),
                ("q75", "Upper quarter"),
                ("q05", "Lowest twentieth"),
                ("q95", "Highest twentieth"),
            )
        ),
    ]
    wide = base.mark_area(color=BLUE, opacity=0.18).encode(
        y=alt.Y("q05:Q", scale=scale, title="Cohesion (0 to 1)"), y2="q95:Q"
    )
    narrow = base.mark_area(color=BLUE, opacity=0.35).encode(y="q25:Q", y2="q75:Q")
    line = base.mark_line(color=BLUE, strokeWidth=2.5).encode(y="median:Q")
    # Wide invisible points answer to a pointer that only comes near.
    touch = base.mark_point(opacity=0, size=160).encode(y="median:Q", tooltip=tooltip)
    layers = alt.layer(wide, narrow, line, touch)
    one = len(runs) == 1
    made: Any = layers.properties(width=WIDTH if one else 300, height=260 if one else 190)
    if not one:
        made = made.facet(
            facet=alt.Facet("run:N", title=None, sort=[run.label for run in runs]), columns=2
        )
    told = "; ".join(
        f"{run.label}: median {rows_of[-1]['median']:.2f} "
        f"(middle nine tenths {rows_of[-1]['q05']:.2f} to {rows_of[-1]['q95']:.2f})"
        for run in runs
        for rows_of in [_fan_rows(run, name)]
    )
    return finish(
        "cohesion",
        made,
        "Cohesion, month by month",
        "Line: median of the trials. Dark band: the middle half. Light band: the middle nine "
        f"tenths. {axis}The band is the spread of the trials, not the error of the model.",
        f"Fan chart of cohesion. At the end, {told}.",
    )


def _fan_rows(run: Played, name: str) -> list[dict[str, Any]]:
    ensemble = run.ensemble
    place = [(one.name, one.member) for one in ensemble.series].index((name, None))
    quantiles = histogram_quantiles(ensemble.histograms[:, place])
    fields = ("q05", "q25", "median", "q75", "q95")
    return [
        {"run": run.label, "date": f"{date}-01"}
        | {field: round(float(value), 4) for field, value in zip(fields, row, strict=True)}
        for date, row in zip(ensemble.dates, quantiles, strict=True)
    ]


def status_chart(runs: list[Played]) -> Chart:
    """Status of every member at the end, as shares of the trials."""
    import altair as alt  # noqa: PLC0415

    rows = []
    for run in runs:
        titles = Cast(run.ensemble).member_titles
        shares = run.ensemble.status_counts[-1] / run.ensemble.trials
        for title, share in zip(titles, shares, strict=True):
            rows += [
                {"run": run.label, "member": title, "status": status, "share": round(float(x), 5)}
                for status, x in zip(STATUS_NAMES, share, strict=True)
            ]
    order = list(STATUS_COLOURS)
    one = len(runs) == 1
    bars = (
        alt.Chart(_data(rows))
        .mark_bar()
        .transform_calculate(order=f"indexof({order}, datum.status)")
        .encode(
            y=alt.Y("member:N", title=None, sort=None),
            x=alt.X(
                "share:Q",
                title="Share of trials",
                axis=alt.Axis(format="%", tickCount=5),
                stack="zero",
            ),
            color=alt.Color(
                "status:N",
                title=None,
                scale=alt.Scale(domain=order, range=list(STATUS_COLOURS.values())),
                legend=alt.Legend(orient="top"),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("member:N", title="Member"),
                alt.Tooltip("status:N", title="Status"),
                alt.Tooltip("share:Q", title="Share of trials", format=".1%"),
            ],
        )
        .properties(width=WIDTH - 100 if one else 230, height=alt.Step(26 if one else 20))
    )
    made: Any = bars
    if not one:
        made = bars.facet(
            facet=alt.Facet("run:N", title=None, sort=[run.label for run in runs]), columns=2
        )
    return finish(
        "status",
        made,
        "Where the members stand at the end",
        "Share of trials in which a member is active, frozen or out in the last month.",
        "Stacked bars of the members' status at the end; the table of members has the numbers.",
    )


def difference_chart(contrast: Contrast, number: int, run: Played) -> Chart | None:
    """The clearest differences from another scenario, with their intervals."""
    import altair as alt  # noqa: PLC0415

    last = max(one.measure.month for one in contrast.differences)
    clear = [
        one
        for one in contrast.differences
        if one.verdict in {"lower", "higher"}
        and one.measure.month == last
        and one.measure.kind != "count"
    ]
    if not clear:
        return None
    clear.sort(key=lambda one: -abs(one.mean))
    rows = [
        {
            "measure": measure_words(one.measure, run, date=False),
            "mean": round(one.mean, 5),
            "low": round(one.low, 5),
            "high": round(one.high, 5),
            "kind": "share of trials" if one.measure.kind == "event" else "level",
        }
        for one in clear[:MOST_DIFFERENCES]
    ]
    base = alt.Chart(_data(rows)).encode(y=alt.Y("measure:N", title=None, sort=None))
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(color=FAINT).encode(x="zero:Q")
    colour = alt.condition("datum.mean < 0", alt.value(VERMILLION), alt.value(BLUE))
    x = alt.X(
        "low:Q",
        title="Difference (levels and shares of trials, from 0 to 1)",
        axis=alt.Axis(tickCount=6),
    )
    lines = base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q", color=colour)
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x="mean:Q",
        color=colour,
        tooltip=[
            alt.Tooltip("measure:N", title="Measure"),
            alt.Tooltip("mean:Q", title="Difference", format="+.3f"),
            alt.Tooltip("low:Q", title="Interval from", format="+.3f"),
            alt.Tooltip("high:Q", title="to", format="+.3f"),
            alt.Tooltip("kind:N", title="Kind"),
        ],
    )
    made = alt.layer(zero, lines, points).properties(width=WIDTH - 260, height=alt.Step(24))
    first = rows[0]
    return finish(
        f"differences-{number}",
        made,
        f"What «{contrast.other}» changes against «{contrast.base}»",
        "Mean difference at the end with its 90 % interval, trial by trial under the same luck; "
        "only measures that pass a false discovery rate of 10 % over all that are compared.",
        f"Forest plot. The largest: {first['measure']} {first['mean']:+.3f} "
        f"({first['low']:+.3f} to {first['high']:+.3f}).",
    )


def question_chart(run: Played) -> Chart | None:
    """How often the questions came true, with intervals."""
    import altair as alt  # noqa: PLC0415

    if not run.summary.questions:
        return None
    rows = [
        {
            "question": LINE_BREAK.join(wrap(one.text, LETTERS)),
            "share": round(one.came_true.share, 5),
            "low": round(one.came_true.low, 5),
            "high": round(one.came_true.high, 5),
        }
        for one in run.summary.questions
    ]
    most = max(str(row["question"]).count(LINE_BREAK) + 1 for row in rows)
    # A text of several lines is a list to Vega.
    lines_of = alt.Axis(labelExpr=f"split(datum.value, '{LINE_BREAK}')", labelLimit=0)
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("question:N", title=None, sort=None, axis=lines_of)
    )
    x = alt.X(
        "low:Q",
        title="Share of trials in which it came true",
        axis=alt.Axis(format="%", tickCount=5),
        scale=alt.Scale(domain=[0, 1]),
    )
    lines = base.mark_rule(strokeWidth=3, color=BLUE).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1, color=BLUE).encode(
        x="share:Q",
        tooltip=[
            alt.Tooltip("question:N", title="Question"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("low:Q", title="Interval from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
        ],
    )
    made = alt.layer(lines, points).properties(width=WIDTH - 440, height=alt.Step(8 + 14 * most))
    return finish(
        "questions",
        made,
        "Questions of the scenario",
        "Share of trials in which each came true, with its 90 % interval, which is for the number "
        "of trials and not for the error of the model.",
        "Dot plot of the questions; the table of questions has the numbers.",
    )


def carrier_chart(findings: Findings) -> Chart | None:
    """The uncertain numbers on which cohesion at the end hangs most."""
    import altair as alt  # noqa: PLC0415

    shown = findings.carriers[:MOST_CARRIERS]
    if not shown:
        return None
    rows = [
        {
            "name": one.name,
            "correlation": round(one.correlation, 4),
            "low": round(one.low, 4),
            "high": round(one.high, 4),
        }
        for one in shown
    ]
    base = alt.Chart(_data(rows)).encode(y=alt.Y("name:N", title=None, sort=None))
    colour = alt.condition("datum.correlation < 0", alt.value(VERMILLION), alt.value(BLUE))
    x = alt.X(
        "correlation:Q",
        title="Rank correlation with cohesion at the end",
        axis=alt.Axis(tickCount=6),
    )
    bars = base.mark_bar(height=14).encode(
        x=x,
        color=colour,
        tooltip=[
            alt.Tooltip("name:N", title="Assumption"),
            alt.Tooltip("correlation:Q", title="Rank correlation", format="+.2f"),
            alt.Tooltip("low:Q", title="Interval from", format="+.2f"),
            alt.Tooltip("high:Q", title="to", format="+.2f"),
        ],
    )
    lines = base.mark_rule(color=INK, strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    made = alt.layer(bars, lines).properties(width=WIDTH - 220, height=alt.Step(24))
    return finish(
        "carriers",
        made,
        "Assumptions that carry the result",
        "Spearman's rank correlation of each uncertain number with cohesion at the end, with its "
        "90 % interval; only those that pass a false discovery rate of 10 %.",
        f"Bars. The strongest: {shown[0].name} {shown[0].correlation:+.2f}.",
    )

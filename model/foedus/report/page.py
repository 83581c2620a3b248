"""The page: everything that was found, laid out by the template into one file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.report import charts
from foedus.report.answer import answer
from foedus.report.sources import sourced
from foedus.report.validated import validation
from foedus.report.verbal import scale, word_for
from foedus.runs.provenance import code_revision, sha256, versions
from foedus.studies.explain.sentences import term_words
from foedus.studies.indicators import FALL, WINDOW
from foedus.telling.difference import at_the_end, clear_ones
from foedus.telling.headlines import member_notes
from foedus.telling.numbers import UNITS, level_range, share, trials, value, variance_share
from foedus.telling.terminal import request_cells
from foedus.telling.words import (
    ANSWER_TITLES,
    CHANNEL_TITLES,
    THREAT_KIND_TITLES,
    month_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foedus.report.charts import Chart
    from foedus.report.gather import Contrast, Findings, Played
    from foedus.studies.indicators import EarlyWarning

TEMPLATES: Final = Path(__file__).with_name("templates")

MOST_INPUTS: Final = 12
MOST_DIFFERENCES: Final = 15

KINDS: Final = {
    "freeze": "freezes",
    "notice": "announces its exit",
    "renewal": "lets a renewal pass",
}
EVENTS: Final = {
    "freeze": "A member freezes",
    "exit": "A member leaves",
    "fall": f"Cohesion falls by {FALL:.2f} or more within a year",
}


def write_report(
    runs: list[Played],
    findings: Findings,
    contrasts: list[Contrast],
    unpaired: list[str],
    path: Path,
    command: str,
) -> None:
    """Write the report.

    Args:
        runs: The run, or several of which the first is the base.
        findings: What was worked out for the first.
        contrasts: Against the baseline for one run, else each other run against the first.
        unpaired: Why other runs cannot be held against the first.
        path: The file; replaced in one go if it exists.
        command: The command line that makes the same report again.

    Raises:
        FoedusError: The file cannot be written.
    """
    text = render(runs, findings, contrasts, unpaired, command)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise FoedusError(f"{path}: cannot be written: {error.strerror}") from None


def render(
    runs: list[Played],
    findings: Findings,
    contrasts: list[Contrast],
    unpaired: list[str],
    command: str,
) -> str:
    """The text of the page."""
    import jinja2  # noqa: PLC0415 - loads slowly

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = _whole
    first = runs[0]
    known = validation(first.setup.case)
    content: dict[str, Any] = {
        "title": _title(runs),
        "several": len(runs) > 1,
        "subtitle": _subtitle(first),
        "sentences": answer(first, findings, contrasts, known.clause),
        "scale": {
            "source": scale().source,
            "open": scale().open,
            "words": sorted(scale().words, key=lambda word: (word.low + word.high, word.low)),
        },
        "charts": _charts(runs, findings, contrasts),
        "contrasts": [_contrast_rows(one) for one in contrasts],
        "unpaired": unpaired,
        "members": [{"label": run.label, "rows": _member_rows(run)} for run in runs],
        "notes": member_notes(first.summary),
        "leavings": _leaving_rows(findings, first),
        "explained": findings.explained,
        "answers": list(ANSWER_TITLES.values()),
        "requests": _request_rows(first),
        "questions": _question_rows(first),
        "inputs": sourced(findings.inputs[:MOST_INPUTS], first.setup),
        "input_count": len(findings.inputs),
        "evidence_set": first.ensemble.evidence_set,
        "numbers": len(first.ensemble.quantity_names),
        "epistemic": variance_share(first.summary.epistemic),
        "warnings": [_warning_row(one) for one in findings.warnings],
        "window": WINDOW,
        "validation": known,
        "narrative": first.setup.scenario.scenario.narrative,
        "runs": [_provenance(run) for run in runs],
        "command": command,
        "revision": _revision(),
        "versions": versions(),
    }
    return environment.get_template("report.html.j2").render(content)


def _whole(text: str) -> str:
    """A text in which a per cent sign stays with its number."""
    return text.replace(" %", "\u00a0%")


def _title(runs: list[Played]) -> str:
    if len(runs) == 1:
        return runs[0].label
    return f"{len(runs)} scenarios side by side"


def _subtitle(run: Played) -> str:
    summary = run.summary
    return (
        f"{summary.alliance_title}, {month_words(summary.dates[0])} to "
        f"{month_words(summary.dates[-1])}. {trials(summary.trials)}, seed {summary.seed}, "
        f"parameter set {summary.evidence_set}."
    )


def _charts(runs: list[Played], findings: Findings, contrasts: list[Contrast]) -> dict[str, Chart]:
    made: Iterable[Chart | None] = (
        charts.fan_chart(runs),
        charts.status_chart(runs),
        *(charts.difference_chart(one, n) for n, one in enumerate(contrasts)),
        charts.question_chart(runs[0]),
        charts.influence_chart(findings),
    )
    return {one.name: one for one in made if one is not None}


def _contrast_rows(contrast: Contrast) -> dict[str, Any]:
    """Cohesion at the end, and what differs in the alliance and its members, the largest first."""
    cohesion = at_the_end(contrast.differences, "cohesion")
    clear = clear_ones(contrast.differences)
    shown = [cohesion, *(one for one in clear if one is not cohesion)][:MOST_DIFFERENCES]
    return {
        "base": contrast.base,
        "other": contrast.other,
        "sentence": cohesion.sentence(),
        "compared": len(contrast.differences),
        "differing": sum(one.clear for one in contrast.differences),
        "rows": [
            {
                "measure": one.measure.words,
                "base": value(one.base, one.measure.kind),
                "other": value(one.other, one.measure.kind),
                "difference": f"{one.range}{UNITS[one.measure.kind].name}",
                "verdict": one.words,
            }
            for one in shown
        ],
    }


def _member_rows(run: Played) -> list[dict[str, str]]:
    return [
        {
            "member": one.title,
            "start": one.start_status,
            "freezes": "-" if one.freezes is None else share(one.freezes),
            "leaves": "-" if one.leaves is None else share(one.leaves),
            "word": "-" if one.leaves is None else word_for(one.leaves),
            "active": share(one.end_status["active"]),
            "participation": level_range(one.participation_end),
        }
        for one in run.summary.members
    ]


def _leaving_rows(findings: Findings, run: Played) -> list[dict[str, Any]]:
    titles = {
        code: one.title for code, one in zip(run.ensemble.members, run.summary.members, strict=True)
    }
    return [
        {
            "member": titles[one.member],
            "kind": KINDS[one.kind],
            "count": one.count,
            "moved": f"{round(one.moved, 1) + 0.0:+.1f}",
            "terms": term_words(one.terms[:3]),
            "luck": one.luck,
            "chance": f"{100.0 * one.chance:.2g} %",
            "example": one.example,
            "trial": one.trial,
        }
        for one in findings.leavings
    ]


def _request_rows(run: Played) -> list[list[str]]:
    return [
        [
            THREAT_KIND_TITLES[row.kind],
            CHANNEL_TITLES[row.channel],
            *request_cells(row),
        ]
        for row in run.summary.requests
    ]


def _question_rows(run: Played) -> list[dict[str, str]]:
    return [
        {
            "text": one.text,
            "share": share(one.came_true),
            "word": word_for(one.came_true),
            "epistemic": variance_share(one.epistemic),
        }
        for one in run.summary.questions
    ]


def _warning_row(one: EarlyWarning) -> dict[str, Any]:
    window = f"{one.lead + 1} to {one.lead + WINDOW}"
    row: dict[str, Any] = {
        "event": EVENTS[one.event],
        "window": window,
        "base": f"{100.0 * one.base:.2g} %" if math.isfinite(one.base) else "-",
        "events": one.events,
        "better": one.better_than_chance,
        "sign": "",
    }
    if one.sign is None:
        return row
    digits = 3 if abs(one.threshold) < 0.1 else 2
    return row | {
        "sign": f"{one.sign.words} {one.threshold:.{digits}f}"
        if one.threshold
        else one.sign.words + " 0",
        "hits": share(one.hits),
        "alarms": share(one.false_alarms),
        "precision": f"{100.0 * one.precision:.2g} %" if one.precision > 0.0 else "0 %",
    }


def _provenance(run: Played) -> dict[str, Any]:
    manifest = run.manifest
    kept = manifest.run
    return {
        "label": run.label,
        "folder": run.folder.name,
        "created": manifest.created.isoformat(timespec="seconds"),
        "seed": kept.seed,
        "trials": f"{kept.trials:,}",
        "rested": f"{run.ensemble.trials:,}",
        "all": kept.trials == run.ensemble.trials,
        "digest": manifest.digest,
        "scenario_digest": kept.scenario_digest,
        "quantities_digest": kept.quantities_digest,
        "manifest_digest": sha256((run.folder / "manifest.json").read_bytes()),
        "foedus": kept.foedus,
    }


def _revision() -> str:
    found = code_revision()
    if "git" not in found:
        return f"package {found['package']}"
    changed = ", with changes that are in no revision" if found["dirty"] else ""
    return f"{found['git']}{changed}"

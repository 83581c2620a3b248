"""`foedus score`: score forecasts of the true future once their questions are resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "score",
        score,
        summary="score stored forecasts against what happened",
        description="Read how questions were resolved (a YAML list of id, outcome: yes, no or "
        "void, date and source) and score the forecasts that were stored for them, beside even "
        "odds and the status quo.",
    )
    parser.add_argument("questions", metavar="QUESTIONS", type=words.folder, help="a YAML file")
    parser.add_argument("resolutions", metavar="RESOLUTIONS", type=words.folder, help="a YAML file")


def score(options: argparse.Namespace) -> None:
    """Print the scores."""
    from rich.table import Table

    from foedus.statistics.scores import LEVEL, check_extra
    from foedus.telling.console import console_of
    from foedus.validation.forecasts.resolutions import score as scored

    check_extra()
    report = scored(options.questions, options.resolutions)
    console = console_of(soft_wrap=True)
    table = Table(box=None, pad_edge=False, header_style="")
    for head in ("Question", "Forecast", "Outcome", "Brier", "Bits"):
        table.add_column(head, justify="left" if head in {"Question", "Outcome"} else "right")
    for each in report.scored:
        table.add_row(
            each.question.id,
            f"{100 * each.probability:.1f} %",
            each.resolution.outcome,
            f"{each.brier:.3f}",
            f"{each.bits:.2f}",
        )
    console.print(table)
    console.print()
    for name, (brier, bits) in report.means.items():
        console.print(f"Mean of {name}: Brier {brier:.3f}, {bits:.2f} bits (less is better)")
    for name, gain in report.gains.items():
        console.print(
            f"Brier of {name} less that of foedus: {gain.mean:.3f} ({gain.low:.3f} to "
            f"{gain.high:.3f} in {100 * LEVEL:.0f} % of resamples of questions)"
        )
    counts = f"{len(report.scored)} resolved, {len(report.open)} open, {len(report.void)} void"
    console.print(f"Questions: {counts}. Few questions say little.")

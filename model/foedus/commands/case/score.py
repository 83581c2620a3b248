"""`foedus score`: score forecasts of the true future once their questions are resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import kinds
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
    parser.add_argument("questions", metavar="QUESTIONS", type=kinds.folder, help="a YAML file")
    parser.add_argument("resolutions", metavar="RESOLUTIONS", type=kinds.folder, help="a YAML file")


def score(options: argparse.Namespace) -> None:
    """Print the scores."""
    from foedus.statistics.scores import check_extra
    from foedus.validation.forecasts.resolutions import score as scored
    from foedus.validation.text import print_scores

    check_extra()
    print_scores(scored(options.questions, options.resolutions))

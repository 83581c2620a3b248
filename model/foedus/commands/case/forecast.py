"""`foedus forecast`: forecast questions about the true future, once and for all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from foedus.commands.shared import kinds
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

TRIALS: Final = 4000


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "forecast",
        forecast,
        summary="forecast a set of questions about the true future, dated and hashed",
        description="Play the scenarios of the mixture, note how often the event of each "
        "question comes true, and store the mixed frequencies beside the questions. Forecasts that "
        "exist are never overwritten.",
    )
    parser.add_argument("questions", metavar="QUESTIONS", type=kinds.folder, help="a YAML file")
    parser.add_argument(
        "--trials",
        type=kinds.whole,
        default=TRIALS,
        metavar="N",
        help="trials of every scenario (%(default)s)",
    )
    words.add_seed(parser)
    words.add_parameters(parser)
    words.add_case(parser)


def forecast(options: argparse.Namespace) -> None:
    """Issue and store the forecasts, print them."""
    from foedus import cases
    from foedus.telling.program import say
    from foedus.validation.forecasts import questions
    from foedus.validation.text import forecasts_text

    issued, place = questions.forecast(
        cases.load(options.case),
        options.questions,
        parameters=options.parameters,
        trials=options.trials,
        seed=options.seed,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        progress=lambda name: say(f"playing {name} ..."),
    )
    print(forecasts_text(questions.load(options.questions), issued))
    print(f"Stored: {place}")

"""`foedus forecast`: forecast questions about the true future, once and for all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import say

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
    parser.add_argument("questions", metavar="QUESTIONS", type=words.folder, help="a YAML file")
    parser.add_argument(
        "--trials",
        type=words.whole,
        default=TRIALS,
        metavar="N",
        help="trials of every scenario (%(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=words.whole,
        default=words.USUAL_SEED,
        metavar="S",
        help="seed of all chance (%(default)s)",
    )
    words.add_parameters(parser)
    words.add_case(parser)


def forecast(options: argparse.Namespace) -> None:
    """Issue and store the forecasts, print them."""
    from foedus import cases
    from foedus.errors import FoedusError
    from foedus.simulation.ensemble import check_size
    from foedus.validation.forecasts import questions

    case = cases.load(options.case)
    check_size(options.trials, options.seed)
    target = questions.forecasts_path(options.questions)
    if target.exists():
        raise FoedusError(f"{target}: these questions have been forecast already")
    asked = {each.id: each for each in questions.load(options.questions)}
    content = questions.issue(
        case,
        options.questions,
        parameters=options.parameters,
        trials=options.trials,
        seed=options.seed,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        progress=lambda name: say(f"playing {name} ..."),
    )
    for each in content["forecasts"]:
        print(f"{100 * each['probability']:5.1f} %  {asked[each['id']].text}")
    print(f"\nScenario frequencies mixed as {content['mixture']}, not certainties.")
    print(f"Stored: {questions.write(options.questions, content)}")

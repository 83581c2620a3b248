"""`foedus explain`: why one trial went as it did."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import kinds
from foedus.commands.shared import options as words
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    from foedus.parameters.names import PARAMETER_SETS, USUAL_SET

    parser = words.add_command(
        commands,
        "explain",
        explain_trial,
        summary="explain the decisions of one trial: reasons, and what would have changed them",
        description="Every request, vote, answer and step of membership of one trial, with the "
        "contribution of each reason, the chance, the luck drawn, and the smallest change of one "
        "state that would have flipped it.",
    )
    parser.add_argument(
        "run", metavar="RUN", help="a run folder, or a scenario file or bundled scenario"
    )
    parser.add_argument(
        "--trial",
        type=kinds.whole,
        default=0,
        metavar="N",
        help="number of the trial (%(default)s)",
    )
    parser.add_argument(
        "--member", metavar="CODE", help="only decisions by or about this member, such as ABC"
    )
    parser.add_argument(
        "--decision", type=kinds.whole, metavar="K", help="one decision in full, by its number"
    )
    parser.add_argument(
        "--all", action="store_true", help="acts of membership and votes at the UN, too"
    )
    parser.add_argument(
        "--figure",
        type=Path,
        nargs="?",
        const=Path(),
        metavar="FILE",
        help="with --decision: draw its reasons, as .png or .svg",
    )
    parser.add_argument(
        "--seed", type=kinds.whole, metavar="S", help="seed, for a scenario (1); a run has its own"
    )
    parser.add_argument(
        "--parameters",
        type=kinds.parameter_set,
        metavar="SET",
        help="where the parameters come from, for a scenario: "
        f"{', '.join(PARAMETER_SETS)} ({USUAL_SET}); a run has its own",
    )
    parser.add_argument(
        "--case",
        metavar="CASE",
        help="the case of a scenario; or the folder of a run's case, if that has been moved",
    )


def explain_trial(options: argparse.Namespace) -> None:
    """Explain a trial, or one decision of it."""
    from foedus.runs.recall import check_as_played, recall
    from foedus.studies.explain.study import check_trial, explain, member_of
    from foedus.studies.explain.text import decision_text, trial_text
    from foedus.telling.program import say

    if options.figure is not None and options.decision is None:
        raise FoedusError("--figure: expected --decision K with it, for a decision has a figure")
    recalled = recall(options.run, options.seed, options.parameters, options.case)
    check_trial(options.trial, recalled.trials)
    member = member_of(recalled.setup, options.member)
    how = {"trial": options.trial, "changes": options.decision is None}
    found = explain(recalled.setup, seed=recalled.seed, **how)
    check_as_played(recalled, found.trial, found.cohesion_end)
    if options.decision is None:
        asked = shlex.join([options.run, *(["--case", options.case] if options.case else [])])
        print(trial_text(found, asked, member=member, minor=options.all))
        return
    decision = found.decision(options.decision)
    print(decision_text(decision, found, recalled.setup))
    if options.figure is not None:
        from foedus.figures.studies.reasons import save_reasons

        say(f"drew {save_reasons(decision, found, options.figure)}")

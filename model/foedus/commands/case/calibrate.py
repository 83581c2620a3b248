"""`foedus calibrate`: learn parameters from the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import kinds, outputs
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "calibrate",
        calibrate,
        summary="learn the parameters from the dated record",
        description="Screen the parameters for those that the record can move, and draw these from "
        "their posterior: once given the record up to a month that the case names, once given all "
        "of it. An interrupted calibration goes on where it stopped and ends with the same files.",
    )
    parser.add_argument(
        "--only",
        metavar="POSTERIOR",
        help="make this posterior alone (both)",
    )
    words.add_case(parser)
    parser.add_argument(
        "--reduced",
        action="store_true",
        help="so little work that it only shows that everything works",
    )
    parser.add_argument(
        "--self-check",
        type=kinds.whole,
        metavar="N",
        help="instead: play N synthetic records and see whether the inference finds what made them",
    )
    parser.add_argument(
        "--out",
        type=kinds.folder,
        metavar="DIR",
        help="folder of the posteriors (that of the case)",
    )
    outputs.add_threads(parser)


def calibrate(options: argparse.Namespace) -> None:
    """Fit the posteriors, write them, say how well the walks went; or check the inference."""
    from foedus import cases
    from foedus.figures.validation.learning import draw_all_learning
    from foedus.inference import whole
    from foedus.runs.engines import check_threads
    from foedus.runs.study import check_writable

    check_threads(options.threads)
    case = cases.load(options.case)
    out = options.out or case.path("posterior")
    names = whole.chosen(case, options.only)
    check_writable(out)
    how = {"reduced": options.reduced, "threads": options.threads}
    if options.self_check is not None:
        print(whole.check_itself(case, out, replicates=options.self_check, **how))
        return
    for name in names:
        print(whole.fit(case, name, out, **how))
    draw_all_learning(case, out)

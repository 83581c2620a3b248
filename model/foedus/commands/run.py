"""`foedus run`: play a scenario many times, write the run, print the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands import options as words
from foedus.commands.playing import play, program, say

if TYPE_CHECKING:
    import argparse

    from foedus.commands.options import Commands
    from foedus.engines.outcome import Ensemble
    from foedus.results.summary import Comparison


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "run",
        run,
        summary="play a scenario many times and write what came out",
        description="Play a scenario many times and write a run folder with tables and figures.",
    )
    words.add_scenario(parser)
    words.add_chance(parser)
    words.add_out(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
    words.add_evidence_set(parser)
    words.add_threads(parser)


def run(options: argparse.Namespace) -> None:
    """Play a scenario, write the run, print the answer."""
    from foedus.engines.ensemble import SAMPLE, check_size
    from foedus.engines.loading import load_setup
    from foedus.results.run_folder import check_writable, write_run
    from foedus.results.summary import summarize
    from foedus.results.terminal import print_report

    check_size(options.trials, options.seed)
    words.check_threads(options.threads)
    setup = load_setup(options.scenario, options.evidence)
    check_writable(options.out)
    ensemble = play(setup, options, sample=SAMPLE)
    summary = summarize(ensemble, _against_parent(ensemble, options))
    draw = None
    if not options.no_figures:
        say("drawing the figures ...")
        from foedus.figures import draw_all

        draw = draw_all
    written = write_run(ensemble, options.out, summary=summary, draw=draw)
    print_report(summary, written, _next_step(options.scenario))


def _against_parent(ensemble: Ensemble, options: argparse.Namespace) -> Comparison | None:
    """The scenario against the one that it extends, with the same luck, if they can be paired."""
    from foedus.analysis.paired import against_parent
    from foedus.engines.loading import load_setup
    from foedus.scenarios.resolve import parent_of

    path = parent_of(options.scenario)
    if path is None:
        return None
    parent = play(load_setup(str(path), options.evidence), options, sample=0)
    return against_parent(ensemble, parent)


def _next_step(scenario: str) -> str:
    """The command that shows where a scenario's numbers come from."""
    from foedus.scenarios.resolve import bundled_name

    name = bundled_name(scenario)
    return f"{program()} evidence" if name is None else f"{program()} evidence {name}"

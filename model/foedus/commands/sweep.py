"""`foedus sweep`: play the design of a scenario file, point by point."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import Steps, compile_first, say
from foedus.commands.shared.resuming import nothing_left, pieces_there, refused
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from foedus.commands.shared.options import Commands
    from foedus.runs.unfinished import Unfinished
    from foedus.studies.sweep.design import Plan
    from foedus.studies.sweep.points import Layout
    from foedus.studies.sweep.study import Sweep
    from foedus.telling.difference import Measure


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "sweep",
        sweep,
        summary="vary factors of a scenario over a grid, a list or a design",
        description="Play the points of the section `sweep:` of a scenario file, each with as many "
        "trials and common random numbers, and write one tidy table and figures. A point that "
        "fails is recorded, and the rest goes on. An interrupted sweep goes on with --resume.",
    )
    parser.add_argument("scenario", metavar="FILE", nargs="?", help="a scenario with `sweep:`")
    parser.add_argument("--trials", type=words.whole, metavar="N", help="trials a point")
    parser.add_argument(
        "--seed",
        type=words.whole,
        default=words.USUAL_SEED,
        metavar="S",
        help="seed of all chance, the same at every point (%(default)s)",
    )
    parser.add_argument(
        "--metric", default="cohesion", metavar="NAME", help="what figures show (%(default)s)"
    )
    parser.add_argument(
        "--threshold", type=float, metavar="X", help="value of the metric to mark in heat maps"
    )
    parser.add_argument(
        "--resume",
        type=words.folder,
        metavar="FOLDER",
        help="go on with an interrupted sweep, with its options",
    )
    words.add_out(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
    words.add_parameters(parser)
    words.add_threads(parser)


def sweep(options: argparse.Namespace) -> None:
    """Play, gather, write, print."""
    from dataclasses import asdict
    from datetime import datetime

    from foedus.runs.provenance import identity_of, provenance_of
    from foedus.runs.run_folder import about_run, now_utc
    from foedus.runs.unfinished import Unfinished
    from foedus.studies.folders import folder_name

    words.check_threads(options.threads)
    if (options.scenario is None) == (options.resume is None):
        raise FoedusError("sweep: expected a scenario file, or --resume FOLDER")
    if options.resume is not None:
        with Unfinished.open(options.resume, "sweep") as work:
            if nothing_left(work):
                return
            with refused(work):
                _take_up(work, options)
            with _as_asked_for(work, options) as (layout, plan):
                work.expected = _pieces(plan, options)
                done = len(work.finished().keys() & set(work.expected))
                say(pieces_there(work, done))
                _go_on(work, layout, plan, _measure(layout, options), options)
        return
    layout, plan = _lay_out(options)
    measure = _measure(layout, options)
    origin = provenance_of(layout.base, options.trials, options.seed)
    state = {
        **about_run(origin, identity_of(layout.base), now_utc()),
        "kind": "sweep",
        "scenario": options.scenario,
        "parameters": options.parameters,
        "trials": options.trials,
        "seed": options.seed,
        "metric": options.metric,
        "threshold": options.threshold,
        "no_figures": options.no_figures,
        "design": _digest(layout, plan, options),
        "resolved": layout.base.scenario.to_yaml(),
        "plan": asdict(plan),
    }
    made = datetime.fromisoformat(state["created"])
    name = folder_name("sweep", origin.scenario, state["design"], made)
    with Unfinished.begin(options.out, name, state) as work:
        _go_on(work, layout, plan, measure, options)


def _take_up(work: Unfinished, options: argparse.Namespace) -> None:
    """The options of the sweep that was interrupted.

    Raises:
        FoedusError: The code has changed since, so that other pieces would not fit.
    """
    from foedus.runs.chunked_run import refuse_changes
    from foedus.runs.provenance import identity_of
    from foedus.runs.records import SweepState, read

    state = read(SweepState, work.content, f"{work.path}/state.json")
    for name in ("scenario", "parameters", "trials", "seed", "metric", "threshold", "no_figures"):
        setattr(options, name, getattr(state, name))
    refuse_changes(work.path, identity_of().code_changes(state.identity))


@contextmanager
def _as_asked_for(work: Unfinished, options: argparse.Namespace) -> Iterator[tuple[Layout, Plan]]:
    """The points of an interrupted sweep: from its file, or from its state if that has changed.

    Raises:
        FoedusError: What the scenario rests on has changed, too, so that finished pieces would not
            fit.
    """
    from functools import partial
    from tempfile import TemporaryDirectory

    from foedus.simulation.loading import load_setup
    from foedus.studies.sweep.design import Plan
    from foedus.studies.sweep.points import Layout

    try:
        layout, plan = _lay_out(options)
        unchanged = work.state["design"] == _digest(layout, plan, options)
    except FoedusError:
        unchanged = False
    if unchanged:
        yield layout, plan
        return
    with TemporaryDirectory(prefix="foedus-") as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(work.state["resolved"], encoding="utf-8")
        kept = work.state["plan"]
        plan = Plan(kept["design"], tuple(kept["factors"]), tuple(kept["points"]))
        layout = Layout(partial(load_setup, str(path), options.parameters), plan.points)
        if work.state["design"] != _digest(layout, plan, options):
            work.release()
            raise FoedusError(
                f"{work.path}: the alliance or the parameters have changed since it was begun; "
                "finished pieces would not fit, so begin anew"
            )
        say(f"{options.scenario} has changed since; going on with the scenario as it was")
        yield layout, plan


def _lay_out(options: argparse.Namespace) -> tuple[Layout, Plan]:
    """The points, and how to lay them out; what is wrong with them is said before any is played."""
    from functools import partial

    from foedus.scenarios.loading import with_settings
    from foedus.scenarios.resolve import path_of
    from foedus.simulation.ensemble import check_size
    from foedus.simulation.loading import load_setup
    from foedus.studies.sweep.design import plan_of
    from foedus.studies.sweep.points import Layout

    path = path_of(options.scenario)
    options.scenario = str(path.resolve()) if path.exists() else options.scenario
    resolved = with_settings(options.scenario)
    entry = resolved.scenario.sweep
    if entry is None:
        raise FoedusError(f"{path}: has no section «sweep:»; see scenarios/README.md")
    options.trials = entry.trials if options.trials is None else options.trials
    check_size(options.trials, options.seed)
    plan = plan_of(entry, resolved, path.parent)
    load = partial(load_setup, options.scenario, options.parameters)
    return Layout(load, plan.points), plan


def _digest(layout: Layout, plan: Plan, options: argparse.Namespace) -> str:
    """SHA-256 of all that decides the results."""
    import json

    from foedus.runs.provenance import identity_of, provenance_of, sha256

    origin = provenance_of(layout.base, options.trials, options.seed)
    content = [origin.digest, identity_of(layout.base).digest, plan.design, list(plan.points)]
    return sha256(json.dumps(content, sort_keys=True).encode())


def _go_on(
    work: Unfinished, layout: Layout, plan: Plan, measure: Measure, options: argparse.Namespace
) -> None:
    """Play what is missing, put the folder in its place and print the answer."""
    from foedus.studies.sweep.study import play_sweep
    from foedus.studies.sweep.text import print_sweep

    told = Steps("points", len(plan.points))
    work.expected = _pieces(plan, options)
    found = play_sweep(
        layout,
        plan,
        work,
        trials=options.trials,
        seed=options.seed,
        threads=options.threads,
        progress=told,
    )
    told.end()
    created = work.state["created"]
    place = work.finish(lambda folder: _fill(folder, found, layout, measure, options, created))
    print_sweep(found, layout.base.scenario.title, measure, place)


def _pieces(plan: Plan, options: argparse.Namespace) -> list[str]:
    """Names of all pieces of a sweep."""
    from foedus.studies.sweep.study import piece_name, pieces_of

    return [piece_name(first) for first, _ in pieces_of(len(plan.points), options.trials)]


def _measure(layout: Layout, options: argparse.Namespace) -> Measure:
    """What figures and text show; found before anything long is played."""
    from foedus.studies.compare.contrasts import find_measure
    from foedus.studies.sweep.study import play_point

    compile_first()
    return find_measure(options.metric, play_point(layout.base, 2, options.seed))


def _fill(
    folder: Path,
    found: Sweep,
    layout: Layout,
    measure: Measure,
    options: argparse.Namespace,
    created: str,
) -> str | None:
    from foedus.runs.provenance import provenance_of
    from foedus.studies.folders import fill_folder
    from foedus.studies.sweep.tables import points_table, results_table
    from foedus.studies.sweep.text import sweep_text

    origin = provenance_of(layout.base, found.trials, found.seed)
    draw = None
    if not options.no_figures:
        say("drawing the figures ...")
        from foedus.figures.studies.sweep import draw_sweep

        def draw(place: Path) -> None:
            draw_sweep(found, layout.base.scenario, measure, options.threshold, origin, place)

    return fill_folder(
        folder,
        "sweep",
        origin,
        scenarios=[layout.base.scenario],
        tables={"results": results_table(found), "points": points_table(found)},
        text=sweep_text(found, layout.base.scenario.title, measure),
        draw=draw,
        about={
            "created": created,
            "design": found.plan.design,
            "factors": list(found.plan.factors),
            "points": len(found.plan.points),
            "failed": len(found.errors),
        },
        resumable=True,
    )

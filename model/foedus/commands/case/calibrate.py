"""`foedus calibrate`: learn parameters from the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import say
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from foedus.cases import Case
    from foedus.commands.shared.options import Commands
    from foedus.inference.sampling import Chain


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
        type=words.whole,
        metavar="N",
        help="instead: play N synthetic records and see whether the inference finds what made them",
    )
    parser.add_argument(
        "--out",
        type=words.folder,
        metavar="DIR",
        help="folder of the posteriors (that of the case)",
    )
    words.add_threads(parser)


def calibrate(options: argparse.Namespace) -> None:
    """Fit the posteriors, write them, say how well the walks went."""
    from foedus import cases
    from foedus.files.faults import unknown
    from foedus.inference.study import REDUCED, Settings
    from foedus.inference.study import calibrate as fit
    from foedus.runs.run_folder import check_writable
    from foedus.simulation.ensemble import available_cores

    words.check_threads(options.threads)
    case = cases.load(options.case)
    out = options.out or case.path("posterior")
    if options.only is not None and options.only not in case.posteriors:
        raise FoedusError(f"--only: {unknown('posterior', options.only, tuple(case.posteriors))}")
    check_writable(out)
    if options.self_check is not None:
        check_itself(case, out, options)
        return
    settings = REDUCED if options.reduced else Settings()
    for name in case.posteriors:
        if options.only not in {None, name}:
            continue
        found = fit(
            case,
            name,
            out,
            settings,
            threads=options.threads or available_cores(),
            say=say,
            progress=Pace(name, settings.steps),
        )
        numbers = ", ".join(f"{key.replace('_', ' ')} {x:g}" for key, x in found.summary().items())
        print(f"{name}: {out / f'{name}.parquet'} ({numbers})")
        still = ", ".join(found.not_moved()) or "none"
        print(f"{name}: fitted, but not moved by the record: {still}")
    draw(case, out)


def draw(case: Case, folder: Path) -> None:
    """Draw what the posteriors in a folder have learnt."""
    from foedus.figures.validation.learning import draw_learning
    from foedus.parameters import posterior

    found = [name for name in case.posteriors if (folder / f"{name}.parquet").is_file()]
    learnt = {name: posterior.load(name, case, folder) for name in found}
    draw_learning(case, learnt, folder / "learning.png")


def check_itself(case: Case, out: Path, options: argparse.Namespace) -> None:
    """Rank true values among posterior draws, and keep the table beside the posteriors."""
    from foedus.inference.self_check import Effort, self_check
    from foedus.inference.study import Settings, most_moving, write_json
    from foedus.simulation.ensemble import available_cores

    replicates = options.self_check
    if replicates < 1:
        raise FoedusError(f"--self-check: found {replicates}, expected 1 or more")
    small = Effort(particles=2, walkers=24, steps=6, kept=4)
    found = self_check(
        case,
        most_moving(case, out, 10),
        out / "self-check.working",
        replicates=replicates,
        seed=Settings().seed,
        threads=options.threads or available_cores(),
        effort=small if options.reduced else Effort(),
        progress=lambda done: say(f"self-check: {done} of {replicates} synthetic records"),
    )
    write_json(out / "self-check.json", found)
    low, high = found["band"]
    print(f"{replicates} synthetic records; an honest count lies between {low} and {high}")
    for row in found["parameters"]:
        verdict = "inside" if row["inside_bands"] else "OUTSIDE"
        print(
            f"{row['name']:24} {row['counts']}  {verdict}  90 % interval: {row['coverage_90']:.2f}"
        )


class Pace:
    """Says on standard error how far a walk is, at every twentieth of it."""

    def __init__(self, name: str, steps: int) -> None:
        self.name, self.steps = name, steps

    def __call__(self, chain: Chain) -> None:
        """Say it, if a twentieth has passed."""
        if chain.steps % max(1, self.steps // 20) == 0:
            best = chain.log_posterior[-1].max()
            say(f"{self.name}: step {chain.steps} of {self.steps}, best log-posterior {best:.1f}")

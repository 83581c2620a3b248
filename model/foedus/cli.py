"""The command `foedus`: reads what the user wrote, calls the library, says what came out.

Everything slow is imported where it is used, so that help and mistakes answer at once.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import foedus
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foedus.engines.outcome import Ensemble
    from foedus.engines.world import Setup

USER_ERROR = 2
INTERRUPTED = 130
BROKEN_PIPE = 141

USUAL_TRIALS = 1000
USUAL_SEED = 1


class Parser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        quoted = re.sub(r"(?<!\w)'([^']*)'(?!\w)", r"«\1»", message)
        raise FoedusError(f"{quoted} (see `{self.prog} --help`)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point.

    Args:
        arguments: The command line without the program's name; the process's own if None.

    Returns:
        Exit status: 0, 2 for what the user can mend, 130 after Ctrl-C. A bug keeps its traceback.
    """
    try:
        options = _parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], None] = options.command
        command(options)
        sys.stdout.flush()
    except FoedusError as error:
        print(f"foedus: {error}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("\nfoedus: interrupted; no unfinished run was kept", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to complain to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="foedus", description="Scenarios of how a military alliance holds together."
    )
    parser.add_argument("--version", action="version", version=f"foedus {foedus.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_evidence(commands)
    return parser


def _add_run(commands: argparse._SubParsersAction[Parser]) -> None:
    run = commands.add_parser(
        "run",
        help="play a scenario many times and write what came out",
        description="Play a scenario many times and write a run folder with tables and figures.",
    )
    run.add_argument(
        "scenario", metavar="SCENARIO", help="a scenario file, or a bundled one's name"
    )
    run.add_argument(
        "--trials",
        type=_whole,
        default=USUAL_TRIALS,
        metavar="N",
        help="number of trials (%(default)s)",
    )
    run.add_argument(
        "--seed",
        type=_whole,
        default=USUAL_SEED,
        metavar="S",
        help="seed of all chance (%(default)s)",
    )
    run.add_argument(
        "--out",
        type=_folder,
        default=Path("runs"),
        metavar="DIR",
        help="folder in which the run's own folder is made (%(default)s)",
    )
    run.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
    run.add_argument(
        "--evidence",
        choices=("record", "corpus"),
        default="record",
        help="evidence set of the parameters: the five articles, or these and the dated record "
        "(%(default)s)",
    )
    run.add_argument(
        "--threads", type=_whole, metavar="N", help="threads to use (as many as there are cores)"
    )
    run.set_defaults(command=_run)


def _add_evidence(commands: argparse._SubParsersAction[Parser]) -> None:
    evidence = commands.add_parser(
        "evidence",
        help="show what a number rests on, what a claim feeds, or all of it",
        description="Without a name: how much of the evidence feeds the model, and which claims do "
        "not, with the reason. With the name of a parameter, a quantity of the alliance (also for "
        "one member: trust_patron[ARM]) or a scenario, or with a scenario file: its sources. With "
        "an id such as C103, E070 or P01: what it says and feeds. With a grade, A, B, C or "
        "judgement: the numbers of that grade.",
    )
    evidence.add_argument(
        "name", metavar="NAME", nargs="?", help="a name, a file, an id or a grade"
    )
    evidence.set_defaults(command=_evidence)


def _whole(text: str) -> int:
    """A whole number of at most 20 digits."""
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text) is None:
        from foedus.scenarios.faults import printable

        raise argparse.ArgumentTypeError(f"expected a whole number, found «{printable(text)}»")
    return int(text)


def _folder(text: str) -> Path:
    """A folder; an empty name, as of a variable that is not set, is a mistake."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"expected the name of a folder, found «{text}»")
    return Path(text)


def _run(options: argparse.Namespace) -> None:
    """Play a scenario, write the run, print the answer."""
    from foedus.engines.ensemble import SAMPLE, check_size
    from foedus.results.run_folder import check_writable, write_run
    from foedus.results.summary import summarize
    from foedus.results.terminal import print_report

    check_size(options.trials, options.seed)
    if options.threads is not None and options.threads < 1:
        raise FoedusError(f"--threads: found {options.threads}, expected 1 or more")
    setup = load_setup(options.scenario, options.evidence)
    check_writable(options.out)
    ensemble = _play(setup, options, sample=SAMPLE)
    summary = summarize(ensemble, _parent(ensemble, options))
    draw = None
    if not options.no_figures:
        _say("drawing the figures ...")
        from foedus.figures import draw_all

        draw = draw_all
    written = write_run(ensemble, options.out, summary=summary, draw=draw)
    print_report(summary, written, _next_step(options.scenario))


def _parent(ensemble: Ensemble, options: argparse.Namespace) -> Ensemble | None:
    """The scenario that this one extends, with the same luck, if trials can be paired with it."""
    from foedus.results.summary import comparable
    from foedus.scenarios.resolve import parent_of

    path = parent_of(options.scenario)
    if path is None:
        return None
    parent = _play(load_setup(str(path), options.evidence), options, sample=0)
    return parent if comparable(ensemble, parent) else None


def _next_step(scenario: str) -> str:
    """The command that shows where a scenario's numbers come from."""
    from foedus.scenarios.resolve import bundled_name

    name = bundled_name(scenario)
    return f"{_program()} evidence" if name is None else f"{_program()} evidence {name}"


def _program() -> str:
    """How to call this program again from the same shell."""
    import shlex
    import shutil

    on_path, called = shutil.which("foedus"), Path(sys.argv[0])
    if called.name == "__main__.py":
        return "foedus" if on_path else f"{shlex.quote(sys.orig_argv[0])} -m foedus"
    if called.name != "foedus" or not called.is_file():
        return "foedus"
    if on_path and called.samefile(on_path):
        return "foedus"
    return shlex.quote(sys.argv[0])


def load_setup(scenario: str, evidence_set: str = "record") -> Setup:
    """Read, resolve and lay out a scenario.

    Args:
        scenario: A scenario file, or the name of a bundled one.
        evidence_set: ``record`` or ``corpus``.

    Raises:
        FoedusError: The scenario, its alliance or the registry is not valid, or cites evidence that
            does not exist.
    """
    from foedus import evidence
    from foedus.engines.world import build
    from foedus.parameters import registry
    from foedus.scenarios.resolve import resolve

    known = registry.load()
    ids = evidence.load().ids
    resolved = resolve(scenario, parameters=known.ranges, evidence_ids=ids)
    return build(resolved, known, evidence_set)


def _play(setup: Setup, options: argparse.Namespace, *, sample: int) -> Ensemble:
    """Run the trials, telling of anything that takes longer than a moment.

    Args:
        setup: The scenario, laid out in memory.
        options: What the user asked for.
        sample: Trials that are kept in full.
    """
    from foedus.engines import cache
    from foedus.engines.ensemble import run_ensemble

    if not cache.is_warm():
        _say("compiling the model, once for this version of it (about half a minute) ...")
    started = time.perf_counter()
    progress = _Progress(options.trials) if sys.stderr.isatty() else None
    try:
        return run_ensemble(
            setup,
            trials=options.trials,
            seed=options.seed,
            threads=options.threads,
            sample=sample,
            progress=progress,
        )
    except MemoryError:
        raise FoedusError(
            f"--trials: {options.trials:,} trials do not fit into memory; try fewer"
        ) from None
    finally:
        if progress is not None and time.perf_counter() - started > 1.0:
            print(file=sys.stderr)


class _Progress:
    """A line on a terminal that says how far the trials are."""

    def __init__(self, trials: int) -> None:
        self.trials = trials
        self.started = time.perf_counter()

    def __call__(self, done: int) -> None:
        """Say it, if it has taken a second already."""
        if time.perf_counter() - self.started > 1.0:
            print(f"\r{done:,} of {self.trials:,} trials", end="", file=sys.stderr, flush=True)


def _say(text: str) -> None:
    print(f"foedus: {text}", file=sys.stderr, flush=True)


def _evidence(options: argparse.Namespace) -> None:
    """Print sources, uses or coverage."""
    from foedus.citations import answer

    print(answer(options.name))

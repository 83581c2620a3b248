"""`foedus explain`: why one trial went as it did."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import program, say
from foedus.commands.shared.recalling import recall
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands
    from foedus.commands.shared.recalling import Recalled
    from foedus.studies.explain.decisions import Decision, Explanation

WIDEST = 110
"""Letters of a line, however wide the terminal is."""

MINOR = ("act", "roll_call")


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
        type=words.whole,
        default=0,
        metavar="N",
        help="number of the trial (%(default)s)",
    )
    parser.add_argument(
        "--member", metavar="CODE", help="only decisions by or about this member, such as ABC"
    )
    parser.add_argument(
        "--decision", type=words.whole, metavar="K", help="one decision in full, by its number"
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
        "--seed", type=words.whole, metavar="S", help="seed, for a scenario (1); a run has its own"
    )
    parser.add_argument(
        "--parameters",
        type=words.parameter_set,
        metavar="SET",
        help="where the parameters come from, for a scenario: "
        f"{', '.join(PARAMETER_SETS)} ({USUAL_SET}); a run has its own",
    )


def explain_trial(options: argparse.Namespace) -> None:
    """Explain a trial, or one decision of it."""
    from foedus.studies.explain.study import explain

    if options.figure is not None and options.decision is None:
        raise FoedusError("--figure: expected --decision K with it, for a decision has a figure")
    recalled = recall(options.run, options.seed, options.parameters)
    _check_trial(options.trial, recalled)
    member = _member(options.member, recalled)
    whole_trial = options.decision is None
    found = explain(recalled.setup, seed=recalled.seed, trial=options.trial, changes=whole_trial)
    _check_same(found, recalled)
    if whole_trial:
        _tell(found, member, options)
        return
    decision = _decision(options.decision, found)
    _tell_fully(decision, found, recalled)
    if options.figure is not None:
        _draw(decision, found, options)


def _check_trial(trial: int, recalled: Recalled) -> None:
    if trial < 0 or (recalled.trials is not None and trial >= recalled.trials):
        most = "more" if recalled.trials is None else f"{recalled.trials - 1:,}"
        form = f"0 or {most}" if recalled.trials is None else f"from 0 to {most}"
        raise FoedusError(f"--trial: found {trial}, expected {form}")


def _member(code: str | None, recalled: Recalled) -> str | None:
    """A member, or the patron, that was asked for."""
    from foedus.files.faults import unknown

    if code is None:
        return None
    scenario = recalled.setup.scenario
    known = (*scenario.members, scenario.alliance.patron.code)
    if code.upper() not in known:
        raise FoedusError(f"--member: {unknown('member', code, known)}")
    return code.upper()


def _check_same(found: Explanation, recalled: Recalled) -> None:
    """Refuse to explain what is not what the run holds."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if recalled.folder is None:
        return
    path = recalled.folder / "tables" / "trials.parquet"
    try:
        with path.open("rb") as file:
            table = pq.read_table(file, columns=["trial", "cohesion_end"])
        stored = table.column("cohesion_end")[found.trial].as_py()
    except (OSError, ValueError, LookupError, pa.ArrowException):
        raise FoedusError(
            f"{path}: expected the table of trials, found none that can be read"
        ) from None
    if stored != found.cohesion_end:
        raise FoedusError(
            f"{recalled.folder}: trial {found.trial} ends at cohesion {stored!r}, but is now "
            f"played to {found.cohesion_end!r}: another version of the model made the run"
        )


def _decision(number: int, found: Explanation) -> Decision:
    if not 0 <= number < len(found.decisions):
        raise FoedusError(
            f"--decision: found {number}, expected from 0 to {len(found.decisions) - 1}"
        )
    return found.decisions[number]


def _tell(found: Explanation, member: str | None, options: argparse.Namespace) -> None:
    """The trial, a paragraph a decision."""
    about = [one for one in found.decisions if member in (None, one.actor, one.other)]
    shown = [one for one in about if options.all or one.kind not in MINOR]
    print(f"Trial {found.trial} of {found.scenario}, seed {found.seed}")
    for one in shown:
        _paragraph(f"{one.number:>4}  ", one.sentence)
    if not shown:
        print("No decision of this kind was taken in this trial.")
    hidden = len(about) - len(shown)
    if hidden:
        print(f"\nNot shown: {hidden} acts of membership and votes at the UN (--all).")
    if shown:
        print(
            f"Next: {program()} explain {options.run} --trial {found.trial} "
            f"--decision {shown[0].number}   (one decision in full)"
        )


def _tell_fully(decision: Decision, found: Explanation, recalled: Recalled) -> None:
    """One decision with all its numbers."""
    from foedus.dictionary.phrases import label
    from foedus.studies.explain.sentences import change_sentence
    from foedus.studies.explain.study import nearest

    _paragraph("", decision.sentence)
    if decision.drawn is None:
        return
    print(f"\nReasons for «{label(decision.weighs)}», {decision.unit}")
    width = max(len(term.label) for term in decision.terms)
    for term in decision.terms:
        print(f"  {term.label:<{width}}  {term.value:+9.4f}")
    print(f"  {'sum':<{width}}  {decision.total:+9.4f}")
    print("\nOptions and their chances")
    for option in decision.options:
        mark = "  <- decided" if option.name == decision.outcome else ""
        print(f"  {label(option.name):<{width}}  {100.0 * option.chance:8.3f} %{mark}")
    print(f"\nLuck drawn: {decision.drawn:.6f}")
    changes = nearest(recalled.setup, seed=found.seed, trial=found.trial, decision=decision)
    patron = found.titles[recalled.setup.scenario.alliance.patron.code]
    print("\nWhat would have changed it, the smallest change first")
    for change in changes:
        _paragraph("  ", change_sentence(decision, change, patron))
    if not changes:
        print("  No change of a single state would have.")


def _draw(decision: Decision, found: Explanation, options: argparse.Namespace) -> None:
    from foedus.figures.studies.reasons import save_reasons

    path = options.figure
    if path == Path():
        path = Path(f"explain-{found.scenario}-{found.trial}-{decision.number}.png")
    save_reasons(decision, found, path)
    say(f"drew {path}")


def _paragraph(head: str, text: str) -> None:
    width = min(WIDEST, shutil.get_terminal_size().columns)
    print(textwrap.fill(text, width, initial_indent=head, subsequent_indent=" " * len(head)))
